"""BIBFRAME 2.0 as JSON-LD, the part of it that a record needs (书目框架): a Work, its Instance, Items.

Classes and properties are those of http://id.loc.gov/ontologies/bibframe; relator, language and country
codes are addresses of id.loc.gov. One graph for all records, streamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

import msgspec

from indexer.records.export.fields import host
from indexer.records.export.marc_fields import BIBLIOGRAPHIC
from indexer.records.record import Contributor, Identifier, Record, Relation, Title

MEDIA_TYPE = "application/ld+json"
EXTENSION = "jsonld"

_CONTEXT = {
    "@vocab": "http://id.loc.gov/ontologies/bibframe/",
    "bflc": "http://id.loc.gov/ontologies/bflc/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "label": "rdfs:label",
    "value": "rdf:value",
}
_CLASS = {
    "map": "Cartography", "audio": "Audio", "video": "MovingImage", "image": "StillImage",
    "rubbing": "StillImage", "courseware": "Multimedia",
}  # fmt: skip
_IDENTIFIER = {
    "isbn": "Isbn", "issn": "Issn", "doi": "Doi", "lccn": "Lccn", "urn": "Urn", "hdl": "Hdl",
    "ismn": "Ismn", "isrc": "Isrc",
}  # fmt: skip
_TITLE = {"main": "Title", "parallel": "ParallelTitle", "abbreviated": "AbbreviatedTitle"}
_AGENT = {"person": "Person", "corporate": "Organization", "meeting": "Meeting"}
_RELATOR = {
    "author": "aut", "editor": "edt", "translator": "trl", "composer": "cmp", "illustrator": "ill",
    "compiler": "com", "annotator": "ann", "photographer": "pht", "cartographer": "ctg",
}  # fmt: skip
_SUBJECT = {"person": "Person", "corporate": "Organization", "place": "Place", "time": "Temporal"}
_CLASSES = {"lcc": "ClassificationLcc", "ddc": "ClassificationDdc", "udc": "ClassificationUdc"}


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """One document with a graph of all Works and Instances."""
    encode = msgspec.json.Encoder().encode
    yield b'{"@context":' + encode(_CONTEXT) + b',"@graph":['
    first = True
    for number, record in enumerate(records, 1):
        for node in nodes(record, number):
            yield (b"\n" if first else b",\n") + encode(node)
            first = False
    yield b"\n]}\n"


def nodes(record: Record, number: int = 1) -> tuple[dict[str, Any], dict[str, Any]]:
    """The Work and the Instance of a record."""
    name = quote(f"{record.repository}/{record.id}" if record.id else str(number), safe="/")
    work, instance = f"#{name}/work", f"#{name}/instance"
    titles = [_title(title) for title in _titles(record)]
    within = host(record)
    about = {
        "@id": work,
        "@type": ["Work", _CLASS.get(record.type, "Text")],
        "title": titles[:1],
        "contribution": [_contribution(c, n == 0) for n, c in enumerate(record.contributors)],
        "language": [
            {"@id": f"http://id.loc.gov/vocabulary/languages/{BIBLIOGRAPHIC.get(code, code)}"}
            for code in record.languages
        ],
        "subject": [
            _filled({"@type": _SUBJECT.get(s.kind, "Topic"), "label": s.value, "source": _source(s.scheme)})
            for s in record.subjects
        ],
        "geographicCoverage": [{"@type": "GeographicCoverage", "label": place} for place in record.places],
        "classification": [
            _filled(
                {
                    "@type": _CLASSES.get(c.scheme, "Classification"),
                    "classificationPortion": c.value,
                    "source": "" if c.scheme in _CLASSES else _source(c.scheme),
                }
            )
            for c in record.classes
        ],
        "genreForm": [{"@type": "GenreForm", "label": record.type}] if record.type else [],
        "intendedAudience": _labelled("IntendedAudience", record.audience),
        "summary": _labelled("Summary", record.abstract),
        "tableOfContents": [{"@type": "TableOfContents", "label": text} for text in record.contents],
        "partOf": [_host(within)] if within else [],
        "hasInstance": [{"@id": instance}],
    }
    published = record.publication
    provision = _filled(
        {
            "@type": "Publication",
            "place": [
                *_labelled("Place", published.place),
                *(
                    {"@id": f"http://id.loc.gov/vocabulary/countries/{quote(code, safe='')}"}
                    for code in record.countries
                ),
            ],
            "agent": _labelled("Agent", published.publisher),
            "date": published.date or (str(record.year) if record.year is not None else ""),
        }
    )
    made = {
        "@id": instance,
        "@type": ["Instance", *(["Electronic"] if record.type in ("ebook", "web-resource") else [])],
        "instanceOf": {"@id": work},
        "title": titles,
        "responsibilityStatement": record.responsibility,
        "editionStatement": record.edition,
        "provisionActivity": [provision] if len(provision) > 1 else [],
        "extent": _labelled("Extent", record.extent),
        "seriesStatement": list(record.series),
        "identifiedBy": [
            *([{"@type": "Local", "value": record.id}] if record.id else []),
            *(_identifier(i) for i in record.identifiers),
        ],
        "note": [{"@type": "Note", "label": note} for note in record.notes],
        "usageAndAccessPolicy": _labelled("UsePolicy", record.rights),
        "acquisitionTerms": record.price,
        "electronicLocator": [
            _filled({"@id": link.url, "label": link.label, "note": link.kind}) for link in record.links
        ],
        "hasItem": [
            _filled(
                {
                    "@type": "Item",
                    "heldBy": _labelled("Agent", holding.library),
                    "sublocation": _labelled("Sublocation", holding.location),
                    "shelfMark": _labelled("ShelfMark", holding.call_number),
                    "enumerationAndChronology": _labelled("EnumerationAndChronology", holding.summary),
                    "identifiedBy": [
                        {"@type": "Barcode", "value": item.barcode} for item in holding.items if item.barcode
                    ],
                }
            )
            for holding in record.holdings
        ],
    }
    return _filled(about), _filled(made)


def _filled(node: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in node.items() if value not in ("", [], None)}


def _labelled(kind: str, text: str) -> list[dict[str, str]]:
    return [{"@type": kind, "label": text}] if text else []


def _source(scheme: str) -> dict[str, str] | str:
    return {"@type": "Source", "label": scheme} if scheme else ""


def _titles(record: Record) -> list[tuple[Title, str, str]]:
    """(title, remainder, volume), the title proper first."""
    own = next((t for t in record.titles if t.kind == "main" and t.value == record.title), None)
    first = own or Title(record.title)
    rest = [(t, "", "") for t in record.titles if t is not own]
    return [(first, record.title_remainder, record.volume), *rest] if record.title else rest


def _title(of: tuple[Title, str, str]) -> dict[str, Any]:
    title, remainder, volume = of
    return _filled(
        {
            "@type": _TITLE.get(title.kind, "VariantTitle"),
            "variantType": "" if title.kind in _TITLE else title.kind,
            "mainTitle": title.value,
            "subtitle": remainder,
            "partNumber": volume,
            "bflc:transliteration": title.romanised,
        }
    )


def _contribution(person: Contributor, first: bool) -> dict[str, Any]:
    code = _RELATOR.get(person.role, "")
    agent = _filled(
        {
            "@type": _AGENT[person.kind],
            "label": ", ".join(part for part in (person.name, person.dates) if part),
            "bflc:transliteration": person.romanised,
            "note": _labelled("Note", person.note),
            "affiliation": person.affiliation,
        }
    )
    role = {"@id": f"http://id.loc.gov/vocabulary/relators/{code}"} if code else person.role
    kinds = ["Contribution", "PrimaryContribution"] if first else "Contribution"
    return _filled({"@type": kinds, "agent": agent, "role": role})


def _identifier(found: Identifier) -> dict[str, Any]:
    kind = _IDENTIFIER.get(found.scheme, "Identifier")
    return _filled(
        {
            "@type": kind,
            "value": found.value,
            "source": _source(found.scheme) if kind == "Identifier" else "",
            "qualifier": found.note,
            "status": "" if found.valid else {"@type": "Status", "label": "invalid"},
        }
    )


def _host(within: Relation) -> dict[str, Any]:
    detail = {"volume": within.volume, "issue": within.issue, "pages": within.pages}
    said = "; ".join(f"{name} {value}" for name, value in detail.items() if value)
    return _filled(
        {
            "@type": "Work",
            "title": [{"@type": "Title", "mainTitle": within.title}] if within.title else [],
            "identifiedBy": [_identifier(i) for i in within.identifiers],
            "part": said,
        }
    )
