"""What a change of the registry asks for (变更所需权限): one demand for each right that is needed.

A file applied and a button in a console are the same change, so both need the same rights.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import msgspec

from ereader.auth.roles import Action, Target
from holdings.members.consortium import Consortium, Membership
from holdings.members.endpoint import Endpoint
from holdings.members.library import Library
from holdings.members.registry import Configuration
from holdings.members.repository import Repository
from holdings.members.user import LOCAL_ROLES, User


class Demand(msgspec.Struct, frozen=True):
    """One right that a change needs (所需权限); ``entry`` is the ``kind/id`` that it changes."""

    entry: str
    action: Action
    target: Target


def demands(present: Configuration, changes: Configuration) -> list[Demand]:
    """All rights that ``changes`` need, seen from what is ``present``; entries that stay as they are need
    none.
    """
    found: list[Demand] = []
    libraries = {v.id: v for v in present.libraries}
    for library in changes.libraries:
        found += _of_library(libraries.get(library.id), library)
    consortia = {v.id: v for v in present.consortia}
    for consortium in changes.consortia:
        found += _of_consortium(consortia.get(consortium.id), consortium)
    memberships = {(v.library, v.consortium): v for v in present.memberships}
    for membership in changes.memberships:
        found += _of_membership(memberships.get((membership.library, membership.consortium)), membership)
    repositories = {v.id: v for v in present.repositories}
    for repository in changes.repositories:
        found += _of_repository(repositories.get(repository.id), repository)
    users = {v.name: v for v in present.users}
    for user in changes.users:
        found += _of_user(users.get(user.name), user, present)
    endpoints = {v.id: v for v in present.endpoints}
    for endpoint in changes.endpoints:
        found += _of_endpoint(endpoints.get(endpoint.id), endpoint)
    for entry in changes.removed:
        found += _of_removed(entry, present, changes)
    return found


def _of_library(old: Library | None, new: Library) -> Iterator[Demand]:
    entry, at = f"library/{new.id}", Target(library=new.id)
    if old is None:
        yield Demand(entry, "library.create", at)
        if new.in_care_of:
            yield Demand(entry, "library.care", Target(library=new.id, consortium=new.in_care_of))
    elif new.in_care_of != old.in_care_of:
        # A library is taken into care when it is registered, later only by whoever runs the machine; all
        # concerned may end it.
        action: Action = "library.entrust" if new.in_care_of else "library.release"
        yield Demand(entry, action, Target(library=new.id, consortium=old.in_care_of))
    # A host name decides whose portal strangers are shown, so its library does not take it by itself.
    hosts = old.portal.hosts if old else ()
    if new.portal.hosts != hosts:
        yield Demand(entry, "host.edit", at)
    if old and _own_affairs(new) != _own_affairs(old):
        yield Demand(entry, "library.edit", at)


def _of_consortium(old: Consortium | None, new: Consortium) -> Iterator[Demand]:
    entry, at = f"consortium/{new.id}", Target(consortium=new.id)
    if old is None:
        yield Demand(entry, "consortium.create", at)
    if new.hosts != (old.hosts if old else ()):
        yield Demand(entry, "host.edit", at)
    if old and _without(new, "hosts") != _without(old, "hosts"):
        yield Demand(entry, "consortium.edit", at)


def _of_membership(old: Membership | None, new: Membership) -> Iterator[Demand]:
    if new == old:
        return
    action: Action = "membership.edit"
    if old and new.status == "suspended":
        action = "membership.suspend"
    elif old and (new.status == "left" or _shortened(old, new)):
        action = "membership.leave"
    at = Target(library=new.library, consortium=new.consortium)
    yield Demand(f"membership/{new.library}/{new.consortium}", action, at)


def _shortened(old: Membership, new: Membership) -> bool:
    """Whether nothing is different but an earlier last day."""
    earlier = new.until is not None and (old.until is None or new.until < old.until)
    return earlier and msgspec.structs.replace(old, until=new.until) == new


def _of_repository(old: Repository | None, new: Repository) -> Iterator[Demand]:
    entry = f"repository/{new.id}"
    owners = {new.library, old.library if old else new.library}
    keys = ("offered_to", "published_by")
    if old is None or _without(new, *keys) != _without(old, *keys):
        for owner in sorted(owners):
            yield Demand(entry, "repository.edit", Target(library=owner))
    offered, published = (set(getattr(old, key)) if old else set() for key in keys)
    if offered != set(new.offered_to):
        yield Demand(entry, "repository.offer", Target(library=new.library))
    for consortium in sorted(published ^ set(new.published_by)):
        yield Demand(entry, "repository.publish", Target(library=new.library, consortium=consortium))


def _of_user(old: User | None, new: User, present: Configuration) -> Iterator[Demand]:
    if new == old:
        return
    entry = f"user/{new.name}"
    if old and msgspec.structs.replace(old, secret=new.secret) == new:
        # One's own password is one's own affair; another's opens all that he may do.
        yield Demand(entry, "user.password", Target(user=new.name, library=new.library))
        return
    yield from grants_of(old, new, present)


def _of_endpoint(old: Endpoint | None, new: Endpoint) -> Iterator[Demand]:
    if new != old:
        for owner in sorted({new.library, old.library if old else new.library}):
            yield Demand(f"endpoint/{new.id}", "endpoint.edit", Target(library=owner))


def _of_removed(entry: str, present: Configuration, changes: Configuration) -> Iterator[Demand]:
    kind, _, id = entry.partition("/")
    if kind == "library":
        yield Demand(entry, "library.remove", Target(library=id))
    elif kind == "consortium":
        yield Demand(entry, "consortium.remove", Target(consortium=id))
    elif kind == "membership":
        library, _, consortium = id.partition("/")
        yield Demand(entry, "membership.leave", Target(library=library, consortium=consortium))
    elif kind == "user":
        user = next((u for u in present.users if u.name == id), None)
        if user:
            # With a library go its people; what they are elsewhere is for others to take.
            together = f"library/{user.library}" in changes.removed
            for demand in grants_of(user, user, present):
                if together and demand.target.role in LOCAL_ROLES:
                    yield Demand(entry, "library.remove", Target(library=user.library))
                else:
                    yield demand
    else:
        held = present.repositories if kind == "repository" else present.endpoints
        owner = next((value.library for value in held if value.id == id), "")
        action: Action = "repository.remove" if kind == "repository" else "endpoint.edit"
        if f"library/{owner}" in changes.removed:
            action = "library.remove"
        yield Demand(entry, action, Target(library=owner))


def grants_of(old: User | None, new: User, present: Configuration) -> Iterator[Demand]:
    """The rights that someone else than its owner needs to change an account: to every role it has
    or gets.
    """
    found: list[tuple[str, str]] = []
    for user in (old, new):
        if user:
            found += [(user.library, role) for role in user.roles or ("reader",)]
    for library, role in dict.fromkeys(found):
        target = Target(library=library, user=new.name, role=role, founded_by=_founders(library, present))
        yield Demand(f"user/{new.name}", "user.grant", target)


def _founders(library: str, present: Configuration) -> frozenset[str]:
    if any(user.library == library and "library-admin" in user.roles for user in present.users):
        return frozenset()
    day = datetime.datetime.now(datetime.UTC).date()
    return frozenset(
        m.consortium for m in present.memberships if m.library == library and m.status_on(day) == "active"
    )


def _own_affairs(library: Library) -> dict[str, Any]:
    """What a library decides by itself: all but its host names, and who cares for it."""
    found = _without(library, "in_care_of")
    return {**found, "portal": {k: v for k, v in found.get("portal", {}).items() if k != "hosts"}}


def _without(value: Any, *keys: str) -> dict[str, Any]:
    """A structure as a dictionary, without these keys."""
    found = dict(msgspec.to_builtins(value))
    return {k: v for k, v in found.items() if k not in keys}
