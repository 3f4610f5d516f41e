"""A record without what its library keeps to itself (保密字段): made before anything is made of the record.

The names are those of ``holdings.members.repository.PrivateField``. What is taken out here is in no document
of the index, no page, no export and no answer; only the library's own staff get it, with the record.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import msgspec

from indexer.records.record import Holding, Item, Record
from indexer.records.union import SourceRecord


def _items(record: Record, change: Callable[[Item], Item | None]) -> dict[str, Any]:
    """The holdings, each of their copies changed or left out."""
    held: list[Holding] = []
    for holding in record.holdings:
        kept = tuple(one for item in holding.items if (one := change(item)) is not None)
        held.append(msgspec.structs.replace(holding, items=kept))
    return {"holdings": tuple(held)}


def _without_call_numbers(record: Record) -> dict[str, Any]:
    found = _items(record, lambda item: msgspec.structs.replace(item, call_number=""))
    held = tuple(msgspec.structs.replace(holding, call_number="") for holding in found["holdings"])
    extra = {key: value for key, value in record.extra.items() if key != "call_number"}
    return {"holdings": held, "extra": extra}


# Which members of the record are other without a field.
_TAKEN: dict[str, Callable[[Record], dict[str, Any]]] = {
    "abstract": lambda _: {"abstract": ""},
    "barcodes": lambda r: _items(r, lambda item: msgspec.structs.replace(item, barcode="")),
    "call_numbers": _without_call_numbers,
    "contents": lambda _: {"contents": ()},
    "extra": lambda _: {"extra": {}},
    "holdings": lambda _: {"holdings": ()},
    "item_notes": lambda r: _items(r, lambda item: msgspec.structs.replace(item, note="")),
    "items": lambda r: _items(r, lambda _: None),
    "links": lambda _: {"links": ()},
    "notes": lambda _: {"notes": ()},
    "price": lambda _: {"price": ""},
    "rights": lambda _: {"rights": ""},
}


def without(record: Record, private: Collection[str]) -> Record:
    """The record without these fields; a name that is unknown takes nothing away."""
    for name in private:
        if name in _TAKEN:
            record = msgspec.structs.replace(record, **_TAKEN[name](record))
    return record


def without_private(source: SourceRecord, private: Collection[str]) -> SourceRecord:
    """The source record without these fields, and without what was remarked on them."""
    if not private:
        return source
    # What a remark quotes may be the very thing; where it stands is told in words of many formats.
    told = tuple(msgspec.structs.replace(p, value="", message=p.code) for p in source.problems)
    return msgspec.structs.replace(source, record=without(source.record, private), problems=told)
