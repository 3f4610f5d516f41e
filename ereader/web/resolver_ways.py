"""Ways to what a link cites (解析): /resolver/api/resolve for programs, /resolver as a page, and in pieces.

What is asked of this machine is done in a worker thread; remote services are waited for by the event loop, so
however long one hangs, no page of anybody else waits for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from urllib.parse import parse_qsl

import msgspec
from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from ereader.link_sources import fetcher, reference_hosts
from ereader.web import answer, cross_origin, resolver_question, resolver_shelves, resolver_words
from ereader.web.body import body_of
from ereader.web.handler import arrived
from ereader.web.resolver_parse import MOST_BODY
from ereader.web.resolver_question import Question
from ereader.web.resolver_shelves import Shelves
from ereader.web.service import Service
from ereader.web.visit import Visit
from resolver.by_reference import fetched, references
from resolver.citation import Citation
from resolver.course import Course
from resolver.kev import write_coins, write_kev
from resolver.parse import parse
from resolver.resolve import Resolution
from resolver.service import Wanted
from ui.pages import Choice, ErrorPage, Site
from ui.resolver_pages import ResolverPage

MOST_PATIENCE = 5.0  # seconds that a program may wait for remote services
PATIENCE = 1.0
MOST_FOLLOWED = 4  # descriptions that are fetched from elsewhere at one time
_REFERS = (b"_ref=", b"metadata-by-ref", b"_ref%3D", b"_ref%3d")


class Begun(msgspec.Struct):
    """A resolution for a visitor, on its way (进行中的解析); ``asked`` says more when a service knew more."""

    visit: Visit
    asked: Question
    course: Course
    shelves: Shelves

    @property
    def wanted(self) -> Wanted:
        return self.asked.wanted


Finish = Callable[[Begun], Response]


async def ways(request: Request) -> Response:
    """GET and POST /resolver/api/resolve"""
    return await resolving(request, _as_json)


async def menu(request: Request) -> Response:
    """GET and POST /resolver"""
    return await resolving(request, _as_page)


async def section(request: Request) -> Response:
    """GET /resolver/section: the ways as a piece of HTML, to be put into a page"""
    return await resolving(request, _as_piece)


async def resolving(request: Request, finish: Finish) -> Response:
    """Resolves the link of a request and answers as ``finish`` says."""
    service: Service = request.app.state.service
    body = await sent(request)
    begun = await run_sync(partial(_begun_or_done, request, body, finish), limiter=service.limiter)
    if isinstance(begun, Response):
        return begun
    while begun.course.advance():
        while begun.course.waiting:
            await collected(begun)
    await shelved(begun)
    return await run_sync(partial(_done, begun, finish), limiter=service.limiter)


async def sent(request: Request) -> bytes:
    """The link in the body of a request; where one says only where its description is, the link with what
    was fetched from there. Empty when the address of the request is the link.
    """
    body = (await body_of(request, MOST_BODY) or b"") if request.method == "POST" else b""
    service: Service = request.app.state.service
    hosts = reference_hosts(service.installation.settings)
    said = body or request.scope["query_string"]
    if not hosts or not any(mark in said for mark in _REFERS):
        return body
    kind = request.headers.get("content-type", "")[:300] if body else ""

    def followed() -> bytes:
        parsed = parse(said, kind)
        if not references(parsed):
            return body
        return write_kev(fetched(parsed, hosts, fetcher(service.outside)).context).encode()

    # Waiting for other hosts is done in threads of its own, so that it takes none from the pages.
    return await run_sync(followed, limiter=_followers(service))


def _followers(service: Service) -> CapacityLimiter:
    if service.followers is None:
        service.followers = CapacityLimiter(MOST_FOLLOWED)
    return service.followers


async def arrival(begun: Begun) -> None:
    """Waits until one of the services waited for has answered, or is too late."""
    coming = [asyncio.wrap_future(question.future) for question in begun.course.waiting]
    await asyncio.wait(coming, timeout=begun.course.patience(), return_when=asyncio.FIRST_COMPLETED)


async def collected(begun: Begun) -> bool:
    """Waits for services and takes what they say; whether there is anything. Where more is known of the
    citation now, it is looked up again in a worker thread.
    """
    await arrival(begun)
    spoken = begun.course.collect()
    citation = begun.course.learnt()
    if citation is not None:
        await run_sync(partial(_learn, begun, citation), limiter=begun.visit.service.limiter)
    return bool(spoken)


def _learn(begun: Begun, citation: Citation) -> None:
    begun.asked = resolver_question.again(begun.visit, begun.asked, citation)
    begun.course.again(resolver_shelves.told(begun.visit, begun.wanted, begun.shelves))


async def shelved(begun: Begun) -> None:
    """Waits until the systems of libraries have told what can be had now, as long as anyone is waited for."""
    coming = [asyncio.wrap_future(future) for future in begun.shelves.futures if not future.done()]
    left = begun.course.deadline - time.monotonic()
    if coming and left > 0:
        await asyncio.wait(coming, timeout=left)


def begin(request: Request, body: bytes = b"") -> Begun | Response:
    """The resolution of a request, what this machine knows being asked; reads the database."""
    visit = arrived(request)
    if isinstance(visit, Response):
        return visit
    asked = resolver_question.question(visit, body)
    patience = _patience(visit)
    shelves = resolver_shelves.begin(visit, (asked,), ask=patience > 0)
    asked = msgspec.structs.replace(asked, wanted=resolver_shelves.told(visit, asked.wanted, shelves))
    return Begun(visit, asked, visit.service.resolver.begin(asked.wanted, patience), shelves)


def renew(begun: Begun) -> None:
    """Takes what the systems of libraries have told by now."""
    if begun.shelves.futures:
        wanted = resolver_shelves.told(begun.visit, begun.wanted, begun.shelves)
        begun.course.renew(wanted, resolver_shelves.SERVICE)


def _begun_or_done(request: Request, body: bytes, finish: Finish) -> Begun | Response:
    begun = begin(request, body)
    at_once = isinstance(begun, Begun) and begun.course.over and begun.shelves.over
    return _done(begun, finish) if isinstance(begun, Begun) and at_once else begun


def _done(begun: Begun, finish: Finish) -> Response:
    renew(begun)
    return answer.packed(begun.visit, finish(begun))


def _patience(visit: Visit) -> float:
    wait = visit.parameter("wait", most=8)
    try:
        patience = min(max(float(wait), 0.0), MOST_PATIENCE) if wait else PATIENCE
    except ValueError:
        return PATIENCE
    return patience if patience == patience else PATIENCE


def _as_json(begun: Begun) -> Response:
    visit, found = begun.visit, begun.course.so_far()
    resolver_question.note_referrer(visit, begun.asked, found)
    told = resolver_words.told(visit, begun.wanted, found)
    return cross_origin.open_to(visit, answer.json(visit, told))


def _as_page(begun: Begun) -> Response:
    visit, found = begun.visit, begun.course.so_far()
    if begun.asked.empty:
        return _nothing(visit)
    resolver_question.note_referrer(visit, begun.asked, found)
    shown = page(visit, begun.wanted, found)
    return answer.unkept(answer.html(visit, visit.service.renderer.render("resolver.html", shown)))


def _as_piece(begun: Begun) -> Response:
    visit, found = begun.visit, begun.course.so_far()
    shown = replace(page(visit, begun.wanted, found), level=3)
    text = visit.service.renderer.render("resolver_ways.html", shown)
    response = answer.unkept(answer.html(visit, text, 400 if begun.asked.empty else 200))
    return cross_origin.open_to(visit, response)


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


def page(visit: Visit, wanted: Wanted, found: Resolution) -> ResolverPage:
    """The values of the menu page."""
    query = visit.request.scope["query_string"].decode("ascii", "replace")
    return ResolverPage(
        site=_site(visit, query),
        cited=resolver_words.cited(visit, wanted.citation),
        sections=resolver_words.sections(visit, wanted, found),
        left_out=resolver_words.left_out(visit, wanted, found),
        api_href=f"{visit.prefix}/resolver/api/resolve?{query}" if query else "",
        menu_href=f"{visit.prefix}/resolver?{query}" if query else "",
        coins=write_coins(wanted.context),
        library=visit.names.library(wanted.asker.library) if wanted.asker.library else "",
        pending=len(found.pending),
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
