"""MARC 21 in ISO 2709, UTF-8 (MARC 21 格式)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.marc import Marc, encode, field
from indexer.records.export import marc_fields
from indexer.records.record import Record

MEDIA_TYPE = "application/marc"
EXTENSION = "mrc"


def build(leader: str, fields: Iterable[marc_fields.Field]) -> Marc:
    """A MARC record from a leader and fields, in order of tag."""
    made = [
        field(tag, indicators, pairs) if indicators else (tag, pairs[0][1])
        for tag, indicators, pairs in fields
        if pairs
    ]
    return Marc(leader, sorted(made, key=lambda f: f[0]), "utf-8")


def marc(record: Record) -> Marc:
    """The record as MARC 21."""
    return build(marc_fields.marc21_leader(record), marc_fields.marc21(record))


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """One ISO 2709 record each."""
    for record in records:
        yield encode(marc(record))[0]
