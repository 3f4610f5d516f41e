"""MARC-8 both ways (MARC-8 字符集): ANSEL (Z39.47), Greek, Cyrillic, Hebrew and Arabic sets, EACC (Z39.64).

The code tables are pymarc's; the conversion is our own, because it needs a short way for ASCII, marks in
front of their letters in runs, and a count of what could not be read. Source: MARC 21 Specifications,
Character Sets, MARC-8.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pymarc import marc8_mapping

LOST = "〓"

_ESCAPE = re.compile(rb"\x1b(?:\$[),-]?1|[(,)-][!]?[B-E1-4NQSb-z]|[gbps])")
_LATIN, _ANSEL, _EACC = 0x42, 0x45, 0x31
_SETS: dict[int, dict[int, tuple[int, int]]] = marc8_mapping.CODESETS


def has_escapes(data: bytes) -> bool:
    """Whether the bytes hold an escape sequence of MARC-8 (ISO 2022, or the short Greek, sub- and
    superscript).
    """
    return b"\x1b" in data and _ESCAPE.search(data) is not None


@cache
def _single(g0: int, g1: int) -> tuple[dict[int, str], frozenset[int]]:
    """Translation table of the 256 bytes under two designated sets, and which of the bytes are combining."""
    table: dict[int, str] = {}
    combining: set[int] = set()
    for code in range(256):
        chosen = _SETS.get(g0 if code < 0x80 else g1, {})
        entry = chosen.get(code) or chosen.get(code ^ 0x80)
        if code <= 0x20:
            table[code] = chr(code)
        elif entry:
            table[code] = chr(entry[0])
            if entry[1]:
                combining.add(code)
        elif code < 0x80 and g0 == _LATIN:
            table[code] = chr(code)
        else:
            table[code] = LOST
    return table, frozenset(combining)


def to_text(data: bytes) -> tuple[str, int]:
    """Text of MARC-8 bytes in NFC, and how many characters could not be read (each stands as 〓).

    Designations end at every subfield and field delimiter, as the specification demands of whoever writes
    them; data that forgot to return to Latin is mended that way.
    """
    out: list[str] = []
    lost = 0
    for piece in re.split(rb"([\x1d-\x1f])", data):
        if piece.isascii() and b"\x1b" not in piece:
            out.append(piece.decode("ascii"))
        else:
            text, missing = _piece(piece)
            out.append(text)
            lost += missing
    text = "".join(out)
    if "&#x" in text:
        text = referred(text)
    return unicodedata.normalize("NFC", text), lost


_REFERENCE = re.compile("&#x([0-9A-Fa-f]{4,6});")


def referred(text: str) -> str:
    """Numeric references, the lossless way to write in MARC-8 what it has no code for, as characters."""
    return _REFERENCE.sub(_character, text)


def _character(found: re.Match[str]) -> str:
    code = int(found.group(1), 16)
    return chr(code) if 0xA0 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else found.group()


def _piece(data: bytes) -> tuple[str, int]:
    g0, g1 = _LATIN, _ANSEL
    out: list[str] = []
    lost = start = 0
    for escape in (*_ESCAPE.finditer(data), None):
        segment = data[start : escape.start() if escape else len(data)]
        if segment:
            text, missing = _eacc(segment, g1) if g0 == _EACC else _bytes(segment, g0, g1)
            out.append(text)
            lost += missing
        if escape is None:
            break
        start = escape.end()
        sequence = escape.group()
        final = sequence[-1]
        if len(sequence) == 2:
            g0 = _LATIN if final == 0x73 else final
        elif sequence[1] in b")-" or (sequence[1] == 0x24 and sequence[2] in b")-"):
            g1 = final
        else:
            g0 = final
    return "".join(out).replace("\x1b", ""), lost


def _bytes(segment: bytes, g0: int, g1: int) -> tuple[str, int]:
    table, combining = _single(g0, g1)
    out: list[str] = []
    waiting: list[str] = []
    for byte in segment:
        if byte in combining:
            waiting.append(table[byte])
            continue
        out.append(table[byte])
        if waiting:
            out.extend(waiting)
            waiting.clear()
    text = "".join(out)
    return text, text.count(LOST)


def _eacc(segment: bytes, g1: int) -> tuple[str, int]:
    table = _SETS[_EACC]
    odd: dict[int, int] = marc8_mapping.ODD_MAP
    out: list[str] = []
    lost = at = 0
    size = len(segment)
    while at < size:
        byte = segment[at]
        if byte <= 0x20 or byte >= 0x80:
            text, missing = _bytes(segment[at : at + 1], _LATIN, g1)
            out.append(text)
            lost += missing
            at += 1
            continue
        code = int.from_bytes(segment[at : at + 3], "big")
        entry = table.get(code) if at + 3 <= size else None
        if entry:
            out.append(chr(entry[0]))
        elif code in odd:
            out.append(chr(odd[code]))
        else:
            out.append(LOST)
            lost += 1
        at += 3
    return "".join(out), lost


@cache
def _reverse() -> dict[str, tuple[int, bytes, bool]]:
    """Character → (set, its bytes in G0 or, for ANSEL, in G1, whether it combines); sets without escape
    first.
    """
    found = {chr(code): (_LATIN, bytes([code]), False) for code in range(0x80)}
    for name in (_LATIN, _ANSEL, 0x70, 0x62, 0x4E, 0x51, 0x53, 0x32, 0x33, 0x34, _EACC):
        for code, (character, combining) in sorted(_SETS[name].items()):
            if character < 0x20:
                continue
            if name == _EACC:
                plain = code.to_bytes(3, "big")
            else:
                plain = bytes([code if name == _ANSEL else code & 0x7F])
            found.setdefault(chr(character), (name, plain, bool(combining)))
    return found


def from_text(text: str) -> tuple[bytes, int]:
    """MARC-8 bytes of a text and how many characters have no code there.

    Those are written as numeric character references (``&#x4E2D;``), the lossless way of MARC 21.
    """
    if text.isascii():
        return text.encode("ascii"), 0
    reverse = _reverse()
    out = bytearray()
    missing = 0
    g0 = _LATIN
    for cluster in _clusters(text):
        known = [reverse.get(c) for c in cluster]
        if any(entry is None for entry in known):
            missing += 1
            reference = "".join(c if c.isascii() else f"&#x{ord(c):04X};" for c in cluster)
            known = [(_LATIN, reference.encode("ascii"), False)]
        # A combining mark stands in front of its letter, the other way round than in Unicode.
        for entry in (*known[1:], known[0]):
            assert entry is not None
            name, plain, _ = entry
            if name not in (_ANSEL, g0):
                out += _designation(g0, name)
                g0 = name
            out += plain
    out += _designation(g0, _LATIN)
    return bytes(out), missing


def _designation(old: int, new: int) -> bytes:
    """The escape sequence that puts a set into G0 (empty when it is there)."""
    if old == new:
        return b""
    if new in (0x62, 0x67, 0x70):
        return b"\x1b" + bytes([new])
    if new == _LATIN:
        return b"\x1bs" if old in (0x62, 0x67, 0x70) else b"\x1b(B"
    return b"\x1b$1" if new == _EACC else b"\x1b(" + bytes([new])


def _clusters(text: str) -> list[str]:
    """Letters with the marks behind them, decomposed where MARC-8 has no letter of its own for them."""
    clusters: list[str] = []
    for character in unicodedata.normalize("NFC", text):
        for piece in _taken_apart(character):
            if clusters and unicodedata.combining(piece):
                clusters[-1] += piece
            else:
                clusters.append(piece)
    return clusters


def _taken_apart(character: str) -> str:
    """A character as letter and marks that MARC-8 has, taken apart no further than needed (ử is ư and a
    hook).
    """
    if character in _reverse():
        return character
    step = unicodedata.decomposition(character)
    if not step or step.startswith("<"):
        return character
    return "".join(_taken_apart(chr(int(code, 16))) for code in step.split())
