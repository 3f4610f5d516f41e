"""Sessions (会话), kept by the server: what the browser holds is a random number and nothing else.

The times follow OWASP ASVS 4.0, section 3.3: a session ends when it was not used for a while, and at the
latest after twelve hours. It also ends when its account is changed in any way: a role, a library, a password.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

import msgspec
import sqlalchemy as sa

from ereader.auth.tables import SESSION
from holdings.members.user import STAFF_ROLES, User

LONGEST = 12 * 3600  # seconds from signing in
IDLE = 30 * 60
IDLE_OF_STAFF = 15 * 60
TOUCH_EVERY = 60  # seconds between notes that a session is in use, so that pages are not all writers
PATIENCE = 250  # milliseconds that such a note waits for another writer
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")


class Session(msgspec.Struct, frozen=True):
    """One browser that has signed in (会话)."""

    id: str  # the hash; the token itself is nowhere
    user: str
    way: str
    stamp: str
    began: int
    seen: int
    device: str = ""


def token_hash(token: str) -> str:
    # The token has 256 random bits, so a plain hash cannot be searched backwards.
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def stamp_of(user: User) -> str:
    """Names the state of an account; sessions that were begun in another are over."""
    return hashlib.sha256(msgspec.json.encode(user)).hexdigest()


def form_key(token: str) -> str:
    """What forms of a session must carry (跨站请求防护): known only to who can read the session's pages."""
    return hmac.new(token.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def idle_limit(user: User) -> int:
    """Seconds without use after which a session of this user ends."""
    admin = any(role != "reader" for role in user.roles)
    return IDLE_OF_STAFF if admin or STAFF_ROLES.intersection(user.roles) else IDLE


def begin(engine: sa.Engine, user: User, way: str, now: int, device: str = "") -> str:
    """Begins a session and gives its token, which is always new: whatever the browser held before is worth
    nothing.
    """
    token = secrets.token_urlsafe(32)
    row = {
        "id": token_hash(token),
        "user": user.name,
        "way": way,
        "stamp": stamp_of(user),
        "began": now,
        "seen": now,
        "device": device[:200],
    }
    with engine.begin() as connection:
        connection.execute(sa.delete(SESSION).where(SESSION.c.began < now - LONGEST))
        connection.execute(sa.insert(SESSION).values(row))
    return token


def find(engine: sa.Engine, token: str) -> Session | None:
    """The session of a token, whatever its age."""
    if not _TOKEN.fullmatch(token):
        return None
    with engine.connect() as connection:
        row = connection.execute(sa.select(SESSION).where(SESSION.c.id == token_hash(token))).first()
    return Session(**row._mapping) if row else None


def alive(session: Session, user: User | None, now: int) -> bool:
    """Whether a session still stands for its user."""
    if user is None or not hmac.compare_digest(session.stamp, stamp_of(user)):
        return False
    return now - session.began < LONGEST and now - session.seen < idle_limit(user)


def touch(engine: sa.Engine, session: Session, now: int) -> None:
    """Notes that a session is in use. When another process is writing for long, it is noted next time."""
    if now - session.seen < TOUCH_EVERY:
        return
    lite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        try:
            if lite:
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE}")
            else:
                connection.exec_driver_sql(f"SET LOCAL lock_timeout = {PATIENCE}")
            connection.execute(sa.update(SESSION).where(SESSION.c.id == session.id).values(seen=now))
            connection.commit()
        except sa.exc.OperationalError:
            connection.rollback()
        finally:
            if lite:
                connection.exec_driver_sql("PRAGMA busy_timeout = 30000")


def end(engine: sa.Engine, id: str) -> None:
    """Ends one session."""
    with engine.begin() as connection:
        connection.execute(sa.delete(SESSION).where(SESSION.c.id == id))


def end_all(engine: sa.Engine, user: str) -> int:
    """Ends all sessions of a user, on whatever device; answers with how many there were."""
    with engine.begin() as connection:
        return connection.execute(sa.delete(SESSION).where(SESSION.c.user == user)).rowcount


def of_user(engine: sa.Engine, user: User, now: int) -> list[Session]:
    """The sessions of a user that still stand, the newest first."""
    query = sa.select(SESSION).where(SESSION.c.user == user.name).order_by(SESSION.c.began.desc())
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    found = [Session(**row._mapping) for row in rows]
    return [session for session in found if alive(session, user, now)]
