"""The one door to a change of the registry (变更入口): rights first, then change and log entry together.

Everything is decided before anything is written, and what is denied raises, so it cannot be forgotten and
nothing has happened.
"""

from __future__ import annotations

import datetime
from functools import partial

import sqlalchemy as sa

from ereader.auth import audit
from ereader.auth.care import caring_in
from ereader.auth.demands import Demand, demands
from ereader.auth.roles import Action, Actor, Decision, Target, may
from holdings.members import change
from holdings.members.registry import Configuration, Members, Outdated

TRIES = 50


class Denied(Exception):
    """Someone asked for what he may not do (无权操作); nothing was changed."""

    def __init__(
        self, actor: Actor, action: Action, target: Target, decision: Decision, entry: str = ""
    ) -> None:
        self.actor, self.action, self.target, self.decision = actor, action, target, decision
        super().__init__(f"{entry + ': ' if entry else ''}{actor.name} may not {action} ({decision.reason})")


def require(actor: Actor, action: Action, target: Target, entry: str = "") -> None:
    """Raises Denied unless ``actor`` may do this."""
    decision = may(actor, action, target)
    if not decision.allowed:
        raise Denied(actor, action, target, decision, entry)


class Hindered(Exception):
    """Something cannot be removed as others rest on it (不能删除); ``problems`` has a line for each."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def save(
    members: Members,
    changes: Configuration,
    actor: Actor,
    reason: str = "",
    time: datetime.datetime | None = None,
) -> list[str]:
    """Adds, replaces and removes entries of the registry, as ``actor``; answers with those that differ, as
    kind/id.

    Raises Denied or Hindered before anything is written. Rights, change and log entry rest on one revision
    of the registry: when another process has changed it meanwhile, everything is decided anew.
    """
    for _ in range(TRIES):
        held = members.now()
        present = held.configuration()
        asked = _allowed(held, present, changes, actor)
        whole = change.complete(present, changes)
        at = time or datetime.datetime.now(datetime.UTC)
        try:
            return members.save(
                whole, partial(_note, present, whole, asked, actor, reason, at), held.revision()
            )
        except Outdated:
            continue
    raise Outdated


def rehearse(members: Members, changes: Configuration, actor: Actor) -> list[str]:
    """What `save` would answer, and raise, while nothing is written."""
    held = members.now()
    present = held.configuration()
    _allowed(held, present, changes, actor)
    before, after = _entries(present), _entries(change.after(present, changes))
    return [e for e in (*before, *(e for e in after if e not in before)) if before.get(e) != after.get(e)]


def _allowed(held: Members, present: Configuration, changes: Configuration, actor: Actor) -> list[Demand]:
    asked = demands(present, changes)
    actor = caring_in(actor, present)
    for demand in asked:
        require(actor, demand.action, demand.target, demand.entry)
    hindered = change.hindrances(present, changes)
    for repository in changes.repositories:
        if held.former_owner(repository.id) not in ("", repository.library):
            hindered.append(f"repository {repository.id}: this id was another library's")
    if hindered:
        raise Hindered(hindered)
    return asked


def _note(
    present: Configuration,
    changes: Configuration,
    asked: list[Demand],
    actor: Actor,
    reason: str,
    time: datetime.datetime,
    connection: sa.Connection,
    changed: list[str],
) -> None:
    before, after, gone = _entries(present), _entries(changes), set(changes.removed)
    actions: dict[str, dict[str, None]] = {}
    for demand in asked:
        actions.setdefault(demand.entry, {})[demand.action] = None
    for entry in changed:
        kind = entry.partition("/")[0]
        done = " ".join(actions.get(entry, {})) or f"{kind}.{'remove' if entry in gone else 'edit'}"
        audit.note(connection, actor, done, entry, before.get(entry), after.get(entry), reason, time)


def _entries(configuration: Configuration) -> dict[str, object]:
    return {
        **{f"library/{v.id}": v for v in configuration.libraries},
        **{f"consortium/{v.id}": v for v in configuration.consortia},
        **{f"membership/{v.library}/{v.consortium}": v for v in configuration.memberships},
        **{f"repository/{v.id}": v for v in configuration.repositories},
        **{f"user/{v.name}": v for v in configuration.users},
        **{f"endpoint/{v.id}": v for v in configuration.endpoints},
    }
