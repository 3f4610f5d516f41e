"""The contract of a way of signing in (登录方式).

A way finds out who somebody is and nothing more: sessions, roles and what he may see are the same whichever
way he came. Ways are plug-ins of the entry-point group ``ereader.ways_in``; the built-in one is declared as a
stranger's would be.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol

import msgspec

from holdings.members.user import User

GROUP = "ereader.ways_in"
log = logging.getLogger(__name__)


class Identity(msgspec.Struct, frozen=True):
    """Who somebody is (身份): ``subject`` as ``way`` names him for ever, ``user`` the account that is his.

    The key is the pair of way and subject, never an address of mail, a name or a card number alone.
    """

    way: str
    subject: str
    user: str


class Way(Protocol):
    """One way of signing in (登录方式). Safe to call from several threads."""

    @property
    def name(self) -> str:
        """Short and unchanging: it is kept in sessions."""
        ...

    @property
    def fields(self) -> tuple[str, ...]:
        """What the browser hands over: names of form fields, or of parameters with which it comes back."""
        ...

    def identify(self, given: Mapping[str, str], users: Mapping[str, User]) -> Identity | None:
        """Who has handed this over; None when that is nobody, at the same cost for every kind of nobody."""
        ...


def ways(declared: Iterable[EntryPoint] | None = None) -> dict[str, Way]:
    """Every usable way by its name; one that cannot be loaded is as if it were not installed, and logged."""
    found: dict[str, Way] = {}
    points = entry_points(group=GROUP) if declared is None else declared
    for point in sorted(points, key=lambda p: (p.name, not p.value.startswith("ereader."), p.value)):
        try:
            way: Way = point.load()
            found.setdefault(way.name, way)
        except Exception as error:  # A stranger's module may raise anything at all.
            log.warning("way of signing in %s cannot be used: %s", point.value, error)
    return found
