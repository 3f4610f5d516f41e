"""Ways inside pages of other systems (嵌入): GET /resolver/embed.js and POST /resolver/api/batch.

The script may be read by any page; what it asks for only by pages of the origins that the library has listed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ereader.web import answer, cross_origin, resolver_question, resolver_shelves, resolver_words
from ereader.web.body import body_of
from ereader.web.handler import Waiting, waiting
from ereader.web.resolver_go import list_name
from ereader.web.resolver_question import Question
from ereader.web.resolver_shelves import Shelves
from ereader.web.service import Service
from ereader.web.visit import Visit
from resolver.parse import parse

SCRIPT = "embed.js"
MOST_BODY = 200_000
MOST_LINKS = 50
LONGEST_LINK = 4_000
LONGEST_ADDRESS = 2_000
PATIENCE = 1.5  # seconds that a list waits for the systems of libraries


class Batch(msgspec.Struct, frozen=True):
    """What a list asks for at once (批量请求)."""

    links: tuple[str, ...] = ()


async def script(request: Request) -> Response:
    """GET /resolver/embed.js"""
    service: Service = request.app.state.service
    found = service.renderer.assets.files[SCRIPT]
    tag = f'"{service.renderer.assets.build}"'
    headers = {
        "cache-control": "public, max-age=3600",
        "etag": tag,
        "vary": "Accept-Encoding",
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(found.packed, 200, headers, found.media_type)
    return Response(found.data, 200, headers, found.media_type)


class Listed(msgspec.Struct, frozen=True):
    """The links of a list on their way (批量解析)."""

    links: tuple[str, ...]
    asked: tuple[Question, ...]
    shelves: Shelves


async def batch(request: Request) -> Response:
    """POST /resolver/api/batch: {"links": [OPENURL, …]}"""
    body = await body_of(request, MOST_BODY)
    return await waiting(partial(_listed, body=body), _answered)(request)


def _listed(visit: Visit, body: bytes | None) -> Response | Waiting:
    try:
        batch = msgspec.json.decode(body or b"", type=Batch)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
        told = answer.problem(400, visit.texts("error.400_title"), str(error))
        return cross_origin.open_to(visit, told)
    links = tuple(link[:LONGEST_LINK] for link in batch.links[:MOST_LINKS])
    asked = tuple(resolver_question.of_link(visit, parse(link)) for link in links)
    # Once for all: a system that is asked for twenty records gets one question, as far as it can answer one.
    shelves = resolver_shelves.begin(visit, asked)
    return Waiting(shelves.futures, PATIENCE, Listed(links, asked, shelves))


def _answered(visit: Visit, listed: Listed) -> Response:
    results = [
        _ways(visit, link, asked, listed.shelves)
        for link, asked in zip(listed.links, listed.asked, strict=True)
    ]
    texts = {name: visit.texts(f"resolver.embed_{name}") for name in ("title", "more", "menu")}
    return cross_origin.open_to(visit, answer.json(visit, {"results": results, "texts": texts}))


def _ways(visit: Visit, link: str, asked: Question, shelves: Shelves) -> dict[str, Any]:
    """The ways to one thing, without remote services: those are pending, and asked for one by one."""
    if asked.empty:
        return {"answers": [], "left_out": [], "pending": [], "menu": ""}
    wanted = resolver_shelves.told(visit, asked.wanted, shelves)
    course = visit.service.resolver.begin(wanted, 0.0)
    while course.advance():
        course.collect()
    told = resolver_words.told(visit, wanted, course.so_far(), list_name())
    del told["citation"]
    menu = f"{visit.absolute('/resolver')}?{link}" if len(link) < LONGEST_ADDRESS else ""
    return {**told, "menu": menu}
