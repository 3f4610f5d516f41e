"""Who runs what has no admin of its own (代管).

A library that a consortium has registered is in its care until it has an admin: the admins of the consortium
may do what that admin may. A consortium that has none is run by the admins of the centre, who may appoint
one. What they do stands in the log under their own names, and it opens no record to anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

import msgspec

from ereader.auth.roles import Actor
from holdings.members.consortium import Consortium
from holdings.members.library import Library
from holdings.members.registry import Configuration
from holdings.members.user import ROLE_OF_CONSORTIUM, User

CENTRE_ADMIN = "centre-admin"
_Users = Callable[[], Iterable[User]]


class Held(Protocol):
    """What is asked of the registry."""

    def libraries(self) -> Mapping[str, Library]: ...
    def consortia(self) -> Mapping[str, Consortium]: ...
    def users(self) -> Mapping[str, User]: ...


def caring(actor: Actor, held: Held) -> Actor:
    """Somebody with all that he runs for others, by what the registry says now."""
    return _caring(actor, held.libraries().values(), held.consortia(), lambda: held.users().values())


def caring_in(actor: Actor, present: Configuration) -> Actor:
    """The same, by a state of the registry."""
    return _caring(actor, present.libraries, [c.id for c in present.consortia], lambda: present.users)


def _caring(actor: Actor, libraries: Iterable[Library], consortia: Iterable[str], users: _Users) -> Actor:
    actor = msgspec.structs.replace(actor, cares_for=frozenset(), stands_in=frozenset())
    if actor.operator or not actor.consortia:
        return actor
    if CENTRE_ADMIN in actor.roles:
        # The many users are looked through for the admins of the centre only.
        run = {r.removeprefix(ROLE_OF_CONSORTIUM) for u in users() for r in u.roles}
        actor = msgspec.structs.replace(actor, stands_in=frozenset(consortia) - run)
    mine = actor.consortia
    cares = frozenset(v.id for v in libraries if v.in_care_of and v.in_care_of in mine)
    return msgspec.structs.replace(actor, cares_for=cares)
