"""What a page says to reference managers about a hit (COinS): the context object of ANSI/NISO Z39.88-2004.

It is the title of an empty ``span`` with the class ``Z3988``: key/encoded-value pairs, UTF-8, every key once
but ``rft.au`` and ``rft_id``.
"""

from __future__ import annotations

from collections.abc import Iterable

from indexer.document import Display
from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE
from resolver.context_object import ContextObject, Entity
from resolver.kev import write_coins

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
    names = list(authors)[:MOST_AUTHORS]
    said: list[tuple[str, str]]
    if genre == "dissertation":
        format, said = "dissertation", [("title", title), ("inst", publisher)]
    elif genre in _JOURNAL:
        format = "journal"
        titles = [("jtitle", title)] if genre == "journal" else [("atitle", title), ("jtitle", host)]
        said = [("genre", genre), *titles]
    elif genre == "unknown":
        format, said = "dc", [("title", title), ("publisher", publisher)]
    else:
        format = "book"
        said = [("genre", genre), ("btitle", title), ("pub", publisher), ("place", place)]
    if format != "dc":
        said += more
    said.append(("date", str(year) if year is not None else ""))
    metadata: dict[str, tuple[str, ...]] = {name: (value[:LONGEST],) for name, value in said if value}
    if names:
        metadata["creator" if format == "dc" else "au"] = tuple(n[:LONGEST] for n in names if n)
    identifiers = (f"info:doi/{doi}",) if doi else ()
    return write_coins(ContextObject(referent=Entity(format, metadata, identifiers)))
