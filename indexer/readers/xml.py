"""XML files of many kinds cut into records (XML 读取器): OAI-PMH, Dublin Core, MODS, TEI, JATS, Crossref.

The file is scanned with expat in constant memory; a record comes out as its own bytes (UTF-8), with the namespace
declarations that it inherits written into its first tag, so that it can be read again alone. Document types are not
read: one that only names a DTD is passed over with a remark, one that declares anything ends the reading. After
malformed XML reading goes on at the next record, and the fault is reported with its line. MARCXML, also inside
OAI-PMH, belongs to the reader ``marcxml``.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

import msgspec

from indexer import transcode
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers import xml_kinds
from indexer.readers.xml_kinds import Open

_CHUNK = 64 * 1024
_MAX_RECORD = 16 * 1024 * 1024
_MAX_DEPTH = 200
_MAX_FAULTS = 1000
_START_TAG = re.compile(rb"""<[^\s/>]+(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_DECLARED = re.compile(rb"""^[\s\xef\xbb\xbf]*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{2,40})["']""")
_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_FIVE = frozenset({b"lt", b"gt", b"amp", b"quot", b"apos"})
_STARTS_LIKE_XML = re.compile(rb"^[\s\xef\xbb\xbf]*<(?:\?xml[\s?]|!--|!DOCTYPE\s|[A-Za-z_])")
_HTML = re.compile(
    rb"^[\s\xef\xbb\xbf]*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+html|html)\b", re.I | re.S
)
_JUNK_AFTER_END = {expat.errors.codes[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]}
_AT_END = {
    expat.errors.codes[expat.errors.XML_ERROR_NO_ELEMENTS],
    expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN],
    expat.errors.codes[expat.errors.XML_ERROR_PARTIAL_CHAR],
}


class _RefusedError(Exception):
    """The document declares a type or nests too deeply; reading ends."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class _Cutter:
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
        """Scan one more chunk; raises ExpatError or _RefusedError."""
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
            raise _RefusedError(
                "xml-dtd",
                f"the file declares a document type of its own (<!DOCTYPE {name[:60]} [ … ]>), which is not accepted; "
                "remove the declaration and resolve its entities",
            )
        if "dtd" not in self.remarks:
            self.remarks.add("dtd")
            which = (public or system or name)[:100]
            message = f"the document type {which} is not read; only what the file itself says counts"
            self.problem("xml-dtd-ignored", message, self.base, "info")

    def _entity(self, name: str, *_: Any) -> None:
        raise _RefusedError("xml-entity", f"the file declares an entity ({name[:60]}), which is not accepted")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.stack) >= _MAX_DEPTH:
            raise _RefusedError("xml-depth", f"elements are nested more than {_MAX_DEPTH} deep")
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
        kind = xml_kinds.kind_of(opened, self.stack[:-1], attributes)
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

    def _end(self, name: str) -> None:
        opened = self.stack.pop()
        capture = self.capture
        depth = len(self.stack) + 1
        if capture is not None and capture.cut_at == depth:
            capture.start = self._after_tag(opened)
            capture.cut_at = None
        elif capture is not None and capture.depth == depth:
            self.capture = None
            self._emit(capture, opened, self._after_tag(opened))
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

    def _emit(self, capture: xml_kinds.Capture, opened: Open, end: int) -> None:
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
        if error.code in _JUNK_AFTER_END:
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


class XmlReader:
    """Reads every XML format but MARCXML (XML 读取器)."""

    name = "xml"
    formats = ("oai-dc", "dc", "qdc", "dcterms", "mods", "tei", "jats", "crossref-xml", "xml")

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        """Format of the first record in the first 64 KiB; MARCXML is left to its own reader."""
        if not _STARTS_LIKE_XML.match(head) or _HTML.match(head):
            return "", 0.0
        cutter = _Cutter(filename)
        text, _ = transcode.decoder(head, _declared(head), "gb18030")
        probe = _Probe()
        try:
            cutter.parser.StartElementHandler = probe.start
            cutter.parser.EndElementHandler = None
            cutter.parser.Parse(text.decode(head, True).encode() if text else head, False)
        except _RefusedError:
            return "xml", 0.6
        except (expat.ExpatError, StopIteration, ValueError):
            pass
        return probe.answer()

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        """Raw records in the order of the file; the format of each is its own, whatever the file's first one is."""
        cutter = _Cutter(filename)
        position = 0
        pending: list[Problem] = []
        for (code, data, offset, problem), charset in _run(cutter, stream, profile):
            if problem is not None and problem.severity != "error":
                # A remark belongs to no record of its own; it goes with the next one.
                pending.append(problem)
                continue
            position += 1
            found = [*pending, problem] if problem is not None else pending
            placed = tuple(msgspec.structs.replace(each, position=position) for each in found)
            pending = []
            yield Raw(code, data, position, offset, charset, {}, placed)
        if (
            not cutter.found and not position and cutter.root != "OAI-PMH"
        ):  # which may answer that nothing is new
            message = f"no record of a known XML format was found; the first element is <{cutter.root[:60]}>"
            yield Raw("", b"", 1, problems=(Problem("xml-no-records", "error", message, position=1),))


