"""One writing transaction of the union repository (写入批次)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from indexer import likely, pair_verdicts
from indexer.earlier import Row, keep, put_back
from indexer.prepare import Prepared
from indexer.problem import Problem
from indexer.regroup import BlockTooLarge, decode_features, held_keys, numbers_of, regroup
from indexer.rows import insert_rows, select_in
from indexer.tables import (
    CONTENT,
    DELETED,
    KEY,
    LIVE,
    RETIRED,
    REVIEW_PAIR,
    RUN_PROBLEM,
    SOURCE,
    SUPPRESSED,
    chunks,
)


class Counts(msgspec.Struct):
    """What a load did (计数); the public last line of ``ereader load --json``."""

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    refused: int = 0
    problems: int = 0


class Written(msgspec.Struct):
    """What the index must follow after a batch (写入结果)."""

    added: list[Prepared] = []  # new and alone: their own documents hold
    replaced: set[str] = set()  # union ids whose documents must be made again
    retired: set[str] = set()  # union ids that are no more


class _Held(NamedTuple):
    """What the store holds of a record that comes again."""

    uid: str
    number: int
    cluster: str | None
    state: int
    checksum: bytes
    modified: str
    features: bytes | None
    run: int


class Batch:
    """Writes prepared records; one object for one transaction (写入批次)."""

    def __init__(
        self, connection: sa.Connection, repository: str, run: int, now: str, take_older: bool = False
    ) -> None:
        self._connection, self._repository, self._run, self._now = connection, repository, run, now
        self._take_older = take_older
        # Asked for one by one: a database answers both together by reading a whole index.
        self._number = connection.execute(sa.select(sa.func.max(SOURCE.c.number))).scalar() or 0
        self._seq = connection.execute(sa.select(sa.func.max(SOURCE.c.seq))).scalar() or 0
        self._told: list[tuple[str, Problem]] = []

    def write(self, batch: Sequence[Prepared], counts: Counts) -> Written:
        """Writes, clusters, counts; answers with what the index must follow."""
        inserts, updates = self._sort_out(self._last_of_each(batch, counts), counts)
        shared = self._shared_keys(inserts)
        self._insert(inserts)
        keep(self._connection, self._run, [row.number for row, _ in updates])
        self._update(updates)
        groups = self._regroup(shared, updates, inserts)
        written = self._follow(inserts, updates, groups)
        if self._told:
            rows = [
                {"run": self._run, "uid": u, "problem": msgspec.json.encode(p).decode()}
                for u, p in self._told
            ]
            self._connection.execute(sa.insert(RUN_PROBLEM), rows)
        return written

    def restore(self, rows: Sequence[Row], batch: Sequence[Prepared]) -> Written:
        """Puts back what a load changed or brought; ``batch`` is each row as it is to be."""
        held = self._held([one.uid for one in batch])
        updates = [(held[one.uid], one) for one in batch]
        self._update(updates)
        put_back(self._connection, self._run, rows)
        return self._follow([], updates, self._regroup(set(), updates))

    def decide_again(self, uids: Sequence[str]) -> Written:
        """Clusters anew everything that hangs together with these records, after somebody's verdict on them.

        Raises BlockTooLarge, with nothing changed.
        """
        return self._follow([], [], regroup(self._connection, set(), numbers_of(self._connection, uids)))

    def _last_of_each(self, batch: Sequence[Prepared], counts: Counts) -> dict[str, Prepared]:
        """One record for each uid: the last, unless it is an older version."""
        last: dict[str, Prepared] = {}
        counts.read += len(batch)
        for one in batch:
            counts.problems += len(one.problems)
            held = last.get(one.uid)
            if not one.uid:
                counts.refused += 1
                self._told += [("", problem) for problem in one.problems]
            elif held is None:
                last[one.uid] = one
            else:
                counts.unchanged += 1
                if one.checksum != held.checksum:
                    self._tell_twice(one, counts)
                if not self._older(one, held.modified):
                    last[one.uid] = one
        return last

    def _sort_out(
        self, last: dict[str, Prepared], counts: Counts
    ) -> tuple[list[Prepared], list[tuple[_Held, Prepared]]]:
        """What is to be inserted, and what is to be updated with the row it updates."""
        held = self._held(list(last))
        inserts: list[Prepared] = []
        updates: list[tuple[_Held, Prepared]] = []
        for uid, one in last.items():
            row = held.get(uid)
            if row is None:
                inserts.append(one)
                if one.deleted:
                    counts.deleted += 1
                else:
                    counts.new += 1
            elif row.checksum == one.checksum:
                counts.unchanged += 1
            elif self._older(one, row.modified):
                counts.unchanged += 1
                message = f"dated {one.modified}, older than the version of {row.modified}, which is kept"
                self._tell(one, Problem("older-version", "info", message, position=one.position), counts)
            else:
                if row.run == self._run:
                    self._tell_twice(one, counts)
                updates.append((row, one))
                if not one.deleted and row.state == DELETED and not row.run:
                    counts.new += 1  # only an undone load knew it
                elif not one.deleted:
                    counts.changed += 1
                elif row.state != DELETED:
                    counts.deleted += 1
                else:
                    counts.unchanged += 1
        return inserts, updates

    def _older(self, one: Prepared, modified: str) -> bool:
        return not self._take_older and bool(one.modified) and bool(modified) and one.modified < modified

    def _tell(self, one: Prepared, problem: Problem, counts: Counts) -> None:
        counts.problems += 1
        self._told.append((one.uid, problem))

    def _tell_twice(self, one: Prepared, counts: Counts) -> None:
        message = "two different records of this load have this id; the later or newer one is kept"
        self._tell(
            one,
            Problem("id-twice", "warning", message, position=one.position, value=one.local_id[:200]),
            counts,
        )

    def _held(self, uids: list[str]) -> dict[str, _Held]:
        c = SOURCE.c
        columns = (c.uid, c.number, c.cluster, c.state, c.checksum, c.modified, c.features, c.run)
        return {row[0]: _Held(*row) for row in select_in(self._connection, columns, c.uid, uids)}

    def _insert(self, batch: list[Prepared]) -> None:
        """Rows in the order of the columns of ``tables``."""
        sources, contents, keys = [], [], []
        for one in batch:
            self._number += 1
            self._seq += 1
            number = self._number
            sources.append(
                (
                    number,
                    one.uid,
                    self._repository,
                    one.local_id,
                    None,
                    self._seq,
                    _state(one),
                    one.checksum,
                    one.modified,
                    one.embargo_until,
                    one.features or None,
                    self._now,
                    self._now,
                    self._run,
                )
            )
            contents.append(
                (
                    number,
                    one.format,
                    one.charset,
                    one.position,
                    max(one.context, 0),
                    one.original,
                    one.record,
                    _encode(one.problems) if one.problems else None,
                )
            )
            keys += [(key, number) for key in one.keys]
        insert_rows(self._connection, SOURCE, sources)
        insert_rows(self._connection, CONTENT, contents)
        insert_rows(self._connection, KEY, keys)

    def _update(self, batch: list[tuple[_Held, Prepared]]) -> None:
        execute = self._connection.execute
        # What was found of a record that is another now is no reason to ask, and of one that is gone nothing
        # stays.
        for some in chunks([row.uid for row, _ in batch]):
            for column in (REVIEW_PAIR.c.one, REVIEW_PAIR.c.other):
                execute(sa.delete(REVIEW_PAIR).where(column.in_(some)))
        sources, contents, alone, gone, keys = [], [], [], [], []
        for row, one in batch:
            at = {"of": row.number}
            sources.append(at | self._changing(one))
            contents.append(at | _content(one))
            if not one.keys:
                alone.append(at)  # no key can hold it any more
            gone += [{"of": row.number, "held": key} for key in _keys(row)]
            keys += [(key, row.number) for key in one.keys]
        _change(self._connection, SOURCE, sources)
        _change(self._connection, CONTENT, contents)
        if alone:
            execute(
                sa.update(SOURCE).where(SOURCE.c.number == sa.bindparam("of")).values(cluster=None), alone
            )
        if gone:
            held = (KEY.c.number == sa.bindparam("of")) & (KEY.c.key == sa.bindparam("held"))
            execute(sa.delete(KEY).where(held), gone)
        insert_rows(self._connection, KEY, keys)

    def _changing(self, one: Prepared) -> dict[str, Any]:
        self._seq += 1
        return {
            "seq": self._seq,
            "state": _state(one),
            "checksum": one.checksum,
            "modified": one.modified,
            "embargo_until": one.embargo_until,
            "features": one.features or None,
            "changed": self._now,
            "run": self._run,
        }

    def _shared_keys(self, inserts: list[Prepared]) -> set[int]:
        """Keys of new records that another record has too; asked before they are written, so nearly always
        empty.
        """
        seen: set[int] = set()
        shared: set[int] = set()
        for one in inserts:
            for key in one.keys:
                (shared if key in seen else seen).add(key)
        return shared | held_keys(self._connection, seen)

    def _regroup(
        self, shared: set[int], updates: list[tuple[_Held, Prepared]], inserts: Sequence[Prepared] = ()
    ) -> dict[str, tuple[str, str]]:
        keys = shared.union(key for _, one in updates for key in one.keys)
        keys.update(key for row, _ in updates for key in _keys(row))
        changed = {row.number for row, one in updates if one.keys}
        if updates and likely.exist(self._connection):
            # What was decided of another version counts no more, and whom it held together is decided again.
            beside = likely.forget(self._connection, [row.uid for row, _ in updates])
            changed |= numbers_of(self._connection, beside)
        if pair_verdicts.exist(self._connection):
            uids = [*(one.uid for one in inserts), *(one.uid for _, one in updates)]
            changed |= numbers_of(self._connection, pair_verdicts.partners(self._connection, uids))
        try:
            return regroup(self._connection, keys, changed) if keys or changed else {}
        except BlockTooLarge as error:
            self._told.append(("", Problem("block-too-large", "warning", f"{error}; they stay as they are")))
            return {}

    def _follow(
        self,
        inserts: list[Prepared],
        updates: list[tuple[_Held, Prepared]],
        groups: dict[str, tuple[str, str]],
    ) -> Written:
        """Which documents the index must write and which it must forget."""
        written = Written([], set(), set())
        touched: dict[str, str] = {}  # uid → union id now, empty when deleted
        affected: set[str] = set()
        for one in inserts:
            touched[one.uid] = "" if one.deleted else groups[one.uid][1] if one.uid in groups else one.uid
        for row, one in updates:
            alone = (row.cluster if one.keys else None) or one.uid
            touched[one.uid] = "" if one.deleted else groups[one.uid][1] if one.uid in groups else alone
            if row.state != DELETED:
                affected.add(row.cluster or one.uid)
        for one in inserts:
            if one.uid in groups or not one.documents or one.deleted or one.embargo_until:
                affected.add(touched[one.uid])
            else:
                written.added.append(one)
        affected.update(touched[one.uid] for _, one in updates)
        new = {one.uid for one in inserts}
        for uid, (before, now) in groups.items():
            if before != now:
                affected.add(now)
                if uid not in new:
                    affected.add(before)
        affected.discard("")
        alive = {now for _, now in groups.values()} | set(touched.values())
        written.replaced = affected & alive
        written.retired = affected - alive
        self._note_retired(written)
        # A union that lost a member has no member that changed itself; its first one is marked for the index.
        fresh = set(touched.values())
        for chunk in chunks(sorted(written.replaced - fresh)):
            self._seq += 1
            self._connection.execute(sa.update(SOURCE).where(SOURCE.c.uid.in_(chunk)).values(seq=self._seq))
        return written

    def _note_retired(self, written: Written) -> None:
        for chunk in chunks([*written.retired, *written.replaced]):
            self._connection.execute(sa.delete(RETIRED).where(RETIRED.c.id.in_(chunk)))
        if written.retired:
            rows = [{"id": id, "seq": self._seq} for id in sorted(written.retired)]
            self._connection.execute(sa.insert(RETIRED), rows)


def _state(one: Prepared) -> int:
    return DELETED if one.deleted else SUPPRESSED if one.suppressed else LIVE


def _keys(row: _Held) -> tuple[int, ...]:
    return decode_features(row.features).keys if row.features else ()


def _change(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    """Rows with the ``number`` of what they change as ``of``; all have the same columns."""
    if rows:
        changed: dict[str, Any] = {name: sa.bindparam(f"new_{name}") for name in rows[0] if name != "of"}
        statement = sa.update(table).where(table.c.number == sa.bindparam("of")).values(changed)
        given = [{k if k == "of" else f"new_{k}": v for k, v in row.items()} for row in rows]
        connection.execute(statement, given)


def _content(one: Prepared) -> dict[str, Any]:
    return {
        "format": one.format,
        "charset": one.charset,
        "position": one.position,
        "context": max(one.context, 0),
        "original": one.original,
        "record": one.record,
        "problems": _encode(one.problems) if one.problems else None,
    }


_encode = msgspec.msgpack.Encoder().encode
