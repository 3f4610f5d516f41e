"""What a change of the registry comes to (变更合成): the registry after it, what follows from a removal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from holdings.members.consortium import CENTRE
from holdings.members.registry import KINDS, Configuration
from holdings.members.user import ROLE_OF_CONSORTIUM


def after(present: Configuration, changes: Configuration) -> Configuration:
    """What the registry is once ``changes`` are saved, each kind in order of its id."""
    changes = complete(present, changes)
    gone = set(changes.removed)
    kinds: dict[str, tuple[Any, ...]] = {}
    for kind, (_, attribute, key) in KINDS.items():
        held = {key(v): v for v in (*getattr(present, attribute), *getattr(changes, attribute))}
        kinds[attribute] = tuple(held[id] for id in sorted(held) if f"{kind}/{id}" not in gone)
    return Configuration(**kinds)


def complete(present: Configuration, changes: Configuration) -> Configuration:
    """``changes`` with what follows from them: care that ends with the first admin of a library, memberships
    of what is no more, and names of consortia that others have written down.
    """
    changes = _handed_over(present, changes)
    if not changes.removed:
        return changes
    libraries = {id for kind, id in _split(changes.removed) if kind == "library"}
    consortia = {id for kind, id in _split(changes.removed) if kind == "consortium"}
    gone = dict.fromkeys(changes.removed)
    for m in (*present.memberships, *changes.memberships):
        if m.library in libraries | consortia or m.consortium in consortia:
            gone[f"membership/{m.library}/{m.consortium}"] = None
    for e in present.endpoints:
        if e.library in libraries:
            gone[f"endpoint/{e.id}"] = None
    kinds = {
        attribute: {key(v): v for v in getattr(changes, attribute)} for _, attribute, key in KINDS.values()
    }
    if consortia:
        held = {a: {k(v): v for v in getattr(present, a)} | kinds[a] for _, a, k in KINDS.values()}
        for repository in held["repositories"].values():
            _put(kinds["repositories"], repository, repository.id, **{
                key: _without(getattr(repository, key), consortia) for key in ("offered_to", "published_by")
            })  # fmt: skip
        for library in held["libraries"].values():
            includes = _without(library.portal.includes, consortia)
            _put(
                kinds["libraries"],
                library,
                library.id,
                portal=msgspec.structs.replace(library.portal, includes=includes),
                in_care_of="" if library.in_care_of in consortia else library.in_care_of,
            )
        for user in held["users"].values():
            roles = _without(user.roles, {f"{ROLE_OF_CONSORTIUM}{c}" for c in consortia})
            _put(kinds["users"], user, user.name, roles=roles)
    left = {
        attribute: tuple(v for id, v in kinds[attribute].items() if f"{kind}/{id}" not in gone)
        for kind, (_, attribute, _) in KINDS.items()
    }
    return Configuration(**left, removed=tuple(gone))


def hindrances(present: Configuration, changes: Configuration) -> list[str]:
    """Why changes cannot be made, a line for each: what is removed is not there, or others still rest on it,
    or a library and a consortium would have one id, so that nobody could say whose portal ``/at/ID`` is.
    """
    found = []
    there = {f"{kind}/{key(v)}" for kind, (_, a, key) in KINDS.items() for v in getattr(present, a)}
    then = after(present, changes)
    both = {v.id for v in then.libraries} & {v.id for v in then.consortia}
    found += [
        f"{kind} {v.id}: a library and a consortium cannot have the same id"
        for kind, values in (("library", changes.libraries), ("consortium", changes.consortia))
        for v in values
        if v.id in both
    ]
    for kind, id in _split(changes.removed):
        if f"{kind}/{id}" not in there:
            found.append(f"{kind} {id}: cannot be removed, there is none")
        elif (kind, id) == ("consortium", CENTRE):
            found.append(f"consortium {CENTRE}: cannot be removed, every installation has it")
        elif kind == "library":
            for what, resting in (
                ("repository", [r.id for r in then.repositories if r.library == id]),
                ("user", [u.name for u in then.users if u.library == id]),
            ):
                if resting:
                    shown = ", ".join(resting[:5]) + (" …" if len(resting) > 5 else "")
                    found.append(
                        f"library {id}: cannot be removed while it has the {what} {shown}: remove it too"
                    )
    return found


def _handed_over(present: Configuration, changes: Configuration) -> Configuration:
    """Whoever cares for a library does so until it has an admin of its own."""
    held = {v.id: v for v in (*present.libraries, *changes.libraries) if v.in_care_of}
    for library in changes.libraries:
        if not library.in_care_of:
            held.pop(library.id, None)
    if not held:
        return changes
    users = {u.name: u for u in (*present.users, *changes.users)}
    ended = {
        u.library: msgspec.structs.replace(held[u.library], in_care_of="")
        for u in users.values()
        if u.library in held and "library-admin" in u.roles and f"user/{u.name}" not in changes.removed
    }
    if not ended:
        return changes
    others = (v for v in changes.libraries if v.id not in ended)
    return msgspec.structs.replace(changes, libraries=(*others, *ended.values()))


def _split(removed: Iterable[str]) -> Iterator[tuple[str, str]]:
    for entry in removed:
        kind, _, id = entry.partition("/")
        yield kind, id


def _without(values: tuple[str, ...], gone: set[str]) -> tuple[str, ...]:
    return tuple(v for v in values if v not in gone)


def _put(kept: dict[str, Any], value: Any, id: str, **changed: Any) -> None:
    new = msgspec.structs.replace(value, **changed)
    if new != value:
        kept[id] = new