_Item = tuple[str, bytes, int, Problem | None]


def _run(cutter: _Cutter, stream: BinaryIO, profile: Profile) -> Iterator[tuple[_Item, str]]:
    """Feed the cutter chunk by chunk; never raises for what is in the file."""
    head = stream.read(_CHUNK)
    decoder, charset = transcode.decoder(head, profile.charset or _declared(head), profile.legacy_charset)
    faults = 0
    chunk, final = head, not head
    pending = decoder.decode(chunk, False).encode() if decoder else chunk
    seeking = -1  # absolute offset from which the next record is looked for, after a fault
    while True:
        try:
            if seeking < 0:
                cutter.feed(pending, final)
            else:
                cutter.buffer += pending
                at = _next_record(cutter, seeking)
                if at >= 0:
                    cutter.restart(at)
                    seeking = -1
                    rest = bytes(cutter.buffer)
                    del cutter.buffer[:]
                    pending = rest
                    continue
                keep = len(cutter.resume_at) + 4
                seeking = max(seeking, cutter.base + len(cutter.buffer) - keep)
                cutter.drop(seeking)
        except _RefusedError as refused:
            cutter.problem(refused.code, str(refused), cutter.shift + max(0, cutter.parser.CurrentByteIndex))
            final, seeking = True, 0
        except expat.ExpatError as error:
            faults += 1
            behind = cutter.fault(error)
            document = _next_document(cutter, behind, error)
            if document >= 0:
                cutter.restart_document(document)
                pending = bytes(cutter.buffer)
                del cutter.buffer[:]
                continue
            if cutter.resume_at and faults <= _MAX_FAULTS:
                seeking, pending = behind, b""
                yield from ((item, charset) for item in cutter.out)
                cutter.out.clear()
                if final and _next_record(cutter, seeking) < 0:
                    break
                continue
            if faults > _MAX_FAULTS:
                cutter.problem(
                    "xml-given-up", f"more than {_MAX_FAULTS} faults; the rest is not read", behind
                )
            yield from ((item, charset) for item in cutter.out)
            break
        yield from ((item, charset) for item in cutter.out)
        cutter.out.clear()
        if final:
            break
        chunk = stream.read(_CHUNK)
        final = not chunk
        pending = decoder.decode(chunk, final).encode() if decoder else chunk


def _next_record(cutter: _Cutter, behind: int) -> int:
    """Absolute offset of the next tag that opens a record, or -1 while there is none in the buffer."""
    pattern = re.compile(b"<" + re.escape(cutter.resume_at.encode()) + rb"[\s/>]")
    match = pattern.search(cutter.buffer, max(0, behind - cutter.base))
    return cutter.base + match.start() if match else -1


def _next_document(cutter: _Cutter, behind: int, error: expat.ExpatError) -> int:
    if error.code not in _JUNK_AFTER_END:
        return -1
    return behind


def _declared(head: bytes) -> str:
    match = _DECLARED.match(head)
    return match.group(1).decode("ascii") if match else ""


class _Probe:
    """Looks at the first elements of a file for what it holds."""

    def __init__(self) -> None:
        self.stack: list[Open] = []
        self.format = ""
        self.marc = False
        self.oai = False
        self.seen = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # Without end events the stack only grows: every element counts as inside of all before it.
        opened = Open.of(name, attributes, 0, self.stack[-1] if self.stack else None)
        self.seen += 1
        if len(self.stack) > 400:
            raise StopIteration
        if opened.local == "OAI-PMH":
            self.oai = True
        if opened.local == "request":
            prefix = attributes.get("metadataPrefix", "").lower()
            if "marc" in prefix:
                self.marc = True
        if not self.format and not self.marc:
            if xml_kinds.is_marc(opened):
                self.marc = True
            else:
                self.format = xml_kinds.format_of(opened, self.stack, attributes)
        self.stack.append(opened)
        if self.format or self.marc:
            raise StopIteration

    def answer(self) -> tuple[str, float]:
        if self.marc:
            return "", 0.0
        if self.format:
            return self.format, 0.95
        if self.oai:
            return "oai-dc", 0.7
        return "xml", 0.15


READER = XmlReader()
