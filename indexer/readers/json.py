"""JSON files cut into records (JSON 读取器): arrays, objects keyed by id, wrappers around a list, JSON lines.

The file is scanned in constant memory: only the boundaries of values are looked for, by their quotes and
brackets, and one element at a time is decoded. What an element is (Zotero, CSL, Crossref, DSpace …) its
members say (``json_kinds``). With a mapping every object of the list is one row, of the format ``mapped``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any, BinaryIO

import msgspec

from indexer.formats import transcode
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers import json_kinds

_CHUNK = 256 * 1024
_LOOK_AHEAD = 64 * 1024
_MAX_ELEMENT = 32 * 1024 * 1024
_MAX_DEPTH = 64
_MAX_FAULTS = 500
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]|"', re.S)
_SCALAR = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+', re.S)
_BLANK = re.compile(rb"[\s,\x1e\x00]*")
_COLON = re.compile(rb"\s*:\s*(.)", re.S)
_FIRST_KEY = re.compile(rb'\{\s*("[^"\\]{0,200}")\s*:')
_STARTS_LIKE_JSON = re.compile(rb'^[\s\xef\xbb\xbf\x1e]*(?:\{\s*["}]|\[\s*[\[{"\]])')
_SURROGATE = re.compile("[\ud800-\udfff]")
_ANY = msgspec.json.Decoder()


class _FaultError(Exception):
    """A value that is not JSON, from ``offset`` on."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Window:
    """A moving window over the file: ``buffer`` holds what is not consumed yet, ``base`` is its offset."""

    def __init__(self, stream: BinaryIO, legacy: str, charset: str) -> None:
        self.stream = stream
        self.buffer = bytearray()
        self.base = 0
        self.line = 1
        self.done = False
        self.at = 0  # position in the buffer
        head = stream.read(_CHUNK)
        self.decoder, self.charset = transcode.decoder(head[: -4 or None], charset, legacy)
        self._add(head)
        if self.buffer.startswith(b"\xef\xbb\xbf"):
            self.at = 3

    def _add(self, chunk: bytes) -> None:
        self.done = not chunk
        self.buffer += self.decoder.decode(chunk, self.done).encode() if self.decoder else chunk

    def more(self, least: int = _CHUNK) -> bool:
        """Read on; False at the end of the file."""
        if self.done:
            return False
        self._add(self.stream.read(max(_CHUNK, least)))
        return True

    def forget(self) -> None:
        """Let go of what is consumed."""
        if self.at > _CHUNK or self.done:
            self.line += self.buffer.count(b"\n", 0, self.at)
            del self.buffer[: self.at]
            self.base += self.at
            self.at = 0

    def peek(self) -> bytes:
        """The next byte that is neither blank nor comma, empty at the end."""
        while True:
            match = _BLANK.match(self.buffer, self.at)
            self.at = match.end() if match else self.at
            if self.at < len(self.buffer):
                return bytes(self.buffer[self.at : self.at + 1])
            self.forget()
            if not self.more():
                return b""

    def line_here(self) -> int:
        return self.line + self.buffer.count(b"\n", 0, self.at)

    def look_ahead(self) -> bytes:
        while len(self.buffer) - self.at < _LOOK_AHEAD and self.more():
            pass
        return bytes(self.buffer[self.at : self.at + _LOOK_AHEAD])

    def end_of_value(self) -> int:
        """Position behind the value that begins here; raises _FaultError where it does not end."""
        while True:
            end = _end_of(self.buffer, self.at)
            if end >= 0:
                return end
            if len(self.buffer) - self.at > _MAX_ELEMENT:
                raise _FaultError(
                    "json-too-long",
                    f"an element of more than {_MAX_ELEMENT >> 20} MiB, or one without its end",
                )
            if not self.more(len(self.buffer) - self.at):
                raise _FaultError("json-truncated", "the file ends inside this element")


def _end_of(buffer: bytearray, at: int) -> int:
    """Position behind the value at ``at``, or -1 when the buffer ends before it does."""
    if buffer[at] not in b"{[":
        match = _SCALAR.match(buffer, at)
        if match is None:
            if buffer[at : at + 1] == b'"':
                return -1
            raise _FaultError("json-malformed", f"unexpected character {bytes(buffer[at : at + 1])!r}")
        return match.end() if match.end() < len(buffer) else -1
    depth = 0
    for match in _TOKEN.finditer(buffer, at):
        first = buffer[match.start()]
        if first == 0x22:
            if match.end() - match.start() == 1:
                return -1
        elif first in b"{[":
            depth += 1
            if depth > _MAX_DEPTH:
                raise _FaultError("json-depth", f"nested more than {_MAX_DEPTH} deep")
        else:
            depth -= 1
            if depth == 0:
                return match.end()
    return -1


