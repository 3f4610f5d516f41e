"""Texts on their way to a page (文本呈现): language tags, marks around matches, years, shortening."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from html import escape

from markupsafe import Markup

MARK_START = "\ue000"
MARK_END = "\ue001"
_SCRIPT_TAGS = {
    "Hans": "zh-Hans",
    "Hant": "zh-Hant",
    "Jpan": "ja",
    "Hira": "ja",
    "Kana": "ja",
    "Kore": "ko",
    "Hang": "ko",
    "Latn": "und-Latn",
    "Cyrl": "und-Cyrl",
    "Arab": "ar",
    "Hebr": "he",
    "Grek": "el",
    "Thai": "th",
    "Tibt": "bo",
    "Mong": "mn-Mong",
    "Deva": "hi",
}
_LANGUAGE_TAGS = {
    "chi": "zh",
    "zho": "zh",
    "jpn": "ja",
    "kor": "ko",
    "eng": "en",
    "fre": "fr",
    "fra": "fr",
    "ger": "de",
    "deu": "de",
    "rus": "ru",
    "spa": "es",
    "ita": "it",
    "por": "pt",
    "lat": "la",
    "ara": "ar",
    "heb": "he",
    "per": "fa",
    "fas": "fa",
    "vie": "vi",
    "tib": "bo",
    "bod": "bo",
    "mon": "mn",
    "uig": "ug",
    "lzh": "zh",
}
_HAN_LANGUAGES = {"jpn": "ja", "kor": "ko"}
_LATIN_LANGUAGES = ("eng", "fre", "fra", "ger", "deu", "spa", "ita", "por", "lat", "vie")


@lru_cache(maxsize=4096)
def language_tag(value_script: str, languages: tuple[str, ...] = ()) -> str:
    """The BCP 47 tag for a text in this script (ISO 15924).

    The languages (ISO 639) of its record help where the script alone does not decide.
    """
    if value_script in ("Hani", ""):
        for code in languages:
            if code in _HAN_LANGUAGES and value_script:
                return _HAN_LANGUAGES[code]
        return "zh" if value_script else ""
    if value_script == "Latn":
        for code in languages:
            if code in _LATIN_LANGUAGES:
                return _LANGUAGE_TAGS[code]
        return "und-Latn"
    if value_script == "Cyrl" and "rus" in languages:
        return "ru"
    if value_script == "Arab":
        return next((_LANGUAGE_TAGS[c] for c in languages if c in ("per", "fas", "uig")), "ar")
    return _SCRIPT_TAGS.get(value_script, "")


def language_of(code: str) -> str:
    """The BCP 47 tag of a language by its ISO 639 code: of two letters where there is one."""
    return _LANGUAGE_TAGS.get(code, code)


@lru_cache(maxsize=16384)
def script_of(text: str) -> str:
    """A rough ISO 15924 code of a text whose script the record does not tell: enough for a language tag."""
    if text.isascii():
        return "Latn"
    han = False
    for char in text[:200]:
        point = ord(char)
        if 0x3040 <= point <= 0x30FF:
            return "Jpan"
        if 0xAC00 <= point <= 0xD7A3:
            return "Kore"
        if 0x4E00 <= point <= 0x9FFF or 0x3400 <= point <= 0x4DBF or point >= 0x20000:
            han = True
        elif 0x0400 <= point <= 0x052F:
            return "Cyrl"
        elif 0x0600 <= point <= 0x06FF:
            return "Arab"
        elif 0x0590 <= point <= 0x05FF:
            return "Hebr"
        elif 0x0370 <= point <= 0x03FF:
            return "Grek"
        elif 0x0F00 <= point <= 0x0FFF:
            return "Tibt"
    return "Hani" if han else "Latn"


def marked(text: str) -> Markup:
    """Escaped text with ``<mark>`` where the marks of a match stand; unpaired marks are dropped."""
    if MARK_START not in text:
        return Markup(escape(text.replace(MARK_END, "")))  # noqa: S704 - escaped just here
    parts: list[str] = []
    is_open = False
    for i, piece in enumerate(text.split(MARK_START)):
        if i == 0:
            parts.append(escape(piece.replace(MARK_END, "")))
            continue
        matched, _, rest = piece.partition(MARK_END)
        is_open = MARK_END in piece
        parts.append(f"<mark>{escape(matched)}</mark>" if is_open and matched else escape(matched))
        parts.append(escape(rest.replace(MARK_END, "")))
    return Markup("".join(parts))  # noqa: S704 - every part is escaped above


def plain(text: str) -> str:
    """The text without the marks of matches."""
    return text.replace(MARK_START, "").replace(MARK_END, "")


def shorten(text: str, most: int) -> str:
    """At most ``most`` characters, cut at a boundary of words where there is one near."""
    if len(text) <= most:
        return text
    cut = text[:most]
    space = cut.rfind(" ")
    if space > most * 0.7:
        cut = cut[:space]
    return cut.rstrip(" ,.;:，。；：、") + "…"


def visible(text: str) -> str:
    """The text with control characters made visible, for showing bytes as received.

    Line ends and tabs stay.
    """
    shown = []
    for char in text:
        point = ord(char)
        if char in "\n\t":
            shown.append(char)
        elif point < 0x20:
            shown.append(chr(0x2400 + point))
        elif unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn"):
            shown.append(f"⟨U+{point:04X}⟩")
        else:
            shown.append(char)
    return "".join(shown)
