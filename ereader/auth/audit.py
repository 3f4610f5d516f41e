"""The log of changes (审计日志): who changed what, when, from what to what, and why. Append-only."""

from __future__ import annotations

import datetime
import re
from typing import Any

import msgspec
import sqlalchemy as sa

from ereader.auth.roles import Actor
from ereader.auth.tables import AUDIT
from holdings.members.without_defaults import said

MOST_REASON = 500  # characters of a reason that are kept


class Entry(msgspec.Struct, frozen=True):
    """One change (日志条目); ``before`` is None where there was nothing. Secrets are in neither."""

    number: int
    time: str
    actor: str
    action: str
    target: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str


def name_of(actor: Actor) -> str:
    """How the log names someone: a user of the portal can never be taken for an operator of the machine."""
    return f"{'operator' if actor.operator else 'user'}:{actor.name}"


def note(
    connection: sa.Connection,
    actor: Actor,
    action: str,
    target: str,
    before: Any,
    after: Any,
    reason: str,
    time: datetime.datetime,
) -> None:
    """Writes one entry in the transaction of the change itself."""
    connection.execute(
        sa.insert(AUDIT).values(
            time=time.astimezone(datetime.UTC).isoformat(timespec="seconds"),
            actor=name_of(actor),
            action=action,
            target=target,
            before=msgspec.json.encode(shown(before)).decode(),
            after=msgspec.json.encode(shown(after)).decode(),
            reason=re.sub(r"[\x00-\x1f\x7f]+", " ", reason).strip()[:MOST_REASON],
        )
    )


def shown(value: Any) -> Any:
    """A value of the registry as the log shows it: of a secret only whether there is one."""
    if value is None:
        return None
    found: dict[str, Any] = msgspec.to_builtins(said(value))
    if "secret" in found:
        found["password"] = bool(found.pop("secret"))
    return found


def differences(entry: Entry) -> list[tuple[str, str, str]]:
    """(key, before, after) of what a change changed, as JSON; nothing for what is new."""
    if entry.before is None or entry.after is None:
        return []
    keys = sorted(entry.before.keys() | entry.after.keys())
    pairs = [(k, entry.before.get(k), entry.after.get(k)) for k in keys]
    return [
        (k, msgspec.json.encode(a).decode(), msgspec.json.encode(b).decode()) for k, a, b in pairs if a != b
    ]


def entries(
    engine: sa.Engine, *, target: str = "", latest: int = 0, below: int = 0, number: int = 0
) -> list[Entry]:
    """The log, oldest first; only of one ``kind/id``, only the ``latest`` so many (0: all), only those with
    numbers ``below`` this one, only the one with this ``number``.
    """
    query = sa.select(AUDIT).order_by(AUDIT.c.number.desc())
    if target:
        query = query.where(AUDIT.c.target == target)
    if below:
        query = query.where(AUDIT.c.number < below)
    if number:
        query = query.where(AUDIT.c.number == number)
    if latest:
        query = query.limit(latest)
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    return [
        Entry(
            r.number,
            r.time,
            r.actor,
            r.action,
            r.target,
            msgspec.json.decode(r.before),
            msgspec.json.decode(r.after),
            r.reason,
        )
        for r in reversed(rows)
    ]
