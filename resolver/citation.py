"""A citation (引文): what the resolver looks for, after repair."""

from __future__ import annotations

import msgspec


class Citation(msgspec.Struct, frozen=True):
    """What is wanted, in one plain shape whatever the link was like. Absent texts are None.

    ``kind``: article, book, bookitem (chapter of a book), dissertation, journal, issue, proceeding,
    conference, preprint, report, document, patent; None where the link does not say and nothing tells.
    ``container_kind``: journal, book or dissertation: what it is in, or what it is where it is a whole.
    """

    kind: str | None = None
    container_kind: str | None = None
    title: str | None = None
    container_title: str | None = None
    author: str | None = None
    date: str | None = None
    month: int | None = None
    isbn: str | None = None
    issn: str | None = None
    eissn: str | None = None
    volume: str | None = None
    issue: str | None = None
    page: str | None = None
    spage: str | None = None
    epage: str | None = None
    artnum: str | None = None
    edition: str | None = None
    place: str | None = None
    publisher: str | None = None
    identifiers: tuple[str, ...] = ()

    @property
    def year(self) -> int | None:
        return int(self.date[:4]) if self.date and self.date[:4].isdecimal() else None