def shape(text: bytes) -> dict[str, str]:
    """Names of the members of the object that ``text`` begins with, each with the first character of its
    value."""
    depth = 0
    found: dict[str, str] = {}
    for match in _TOKEN.finditer(text):
        first = text[match.start()]
        if first == 0x22:
            if depth == 1 and len(found) < 500:
                colon = _COLON.match(text, match.end())
                if colon:
                    key = match.group()[1:-1].decode("utf-8", "replace")
                    found.setdefault(key, colon.group(1).decode("latin-1"))
        elif first in b"{[":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                break
    return found


class _Cutter:
    """Walks through one file and yields Raws."""

    def __init__(self, window: _Window, format: str, profile: Profile) -> None:
        self.window = window
        self.format = format
        self.legacy = profile.legacy_charset
        self.mapped = bool(profile.mapping) or format == "mapped"
        path = str(profile.mapping.get("records", "") or "") if profile.mapping else ""
        self.path = tuple(part for part in path.split(".") if part)
        self.position = 0
        self.faults = 0

    def walk(self) -> Iterator[Raw]:
        """All records of the file."""
        window = self.window
        while True:
            first = window.peek()
            if not first:
                return
            if first == b"[":
                yield from self._array()
            elif first == b"{":
                yield from self._object(0)
            elif self.mapped and first == b'"':
                yield from self._element("")
            else:
                yield from self._fault(_FaultError("json-malformed", f"unexpected character {first!r}"))
            if self.faults > _MAX_FAULTS:
                return

    def _array(self) -> Iterator[Raw]:
        window = self.window
        window.at += 1
        while True:
            first = window.peek()
            if not first:
                yield self._problem(_FaultError("json-truncated", "the file ends inside a list"))
                return
            if first in (b"]", b"}"):
                window.at += 1
                return
            if self.faults > _MAX_FAULTS:
                return
            yield from self._element("")

    def _object(self, level: int) -> Iterator[Raw]:
        window = self.window
        members = shape(window.look_ahead())
        streamed = self._streamed(members, level)
        if streamed is None:
            yield from self._element("")
            return
        window.at += 1
        while True:
            first = window.peek()
            if not first:
                yield self._problem(_FaultError("json-truncated", "the file ends inside an object"))
                return
            if first in (b"}", b"]"):
                window.at += 1
                return
            try:
                start = window.at
                end = window.end_of_value()
                key = bytes(window.buffer[start + 1 : end - 1]).decode("utf-8", "replace")
                window.at = end
                if window.peek() != b":":
                    raise _FaultError("json-malformed", "a colon is missing")
                window.at += 1
                first = window.peek()
                if not first:
                    raise _FaultError("json-truncated", "the file ends inside an object")
                if streamed and key not in streamed:
                    window.at = window.end_of_value()
                    window.forget()
                elif first == b"[" and streamed:
                    yield from self._array()
                elif first == b"{" and streamed:
                    yield from self._object(level + 1)
                else:
                    yield from self._element(key)
            except _FaultError as fault:
                yield from self._fault(fault)
            if self.faults > _MAX_FAULTS:
                return

    def _streamed(self, members: dict[str, str], level: int) -> frozenset[str] | None:
        """Which members of an object hold the records: None where it is a record itself, empty where all
        do."""
        if self.path:
            if level < len(self.path):
                return frozenset({self.path[level]})
            return frozenset() if members and all(kind == "{" for kind in members.values()) else None
        return json_kinds.containers(members, self.mapped) if level < 8 else None

    def _element(self, key: str) -> Iterator[Raw]:
        """One complete value, which may hold several records."""
        window = self.window
        try:
            end = window.end_of_value()
            data = bytes(window.buffer[window.at : end])
            value, repaired = _decoded(data, self.legacy)
        except _FaultError as fault:
            yield from self._fault(fault)
            return
        offset = window.base + window.at
        window.at = end
        window.forget()
        problems = [Problem("json-repaired", "warning", repaired)] if repaired else []
        if repaired:
            data = msgspec.json.encode(value)
        if self.mapped:
            row: Any = value if isinstance(value, dict) else {"value": value}
            if key:
                row = {"_key": key, **row}
            yield self._raw("mapped", data if row is value else msgspec.json.encode(row), offset, problems)
            return
        for format, part in json_kinds.cut(value, self.format, key):
            if part is None:
                # What the source itself refused or left empty.
                empty = Problem("json-no-record", "error", "this element holds no record")
                yield self._raw("", b"", offset, [*problems, empty])
            else:
                yield self._raw(
                    format, data if part is value else msgspec.json.encode(part), offset, problems
                )

    def _raw(self, format: str, data: bytes, offset: int, problems: list[Problem]) -> Raw:
        self.position += 1
        placed = tuple(msgspec.structs.replace(problem, position=self.position) for problem in problems)
        return Raw(format, data, self.position, offset, self.window.charset, {}, placed)

    def _problem(self, fault: _FaultError) -> Raw:
        self.faults += 1
        line = self.window.line_here()
        problem = Problem(fault.code, "error", f"line {line}: {fault}"[:500])
        return self._raw("", b"", self.window.base + self.window.at, [problem])

    def _fault(self, fault: _FaultError) -> Iterator[Raw]:
        """Report a value that cannot be read and go on at the next one that begins as it does."""
        window = self.window
        yield self._problem(fault)
        match = _FIRST_KEY.match(window.buffer, window.at)
        if match:
            after = re.compile(rb"(?:\}[\s,\]]*|\n\s*)(?=\{\s*" + re.escape(match.group(1)) + rb"\s*:)")
        else:
            after = re.compile(rb"\n\s*(?=\{)|\}\s*,\s*(?=\{)")
        window.at = min(window.at + 1, len(window.buffer))
        while True:
            found = after.search(window.buffer, window.at)
            if found:
                window.at = found.end()
                return
            window.at = max(window.at, len(window.buffer) - 1024)
            window.forget()
            if not window.more():
                window.at = len(window.buffer)
                return


