"""One JSON object a line: the record's own form (JSON 行)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from indexer.records.record import Record

MEDIA_TYPE = "application/json"
EXTENSION = "json"


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """Each record as a line of JSON (docs/record.schema.json)."""
    for record in records:
        yield msgspec.json.encode(record) + b"\n"
