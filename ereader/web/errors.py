"""When something is not as asked (出错): pages for people, problem details for programs."""

from __future__ import annotations

import logging

import sqlalchemy as sa
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from ereader.web import answer
from ereader.web.service import Service
from ereader.web.visit import COOKIE, LANGUAGE_NAMES, Visit, visit_of
from ui.language import catalogue, choose, matching
from ui.pages import Choice, ErrorPage, Site

log = logging.getLogger(__name__)
KNOWN = (400, 403, 404, 405, 500, 503)
RETRY_AFTER = 10  # seconds after which a program may ask again
AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)  # a database that is not there


def wants_problem(request: Request) -> bool:
    """Whether a program asks: an address of the API, or no wish for HTML."""
    return str(request.scope["path"]).startswith(("/api/", "/resolver/api/"))


def page(visit: Visit, status: int, detail: str = "") -> Response:
    """An error as a page in the visitor's language."""
    known = status if status in KNOWN else (500 if status >= 500 else 400)
    texts = visit.texts
    shown = ErrorPage(
        visit.site(),
        status,
        texts(f"error.{known}_title"),
        detail or texts(f"error.{known}_text"),
        (Choice(texts("error.home"), visit.url("/")), Choice(texts("site.help"), visit.url("/help"))),
    )
    return answer.html(visit, visit.service.renderer.render("error.html", shown), status)


def problem(visit: Visit, status: int, detail: str = "") -> Response:
    """An error for a program."""
    known = status if status in KNOWN else (500 if status >= 500 else 400)
    return answer.problem(
        status, visit.texts(f"error.{known}_title"), detail or visit.texts(f"error.{known}_text")
    )


def _told(request: Request, status: int, text: str = "") -> Response:
    visit = visit_of(request)
    detail = visit.texts(f"error.{text}") if text else ""
    return answer.packed(visit, (problem if wants_problem(request) else page)(visit, status, detail))


async def on_http_error(request: Request, error: Exception) -> Response:
    """Unknown addresses and methods."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    response = await run_in_threadpool(_told, request, status)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


async def on_no_search(request: Request, error: Exception) -> Response:
    """The search engine does not answer, which passes without anybody starting anything here again."""
    log.warning("search unavailable: %s", error)
    response = await run_in_threadpool(_told, request, 503, "no_search_text")
    response.headers["retry-after"] = str(RETRY_AFTER)
    return response


async def on_no_database(request: Request, error: Exception) -> Response:
    """The database does not answer, which passes without anybody starting anything here again."""
    told = str(getattr(error, "orig", error)).strip().splitlines()[:1]
    # A file beside us does not go away: what is wrong with it is noted in full.
    ours = "sqlite" in str(error)[:40]
    log.warning("database unavailable: %s", "".join(told), exc_info=error if ours else None)
    return await run_in_threadpool(_without_database, request)


def _without_database(request: Request) -> Response:
    """What can be said without knowing whose portal this is, or who asks."""
    service: Service = request.app.state.service
    lang = choose(
        matching(request.query_params.get("lang", "")[:20]),
        request.cookies.get(COOKIE, "")[:20],
        request.headers.get("accept-language", ""),
    )
    texts = catalogue(lang)
    title, text = texts("error.no_database_title"), texts("error.no_database_text")
    if wants_problem(request):
        response = answer.problem(503, title, text)
    else:
        here = str(request.scope["path"])
        languages = tuple(
            Choice(label, f"{here}?lang={code}", code == lang, code) for code, label in LANGUAGE_NAMES.items()
        )
        site = Site(lang, service.installation.settings.title or texts("site.centre"), languages=languages)
        shown = ErrorPage(site, 503, title, text, (Choice(texts("error.home"), "/"),))
        response = HTMLResponse(service.renderer.render("error.html", shown), 503)
    response.headers.update({"retry-after": str(RETRY_AFTER), "cache-control": "no-store"})
    return response


async def on_denied(request: Request, error: Exception) -> Response:
    """Somebody asked for what he may not do; nothing was done."""
    log.warning("denied: %s", error)
    return await run_in_threadpool(_told, request, 403)


async def on_failure(request: Request, error: Exception) -> Response:
    """A fault of ours: noted in the log in full, told to the visitor in one sentence."""
    log.error("request failed: %s %s", request.method, request.scope.get("path"), exc_info=error)
    try:
        return await run_in_threadpool(_told, request, 500)
    except Exception:
        log.exception("the error page failed as well")
        return PlainTextResponse("500", 500)
