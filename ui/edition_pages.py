"""What the page of all editions of a work shows, as plain values (全部版本页模型)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Hit, Site, Text


@dataclass(frozen=True, slots=True)
class EditionGroup:
    """Editions in one language and of one type (版本组); ``own`` is the place of the record asked about."""

    language: str
    type: str
    hits: tuple[Hit, ...]
    own: int = -1


@dataclass(frozen=True, slots=True)
class EditionsPage:
    """All editions and translations of a work (全部版本)."""

    site: Site
    title: Text
    record_href: str
    author: str
    total: int
    shown: int
    groups: tuple[EditionGroup, ...]
