"""Verdicts of people on pairs of records, given and taken back (同一性裁定): who may, the log, and what
follows in the clusters.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from itertools import product
from pathlib import Path
from typing import Protocol

import sqlalchemy as sa

from ereader import jobs
from ereader.auth import audit
from ereader.auth.door import Denied, require
from ereader.auth.roles import Actor, Target, may
from ereader.exit_status import UsageError
from holdings.members.registry import Members
from indexer import pair_verdicts
from indexer.pair_verdicts import MOST_PAIRS, Act, Pair, Said, pair_of
from indexer.store import Store
from indexer.tables import SOURCE, chunks

ALL_PAIRS = 64  # beyond so many, each record is compared with the first of the other side only


class Home(jobs.Home, Protocol):
    """An opened home, also one that is served."""

    @property
    def home(self) -> Path: ...
    def writing(self) -> AbstractContextManager[None]: ...


def judge(home: jobs.Home, said: Said, pairs: Iterable[Pair], actor: Actor, reason: str = "") -> Act:
    """Notes a verdict; clusters follow when somebody lets them (`follow`, or the next who writes).

    Raises Denied unless one record of every pair is of a library for which ``actor`` may judge, UsageError
    for records that there are not; both before anything is written.
    """
    wanted = sorted({_pair(*pair) for pair in pairs})
    if not wanted or len(wanted) > MOST_PAIRS:
        raise UsageError(f"a verdict is about 1 to {MOST_PAIRS} pairs of records, not {len(wanted)}")
    engine = home.accounts.engine
    now = datetime.datetime.now(datetime.UTC)
    with engine.begin() as connection:
        owners = owners_of(connection, Members(engine), {uid for pair in wanted for uid in pair})
        for pair in wanted:
            for uid in pair:
                if uid not in owners:
                    raise UsageError(f"there is no source record {uid}")
            _require(actor, [owners[uid] for uid in pair], pair)
        time = now.isoformat(timespec="seconds")
        act = pair_verdicts.say(connection, said, wanted, audit.name_of(actor), _plain(reason), time)
        audit.note(
            connection,
            actor,
            "records.judge",
            _target(act),
            None,
            {"said": said, "pairs": wanted},
            reason,
            now,
        )
    return act


def take_back(home: jobs.Home, number: int, actor: Actor) -> Act:
    """Takes a verdict back: one's own, or one that one might have given. Raises Denied, and UsageError where
    none of this number is in force.
    """
    engine = home.accounts.engine
    now = datetime.datetime.now(datetime.UTC)
    with engine.begin() as connection:
        found = next(iter(pair_verdicts.acts(connection, numbers=[number])), None)
        if found is None or found.undone:
            raise UsageError(f"there is no verdict {number} in force")
        if found.actor != audit.name_of(actor):
            owners = owners_of(connection, Members(engine), found.records)
            for pair in found.pairs:
                _require(actor, [owners.get(uid, "") for uid in pair], pair)
        time = now.isoformat(timespec="seconds")
        act = pair_verdicts.take_back(connection, number, audit.name_of(actor), time)
        assert act is not None  # it is in force, and this transaction holds it
        before = {"said": act.said, "pairs": act.pairs}
        audit.note(connection, actor, "records.judge", _target(act), before, None, "", now)
    return act


def may_judge(actor: Actor, libraries: Iterable[str]) -> bool:
    """Whether somebody may say something of records of these libraries: of one of them is enough."""
    return any(may(actor, "records.judge", Target(library=library)).allowed for library in libraries)


def follow(home: Home, *, index: bool = True) -> bool:
    """Lets the clusters follow at once, and the index by a job; False where another process writes just now
    and will see to it, or a job does.
    """
    followed = True
    try:
        with home.writing():
            engine = home.accounts.engine
            Store(engine, Members(engine)).follow_verdicts()
    except UsageError:
        followed = False
    if index:
        jobs.start(home, "rebuild", {}, jobs.AUTOMATIC, once=True)
    return followed


def across(one: Sequence[str], other: Sequence[str]) -> list[Pair]:
    """The pairs that a verdict on two groups of source records is about: all of them, so that it holds when
    some are deleted; of large groups as many as are needed to name every record.
    """
    if len(one) * len(other) <= ALL_PAIRS:
        return [pair_of(a, b) for a, b in product(one, other)]
    first, second = min(one), min(other)
    return [pair_of(a, second) for a in one] + [pair_of(first, b) for b in other if b != second]


def owners_of(connection: sa.Connection, members: Members, uids: Iterable[str]) -> dict[str, str]:
    """uid → library, of those that are stored."""
    known = members.repositories()
    found: dict[str, str] = {}
    for some in chunks(uids):
        rows = connection.execute(sa.select(SOURCE.c.uid, SOURCE.c.repository).where(SOURCE.c.uid.in_(some)))
        for uid, repository in rows:
            held = known.get(repository)
            found[uid] = held.library if held else ""
    return found


def _require(actor: Actor, libraries: Sequence[str], pair: Pair) -> None:
    if not may_judge(actor, libraries):
        require(actor, "records.judge", Target(library=libraries[0]), f"pair/{pair[0]}/{pair[1]}")


def _pair(a: str, b: str) -> Pair:
    try:
        return pair_of(a, b)
    except ValueError as error:
        raise UsageError(str(error)) from error


def _target(act: Act) -> str:
    return f"pair/{act.pairs[0][0]}/{act.pairs[0][1]}"


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


__all__ = ["Denied", "across", "follow", "judge", "may_judge", "owners_of", "take_back"]
