"""Aleph sequential files (Aleph 顺序文件) cut at the change of system number."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from indexer import marc
from indexer.marc.syntax import ALEPH_LINE
from indexer.profile import Profile
from indexer.reader import Raw

MAX_LINE = 1024 * 1024
MAX_LINES = 100_000  # of one record
_LINE = re.compile(ALEPH_LINE.encode("ascii"))
_100A = re.compile(rb"^\d{9} 100.. ?(?:.? )?\$\$a([^\r\n$]*)", re.M)


class AlephReader:
    """Reader of Aleph sequential: nine digits of system number, tag, indicators, alphabet, content.

    The alphabet may be another character or be missing.
    """

    name = "aleph"
    formats = ("aleph", "marc21", "unimarc", "cnmarc")

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        del filename
        lines = head.lstrip(b"\xef\xbb\xbf\r\n").split(b"\n")[:20]
        full = lines[:-1] if len(lines) > 1 else lines
        good = sum(1 for line in full if _LINE.match(line))
        return "aleph", 0.97 if full and good * 10 >= len(full) * 9 else 0.0

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        del filename, profile
        context: dict[str, Any] = {"syntax": "aleph"}
        for position, (offset, tags, data) in enumerate(_groups(stream), 1):
            if format == "aleph":
                found = _100A.search(data)
                family: str = marc.dialect(tags, found.group(1).decode("ascii", "replace") if found else "")
            else:
                family = format
            yield Raw(family, data, position, offset, context=context)


def _groups(stream: BinaryIO) -> Iterator[tuple[int, set[str], bytes]]:
    """Offset, tags and lines of each record; other lines go with the record before them."""
    number = b""
    lines: list[bytes] = []
    tags: set[str] = set()
    start = offset = 0
    while line := stream.readline(MAX_LINE):
        found = _LINE.match(line.removeprefix(b"\xef\xbb\xbf"))
        if found:
            if found.group(1) != number:
                if lines:
                    yield start, tags, b"".join(lines)
                number, lines, tags, start = found.group(1), [], set(), offset
            tags.add((found.group(2) or found.group(5) or found.group(8)).decode("ascii"))
        if number and len(lines) < MAX_LINES:
            lines.append(line)
        offset += len(line)
    if lines:
        yield start, tags, b"".join(lines)


READER = AlephReader()
