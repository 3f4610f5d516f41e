"""A repository (资源库): a library's set of records and the unit of sharing."""

from __future__ import annotations

import datetime
from typing import Any, Literal

import msgspec

from holdings.members.names import Name

Audience = Literal["everyone", "consortium-members", "own-members", "staff"]
# What a library may keep to itself of its records; ``indexer.records.private`` takes it out of them.
PrivateField = Literal[
    "abstract",
    "barcodes",
    "call_numbers",
    "contents",
    "extra",
    "holdings",
    "item_notes",
    "items",
    "links",
    "notes",
    "price",
    "rights",
]


class Repository(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A library's set of records (资源库).

    ``offered_to`` is the library's key, ``published_by`` the consortium's; both are needed (``sharing``).
    ``profile`` says how to read its files: ``type``, ``format``, ``charset``, ``legacy_charset``,
    ``holdings``. ``private`` are fields that only the library's own staff read; with any of them, nobody else
    gets the record as it was received either.
    """

    id: str
    library: str
    name: Name = Name()
    audience: Audience = "everyone"
    offered_to: tuple[str, ...] = ()
    published_by: tuple[str, ...] = ()
    embargo_until: datetime.date | None = None
    private: tuple[PrivateField, ...] = ()
    profile: dict[str, Any] = {}
