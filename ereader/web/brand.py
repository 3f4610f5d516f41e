"""A portal's own looks on every page (门户外观): colours, picture, notices, links."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import TYPE_CHECKING

from ereader import logos
from ereader.web import portal_style
from holdings.members.check_design import is_address
from holdings.members.design import Link, Notice
from ui.pages import Brand, Choice, NoticeLine

if TYPE_CHECKING:
    from ereader.web.visit import Visit


def of(visit: Visit) -> Brand:
    """The looks of the portal for a page."""
    design = visit.design
    sheet = portal_style.sheet_of(design, visit.request.scope["path"])
    picture = logos.size_of(visit.service.installation.home, design.logo) if design.logo else None
    draft = [("draft", "1")] if visit.draft else []
    return Brand(
        style=visit.url(f"/style/{sheet.digest}.css", draft) if sheet.text else "",
        logo=visit.url(f"/logo/{design.logo}", draft) if picture else "",
        logo_width=picture.width if picture else 0,
        logo_height=picture.height if picture else 0,
        dressed=bool(picture or design.notices),
        tagline=design.tagline.in_language(visit.lang),
        alerts=notices(visit, (n for n in design.notices if n.severity == "alert")),
        footer=links(visit, design.footer),
        draft=visit.previewing,
    )


def notices(visit: Visit, found: Iterable[Notice]) -> tuple[NoticeLine, ...]:
    """Those that stand today, in the visitor's language."""
    today = datetime.datetime.now().astimezone().date()
    return tuple(
        NoticeLine(n.text.in_language(visit.lang), n.severity, address(visit, n.href))
        for n in found
        if n.stands(today)
    )


def links(visit: Visit, found: Iterable[Link]) -> tuple[Choice, ...]:
    """Links of the library's own, in the visitor's language."""
    return tuple(
        Choice(link.label.in_language(visit.lang, link.href), address(visit, link.href))
        for link in found
        if is_address(link.href)
    )


def address(visit: Visit, href: str) -> str:
    """Where a link leads: a path is one of this portal. "" for what no link may lead to."""
    if not is_address(href):
        return ""
    return f"{visit.prefix}{href}" if href.startswith("/") else href
