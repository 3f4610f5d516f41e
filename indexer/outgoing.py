"""The records of a repository as somebody may take them away (可导出记录): what a View sees."""

from __future__ import annotations

from collections.abc import Iterator

import sqlalchemy as sa

from holdings.members import Members
from holdings.members.view import View
from indexer.records.private import without_private
from indexer.records.record import Record
from indexer.records.union import SourceRecord
from indexer.rows import in_pages
from indexer.store import Store
from indexer.tables import DELETED, SOURCE

PAGE = 500


def sources(
    engine: sa.Engine, store: Store, members: Members, repository: str, view: View
) -> Iterator[SourceRecord]:
    """Source records in the order in which they are stored; nothing of a repository that the View does not
    see, none that is hidden, and no field that the library keeps to itself.
    """
    if repository not in members.repositories() or not view.sees(members.atoms(repository), repository):
        return
    query = sa.select(SOURCE.c.number, SOURCE.c.uid).where(
        SOURCE.c.repository == repository, SOURCE.c.state != DELETED
    )
    for rows in in_pages(engine, query, SOURCE.c.number, PAGE):
        found = {source.uid: source for source in store.sources(row.uid for row in rows)}
        private = members.private(repository)
        for row in rows:
            source = found.get(row.uid)
            if source is not None and _seen(source.record, store):
                yield source if source.library in view.staff_of else without_private(source, private)


def records(
    engine: sa.Engine, store: Store, members: Members, repository: str, view: View
) -> Iterator[Record]:
    """As `sources`, the records alone."""
    for source in sources(engine, store, members, repository, view):
        yield source.record


def _seen(record: Record, store: Store) -> bool:
    return not (record.deleted or record.suppressed or store.embargoed(record))
