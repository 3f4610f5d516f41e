"""The libraries that take part, for readers (成员馆): GET /libraries and /libraries/ID."""

from __future__ import annotations

import datetime

from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.handler import handler
from ereader.web.manage.profile import is_web_address
from ereader.web.visit import Visit
from holdings.members.branch import DAYS, Branch, SpecialDays
from holdings.members.library import Library
from ui import library_pages
from ui.library_pages import BranchView, LibraryLine, SpecialLine

MOST = 2_000  # libraries in one list


@handler
def listed(visit: Visit) -> Response:
    """GET /libraries?q="""
    wanted = visit.parameter("q").strip().casefold()
    found = [
        LibraryLine(
            visit.names.library(v.id),
            visit.url(f"/libraries/{v.id}"),
            tuple(b.name.in_language(visit.lang, b.id) for b in v.branches),
        )
        for v in of_portal(visit)
        if wanted in f"{v.name.zh} {v.name.en} {v.id}".casefold()
    ]
    found.sort(key=lambda line: line.name)
    shown = library_pages.LibrariesPage(
        visit.site(indexable=True), tuple(found[:MOST]), visit.parameter("q"), len(found)
    )
    return answer.html(visit, visit.service.renderer.render("libraries.html", shown))


@handler
def one(visit: Visit, id: str) -> Response:
    """GET /libraries/ID"""
    held = next((v for v in of_portal(visit) if v.id == id), None)
    if held is None:
        return errors.page(visit, 404)
    zh = visit.lang.startswith("zh")
    name = visit.names.library(id)
    other = held.name.en if zh else held.name.zh
    contact = held.portal.contact
    mail = contact.removeprefix("mailto:") if contact.startswith("mailto:") else ""
    website = held.website if is_web_address(held.website) else ""
    shown = library_pages.LibraryPage(
        visit.site(indexable=True),
        name,
        other if other != name else "",
        "en" if zh else "zh-Hans",
        held.isil,
        website,
        contact if mail or is_web_address(contact) else "",
        mail or contact,
        f"/at/{id}/",
        visit.url("/search", [("f.library", id)]),
        tuple(_branch(visit, b) for b in held.branches),
    )
    return answer.html(visit, visit.service.renderer.render("library.html", shown))


def of_portal(visit: Visit) -> list[Library]:
    """The libraries of this portal: a library's own and those with which it shares what it includes, a
    consortium's active members.
    """
    members, place = visit.members, visit.portal.place
    own = place[2:] if place.startswith("L:") else ""
    places = {place[2:]} if not own else set()
    if own:
        statuses = members.statuses(own)
        places = {c for c in members.libraries()[own].portal.includes if statuses.get(c) == "active"}
    return [
        v
        for v in members.libraries().values()
        if v.id == own or any(members.statuses(v.id).get(c) == "active" for c in places)
    ]


def _branch(visit: Visit, held: Branch) -> BranchView:
    lang, today = visit.lang, datetime.datetime.now(datetime.UTC).date()
    return BranchView(
        held.id,
        held.name.in_language(lang, held.id),
        held.address.in_language(lang),
        held.phone,
        held.email,
        _week(visit, held),
        tuple(_special(visit, s) for s in held.special if (s.until or s.day) >= today),
    )


def _week(visit: Visit, held: Branch) -> tuple[tuple[str, str], ...]:
    """Days that follow one another with the same hours in one line; nothing where no hours are known."""
    if not any(held.week.on(n) for n in range(7)):
        return ()
    lines: list[tuple[int, int, str]] = []
    for n in range(7):
        hours = held.week.on(n)
        if lines and lines[-1][2] == hours:
            lines[-1] = (lines[-1][0], n, hours)
        else:
            lines.append((n, n, hours))
    texts = visit.texts
    return tuple(
        (
            texts(f"libraries.{DAYS[a]}")
            if a == b
            else texts(
                "libraries.from_to", first=texts(f"libraries.{DAYS[a]}"), last=texts(f"libraries.{DAYS[b]}")
            ),
            hours or texts("libraries.closed"),
        )
        for a, b, hours in lines
    )


def _special(visit: Visit, held: SpecialDays) -> SpecialLine:
    days = held.day.isoformat()
    if held.until:
        days = visit.texts("libraries.from_to", first=days, last=held.until.isoformat())
    return SpecialLine(
        days, held.hours or visit.texts("libraries.closed"), held.reason.in_language(visit.lang)
    )
