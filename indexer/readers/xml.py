"""XML files of many kinds cut into records (XML 读取器): OAI-PMH, Dublin Core, MODS, TEI, JATS, Crossref,
EndNote.

The file is scanned with expat in constant memory; a record comes out as its own bytes (UTF-8), with the
namespace declarations that it inherits written into its first tag, so that it can be read again alone.
Document types are not read: one that only names a DTD is passed over with a remark, one that declares
anything ends the reading. After malformed XML reading goes on at the next record, and the fault is
reported with its line. MARCXML, also inside OAI-PMH, belongs to the reader ``marcxml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO
from xml.parsers import expat

import msgspec

from indexer.formats import transcode
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers import xml_kinds
from indexer.readers.xml_cutter import Cutter, RefusedError
from indexer.readers.xml_kinds import Open

_CHUNK = 64 * 1024
_MAX_FAULTS = 1000
_DECLARED = re.compile(rb"""^[\s\xef\xbb\xbf]*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._-]{2,40})["']""")
_STARTS_LIKE_XML = re.compile(rb"^[\s\xef\xbb\xbf]*<(?:\?xml[\s?-]|!--|!DOCTYPE\s|[A-Za-z_])")
_HTML = re.compile(
    rb"^[\s\xef\xbb\xbf]*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!DOCTYPE\s+html|html)\b", re.I | re.S
)


class XmlReader:
    """Reads every XML format but MARCXML (XML 读取器)."""

    name = "xml"
    formats = ("oai-dc", "dc", "qdc", "dcterms", "mods", "tei", "jats", "crossref-xml", "endnote-xml", "xml")

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        """Format of the first record in the first 64 KiB; MARCXML is left to its own reader."""
        if not _STARTS_LIKE_XML.match(head) or _HTML.match(head):
            return "", 0.0
        cutter = Cutter(filename)
        text, _ = transcode.decoder(head, _declared(head), "gb18030")
        probe = _Probe()
        try:
            cutter.parser.StartElementHandler = probe.start
            cutter.parser.EndElementHandler = None
            cutter.parser.Parse(text.decode(head, True).encode() if text else head, False)
        except RefusedError:
            return "xml", 0.6
        except (expat.ExpatError, StopIteration, ValueError):
            pass
        return probe.answer()

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:  # noqa: ARG002
        """Raw records in the order of the file; the format of each is its own, whatever the file's first
        one is."""
        cutter = Cutter(filename)
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


def _run(cutter: Cutter, stream: BinaryIO, profile: Profile) -> Iterator[tuple[_Item, str]]:
    """Feed the cutter chunk by chunk; never raises for what is in the file."""
    head = stream.read(_CHUNK)
    decoder, charset = transcode.decoder(head, profile.charset or _declared(head), profile.legacy_charset)
    faults = 0
    chunk, final = head, not head
    pending = _without_controls(decoder.decode(chunk, False).encode() if decoder else chunk)
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
        except RefusedError as refused:
            cutter.problem(refused.code, str(refused), cutter.shift + max(0, cutter.parser.CurrentByteIndex))
            final, seeking = True, 0
        except expat.ExpatError as error:
            if cutter.mend(error):
                pending = bytes(cutter.buffer)
                del cutter.buffer[:]
                continue
            faults += 1
            again = cutter.begins_again(error)
            behind = cutter.fault(error)
            if again and faults <= _MAX_FAULTS:
                cutter.restart_document(behind)
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
        pending = _without_controls(decoder.decode(chunk, final).encode() if decoder else chunk)


_CONTROLS = bytes(code for code in range(0x20) if code not in (9, 10, 13))
_BLANKED = bytes(0x20 if code in _CONTROLS else code for code in range(256))


def _without_controls(chunk: bytes) -> bytes:
    """Control characters, which XML does not know, as blanks."""
    return chunk.translate(_BLANKED) if len(chunk.translate(None, _CONTROLS)) != len(chunk) else chunk


def _next_record(cutter: Cutter, behind: int) -> int:
    """Absolute offset of the next tag that opens a record, or -1 while there is none in the buffer."""
    pattern = re.compile(b"<" + re.escape(cutter.resume_at.encode()) + rb"[\s/>]")
    match = pattern.search(cutter.buffer, max(0, behind - cutter.base))
    return cutter.base + match.start() if match else -1


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
                self.format = xml_kinds.format_of(opened, self.stack)
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
