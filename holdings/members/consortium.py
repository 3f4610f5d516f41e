"""A consortium (共享域) and who belongs to it."""

from __future__ import annotations

import datetime
from typing import Literal

import msgspec

from holdings.members.design import Design
from holdings.members.names import Name

CENTRE = "centre"  # reserved id of the consortium at the top of an installation
# What a consortium may let happen by itself (see ``sharing.standing``).
PUBLISH_OFFERS = "publish-offers"
FUNCTIONS = (PUBLISH_OFFERS,)
Status = Literal["active", "suspended", "left"]


class Consortium(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A shared domain of libraries (共享域); the one with id ``centre`` always exists. ``design`` is how its
    portal looks, ``functions`` are those of FUNCTIONS that it has switched on.
    """

    id: str
    name: Name = Name()
    hosts: tuple[str, ...] = ()
    design: Design = Design()
    functions: tuple[str, ...] = ()


class Membership(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A library (or, in the centre, a consortium) belongs to a consortium (成员资格), from the day ``since``
    to the day ``until``, where these are given.

    No membership at all means the same as ``left``: nothing is shown.
    """

    library: str
    consortium: str
    status: Status = "active"
    since: datetime.date | None = None
    until: datetime.date | None = None

    def status_on(self, day: datetime.date) -> Status:
        """What it is on a day: before its first and after its last, as if the library had left."""
        early = self.since is not None and day < self.since
        late = self.until is not None and day > self.until
        return "left" if early or late else self.status
