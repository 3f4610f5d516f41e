"""Tagged formats of reference managers (带标签格式): where a record begins and what its lines say.

RIS (the specification of Research Information Systems, 2001 and 2011: tag, two blanks, hyphen, blank),
Refer/EndNote (``%`` and one character), RefWorks tagged (two letters and a blank) and NoteExpress
(``{Name}: value``). A line that begins with no tag continues the value before it.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

FORMATS = ("ris", "refer", "refworks", "noteexpress")

# Each pattern gives the tag and the value.
_RIS = re.compile(r"\s{0,4}([A-Z][A-Z0-9])(?:  ?- ?|  ?-$|-  ?)(.*)", re.S)
_REFER = re.compile(r"%([0-9A-Za-z!-/:-@^_~|\\\[\]{}<>])(?:[ \t]+(.*)|$)", re.S)
_REFWORKS = re.compile(r"([A-Za-z][A-Za-z0-9]|URL)(?:[ \t]+(.*)|((?=[^\x00-\x7f]).*)|$)", re.S)
_NOTEEXPRESS = re.compile(r"\{([^{}]{1,40})\}\s?[:：]\s?(.*)", re.S)
_PATTERNS = {"ris": _RIS, "refer": _REFER, "refworks": _REFWORKS, "noteexpress": _NOTEEXPRESS}
FIRST_TAG = {"ris": "TY", "refer": "0", "refworks": "RT", "noteexpress": "Reference Type"}
_LONG = frozenset({"abstract", "note", "contents", "address"})
_REPEATED = frozenset({"keyword", "author", "editor", "translator", "url"})


class Tagged(NamedTuple):
    """One value with its tag (标签与值)."""

    tag: str
    value: str


@cache
def members() -> dict[str, dict[str, str]]:
    """For each format: its tags and the member of a reference that each gives (字段表)."""
    table: dict[str, dict[str, str]] = {name: {} for name in FORMATS}
    for line in (files(__package__) / "tagged_fields.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            format, tag, member = line.split("\t")[:3]
            table[format][tag] = member
    return table


def tag_of(format: str, line: str, open_tag: str = "") -> Tagged | None:
    """The tag a line begins with, None when it continues the value of ``open_tag``."""
    match = _PATTERNS[format].match(line)
    if match is None:
        return None
    if format == "refworks":
        tag = match.group(1).upper()
        known = members()["refworks"]
        if tag not in known:
            return None
        # Running text may begin with "is" or "In"; real exports write a lower-case tag only now and then
        # ("vo 49").
        if tag != match.group(1) and known.get(open_tag) in _LONG:
            return None
        return Tagged(tag, match.group(2) or match.group(3) or "")
    return Tagged(match.group(1).strip(), match.group(2) or "")


def values(format: str, text: str) -> list[Tagged]:
    """Tags and values of one record in their order (标签值列表), lines that continue a value joined to it.

    Values of a repeated member (keywords, names, addresses) take one line each, so a further line is a
    further value.
    """
    found: list[Tagged] = []
    table = members().get(format, {})
    tag = ""
    for line in text.split("\n"):
        start = tag_of(format, line, tag)
        if start is not None:
            tag = start.tag
            found.append(Tagged(tag, start.value.strip()))
        elif found and line.strip():
            if table.get(tag) in _REPEATED:
                found.append(Tagged(tag, line.strip()))
            else:
                found[-1] = Tagged(tag, f"{found[-1].value}\n{line.strip()}".strip())
    return found
