"""Stored records that the rules of ``indexer.likeness`` hold to be the same, or apart, joined as they come
(相似合并): a stage of its own behind loading, in small steps, each in one transaction.

What changed since the last step has a higher ``seq`` in the store than the step has noted, so a process that
is killed loses nothing and does nothing twice. Pairs are a function of the records that are there: two are
compared when they share a key that no more than `MAX_BLOCK` records have; by a key that more have nobody is
brought together, in whatever order they came. Clusters are a function of records, pairs and what people said
(``match.cluster``).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import msgspec
import sqlalchemy as sa

from indexer.likeness import VERSION, Description, Verdict, decide, describe
from indexer.likeness.block import stored_keys
from indexer.likeness.decide import ABOVE_KEYS
from indexer.pack import unpack
from indexer.pair_verdicts import Pair, pair_of
from indexer.records.record import Record
from indexer.rows import insert_rows, select_in, set_state
from indexer.tables import CONTENT, DELETED, METADATA, NUMBER, SOURCE, STATE, chunks

MAX_BLOCK = 60  # records beside one key beyond which it brings nobody together
PAGE = 1_000  # records of one step

KEY = sa.Table(
    "likely_key",
    METADATA,
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
DONE = sa.Table(  # of which version of a record the keys are, and by which rules it was decided
    "likely_done",
    METADATA,
    sa.Column("number", NUMBER, primary_key=True, autoincrement=False),
    sa.Column("checksum", sa.LargeBinary(16), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("keys", sa.LargeBinary, nullable=False),
)
PAIR = sa.Table(
    "likely_pair",
    METADATA,
    sa.Column("one", sa.String(16), primary_key=True),
    sa.Column("other", sa.String(16), primary_key=True),
    sa.Column("outcome", sa.String(12), nullable=False),  # same; different: stands against an equal key
    sa.Column("rule", sa.String(64), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),  # of the rules
    sa.Column("score", sa.Float, nullable=False),
    sa.Index("likely_pair_other", "other"),
)


class Decided(NamedTuple):
    """What the rules say of stored pairs (规则判定): pair → score of those that are the same, and those that
    are apart although they share an identifier and the title.
    """

    same: Mapping[Pair, float]
    apart: frozenset[Pair]


NOTHING = Decided({}, frozenset())


class Asked(NamedTuple):
    """A pair that a person should see (待审)."""

    one: Description
    other: Description
    verdict: Verdict


class Step(NamedTuple):
    """What one step found (一步结果): records whose clusters must be decided again, questions, and how many
    records it compared.
    """

    uids: list[str]
    asked: list[Asked]
    done: int


class _Row(NamedTuple):
    number: int
    uid: str
    state: int
    checksum: bytes
    seq: int


def exist(connection: sa.Connection) -> bool:
    """Whether there are any pairs."""
    return connection.execute(sa.select(PAIR.c.one).limit(1)).first() is not None


def decided(connection: sa.Connection, uids: Iterable[str]) -> Decided:
    """What is stored of the pairs that one of these records is in."""
    same: dict[Pair, float] = {}
    apart: set[Pair] = set()
    for one, other, outcome, score in _pairs(connection, uids):
        if outcome == "same":
            same[one, other] = score
        else:
            apart.add((one, other))
    return Decided(same, frozenset(apart)) if same or apart else NOTHING


def forget(connection: sa.Connection, uids: Iterable[str]) -> set[str]:
    """Takes out the pairs of records that are another now or gone; the records of those pairs."""
    wanted = sorted(set(uids))
    found = {uid for one, other, *_ in _pairs(connection, wanted) for uid in (one, other)}
    for some in chunks(wanted if found else ()):
        for column in (PAIR.c.one, PAIR.c.other):
            connection.execute(sa.delete(PAIR).where(column.in_(some)))
    return found


def pending(connection: sa.Connection) -> int:
    """How many records have changed since the last step, or are to be decided by new rules."""
    query = sa.select(sa.func.count()).select_from(SOURCE).where(SOURCE.c.seq > _mark(connection))
    return int(connection.execute(query).scalar() or 0)


def step(connection: sa.Connection) -> Step | None:
    """Decides the next records; None when there are none. Clusters are not touched."""
    rows = _next(connection, _mark(connection))
    if not rows:
        return None
    work = _Work(connection)
    taken = _changed(connection, rows)
    work.take(taken)
    changed, asked = work.decide()
    set_state(connection, "likely_seq", str(rows[-1].seq))
    set_state(connection, "likely_rules", str(VERSION))
    return Step(sorted(changed), asked, len(taken))


def descriptions(connection: sa.Connection, numbers: Iterable[int]) -> Iterator[tuple[int, Description]]:
    """(row, description) of stored records, as far as they are there."""
    named = select_in(connection, (SOURCE.c.number, SOURCE.c.uid), SOURCE.c.number, numbers)
    uids: dict[int, str] = dict(map(tuple, named))
    columns = (CONTENT.c.number, CONTENT.c.record)
    for number, blob in select_in(connection, columns, CONTENT.c.number, uids):
        yield number, describe(uids[number], _decode(unpack(blob)))


class _Work:
    """One step: what changed, what it is compared with, what follows (一步)."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._descriptions: dict[int, Description] = {}
        self._keys: dict[int, tuple[int, ...]] = {}  # of records that are compared anew
        self._held: dict[int, set[int]] = defaultdict(set)  # key → rows, for all keys of those
        self._gone: set[str] = set()

    def take(self, rows: list[_Row]) -> None:
        """Writes the keys of changed records; those of a block that grew too large, or small enough again,
        are compared anew too.
        """
        execute = self._connection.execute
        numbers = [row.number for row in rows]
        before = self._stored(numbers)
        live = [row for row in rows if row.state != DELETED]
        self._gone = {row.uid for row in rows if row.state == DELETED}
        self._descriptions.update(descriptions(self._connection, [row.number for row in live]))
        now = {row.number: keys_of(self._descriptions[row.number]) for row in live}
        asked = {key for keys in (*before.values(), *now.values()) for key in keys}
        held = self._holders(asked)
        sizes = {key: len(found) for key, found in held.items()}
        added, taken = [], []
        for number in numbers:
            old, new = set(before.get(number, ())), set(now.get(number, ()))
            taken += [(key, number) for key in old - new]
            added += [(key, number) for key in new - old]
        for key, number in taken:
            held[key].discard(number)
            execute(sa.delete(KEY).where(KEY.c.key == key, KEY.c.number == number))
        for key, number in added:
            held[key].add(number)
        insert_rows(self._connection, KEY, sorted(added))
        for some in chunks(numbers):
            execute(sa.delete(DONE).where(DONE.c.number.in_(some)))
        insert_rows(
            self._connection,
            DONE,
            [(r.number, r.checksum, VERSION, _encode(now[r.number])) for r in live],
        )
        crossed = {key for key in asked if (sizes.get(key, 0) > MAX_BLOCK) != (len(held[key]) > MAX_BLOCK)}
        beside = {number for key in crossed for number in held[key]} - now.keys()
        self._keys = {**now, **self._stored(beside)}
        self._held.update(held)
        self._held.update(self._holders({k for n in beside for k in self._keys.get(n, ())} - held.keys()))

    def decide(self) -> tuple[set[str], list[Asked]]:
        """Writes the pairs of all that is compared anew; the uids of pairs that came, went or changed."""
        beside = {
            number: {
                other
                for key in keys
                if 1 < len(self._held[key]) <= MAX_BLOCK
                for other in self._held[key]
                if other != number
            }
            for number, keys in self._keys.items()
        }
        wanted = {*self._keys, *(other for found in beside.values() for other in found)}
        self._descriptions.update(descriptions(self._connection, wanted - self._descriptions.keys()))
        exact = self._exact(wanted)
        now: dict[Pair, Verdict] = {}
        asked: list[Asked] = []
        seen: set[tuple[int, int]] = set()
        for number, others in sorted(beside.items()):
            for other in sorted(others):
                place = (number, other) if number < other else (other, number)
                if place in seen:
                    continue
                seen.add(place)
                a, b = self._descriptions[number], self._descriptions[other]
                verdict = decide(a, b)
                if verdict.outcome == "same":
                    now[pair_of(a.id, b.id)] = verdict
                elif verdict.outcome == "ask":
                    asked.append(Asked(a, b, verdict) if a.id < b.id else Asked(b, a, verdict))
                elif verdict.rule in ABOVE_KEYS and not exact[number].isdisjoint(exact[other]):
                    now[pair_of(a.id, b.id)] = verdict
        uids = {self._descriptions[number].id for number in self._keys} | self._gone
        before = {
            (one, other): (outcome, score) for one, other, outcome, score in _pairs(self._connection, uids)
        }
        after = {pair: (verdict.outcome, verdict.score) for pair, verdict in now.items()}
        changed = {uid for pair, _ in before.items() ^ after.items() for uid in pair}
        forget(self._connection, uids)
        rows = [(*pair, v.outcome, v.rule, VERSION, v.score) for pair, v in sorted(now.items())]
        insert_rows(self._connection, PAIR, rows)
        return changed - self._gone, asked

    def _stored(self, numbers: Iterable[int]) -> dict[int, tuple[int, ...]]:
        found = select_in(self._connection, (DONE.c.number, DONE.c["keys"]), DONE.c.number, numbers)
        return {number: _decode_keys(keys) for number, keys in found}

    def _holders(self, keys: Iterable[int]) -> dict[int, set[int]]:
        found: dict[int, set[int]] = {key: set() for key in keys}
        for key, number in select_in(self._connection, (KEY.c.key, KEY.c.number), KEY.c.key, list(found)):
            found[key].add(number)
        return found

    def _exact(self, numbers: Iterable[int]) -> dict[int, frozenset[int]]:
        """The keys of exact matching; see ``match.block``."""
        from indexer.regroup import decode_features

        columns = (SOURCE.c.number, SOURCE.c.features)
        return {
            number: frozenset(decode_features(blob).keys) if blob else frozenset()
            for number, blob in select_in(self._connection, columns, SOURCE.c.number, numbers)
        }


