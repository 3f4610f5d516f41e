"""Who may change what, as a table and pure functions (角色与权限).

A role is bound to a scope: reader, librarian, cataloguer, consultant and library-admin to the user's own
library, ``consortium-admin:ID`` to that consortium, centre-admin to the centre. Who cares for a library or
stands in for a consortium (``care.py``) has the rights of its admin. What the table does not allow
is denied. No role opens records to its holder: what someone sees is decided by ``holdings.members`` alone.
"""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from holdings.members.consortium import CENTRE
from holdings.members.user import ROLE_OF_CONSORTIUM, ROLES

Action = Literal[
    "library.create",
    "library.edit",
    "library.remove",
    "library.care",
    "library.entrust",
    "library.release",
    "host.edit",
    "consortium.create",
    "consortium.edit",
    "consortium.remove",
    "membership.edit",
    "membership.suspend",
    "membership.leave",
    "repository.edit",
    "repository.remove",
    "repository.offer",
    "repository.publish",
    "records.load",
    "records.flag",
    "records.judge",
    "endpoint.edit",
    "user.grant",
    "user.password",
    "audit.read",
]
ACTIONS: tuple[Action, ...] = get_args(Action)
Reason = Literal[
    "operator", "own-library", "in-care", "own-consortium", "centre", "own-account", "founding",
    "no-role", "other-scope", "own-roles",
]  # fmt: skip

# Which roles of a library may do what within it.
AT_LIBRARY: dict[Action, frozenset[str]] = {
    "library.edit": frozenset({"library-admin"}),
    "library.release": frozenset({"library-admin"}),
    "membership.leave": frozenset({"library-admin"}),
    "repository.edit": frozenset({"librarian", "library-admin"}),
    "repository.remove": frozenset({"library-admin"}),
    "repository.offer": frozenset({"librarian", "library-admin"}),
    "records.load": frozenset({"cataloguer", "library-admin"}),
    "records.flag": frozenset({"cataloguer", "library-admin"}),
    "records.judge": frozenset({"cataloguer", "library-admin"}),
    "endpoint.edit": frozenset({"library-admin"}),
    "audit.read": frozenset({"library-admin"}),
}
# What the admin of a consortium may do within it.
AT_CONSORTIUM: frozenset[Action] = frozenset(
    {
        "library.care",
        "library.release",
        "consortium.edit",
        "membership.edit",
        "membership.suspend",
        "membership.leave",
        "repository.publish",
        "audit.read",
    }
)
# What the admin of the centre may do anywhere. Within the centre he is the admin of a consortium as well.
ANYWHERE: frozenset[Action] = frozenset(
    {
        "library.create",
        "library.remove",
        "library.release",
        "host.edit",
        "consortium.create",
        "consortium.edit",
        "consortium.remove",
        "membership.suspend",
        "records.judge",
        "endpoint.edit",
        "audit.read",
    }
)
# What the admin of any consortium may do, for what is made new is in no scope yet.
BY_ANY_CONSORTIUM: frozenset[Action] = frozenset({"library.create"})


class Actor(msgspec.Struct, frozen=True):
    """Who wants to change something (操作者): a user, or whoever runs the program on the machine.

    ``cares_for`` are libraries and ``stands_in`` consortia that he runs as they have no admin of their own.
    """

    name: str
    library: str = ""
    roles: tuple[str, ...] = ()
    operator: bool = False
    cares_for: frozenset[str] = frozenset()
    stands_in: frozenset[str] = frozenset()

    @property
    def consortia(self) -> frozenset[str]:
        """The consortia of which he is an admin, or stands in for one."""
        own = {r.removeprefix(ROLE_OF_CONSORTIUM) for r in self.roles if r.startswith(ROLE_OF_CONSORTIUM)}
        return frozenset(own | self.stands_in | ({CENTRE} if "centre-admin" in self.roles else set()))

    def has(self, role: str, library: str) -> bool:
        """Whether he holds a role of a library."""
        return bool(library) and library == self.library and role in self.roles


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """What would be changed (操作对象).

    ``role`` and ``user`` are for grants; ``founded_by`` are the consortia that may appoint the first admin of
    the library: those in which it is active while it has none.
    """

    library: str = ""
    consortium: str = ""
    user: str = ""
    role: str = ""
    founded_by: frozenset[str] = frozenset()


class Decision(msgspec.Struct, frozen=True):
    """Whether, and why (判定)."""

    allowed: bool
    reason: Reason


def may(actor: Actor, action: Action, target: Target) -> Decision:
    """Whether ``actor`` may do ``action`` to ``target``."""
    if actor.operator:
        return Decision(True, "operator")
    if action == "user.grant":
        return _may_grant(actor, target)
    if action == "user.password":
        own = bool(actor.name) and actor.name == target.user
        return Decision(True, "own-account") if own else Decision(False, "other-scope")
    roles = AT_LIBRARY.get(action, frozenset())
    if any(actor.has(role, target.library) for role in roles):
        return Decision(True, "own-library")
    if target.library in actor.cares_for and "library-admin" in roles:
        return Decision(True, "in-care")
    if action in AT_CONSORTIUM and target.consortium and target.consortium in actor.consortia:
        return Decision(True, "own-consortium")
    if action in BY_ANY_CONSORTIUM and actor.consortia:
        return Decision(True, "own-consortium")
    if action in ANYWHERE and "centre-admin" in actor.roles:
        return Decision(True, "centre")
    held = bool(roles.intersection(actor.roles)) or (action in AT_CONSORTIUM and bool(actor.consortia))
    return Decision(False, "other-scope" if held else "no-role")


def _may_grant(actor: Actor, target: Target) -> Decision:
    """Giving and taking a role (and all else about an account): within one's scope, never above one's level,
    never for oneself.
    """
    if actor.name == target.user:
        return Decision(False, "own-roles")
    consortium = target.role.removeprefix(ROLE_OF_CONSORTIUM)
    if consortium != target.role:
        if consortium in actor.consortia:
            return Decision(True, "own-consortium")
        if "centre-admin" in actor.roles:
            return Decision(True, "centre")
    elif target.role == "centre-admin":
        if "centre-admin" in actor.roles:
            return Decision(True, "centre")
    elif target.role in ROLES:
        if actor.has("library-admin", target.library):
            return Decision(True, "own-library")
        if target.library in actor.cares_for:
            return Decision(True, "in-care")
        if target.role == "library-admin" and target.library:
            if "centre-admin" in actor.roles:
                return Decision(True, "centre")
            if target.founded_by & actor.consortia:
                return Decision(True, "founding")
        if not target.library and "centre-admin" in actor.roles:
            return Decision(True, "centre")
    admin = "library-admin" in actor.roles or bool(actor.consortia)
    return Decision(False, "other-scope" if admin else "no-role")
