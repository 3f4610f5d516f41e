"""What staff said about works (归并裁定): these are one work, this is another one; until it is taken back.

A verdict names source records by uid, which never change, and the digests they gain or lose, so that it holds
through new loads, clustering and reindexing. It is kept with its reason and its day also after it was undone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec
import sqlalchemy as sa

from indexer.document import Verdict
from indexer.document_content import works_of
from indexer.index.keywords import LOOSE, work_digest
from indexer.records.record import Record
from indexer.tables import METADATA

ACT = sa.Table(
    "work_act",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("kind", sa.String(8), nullable=False),  # join or split
    sa.Column("named", sa.Text, nullable=False),  # JSON: the ids that were given
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made", sa.String(20), nullable=False),
    sa.Column("undone", sa.String(20), nullable=False),  # empty while it holds
)

WORD = sa.Table(
    "work_verdict",
    METADATA,
    sa.Column("act", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("uid", sa.String(16), primary_key=True),
    sa.Column("digest", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("has", sa.Boolean, nullable=False),  # the record has it besides, or must not have it
    sa.Index("work_verdict_uid", "uid"),
)

Kind = Literal["join", "split"]


class Act(msgspec.Struct, frozen=True):
    """One verdict as it was made (裁定记录); ``records`` are the uids it is about."""

    number: int
    kind: str
    named: tuple[str, ...]
    reason: str
    made: str
    undone: str
    records: tuple[str, ...] = ()


def verdicts(engine: sa.Engine, uids: Iterable[str] | None = None) -> dict[str, Verdict]:
    """The verdicts in force by uid, of these source records or of all that have one."""
    query = (
        sa.select(WORD.c.uid, WORD.c.digest, WORD.c.has)
        .join(ACT, ACT.c.number == WORD.c.act)
        .where(ACT.c.undone == "")
        .order_by(WORD.c.act, WORD.c.digest)
    )
    rows: list[tuple[str, int, bool]] = []
    with engine.connect() as connection:
        if uids is None:
            rows += [tuple(row) for row in connection.execute(query)]
        else:
            wanted = sorted(set(uids))
            for at in range(0, len(wanted), 500):
                some = query.where(WORD.c.uid.in_(wanted[at : at + 500]))
                rows += [tuple(row) for row in connection.execute(some)]
    more: dict[str, dict[int, None]] = defaultdict(dict)
    less: dict[str, dict[int, None]] = defaultdict(dict)
    for uid, digest, has in rows:
        # A later verdict is right against an earlier one.
        (less if has else more)[uid].pop(digest, None)
        (more if has else less)[uid][digest] = None
    return {
        uid: Verdict(tuple(more.get(uid, ())), tuple(less.get(uid, ()))) for uid in more.keys() | less.keys()
    }


def acts(engine: sa.Engine, uids: Iterable[str] | None = None) -> list[Act]:
    """The verdicts ever made, of these source records or all, the oldest first."""
    with engine.connect() as connection:
        pairs = connection.execute(sa.select(WORD.c.act, WORD.c.uid).distinct()).all()
        held: dict[int, list[str]] = defaultdict(list)
        for number, uid in pairs:
            held[number].append(uid)
        wanted = None if uids is None else set(uids)
        rows = connection.execute(sa.select(ACT).order_by(ACT.c.number)).all()
    return [
        Act(
            row.number,
            row.kind,
            tuple(msgspec.json.decode(row.named, type=list[str])),
            row.reason,
            row.made,
            row.undone,
            tuple(sorted(held[row.number])),
        )
        for row in rows
        if wanted is None or wanted & set(held[row.number])
    ]


def join(
    engine: sa.Engine, works: Mapping[str, Iterable[int]], named: Iterable[str], reason: str, now: str
) -> Act:
    """These source records are of one work: each gains the firm digests of all others, and one of their own.

    ``works`` gives the digests of each by uid.
    """
    with engine.begin() as connection:
        number = _next(connection)
        shared = {d for digests in works.values() for d in digests if not d & LOOSE}
        shared.add(work_digest(f"verdict|{number}", False))
        words = [(uid, digest, True) for uid in works for digest in sorted(shared)]
        return _write(connection, number, "join", words, named, reason, now)


def split(
    engine: sa.Engine, works: Mapping[str, Iterable[int]], named: Iterable[str], reason: str, now: str
) -> Act:
    """These source records are not of the work they are counted to: they lose its digests, and are one work
    among themselves.
    """
    with engine.begin() as connection:
        number = _next(connection)
        lost = {digest for digests in works.values() for digest in digests}
        own = work_digest(f"verdict|{number}", False)
        words = [(uid, digest, False) for uid in works for digest in sorted(lost)]
        words += [(uid, own, True) for uid in works]
        return _write(connection, number, "split", words, named, reason, now)


def undo(engine: sa.Engine, number: int, now: str) -> Act | None:
    """Takes a verdict back; None where there is none in force with this number."""
    with engine.begin() as connection:
        done = connection.execute(
            sa.update(ACT).where(ACT.c.number == number, ACT.c.undone == "").values(undone=now)
        )
        if done.rowcount == 0:
            return None
    return next(act for act in acts(engine) if act.number == number)


def digests(records: Iterable[Record], uids: Iterable[str], held: Mapping[str, Verdict]) -> tuple[int, ...]:
    """The digests of the document made of these records (作品摘要), as `indexer.document` makes them."""
    found = works_of(records)
    for uid in uids:
        if uid in held:
            found = held[uid].applied(found)
    return tuple(found)


def _next(connection: sa.Connection) -> int:
    return int(connection.execute(sa.select(sa.func.max(ACT.c.number))).scalar() or 0) + 1


def _write(
    connection: sa.Connection,
    number: int,
    kind: Kind,
    words: list[tuple[str, int, bool]],
    named: Iterable[str],
    reason: str,
    now: str,
) -> Act:
    act = Act(number, kind, tuple(named), reason, now, "", tuple(sorted({uid for uid, _, _ in words})))
    row = {
        "number": number,
        "kind": kind,
        "named": msgspec.json.encode(act.named).decode(),
        "reason": reason,
        "made": now,
        "undone": "",
    }
    connection.execute(sa.insert(ACT), row)
    rows = [{"act": number, "uid": uid, "digest": digest, "has": has} for uid, digest, has in words]
    connection.execute(sa.insert(WORD), rows)
    return act
