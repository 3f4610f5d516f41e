"""What can be managed, and the tabs of its console (管理对象与标签页).

A tab is open to whom the table of rights allows what it is for; its name is the last part of its address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import msgspec

from ereader.auth.roles import Action, Actor, Target, may
from holdings.members.consortium import CENTRE
from holdings.members.registry import Members
from holdings.members.user import LOCAL_ROLES

Kind = Literal["library", "consortium", "centre"]
Allowed = Callable[[Actor, str, Members], bool]


class Tab(msgspec.Struct, frozen=True):
    """A page of a console (标签页): its name in addresses, the key of its label, for whom it is."""

    name: str
    label: str
    allowed: Allowed


class ScopeKind(msgspec.Struct, frozen=True):
    """A kind of thing with a console (管理对象类型)."""

    exists: Callable[[Members, str], bool]
    tabs: tuple[Tab, ...]


def at_library(*actions: Action) -> Allowed:
    """For whom may do one of these to the library."""

    def allowed(actor: Actor, id: str, _: Members) -> bool:
        return any(may(actor, action, Target(library=id)).allowed for action in actions)

    return allowed


def at_consortium(*actions: Action) -> Allowed:
    """For whom may do one of these to the consortium."""

    def allowed(actor: Actor, id: str, _: Members) -> bool:
        return any(may(actor, action, Target(consortium=id)).allowed for action in actions)

    return allowed


def judges_own(actor: Actor, id: str, _: Members) -> bool:
    """For whom judges records of the library as one of its own staff, or in their place."""
    return may(actor, "records.judge", Target(library=id)).reason in ("own-library", "in-care")


def in_centre(actor: Actor, _: str, __: Members) -> bool:
    """For the admins of the centre."""
    return "centre-admin" in actor.roles


def appoints(actor: Actor, id: str, members: Members) -> bool:
    """For whom may give some role at the library."""
    return bool(grantable(actor, id, members))


def grantable(actor: Actor, library: str, members: Members, user: str = "") -> tuple[str, ...]:
    """The roles at a library that somebody may give and take."""
    target = Target(library=library, user=user)
    found = _granted(actor, target)
    if "library-admin" in found or not actor.consortia:
        return found
    # Who founds a library appoints its first admin; the many users are looked through for him only.
    founders = frozenset(c for c, status in members.statuses(library).items() if status == "active")
    if not founders & actor.consortia:
        return found
    if any(u.library == library and "library-admin" in u.roles for u in members.users().values()):
        return found
    return _granted(actor, msgspec.structs.replace(target, founded_by=founders))


def _granted(actor: Actor, target: Target) -> tuple[str, ...]:
    return tuple(
        role
        for role in LOCAL_ROLES
        if may(actor, "user.grant", msgspec.structs.replace(target, role=role)).allowed
    )


# One line a page. The first, without a name, is the overview; it is open to whom any other is.
SCOPES: dict[Kind, ScopeKind] = {
    "library": ScopeKind(
        lambda members, id: id in members.libraries(),
        (
            Tab("load", "manage.tab_load", at_library("records.load")),
            Tab("repositories", "manage.tab_repositories", at_library("repository.edit")),
            Tab("profile", "manage.tab_profile", at_library("library.edit")),
            Tab("design", "manage.tab_design", at_library("library.edit")),
            Tab("widget", "manage.tab_widget", at_library("library.edit")),
            Tab("review", "review.tab", judges_own),
            Tab("quality", "quality.tab", at_library("repository.edit", "records.load")),
            Tab("links", "links.tab", at_library("library.edit", "records.load")),
            Tab("endpoints", "manage_endpoints.tab_endpoints", at_library("endpoint.edit")),
            Tab("people", "manage.tab_people", appoints),
            Tab("trace", "manage_trace.tab_trace", at_library("repository.edit", "records.load")),
            Tab("log", "manage.tab_log", at_library("audit.read")),
        ),
    ),
    "consortium": ScopeKind(
        lambda members, id: id in members.consortia() and id != CENTRE,
        (
            Tab("members", "manage_consortium.tab_members", at_consortium("membership.edit")),
            Tab("sharing", "manage_consortium.tab_sharing", at_consortium("repository.publish")),
            Tab("design", "manage.tab_design", at_consortium("consortium.edit")),
            Tab("widget", "manage.tab_widget", at_consortium("consortium.edit")),
            Tab("settings", "manage_consortium.tab_settings", at_consortium("consortium.edit")),
            Tab("log", "manage_consortium.tab_log", at_consortium("audit.read")),
        ),
    ),
    "centre": ScopeKind(
        lambda *_: True,
        (
            Tab("libraries", "manage_centre.tab_libraries", in_centre),
            Tab("consortia", "manage_centre.tab_consortia", in_centre),
            Tab("members", "manage_consortium.tab_members", in_centre),
            Tab("sharing", "manage_consortium.tab_sharing", in_centre),
            Tab("review", "review.tab", in_centre),
            Tab("links", "links.tab", in_centre),
            Tab("design", "manage.tab_design", in_centre),
            Tab("widget", "manage.tab_widget", in_centre),
            Tab("settings", "manage_consortium.tab_settings", in_centre),
            Tab("people", "manage_people.tab_people", in_centre),
            Tab("endpoints", "manage_endpoints.tab_endpoints", in_centre),
            Tab("jobs", "manage_centre.tab_jobs", in_centre),
            Tab("trace", "manage_trace.tab_trace", in_centre),
            Tab("log", "manage_consortium.tab_log", in_centre),
        ),
    ),
}
OVERVIEW = "manage.tab_overview"


def tabs_of(kind: Kind, actor: Actor, id: str, members: Members) -> list[Tab]:
    """The tabs that are open to somebody, the overview first; none when it is not his at all."""
    found = [tab for tab in SCOPES[kind].tabs if tab.allowed(actor, id, members)]
    return [Tab("", OVERVIEW, lambda *_: True), *found] if found else []


def manages(actor: Actor) -> bool:
    """Whether somebody may have anything to manage: a role beside those of reading and advising."""
    return any(role not in ("reader", "consultant") for role in actor.roles)
