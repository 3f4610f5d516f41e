"""What staff say of single records (记录标志): suppressed or shown, an embargo, deleted.

They stand above what the record says of itself and are kept apart from it, so they survive loading it again.
What they hide is hidden from the next request on: pages ask for the flags, and its union record is withheld
from every list until the index has followed. What they show again is found once the index has followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from holdings.members import Members
from indexer.records.record import Record
from indexer.tables import RECORD_FLAG, SOURCE, chunks

ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Suppressed (None: as the record says), embargo (None: as the record says, "": none), deleted.
Said = tuple[bool | None, str | None, bool]


class Change(msgspec.Struct, frozen=True):
    """What shall be said of records (标志变更); None leaves it as it is, ``as_received`` takes all back."""

    suppressed: bool | None = None
    embargo_until: str | None = None
    deleted: bool | None = None
    as_received: bool = False

    @property
    def hides(self) -> bool:
        """Whether somebody may see less after it."""
        return bool(self.suppressed or self.embargo_until or self.deleted or self.as_received)


class Flag(msgspec.Struct, frozen=True):
    """What is said of one record (记录标志)."""

    repository: str
    id: str  # local id
    uid: str
    suppressed: bool | None = None
    embargo_until: str | None = None
    deleted: bool = False
    actor: str = ""
    time: str = ""
    reason: str = ""


def flagged(record: Record, said: Said | None) -> Record:
    """The record as what is said of it makes it."""
    if said is None:
        return record
    suppressed, embargo, deleted = said
    return msgspec.structs.replace(
        record,
        suppressed=record.suppressed if suppressed is None else suppressed,
        embargo_until=record.embargo_until if embargo is None else embargo,
        deleted=record.deleted or deleted,
    )


def set_flags(
    connection: sa.Connection,
    members: Members,
    uids: Sequence[str],
    change: Change,
    actor: str,
    time: str,
    reason: str = "",
) -> list[Flag]:
    """Says something of records, and withholds their union records until the index follows; in one
    transaction with whatever the caller notes. Uids that are unknown are left out.
    """
    changed: list[Flag] = []
    unions: dict[str, None] = {}
    for chunk in chunks(uids):
        held = {flag.uid: flag for flag in flags_of(connection, chunk)}
        columns = (SOURCE.c.uid, SOURCE.c.repository, SOURCE.c.local_id, SOURCE.c.cluster)
        for row in connection.execute(sa.select(*columns).where(SOURCE.c.uid.in_(chunk))):
            before = held.get(row.uid, Flag(row.repository, row.local_id, row.uid))
            changed.append(_changed(before, change, actor, time, reason[:500]))
            unions[row.cluster or row.uid] = None
        connection.execute(sa.delete(RECORD_FLAG).where(RECORD_FLAG.c.uid.in_(chunk)))
    for flag in changed:
        row_of: dict[str, Any] = {"local_id": flag.id, **msgspec.structs.asdict(flag), "pending": True}
        del row_of["id"]
        connection.execute(sa.insert(RECORD_FLAG).values(**row_of))
    if change.hides:
        members.withhold(connection, unions)
    return changed


def _changed(before: Flag, change: Change, actor: str, time: str, reason: str) -> Flag:
    replace = msgspec.structs.replace
    now = {"actor": actor, "time": time, "reason": reason}
    if change.as_received:
        return replace(before, suppressed=None, embargo_until=None, deleted=False, **now)
    return replace(
        before,
        suppressed=before.suppressed if change.suppressed is None else change.suppressed,
        embargo_until=before.embargo_until if change.embargo_until is None else change.embargo_until,
        deleted=before.deleted if change.deleted is None else change.deleted,
        **now,
    )


def flags_of(connection: sa.Connection, uids: Iterable[str] = (), repository: str = "") -> list[Flag]:
    """What is said of these records, or of all of a repository."""
    wanted = [RECORD_FLAG.c.repository == repository] if repository else []
    wanted = wanted or [RECORD_FLAG.c.uid.in_(chunk) for chunk in chunks(uids)]
    query = sa.select(RECORD_FLAG).order_by(RECORD_FLAG.c.uid)
    return [_flag(row) for condition in wanted for row in connection.execute(query.where(condition))]


def _flag(row: Any) -> Flag:
    return Flag(
        row.repository,
        row.local_id,
        row.uid,
        row.suppressed,
        row.embargo_until,
        bool(row.deleted),
        row.actor,
        row.time,
        row.reason,
    )


def pending(engine: sa.Engine) -> dict[str, str]:
    """Uid → when it was said, of what the index has not followed yet."""
    query = sa.select(RECORD_FLAG.c.uid, RECORD_FLAG.c.time).where(RECORD_FLAG.c.pending)
    with engine.connect() as connection:
        return {row.uid: row.time for row in connection.execute(query)}


def followed(engine: sa.Engine, uids: dict[str, str]) -> None:
    """The index has followed what was said of these records at these times. Where nothing is said any more,
    the row goes.
    """
    nothing = (
        RECORD_FLAG.c.suppressed.is_(None),
        RECORD_FLAG.c.embargo_until.is_(None),
        sa.not_(RECORD_FLAG.c.deleted),
    )
    with engine.begin() as connection:
        for uid, time in uids.items():
            own = (RECORD_FLAG.c.uid == uid) & (RECORD_FLAG.c.time == time)
            connection.execute(sa.delete(RECORD_FLAG).where(own, *nothing))
            connection.execute(sa.update(RECORD_FLAG).where(own).values(pending=False))


def unions_pending(connection: sa.Connection) -> set[str]:
    """Union records of which something was said that the index has not followed yet."""
    query = (
        sa.select(SOURCE.c.uid, SOURCE.c.cluster)
        .join(RECORD_FLAG, RECORD_FLAG.c.uid == SOURCE.c.uid)
        .where(RECORD_FLAG.c.pending)
    )
    return {row.cluster or row.uid for row in connection.execute(query)}
