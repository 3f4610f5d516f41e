"""A consortium (共享域) and who belongs to it."""

from __future__ import annotations

from typing import Literal

import msgspec

from holdings.members.names import Name

CENTRE = "centre"  # reserved id of the consortium at the top of an installation
Status = Literal["active", "suspended", "left"]


class Consortium(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A shared domain of libraries (共享域); the one with id ``centre`` always exists."""

    id: str
    name: Name = Name()
    hosts: tuple[str, ...] = ()


class Membership(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A library (or, in the centre, a consortium) belongs to a consortium (成员资格).

    No membership at all means the same as ``left``: nothing is shown.
    """

    library: str
    consortium: str
    status: Status = "active"
