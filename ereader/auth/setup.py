"""The first admin of an installation that has none (首次设置).

Whoever starts the server is told an address with a key; only the key's hash is kept, each start makes a new
one, and with the first admin of the centre all are void.
"""

from __future__ import annotations

import re
import secrets

import msgspec
import sqlalchemy as sa

from ereader.auth import door
from ereader.auth.roles import Actor
from ereader.auth.sessions import token_hash
from ereader.auth.tables import TICKET
from holdings.members.consortium import CENTRE
from holdings.members.names import Name
from holdings.members.password import hash_password
from holdings.members.registry import Configuration, Members
from holdings.members.user import User

ROLE = "centre-admin"
REASON = "first set-up"  # in the log; pages have it in their language
LIFE = 7 * 86400  # seconds
NOBODY = ""  # whose ticket it is: no user can have this name
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


def needed(members: Members) -> bool:
    """Whether nobody is admin of the centre."""
    return not any(ROLE in user.roles for user in members.users().values())


def make(engine: sa.Engine, members: Members, now: int) -> str:
    """A new key, which voids every earlier one; "" where there is an admin already."""
    with engine.begin() as connection:
        connection.execute(sa.delete(TICKET).where(TICKET.c.user == NOBODY))
        if not needed(members):
            return ""
        key = secrets.token_urlsafe(32)
        row = {"id": token_hash(key), "user": NOBODY, "stamp": "", "expires": now + LIFE}
        connection.execute(sa.insert(TICKET).values(row))
    return key


def fits(engine: sa.Engine, members: Members, key: str, now: int) -> bool:
    """Whether this key still opens the page."""
    if not _KEY.fullmatch(key) or not needed(members):
        return False
    query = sa.select(TICKET.c.id).where(
        TICKET.c.id == token_hash(key), TICKET.c.user == NOBODY, TICKET.c.expires > now
    )
    with engine.connect() as connection:
        return connection.execute(query).first() is not None


def use(
    engine: sa.Engine, members: Members, key: str, user: str, password: str, name: Name, now: int
) -> bool:
    """Makes the first admin and names the centre; False when the key is not good (any more).

    ``user`` and ``password`` have been looked at; ``members`` is a registry that may be written.
    """
    if not fits(engine, members, key, now) or user in members.users():
        return False
    secret = hash_password(password)
    with engine.begin() as connection:
        used = connection.execute(sa.delete(TICKET).where(TICKET.c.id == token_hash(key)))
        if used.rowcount == 0:
            return False
    held = members.consortia()[CENTRE]
    centre = msgspec.structs.replace(held, name=name)
    changes = Configuration(consortia=(centre,), users=(User(user, "", (ROLE,), secret),))
    door.save(members, changes, Actor("set-up", operator=True), REASON)
    return True
