"""The table of the 21 resource types (资源类型表): ``resource_types.toml`` read."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

import msgspec


class ResourceType(msgspec.Struct, frozen=True):
    """One of the 21 resource types (资源类型) with the words other formats have for it."""

    code: str
    zh: str
    en: str
    icon: str
    dc: str  # DCMI Type term
    schema_org: str
    ris: str
    csl: str
    bibtex: str
    openurl_genre: str
    gbt7714: str  # mark of GB/T 7714-2015, with the carrier where it is on line
    physical: bool  # usually a thing on a shelf
    order: int = 0  # of the channels (频道)


def _load() -> tuple[ResourceType, ...]:
    rows: list[dict[str, Any]] = tomllib.loads(
        (files(__package__) / "resource_types.toml").read_text(encoding="utf-8")
    )["type"]
    return tuple(ResourceType(order=order, **row) for order, row in enumerate(rows))


RESOURCE_TYPES: tuple[ResourceType, ...] = _load()
BY_CODE: dict[str, ResourceType] = {row.code: row for row in RESOURCE_TYPES}
