"""The one door to a change of the registry (变更入口): rights first, then change and log entry together.

Everything is decided before anything is written, and what is denied raises, so it cannot be forgotten and
nothing has happened.
"""

from __future__ import annotations

import datetime
from functools import partial

import sqlalchemy as sa

from ereader.auth import audit
from ereader.auth.demands import Demand, demands
from ereader.auth.roles import Action, Actor, Decision, Target, may
from holdings.members.registry import Configuration, Members


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


def save(
    members: Members,
    changes: Configuration,
    actor: Actor,
    reason: str = "",
    time: datetime.datetime | None = None,
) -> list[str]:
    """Adds or replaces entries of the registry, as ``actor``; answers with those that differ, as kind/id.

    Raises Denied before anything is written. Whoever calls holds the right to write in the home.
    """
    present = members.configuration()
    asked = demands(present, changes)
    for demand in asked:
        require(actor, demand.action, demand.target, demand.entry)
    at = time or datetime.datetime.now(datetime.UTC)
    return members.save(changes, partial(_note, present, changes, asked, actor, reason, at))


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
    before, after = _entries(present), _entries(changes)
    actions: dict[str, dict[str, None]] = {}
    for demand in asked:
        actions.setdefault(demand.entry, {})[demand.action] = None
    for entry in changed:
        done = " ".join(actions.get(entry, {})) or f"{entry.partition('/')[0]}.edit"
        audit.note(connection, actor, done, entry, before.get(entry), after[entry], reason, time)


def _entries(configuration: Configuration) -> dict[str, object]:
    return {
        **{f"library/{v.id}": v for v in configuration.libraries},
        **{f"consortium/{v.id}": v for v in configuration.consortia},
        **{f"membership/{v.library}/{v.consortium}": v for v in configuration.memberships},
        **{f"repository/{v.id}": v for v in configuration.repositories},
        **{f"user/{v.name}": v for v in configuration.users},
        **{f"endpoint/{v.id}": v for v in configuration.endpoints},
    }
