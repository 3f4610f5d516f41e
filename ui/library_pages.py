"""The pages of libraries (成员馆页面): which take part, where they are, when they are open."""

from __future__ import annotations

from dataclasses import dataclass

from ui.pages import Choice, Site


@dataclass(frozen=True, slots=True)
class LibraryLine:
    """A library in the list (成员馆行)."""

    name: str
    href: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LibrariesPage:
    """The libraries of a portal (成员馆列表)."""

    site: Site
    libraries: tuple[LibraryLine, ...]
    q: str = ""
    total: int = 0


@dataclass(frozen=True, slots=True)
class SpecialLine:
    """Days with hours of their own (特殊日期行)."""

    days: str
    hours: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BranchView:
    """A branch with its hours (分馆)."""

    id: str
    name: str
    address: str
    phone: str
    email: str
    week: tuple[tuple[str, str], ...]  # days, hours
    special: tuple[SpecialLine, ...]


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """A library for readers (成员馆页)."""

    site: Site
    name: str
    other_name: str
    other_lang: str
    isil: str
    website: str
    contact: str
    contact_label: str
    portal_href: str
    search_href: str
    branches: tuple[BranchView, ...]
    links: tuple[Choice, ...] = ()
