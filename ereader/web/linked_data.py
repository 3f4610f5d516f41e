"""A record for search engines (结构化数据): JSON-LD in the words of schema.org, in the head of its page."""

from __future__ import annotations

from typing import Any

import msgspec

from ereader.web.names import CLASS_SCHEMES
from indexer.records.record import Contributor, Record
from indexer.records.resource_type import BY_CODE
from ui.presenters.text import language_of, shorten

CONTEXT = "https://schema.org"
MOST = 50  # values of one property
_BYLINES = {
    "author": "author",
    "creator": "author",
    "translator": "translator",
    "editor": "editor",
    "illustrator": "illustrator",
    "composer": "composer",
    "director": "director",
    "lecturer": "instructor",
    "teacher": "instructor",
    "narrator": "readBy",
    "cartographer": "creator",
    "artist": "creator",
    "calligrapher": "creator",
    "photographer": "creator",
}


def json_ld(record: Record, address: str, libraries: list[str]) -> str:
    """The record as JSON that may stand in a ``script`` element: no ``<``, ``>`` or ``&`` in it."""
    known = BY_CODE.get(record.type)
    data: dict[str, Any] = {
        "@context": CONTEXT,
        "@type": known.schema_org if known else "CreativeWork",
        "@id": address,
        "url": address,
        "name": shorten(record.title, 500),
    }
    if record.type == "teacher":
        _person(data, record)
    else:
        _work(data, record, libraries)
    text = msgspec.json.encode({k: v for k, v in data.items() if v not in ("", [], None)}).decode("utf-8")
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _person(data: dict[str, Any], record: Record) -> None:
    data["description"] = shorten(record.abstract, 500)
    data["alternateName"] = [t.value for t in record.titles if t.value != record.title][:MOST]
    if record.publication.publisher:
        data["affiliation"] = {"@type": "Organization", "name": record.publication.publisher}
    data["knowsAbout"] = [s.value.replace("--", " — ") for s in record.subjects][:MOST]


def _work(data: dict[str, Any], record: Record, libraries: list[str]) -> None:
    data["alternativeHeadline"] = record.title_remainder
    for contributor in record.contributors[:MOST]:
        property = _BYLINES.get(contributor.role, "author" if not contributor.role else "contributor")
        data.setdefault(property, []).append(_agent(contributor))
    if record.publication.publisher:
        data["publisher"] = {"@type": "Organization", "name": record.publication.publisher}
    if record.year is not None and record.year > 0:
        data["datePublished"] = f"{record.year:04d}"
    data["inLanguage"] = [language_of(code) for code in record.languages][:MOST]
    data["about"] = [s.value.replace("--", " — ") for s in record.subjects][:MOST]
    data["description"] = shorten(record.abstract, 500)
    data["bookEdition" if data["@type"] == "Book" else "version"] = record.edition
    data["isbn"] = [i.value for i in record.identifiers if i.scheme == "isbn" and i.valid][:MOST]
    data["issn"] = [i.value for i in record.identifiers if i.scheme == "issn" and i.valid][:MOST]
    data["sameAs"] = [
        f"https://doi.org/{i.value}" for i in record.identifiers if i.scheme == "doi" and i.valid
    ]
    data["identifier"] = [
        {
            "@type": "PropertyValue",
            "propertyID": CLASS_SCHEMES.get(c.scheme, (c.scheme, c.scheme))[1],
            "value": c.value,
        }
        for c in record.classes[:MOST]
    ]
    for relation in record.relations:
        if relation.kind == "in" and relation.title:
            kind = "Periodical" if relation.volume or relation.issue else "CreativeWork"
            data["isPartOf"] = {"@type": kind, "name": relation.title}
            data["pagination"] = relation.pages
            break
    data["encoding"] = [
        {"@type": "MediaObject", "contentUrl": link.url} for link in record.links if link.kind == "fulltext"
    ][:MOST]
    data["offers"] = [
        {"@type": "Offer", "offeredBy": {"@type": "Library", "name": name}} for name in libraries[:MOST]
    ]


def _agent(contributor: Contributor) -> dict[str, str]:
    kind = {"corporate": "Organization", "meeting": "Event"}.get(contributor.kind, "Person")
    agent = {"@type": kind, "name": contributor.name}
    if contributor.romanised:
        agent["alternateName"] = contributor.romanised
    return agent
