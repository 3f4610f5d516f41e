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
from collections.abc import Mapping
from typing import Literal

import msgspec

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


def places_of(repository: Repository, statuses: Mapping[str, str], today: datetime.date) -> tuple[str, ...]:
    """Place tokens where the repository is shown: its library, then the consortia that show it."""
    if embargoed(repository, today):
        return ()
    return (f"L:{repository.library}", *(f"C:{c}" for c in open_consortia(repository, statuses, today)))
