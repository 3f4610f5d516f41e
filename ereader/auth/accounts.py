"""Signing in, staying signed in, signing out (账户服务)."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import msgspec
import sqlalchemy as sa

from ereader.auth import brake, sessions, sign_ins
from ereader.auth.sessions import Session
from ereader.auth.tables import METADATA
from ereader.auth.way import Way, ways
from holdings.members.registry import Members
from holdings.members.user import User


class Entered(msgspec.Struct, frozen=True):
    """What became of signing in (登录结果): a token, or seconds to wait, or neither: not recognised."""

    token: str = ""
    wait: int = 0


class SignedIn(msgspec.Struct, frozen=True):
    """A session and its user, as of now (已登录)."""

    session: Session
    user: User
    form_key: str


class Accounts:
    """The accounts of an installation (账户服务). Safe to call from several threads and processes."""

    def __init__(
        self,
        engine: sa.Engine,
        clock: Callable[[], float] = time.time,
        known_ways: Mapping[str, Way] | None = None,
    ) -> None:
        self.engine = engine
        self._clock = clock
        self.ways = dict(ways() if known_ways is None else known_ways)

    def create_tables(self) -> None:
        METADATA.create_all(self.engine)

    def now(self) -> int:
        return int(self._clock())

    def enter(
        self,
        way: str,
        given: Mapping[str, str],
        members: Members,
        address: str,
        device: str = "",
        old: str = "",
    ) -> Entered:
        """Signs somebody in by one way. ``old`` is the token that the browser held; that session is over.

        A name that nobody has is counted and answered as one that somebody has.
        """
        now, account = self.now(), given.get("username", "").strip()[:200]
        pause = brake.wait(self.engine, account, address, now)
        users = members.users()
        known = account if account in users else ""
        if pause:
            sign_ins.note(self.engine, known, address, "held", device, now)
            return Entered(wait=pause)
        identity = self.ways[way].identify(given, users) if way in self.ways else None
        user = users.get(identity.user) if identity else None
        if user is None or identity is None:
            brake.failed(self.engine, account, address, now)
            sign_ins.note(self.engine, known, address, "wrong", device, now)
            return Entered()
        brake.succeeded(self.engine, account, address, now)
        sign_ins.note(self.engine, user.name, address, "entered", device, now)
        if old:
            sessions.end(self.engine, sessions.token_hash(old))
        return Entered(sessions.begin(self.engine, user, identity.way, now, device))

    def who(self, token: str, members: Members) -> SignedIn | None:
        """Whose token this is, when its session still stands."""
        session = sessions.find(self.engine, token)
        if session is None:
            return None
        now, user = self.now(), members.users().get(session.user)
        if user is None or not sessions.alive(session, user, now):
            return None
        sessions.touch(self.engine, session, now)
        return SignedIn(session, user, sessions.form_key(token))

    def leave(self, signed_in: SignedIn, *, everywhere: bool = False) -> None:
        """Signs out, on this device or on all."""
        if everywhere:
            sessions.end_all(self.engine, signed_in.user.name)
        else:
            sessions.end(self.engine, signed_in.session.id)

    def devices(self, signed_in: SignedIn) -> list[Session]:
        """Where the user is signed in now."""
        return sessions.of_user(self.engine, signed_in.user, self.now())
