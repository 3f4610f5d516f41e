"""Undoing a load (撤销装载): the repository is again what it was before the load.

What the load brought is taken away; of each only a tombstone stays, without the content. What it changed or
deleted is again as it was. Done in batches like a load, with the index following, so a process killed in the
middle loses nothing: undoing again goes on where it stopped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator

import msgspec

from holdings.members import Members
from indexer import follow
from indexer.earlier import Row, Undoable
from indexer.index.engine import Engine
from indexer.pack import packer
from indexer.prepare import Prepared
from indexer.problem import Problem
from indexer.records.record import Record
from indexer.regroup import decode_features
from indexer.store import Store
from indexer.tables import DELETED, SUPPRESSED

BATCH = 800
Progress = Callable[[int, int], None]  # records done, records in all


class CannotUndo(Exception):
    """The load cannot be undone (无法撤销); ``found`` says why. Nothing was changed."""

    def __init__(self, run: int, found: Undoable) -> None:
        self.run, self.found = run, found
        super().__init__(f"load {run} cannot be undone: {found.standing}")


class Undone(msgspec.Struct, frozen=True):
    """What undoing did (撤销结果): records taken away, records as before again."""

    removed: int
    restored: int


def _silent(_: int, __: int) -> None: ...


def undo(
    run: int,
    store: Store,
    members: Members,
    engine: Engine,
    actor: str = "",
    progress: Progress = _silent,
) -> Undone:
    """Undoes a load. Raises CannotUndo before anything is changed; the right to write is the caller's."""
    found = store.earlier.standing(run)
    if found.standing not in ("possible", "begun"):
        raise CannotUndo(run, found)
    repository = _repository(store, run)
    owner = members.repositories()[repository].library if repository in members.repositories() else ""
    total = found.removed + found.restored
    removed = restored = 0
    with follow.writing(engine, store, members) as index:
        marks, whole = index.begin(repository, members)
        store.earlier.start(run, actor)
        pack = packer()
        for rows in _batches(store, run):
            prepared = [
                _as_before(row) if row.before is not None else _gone(row, repository, owner, pack)
                for row in rows
            ]
            index.follow(store.restore(repository, run, rows, prepared))
            if rows[0].before is None:
                removed += len(rows)
            else:
                restored += len(rows)
            progress(removed + restored, max(total, removed + restored))
    if whole:
        members.note_indexed({repository: marks})
    store.earlier.finish(run, removed, restored)
    return Undone(removed, restored)


def _batches(store: Store, run: int) -> Iterator[list[Row]]:
    while rows := store.earlier.changed(run, BATCH):
        yield rows
    while rows := store.earlier.added(run, BATCH):
        yield rows


def _as_before(row: Row) -> Prepared:
    held = row.before
    assert held is not None
    return Prepared(
        uid=row.uid,
        local_id=row.local_id,
        checksum=held.checksum,
        position=held.position,
        context=held.context,
        format=held.format,
        charset=held.charset,
        deleted=held.state == DELETED,
        suppressed=held.state == SUPPRESSED,
        modified=held.modified,
        embargo_until=held.embargo_until,
        keys=() if held.state == DELETED or not held.features else decode_features(held.features).keys,
        features=held.features or b"",
        original=held.original,
        record=held.record,
        problems=_problems(held.problems) if held.problems else (),
    )


def _gone(row: Row, repository: str, library: str, pack: Callable[[bytes], bytes]) -> Prepared:
    """A tombstone without content. Its checksum fits no record, so the same file may be loaded again."""
    empty = Record(id=row.local_id, repository=repository, library=library, deleted=True)
    return Prepared(
        uid=row.uid,
        local_id=row.local_id,
        checksum=hashlib.blake2b(b"undone " + row.uid.encode(), digest_size=16).digest(),
        context=0,
        deleted=True,
        original=pack(b""),
        record=pack(msgspec.msgpack.encode(empty)),
    )


def _repository(store: Store, run: int) -> str:
    found = store.run(run)
    return str(found["repository"]) if found else ""


_problems = msgspec.msgpack.Decoder(tuple[Problem, ...]).decode
