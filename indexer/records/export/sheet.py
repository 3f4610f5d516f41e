"""A table in CSV for spreadsheet programs (CSV 表格): one line a record, several values with `` | `` between
them.

It begins with a byte-order mark, without which some of them take UTF-8 for something else; a cell that they
would take for a formula has an apostrophe in front (CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator

from indexer.records.export.fields import host
from indexer.records.record import Record

MEDIA_TYPE = "text/csv; charset=utf-8"
EXTENSION = "csv"
BETWEEN = " | "


def _of(record: Record, *schemes: str) -> str:
    return _joined(i.value for i in record.identifiers if i.scheme in schemes)


def _joined(values: Iterable[str]) -> str:
    return BETWEEN.join(value for value in values if value)


def _in(record: Record) -> str:
    within = host(record)
    return within.title if within else ""


def _where(record: Record) -> str:
    within = host(record)
    parts = (within.volume, within.issue, within.pages) if within else ()
    return BETWEEN.join(parts) if any(parts) else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


COLUMNS: dict[str, Callable[[Record], str]] = {
    "id": lambda r: r.id,
    "repository": lambda r: r.repository,
    "type": lambda r: r.type,
    "title": lambda r: r.title,
    "title_remainder": lambda r: r.title_remainder,
    "volume": lambda r: r.volume,
    "other_titles": lambda r: _joined(t.value for t in r.titles if t.value != r.title),
    "responsibility": lambda r: r.responsibility,
    "contributors": lambda r: _joined(f"{c.name} ({c.role})" if c.role else c.name for c in r.contributors),
    "edition": lambda r: r.edition,
    "place": lambda r: r.publication.place,
    "publisher": lambda r: r.publication.publisher,
    "date": lambda r: r.publication.date,
    "year": lambda r: _number(r.year),
    "year_end": lambda r: _number(r.year_end),
    "extent": lambda r: r.extent,
    "series": lambda r: _joined(r.series),
    "in": _in,
    "in_volume_issue_pages": _where,
    "languages": lambda r: _joined(r.languages),
    "countries": lambda r: _joined(r.countries),
    "isbn": lambda r: _of(r, "isbn"),
    "issn": lambda r: _of(r, "issn"),
    "doi": lambda r: _of(r, "doi"),
    "other_numbers": lambda r: _joined(
        f"{i.scheme}:{i.value}" for i in r.identifiers if i.scheme not in ("isbn", "issn", "doi")
    ),
    "subjects": lambda r: _joined(s.value for s in r.subjects),
    "classes": lambda r: _joined(f"{c.scheme}:{c.value}" if c.scheme else c.value for c in r.classes),
    "places": lambda r: _joined(r.places),
    "abstract": lambda r: r.abstract,
    "contents": lambda r: _joined(r.contents),
    "notes": lambda r: _joined(r.notes),
    "links": lambda r: _joined(link.url for link in r.links),
    "holdings": lambda r: _joined(
        " ".join(p for p in (h.library, h.location, h.call_number, h.summary) if p) for h in r.holdings
    ),
    "barcodes": lambda r: _joined(item.barcode for h in r.holdings for item in h.items),
    "price": lambda r: r.price,
}


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """A line of names, then a line for each record."""
    yield "\ufeff".encode() + line(COLUMNS)
    for record in records:
        yield line([value(record) for value in COLUMNS.values()])


def line(cells: Iterable[str]) -> bytes:
    """One line of a table, safe to be opened by a spreadsheet program."""
    held = io.StringIO()
    csv.writer(held).writerow([_cell(text) for text in cells])
    return held.getvalue().encode("utf-8", "replace")


def _cell(text: str) -> str:
    text = " ".join(text.replace("\x00", "").split())
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text
