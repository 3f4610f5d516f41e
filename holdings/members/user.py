"""A user (用户): home library and roles."""

from __future__ import annotations

import msgspec

ROLES = ("reader", "librarian", "cataloguer", "consultant", "library-admin", "centre-admin")
ROLE_OF_CONSORTIUM = "consortium-admin:"  # followed by the consortium's id
LOCAL_ROLES = ROLES[:5]  # bound to the user's own library
STAFF_ROLES = frozenset({"librarian", "cataloguer", "consultant", "library-admin"})


def valid_name(name: str) -> bool:
    """Whether a text may be the name of a user."""
    return 1 <= len(name) <= 100 and name == name.strip() and name.isprintable()


class User(msgspec.Struct, frozen=True, omit_defaults=True):
    """Someone who may log in (用户); ``library`` is the home library, ``secret`` the hash of the password
    (see ``password``) or empty (no login). ``groups`` are what licences call readers: staff, medicine …
    """

    name: str
    library: str = ""
    roles: tuple[str, ...] = ("reader",)
    secret: str = ""
    groups: tuple[str, ...] = ()
