"""What several export formats ask of a record in the same way (导出所需的共同字段)."""

from __future__ import annotations

import re

from indexer.records.record import Contributor, Record, Relation

_HAN = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]")

EDITORS = frozenset({"editor", "editor in chief", "chief editor", "compiler"})
TRANSLATORS = frozenset({"translator"})
_CREATORS_BY_DEFAULT = frozenset(
    {"", "author", "creator", "composer", "artist", "photographer", "cartographer"}
)


def has_han(text: str) -> bool:
    """Whether a text has Han, kana or Hangul characters, whose names are not turned round."""
    return bool(_HAN.search(text))


def creators(record: Record) -> list[Contributor]:
    """Who is named first in a citation: the authors; where there is none, all who are neither editor nor
    translator.
    """
    chosen = [c for c in record.contributors if c.role in _CREATORS_BY_DEFAULT]
    if not chosen:
        chosen = [c for c in record.contributors if c.role not in EDITORS | TRANSLATORS]
    return chosen


def editors(record: Record) -> list[Contributor]:
    """Editors and compilers (编者)."""
    return [c for c in record.contributors if c.role in EDITORS]


def translators(record: Record) -> list[Contributor]:
    """Translators (译者)."""
    return [c for c in record.contributors if c.role in TRANSLATORS]


def family_given(contributor: Contributor) -> tuple[str, str]:
    """(family, given); given is empty where the name is one piece: a body, a name in Han characters."""
    name = contributor.name
    if contributor.kind != "person" or has_han(name):
        return name, ""
    inverted = re.split(r"[,،]\s*", name, maxsplit=1)
    if len(inverted) == 2:
        return inverted[0].strip(), inverted[1].strip(" ,،")
    words = name.rsplit(" ", 1)
    return (words[1], words[0]) if len(words) == 2 else (name, "")


def full_title(record: Record) -> str:
    """Title, part and remainder as one string."""
    parts = [record.title]
    if record.volume and record.volume not in record.title:
        parts.append(record.volume)
    title = ". ".join(p for p in parts if p)
    return f"{title}: {record.title_remainder}" if record.title_remainder else title


def host(record: Record) -> Relation | None:
    """The journal or book an article or chapter is in (所在刊物)."""
    return next((r for r in record.relations if r.kind == "in"), None)


def identifier(record: Record, scheme: str) -> str:
    """The first valid identifier of a scheme, or the first of it at all."""
    found = [i for i in record.identifiers if i.scheme == scheme]
    valid = [i for i in found if i.valid]
    return (valid or found)[0].value if found else ""


def relation_identifier(relation: Relation | None, scheme: str) -> str:
    """The first identifier of a scheme that a relation carries."""
    if relation is None:
        return ""
    return next((i.value for i in relation.identifiers if i.scheme == scheme), "")


def place_in_host(within: Relation, year: int | None) -> str:
    """Where an article stands in its host (所在位置), as 773 $g: ``Vol. 24, no. 9 (1993), p. 235-248``."""
    parts = [
        f"Vol. {within.volume}" if within.volume else "",
        f"no. {within.issue}" if within.issue else "",
    ]
    number = ", ".join(part for part in parts if part)
    if number and year is not None and year > 0:
        number = f"{number} ({year})"
    return ", ".join(part for part in (number, f"p. {within.pages}" if within.pages else "") if part)


def first_and_last_page(pages: str) -> tuple[str, str]:
    """``45-50`` as ("45", "50"); a single page has an empty last page."""
    match = re.match(r"\s*([A-Za-z]?\d+)(?:\s*[-–—~～]+\s*([A-Za-z]?\d+))?", pages)
    return (match.group(1), match.group(2) or "") if match else (pages.strip(), "")


def year_text(record: Record) -> str:
    """The year as text, or the date as written where no year was found."""
    return str(record.year) if record.year is not None else record.publication.date
