"""CSL-JSON, the input of citation processors (CSL-JSON 格式)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from indexer.records.export.fields import (
    creators,
    editors,
    family_given,
    full_title,
    has_han,
    host,
    identifier,
    relation_identifier,
    translators,
)
from indexer.records.record import Contributor, Record
from indexer.records.resource_type import BY_CODE

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"
EXTENSION = "json"

# Scripts whose names are not shortened to initials: Hebrew, Arabic, those of South and South-East Asia.
_WITHOUT_INITIALS = re.compile("[\u0590-\u08ff\u0900-\u0fff\ufb1d-\ufeff]")


def _name(contributor: Contributor) -> dict[str, str]:
    family, given = family_given(contributor)
    if _WITHOUT_INITIALS.search(given):
        return {"literal": contributor.name}
    return {"family": family, "given": given} if given else {"literal": family}


def item(record: Record) -> dict[str, Any]:
    """One record as a CSL item; empty members are left out."""
    kind = BY_CODE.get(record.type)
    within = host(record)
    made: dict[str, Any] = {
        "id": record.id or "record",
        "type": (kind.csl if kind else "") or "document",
        "title": full_title(record),
        "author": [_name(p) for p in creators(record)],
        "editor": [_name(p) for p in editors(record)],
        "translator": [_name(p) for p in translators(record)],
        "publisher": record.publication.publisher,
        "publisher-place": record.publication.place,
        "edition": record.edition,
        "collection-title": record.series[0] if record.series else "",
        "ISBN": identifier(record, "isbn"),
        "ISSN": identifier(record, "issn") or relation_identifier(within, "issn"),
        "DOI": identifier(record, "doi"),
        "URL": next((link.url for link in record.links if link.kind == "fulltext"), ""),
        "abstract": record.abstract,
        "language": "zh-CN" if has_han(record.title) else (record.languages[0] if record.languages else ""),
        "genre": record.extra.get("degree", ""),
    }
    if record.year is not None:
        made["issued"] = {"date-parts": [[record.year]]}
    elif record.publication.date:
        made["issued"] = {"literal": record.publication.date}
    if within:
        made |= {
            "container-title": within.title,
            "volume": within.volume,
            "issue": within.issue,
            "page": within.pages,
        }
    return {key: value for key, value in made.items() if value}


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """A JSON array of items."""
    yield b"["
    for number, record in enumerate(records):
        yield (b",\n" if number else b"\n") + msgspec.json.encode(item(record))
    yield b"\n]\n"
