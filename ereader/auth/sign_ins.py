"""The log of sign-ins (登录日志): who signed in or tried to, when, from what network.

What somebody typed is not kept: of a name that nobody has, only that it was none, for people type passwords
there. The same again within a minute counts up the same line, and old lines go, so nobody can fill the home.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

import msgspec
import sqlalchemy as sa

from ereader.auth.brake import network
from ereader.auth.tables import SIGN_IN

Outcome = Literal["entered", "wrong", "held"]
TOGETHER = 60  # seconds within which the same is one line
KEEP = 180 * 86400  # seconds
MOST = 100_000  # lines


class SignIn(msgspec.Struct, frozen=True):
    """One line (登录记录): ``times`` attempts, the latest at ``time`` (seconds since 1970)."""

    number: int
    time: int
    user: str
    address: str
    outcome: Outcome
    device: str
    times: int


def note(engine: sa.Engine, user: str, address: str, outcome: Outcome, device: str, now: int) -> None:
    """Writes down one attempt; ``user`` is an account that there is, or ""."""
    held = {"user": user[:100], "address": network(address), "outcome": outcome, "device": device[:200]}
    same = [SIGN_IN.c[name] == value for name, value in held.items() if outcome != "held" or name != "device"]
    with engine.begin() as connection:
        counted = connection.execute(
            sa.update(SIGN_IN)
            .where(SIGN_IN.c.time > now - TOGETHER, *same)
            .values(time=now, times=SIGN_IN.c.times + 1)
        )
        if counted.rowcount:
            return
        made = connection.execute(sa.insert(SIGN_IN).values(time=now, times=1, **held))
        number = made.inserted_primary_key[0] if made.inserted_primary_key else 0
        connection.execute(
            sa.delete(SIGN_IN).where((SIGN_IN.c.time < now - KEEP) | (SIGN_IN.c.number <= number - MOST))
        )


def recent(
    engine: sa.Engine,
    latest: int = 200,
    users: Collection[str] | None = None,
    outcome: str = "",
) -> list[SignIn]:
    """The latest lines, newest first: of these accounts (None: of all and of none), of one outcome."""
    query = sa.select(SIGN_IN).order_by(SIGN_IN.c.time.desc(), SIGN_IN.c.number.desc()).limit(latest)
    if users is not None:
        query = query.where(SIGN_IN.c.user.in_(sorted(set(users) - {""})))
    if outcome:
        query = query.where(SIGN_IN.c.outcome == outcome)
    with engine.connect() as connection:
        return [SignIn(**row._mapping) for row in connection.execute(query)]
