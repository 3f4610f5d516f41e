"""What an OpenURL says, for programs (链接解析): GET and POST /resolver/api/parse.

Nothing is stored and nothing is fetched, so a POST from another site does no harm and needs no token.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from ereader.web import answer
from ereader.web.body import body_of
from ereader.web.handler import handler
from ereader.web.visit import Visit
from resolver.parse import LONGEST, Parsed
from resolver.parse import parse as parse_openurl
from resolver.repair import repair

MOST_BODY = 5 * LONGEST  # bytes that are accepted; of them the first LONGEST are read


async def parse(request: Request) -> Response:
    """GET and POST /resolver/api/parse"""
    body = await body_of(request, MOST_BODY)
    return await handler(partial(_parsed, body=body))(request)


def openurl_of(visit: Visit, body: bytes) -> Parsed:
    """The OpenURL of a request: its body where it has one, else its query string."""
    if body.strip():
        return parse_openurl(body, visit.request.headers.get("content-type", "")[:300])
    return parse_openurl(bytes(visit.request.scope["query_string"]))


def _parsed(visit: Visit, body: bytes | None) -> Response:
    if body is None:
        title = visit.texts("error.400_title")
        return answer.problem(413, title, f"the body is longer than {MOST_BODY} bytes", "/problems/too-long")
    return answer.json(visit, told(openurl_of(visit, body)))


def told(parsed: Parsed) -> dict[str, Any]:
    """What was read, the citation it means, and what was mended on the way."""
    citation, mended = repair(parsed.context)
    context = msgspec.to_builtins(parsed.context)
    return {
        "context_object": context,
        "citation": msgspec.to_builtins(citation),
        "charset": parsed.charset,
        "problems": [msgspec.to_builtins(problem) for problem in (*parsed.problems, *mended)],
    }
