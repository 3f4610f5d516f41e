"""Ways to what a link cites (解析): for programs under /resolver/api/resolve, as a page under /resolver."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ereader.web import answer, holdings, resolver_records
from ereader.web.body import body_of
from ereader.web.handler import handler
from ereader.web.resolver_parse import MOST_BODY, openurl_of
from ereader.web.visit import Visit
from resolver.citation import Citation
from resolver.enrich import enriched
from resolver.kev import write_coins
from resolver.knowledge_base.coverage import Coverage
from resolver.knowledge_base.terms import Asker
from resolver.repair import repair
from resolver.resolve import Resolution
from resolver.service import Answer, LeftOut, Place, Wanted, web_address
from ui.pages import Choice, ErrorPage, Site
from ui.resolver_pages import CitedThing, ResolverPage, Way, WaySection

MOST_PATIENCE = 5.0  # seconds that a program may wait for remote services
PATIENCE = 1.0
SECTIONS = ("fulltext", "landing", "holding", "document_delivery", "help", "web_link")


class Resolved(msgspec.Struct, frozen=True):
    """A link resolved for one visitor: the citation, enriched, and the ways to it."""

    wanted: Wanted
    resolution: Resolution


async def ways(request: Request) -> Response:
    """GET and POST /resolver/api/resolve"""
    body = await body_of(request, MOST_BODY) if request.method == "POST" else b""
    return await handler(partial(_as_json, body=body or b""))(request)


async def menu(request: Request) -> Response:
    """GET and POST /resolver"""
    body = await body_of(request, MOST_BODY) if request.method == "POST" else b""
    return await handler(partial(_as_page, body=body or b""))(request)


def resolved(visit: Visit, body: bytes = b"", patience: float = PATIENCE) -> Resolved:
    """The link of a request, resolved for the readers of the portal that was asked."""
    parsed = openurl_of(visit, body)
    citation, _ = repair(parsed.context)
    records = resolver_records.look_up(visit, citation)
    for union, found in records:
        if found.whole and found.match == "exact":
            citation = enriched(citation, union.record)
            break
    wanted = Wanted(
        citation=citation,
        context=parsed.context,
        asker=_asker(visit),
        place=_place(visit),
        records=tuple(found for _, found in records),
        offers=tuple(visit.service.knowledge.offers(citation)),
    )
    return Resolved(wanted, visit.service.resolver.resolve(wanted, patience))


def _asker(visit: Visit) -> Asker:
    client = visit.request.client
    return Asker(
        library=visit.portal.library, address=client.host if client else "", today=datetime.now(UTC).date()
    )


def _place(visit: Visit) -> Place:
    library = visit.members.libraries().get(visit.portal.library)
    if library is None:
        return Place()
    portal = library.portal
    contact = portal.contact if web_address(portal.contact) or portal.contact.startswith("mailto:") else ""
    return Place(library.id, contact, portal.ill, portal.proxy, portal.networks)


def _as_json(visit: Visit, body: bytes) -> Response:
    wait = visit.parameter("wait", most=8)
    try:
        patience = min(max(float(wait), 0.0), MOST_PATIENCE) if wait else PATIENCE
    except ValueError:
        patience = PATIENCE
    found = resolved(visit, body, patience if patience == patience else PATIENCE)
    return answer.json(visit, told(visit, found))


def told(visit: Visit, found: Resolved) -> dict[str, Any]:
    """The ways as programs read them, names and reasons in the visitor's language."""
    shown = shown_left_out(visit, found.resolution)
    return {
        "citation": msgspec.to_builtins(found.wanted.citation),
        "answers": [
            {
                "service": a.service,
                "type": a.type,
                "label": label(visit, a),
                "url": _url(visit, a),
                "reason": reason(visit, a.reason, a.values),
                "reason_code": a.reason,
                "coverage": coverage(visit, a),
                "free": a.free,
                "direct": a.direct,
                "own": a.own,
                "proxied": a.proxied,
                "match": a.match,
                "cost": "free" if a.free else ("licensed" if a.licensed else ""),
                "as_of": a.as_of,
            }
            for a in found.resolution.answers
        ],
        "left_out": [
            {"label": out.label, "reason": reason(visit, out.reason, out.values), "reason_code": out.reason}
            for out in shown
        ],
        "pending": list(found.resolution.pending),
    }


def shown_left_out(visit: Visit, resolution: Resolution) -> list[LeftOut]:
    """What did not lead there, as far as it is of use to this visitor: staff of the library see all."""
    staff = visit.portal.library in visit.view.staff_of
    return [out for out in resolution.left_out if staff or not out.for_staff]


def label(visit: Visit, given: Answer) -> str:
    """What a way is called: its own name, or the name of its kind."""
    return given.label or visit.texts(f"resolver.type_{given.type}")


