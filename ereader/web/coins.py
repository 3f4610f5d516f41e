"""What a page says to reference managers about a hit (COinS): the context object of ANSI/NISO Z39.88-2004.

It is the title of an empty ``span`` with the class ``Z3988``: key/encoded-value pairs, UTF-8, every key once
but ``rft.au`` and ``rft_id``.
"""

from __future__ import annotations

from collections.abc import Iterable

from ereader.search.request import encoded
from indexer.document import Display
from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE

MOST_AUTHORS = 10
LONGEST = 300  # characters of a value
_JOURNAL = frozenset(("article", "journal", "proceeding", "conference", "issue", "preprint"))


def of_display(shown: Display) -> str:
    """The context object of a line of a result list."""
    numbers = [("isbn", shown.isbn), ("issn", shown.issn)]
    detail = shown.host_detail.partition(": ")
    volume = detail[0].partition("(")
    pairs = [
        ("volume", volume[0]),
        ("issue", volume[2].rstrip(")")),
        ("pages", detail[2]),
        ("edition", shown.edition),
        *numbers,
    ]
    title = f"{shown.title}: {shown.title_remainder}" if shown.title_remainder else shown.title
    return _written(
        shown.type,
        title,
        shown.host,
        shown.contributors,
        shown.year,
        shown.publisher,
        shown.place,
        pairs,
        shown.doi,
    )


def of_record(record: Record) -> str:
    """The context object of a record."""
    host = next((r for r in record.relations if r.kind == "in" and r.title), None)
    identifiers = [*record.identifiers, *(host.identifiers if host else ())]
    numbers: dict[str, str] = {}
    for identifier in identifiers:
        if identifier.valid:
            numbers.setdefault(identifier.scheme, identifier.value)
    pairs = [
        ("volume", host.volume if host else ""),
        ("issue", host.issue if host else ""),
        ("pages", host.pages if host else ""),
        ("edition", record.edition),
        ("isbn", numbers.get("isbn", "")),
        ("issn", numbers.get("issn", "")),
    ]
    title = f"{record.title}: {record.title_remainder}" if record.title_remainder else record.title
    return _written(
        record.type,
        title,
        host.title if host else "",
        [c.name for c in record.contributors],
        record.year,
        record.publication.publisher,
        record.publication.place,
        pairs,
        numbers.get("doi", ""),
    )


def _written(
    type: str,
    title: str,
    host: str,
    authors: Iterable[str],
    year: int | None,
    publisher: str,
    place: str,
    more: Iterable[tuple[str, str]],
    doi: str,
) -> str:
    genre = BY_CODE[type].openurl_genre if type in BY_CODE else "unknown"
    pairs: list[tuple[str, str]] = [("ctx_ver", "Z39.88-2004")]
    if genre == "dissertation":
        pairs += [
            ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dissertation"),
            ("rft.title", title),
            ("rft.inst", publisher),
        ]
    elif genre in _JOURNAL:
        pairs += [("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"), ("rft.genre", genre)]
        pairs += (
            [("rft.jtitle", title)] if genre == "journal" else [("rft.atitle", title), ("rft.jtitle", host)]
        )
    elif genre == "unknown":
        pairs += [
            ("rft_val_fmt", "info:ofi/fmt:kev:mtx:dc"),
            ("rft.title", title),
            ("rft.publisher", publisher),
        ]
    else:
        pairs += [("rft_val_fmt", "info:ofi/fmt:kev:mtx:book"), ("rft.genre", genre), ("rft.btitle", title)]
        pairs += [("rft.pub", publisher), ("rft.place", place)]
    if genre == "unknown":
        pairs += [("rft.creator", name) for name in list(authors)[:MOST_AUTHORS]]
    else:
        pairs += [("rft.au", name) for name in list(authors)[:MOST_AUTHORS]]
        pairs += [(f"rft.{name}", value) for name, value in more]
    if year is not None:
        pairs.append(("rft.date", str(year)))
    if doi:
        pairs.append(("rft_id", f"info:doi/{doi}"))
    return encoded((name, value[:LONGEST]) for name, value in pairs if value)
