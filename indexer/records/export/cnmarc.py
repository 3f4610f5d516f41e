"""CNMARC in ISO 2709, UTF-8 (CNMARC 格式)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.marc import encode
from indexer.records.export import marc_fields
from indexer.records.export.marc21 import build
from indexer.records.record import Record

MEDIA_TYPE = "application/marc"
EXTENSION = "iso"


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """One ISO 2709 record each."""
    for record in records:
        yield encode(build(marc_fields.cnmarc_leader(record), marc_fields.cnmarc(record)))[0]
