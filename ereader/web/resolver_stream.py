"""Ways to what a link cites, as they come (流式解析): GET /resolver/api/stream, server-sent events.

The event ``section`` carries one kind of ways, as data and as HTML, and replaces what was sent of that kind
before; ``done`` ends the stream with the names of services that did not answer. The first sections come
before any remote service is waited for.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ereader.web import answer, cross_origin, errors, resolver_words
from ereader.web.resolver_ways import Begun, begin, collected, page, renew, sent, shelved
from ereader.web.service import Service

MOST_STREAMS = 200  # at one time, in one process
_open = 0


async def stream(request: Request) -> Response:
    """GET /resolver/api/stream"""
    service: Service = request.app.state.service
    body = await sent(request)
    begun = await run_sync(partial(_begun, request, body), limiter=service.limiter)
    if isinstance(begun, Response):
        return begun
    headers = {"cache-control": answer.UNKEPT, "x-accel-buffering": "no"}
    response = StreamingResponse(_events(begun, service), 200, headers, "text/event-stream")
    return cross_origin.open_to(begun.visit, response)


def _begun(request: Request, body: bytes) -> Begun | Response:
    begun = begin(request, body)
    if isinstance(begun, Response):
        return begun
    if begun.asked.empty:
        return errors.problem(begun.visit, 400, begun.visit.texts("resolver.nothing_text"))
    if _open >= MOST_STREAMS:
        return errors.problem(begun.visit, 503)
    return begun


async def _events(begun: Begun, service: Service) -> AsyncIterator[bytes]:
    global _open
    _open += 1
    sent: dict[str, bytes] = {}
    try:
        for event in await run_sync(partial(_changed, begun, sent), limiter=service.limiter):
            yield event
        while begun.course.advance():
            while begun.course.waiting:
                if await collected(begun):
                    for event in await run_sync(partial(_changed, begun, sent), limiter=service.limiter):
                        yield event
        await shelved(begun)
        for event in await run_sync(partial(_changed, begun, sent), limiter=service.limiter):
            yield event
        found = begun.course.so_far()
        told = resolver_words.told(begun.visit, begun.wanted, found)
        yield _event("done", {"pending": list(found.pending), "left_out": told["left_out"]})
    finally:
        _open -= 1


def _changed(begun: Begun, sent: dict[str, bytes]) -> list[bytes]:
    """The events of the kinds of ways that are not as they were sent."""
    renew(begun)
    visit, found = begun.visit, begun.course.so_far()
    now: dict[str, bytes] = {
        kind: msgspec.json.encode([a for a in found.answers if a.type == kind])
        for kind in dict.fromkeys(a.type for a in found.answers)
    }
    changed = [kind for kind in now if sent.get(kind) != now[kind]]
    gone = sent.keys() - now.keys()
    if not changed and not gone:
        return []
    told = resolver_words.told(visit, begun.wanted, found)["answers"]
    shown = page(visit, begun.wanted, found)
    bare = replace(shown, left_out=(), menu_href="", pending=0, level=3)
    render = visit.service.renderer.render
    events = [
        _event(
            "section",
            {
                "type": section.kind,
                "heading": section.heading,
                "answers": [one for one in told if one["type"] == section.kind],
                "html": render("resolver_ways.html", replace(bare, sections=(section,))),
            },
        )
        for section in shown.sections
        if section.kind in changed
    ]
    events += [_event("section", {"type": kind, "heading": "", "answers": [], "html": ""}) for kind in gone]
    sent.clear()
    sent.update(now)
    return events


def _event(name: str, value: Any) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + msgspec.json.encode(value) + b"\n\n"