def keys_of(description: Description) -> tuple[int, ...]:
    """The keys under which a record is stored, as numbers in their order."""
    digests = (
        hashlib.blake2b(key.encode("utf-8", "replace"), digest_size=8).digest()
        for key in stored_keys(description)
    )
    return tuple(sorted({int.from_bytes(digest, "big", signed=True) for digest in digests}))


def _next(connection: sa.Connection, mark: int) -> list[_Row]:
    c = SOURCE.c
    query = sa.select(c.number, c.uid, c.state, c.checksum, c.seq).order_by(c.seq, c.number)
    found = connection.execute(query.where(c.seq > mark).limit(PAGE)).all()
    if len(found) == PAGE:
        # Several may have the last ``seq``, and not all of them be here.
        last = found[-1].seq
        found = [row for row in found if row.seq < last] or connection.execute(
            query.where(c.seq == last)
        ).all()
    return [_Row(number, uid, state, bytes(checksum), seq) for number, uid, state, checksum, seq in found]


def _changed(connection: sa.Connection, rows: list[_Row]) -> list[_Row]:
    """Those that are not as they were when they were decided, by the rules of today."""
    columns = (DONE.c.number, DONE.c.checksum, DONE.c.version)
    found = select_in(connection, columns, DONE.c.number, [row.number for row in rows])
    done = {number: (bytes(checksum), version) for number, checksum, version in found}
    return [
        row
        for row in rows
        if (row.number in done if row.state == DELETED else done.get(row.number) != (row.checksum, VERSION))
    ]


