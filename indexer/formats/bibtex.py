"""BibTeX entries (BibTeX 条目): the fields of one entry, its macros written out.

The grammar is that of BibTeX 0.99 ("BibTeXing", Patashnik 1988): values are in braces or quotation marks,
are numbers or macros, and are joined with ``#``. What does not follow it is passed over; what can be read
of an entry is kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec"
MONTHS = {name: f"{number:02d}" for number, name in enumerate(_MONTHS.split(), 1)}
ENTRY_START = re.compile(r"@\s*([A-Za-z]+)\s*([{(])")
_KEY = re.compile(r"\s*([^,={}\"]*?)\s*,")
_FIELD = re.compile(r"[\s,]*([A-Za-z][\w:+.-]*)\s*=\s*")
_NEXT_FIELD = re.compile(r",?\s*\n\s*[A-Za-z][\w:+.-]*\s*=\s*[{\"\w]")
_BARE = re.compile(r"[^\s,#{}\"()]+")
_BRACE = re.compile(r"\\.|[{}]", re.S)
_QUOTED = re.compile(r"\\.|[{}\"]", re.S)


class Entry(NamedTuple):
    """One entry (条目): its type in lower case, its key, its fields with lower-case names."""

    type: str
    key: str
    fields: dict[str, str]


def parse(text: str, macros: Mapping[str, str] | None = None) -> Entry | None:
    """The last entry of ``text`` that is one; ``@string`` entries before it define its macros."""
    known = dict(macros or {})
    entry: Entry | None = None
    at = 0
    while True:
        start = ENTRY_START.search(text, at)
        if start is None:
            return entry
        name = start.group(1).lower()
        fields_at, key = start.end(), ""
        if name not in ("string", "comment", "preamble"):
            match = _KEY.match(text, start.end())
            if match is not None:
                key, fields_at = match.group(1).strip(), match.end()
        fields, at = _fields(text, fields_at, known)
        if name == "string":
            known.update(fields)
        elif name not in ("comment", "preamble"):
            return Entry(name, key, fields)


def _fields(text: str, at: int, macros: Mapping[str, str]) -> tuple[dict[str, str], int]:
    fields: dict[str, str] = {}
    while True:
        match = _FIELD.match(text, at)
        if match is None:
            return fields, at
        value, at = _value(text, match.end(), macros)
        name = match.group(1).lower()
        if value and name not in fields:
            fields[name] = value


def _value(text: str, at: int, macros: Mapping[str, str]) -> tuple[str, int]:
    parts: list[str] = []
    while at < len(text):
        sign = text[at]
        if sign == "{":
            part, at = _delimited(text, at, _BRACE, "}")
            parts.append(part)
        elif sign == '"':
            part, at = _delimited(text, at, _QUOTED, '"')
            parts.append(part)
        else:
            match = _BARE.match(text, at)
            if match is None:
                break
            word = match.group()
            parts.append(macros.get(word.lower(), MONTHS.get(word.lower(), word)))
            at = match.end()
        rest = re.compile(r"\s*#\s*").match(text, at)
        if rest is None:
            break
        at = rest.end()
    return "".join(parts).strip(), at


def _delimited(text: str, at: int, signs: re.Pattern[str], closing: str) -> tuple[str, int]:
    """The text between delimiters; of one that is never closed, what stands before the next field."""
    depth = 0
    start = at + 1
    position = start
    while True:
        match = signs.search(text, position)
        if match is None:
            break
        sign = match.group()
        position = match.end()
        if sign == "{":
            depth += 1
        elif sign == closing and depth == 0:
            return text[start : match.start()], position
        elif sign == "}":
            if depth == 0:
                return text[start : match.start()], match.start()
            depth -= 1
    following = _NEXT_FIELD.search(text, start)
    end = following.start() if following is not None else len(text)
    return text[start:end].rstrip(" \n\t},"), end
