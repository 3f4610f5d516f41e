"""CNMARC as the text displays of cataloguing programs (工作单), cut at leaders, separators and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from indexer import charset as charsets
from indexer import marc
from indexer.marc.syntax import WORKSHEET_LEADER, WORKSHEET_MARKS, worksheet_tag
from indexer.profile import Profile
from indexer.reader import Raw

MAX_LINE = 1024 * 1024
MAX_LINES = 20_000  # of one record
_MARKED = re.compile(rf"\d{{3}}.{{0,6}}[{re.escape(WORKSHEET_MARKS)}][0-9a-zA-Z]")
_100A = re.compile(rf"^100.{{0,6}}[{re.escape(WORKSHEET_MARKS)}]a(.*)", re.M)


class WorksheetReader:
    """Reader of worksheets: a field a line, subfields behind ǂ, ■, ▼, ‡, | or $."""

    name = "worksheet"
    formats = ("worksheet", "cnmarc", "unimarc", "marc21")

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        del filename
        if b"\x1e" in head or b"\x1d" in head:
            return "worksheet", 0.0
        text = charsets.decode_text(head[:16384])[0]
        lines = [line for line in text.splitlines()[:60] if line.strip() and line.strip() != "***"]
        tagged = sum(1 for line in lines if worksheet_tag(line) or WORKSHEET_LEADER.match(line))
        marked = sum(1 for line in lines if _MARKED.match(line))
        if marked < 3 or tagged * 10 < len(lines) * 6:
            return "worksheet", 0.0
        return "worksheet", 0.9

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        del filename
        context: dict[str, Any] = {"syntax": "worksheet"}
        position = 0
        for offset, data in _groups(stream):
            text, charset = charsets.decode_text(data, profile.legacy_charset)
            tags = {worksheet_tag(line) for line in text.splitlines()}
            if len(tags - {"", "000"}) < 2:
                continue
            position += 1
            if format == "worksheet":
                found = _100A.search(text)
                family: str = marc.dialect(tags, found.group(1) if found else "")
            else:
                family = format
            yield Raw(family, data, position, offset, charset, context)


def _groups(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Offset and lines of each record.

    A new one begins at a leader, at a line ``000`` or ``001``, behind ``***``, or behind an empty line with a
    smaller tag.
    """
    lines: list[bytes] = []
    start = offset = 0
    last = 0
    gap = False
    while line := stream.readline(MAX_LINE):
        bare = line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
        digits = bare[:3]
        number = int(digits) if digits.isdigit() else -1
        leader = WORKSHEET_LEADER.match(bare[:40].decode("ascii", "replace")) is not None
        begins = (
            leader
            or (number == 0 and last > 0)
            or (number == 1 and last > 1)
            or (gap and 0 <= number < last and number < 20)
        )
        if lines and (begins or bare.strip() == b"***"):
            yield start, b"".join(lines)
            lines, last = [], 0
        if bare.strip() and bare.strip() != b"***":
            if not lines:
                start = offset
            if len(lines) < MAX_LINES:
                lines.append(line if line.endswith(b"\n") else line + b"\n")
            if number >= 0 and not leader:
                last = max(last, number)
            gap = False
        else:
            gap = True
        offset += len(line)
    if lines:
        yield start, b"".join(lines)


READER = WorksheetReader()
