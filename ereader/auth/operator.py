"""Whoever runs the program on the machine (运维人员), and users on whose behalf he runs it."""

from __future__ import annotations

import getpass

from ereader.auth.care import caring
from ereader.auth.roles import Actor
from ereader.exit_status import UsageError
from holdings.members.registry import Members
from holdings.members.user import User


def operator() -> Actor:
    """Who runs this process, by the name that the operating system has for him. He may do everything: the
    files of the home are his.
    """
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return Actor(name, operator=True)


def acting(user: User) -> Actor:
    """A user as somebody who wants to change something."""
    return Actor(user.name, user.library, user.roles)


def actor_of(members: Members, name: str) -> Actor:
    """The user of a name; a UsageError when there is none."""
    user = members.users().get(name)
    if user is None:
        raise UsageError(f"--as {name}: there is no such user")
    return caring(acting(user), members)
