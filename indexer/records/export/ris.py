"""RIS, the tagged format of reference managers (RIS 格式): tag, two blanks, hyphen, blank, value."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.records.export.fields import (
    creators,
    editors,
    family_given,
    first_and_last_page,
    full_title,
    host,
    identifier,
    relation_identifier,
    translators,
    year_text,
)
from indexer.records.record import Contributor, Record
from indexer.records.resource_type import BY_CODE

MEDIA_TYPE = "application/x-research-info-systems"
EXTENSION = "ris"


def _name(contributor: Contributor) -> str:
    family, given = family_given(contributor)
    return f"{family}, {given}" if given else family


def lines(record: Record) -> Iterator[tuple[str, str]]:
    """(tag, value) of a record, ``TY`` first, without ``ER``."""
    kind = BY_CODE.get(record.type)
    yield "TY", kind.ris if kind else "GEN"
    yield "TI", full_title(record)
    for person in creators(record):
        yield "AU", _name(person)
    for person in editors(record):
        yield "ED", _name(person)
    for person in translators(record):
        yield "A4", _name(person)
    within = host(record)
    if within:
        yield "T2", within.title
        yield "VL", within.volume
        yield "IS", within.issue
        first, last = first_and_last_page(within.pages)
        yield "SP", first
        yield "EP", last
    elif record.series:
        yield "T3", record.series[0]
    yield "PY", year_text(record)
    yield "CY", record.publication.place
    yield "PB", record.publication.publisher
    yield "ET", record.edition
    yield (
        "SN",
        identifier(record, "isbn") or identifier(record, "issn") or relation_identifier(within, "issn"),
    )
    yield "DO", identifier(record, "doi")
    for link in record.links:
        yield ("UR" if link.kind == "fulltext" else "L2"), link.url
    for language in record.languages:
        yield "LA", language
    for subject in record.subjects:
        yield "KW", subject.value
    yield "AB", record.abstract
    for note in record.notes:
        yield "N1", note
    for title in record.titles:
        if title.kind == "parallel":
            yield "TT", title.value
    for holding in record.holdings[:1]:
        yield "CN", holding.call_number
    yield "ID", record.id


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """Each record from ``TY`` to ``ER``, CRLF at line ends as importers expect."""
    for record in records:
        body = [f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in lines(record) if value]
        yield "".join([*body, "ER  - \r\n\r\n"]).encode("utf-8", "replace")
