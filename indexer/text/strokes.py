"""Order of Han text by strokes (笔画序): character by character, by number of strokes, then by radical.

Every character is counted in the form in which it is written: 魯 stands under 15 strokes and 鲁 under 12. The
table ``strokes.txt`` is made by ``scripts/stroke-table`` from Unihan.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from importlib.resources import files

from indexer.text.analyse import has_han

MAX_CHARACTERS = 40
UNKNOWN = 255  # strokes of a Han character that the table does not know: it stands at the end
_HAN = b"\x01"  # stands in front of a Han character and below every other character


@cache
def _places() -> dict[str, bytes]:
    # Unihan does not count the strokes of the Han zero, which is drawn in one.
    places = {"〇": b"\x01\xff\xff"}
    for line in files(__package__).joinpath("strokes.txt").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            count, _, characters = line.partition("\t")
            strokes = bytes([int(count)])
            for n, char in enumerate(characters):
                places[char] = strokes + n.to_bytes(2, "big")
    return places


def strokes_of(char: str) -> int:
    """The number of strokes of a Han character, `UNKNOWN` when the table does not have it, 0 for others."""
    char = unicodedata.normalize("NFKC", char)[:1]
    if not has_han(char):
        return 0
    return _places().get(char, b"\xff")[0]


def stroke_key(text: str) -> bytes:
    """The place of a text in an order by strokes; empty when it does not begin with a Han character.

    Keys are compared as bytes; the key of a text begins with the keys of its beginnings. Punctuation does not
    count, and other characters stand behind Han ones.
    """
    places = _places()
    key: list[bytes] = []
    for char in unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).lower():
        place = places.get(char)
        if place is not None:
            key.append(_HAN + place)
        elif has_han(char):
            key.append(_HAN + bytes([UNKNOWN]) + ord(char).to_bytes(3, "big"))
        elif char.isalnum():
            if not key:
                return b""
            key.append(char.encode("utf-8", "replace"))
    return b"".join(key)