def rules(connection: sa.Connection, uids: Iterable[str]) -> dict[Pair, str]:
    """Which rule holds these records to be the same: pair → its id."""
    wanted = set(uids)
    columns = (PAIR.c.one, PAIR.c.other, PAIR.c.outcome, PAIR.c.rule)
    return {
        (one, other): rule
        for one, other, outcome, rule in select_in(connection, columns, PAIR.c.one, sorted(wanted))
        if outcome == "same" and other in wanted
    }


def _pairs(connection: sa.Connection, uids: Iterable[str]) -> set[tuple[str, str, str, float]]:
    columns = (PAIR.c.one, PAIR.c.other, PAIR.c.outcome, PAIR.c.score)
    wanted = sorted(set(uids))
    return {
        (row[0], row[1], row[2], row[3])
        for column in (PAIR.c.one, PAIR.c.other)
        for row in select_in(connection, columns, column, wanted)
    }


def _mark(connection: sa.Connection) -> int:
    found = dict(
        connection.execute(
            sa.select(STATE.c.name, STATE.c.value).where(STATE.c.name.in_(("likely_seq", "likely_rules")))
        ).all()
    )
    # By other rules all is decided anew.
    return int(found.get("likely_seq", 0)) if found.get("likely_rules") == str(VERSION) else 0


_decode = msgspec.msgpack.Decoder(Record).decode
_encode = msgspec.msgpack.Encoder().encode
_decode_keys = msgspec.msgpack.Decoder(tuple[int, ...]).decode
