"""How a portal looks and what stands where on it (门户设计): plain values, the same for libraries, consortia
and the centre. What may not be is said by ``check_design``.
"""

from __future__ import annotations

import datetime
from typing import Literal, get_args

import msgspec

from holdings.members.names import Name

Severity = Literal["info", "warning", "alert"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
BlockKind = Literal["search", "notices", "channels", "subjects", "arrivals", "browse", "links", "text"]
BLOCK_KINDS: tuple[BlockKind, ...] = get_args(BlockKind)
REPEATED: frozenset[BlockKind] = frozenset({"links", "text"})  # of which there may be several


class Link(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A link with its words (链接): ``href`` is a web or ``mailto:`` address, or a path of the portal."""

    href: str
    label: Name = Name()


class Block(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of the start page (首页板块). ``title``, ``text`` (plain, an empty line parts paragraphs) and
    ``links`` are the library's own words; the other kinds make their content themselves.
    """

    kind: BlockKind
    title: Name = Name()
    text: Name = Name()
    links: tuple[Link, ...] = ()


class Notice(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something to tell readers (公告), from ``begins`` to ``ends``, both days included; a notice of severity
    ``alert`` stands on every page, others on the start page.
    """

    text: Name
    severity: Severity = "info"
    begins: datetime.date | None = None
    ends: datetime.date | None = None
    href: str = ""

    def stands(self, today: datetime.date) -> bool:
        """Whether it is shown on this day."""
        return (self.begins is None or self.begins <= today) and (self.ends is None or today <= self.ends)


DEFAULT_BLOCKS = tuple(Block(kind) for kind in ("search", "notices", "channels", "subjects", "arrivals"))


class Design(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The design of a portal (门户设计); whatever is empty is as the program has it.

    ``logo`` is the name under which an uploaded picture is kept (digest and kind, ``….png``), ``accent`` the
    colour of links and buttons, ``band`` the ground of the head of all pages (``#rrggbb``). ``scope`` is
    where the portal's boxes search unless a reader chooses otherwise: "" everything, ``own``, or a place
    token of a consortium (``C:jalis``). ``channels`` (codes of resource types) and ``facets`` are those
    shown, in order. ``origins`` (``https://host``) are the sites that may embed this portal's widgets.
    """

    tagline: Name = Name()
    logo: str = ""
    accent: str = ""
    band: str = ""
    blocks: tuple[Block, ...] = DEFAULT_BLOCKS
    notices: tuple[Notice, ...] = ()
    scope: str = ""
    channels: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()
    footer: tuple[Link, ...] = ()
    css: str = ""
    origins: tuple[str, ...] = ()
