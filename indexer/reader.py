"""Contract of the readers: bytes in, raw records out (读取器).

A Reader knows how a file is cut into records and nothing else; it streams in constant memory. Built-in
readers are in ``readers/``, one file each; a stranger's is declared in the entry-point group
``ereader.readers``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

import msgspec

from indexer.problem import Problem
from indexer.profile import Profile


class Raw(msgspec.Struct, frozen=True, gc=False):
    """One record as received (原始记录).

    ``data`` is enough, together with ``format`` and ``context``, to adapt the record again years later, so
    it is what the union repository keeps. ``context`` is what the record inherits from its file (the header
    row of a table, a date of the feed); it is small and JSON-able, and the same object is shared by all
    records of a file.
    """

    format: str
    data: bytes
    position: int  # ordinal in the file, from 1
    offset: int = 0  # byte offset of ``data`` in the (unpacked) file, or line number for line formats
    charset: str = ""
    context: dict[str, Any] = {}
    # found while cutting; an error here with empty data means: nothing to adapt
    problems: tuple[Problem, ...] = ()


class Reader(Protocol):
    """Cuts a stream into raw records.

    ``formats`` lists the format codes this reader yields or accepts with ``--format``. ``sniff`` looks at
    the first 64 KiB (already unpacked) and the file's name and answers with the format code and a
    confidence from 0 to 1. ``read`` never raises for bad data: it yields a Raw with empty data and an error
    Problem and goes on.
    """

    name: str
    formats: tuple[str, ...]

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]: ...

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]: ...


class UnreadableFile(Exception):
    """The file as a whole cannot be read (empty, an image, an archive bomb): exit status 2, nothing
    changed.

    ``kind`` is for whoever says it in other words: ``empty``, ``packed``, ``foreign`` (no file of records),
    ``noise`` (binary, in no known format), ``unrecognised``, or "" for the rest.
    """

    def __init__(self, message: str, kind: str = "") -> None:
        super().__init__(message)
        self.kind = kind
