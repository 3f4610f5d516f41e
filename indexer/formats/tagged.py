"""Tagged formats of reference managers (带标签格式): where a record begins and what its lines say.

RIS (the specification of Research Information Systems, 2001 and 2011: tag, two blanks, hyphen, blank),
Refer/EndNote (``%`` and one character), RefWorks tagged (two letters and a blank) and NoteExpress
(``{Name}: value``). A line that begins with no tag continues the value before it. RIS of some programs has
small letters, tabs, other dashes or no blanks around the hyphen: a record whose ``TY`` line is written so may
have its other tags so too, elsewhere such a line is text.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from indexer.records import resource_type
from indexer.records.evidence import Evidence

FORMATS = ("ris", "refer", "refworks", "noteexpress")

# Each pattern gives the tag and the value.
# Dashes and the blank of fixed width also as the bytes of UTF-8 read one by one, which is how files are cut.
_DASH = "(?:-|[–—－]|â\x80[\x93\x94]|ï¼\x8d)"
_RIS = re.compile(
    rf"[ \t\ufeff]{{0,4}}([A-Za-z][A-Za-z0-9])((?:[ \t\xa0]|Â\xa0){{0,6}})({_DASH})([ \t]?)(.*)", re.S
)
_RIS_TYPE = re.compile(r"\s*[A-Za-z]{2,8}\s*")
# A type behind another mark than a dash: what follows is a record that cannot be read.
_UNREADABLE_TYPE = re.compile(r"\s{0,4}TY\s{0,4}[:=|.,]?\s{0,4}([A-Z]{3,8})\s*", re.I)
_REFER = re.compile(r"%([0-9A-Za-z!-/:-@^_~|\\\[\]{}<>])(?:[ \t]+(.*)|$)", re.S)
_REFWORKS = re.compile(r"([A-Za-z][A-Za-z0-9]|URL)(?:[ \t]+(.*)|((?=[^\x00-\x7f]).*)|$)", re.S)
_NOTEEXPRESS = re.compile(r"\{([^{}]{1,40})\}\s?[:：]\s?(.*)", re.S)
_PATTERNS = {"refer": _REFER, "refworks": _REFWORKS, "noteexpress": _NOTEEXPRESS}
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


def is_loose(line: str) -> bool:
    """Whether a RIS ``TY`` line is written otherwise than the specification says (宽松写法)."""
    match = _RIS.match(line)
    return match is not None and not _is_exact(match)


def is_unreadable_type(line: str) -> bool:
    """Whether a line names a RIS type without being a ``TY`` line (无法识别的类型行): ``TY: JOUR``."""
    match = _UNREADABLE_TYPE.fullmatch(line)
    return match is not None and resource_type.from_ris(match.group(1).upper()) is not None


def _is_exact(match: re.Match[str]) -> bool:
    written, before, dash, after, value = match.groups()
    if not written.isupper() or dash != "-":
        return False
    return before in (" ", "  ") or (not before and bool(after or (written == "ER" and not value.strip())))


def _ris_tag(line: str, loose: bool) -> Tagged | None:
    match = _RIS.match(line)
    if match is None:
        return None
    written, before, dash, _, value = match.groups()
    tag = written.upper()
    if _is_exact(match):
        return Tagged(tag, value)
    if tag == "TY":
        plain = _RIS_TYPE.fullmatch(value) is not None
        told = len(before) > 1 or resource_type.from_ris(value.strip().upper()) is not None
        return Tagged(tag, value) if plain and told else None
    if tag == "ER":
        return None if value.strip() else Tagged(tag, "")
    known = tag in members()["ris"]
    apart = len(before) > 1 or (before and written == tag)
    return Tagged(tag, value) if known and (loose or (apart and dash == "-")) else None


def tag_of(format: str, line: str, open_tag: str = "", *, loose: bool = False) -> Tagged | None:
    """The tag a line begins with, None when it continues the value of ``open_tag``.

    ``loose`` says that the record's ``TY`` line is not written as the specification says.
    """
    if format == "ris":
        return _ris_tag(line, loose)
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
    loose = False
    for line in text.split("\n"):
        start = tag_of(format, line, tag, loose=loose)
        if start is not None:
            tag = start.tag
            loose = is_loose(line) if format == "ris" and tag == "TY" else loose
            found.append(Tagged(tag, start.value.strip()))
        elif found and line.strip():
            if table.get(tag) in _REPEATED:
                found.append(Tagged(tag, line.strip()))
            else:
                found[-1] = Tagged(tag, f"{found[-1].value}\n{line.strip()}".strip())
    return found


def guess(found: dict[str, list[str]]) -> list[Evidence]:
    """What the members of a reference say of its kind where the type is missing or unknown (类型推断)."""
    if found.get("journal") and (found.get("issue") or found.get("volume") or found.get("pages")):
        return [Evidence("article", "words", "has a journal and its numbering")]
    return []


def local_id(found: dict[str, list[str]]) -> str:
    """An id the source gives itself (来源编号): RIS ID or AN, ``%M``, RefWorks ID.

    A running number in the file is none.
    """
    for member in ("id", "accession"):
        for value in found.get(member, ()):
            text = " ".join(value.split())
            if len(text) > 3 and not (text.isdecimal() and len(text) < 5):
                return text[:200]
    return ""
