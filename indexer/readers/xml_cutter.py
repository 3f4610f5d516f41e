"""One XML file scanned for its records while it streams (XML 截取).

Expat finds where elements begin and end; the bytes between are a record. What lies behind is forgotten at
once, so the memory used is that of the longest record. ``indexer.readers.xml`` feeds the chunks and goes
on after faults.
"""

from __future__ import annotations

import html
import re
from typing import Any
from xml.parsers import expat

from indexer.problem import Problem
from indexer.readers import xml_kinds, xml_mend
from indexer.readers.xml_kinds import Open

_MAX_RECORD = 16 * 1024 * 1024
_MAX_DEPTH = 200
_START_TAG = re.compile(rb"""<[^\s/>]+(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_FIVE = frozenset({b"lt", b"gt", b"amp", b"quot", b"apos"})
_MAX_MENDS = 40  # in one record; what has more is not worth reading again and again
_MISPLACED = expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI]
JUNK_AFTER_END = expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
_AT_END = {
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
}


class RefusedError(Exception):
    """The document declares a type or nests too deeply; reading ends."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Cutter:
    """Scans one file; ``out`` fills with (format, bytes, absolute offset) or problems while it is fed."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.buffer = bytearray()
        self.base = 0  # absolute offset of buffer[0] in the UTF-8 stream
        self.line = 1  # line of buffer[0]
        self.out: list[tuple[str, bytes, int, Problem | None]] = []
        self.stack: list[Open] = []
        self.capture: xml_kinds.Capture | None = None
        self.resume_at = ""  # raw name of the last record element: where reading can go on after a fault
        self.default_format = "oai-dc"
        self.root = ""
        self.found = 0
        self.remarks: set[str] = set()
        self.mended = (
            -1,
            0,
        )  # offset of a record, or -2 for what is around them, and how often it was mended
        self._start_parser(0, b"")

    # -- feeding ---------------------------------------------------------------------------------------------

    def _start_parser(self, at: int, prologue: bytes) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._entity
        parser.UseForeignDTD(False)
        parser.ordered_attributes = False
        self.parser = parser
        self.shift = at - len(prologue)  # absolute offset = shift + offset of the parser
        self.silent = True
        if prologue:
            parser.Parse(prologue, False)
        self.silent = False

    def feed(self, chunk: bytes, final: bool) -> None:
        """Scan one more chunk; raises ExpatError or RefusedError."""
        self.buffer += chunk
        self.parser.Parse(chunk, final)
        self._trim()

    def _trim(self) -> None:
        keep = self.shift + self.parser.CurrentByteIndex if self.parser.CurrentByteIndex >= 0 else self.base
        if self.capture is not None:
            if self.capture.cut_at is None:
                keep = min(keep, self.capture.start)
                if (
                    self.base + len(self.buffer) - self.capture.start > _MAX_RECORD
                    and not self.capture.broken
                ):
                    self.problem(
                        "record-too-long",
                        f"a record of more than {_MAX_RECORD >> 20} MiB",
                        self.capture.start,
                    )
                    self.capture.broken = True
                if self.capture.broken:
                    self.capture.start = keep = max(self.base, self.shift + self.parser.CurrentByteIndex)
        elif self.stack and self.stack[-1].children == 0:
            keep = min(keep, self.stack[-1].offset)
        self.drop(keep)

    def drop(self, to: int) -> None:
        count = min(max(0, to - self.base), len(self.buffer))
        if count:
            self.line += self.buffer.count(b"\n", 0, count)
            del self.buffer[:count]
            self.base += count

    def line_at(self, offset: int) -> int:
        return self.line + self.buffer.count(b"\n", 0, max(0, offset - self.base))

    def problem(self, code: str, message: str, offset: int, severity: str = "error") -> None:
        text = f"line {self.line_at(offset)}: {message}"
        found = Problem(code, severity, text[:500], field=self.root)  # type: ignore[arg-type]
        self.out.append(("", b"", offset, found))

    # -- handlers --------------------------------------------------------------------------------------------

    def _doctype(self, name: str, system: str | None, public: str | None, has_internal: int) -> None:
        if has_internal:
            raise RefusedError(
                "xml-dtd",
                f"the file declares a document type of its own (<!DOCTYPE {name[:60]} [ … ]>), which is not "
                "accepted; remove the declaration and resolve its entities",
            )
        if "dtd" not in self.remarks:
            self.remarks.add("dtd")
            which = (public or system or name)[:100]
            message = f"the document type {which} is not read; only what the file itself says counts"
            self.problem("xml-dtd-ignored", message, self.base, "info")

    def _entity(self, name: str, *_: Any) -> None:
        raise RefusedError("xml-entity", f"the file declares an entity ({name[:60]}), which is not accepted")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= _MAX_DEPTH:
            raise RefusedError("xml-depth", f"elements are nested more than {_MAX_DEPTH} deep")
        offset = self.shift + self.parser.CurrentByteIndex
        parent = self.stack[-1] if self.stack else None
        opened = Open.of(name, attributes, offset, parent)
        if parent is None:
            self.root = self.root or opened.local
        self.stack.append(opened)
        if self.silent:
            return
        capture = self.capture
        if capture is None:
            self._consider(opened, parent, attributes)
        else:
            if capture.kind == "query" and opened.local == "doi_record":
                self.capture = None  # A query result that wraps a full record: the inner record counts.
            elif capture.cut_at is None and xml_kinds.is_body(
                capture.kind, opened.local, len(self.stack) - capture.depth
            ):
                capture.pieces.append(bytes(self.buffer[capture.start - self.base : offset - self.base]))
                capture.cut_at = len(self.stack)
            elif capture.kind == "oai" and not capture.format:
                capture.format = xml_kinds.format_inside(self.stack[capture.depth :])
        if parent is not None:
            parent.children += 1

    def _consider(self, opened: Open, parent: Open | None, attributes: dict[str, str]) -> None:
        kind = xml_kinds.kind_of(opened, self.stack[:-1])
        if kind == "dc-child":
            # The first child in a Dublin Core namespace: its parent is the record.
            assert parent is not None
            self.capture = xml_kinds.Capture("dc", parent, len(self.stack) - 1)
            if "terms" in opened.space:
                self.capture.format = "qdc"
        elif kind:
            self.capture = xml_kinds.Capture(kind, opened, len(self.stack))
        if opened.local == "request" and attributes.get("metadataPrefix"):
            self.default_format = xml_kinds.PREFIXES.get(attributes["metadataPrefix"].lower(), "oai-dc")

    def _end(self, _name: str) -> None:
        opened = self.stack.pop()
        capture = self.capture
        depth = len(self.stack) + 1
        if capture is not None and capture.cut_at == depth:
            capture.start = self._after_tag(opened)
            capture.cut_at = None
        elif capture is not None and capture.depth == depth:
            self.capture = None
            self._emit(capture, self._after_tag(opened))
        if opened.carried or opened.local in xml_kinds.CARRIERS:
            self._close_carrier(opened)

    def _after_tag(self, opened: Open) -> int:
        at = self.shift + self.parser.CurrentByteIndex
        where = at - self.base
        if at == opened.offset:  # an empty element: its one tag begins where the element begins
            match = _START_TAG.match(self.buffer, where)
            return self.base + match.end() if match else at
        close = self.buffer.find(b">", where)
        return self.base + close + 1 if close >= 0 else at

    # -- records ---------------------------------------------------------------------------------------------

    def _emit(self, capture: xml_kinds.Capture, end: int) -> None:
        if capture.broken:
            return
        capture.pieces.append(bytes(self.buffer[capture.start - self.base : end - self.base]))
        data = self._entities(b"".join(capture.pieces), capture.opened.offset)
        if capture.kind == "carry":
            parent = self.stack[-1]
            parent.carried.append(data)
            if capture.opened.local in xml_kinds.BOOK_METADATA and xml_kinds.is_deposit(self.stack):
                self._out("crossref-xml", parent.wrap(data), capture)
                parent.emitted += 1
            return
        if capture.kind == "item":
            parent = self.stack[-1]
            parent.emitted += 1
            self._out("crossref-xml", parent.wrap(b"".join(parent.carried) + data), capture)
            return
        format = capture.format or xml_kinds.FORMATS.get(capture.kind, "") or self.default_format
        if capture.kind == "oai" and capture.format:
            self.default_format = capture.format
        if capture.kind == "alien":
            return
        self._out(format, capture.opened.with_namespaces(data), capture)

    def _out(self, format: str, data: bytes, capture: xml_kinds.Capture) -> None:
        self.found += 1
        self.resume_at = capture.opened.name
        self.out.append((format, data, capture.opened.offset, None))

    def _close_carrier(self, opened: Open) -> None:
        if opened.carried and not opened.emitted:
            capture = xml_kinds.Capture("carry", opened, 0)
            self._out("crossref-xml", opened.wrap(b"".join(opened.carried)), capture)
        opened.carried.clear()

    def _entities(self, data: bytes, offset: int) -> bytes:
        """Named characters that only an unread DTD would define: put in from HTML's list, others left out."""
        if b"&" not in data or not any(name not in _FIVE for name in _NAMED.findall(data)):
            return data
        unknown: set[bytes] = set()

        def replace(match: re.Match[bytes]) -> bytes:
            if match.group(1) in _FIVE:
                return match.group()
            character = html.unescape(match.group().decode("ascii"))
            if character.startswith("&"):
                unknown.add(match.group(1))
                return b""
            return character.encode()

        data = _NAMED.sub(replace, data)
        if unknown:
            names = ", ".join(sorted(name.decode("ascii") for name in unknown))
            self.problem(
                "xml-entity-unknown", f"undefined entities left out: {names[:200]}", offset, "warning"
            )
        return data

    # -- after a fault ---------------------------------------------------------------------------------------

    def fault(self, error: expat.ExpatError) -> int:
        """Report a fault; answers with the absolute offset behind which reading may go on."""
        at = max(self.base, self.shift + self.parser.ErrorByteIndex)
        if error.code == JUNK_AFTER_END or (error.code == _MISPLACED and not self.stack):
            return at
        what = expat.errors.messages.get(error.code, str(error))
        truncated = error.code in _AT_END or at >= self.base + len(self.buffer)
        code = "xml-truncated" if truncated else "xml-malformed"
        lost = (
            f"; the record that begins in line {self.line_at(self.capture.start)} is lost"
            if self.capture
            else ""
        )
        self.problem(code, f"the XML is damaged here ({what}){lost}", at)
        if self.capture is not None:
            self.resume_at = self.capture.opened.name
            return max(self.base, self.capture.start + 1)
        return at

    def begins_again(self, error: expat.ExpatError) -> bool:
        """Whether what cannot be read here is the beginning of another document, or of this one."""
        return error.code == JUNK_AFTER_END or (error.code == _MISPLACED and not self.stack)

    def mend(self, error: expat.ExpatError) -> bool:
        """Put right what programs often write wrong, and go back to where reading can begin again.

        True when that was done: the parser is new, and ``buffer`` is to be fed to it once more.
        """
        capture = self.capture
        if not self.stack or (capture is not None and (capture.pieces or capture.broken)):
            return False
        begin = self.shift + self.parser.ErrorByteIndex if capture is None else capture.opened.offset
        where = -2 if capture is None else begin
        mends = self.mended[1] + 1 if self.mended[0] == where else 1
        fault = self.shift + self.parser.ErrorByteIndex - self.base
        if mends > _MAX_MENDS or begin < self.base or not 0 <= fault < len(self.buffer):
            return False
        found = xml_mend.mend(self.buffer, fault, error.code)
        if found is None:
            return False
        start, end, replacement, what = found
        self.problem(
            "xml-mended", f"{what}; mend the program that writes this file", self.base + start, "warning"
        )
        self.buffer[start:end] = replacement
        if capture is None:
            begin = self.base + start  # inside of the text of an element: the rest of it is read as before
            self.resume_at = ""
        self.mended = (where, mends)
        self.restart(begin)
        return True

    def restart(self, at: int) -> None:
        """Go on at a record's first tag with the elements around it opened again."""
        around = self.stack
        if self.capture is not None:
            around = self.stack[: self.capture.depth - 1]
        else:
            while around and around[-1].name == self.resume_at:
                around = around[:-1]
        prologue = b"".join(opened.open_tag() for opened in around)
        self.capture = None
        self.stack = []
        self.drop(at)
        self._start_parser(at, prologue)

    def restart_document(self, at: int) -> None:
        """Another document begins behind the end of one: concatenated files."""
        self.capture = None
        self.stack = []
        self.drop(at)
        self._start_parser(at, b"")
