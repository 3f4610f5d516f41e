"""What the page of a portal's design shows (门户设计页)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.manage_pages import Frame
from ui.pages import Choice, Site


@dataclass(frozen=True, slots=True)
class ColourLine:
    """A colour with how well it is read (颜色): what it is for, what it is, its contrast."""

    label: str
    colour: str
    ground: str
    ratio: str
    enough: bool


@dataclass(frozen=True, slots=True)
class BlockForm:
    """A block of the start page in the form (板块表单); texts where the kind has them."""

    number: int
    kind: str
    label: str
    title: tuple[str, str]
    text: tuple[str, str] | None = None
    links: str | None = None
    first: bool = False
    last: bool = False


@dataclass(frozen=True, slots=True)
class NoticeForm:
    """A notice in the form (公告表单)."""

    number: int
    text: tuple[str, str]
    severities: tuple[Choice, ...]
    begins: str
    ends: str
    href: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A channel or a facet in the form (可排序的一项)."""

    value: str
    label: str
    chosen: bool
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class DesignPage:
    """A portal's design as a form beside a preview of it (门户设计页)."""

    site: Site
    frame: Frame
    action: str
    upload: str
    portal: str
    preview: str
    tagline: tuple[str, str]
    logo: str
    accent: str
    band: str
    colours: tuple[ColourLine, ...]
    scopes: tuple[Choice, ...]
    blocks: tuple[BlockForm, ...]
    kinds: tuple[Choice, ...]  # of blocks that can be added
    notices: tuple[NoticeForm, ...]
    channels: tuple[Listed, ...]
    facets: tuple[Listed, ...]
    footer: str
    css: str
    faults: tuple[tuple[str, str], ...] = ()  # where, and what is wrong
    left_out: tuple[str, ...] = ()
    draft: bool = False  # there is something that is not published
    undo: str = ""  # when the design before this one was replaced
