"""Links, related resources and holdings of MARC 21 (链接、关联、馆藏): 76X to 78X, 85X to 87X."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.marc import holdings as marc_holdings
from indexer.marc.found import LIMIT
from indexer.marc.marc21.found import Found, both
from indexer.marc.values import (
    first,
    join,
    link,
    parts_of_host,
    trim_end,
)
from indexer.records.record import (
    Identifier,
    Relation,
)

_CONFERENCE = re.compile(
    r"\b(?:conference|symposium|workshop|congress|proceedings|meeting|colloque|kongress|tagung)\b|会议|會議|研讨会|研討會",
    re.IGNORECASE,
)


def _electronic(found: Found, _tag: str, text: str) -> None:
    if len(found.links) >= LIMIT:
        return
    urls: list[str] = []
    label = {"y": "", "3": "", "z": ""}
    hints: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code == "u":
            urls.append(value)
        elif code in label:
            label[code] = label[code] or value
            hints.append(value)
        elif code == "x":
            hints.append(value)
    shown = label["y"] or label["3"] or label["z"]
    hint = " ".join(hints)
    for url in urls:
        made = link(url, shown, hint, text[1:2])
        if made:
            found.links.append(made)


_RELATIONS = {
    "760": "part_of", "762": "has_part", "765": "translation_of", "767": "translation", "770": "supplement",
    "772": "supplement_to", "773": "in", "774": "has_part", "775": "edition_of", "776": "other_medium",
    "777": "issued_with", "780": "continues", "785": "continued_by", "786": "related", "787": "related",
}  # fmt: skip
_785 = {"4": "continued_by", "5": "continued_by", "6": "continued_by", "7": "merged_into"}


def _relation(found: Found, tag: str, text: str) -> None:
    if len(found.relations) >= LIMIT:
        return
    original, _ = both(found, tag, text)
    values: dict[str, str] = {}
    identifiers: list[Identifier] = []
    local_id = ""
    for part in original.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value:
            continue
        if code == "x":
            identifiers.append(Identifier("issn", value.rstrip(" .,;")))
        elif code == "z":
            identifiers.append(Identifier("isbn", value.rstrip(" .,;")))
        elif code == "w":
            if value.startswith("(DLC)"):
                identifiers.append(Identifier("lccn", value[5:].strip()))
            elif value.startswith("(OCoLC)"):
                identifiers.append(Identifier("oclc", value[7:].strip()))
            else:
                local_id = local_id or value.rpartition(")")[2].strip()
        else:
            values.setdefault(code, value)
    title = trim_end(values.get("t") or values.get("s") or "")
    author = trim_end(values.get("a", ""))
    if not title:
        title, author = author, ""
    volume = issue = pages = year = ""
    if tag == "773":
        volume, issue, pages, year = parts_of_host(values.get("g", ""), values.get("q", ""))
        found.host = True
        found.host_issn = found.host_issn or any(number.scheme == "issn" for number in identifiers)
        if values.get("7", "")[:1] == "m" or _CONFERENCE.search(title):
            found.host_meeting = True
    if not (title or identifiers or local_id):
        return
    note = join([author, trim_end(values.get("i", "")), trim_end(values.get("n", ""))], "; ")
    found.relations.append(
        Relation(_RELATIONS[tag], title, tuple(identifiers), volume, issue, pages, year, local_id, note)
    )


def holding(found: Found, tag: str, text: str) -> None:
    if len(found.holding_fields) < 5 * LIMIT:
        found.holding_fields.append((tag, text))


def _status(found: Found, tag: str, text: str) -> None:
    """DEL and STA of Aleph: the record is deleted, or not shown to the public."""
    value = first(text, "a").upper()
    if tag == "DEL" and value == "Y":
        found.deleted = True
    elif tag == "STA" and value in ("SUPPRESSED", "DELETED"):
        found.suppressed = True


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    "856": _electronic,
    **dict.fromkeys(_RELATIONS, _relation),
    **dict.fromkeys(marc_holdings.TAGS, holding),
    "DEL": _status, "STA": _status,
}  # fmt: skip
