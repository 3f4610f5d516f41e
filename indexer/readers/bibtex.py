"""Cuts BibTeX files into entries (BibTeX 读取): by counting braces, one entry at a time.

An entry that is never closed ends where the next one begins at the start of a line, so one broken entry
does not take the rest of the file with it. ``@string`` definitions are put in front of the entries that use
them: every Raw can be read by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

from indexer.formats.bibtex import ENTRY_START
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.lines import BOM, charset_of, decode, lines, rewound

_ENTRY_LIMIT = 4 * 1024 * 1024  # characters of one entry
_MACROS_LIMIT = 1024 * 1024  # characters of all @string definitions of a file
_SIGN = re.compile(
    rb"^[ \t]*@[ \t]*(?:article|book|booklet|inbook|incollection|inproceedings|conference|manual|"
    rb"mastersthesis|phdthesis|misc|"
    rb"proceedings|techreport|unpublished|online|thesis|report|collection|mvbook|periodical|string|preamble|comment|"
    rb"electronic|patent|software|dataset|standard|mvcollection|reference|inreference|artwork|image|video|audio|www)\s*[{(]",
    re.I | re.M,
)
_LINE_START = re.compile(r"[ \t]*@[ \t]*[A-Za-z]+[ \t]*[{(][^={}\"]{0,200}(?:,|$)")
_TOKEN = re.compile(r"\\.|[{}]")
_NAMED_STRING = re.compile(r"@\s*string\s*[{(]\s*([\w:+.-]+)\s*=", re.I)
_WORD = re.compile(r"=\s*([A-Za-z][\w:+.-]*)|#\s*([A-Za-z][\w:+.-]*)|([A-Za-z][\w:+.-]*)\s*#")


class BibtexReader:
    """BibTeX and BibLaTeX files."""

    name = "bibtex"
    formats = ("bibtex",)

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:  # noqa: ARG002
        match = _SIGN.search(head.removeprefix(BOM))
        if match is None:
            return "", 0.0
        return "bibtex", 0.9 if match.start() < 4000 else 0.5

    def read(
        self,
        stream: BinaryIO,
        format: str,
        filename: str,  # noqa: ARG002
        profile: Profile,
    ) -> Iterator[Raw]:
        head, stream = rewound(stream)
        charsets = charset_of(head, profile)
        macros: dict[str, str] = {}
        macros_size = 0
        position = 0
        for number, text, charset, unclosed in _entries(stream, charsets):
            start = ENTRY_START.search(text)
            name = start.group(1).lower() if start is not None else ""
            if name in ("comment", "preamble"):
                continue
            if name == "string":
                defined = _NAMED_STRING.match(text)
                if defined is not None and macros_size + len(text) <= _MACROS_LIMIT:
                    macros[defined.group(1).lower()] = text
                    macros_size += len(text)
                continue
            position += 1
            problems = []
            if len(text) > _ENTRY_LIMIT:
                message = f"an entry of {len(text)} characters is no reference; it begins at line {number}"
                problem = Problem("record-too-long", "error", message, position=position)
                yield Raw(format, b"", position, number, problems=(problem,))
                continue
            if unclosed:
                message = f"the entry that begins at line {number} is never closed; a brace is missing"
                problems.append(Problem("bibtex-unclosed", "warning", message, position=position))
            used = _used(text, macros)
            data = "\n".join([*used, text]).encode("utf-8", "surrogatepass")
            # Macros may come from lines in another character set, so an entry is kept in UTF-8.
            if charset not in ("utf-8", "ascii"):
                message = f"the entry came in {charset}"
                problems.append(Problem("charset-legacy", "info", message, position=position, value=charset))
            yield Raw(format, data, position, number, "utf-8", problems=tuple(problems))


def _used(text: str, macros: dict[str, str]) -> list[str]:
    if not macros:
        return []
    names = dict.fromkeys(word.lower() for match in _WORD.finditer(text) for word in match.groups() if word)
    found: dict[str, str] = {}
    for name in names:
        if name in macros:
            for inner in _WORD.finditer(macros[name].partition("=")[2]):  # A macro may be made of macros.
                word = next(part for part in inner.groups() if part).lower()
                if word in macros and word != name:
                    found.setdefault(word, macros[word])
            found[name] = macros[name]
    return list(found.values())


def _entries(stream: BinaryIO, charsets: tuple[str, ...]) -> Iterator[tuple[int, str, str, bool]]:
    """Line number, text, character set and "was never closed" of every entry, ``@string`` too."""
    taken: list[str] = []
    start = depth = size = 0
    used = "utf-8"
    for line in lines(stream):
        text, charset, _ = decode(line.data, charsets)
        if depth and _LINE_START.match(text) and ENTRY_START.match(text.lstrip()):
            yield start, "\n".join(taken), used, True
            taken, depth = [], 0
        at = 0
        while at <= len(text):
            if depth == 0:
                begin = ENTRY_START.search(text, at)
                if begin is None:
                    break
                start, depth, size, used = line.number, 1, 0, "utf-8"
                # A parenthesis closes where the braces are even; it is rare enough to be read as a brace.
                if begin.group(2) == "(":
                    text = f"{text[: begin.end() - 1]}{{{text[begin.end() :]}"
                    parenthesis = True
                else:
                    parenthesis = False
                first, at = begin.start(), begin.end()
            else:
                first = at
            used = charset if not text.isascii() else used
            end = -1
            for token in _TOKEN.finditer(text, at):
                if token.group() == "{":
                    depth += 1
                elif token.group() == "}":
                    depth -= 1
                    if depth == 0:
                        end = token.end()
                        break
            if end < 0 and parenthesis and depth == 1 and text.rstrip().endswith(")"):
                end, depth = len(text), 0
            size += len(text) - first
            if size <= 2 * _ENTRY_LIMIT:
                taken.append(text[first : end if end >= 0 else len(text)])
            if end < 0:
                break
            yield start, "\n".join(taken), used, False
            taken = []
            at = end
    if depth and taken:
        yield start, "\n".join(taken), used, True


READER = BibtexReader()
