"""What a format cannot carry (格式损失): told by trying, not by a list that could be wrong.

Of each part of records, such as the romanised names of contributors, the first record that has it is written
with and without it. When the two are the same, the format loses it, and so it is for all records of the type.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from indexer.records.export import one
from indexer.records.export.sheet import line
from indexer.records.record import Record

_PLAIN = (
    "title_remainder", "responsibility", "year", "year_end", "languages", "countries", "places", "edition",
    "extent", "series", "notes", "abstract", "contents", "volume", "audience", "rights", "price",
)  # fmt: skip
# Members that are lists of values, with those of their own members that tell one kind of value from another.
_LISTS = {
    "titles": "kind", "contributors": "kind", "identifiers": "scheme", "subjects": "scheme",
    "classes": "scheme", "links": "kind", "relations": "kind", "holdings": "",
}  # fmt: skip
_WITHIN = {
    "titles": ("romanised",),
    "contributors": ("role", "romanised", "dates", "note", "affiliation"),
    "identifiers": ("note",),
    "subjects": ("romanised",),
    "links": ("label",),
    "relations": ("title", "identifiers", "volume", "issue", "pages", "date", "note"),
    "holdings": ("library", "location", "call_number", "summary", "items", "url"),
}
_OF_PUBLICATION = ("place", "publisher", "date", "place_romanised", "publisher_romanised")
MOST = 500  # parts that are counted; records of strangers could have any number of extra fields

Without = Callable[[Record], Record]
_replace = msgspec.structs.replace


class Losses:
    """Counts what records lose in a format (损失统计): ``lost`` says in how many records each part was."""

    def __init__(self, format: str) -> None:
        self.format = format
        self.records = 0
        self.lost: Counter[str] = Counter()
        self._carried: dict[tuple[str, str], bool] = {}

    def passing(self, records: Iterable[Record]) -> Iterator[Record]:
        """The records, counted as they go by."""
        for record in records:
            self.add(record)
            yield record

    def add(self, record: Record) -> None:
        """Counts one record."""
        self.records += 1
        written: bytes | None = None
        for name, without in parts(record):
            key = (name, record.type)
            carried = self._carried.get(key)
            if carried is None:
                if len(self._carried) >= MOST:
                    continue
                if written is None:
                    written = one(record, self.format)[0]
                carried = self._carried[key] = one(without(record), self.format)[0] != written
            if not carried:
                self.lost[name] += 1


def listed(records: Iterable[Record], formats: Sequence[str], most: int) -> Iterator[bytes]:
    """A table of what each format leaves out, for a spreadsheet: parts of records, in how many of the first
    ``most`` records each is, and ``no`` below the formats that lose it.
    """
    losses = [Losses(name) for name in formats]
    there: Counter[str] = Counter()
    for record in islice(records, most):
        there.update({name for name, _ in parts(record)})
        for one_format in losses:
            one_format.add(record)
    yield "\ufeff".encode() + line(("part", "records", *formats))
    for name, count in sorted(there.items()):
        lost = [one_format.lost[name] for one_format in losses]
        if any(lost):
            # Where types differ in what they can carry, the records that lose the part are counted.
            yield line(
                (name, str(count), *("" if not n else "no" if n == count else f"not {n}" for n in lost))
            )


def parts(record: Record) -> Iterator[tuple[str, Without]]:
    """Every part that a record has, with how it looks without it."""
    for name in _PLAIN:
        if getattr(record, name) not in ("", None, ()):
            yield name, _plain(name)
    for name in _OF_PUBLICATION:
        # A date that is the year and nothing else is the same thing said twice.
        if getattr(record.publication, name) and (name != "date" or not _is_year(record)):
            yield f"publication.{name}", _of_publication(name)
    for name, kind in _LISTS.items():
        values: tuple[Any, ...] = getattr(record, name)
        if not values:
            continue
        for found in dict.fromkeys(getattr(value, kind) if kind else "" for value in values):
            own = [value for value in values if not kind or getattr(value, kind) == found]
            called = f"{name} ({found})" if found else name
            if name == "titles" and found == "main" and all(v.value == record.title for v in own):
                pass  # It is the title itself.
            else:
                yield called, _list(name, kind, found)
            for member in _WITHIN.get(name, ()):
                if any(getattr(value, member) for value in own):
                    yield f"{called}.{member}", _member(name, kind, found, member)
    for key in record.extra:
        yield f"extra.{key}", _extra(key)


def _is_year(record: Record) -> bool:
    return record.year is not None and record.publication.date == str(record.year)


def _plain(name: str) -> Without:
    if name == "year":
        return lambda r: _replace(_of_publication("date")(r) if _is_year(r) else r, year=None)
    return lambda r: _replace(r, **{name: getattr(_EMPTY, name)})


def _of_publication(name: str) -> Without:
    return lambda r: _replace(r, publication=_replace(r.publication, **{name: ""}))


def _list(name: str, kind: str, found: str) -> Without:
    def without(record: Record) -> Record:
        left = tuple(v for v in getattr(record, name) if kind and getattr(v, kind) != found)
        return _replace(record, **{name: left})

    return without


def _member(name: str, kind: str, found: str, member: str) -> Without:
    def without(record: Record) -> Record:
        values = tuple(
            _replace(v, **{member: type(getattr(v, member))()})
            if not kind or getattr(v, kind) == found
            else v
            for v in getattr(record, name)
        )
        return _replace(record, **{name: values})

    return without


def _extra(key: str) -> Without:
    return lambda r: _replace(r, extra={k: v for k, v in r.extra.items() if k != key})


_EMPTY = Record()
