"""Places of XML that programs often write wrong, put right where the meaning is plain (XML 修补).

An ampersand or a less-than sign that was not escaped, a character named as in HTML, bytes of another
character set, a declaration in the middle of a file.
"""

from __future__ import annotations

import html
import re
from typing import NamedTuple
from xml.parsers import expat

_INVALID = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
_UNDEFINED = expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]
_MISPLACED = expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI]
_BAD_REFERENCE = expat.errors.codes[expat.errors.XML_ERROR_BAD_CHAR_REF]
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_NUMBERED = re.compile(rb"&#(?:[0-9]{1,10}|[xX][0-9A-Fa-f]{1,8});?")
_SOUND = re.compile(rb"&(?:lt|gt|amp|quot|apos);")
_DECLARATION = re.compile(rb"<\?xml\b[^>]{0,200}\?>")
_HIGH = re.compile(rb"[\x80-\xff](?:[\x40-\xff]{0,60}[\x80-\xff])?")


class Mend(NamedTuple):
    """What to put in place of a stretch of bytes (修补), and what was wrong."""

    start: int
    end: int
    replacement: bytes
    what: str


def mend(data: bytes | bytearray, at: int, code: int) -> Mend | None:
    """How to mend the fault that expat reports at an offset; None where the meaning is not plain."""
    if code == _MISPLACED:
        match = _DECLARATION.match(data, at)
        return Mend(at, match.end(), b"", "an XML declaration in the middle of the file") if match else None
    if code in (_UNDEFINED, _BAD_REFERENCE, _INVALID):
        for start in (at, at - 1, data.rfind(b"&", max(0, at - 40), at)):
            if start >= 0 and data[start : start + 1] == b"&" and not _SOUND.match(data, start):
                return _ampersand(data, start)
    if code != _INVALID:
        return None
    if data[at : at + 1] >= b"\x80":
        return _bytes_of_another_set(data, at)
    for start in (at, at - 1):
        lone = data[start : start + 1] == b"<" and data[start + 1 : start + 2] in _BEHIND_A_SIGN
        if lone and data.rfind(b"<", 0, start) < data.rfind(b">", 0, start):  # in a text and not in a tag
            return Mend(start, start + 1, b"&lt;", "a < that is not escaped")
    return None


_BEHIND_A_SIGN = (b" ", b"=", b"\n", *(b"%d" % digit for digit in range(10)))


def _ampersand(data: bytes | bytearray, start: int) -> Mend:
    named = _NAMED.match(data, start)
    if named:
        character = html.unescape(named.group().decode("ascii"))
        if not character.startswith("&"):
            return Mend(start, named.end(), character.encode(), "a character named as in HTML")
        return Mend(start, start + 1, b"&amp;", "an entity that nothing defines")
    numbered = _NUMBERED.match(data, start)
    if numbered:
        return Mend(start, numbered.end(), b" ", "a reference to a character that XML does not know")
    return Mend(start, start + 1, b"&amp;", "an & that is not escaped")


def _bytes_of_another_set(data: bytes | bytearray, at: int) -> Mend:
    """Bytes that are no UTF-8 inside of a file that is: one as in Western sets, several as in GB 18030."""
    match = _HIGH.match(data, at)
    run = bytes(match.group()) if match else bytes(data[at : at + 1])
    for candidate, length in (("gb18030", len(run)), ("cp1252", 1)):
        if candidate == "gb18030" and (len(run) < 4 or not _only_high(run)):
            continue
        try:
            text = run[:length].decode(candidate)
        except UnicodeDecodeError:
            continue
        return Mend(at, at + length, text.encode(), f"bytes that are not UTF-8, read as {candidate}")
    return Mend(at, at + 1, b"", "a byte that is no character, left out")


def _only_high(run: bytes) -> bool:
    return len(run) % 2 == 0 and all(byte >= 0x80 for byte in run[::2])
