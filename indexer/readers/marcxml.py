"""MARCXML and MarcXchange files cut into their ``record`` elements (MARCXML).

The file is cut at the level of its text, not parsed as a whole: so it streams, a record that is not
well-formed costs only itself, and no document type or entity is ever looked at. Alma's API answers, SRU and
OAI-PMH envelopes come through the same way: the innermost ``record`` element with a leader is the record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from indexer import charset as charsets
from indexer import marc
from indexer.marc.holdings_record import with_holdings
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw, UnreadableFile

_CHUNK = 512 * 1024
MAX_RECORD = 32 * 1024 * 1024
_START = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?record(?=[\s>])")
_END = re.compile(rb"</(?:[A-Za-z_][\w.-]*:)?record\s*>")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([\w.-]+)[\"']")
_PICA_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?datafield\b[^>]*?\btag\s*=\s*[\"'][0-2]\d\d[A-Z@][\"']")
_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?(?:datafield|controlfield)\b[^>]*?\btag\s*=\s*[\"'](\w{3})")
_100A = re.compile(r"tag=[\"']100[\"'][^>]*>\s*<[^>]*code=[\"']a[\"'][^>]*>([^<]*)<")
_DATAFIELD = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(?:datafield|controlfield)\s[^>]*\btag\s*=")


class MarcxmlReader:
    """Reader of MARCXML (MARC 21 slim), MarcXchange and PICA-XML; the family is decided for each record."""

    name = "marcxml"
    formats = ("marcxml", "marc21", "unimarc", "cnmarc")

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        del filename
        if head[:1] != b"<" and not head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            return "marcxml", 0.0
        if _DATAFIELD.search(head) or b"http://www.loc.gov/MARC21/slim" in head or b"marcxchange" in head:
            return "marcxml", 0.96 if _START.search(head) else 0.6
        return "marcxml", 0.0

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        yield from with_holdings(self._each(stream, format, filename, profile))

    def _each(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        encoding = ""
        position = 0
        context: dict[str, Any] = {"syntax": "marcxml"}
        forced = format if format != "marcxml" else ""
        for offset, piece, head in _cut(stream):
            if head:
                if re.search(rb"<!(?:DOCTYPE|ENTITY)", head):
                    raise UnreadableFile(
                        f"{filename}: the file declares a document type or entities: refused"
                    )
                declared = _ENCODING.search(head)
                encoding = declared.group(1).decode("ascii").lower() if declared else ""
            position += 1
            if not piece:
                message = "the file breaks off inside a record; get it again from the source"
                broken = Problem("record-truncated", "error", message, "record", position)
                yield Raw("marcxml", b"", position, offset, problems=(broken,))
                continue
            text, charset = _text(piece, encoding or profile.charset, profile.legacy_charset)
            data = piece if charset == "utf-8" else text.encode("utf-8", "replace")
            if not forced and _PICA_TAG.search(text):
                yield Raw("pica", data, position, offset, "utf-8")
                continue
            family = forced or marc.dialect(set(_TAG.findall(text)), _first_100a(text))
            yield Raw(family, data, position, offset, charset, context)


def _first_100a(text: str) -> str:
    found = _100A.search(text)
    return found.group(1) if found else ""


def _text(piece: bytes, encoding: str, legacy: str) -> tuple[str, str]:
    """Text of one record and its character set: what the declaration says, unless the bytes say otherwise."""
    try:
        return piece.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    if encoding and encoding not in ("utf-8", "utf8"):
        try:
            return piece.decode("gb18030" if encoding in ("gb2312", "gbk") else encoding), encoding
        except (UnicodeDecodeError, LookupError):
            pass
    return charsets.decode_text(piece, legacy)


def _cut(stream: BinaryIO) -> Iterator[tuple[int, bytes, bytes]]:
    """Offset and bytes of each record element; with the first one, what the file has in front of it.

    Of nested elements (an OAI-PMH record around a MARC record) the innermost is taken; an OAI-PMH record
    without one tells of a deletion and is taken whole. Empty bytes: the file ends inside a record.
    """
    buffer = b""
    base = 0
    head = b""
    first = True
    while True:
        end = _END.search(buffer)
        if not end:
            chunk = stream.read(_CHUNK)
            if not chunk:
                break
            if len(buffer) > MAX_RECORD:
                base += len(buffer) - 64
                buffer = buffer[-64:]
            buffer += chunk
            continue
        starts = list(_START.finditer(buffer, 0, end.start()))
        if starts:
            at = starts[-1].start()
            if first:
                head, first = buffer[:at][:65536], False
            piece = buffer[at : end.end()]
            if b"leader" in piece or b"datafield" in piece or b"deleted" in piece:
                yield base + at, piece, head
                head = b""
        base += end.end()
        buffer = buffer[end.end() :]
    start = _START.search(buffer)
    if start and (b"leader" in buffer or b"datafield" in buffer):
        yield base + start.start(), b"", b"" if not first else buffer[: start.start()][:65536]


READER = MarcxmlReader()
