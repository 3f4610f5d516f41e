"""What a change of the registry would hide and show (共享变更预演), counted before anything is saved.

For every audience of every place whose repositories change: how many union records lose a source there, how
many of them are then held nowhere else there, and the same for what is gained. Counted on the narrow table
of the store: two passes over it, whatever the number of places. A record whose own embargo is a date that
nobody can read counts as shown, for that stands only in the record itself.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec
import sqlalchemy as sa

from holdings.members import sharing
from holdings.members.change import after
from holdings.members.registry import Configuration
from indexer.tables import DELETED, RECORD_FLAG, SOURCE, SUPPRESSED

Atoms = dict[str, frozenset[str]]
# Who may see what is for this audience sees what is for the wider ones as well.
_WIDER = {"everyone": (), "members": ("everyone",), "staff": ("everyone", "members")}


class Effect(msgspec.Struct, frozen=True):
    """What changes for one audience of one place (变更影响), in union records.

    ``place`` and ``audience`` are those of an atom (``C:jalis``, ``members``). ``hidden`` lose a source
    there, ``gone`` of them are held nowhere else there; ``shown`` gain one, ``new`` of them were not there
    before. ``hides`` and ``shows`` are the repositories concerned.
    """

    place: str
    audience: str
    hidden: int
    gone: int
    shown: int
    new: int
    hides: tuple[str, ...]
    shows: tuple[str, ...]


def effects(
    database: sa.Engine, present: Configuration, changes: Configuration, day: datetime.date
) -> list[Effect]:
    """What ``changes`` would do to what is ``present``, in order of place and audience; [] for nothing."""
    before, then = atoms(present, day), atoms(after(present, changes), day)
    none = frozenset[str]()
    moved = {
        r: before.get(r, none) ^ then.get(r, none)
        for r in before.keys() | then.keys()
        if before.get(r, none) != then.get(r, none)
    }
    if not moved:
        return []
    counted = _Counted(database, sorted(moved), day)
    found = []
    for atom in sorted(frozenset[str]().union(*moved.values())):
        place, _, audience = atom.rpartition("/")
        open_to = opened_by(atom)
        old = {r for r, held in before.items() if held & open_to}
        new = {r for r, held in then.items() if held & open_to}
        hidden, gone = counted.records(old - new, new)
        shown, fresh = counted.records(new - old, old)
        if hidden or shown or old != new:
            lists = tuple(sorted(old - new)), tuple(sorted(new - old))
            found.append(Effect(place, audience, hidden, gone, shown, fresh, *lists))
    return found


def atoms(configuration: Configuration, day: datetime.date) -> Atoms:
    """The atoms of every repository of a configuration."""
    statuses: dict[str, dict[str, str]] = defaultdict(dict)
    for m in configuration.memberships:
        statuses[m.library][m.consortium] = m.status_on(day)
    standing = sharing.standing(configuration.consortia)
    return {
        r.id: sharing.atoms_of(sharing.with_standing(r, standing), statuses[r.library], day)
        for r in configuration.repositories
    }


def opened_by(atom: str) -> frozenset[str]:
    """The atoms of its place that are open to whoever holds ``atom`` there."""
    place, _, audience = atom.rpartition("/")
    kind, _, library = audience.partition("@")
    found = {atom, *(f"{place}/{wider}" for wider in _WIDER[kind])}
    if library:
        found |= {f"{place}/members", *(f"{place}/{wider}@{library}" for wider in _WIDER[kind][1:])}
    return frozenset(found)


class _Counted:
    """Live union records by the repositories that hold them, of some repositories."""

    def __init__(self, database: sa.Engine, repositories: list[str], day: datetime.date) -> None:
        (held, said), (other, of_other) = ((SOURCE.alias(), RECORD_FLAG.alias()) for _ in range(2))
        mine = held.outerjoin(said, said.c.uid == held.c.uid)
        theirs = other.outerjoin(of_other, of_other.c.uid == other.c.uid)
        with database.connect() as connection:
            alone = (
                sa.select(held.c.repository, sa.func.count())
                .select_from(mine)
                .where(held.c.repository.in_(repositories), held.c.cluster.is_(None), *_live(held, said, day))
                .group_by(held.c.repository)
            )
            self._alone: Mapping[str, int] = {r.repository: r[1] for r in connection.execute(alone)}
            touched = (
                sa.select(held.c.cluster)
                .select_from(mine)
                .where(
                    held.c.repository.in_(repositories), held.c.cluster.is_not(None), *_live(held, said, day)
                )
                .distinct()
            )
            merged = (
                sa.select(other.c.cluster, other.c.repository)
                .select_from(theirs)
                .where(other.c.cluster.in_(touched), *_live(other, of_other, day))
            )
            groups: dict[str, set[str]] = defaultdict(set)
            for cluster, repository in connection.execute(merged):
                groups[cluster].add(repository)
        # Most records are held by the same few sets of repositories.
        self._merged: dict[frozenset[str], int] = defaultdict(int)
        for holders in groups.values():
            self._merged[frozenset(holders)] += 1

    def records(self, some: Iterable[str], others: set[str]) -> tuple[int, int]:
        """How many are held by one of ``some``, and how many of these by none of ``others``."""
        asked = set(some)
        held = only = sum(self._alone.get(r, 0) for r in asked)
        for holders, count in self._merged.items():
            if holders & asked:
                held += count
                only += 0 if holders & others else count
        return held, only


def _live(
    record: sa.FromClause, said: sa.FromClause, day: datetime.date
) -> tuple[sa.ColumnElement[bool], ...]:
    """Whether the record itself lets itself be seen: what staff say of it goes before what came with it."""
    embargo = sa.func.coalesce(said.c.embargo_until, record.c.embargo_until)
    return (
        record.c.state != DELETED,
        sa.func.coalesce(said.c.deleted, sa.false()).is_(sa.false()),
        sa.func.coalesce(said.c.suppressed, record.c.state == SUPPRESSED).is_(sa.false()),
        sa.or_(embargo == "", embargo <= day.isoformat()),
    )
