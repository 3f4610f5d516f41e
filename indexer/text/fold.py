"""Folding of characters (字形归并): forms that a reader takes for the same become the same.

NFKC joins full and half width; letters lose their case and, in Latin, Greek, Arabic and Hebrew, their
diacritics; katakana becomes hiragana; Han characters become the first of their equivalence class in
``characters.txt``, which holds traditional, simplified, Taiwan, Hong Kong, Japanese and other variant forms.
Folding is for comparing only, the text itself is kept as it came.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib.resources import files

# Letters that Unicode does not decompose, in the spelling that readers type without a special keyboard.
_LETTERS = {
    "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d", "ı": "i",
    "ß": "ss",
    "ŋ": "ng", "ĸ": "k", "ƙ": "k", "ɓ": "b", "ɗ": "d", "ə": "e", "ơ": "o", "ư": "u", "ё": "е", "ς": "σ",
    "آ": "ا", "أ": "ا", "إ": "ا", "ٱ": "ا", "ى": "ي", "ی": "ي", "ک": "ك", "ة": "ه", "ؤ": "و", "ئ": "ي",
}  # fmt: skip
# Marks that stand for an apostrophe in romanisation and elsewhere; the analyser decides what an apostrophe
# does.
_APOSTROPHES = "ʻʼʽʾʿˈ‘’‛′´׳｀`＇"
# What combines with letters, for a class of a pattern. Half marks are the ligatures of romanised
# Cyrillic (ALA-LC): what MARC-8 has as 0xEB and 0xEC.
COMBINING = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
# Signs that are no letters to a reader: soft and hard sign of romanised Cyrillic, stress and length.
_SILENT = re.compile(f"[ʹʺˌːˑ{COMBINING}]")
_SOFTENED = ("LATIN", "GREEK")
_ZERO = re.compile("(?<=[一二三四五六七八九〇])[0○◯]+")


@cache
def _classes() -> dict[int, str]:
    table: dict[int, str] = {}
    for line in files(__package__).joinpath("characters.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            table.update(dict.fromkeys(map(ord, line[1:]), line[0]))
    return table


def _fold_one(code: int) -> str | int:
    char = chr(code)
    if code in _classes():
        return _classes()[code]
    if char == "零":  # In numbers it is written 〇 as often, and what a character is must not hang on others.
        return "〇"
    if 0x30A1 <= code <= 0x30F6:
        return chr(code - 0x60)
    if char in _APOSTROPHES:
        return "'"
    if char in "‐‑":
        return "-"
    category = unicodedata.category(char)
    if category in ("Cf", "Cs") or _SILENT.match(char):
        return ""
    if category == "Mn" and (0x0591 <= code <= 0x05C7 or 0x0610 <= code <= 0x0670):
        return ""
    if char == "ـ":  # Tatweel only stretches an Arabic word on the line.
        return ""
    lower = _LETTERS.get(char) or char.casefold()
    lower = _LETTERS.get(lower, lower)
    if lower == char and category != "Ll":
        return code if category != "Cc" else " "
    if unicodedata.name(char, "").startswith(_SOFTENED):
        lower = "".join(c for c in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(c))
        lower = "".join(_LETTERS.get(c, c) for c in lower)
    return lower


class _Table(dict[int, "str | int"]):
    """A translation table that learns a character when it meets it for the first time."""

    def __missing__(self, code: int) -> str | int:
        value = self[code] = _fold_one(code)
        return value


_TABLE = _Table()


BETWEEN = "\ue000"  # stands between texts that are folded together; folding leaves it alone
# All but the small letters, digits and most signs of ASCII.
_UNUSUAL = re.compile(f"[^ -_a-~{BETWEEN}]+")


def _translated(found: re.Match[str]) -> str:
    return found[0].translate(_TABLE)


def fold(text: str) -> str:
    """The folded form of a text: same function for documents, queries, prefixes and keys.

    Lone surrogates and invisible format characters vanish, control characters become spaces; never raises.
    """
    if text.isascii():
        return text.lower()
    known = _KNOWN.get(text)
    if known is not None:
        return known
    # Looking up each letter of a Latin text for the sake of a few with diacritics would be the dear part.
    folded = _UNUSUAL.sub(_translated, unicodedata.normalize("NFKC", text).lower())
    if "○" in folded or "◯" in folded or "0" in folded:
        # 一九九○ and 二0 write the Han zero with a look-alike.
        folded = _ZERO.sub(lambda m: "〇" * len(m[0]), folded)
    remember(text, folded)
    return folded


MAX_KNOWN = 2048  # texts whose folded form is kept: a record's names and titles are folded several times each
MAX_LENGTH = 160  # characters of such a text
_KNOWN: dict[str, str] = {}


def remember(text: str, folded: str) -> None:
    """Keeps what ``fold`` gives for a text, found on another way."""
    if len(text) <= MAX_LENGTH:
        if len(_KNOWN) >= MAX_KNOWN:
            _KNOWN.clear()
        _KNOWN[text] = folded


def same_form(char: str) -> str:
    """The character that stands for the class of this one (字形代表), itself when it has no variants."""
    return _classes().get(ord(char), char)


@cache
def _akin() -> dict[str, str]:
    table: dict[str, str] = {}
    for line in files(__package__).joinpath("akin.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            one, other = line[0], line[1]
            table[one] = table.get(one, "") + other
            table[other] = table.get(other, "") + one
    return table


def akin(char: str) -> str:
    """Folded characters that are the same as this folded one in some uses only (痲 and 痳): a search finds
    them too, below everything else.
    """
    return _akin().get(char, "")
