"""PICA+ files (PICA 格式): plain (a field a line, empty lines between records), normalised and binary."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw

MAX_LINE = 8 * 1024 * 1024
MAX_LINES = 200_000  # of one record
_FIELD = re.compile(rb"[0-2][0-9]{2}[A-Z@](?:/[0-9]{2,3})? ?")
_PLAIN = re.compile(_FIELD.pattern + rb"(?:\$|\xc6\x92)[0-9A-Za-z]")
_NORMALISED = re.compile(rb"[\x1d\x1e\n\r]*" + _FIELD.pattern + rb"\x1f")


class PicaReader:
    """Reader of PICA+ in its three serialisations."""

    name = "pica"
    formats = ("pica",)

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        del filename
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\x1d ")
        if _NORMALISED.match(start):
            return "pica", 0.97
        lines = [line for line in start.split(b"\n")[:30] if line.strip()]
        full = lines[:-1] if len(lines) > 1 else lines
        good = sum(1 for line in full if _PLAIN.match(line))
        return "pica", 0.96 if full and good * 10 >= len(full) * 8 else 0.0

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        del format, filename, profile
        for position, (offset, data) in enumerate(_records(stream), 1):
            if _FIELD.match(data.lstrip(b"\x1d\x1e")):
                yield Raw("pica", data, position, offset)
            else:
                problem = Problem("not-a-record", "error", "this is no PICA record", "", position)
                yield Raw("pica", b"", position, offset, problems=(problem,))


def _records(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    lines: list[bytes] = []
    start = offset = 0
    while line := stream.readline(MAX_LINE):
        bare = line.removeprefix(b"\xef\xbb\xbf").rstrip(b"\r\n")
        if b"\x1f" in bare:
            # Normalised: a record is a line. Binary: a record may begin with 0x1D on the line before.
            for piece in bare.split(b"\x1d"):
                if piece.strip(b"\x1e "):
                    yield offset, piece
        elif bare.strip(b"\x1d \t"):
            if not lines:
                start = offset
            if len(lines) < MAX_LINES:
                lines.append(bare)
        elif lines:
            yield start, b"\n".join(lines)
            lines = []
        offset += len(line)
    if lines:
        yield start, b"\n".join(lines)


READER = PicaReader()
