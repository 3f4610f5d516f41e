"""What browsers, robots and watchdogs ask for (机器用的地址): static files, health, robots, OpenSearch."""

from __future__ import annotations

from html import escape
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from ereader.web import answer
from ereader.web.api import SUGGESTIONS
from ereader.web.handler import handler
from ereader.web.service import Service
from ereader.web.visit import Visit

FOREVER = "public, max-age=31536000, immutable"


async def static(request: Request) -> Response:
    """GET /static/BUILD/NAME: the address changes with the content, so it may be kept for ever."""
    service: Service = request.app.state.service
    assets = service.renderer.assets
    asset = assets.files.get(request.path_params["name"])
    if asset is None:
        return PlainTextResponse("404", 404)
    headers = {"vary": "Accept-Encoding"}
    # A page of an older release may still ask with its own build: it gets the present file, but must
    # not keep it.
    headers["cache-control"] = FOREVER if request.path_params["build"] == assets.build else "no-cache"
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        return Response(asset.packed, 200, headers, asset.media_type)
    return Response(asset.data, 200, headers, asset.media_type)


async def favicon(request: Request) -> Response:
    """GET /favicon.ico"""
    service: Service = request.app.state.service
    return RedirectResponse(service.renderer.assets.address("favicon.svg"), 307)


async def health(request: Request) -> Response:
    """GET /healthz: 200 when a search can be answered, else 503."""
    service: Service = request.app.state.service

    def usable() -> bool:
        service.members.view()
        return service.engine.usable()

    try:
        ready = await run_in_threadpool(usable)
    except Exception:
        ready = False
    status = 200 if ready else 503
    return JSONResponse({"status": "ok" if ready else "unavailable"}, status, {"cache-control": "no-store"})


@handler
def robots(visit: Visit) -> Response:
    """GET /robots.txt: records may be indexed, the endless combinations of filters may not."""
    rules = ["User-agent: *"]
    for path in ("/search", "/api/", "/advanced", "/resolver", "/daia", "/sru"):
        rules += [f"Disallow: {path}", f"Disallow: /at/*{path}"]
    # Each page of availability asks systems of libraries.
    rules += [f"Disallow: /*/{page}" for page in ("staff", "explain", "original", "availability")]
    rules += ["", f"Sitemap: {visit.absolute('/sitemap.xml')}"]
    return PlainTextResponse("\n".join(rules) + "\n", headers={"cache-control": "public, max-age=3600"})


@handler
def opensearch(visit: Visit) -> Response:
    """GET /opensearch.xml: lets a browser search here from its own box (OpenSearch 1.1)."""
    name = escape(visit.title())
    page, api = escape(visit.absolute("/search")), escape(visit.absolute("/api/v1/search"))
    suggest = escape(visit.absolute("/api/v1/suggest"))
    scope = f"&amp;scope={quote(visit.design.scope, safe='')}" if visit.design.scope else ""
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/">\n'
        f"<ShortName>{name[:16]}</ShortName>\n<LongName>{name[:48]}</LongName>\n<Description>{name}</Description>\n"
        "<InputEncoding>UTF-8</InputEncoding>\n"
        f'<Url type="text/html" template="{page}?q={{searchTerms}}{scope}"/>\n'
        f'<Url type="application/json" template="{api}?q={{searchTerms}}"/>\n'
        f'<Url type="{SUGGESTIONS}" template="{suggest}?q={{searchTerms}}&amp;format=opensearch"/>\n'
        "</OpenSearchDescription>\n"
    )
    return Response(
        text, 200, {"cache-control": "no-cache", "vary": answer.VARY}, "application/opensearchdescription+xml"
    )
