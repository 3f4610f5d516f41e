"""Cuts Emacs Org outlines into records (大纲读取): headlines with a drawer of properties.

A headline is a record when its drawer has one of the properties the mapping names (``record_property``),
else any id. What is below it belongs to it, except records of their own. The data of a Raw is Org text: the
headlines above the record, and its part of the outline. Org syntax: headlines, ``:PROPERTIES:`` drawers,
links.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from indexer.formats.markup import plain
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.lines import charset_of, decode, lines, rewound, text_of

_HEADLINE = re.compile(r"(\*+)\s+(.*?)(?:\s+(:[\w@#%:]+:))?\s*$")
_PROPERTY = re.compile(r"\s*:([^\s:][^:]*):\s*(.*?)\s*$")
_KEYWORD = re.compile(r"#\+([A-Za-z_]+):\s*(.*)$")
_LINK = re.compile(r"\[\[([^\[\]]*)\](?:\[([^\[\]]*)\])?\]")
_IDS = ("ID", "CUSTOM_ID")
_RECORD_LIMIT = 2 * 1024 * 1024
_DEPTH = 12


class _Node(NamedTuple):
    """A headline with the lines under it up to the next headline."""

    level: int
    number: int
    lines: list[str]
    properties: dict[str, str]


class OutlineReader:
    """Emacs Org outlines with property drawers."""

    name = "outline"
    formats = ("org",)

    def sniff(self, head: bytes, filename: str) -> tuple[str, float]:
        start = head[:300].lower()
        headlines = len(re.findall(rb"^\*+ \S", head, re.M))
        if b"mode: org" in start or b"mode: mandoku" in start:
            return "org", 0.95
        drawers = head.count(b":PROPERTIES:")
        if headlines and drawers:
            return "org", 0.9
        if headlines > 2 and (b"#+TITLE" in head or filename.lower().removesuffix(".gz").endswith(".org")):
            return "org", 0.7
        return "", 0.0

    def read(self, stream: BinaryIO, format: str, filename: str, profile: Profile) -> Iterator[Raw]:
        head, stream = rewound(stream)
        charsets = charset_of(head, profile)
        given = profile.mapping.get("record_property", ())
        wanted = tuple(str(name).upper() for name in ([given] if isinstance(given, str) else given))
        context: dict[str, Any] = {"file": filename}
        if not profile.mapping:
            context["mapping"] = {
                "record": {"title": "headline", "id": ["ID", "CUSTOM_ID"], "subjects": "path"}
            }
        above: list[_Node] = []
        open_record: list[_Node] = []
        start: _Node | None = None
        ancestors: tuple[str, ...] = ()
        position = 0
        for node in _nodes(stream, charsets):
            is_record = _is_record(node, wanted)
            if start is not None and (node.level <= start.level or is_record):
                position += 1
                yield _raw(format, position, start, ancestors, open_record, context)
                start = None
            above = [upper for upper in above if upper.level < node.level]
            if is_record:
                start, open_record = node, [node]
                ancestors = tuple(upper.lines[0] for upper in above)
            elif start is not None:
                open_record.append(node)
            above.append(node)
        if start is not None:
            yield _raw(format, position + 1, start, ancestors, open_record, context)


def _is_record(node: _Node, wanted: tuple[str, ...]) -> bool:
    for name in wanted or _IDS:
        key, _, value = name.partition("=")
        found = node.properties.get(key.strip())
        if found is not None and (not value or found.upper() == value.strip()):
            return True
    return False


def _raw(
    format: str,
    position: int,
    start: _Node,
    above: tuple[str, ...],
    nodes: list[_Node],
    context: dict[str, Any],
) -> Raw:
    text = "\n".join([*above, *(line for node in nodes for line in node.lines)])
    if len(text) > _RECORD_LIMIT:
        problem = Problem(
            "record-too-long", "error", f"the record at line {start.number} is too long", position=position
        )
        return Raw(format, b"", position, start.number, problems=(problem,))
    return Raw(format, text.encode("utf-8", "surrogatepass"), position, start.number, "utf-8", context)


def _nodes(stream: BinaryIO, charsets: tuple[str, ...]) -> Iterator[_Node]:
    node: _Node | None = None
    drawer = False
    size = 0
    for line in lines(stream):
        text = decode(line.data, charsets)[0].rstrip()
        match = _HEADLINE.match(text)
        if match is not None:
            if node is not None:
                yield node
            node = _Node(len(match.group(1)), line.number, [text], {})
            drawer, size = False, 0
            continue
        if node is None:
            continue
        size += len(text)
        if size <= 2 * _RECORD_LIMIT:
            node.lines.append(text)
        mark = text.strip().upper()
        if mark == ":PROPERTIES:":
            drawer = True
        elif mark == ":END:":
            drawer = False
        elif drawer:
            found = _PROPERTY.match(text)
            if found is not None:
                node.properties.setdefault(found.group(1).upper(), found.group(2))
    if node is not None:
        yield node


def row_of(raw: Raw) -> dict[str, Any]:
    """The row in a Raw that this reader has cut."""
    return row_of_text(text_of(raw, Profile())[0])


def row_of_text(text: str) -> dict[str, Any]:
    """The row in the outline of one record.

    ``headline``, the properties by name, ``path`` (the headlines above, outermost first), ``body`` (text
    under the headline), ``addresses``, and each headline below by its name, with those below it as a list
    of rows of the same kind.
    """
    above: list[str] = []
    stack: list[tuple[int, dict[str, Any]]] = []
    root: dict[str, Any] | None = None
    started = False
    drawer = False
    pending: list[tuple[int, str]] = []
    for line in text.split("\n"):
        match = _HEADLINE.match(line)
        if match is not None:
            pending.append((len(match.group(1)), match.group(2)))
            drawer = False
            if started:
                _add(stack, len(match.group(1)), match.group(2))
            continue
        if not started:
            # All headlines but the last before the first line of content stand above the record.
            started = True
            above = [_words(name) for _, name in pending[:-1]]
            level, name = pending[-1] if pending else (1, "")
            root = _row(name)
            stack = [(level, root)]
        drawer = _content(line, stack[-1][1], drawer)
    if root is None:
        above = [_words(name) for _, name in pending[:-1]]
        root = _row(pending[-1][1] if pending else "")
    root["path"] = above
    return root


def _row(name: str) -> dict[str, Any]:
    return {"headline": _words(name), "children": []}


def _add(stack: list[tuple[int, dict[str, Any]]], level: int, name: str) -> None:
    while len(stack) > 1 and stack[-1][0] >= level:
        stack.pop()
    if len(stack) >= _DEPTH:
        return
    row = _row(name)
    parent = stack[-1][1]
    parent["children"].append(row)
    label = row["headline"]
    if label and label not in ("headline", "children", "body", "path"):
        # The rows under a headline are found by its name: 人物 → the persons.
        known = parent.setdefault(label, row["children"])
        if isinstance(known, list) and known is not row["children"]:
            row["children"] = known
    stack.append((level, row))


def _content(line: str, row: dict[str, Any], drawer: bool) -> bool:
    mark = line.strip().upper()
    if mark == ":PROPERTIES:":
        return True
    if mark == ":END:":
        return False
    if drawer:
        found = _PROPERTY.match(line)
        if found is not None and found.group(2):
            row.setdefault(found.group(1).upper(), plain(found.group(2)))
    elif line.strip() and not _KEYWORD.match(line):
        words = _words(line)
        if words:
            row["body"] = f"{row['body']}\n{words}" if row.get("body") else words
    return drawer


def _words(text: str) -> str:
    return plain(_LINK.sub(lambda match: match.group(2) or match.group(1), text))


READER = OutlineReader()
