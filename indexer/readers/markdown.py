"""Cuts Markdown into rows (Markdown 读取): lists of links, one row a link; pages, one row a page.

A list row keeps the headings it stands under. A page row has the named bullets of the page (``-
所属大学：…``) as its columns, and a mapping may cut out the entries of one bullet (the textbooks of a
course) as rows of their own. The data of a Raw is Markdown itself: the headings and the lines of the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from indexer.formats.mapping import skip_rule
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.lines import BOM, Line, charset_of, decode, lines, rewound, text_of
from indexer.readers.markdown_rows import BULLET, HEADING, LINK, entries, outside, resolved, row_of_text

_PAGE_LIMIT = 2 * 1024 * 1024

LIST_MAPPING: dict[str, Any] = {
    "record": {
        "title": "title",
        "id": {"columns": ["url", "title", "section"], "join": " "},
        "contributors": {"author": "people", "translator": "translators"},
        "subjects": "section",
        "notes": ["marks", "description"],
        "links": {"fulltext": "urls"},
        "type": {"value": "web-resource"},
    }
}
PAGE_MAPPING: dict[str, Any] = {
    "record": {"title": "title", "abstract": "abstract", "links": {"related": "urls"}}
}


class _Item(NamedTuple):
    headings: tuple[str, ...]
    number: int
    text: str


class MarkdownReader:
    """Lists of links and pages in Markdown."""

    name = "markdown"
    formats = ("markdown",)

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        text, _, _ = decode(head.removeprefix(BOM), charset_of(head, Profile()))
        start = text.lstrip()[:1]
        if start in ("{", "<", "%", "@"):
            return "", 0.0
        listed = len(re.findall(r"^\s*[*+-]\s+.*\[[^\]]+\]\(", text, re.M))
        headings = len(re.findall(r"^#{1,6}\s+\S", text, re.M))
        named = len(re.findall(r"^\s*[*+-]\s+(?:\*\*)?[^：:\n]{1,30}(?:\*\*)?[：:]", text, re.M))
        name = filename.lower().removesuffix(".gz").endswith((".md", ".markdown"))
        if listed + named < 2 and not (name and headings):
            return "", 0.0
        if headings == 0 and not name:
            return "markdown", 0.15
        return "markdown", 0.9 if name else min(0.8, 0.3 + 0.05 * (listed + headings + named))

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        head, stream = rewound(stream)
        charsets = charset_of(head, profile)
        mapping = profile.mapping
        cut = str(mapping.get("cut", "")) or _cut_of(decode(head, charsets)[0])
        context: dict[str, Any] = {"file": filename, "cut": cut}
        if not mapping:
            context["mapping"] = LIST_MAPPING if cut == "list" else PAGE_MAPPING
        position = 0
        used = charsets[0]
        if cut == "list":
            skips = skip_rule(mapping)
            for item in _items(lines(stream), charsets):
                data = "\n".join([*item.headings, item.text]).encode()
                raw = Raw(format, data, position + 1, item.number, "utf-8", context)
                if skips is None or not skips(row_of(raw)):
                    position += 1
                    yield raw
            return
        parts = [(part, {**context, "part": str(part.get("name", ""))}) for part in mapping.get("part", [])]
        for number, written in _pages(lines(stream), charsets):
            position += 1
            text = resolved(written)
            if len(text) > _PAGE_LIMIT:
                problem = Problem(
                    "record-too-long", "error", f"the page at line {number} is too long", position=position
                )
                yield Raw(format, b"", position, number, problems=(problem,))
                continue
            yield Raw(format, text.encode(), position, number, "utf-8", context)
            for part, part_context in parts:
                for entry in entries(
                    text, str(part.get("bullet", "")), frozenset(map(str, part.get("without", ())))
                ):
                    position += 1
                    yield Raw(format, entry.encode(), position, number, used, part_context)


def _cut_of(head: str) -> str:
    named = len(re.findall(r"^\s*[*+-]\s+(?:\*\*)?[^：:\n\[]{1,30}(?:\*\*)?[：:]", head, re.M))
    listed = len(re.findall(r"^\s*[*+-]\s+\[[^\]]+\]\((?!#)", head, re.M))
    return "page" if re.search(r"^# \S", head, re.M) and named >= 2 and named >= listed else "list"


def _items(source: Iterator[Line], charsets: tuple[str, ...]) -> Iterator[_Item]:
    """Bullets with a link to somewhere else, each with the headings above it and the bullet it is under."""
    headings: dict[int, str] = {}
    above: dict[int, str] = {}
    fenced = False
    for line in source:
        text = decode(line.data, charsets)[0].rstrip()
        if text.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        if fenced:
            continue
        heading = HEADING.match(text)
        if heading is not None:
            level = len(heading.group(1))
            headings = {key: value for key, value in headings.items() if key < level}
            headings[level] = text
            above = {}
            continue
        bullet = BULLET.match(text)
        if bullet is None:
            continue
        indent = len(bullet.group(1).expandtabs(4))
        above = {key: value for key, value in above.items() if key < indent}
        if any(outside(match) for match in LINK.finditer(bullet.group(2))):
            parents = tuple(f"- {value}" for _, value in sorted(above.items()))
            ordered = tuple(headings[key] for key in sorted(headings))
            yield _Item(ordered + parents, line.number, f"* {bullet.group(2)}")
        above[indent] = bullet.group(2)


def _pages(source: Iterator[Line], charsets: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Texts that begin with a heading of the first level; what stands before the first is dropped unless
    there is none.
    """
    taken: list[str] = []
    start = 1
    size = 0
    fenced = False
    for line in source:
        text = decode(line.data, charsets)[0].rstrip()
        if text.lstrip().startswith("```"):
            fenced = not fenced
        if not fenced and text.startswith("# ") and taken:
            if any(part.startswith("# ") for part in taken):
                yield start, "\n".join(taken)
            taken, start, size = [], line.number, 0
        size += len(text)
        if size <= 2 * _PAGE_LIMIT:
            taken.append(text)
    if any(part.strip() for part in taken):
        yield start, "\n".join(taken)


def row_of(raw: Raw) -> dict[str, Any]:
    """The row in a Raw that this reader has cut."""
    return row_of_text(text_of(raw, Profile())[0], raw.context)


READER = MarkdownReader()
