"""Which script a text is written in (文字), by its characters: ISO 15924 codes."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

_RANGES: tuple[tuple[int, int, str], ...] = (
    (0x0041, 0x024F, "Latn"),
    (0x0370, 0x03FF, "Grek"),
    (0x0400, 0x052F, "Cyrl"),
    (0x0530, 0x058F, "Armn"),
    (0x0590, 0x05FF, "Hebr"),
    (0x0600, 0x077F, "Arab"),
    (0x0780, 0x07BF, "Thaa"),
    (0x08A0, 0x08FF, "Arab"),
    (0x0900, 0x097F, "Deva"),
    (0x0980, 0x09FF, "Beng"),
    (0x0A00, 0x0A7F, "Guru"),
    (0x0A80, 0x0AFF, "Gujr"),
    (0x0B00, 0x0B7F, "Orya"),
    (0x0B80, 0x0BFF, "Taml"),
    (0x0C00, 0x0C7F, "Telu"),
    (0x0C80, 0x0CFF, "Knda"),
    (0x0D00, 0x0D7F, "Mlym"),
    (0x0D80, 0x0DFF, "Sinh"),
    (0x0E00, 0x0E7F, "Thai"),
    (0x0E80, 0x0EFF, "Laoo"),
    (0x0F00, 0x0FFF, "Tibt"),
    (0x1000, 0x109F, "Mymr"),
    (0x10A0, 0x10FF, "Geor"),
    (0x1100, 0x11FF, "Hang"),
    (0x1200, 0x137F, "Ethi"),
    (0x1780, 0x17FF, "Khmr"),
    (0x1800, 0x18AF, "Mong"),
    (0x1E00, 0x1EFF, "Latn"),
    (0x1F00, 0x1FFF, "Grek"),
    (0x3040, 0x30FF, "Jpan"),
    (0x3100, 0x312F, "Bopo"),
    (0x3130, 0x318F, "Hang"),
    (0x31F0, 0x31FF, "Jpan"),
    (0x3400, 0x4DBF, "Hani"),
    (0x4E00, 0x9FFF, "Hani"),
    (0xA000, 0xA4CF, "Yiii"),
    (0xAC00, 0xD7AF, "Hang"),
    (0xF900, 0xFAFF, "Hani"),
    (0xFB1D, 0xFB4F, "Hebr"),
    (0xFB50, 0xFEFF, "Arab"),
    (0x17000, 0x18AFF, "Tang"),
    (0x20000, 0x3FFFF, "Hani"),
)
HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]")


@cache
def _one_sided() -> tuple[frozenset[str], frozenset[str]]:
    """Characters that only simplified, and characters that only traditional Chinese writes."""
    simplified, traditional = "", ""
    for line in (files(__package__) / "simplified_traditional.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("simplified "):
            simplified = line.split(" ", 1)[1]
        elif line.startswith("traditional "):
            traditional = line.split(" ", 1)[1]
    return frozenset(simplified), frozenset(traditional)


def of(text: str) -> str:
    """The ISO 15924 code of the script that most letters are in (判断文字); '' for a text without letters.

    Any kana makes Han text Jpan, any Hangul Kore; Han text is Hans or Hant where characters tell, else Hani.
    """
    if text.isascii():
        return "Latn" if not text.isdecimal() and any(map(str.isalpha, text)) else ""
    counts: dict[str, int] = {}
    simplified, traditional = _one_sided()
    simple = full = 0
    for char in text[:500]:
        code = ord(char)
        if 0x4E00 <= code <= 0x9FFF:
            name = "Hani"
            simple += char in simplified
            full += char in traditional
        elif code < 0x80:
            if not char.isalpha():
                continue
            name = "Latn"
        else:
            name = _name(code)
            if not name:
                continue
        counts[name] = counts.get(name, 0) + 1
    if not counts:
        return ""
    if "Hani" in counts or "Jpan" in counts or "Hang" in counts:
        eastern = counts.get("Hani", 0) + counts.get("Jpan", 0) + counts.get("Hang", 0)
        if eastern * 5 >= counts.get("Latn", 0):
            if counts.get("Jpan"):
                return "Jpan"
            if counts.get("Hang"):
                return "Kore"
            if simple != full:
                return "Hans" if simple > full else "Hant"
            return "Hani"
    return max(counts, key=lambda name: counts[name])


def _name(code: int) -> str:
    for start, end, name in _RANGES:
        if start <= code <= end:
            return "" if code in (0xD7, 0xF7, 0xAA, 0xBA, 0x30FB, 0x30FC) else name
    return ""


def has_han(text: str) -> bool:
    """Whether the text holds a Han character (含汉字)."""
    return not text.isascii() and HAN.search(text) is not None
