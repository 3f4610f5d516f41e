"""One-time links with which somebody sets his password (一次性密码链接).

An administrator makes one for an account that he may grant, and hands it over by whatever way he trusts. It
works once, for seven days, only the latest of an account, and only while the account is as it was: whoever
is given more rights meanwhile is not opened to the holder of an old link.
"""

from __future__ import annotations

import datetime
import re
import secrets

import msgspec
import sqlalchemy as sa

from ereader.auth import audit, door
from ereader.auth.demands import grants_of
from ereader.auth.operator import acting
from ereader.auth.roles import Actor
from ereader.auth.sessions import stamp_of, token_hash
from ereader.auth.tables import TICKET
from holdings.members.password import hash_password
from holdings.members.registry import Configuration, Members
from holdings.members.user import User

LIFE = 7 * 86400  # seconds
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


def make(engine: sa.Engine, members: Members, actor: Actor, user: str, now: int) -> str:
    """Makes the link's token for a user; the log says who made it. Every earlier one is void.

    Raises Denied unless ``actor`` may grant every role of the user, and KeyError when there is no such user.
    """
    found = members.users()[user]
    present = members.configuration()
    if not found.secret:
        # Whoever has appointed the first admin of a library hands him his link, and another when it is lost.
        others = tuple(u for u in present.users if u.name != user)
        present = msgspec.structs.replace(present, users=others)
    for demand in grants_of(found, found, present):
        door.require(actor, demand.action, demand.target, demand.entry)
    token = secrets.token_urlsafe(32)
    row = {"id": token_hash(token), "user": user, "stamp": stamp_of(found), "expires": now + LIFE}
    at = datetime.datetime.fromtimestamp(now, datetime.UTC)
    with engine.begin() as connection:
        connection.execute(sa.delete(TICKET).where((TICKET.c.user == user) | (TICKET.c.expires <= now)))
        connection.execute(sa.insert(TICKET).values(row))
        audit.note(connection, actor, "user.ticket", f"user/{user}", None, None, "", at)
    return token


def owner(engine: sa.Engine, members: Members, token: str, now: int) -> User | None:
    """Whose password this token sets; None when it is unknown, used, too old or void."""
    if not _TOKEN.fullmatch(token):
        return None
    query = sa.select(TICKET).where(TICKET.c.id == token_hash(token), TICKET.c.expires > now)
    with engine.connect() as connection:
        row = connection.execute(query).first()
    user = members.users().get(row.user) if row else None
    return user if row and user and stamp_of(user) == row.stamp else None


def redeem(engine: sa.Engine, members: Members, token: str, password: str, now: int) -> User | None:
    """Sets the password and uses the token up; answers with whose it is, None as `owner` does.

    The password is one that ``password.fault`` lets through. ``members`` is a registry that may be written.
    """
    user = owner(engine, members, token, now)
    if user is None:
        return None
    with engine.begin() as connection:
        used = connection.execute(sa.delete(TICKET).where(TICKET.c.id == token_hash(token)))
        if used.rowcount == 0:
            return None
    changed = msgspec.structs.replace(user, secret=hash_password(password))
    door.save(members, Configuration(users=(changed,)), acting(user), "one-time link")
    return changed
