"""What people said of pairs of source records (同一性裁定): the same manifestation, or not; until it is taken
back.

A verdict names source records by uid, which never change, so it holds through new loads, deletions, undoing
and reindexing, also for records that are not there (yet, or any more). What counts for a pair is the latest
word of each person; where people differ the majority, and at a tie the careful answer, which is "different".
So the outcome hangs on what was said and by whom, not on who spoke first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

import msgspec
import sqlalchemy as sa

from indexer.tables import METADATA, chunks

Said = Literal["same", "different"]
SAID: tuple[Said, ...] = get_args(Said)
Pair = tuple[str, str]  # uids, the smaller first
MOST_PAIRS = 400  # pairs of one act
MOST_REASON = 500

ACT = sa.Table(
    "pair_act",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("said", sa.String(12), nullable=False),
    sa.Column("actor", sa.String(160), nullable=False, index=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made", sa.String(32), nullable=False),
    sa.Column("undone", sa.String(32), nullable=False),  # empty while it is in force
    sa.Column("undone_by", sa.String(160), nullable=False),
    sa.Column("pending", sa.Boolean, nullable=False, index=True),  # clusters do not follow it yet
)

WORD = sa.Table(
    "pair_word",
    METADATA,
    sa.Column("act", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("one", sa.String(16), primary_key=True),
    sa.Column("other", sa.String(16), primary_key=True),
    sa.Index("pair_word_one", "one"),
    sa.Index("pair_word_other", "other"),
)


class Act(msgspec.Struct, frozen=True):
    """One verdict as somebody gave it (一次裁定), on one pair or on several at once."""

    number: int
    said: Said
    pairs: tuple[Pair, ...]
    actor: str
    reason: str
    made: str
    undone: str = ""
    undone_by: str = ""
    pending: bool = False

    @property
    def records(self) -> tuple[str, ...]:
        """The uids it is about."""
        return tuple(sorted({uid for pair in self.pairs for uid in pair}))


class Decided(msgspec.Struct, frozen=True):
    """What counts for pairs now (有效裁定): pair → the number of the act that says so."""

    same: Mapping[Pair, int]
    apart: Mapping[Pair, int]


NOTHING = Decided({}, {})


def pair_of(a: str, b: str) -> Pair:
    """Two uids in their order. Raises ValueError for one and the same."""
    if a == b:
        raise ValueError(f"{a} cannot be compared with itself")
    return (a, b) if a < b else (b, a)


def say(
    connection: sa.Connection, said: Said, pairs: Iterable[Pair], actor: str, reason: str, now: str
) -> Act:
    """Writes a verdict; clusters follow by `Store.decide_again`. ``actor`` as in the log of changes."""
    wanted = tuple(sorted({pair_of(*pair) for pair in pairs}))[:MOST_PAIRS]
    if not wanted:
        raise ValueError("a verdict is about two records or more")
    row = {
        "said": said, "actor": actor, "reason": reason[:MOST_REASON], "made": now,
        "undone": "", "undone_by": "", "pending": True,
    }  # fmt: skip
    number: int = connection.execute(sa.insert(ACT).values(**row).returning(ACT.c.number)).scalar_one()
    words = [{"act": number, "one": one, "other": other} for one, other in wanted]
    connection.execute(sa.insert(WORD), words)
    return Act(number, said, wanted, actor, row["reason"], now, pending=True)  # type: ignore[arg-type]


def take_back(connection: sa.Connection, number: int, actor: str, now: str) -> Act | None:
    """Takes a verdict back; None where none of this number is in force."""
    done = connection.execute(
        sa.update(ACT)
        .where(ACT.c.number == number, ACT.c.undone == "")
        .values(undone=now, undone_by=actor, pending=True)
    )
    return next(iter(acts(connection, numbers=[number])), None) if done.rowcount else None


def acts(
    connection: sa.Connection,
    uids: Iterable[str] | None = None,
    *,
    numbers: Sequence[int] | None = None,
    pending: bool = False,
    actor: str = "",
    latest: int = 0,
) -> list[Act]:
    """Verdicts ever given, the oldest first: on these records, of these numbers, by one person, the latest
    so many, or those that clusters do not follow yet.
    """
    query = sa.select(ACT)
    if uids is not None:
        found = {number for number, *_ in _words(connection, uids)}
        numbers = sorted(found if numbers is None else found.intersection(numbers))
    if pending:
        query = query.where(ACT.c.pending)
    if actor:
        query = query.where(ACT.c.actor == actor)
    rows: list[Any] = []
    for some in [None] if numbers is None else chunks(numbers):
        asked = query if some is None else query.where(ACT.c.number.in_(some))
        if latest:
            asked = asked.order_by(ACT.c.number.desc()).limit(latest)
        rows += connection.execute(asked).all()
    rows.sort(key=lambda row: row.number)
    held: dict[int, list[Pair]] = defaultdict(list)
    for some in chunks([row.number for row in rows]):
        asked_words = sa.select(WORD).where(WORD.c.act.in_(some)).order_by(WORD.c.one, WORD.c.other)
        for number, one, other in connection.execute(asked_words):
            held[number].append((one, other))
    return [
        Act(
            row.number, row.said, tuple(held[row.number]), row.actor, row.reason, row.made,
            row.undone, row.undone_by, bool(row.pending),
        )
        for row in rows
    ]  # fmt: skip


def note_followed(connection: sa.Connection, numbers: Iterable[int]) -> None:
    """Clusters follow these verdicts."""
    for some in chunks(numbers):
        connection.execute(sa.update(ACT).where(ACT.c.number.in_(some)).values(pending=False))


def exist(connection: sa.Connection) -> bool:
    """Whether anything was ever said: nearly always the only question that is asked."""
    return connection.execute(sa.select(WORD.c.act).limit(1)).first() is not None


def partners(connection: sa.Connection, uids: Iterable[str]) -> set[str]:
    """Those of these records of which something is said, and the records it is said beside."""
    found: set[str] = set()
    for _, one, other in _words(connection, uids):
        found |= {one, other}
    return found


def decided(connection: sa.Connection, uids: Iterable[str]) -> Decided:
    """What counts for the pairs that one of these records is in."""
    words = list(_words(connection, uids))
    if not words:
        return NOTHING
    said: dict[Pair, dict[str, tuple[int, str]]] = defaultdict(dict)  # pair → person → latest word
    held = {act.number: act for act in acts(connection, numbers=sorted({n for n, *_ in words}))}
    for number, one, other in sorted(words):
        act = held[number]
        if not act.undone:
            said[one, other][act.actor] = (number, act.said)
    same: dict[Pair, int] = {}
    apart: dict[Pair, int] = {}
    for pair, by in said.items():
        outcome = outcome_of([word for _, word in by.values()])
        # Of those who say so, the first is named.
        (same if outcome == "same" else apart)[pair] = min(n for n, word in by.values() if word == outcome)
    return Decided(same, apart)


def outcome_of(said: Sequence[str]) -> Said:
    """The majority; at a tie "different", because what is merged wrongly is found less easily."""
    return "same" if 2 * sum(word == "same" for word in said) > len(said) else "different"


def _words(connection: sa.Connection, uids: Iterable[str]) -> set[tuple[int, str, str]]:
    found: set[tuple[int, str, str]] = set()
    for some in chunks(sorted(set(uids))):
        for column in (WORD.c.one, WORD.c.other):
            rows = connection.execute(sa.select(WORD.c.act, WORD.c.one, WORD.c.other).where(column.in_(some)))
            found.update((row[0], row[1], row[2]) for row in rows)
    return found
