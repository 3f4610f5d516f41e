"""What the first visitor would otherwise wait for (预热): tables, templates and the index, once at start."""

from __future__ import annotations

import gc
import logging
import re
from urllib.parse import quote, urlsplit

from starlette.types import ASGIApp, Message

from ui.language import LANGUAGES

log = logging.getLogger(__name__)
# One of each kind of query: Han, pinyin, other words, fields, and one that finds nothing and is helped.
QUERIES = ("中国", "zhongguo", "history", "title:史 OR author:wang", "没有这样的题名")
PATHS = (
    *(f"/search?q={quote(q)}" for q in QUERIES),
    "/search?sort=title",
    *(f"/api/v1/suggest?q={quote(q)}" for q in ("zhong", "中guo", "zhogngguo")),
    "/search/facet?facet=subject",
    "/nothing",
)


async def warm(app: ASGIApp) -> None:
    """Asks for a page of each kind; a fault here must not keep the portal from starting.

    What is loaded then stays for good, so the garbage collector need not look through it again and again:
    its tables alone make a full collection last some 60 ms, in the middle of somebody's page.
    """
    try:
        for lang in LANGUAGES:
            record = re.search(r'href="(/record/\w+)', await _get(app, "/", lang))
            for path in (*PATHS, *([record[1]] if record else ())):
                await _get(app, path, lang)
    except Exception:
        log.exception("the portal starts cold")
    gc.collect()
    gc.freeze()


async def _get(app: ASGIApp, address: str, lang: str) -> str:
    body: list[bytes] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        body.append(message.get("body", b""))

    parts = urlsplit(address)
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http",
        "path": parts.path, "raw_path": parts.path.encode(), "query_string": parts.query.encode(),
        "root_path": "", "headers": [(b"accept-language", lang.encode())], "server": ("localhost", 80),
        "client": None,
    }  # fmt: skip
    await app(scope, receive, send)
    return b"".join(body).decode("utf-8", "replace")
