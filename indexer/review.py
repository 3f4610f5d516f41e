"""Pairs of records that a person should see (待审对): found by the rules of ``indexer.likeness`` among the
records of a repository and all that are stored, kept with the rule and the values that decided.

All of them are gone through once for every `SLICE` records of the repository, so memory stays the same
however many there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec
import sqlalchemy as sa

from indexer.likely import Asked
from indexer.likeness import VERSION, Description, Verdict, decide, describe, why
from indexer.likeness.block import keys_of, script_key
from indexer.pack import unpack
from indexer.pair_verdicts import ACT, WORD, Pair, pair_of
from indexer.records.record import Record
from indexer.rows import in_pages, select_in
from indexer.tables import CONTENT, DELETED, RECORD_FLAG, SOURCE, chunks
from indexer.tables import REVIEW_PAIR as PAIR

SLICE = 20_000  # records of the repository that are compared at a time
PAGE = 1_000  # rows read at a time
MOST_BLOCK = 80  # records beside one key that are compared; how many keys had more is told
MOST_WHY = 12
MOST_ASKED = 5  # questions about one record that come up by themselves

Tell = Callable[[int, int], None]  # records gone through, of how many


class Suspect(msgspec.Struct, frozen=True):
    """A pair to be judged (待审对)."""

    number: int
    one: str
    other: str
    outcome: str
    rule: str
    version: int
    score: float
    why: tuple[str, ...]
    found: str


class Found(msgspec.Struct, frozen=True):
    """What a search for pairs found (查找结果). ``large``: keys that more records share than are compared."""

    compared: int
    pairs: int
    large: int


class _Stored(NamedTuple):
    uid: str
    union: str
    repository: str
    description: Description


def find(engine: sa.Engine, repository: str, now: str, tell: Tell = lambda *_: None) -> Found:
    """Looks for the pairs of a repository, and keeps them in place of those found before."""
    with engine.connect() as connection:
        live = sa.select(sa.func.count()).select_from(SOURCE).where(SOURCE.c.state != DELETED)
        total = int(connection.execute(live).scalar() or 0)
        own_total = int(connection.execute(live.where(SOURCE.c.repository == repository)).scalar() or 0)
    rounds = max(1, -(-own_total // SLICE))
    best: dict[Pair, dict[str, Any]] = {}
    large = done = 0
    own = _stored(engine, repository)
    for _ in range(rounds):
        some = [one for _, one in zip(range(SLICE), own, strict=False)]
        blocks: dict[int, list[int]] = defaultdict(list)
        for at, one in enumerate(some):
            for key in _keys(one.description):
                blocks[key].append(at)
        met: dict[int, int] = defaultdict(int)
        for other in _stored(engine):
            done += 1
            if done % PAGE == 0:
                tell(done, total * rounds)
            for at in _beside(other, blocks, met):
                _compare(some[at], other, repository, best, now)
        large += sum(count > MOST_BLOCK for count in met.values())
    _keep(engine, repository, list(best.values()))
    return Found(own_total, len(best), large)


def _beside(other: _Stored, blocks: dict[int, list[int]], met: dict[int, int]) -> set[int]:
    found: set[int] = set()
    for key in _keys(other.description):
        if key in blocks:
            met[key] += 1
            if met[key] <= MOST_BLOCK:
                found.update(blocks[key][:MOST_BLOCK])
    return found


def _compare(
    one: _Stored, other: _Stored, repository: str, best: dict[Pair, dict[str, Any]], now: str
) -> None:
    if one.union == other.union or (other.repository == repository and other.uid <= one.uid):
        return
    verdict = decide(one.description, other.description)
    if verdict.outcome == "different":
        return
    # Of two union records one pair is asked: the one that is most likely the same.
    unions, pair = pair_of(one.union, other.union), pair_of(one.uid, other.uid)
    held = best.get(unions)
    if held is not None and (-held["score"], held["one"], held["other"]) <= (-verdict.score, *pair):
        return
    first, second = (one, other) if one.uid < other.uid else (other, one)
    best[unions] = _row(
        first.description, second.description, first.repository, second.repository, verdict, now
    )


def _row(
    one: Description, other: Description, one_from: str, other_from: str, verdict: Verdict, now: str
) -> dict[str, Any]:
    told = why(one, other, verdict)[:MOST_WHY]
    return {
        "one": one.id, "other": other.id, "one_repository": one_from, "other_repository": other_from,
        "outcome": verdict.outcome, "rule": verdict.rule, "version": VERSION, "score": verdict.score,
        "why": msgspec.json.encode([line[:400] for line in told]).decode(), "found": now,
    }  # fmt: skip


def ask(connection: sa.Connection, asked: Iterable[Asked], now: str) -> None:
    """Keeps pairs that came up while records were compared as they came (see ``likely``), of each record the
    likeliest few.
    """
    count: dict[str, int] = defaultdict(int)
    kept = []
    for pair in sorted(asked, key=lambda p: (-p.verdict.score, p.one.id, p.other.id)):
        if max(count[pair.one.id], count[pair.other.id]) < MOST_ASKED:
            count[pair.one.id] += 1
            count[pair.other.id] += 1
            kept.append(pair)
    if not kept:
        return
    uids = sorted({uid for pair in kept for uid in (pair.one.id, pair.other.id)})
    owners = select_in(connection, (SOURCE.c.uid, SOURCE.c.repository), SOURCE.c.uid, uids)
    source: dict[str, str] = dict(map(tuple, owners))
    known = {(row[0], row[1]) for row in select_in(connection, (PAIR.c.one, PAIR.c.other), PAIR.c.one, uids)}
    rows = [
        _row(pair.one, pair.other, source[pair.one.id], source[pair.other.id], pair.verdict, now)
        for pair in kept
        if (pair.one.id, pair.other.id) not in known
    ]
    for some in chunks(rows):
        connection.execute(sa.insert(PAIR), some)


def _keep(engine: sa.Engine, repository: str, rows: list[dict[str, Any]]) -> None:
    about = (PAIR.c.one_repository == repository) | (PAIR.c.other_repository == repository)
    with engine.begin() as connection:
        connection.execute(sa.delete(PAIR).where(about))
        for some in chunks(sorted(rows, key=lambda r: (-r["score"], r["one"], r["other"]))):
            connection.execute(sa.insert(PAIR), some)


def _keys(description: Description) -> set[int]:
    keys = {*keys_of(description)}
    across = script_key(description)
    if across:
        keys.add(f"p{across}")
    # Numbers, because millions of texts would fill the memory.
    return {hash(key) for key in keys}


def _stored(engine: sa.Engine, repository: str = "") -> Iterator[_Stored]:
    """Records as matching sees them, in the order in which they are stored; not those that are hidden."""
    columns = (SOURCE.c.number, SOURCE.c.uid, SOURCE.c.cluster, SOURCE.c.repository, CONTENT.c.record)
    query = sa.select(*columns, RECORD_FLAG.c.deleted).join(CONTENT, CONTENT.c.number == SOURCE.c.number)
    query = query.join(RECORD_FLAG, RECORD_FLAG.c.uid == SOURCE.c.uid, isouter=True)
    query = query.where(SOURCE.c.state != DELETED)
    if repository:
        query = query.where(SOURCE.c.repository == repository)
    for rows in in_pages(engine, query, SOURCE.c.number, PAGE):
        for _, uid, cluster, source, blob, gone in rows:
            if not gone:
                yield _Stored(uid, cluster or uid, source, describe(uid, _decode(unpack(blob))))


def listed(
    connection: sa.Connection,
    own: Collection[str],
    visible: Collection[str],
    queue: str,
    actor: str,
    *,
    after: int = 0,
    limit: int = 50,
) -> list[Suspect]:
    """Pairs with a record of one's ``own`` repositories and none of others than the ``visible`` ones, the
    likeliest first.

    Queues: ``open`` (nobody has judged), ``second`` (others have and ``actor`` has not), ``disputed``
    (people differ), ``judged`` (by ``actor``). ``after``: those behind the pair of this number.
    """
    query = _of(sa.select(PAIR), own, visible, queue, actor).order_by(PAIR.c.score.desc(), PAIR.c.number)
    if after:
        score = connection.execute(sa.select(PAIR.c.score).where(PAIR.c.number == after)).scalar()
        if score is not None:
            later = (PAIR.c.score == score) & (PAIR.c.number > after)
            query = query.where((PAIR.c.score < score) | later)
    return [_suspect(row) for row in connection.execute(query.limit(limit))]


def counted(
    connection: sa.Connection, own: Collection[str], visible: Collection[str], queue: str, actor: str
) -> int:
    """How many pairs `listed` would give in all."""
    query = sa.select(sa.func.count()).select_from(PAIR)
    return int(connection.execute(_of(query, own, visible, queue, actor)).scalar() or 0)


def suspect(connection: sa.Connection, number: int = 0, pair: Pair | None = None) -> Suspect | None:
    """One pair by its number, or by its records."""
    wanted = PAIR.c.number == number if pair is None else (PAIR.c.one == pair[0]) & (PAIR.c.other == pair[1])
    row = connection.execute(sa.select(PAIR).where(wanted)).first()
    return _suspect(row) if row else None


def _of(
    query: sa.Select[Any], own: Collection[str], visible: Collection[str], queue: str, actor: str
) -> sa.Select[Any]:
    one, other = PAIR.c.one_repository, PAIR.c.other_repository
    query = query.where(one.in_(visible), other.in_(visible), one.in_(own) | other.in_(own))
    said = (
        sa.select(ACT.c.number)
        .join(WORD, WORD.c.act == ACT.c.number)
        .where(WORD.c.one == PAIR.c.one, WORD.c.other == PAIR.c.other, ACT.c.undone == "")
    )
    by_me, by_others = said.where(ACT.c.actor == actor).exists(), said.where(ACT.c.actor != actor).exists()
    if queue == "second":
        return query.where(by_others, ~by_me)
    if queue == "disputed":
        return query.where(
            said.where(ACT.c.said == "same").exists(), said.where(ACT.c.said == "different").exists()
        )
    if queue == "judged":
        return query.where(by_me)
    a, b = SOURCE.alias("a"), SOURCE.alias("b")
    query = query.join(a, a.c.uid == PAIR.c.one).join(b, b.c.uid == PAIR.c.other)
    apart = a.c.cluster.is_(None) | b.c.cluster.is_(None) | (a.c.cluster != b.c.cluster)
    return query.where(~said.exists(), a.c.state != DELETED, b.c.state != DELETED, apart)


def _suspect(row: Any) -> Suspect:
    return Suspect(
        row.number, row.one, row.other, row.outcome, row.rule, row.version, row.score,
        tuple(msgspec.json.decode(row.why, type=list[str])), row.found,
    )  # fmt: skip


_decode = msgspec.msgpack.Decoder(Record).decode
