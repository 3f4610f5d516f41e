"""Texts as every value of a Record has them (文本规范): composed, without controls, blanks made single."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MAX_TEXT = 200_000  # characters of one value; longer ones are cut and reported

# C0 and C1 controls, surrogates, noncharacters and invisible marks that carry no meaning in a catalogue.
# ZWNJ and ZWJ stay: Persian and Indic scripts need them.
_REMOVED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    "\u2066-\u206f\ufeff\ufff0-\ufffb\ufffe\uffff\\ud800-\\udfff\U000e0000-\U000e007f]"
)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\\ud800-\\udfff\ufffe\uffff]")
_URL = re.compile(r"(?:https?|ftp)://[^\s/?#<>\"\\^`{|}]{1,255}", re.I)


def tidy(text: str) -> str:
    """A text in NFC, without controls, blanks made single and taken off the ends (文本清理)."""
    if len(text) > MAX_TEXT:
        text = text[:MAX_TEXT]
    if text.isprintable():
        # Printable text has no blank but U+0020, no control and no surrogate.
        if text.isascii() or unicodedata.is_normalized("NFC", text):
            if "  " in text:
                return " ".join(text.split())
            return text if text == text.strip() else text.strip()
        return " ".join(unicodedata.normalize("NFC", text).split())
    text = _REMOVED.sub("", text)
    return " ".join(unicodedata.normalize("NFC", text).split())


def all_tidy(values: Sequence[str]) -> bool:
    """Whether all these texts are surely as ``tidy`` leaves them and none is empty: one look at all is much
    cheaper than one at each. May say no of texts that are tidy.
    """
    joined = "|".join(values)
    return (
        joined.isprintable()
        and not ("  " in joined or " |" in joined or "| " in joined or "||" in joined)
        and joined[:1] not in (" ", "|", "")
        and joined[-1] not in (" ", "|")
        and len(joined) <= MAX_TEXT
        and (joined.isascii() or unicodedata.is_normalized("NFC", joined))
    )


def web_address(text: str) -> str:
    """An address that may be shown as a link (网址), '' for anything but http, https and ftp with a host."""
    plain = text.isascii() and text.isprintable()
    value = (text if plain else _REMOVED.sub("", text)).strip()
    if value[:4].lower() == "www.":
        value = "http://" + value
    if not _URL.match(value) or len(value) > 4000:
        return ""
    if plain and " " not in value:
        return value
    return "%20".join(value.split()) if any(map(str.isspace, value)) else value


_TITLE_END = " /:;=,"
_ABBREVIATIONS = frozenset(
    {"etc.", "al.", "co.", "cie.", "inc.", "ltd.", "jr.", "sr.", "no.", "vol.", "bros."}
)


def strip_title(text: str) -> str:
    """A title without the mark of ISBD that led to the next area.

    A full stop stays after an abbreviation or dots.
    """
    if text and text[-1] in _TITLE_END:
        text = text.rstrip(_TITLE_END) or text
    if (
        text.endswith(".")
        and len(text) > 4
        and not text.endswith("..")
        and text[-3] not in " ."
        and "." not in text[-5:-1]
    ):
        word = text.rpartition(" ")[2]
        if (len(word) > 5 or not word[:1].isupper()) and word.casefold() not in _ABBREVIATIONS:
            text = text[:-1].rstrip(_TITLE_END)
    return text