def reason(visit: Visit, code: str, values: tuple[tuple[str, str], ...]) -> str:
    """A reason in the visitor's language; a code that a plug-in made up is shown as it is."""
    filled = dict(values)
    name = f"resolver.why_{code.replace('-', '_')}"
    if code.startswith("ill-") and not filled.get("libraries"):
        name = "resolver.why_ill_nobody_here"
    return visit.texts(name, **filled) if name in visit.texts.texts else code


def coverage(visit: Visit, given: Answer) -> str:
    """How far it reaches, in words."""
    if given.extent is not None:
        return holdings.coverage(written(given.extent), visit.texts)
    return holdings.coverage(given.summary, visit.texts)


def written(extent: Coverage) -> str:
    """An extent as holdings statements of lists have it: ``v. 1 (1950) - v. 9 (1960); embargo P1Y``."""
    if extent == Coverage():
        return ""

    def end(volume: str, when: str) -> str:
        said = f"v. {volume}" if volume else ""
        return f"{said} ({when})" if said and when else said or when

    begins = end(extent.first_volume, extent.first_date)
    ends = end(extent.last_volume, extent.last_date)
    embargo = "".join(f"; embargo {part}" for part in extent.embargo.split(";") if part)
    return f"{begins} - {ends}".strip() + embargo if begins or ends else embargo.removeprefix("; ")


def _url(visit: Visit, given: Answer) -> str:
    return (
        visit.absolute("") + given.url.removeprefix(visit.prefix) if given.url.startswith("/") else given.url
    )


def _as_page(visit: Visit, body: bytes) -> Response:
    found = resolved(visit, body)
    citation = found.wanted.citation
    if not (found.wanted.context.referent or citation.title):
        return _nothing(visit)
    shown = page(visit, found)
    return answer.html(visit, visit.service.renderer.render("resolver.html", shown))


def _nothing(visit: Visit) -> Response:
    texts = visit.texts
    shown = ErrorPage(
        visit.site(),
        400,
        texts("resolver.nothing_title"),
        texts("resolver.nothing_text"),
        (Choice(texts("error.home"), visit.url("/")),),
    )
    return answer.html(visit, visit.service.renderer.render("error.html", shown), 400)


def page(visit: Visit, found: Resolved) -> ResolverPage:
    """The values of the menu page."""
    texts, citation = visit.texts, found.wanted.citation
    sections = []
    for kind in SECTIONS:
        listed = tuple(_way(visit, a) for a in found.resolution.answers if a.type == kind)
        if listed:
            sections.append(WaySection(kind, texts(f"resolver.section_{kind}"), listed))
    query = visit.request.scope["query_string"].decode("ascii", "replace")
    return ResolverPage(
        site=_site(visit, query),
        cited=cited(visit, citation),
        sections=tuple(sections),
        left_out=tuple(
            (o.label, reason(visit, o.reason, o.values)) for o in shown_left_out(visit, found.resolution)
        ),
        api_href=f"{visit.prefix}/resolver/api/resolve?{query}" if query else "",
        coins=write_coins(found.wanted.context),
    )


def _site(visit: Visit, query: str) -> Site:
    """The frame of the page; a link in another language resolves the same link."""
    site = visit.site()
    kept = [(n, v) for n, v in parse_qsl(query, keep_blank_values=True, errors="replace") if n != "lang"]
    languages = tuple(
        replace(choice, href=visit.url("/resolver", [*kept, ("lang", choice.lang)]))
        for choice in site.languages
    )
    return replace(site, languages=languages)


def _way(visit: Visit, given: Answer) -> Way:
    return Way(
        label=label(visit, given),
        href=given.url,
        external=not given.url.startswith("/"),
        reason=reason(visit, given.reason, given.values),
        coverage=coverage(visit, given) if given.extent is not None else "",
        marks=tuple(
            visit.texts(f"resolver.mark_{name}")
            for name, holds in (
                ("free", given.free),
                ("proxied", given.proxied),
                ("title_page", given.type == "fulltext" and not given.direct),
                ("unsure", given.match == "unsure"),
                ("edition", given.match == "edition"),
            )
            if holds
        ),
    )


def cited(visit: Visit, citation: Citation) -> CitedThing:
    """What is looked for, as a reader reads a reference."""
    texts = visit.texts
    pages = "-".join(
        filter(None, (citation.spage, citation.epage if citation.epage != citation.spage else None))
    )
    numbers = [
        texts("resolver.volume", n=citation.volume) if citation.volume else "",
        texts("resolver.issue", n=citation.issue) if citation.issue else "",
        texts("resolver.pages", n=pages) if pages else "",
    ]
    return CitedThing(
        title=citation.title or citation.container_title or texts("hit.untitled"),
        author=citation.author or "",
        inside=(citation.container_title or "") if citation.title else "",
        details=" · ".join(filter(None, (citation.date or "", *numbers))),
        numbers=tuple(
            filter(
                None, (citation.isbn and f"ISBN {citation.isbn}", citation.issn and f"ISSN {citation.issn}")
            )
        ),
    )