def _decoded(data: bytes, legacy: str) -> tuple[Any, str]:
    """The value, and what had to be mended for it; raises _FaultError."""
    try:
        return _ANY.decode(data), ""
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        pass
    try:
        # The standard decoder bears control characters in strings, NaN and halves of surrogate pairs.
        value = json.loads(transcode.text_of(data, legacy), strict=False, parse_constant=lambda _: None)
        text = _SURROGATE.sub("", json.dumps(value, ensure_ascii=False))
        return _ANY.decode(
            text.encode()
        ), "control characters or broken characters in this element were left out"
    except json.JSONDecodeError as error:
        raise _FaultError("json-malformed", f"{error.msg} (character {error.pos} of the element)") from None
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise _FaultError("json-malformed", str(error)[:200]) from None


class JsonReader:
    """Reads every JSON format but MARC-in-JSON (JSON 读取器)."""

    name = "json"
    formats = (
        "crossref", "csl", "zotero", "dspace", "blacklight", "geoblacklight", "iiif", "ocw", "record",
        "jsonld", "jsonl", "mapped",
    )  # fmt: skip

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        """Format of the first element; unknown objects are ``jsonl``, to be read with a mapping."""
        if not _STARTS_LIKE_JSON.match(head):
            return "", 0.0
        for raw in self.read(BytesIO(head), "", filename, Profile()):
            if raw.data and raw.format not in ("jsonl", ""):
                return (raw.format, 0.95) if raw.format != "marcjson" else ("", 0.0)
            if raw.data:
                break
        # The first element may be longer than the head: its first members must do.
        if b"iiif.io/api/presentation" in head[:1000]:
            return "iiif", 0.9
        start = head.find(b"{")
        for _ in range(4):
            if start < 0:
                break
            format = json_kinds.format_of_names(shape(head[start:]))
            if format:
                return (format, 0.9) if format != "marcjson" else ("", 0.0)
            start = head.find(b"{", start + 1)
        return "jsonl", 0.4

    def read(
        self,
        stream: BinaryIO,
        format: str,
        filename: str,  # noqa: ARG002
        profile: Profile,
    ) -> Iterator[Raw]:
        """Raw records in the order of the file; ``format`` decides where an element could be two things."""
        window = _Window(stream, profile.legacy_charset, profile.charset)
        yield from _Cutter(window, format, profile).walk()


READER = JsonReader()
