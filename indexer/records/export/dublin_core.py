"""Dublin Core in XML, as OAI-PMH carries it (都柏林核心, oai_dc)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.records.export.fields import creators, full_title, host, place_in_host
from indexer.records.export.xml import element, text_of
from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE

MEDIA_TYPE = "application/xml"
EXTENSION = "xml"

_OPEN = (
    '<oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">'
)


def _elements(record: Record) -> Iterator[tuple[str, str]]:
    yield "title", full_title(record)
    for title in record.titles:
        if title.kind != "main":
            yield "title", title.value
        if title.romanised:
            yield "title", title.romanised
    main = creators(record)
    for person in main:
        yield "creator", person.name
    for person in record.contributors:
        if person not in main:
            yield "contributor", person.name
    yield "publisher", record.publication.publisher
    yield "date", str(record.year) if record.year is not None else record.publication.date
    kind = BY_CODE.get(record.type)
    if kind:
        yield "type", kind.dc
        yield "type", kind.en
    yield "format", record.extent
    for found in record.identifiers:
        yield (
            "identifier",
            f"urn:{found.scheme}:{found.value}" if found.scheme in {"isbn", "issn"} else found.value,
        )
    for link in record.links:
        yield "identifier", link.url
    for language in record.languages:
        yield "language", language
    for subject in record.subjects:
        yield "subject", subject.value
    for number in record.classes:
        yield "subject", number.value
    for place in record.places:
        yield "coverage", place
    yield "description", record.abstract
    for note in record.notes:
        yield "description", note
    within = host(record)
    if within:
        detail = place_in_host(within, record.year)
        yield "source", "; ".join(part for part in (within.title, detail) if part)
    for series in record.series:
        yield "relation", series
    yield "rights", record.rights


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """A ``records`` element with one ``oai_dc:dc`` a record."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<records>\n'
    for record in records:
        body = "".join(element(f"dc:{name}", value) for name, value in _elements(record) if text_of(value))
        yield f"{_OPEN}{body}</oai_dc:dc>\n".encode()
    yield b"</records>\n"
