"""The style sheet and the picture of a portal (门户文件), at addresses made of their content."""

from __future__ import annotations

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from ereader import logos
from ereader.web import portal_style
from ereader.web.middleware.portal import ASKED
from ereader.web.visit import Visit, visit_of

FOREVER = "public, max-age=31536000, immutable"
ALONE = "default-src 'none'; frame-ancestors 'none'; sandbox"


async def style(request: Request) -> Response:
    """GET /style/DIGEST.css: the digest is of the content, so it may be kept for ever."""
    return await run_sync(_style, request, limiter=request.app.state.service.limiter)


async def logo(request: Request) -> Response:
    """GET /logo/NAME: the picture of this portal, and no other"""
    return await run_sync(_logo, request, limiter=request.app.state.service.limiter)


def _style(request: Request) -> Response:
    visit = _visit(request)
    if visit is None:
        return _nothing()
    sheets = portal_style.sheets_of(visit.design)
    asked = request.path_params["digest"]
    sheet = next((s for s in sheets if s.digest == asked), None)
    # A page from before the last change of the design gets the present one, but must not keep it.
    headers = {"cache-control": FOREVER if sheet else "no-cache"}
    return Response((sheet or sheets[1]).text, 200, headers, "text/css")


def _logo(request: Request) -> Response:
    visit = _visit(request)
    name = request.path_params["name"]
    found = None
    if visit is not None and name == visit.design.logo:
        found = logos.read(visit.service.installation.home, name)
    if found is None:
        return _nothing()
    # Opened by itself it is a picture and nothing else, whatever its bytes are.
    return Response(found[0], 200, {"cache-control": FOREVER, "content-security-policy": ALONE}, found[1])


def _visit(request: Request) -> Visit | None:
    visit = visit_of(request)
    return visit if visit.portal.id == request.scope.get(ASKED, visit.portal.id) else None


def _nothing() -> Response:
    return PlainTextResponse("404", 404, {"cache-control": "no-store"})
