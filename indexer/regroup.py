"""Clustering after a change (重新聚类): everything that shares a key with what changed, or is the same by
somebody's verdict, directly or through others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from indexer import likely, pair_verdicts
from indexer.likeness import Description, decide
from indexer.match import Features, cluster
from indexer.rows import select_in
from indexer.tables import DELETED, KEY, SOURCE

MAX_BLOCK = 20_000  # records joined by shared keys beyond which a block is left as it is, with a problem


class BlockTooLarge(Exception):
    """More records hang together by shared keys than may be clustered at once."""


def regroup(connection: sa.Connection, keys: set[int], numbers: Iterable[int]) -> dict[str, tuple[str, str]]:
    """uid → (union id before, union id now) of every record connected with these keys.

    ``keys`` are those that several records have, or that records have gained or lost; ``numbers`` are the
    rows of records that changed. Clusters that differ are written. Raises BlockTooLarge, with nothing
    changed, when too many hang together.
    """
    frontier = {n for found in _holders(connection, keys).values() for n in found}.union(numbers)
    if not frontier:
        return {}
    judged, compared = pair_verdicts.exist(connection), likely.exist(connection)
    rows = _closure(connection, keys, frontier, judged, compared)
    features = [_features(row) for row in rows.values()]
    said = (
        pair_verdicts.decided(connection, [row.uid for row in rows.values()])
        if judged
        else pair_verdicts.NOTHING
    )
    rules = likely.decided(connection, [row.uid for row in rows.values()]) if compared else likely.NOTHING
    vetoed = _Vetoes(connection, {row.uid: row.number for row in rows.values()})
    assigned = cluster(features, said.same, said.apart, rules.same, rules.apart, vetoed)
    size: dict[str, int] = defaultdict(int)
    for union_id in assigned.values():
        size[union_id] += 1
    groups: dict[str, tuple[str, str]] = {}
    changes = []
    for row in rows.values():
        union_id = assigned[row.uid]
        column = union_id if size[union_id] > 1 else None
        if row.cluster != column:
            changes.append({"of": row.number, "now": column})
        groups[row.uid] = (row.cluster or row.uid, union_id)
    if changes:
        update = (
            sa.update(SOURCE).where(SOURCE.c.number == sa.bindparam("of")).values(cluster=sa.bindparam("now"))
        )
        connection.execute(update, changes)
    return groups


class _Vetoes:
    """Whether the rules of likeness part two records, whose descriptions are made when they are asked for."""

    def __init__(self, connection: sa.Connection, numbers: Mapping[str, int]) -> None:
        self._connection, self._numbers = connection, numbers
        self._known: dict[str, Description] = {}

    def __call__(self, a: str, b: str) -> bool:
        missing = [self._numbers[uid] for uid in (a, b) if uid not in self._known]
        self._known.update((d.id, d) for _, d in likely.descriptions(self._connection, missing))
        if a not in self._known or b not in self._known:
            return False
        verdict = decide(self._known[a], self._known[b])
        return verdict.outcome == "different" and verdict.rule != ""


def _closure(
    connection: sa.Connection, seen: set[int], frontier: set[int], judged: bool, compared: bool
) -> dict[int, _Row]:
    rows: dict[int, _Row] = {}
    while frontier:
        if len(rows) + len(frontier) > MAX_BLOCK:
            raise BlockTooLarge(f"more than {MAX_BLOCK} records share keys with one another")
        found = _rows(connection, frontier)
        rows |= found
        new = {key for row in found.values() for key in _features(row).keys} - seen
        seen = seen | new
        frontier = {n for held in _holders(connection, new).values() for n in held}
        if judged and found:
            beside = pair_verdicts.decided(connection, [row.uid for row in found.values()]).same
            frontier |= numbers_of(connection, {uid for pair in beside for uid in pair})
        if compared and found:
            pairs = likely.decided(connection, [row.uid for row in found.values()]).same
            frontier |= numbers_of(connection, {uid for pair in pairs for uid in pair})
        frontier -= rows.keys()
    return rows


def numbers_of(connection: sa.Connection, uids: Iterable[str]) -> set[int]:
    """The rows of those of these records that are there and not deleted."""
    columns = (SOURCE.c.number, SOURCE.c.state)
    return {row[0] for row in select_in(connection, columns, SOURCE.c.uid, uids) if row[1] != DELETED}


def held_keys(connection: sa.Connection, keys: Iterable[int]) -> set[int]:
    """Which of these keys a stored record has."""
    return {row[0] for row in select_in(connection, (KEY.c.key,), KEY.c.key, keys)}


def _holders(connection: sa.Connection, keys: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for key, number in select_in(connection, (KEY.c.key, KEY.c.number), KEY.c.key, keys):
        found[key].append(number)
    return found


class _Row(NamedTuple):
    number: int
    uid: str
    cluster: str | None
    features: bytes | None


def _rows(connection: sa.Connection, numbers: Iterable[int]) -> dict[int, _Row]:
    columns = (SOURCE.c.number, SOURCE.c.uid, SOURCE.c.cluster, SOURCE.c.features)
    return {row[0]: _Row(*row) for row in select_in(connection, columns, SOURCE.c.number, numbers)}


def _features(row: _Row) -> Features:
    return decode_features(row.features) if row.features else Features(row.uid)


decode_features = msgspec.msgpack.Decoder(Features).decode
