"""A repository (资源库): a library's set of records and the unit of sharing."""

from __future__ import annotations

import datetime
from typing import Any, Literal

import msgspec

from holdings.members.names import Name

Audience = Literal["everyone", "consortium-members", "own-members", "staff"]


class Repository(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A library's set of records (资源库).

    ``offered_to`` is the library's key, ``published_by`` the consortium's; both are needed (``sharing``).
    ``profile`` says how to read its files: ``type``, ``format``, ``charset``, ``legacy_charset``,
    ``holdings``.
    """

    id: str
    library: str
    name: Name = Name()
    audience: Audience = "everyone"
    offered_to: tuple[str, ...] = ()
    published_by: tuple[str, ...] = ()
    embargo_until: datetime.date | None = None
    profile: dict[str, Any] = {}
