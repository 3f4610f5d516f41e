"""Cuts RIS, Refer/EndNote, RefWorks and NoteExpress files into records (题录文件读取).

A record begins with the tag of its type (``TY``, ``%0``, ``RT``, ``{Reference Type}``) and ends where the
next begins, at RIS ``ER``, or at the end of the file; a missing ``ER`` is a remark, not a loss. Old Refer
files without ``%0`` are cut at empty lines. Words between records belong to none; a RIS record whose type
cannot be read is reported as lost.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from indexer.formats.tagged import FIRST_TAG, FORMATS, is_loose, is_unreadable_type, tag_of
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.lines import BOM, Line, charset_of, decode, lines, rewound

_RECORD_LIMIT = 4 * 1024 * 1024  # bytes of one reference

_SIGNS: tuple[tuple[str, re.Pattern[bytes]], ...] = (
    (
        "ris",
        re.compile(
            rb"^\s{0,4}(?:TY  ?- ?[A-Z]{2,}"
            rb"|[Tt][Yy](?:[ \t]|\xc2\xa0){0,6}(?:-|\xe2\x80[\x93\x94]|\xef\xbc\x8d)[ \t]?[A-Za-z]{2,8}\s*$)",
            re.M,
        ),
    ),
    ("noteexpress", re.compile(rb"^\{Reference Type\}\s?:", re.M)),
    ("refworks", re.compile(rb"^RT [A-Z][A-Za-z]+", re.M)),
    ("refer", re.compile(rb"^%0 \S", re.M)),
)
_OLD_REFER = re.compile(rb"^%[AT] \S.*\r?\n(?:%[A-Z0-9@+] ?.*\r?\n?){2}", re.M)


class TaggedReader:
    """RIS, Refer/EndNote, RefWorks, NoteExpress (题录)."""

    name = "tagged"
    formats = FORMATS

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:  # noqa: ARG002
        text = head.removeprefix(BOM)
        best = ("", 0.0)
        first = len(text)
        for format, sign in _SIGNS:
            match = sign.search(text)
            if match is not None and match.start() < first:
                first = match.start()
                # Some words may stand before the first record (the name of a database), not a whole other
                # file.
                best = (format, 0.95 if first < 2000 else 0.4)
        if not best[0]:
            match = _OLD_REFER.search(text)
            if match is not None and match.start() < 200:
                return "refer", 0.7
        return best

    def read(
        self,
        stream: BinaryIO,
        format: str,
        filename: str,  # noqa: ARG002
        profile: Profile,
    ) -> Iterator[Raw]:
        head, stream = rewound(stream)
        charsets = charset_of(head, profile)
        cut = _Cut(format, b"\n%0 " not in b"\n" + head.replace(b"\r", b"\n"))
        position = 0
        for number, taken, problems in cut.records(stream):
            position += 1
            if not taken:
                found = [_problem(code, message, position) for code, message in problems]
                yield Raw(format, b"", position, number, problems=tuple(found))
                continue
            data = b"\n".join(taken)
            if len(data) > _RECORD_LIMIT:
                message = f"a reference of {len(data)} bytes is no reference; it begins at line {number}"
                yield Raw(
                    format, b"", position, number, problems=(_problem("record-too-long", message, position),)
                )
                continue
            _, charset, sound = decode(data, charsets)
            found = [_problem(code, message, position, "warning") for code, message in problems]
            if not sound:
                found.append(
                    _problem(
                        "charset-undecodable",
                        f"some bytes are not {charset} text and were left out",
                        position,
                        "warning",
                    )
                )
            yield Raw(format, data, position, number, charset, problems=tuple(found))


def _problem(code: str, message: str, position: int, severity: str = "error") -> Problem:
    return Problem(code, "error" if severity == "error" else "warning", message, position=position)


def _unreadable(line: Line) -> tuple[str, str]:
    written = line.data[:40].decode("ascii", "replace").strip()
    message = (
        f"the record that begins in line {line.number} with {written!r} is not read; write its tags as the "
        "specification of RIS says, two capital letters, two blanks, a hyphen and a blank: 'TY  - JOUR'"
    )
    return "ris-type-unreadable", message


class _Cut:
    """Where one record ends and the next begins."""

    def __init__(self, format: str, at_empty_lines: bool) -> None:
        self.format = format
        self.first = FIRST_TAG[format]
        self.at_empty_lines = format == "refer" and at_empty_lines
        self.loose = False

    def records(self, stream: BinaryIO) -> Iterator[tuple[int, list[bytes], list[tuple[str, str]]]]:
        taken: list[bytes] = []
        problems: list[tuple[str, str]] = []
        start = size = 0
        tag = ""
        strange: Line | None = None
        for line in lines(stream):
            found = self._tag(line, tag)
            begins = found == self.first or (self.at_empty_lines and found and not taken)
            if begins and taken:
                if self.format == "ris":
                    problems.append(("ris-no-end", "the line 'ER  - ' that ends a RIS record is missing"))
                yield start, taken, problems
                taken, problems, size = [], [], 0
            unreadable = (
                self.format == "ris" and not found and is_unreadable_type(line.data[:64].decode("latin-1"))
            )
            if unreadable or begins:
                if strange is not None:  # Nothing of it could be read.
                    yield strange.number, [], [_unreadable(strange)]
                strange = line if unreadable else None
            if unreadable:
                if taken:
                    problems.append(("ris-no-end", "the line 'ER  - ' that ends a RIS record is missing"))
                    yield start, taken, problems
                taken, problems, tag, size = [], [], "", 0
                continue
            if begins:
                if self.format == "ris":
                    self.loose = is_loose(line.data[:64].decode("latin-1"))
                start, tag = line.number, found
                taken = [line.data]
                continue
            if self.format == "ris" and found == "ER":
                if taken:
                    yield start, [*taken, line.data], problems
                taken, problems, tag, size = [], [], "", 0
                continue
            if not taken:
                if not found:
                    continue  # Words between records belong to none.
                start = line.number
                strange = None
                problems.append(
                    ("type-missing", f"the record does not begin with {self.first}; its type is guessed")
                )
            if self.at_empty_lines and not line.data.strip():
                yield start, taken, problems
                taken, problems, tag, size = [], [], "", 0
                continue
            tag = found or tag
            size += len(line.data)
            if size <= 2 * _RECORD_LIMIT:
                taken.append(line.data)
        if taken and any(part.strip() for part in taken):
            yield start, taken, problems
        if strange is not None:
            yield strange.number, [], [_unreadable(strange)]

    def _tag(self, line: Line, open_tag: str) -> str:
        """The tag at the start of a line; only the first bytes are looked at, tags being ASCII."""
        head = line.data[:64]
        if not head.strip():
            return ""
        found = tag_of(self.format, head.decode("latin-1"), open_tag, loose=self.loose)
        return found.tag if found is not None else ""


READER = TaggedReader()
