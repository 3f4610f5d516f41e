"""What the page of a record's availability shows, as plain values (实时馆藏页模型)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Site, Text


@dataclass(frozen=True, slots=True)
class CopyLine:
    """One copy (单册)."""

    call_number: str
    volume: str
    location: str
    status: str  # code, for the style
    text: str
    note: str
    href: str


@dataclass(frozen=True, slots=True)
class LibraryNow:
    """What a library has at this moment (某馆实时馆藏); ``failed``: its system does not answer."""

    name: str
    own: bool
    status: str
    text: str
    as_of: str
    failed: bool
    pending: bool
    copies: tuple[CopyLine, ...] = ()


@dataclass(frozen=True, slots=True)
class AvailabilityPage:
    """Who has a record, and whether it can be had now (实时馆藏)."""

    site: Site
    title: Text
    record_href: str
    libraries: tuple[LibraryNow, ...]
    again_href: str = ""  # where some systems have not answered
