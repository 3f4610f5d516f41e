"""ISO 2709 files (MARC 交换格式) cut into records, whatever their leaders say.

The length in the leader is used when the byte where it points is a record terminator; else the file is
followed delimiter by delimiter. Text and line ends between records, NUL padding, a record that breaks off
with the next one right behind it, terminators inside a field, and records of more than 99,999 bytes are all
met in real files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from indexer import marc
from indexer.marc.holdings_record import with_holdings
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw

_CHUNK = 1024 * 1024
MAX_RECORD = 16 * 1024 * 1024
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x19\x1b-\x1f]")  # no text has them; 1a ends files of old systems
_PADDING = b"\r\n \t\x00\x1a\x0b\x0c\x1d\xef\xbb\xbf"

# A leader that says its own length wrongly or not at all, with a directory behind it.
_LEADER = re.compile(
    rb"[\d -]{5}[\x20-\x7e][a-zA-Z][\x20-\x7e]{5}[\d -]{5}[\x20-\x7e]{7}(?=[0-9A-Za-z]{3}[\d -]{9})"
)
_HEAD = re.compile(rb"[\x20-\x7e]{24}[0-9A-Za-z]{3}[\d -]{9}")
_NEVER_IN_TEXT = bytes(code for code in range(0x1A) if code not in (9, 10, 13))
_SYNTAX: dict[str, Any] = {"syntax": "iso2709"}


class Iso2709Reader:
    """Reader of ISO 2709 (MARC 21, UNIMARC, CNMARC); the family is decided for each record."""

    name = "iso2709"
    formats = ("iso2709", "marc21", "unimarc", "cnmarc")

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        del filename
        start = head[:4096].lstrip(_PADDING)
        if _HEAD.match(start):
            return "iso2709", 0.98 if b"\x1e" in head else 0.4
        if _LEADER.search(head) and b"\x1e" in head:
            return "iso2709", 0.8
        if b"\x1e" in head and b"\x1d" in head and head.count(b"\x1f") > 3:
            odd = len(head) - len(head.translate(None, _NEVER_IN_TEXT))
            return "iso2709", 0.3 if odd * 200 < len(head) else 0.0
        return "iso2709", 0.0

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        del filename, profile
        yield from with_holdings(self._each(stream, format))

    def _each(self, stream: BinaryIO, format: str) -> Iterator[Raw]:
        for position, (offset, data, problem) in enumerate(cut(stream), 1):
            if problem:
                found = Problem(problem[0], "error", problem[1], "leader", position)
                yield Raw(format, b"", position, offset, problems=(found,))
            else:
                family = family_of(data) if format == "iso2709" else format
                yield Raw(family, data, position, offset, context=_SYNTAX)


def family_of(data: bytes) -> str:
    """marc21, unimarc or cnmarc for one ISO 2709 record, from its directory and 100$a."""
    base = data.find(b"\x1e", 24)
    directory = data[24:base]
    if marc.has_tag(directory, b"245") and not marc.has_tag(directory, b"200"):
        return "marc21"
    tags = [directory[at : at + 3].decode("ascii", "replace") for at in range(0, len(directory) - 11, 12)]
    first_100a = ""
    if "100" in tags:
        pieces = data[base + 1 :].split(b"\x1e", tags.index("100") + 1)
        piece = pieces[tags.index("100")] if tags.index("100") < len(pieces) else b""
        first_100a = piece.partition(b"\x1fa")[2].split(b"\x1f")[0].decode("ascii", "replace")
    return marc.dialect(tags, first_100a)


def cut(stream: BinaryIO) -> Iterator[tuple[int, bytes, tuple[str, str] | None]]:
    """Offset and bytes of each record, or offset and (code, message) where there is none to be had."""
    window = _Window(stream)
    while True:
        buffer, at = window.buffer, window.at
        # The short way: five digits that lead to a terminator, with none in between.
        digits = buffer[at : at + 5]
        if digits.isdigit():
            end = at + int(digits)
            ends = at + 25 < end <= len(buffer) and buffer[end - 1] == 0x1D
            if ends and buffer.find(b"\x1d", at, end - 1) < 0:
                yield window.offset + at, buffer[at:end], None
                window.at = end
                continue
        if len(buffer) - at < _CHUNK // 2 and window.fill():
            continue
        if at >= len(buffer):
            return
        yield from _slowly(window)


class _Window:
    """A part of the file with a place in it; what is behind the place is forgotten at the next fill."""

    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream
        self.buffer = b""
        self.at = 0
        self.offset = 0  # of the buffer's first byte in the file
        self.ended = False

    def fill(self) -> bool:
        """Read on; false at the end of the file."""
        if self.ended:
            return False
        chunk = self.stream.read(_CHUNK)
        if not chunk:
            self.ended = True
            return False
        self.offset += self.at
        self.buffer = self.buffer[self.at :] + chunk
        self.at = 0
        return True


def _slowly(window: _Window) -> Iterator[tuple[int, bytes, tuple[str, str] | None]]:
    """One record, or one stretch of something else, from a place where the leader cannot be followed."""
    skipped = _skip_padding(window)
    if skipped:
        return
    if not _HEAD.match(window.buffer, window.at) or _is_noise(window.buffer, window.at):
        yield from _skip_junk(window)
        return
    end = _find_end(window)
    start, at = window.offset + window.at, window.at
    if end is None:
        if window.ended:
            data = window.buffer[at:].rstrip(b"\r\n\x1a\x00 ")
            window.at = len(window.buffer)
            yield from _perhaps_several(start, data)
        else:
            message = f"no end of record within {MAX_RECORD >> 20} MB; the file is damaged here"
            window.at += 24
            yield start, b"", ("record-unreadable", message)
            yield from _skip_junk(window)
        return
    data = window.buffer[at:end]
    window.at = end
    yield from _perhaps_several(start, data)


def _is_noise(buffer: bytes, at: int) -> bool:
    """Whether what could be read as a leader is a remark with a leader right behind it."""
    return _LEADER.match(buffer, at) is None and _LEADER.search(buffer, at + 1, at + 72) is not None


def _skip_padding(window: _Window) -> bool:
    """Pass over blanks, zeros and stray terminators; true when there were any."""
    moved = False
    while True:
        rest = window.buffer[window.at : window.at + _CHUNK]
        kept = len(rest.lstrip(_PADDING))
        if kept and kept >= len(rest):
            return moved
        # A leader may itself begin with blanks where its length is missing.
        step = len(rest) - kept
        if kept and _HEAD.match(window.buffer, window.at + max(step - 5, 0)) and step <= 5 and not moved:
            return moved
        window.at += step
        moved = moved or step > 0
        if kept or not window.fill():
            return moved


def _skip_junk(window: _Window) -> Iterator[tuple[int, bytes, tuple[str, str] | None]]:
    """Pass over text that is no record; long stretches are reported, and short ones that are no text (remains
    of a record, binary noise); a comment between records is not.
    """
    start = window.offset + window.at
    binary = False
    begins_a_leader = window.buffer[window.at : window.at + 5].isdigit()
    while True:
        found = _LEADER.search(window.buffer, window.at)
        # The last bytes may be the beginning of a leader.
        end = found.start() if found else max(window.at, len(window.buffer) - 36)
        binary = binary or _BINARY.search(window.buffer, window.at, end) is not None
        window.at = end
        if found:
            break
        if not window.fill():
            window.at = len(window.buffer)
            break
    length = window.offset + window.at - start
    at_the_end = window.ended and window.at >= len(window.buffer)
    if at_the_end and begins_a_leader:
        message = f"the file breaks off {length} bytes into a record; get it again from the source"
        yield start, b"", ("record-truncated", message)
    elif length > (24 if binary else 512 if at_the_end else 4096):
        message = f"{length} bytes from byte {start} on are no record and were left out"
        yield start, b"", ("not-a-record", f"{message}; get the file again from the source")


def _find_end(window: _Window) -> int | None:
    """Where the record at the present place ends, in the buffer; None when it has no end."""
    search_from = window.at + 24
    while True:
        mark = window.buffer.find(b"\x1d", search_from)
        if mark < 0:
            if len(window.buffer) - window.at > MAX_RECORD:
                return None
            searched = len(window.buffer) - window.at
            if not window.fill():
                return None
            search_from = window.at + searched
            continue
        if mark + 64 > len(window.buffer):
            relative = mark - window.at
            window.fill()
            mark = window.at + relative
        if mark - window.at > MAX_RECORD or _is_end(window.buffer, window.at, mark):
            return mark + 1
        search_from = mark + 1


def _is_end(buffer: bytes, at: int, mark: int) -> bool:
    """Whether a 0x1D ends the record: fields are complete, or the next leader follows, or the file ends."""
    base = buffer.find(b"\x1e", at + 24, mark)
    if base < 0:
        return True
    entries = (base - at - 24) // 12
    if buffer[mark - 1] == 0x1E and buffer.count(b"\x1e", base + 1, mark) >= entries:
        return True
    behind = buffer[mark + 1 : mark + 64].lstrip(_PADDING)
    return not behind or _HEAD.match(behind) is not None


def _perhaps_several(start: int, data: bytes) -> Iterator[tuple[int, bytes, tuple[str, str] | None]]:
    """Parts of a stretch up to a terminator: a record that breaks off may have whole ones right behind it."""
    at = 0
    while True:
        found = _LEADER.search(data, at + 24)
        # Inside of a record only a leader is believed that has a true length or stands behind a whole field.
        while found and not _fits(data, found.start()):
            found = _LEADER.search(data, found.start() + 1)
        if not found:
            yield start + at, data[at:], None
            return
        yield start + at, data[at : found.start()], None
        at = found.start()


def _fits(data: bytes, at: int) -> bool:
    before = data[max(at - 8, 0) : at].rstrip(_PADDING)
    if before.endswith(b"\x1e"):
        return True
    digits = data[at : at + 5]
    if not digits.isdigit():
        return False
    end = at + int(digits)
    return end == len(data) or (end < len(data) and data[end - 1] == 0x1D)


READER = Iso2709Reader()
