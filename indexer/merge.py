"""The merged display record of a cluster (合并): made anew from its visible members, each of which is kept.

Single values come from the member that describes best and are filled from the others; lists are united. The
members' order does not matter. Holdings are never dropped: each says whose it is.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar

import msgspec

from indexer.records.record import Holding, Identifier, Record

T = TypeVar("T")

# Taken together from one member, so that no statement is put together from two descriptions.
_TOGETHER = (
    ("title", "title_remainder", "responsibility", "volume"),
    ("publication", "year", "year_end"),
    ("edition",),
    ("extent",),
    ("abstract",),
    ("audience",),
    ("rights",),
    ("price",),
    ("contributors",),
    ("contents",),
)
_UNITED = ("languages", "countries", "places", "series", "notes", "type_evidence")


def merge(records: Sequence[Record]) -> Record:
    """One record of several descriptions of the same manifestation; of one, the record itself."""
    if len(records) == 1:
        return records[0]
    ranked = sorted(records, key=_rank)
    best = ranked[0]
    values: dict[str, Any] = {}
    for names in _TOGETHER:
        chosen = next((r for r in ranked if _given(getattr(r, names[0]))), best)
        values |= {name: getattr(chosen, name) for name in names}
    for name in _UNITED:
        values[name] = _united((v for r in ranked for v in getattr(r, name)), lambda v: v)
    values["titles"] = _united((t for r in ranked for t in r.titles), lambda t: (t.kind, t.value.casefold()))
    values["identifiers"] = _identifiers(i for r in ranked for i in r.identifiers)
    values["subjects"] = _united(
        (s for r in ranked for s in r.subjects), lambda s: (s.scheme, s.value.casefold())
    )
    values["classes"] = _united((c for r in ranked for c in r.classes), lambda c: (c.scheme, c.value))
    values["links"] = _united((k for r in ranked for k in r.links), lambda k: k.url)
    values["relations"] = _united(
        (x for r in ranked for x in r.relations),
        lambda x: (x.kind, x.title.casefold(), x.volume, x.issue, x.pages),
    )
    values["holdings"] = _united((h for r in ranked for h in _owned(r)), lambda h: h)
    values["extra"] = {k: v for r in reversed(ranked) for k, v in r.extra.items()}
    values["modified"] = max(r.modified for r in ranked)
    # What belongs to one source only must not look like a property of the whole.
    for name, none in (("id", ""), ("repository", ""), ("library", "")):
        values[name] = none
    return msgspec.structs.replace(best, **values)


def _rank(record: Record) -> tuple[Any, ...]:
    """The fullest description first; ties are broken by the source, never by the order of arrival."""
    fullness = (
        4 * bool(record.contributors)
        + 3 * (record.year is not None)
        + 3 * bool(record.publication.publisher)
        + min(len(record.subjects), 5)
        + min(len(record.titles), 3)
        + 2 * bool(record.abstract)
        + 2 * bool(record.extent)
        + bool(record.responsibility)
        + bool(record.languages)
        + min(len(record.classes), 2)
    )
    # The vernacular is preferred to a description that is romanised only.
    romanised = record.title.isascii() and any(not t.value.isascii() for t in record.titles)
    return (romanised, -fullness, record.repository, record.id)


def _given(value: object) -> bool:
    return value not in ("", None, (), {}) and value != type(value)() if value is not None else False


def _united(values: Iterable[T], same: Callable[[T], Hashable]) -> tuple[T, ...]:
    kept: dict[Hashable, T] = {}
    for value in values:
        kept.setdefault(same(value), value)
    return tuple(kept.values())


def _identifiers(found: Iterable[Identifier]) -> tuple[Identifier, ...]:
    """Each identifier once; a valid one beats the same value flagged as invalid."""
    kept: dict[tuple[str, str], Identifier] = {}
    for identifier in found:
        held = kept.get((identifier.scheme, identifier.value))
        if held is None or (identifier.valid and not held.valid):
            kept[identifier.scheme, identifier.value] = identifier
    return tuple(kept.values())


def _owned(record: Record) -> Iterable[Holding]:
    for holding in record.holdings:
        yield holding if holding.library else msgspec.structs.replace(holding, library=record.library)
