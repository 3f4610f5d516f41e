"""MARC-in-JSON (MARC JSON): one object, an array, or an object a line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from indexer import marc
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw

_CHUNK = 256 * 1024
MAX_RECORD = 32 * 1024 * 1024
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]|"', re.S)
_TAG = re.compile(rb'\{\s*"(\d{3})"\s*:|\[\s*"(\d{3})"\s*,')
_100A = re.compile(rb'"100"\s*:\s*\{[^\]]*?"a"\s*:\s*"([^"]*)"')
_SHAPE = re.compile(rb'"leader"\s*:|"fields"\s*:\s*\[\s*[\{\[]\s*"(?:\d{3}|LDR)"|\[\s*\[\s*"LDR"')


class MarcjsonReader:
    """Reader of MARC-in-JSON; the family is decided for each record."""

    name = "marcjson"
    formats = ("marcjson", "marc21", "unimarc", "cnmarc")

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        del filename
        if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in (b"{", b"["):
            return "marcjson", 0.0
        return "marcjson", 0.95 if _SHAPE.search(head) and _TAG.search(head) else 0.0

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        del filename, profile
        context: dict[str, Any] = {"syntax": "marcjson"}
        position = 0
        for offset, piece in _objects(stream):
            position += 1
            if not piece:
                message = "the file breaks off inside a record, or a record is too large"
                broken = Problem("record-truncated", "error", message, "record", position)
                yield Raw("marcjson", b"", position, offset, problems=(broken,))
                continue
            if format == "marcjson":
                tags = {(one or other).decode("ascii") for one, other in _TAG.findall(piece)}
                found = _100A.search(piece)
                family: str = marc.dialect(tags, found.group(1).decode("utf-8", "replace") if found else "")
            else:
                family = format
            yield Raw(family, piece, position, offset, context=context)


def _objects(stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Objects at the top of the file or in an array there; empty bytes where one has no end."""
    buffer = b""
    base = 0
    depth = 0
    start = -1
    at = 0
    while True:
        chunk = stream.read(_CHUNK)
        final = not chunk
        buffer += chunk
        for token in _TOKEN.finditer(buffer, at):
            if token.group() == b'"' and not final:
                break  # a string that goes on in the next chunk
            at = token.end()
            mark = token.group()
            if mark == b"{":
                if start < 0:
                    start, depth = token.start(), 0
                depth += 1
            elif mark == b"}" and start >= 0:
                depth -= 1
                if depth == 0:
                    yield base + start, buffer[start:at]
                    start = -1
        if final:
            break
        keep = start if start >= 0 else at
        if len(buffer) - keep > MAX_RECORD:
            yield base + keep, b""
            start, keep, at = -1, len(buffer), len(buffer)
        base += keep
        buffer = buffer[keep:]
        at -= keep
        start = 0 if start >= 0 else -1
    if start >= 0:
        yield base + start, b""


READER = MarcjsonReader()
