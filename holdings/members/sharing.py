"""Who may see a repository, as pure functions (共享规则).

Two keys open a repository to a consortium: its library offers it and the consortium publishes it, and the
library must be an active member. Deny wins; nothing is transitive; what is unknown or empty shows nothing.
The audience then says which viewers: everyone, members of the consortium, members of the owning library, its
staff.

Atoms (see ``view``), where L is the owning library and X a consortium to which both keys open it:

| audience | in the owner's portal | in X |
| --- | --- | --- |
| everyone | ``L:L/everyone`` | ``C:X/everyone`` |
| consortium-members | ``L:L/members`` | ``C:X/members`` |
| own-members | ``L:L/members`` | ``C:X/members@L`` |
| staff | ``L:L/staff`` | ``C:X/staff@L`` |
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

from holdings.members.consortium import PUBLISH_OFFERS, Consortium
from holdings.members.repository import Repository

Outcome = Literal["seen", "waiting", "withdrawn", "embargoed", "not-a-member", "not-offered"]


class Decision(msgspec.Struct, frozen=True):
    """Whether a consortium shows a repository, and why (共享判定).

    ``waiting``: offered and not published (its library's staff read this); ``withdrawn``: published once, no
    longer offered (the consortium's staff read this); ``not-offered``: neither.
    """

    outcome: Outcome

    @property
    def seen(self) -> bool:
        return self.outcome == "seen"


def standing(consortia: Iterable[Consortium]) -> frozenset[str]:
    """The consortia that have turned their key for whatever their members offer, now and later."""
    return frozenset(c.id for c in consortia if PUBLISH_OFFERS in c.functions)


def with_standing(repository: Repository, standing: frozenset[str]) -> Repository:
    """The repository as if each of these consortia that it is offered to had published it by name."""
    more = standing.intersection(repository.offered_to).difference(repository.published_by)
    if not more:
        return repository
    return msgspec.structs.replace(repository, published_by=(*repository.published_by, *sorted(more)))


def embargoed(repository: Repository, today: datetime.date) -> bool:
    """Whether the embargo still runs; the day itself is the first day it is seen."""
    return repository.embargo_until is not None and repository.embargo_until > today


def decide(
    repository: Repository, consortium: str, statuses: Mapping[str, str], today: datetime.date
) -> Decision:
    """Whether ``consortium`` shows the repository; ``statuses`` is consortium → the owning library's status
    there.
    """
    if statuses.get(consortium) != "active":
        return Decision("not-a-member")
    offered = consortium in repository.offered_to
    published = consortium in repository.published_by
    if not offered:
        return Decision("withdrawn" if published else "not-offered")
    if not published:
        return Decision("waiting")
    return Decision("embargoed" if embargoed(repository, today) else "seen")


def open_consortia(repository: Repository, statuses: Mapping[str, str], today: datetime.date) -> list[str]:
    """The consortia that show the repository, in order of their ids."""
    return [c for c in sorted(set(repository.offered_to)) if decide(repository, c, statuses, today).seen]


def atoms_of(repository: Repository, statuses: Mapping[str, str], today: datetime.date) -> frozenset[str]:
    """The atoms through which the repository can be seen; empty while its embargo runs."""
    if embargoed(repository, today):
        return frozenset()
    owner = repository.library
    own, shared = {
        "everyone": ("everyone", "everyone"),
        "consortium-members": ("members", "members"),
        "own-members": ("members", f"members@{owner}"),
        "staff": ("staff", f"staff@{owner}"),
    }[repository.audience]
    found = {f"C:{consortium}/{shared}" for consortium in open_consortia(repository, statuses, today)}
    return frozenset(found | {f"L:{owner}/{own}"})


MIXED = "?"  # among the marks of a repository's documents: some carry less than the others
PRIVATE = "~"  # begins the mark of a private field among the marks of a repository's documents


def marks_of(repository: Repository) -> frozenset[str]:
    """A mark for each private field: documents that carry it were made without the field."""
    return frozenset(f"{PRIVATE}{field}" for field in repository.private)


def atoms_in(marks: frozenset[str]) -> frozenset[str]:
    """The atoms among the marks of documents."""
    return frozenset(mark for mark in marks if not mark.startswith(PRIVATE))


def mixed(new: frozenset[str], old: frozenset[str]) -> frozenset[str]:
    """What some documents may carry while some are made anew. That they differ is remembered too: when the
    rules are again what they were before the others have followed, those that were made anew carry less.
    """
    return old if new == old else either(new, old) | {MIXED}


def either(*marks: frozenset[str]) -> frozenset[str]:
    """What may be true of documents of which some have these marks and some those: all their atoms, but
    only what is private in all of them.
    """
    atoms = frozenset[str]().union(*map(atoms_in, marks))
    return atoms | frozenset.intersection(*(m - atoms_in(m) for m in marks))


def tells(carried: frozenset[str], marks: frozenset[str] | None) -> bool:
    """Whether documents may say what is private by now."""
    return marks is not None and bool((marks - atoms_in(marks)) - carried)


def places_of(repository: Repository, statuses: Mapping[str, str], today: datetime.date) -> tuple[str, ...]:
    """Place tokens where the repository is shown: its library, then the consortia that show it."""
    if embargoed(repository, today):
        return ()
    return (f"L:{repository.library}", *(f"C:{c}" for c in open_consortia(repository, statuses, today)))
