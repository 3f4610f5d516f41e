"""BibTeX (BibTeX 格式), in UTF-8 as biblatex and recent BibTeX read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.records.export.fields import (
    creators,
    editors,
    family_given,
    full_title,
    host,
    identifier,
    relation_identifier,
    translators,
    year_text,
)
from indexer.records.record import Contributor, Record
from indexer.records.resource_type import BY_CODE

MEDIA_TYPE = "application/x-bibtex"
EXTENSION = "bib"

_ESCAPED = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{",
        "}": r"\}",
        "%": r"\%",
        "&": r"\&",
        "#": r"\#",
        "_": r"\_",
        "$": r"\$",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def _name(contributor: Contributor) -> str:
    family, given = family_given(contributor)
    if given:
        return f"{family.translate(_ESCAPED)}, {given.translate(_ESCAPED)}"
    # Braces keep a body's name or a name in Han characters in one piece.
    return "{" + family.translate(_ESCAPED) + "}"


def _key(record: Record, used: set[str]) -> str:
    people = creators(record)
    family = family_given(people[0])[0] if people else record.title
    stem = re.sub(r"[^0-9A-Za-z\u2e80-\u9fff]+", "", family)[:20] or "record"
    base = key = f"{stem}{record.year if record.year is not None else ''}"
    number = 1
    while key in used:
        number += 1
        key = f"{base}-{number}"
    used.add(key)
    return key


def _members(record: Record) -> Iterator[tuple[str, str, bool]]:
    """(name, value, whether the value is ready and not to be escaped)."""
    yield "title", "{" + full_title(record).translate(_ESCAPED) + "}", True
    yield "author", " and ".join(_name(p) for p in creators(record)), True
    yield "editor", " and ".join(_name(p) for p in editors(record)), True
    yield "translator", " and ".join(_name(p) for p in translators(record)), True
    within = host(record)
    if within:
        yield ("journal" if record.type == "article" else "booktitle"), within.title, False
        yield "volume", within.volume, False
        yield "number", within.issue, False
        yield "pages", re.sub(r"\s*[-–—]+\s*", "--", within.pages), False
    yield "year", year_text(record), False
    yield ("school" if record.type == "thesis" else "publisher"), record.publication.publisher, False
    yield "address", record.publication.place, False
    yield "edition", record.edition, False
    yield "series", record.series[0] if record.series else "", False
    yield "isbn", identifier(record, "isbn"), False
    yield "issn", identifier(record, "issn") or relation_identifier(within, "issn"), False
    yield "doi", identifier(record, "doi"), True
    yield "url", next((link.url for link in record.links if link.kind == "fulltext"), ""), True
    yield "language", ", ".join(record.languages), False
    yield "keywords", ", ".join(s.value for s in record.subjects), False
    yield "abstract", record.abstract, False


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """One entry a record; keys are made of the first author and the year and are unique in the file."""
    used: set[str] = set()
    for record in records:
        kind = BY_CODE.get(record.type)
        entry = kind.bibtex if kind else "misc"
        body = ",\n".join(
            f"  {name} = {{{' '.join((value if ready else value.translate(_ESCAPED)).split())}}}"
            for name, value, ready in _members(record)
            if value
        )
        yield f"@{entry}{{{_key(record, used)},\n{body}\n}}\n\n".encode("utf-8", "replace")
