"""Answers in HTML and JSON (应答): validators, caching, languages, problems."""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

import msgspec
from starlette.responses import Response

from ereader.web.visit import COOKIE, Visit

# What a page shows depends on who asks, so no shared cache may keep it; a browser may, and asks
# whether it changed.
PRIVATE = "private, no-cache"
VARY = "Accept-Language, Cookie"
UNKEPT = "private, no-store"  # … and what was shown to someone signed in, nothing may keep
PROBLEM = "application/problem+json"
SMALL = 600  # bytes that are sent as they are
LEVEL = 4  # higher ones save 3 % of a result page and double the time


def html(visit: Visit, text: str, status: int = 200) -> Response:
    """A page, with a validator, in the visitor's language; a language chosen by address is remembered."""
    response = _validated(visit, text.encode("utf-8", "replace"), "text/html; charset=utf-8", status)
    response.headers["content-language"] = visit.lang
    if visit.wanted:
        response.set_cookie(COOKIE, visit.wanted, max_age=31_536_000, samesite="lax", httponly=True, path="/")
    return response


def json(visit: Visit, value: Any, status: int = 200, media_type: str = "application/json") -> Response:
    """A value as JSON; anyone may read public answers from other origins, without credentials."""
    return data(visit, msgspec.json.encode(value), media_type, status)


def data(visit: Visit, body: bytes, media_type: str, status: int = 200) -> Response:
    """Bytes for a program, with a validator; any page of the web may read public answers."""
    response = _validated(visit, body, media_type, status)
    if visit.signed_in:
        return response
    response.headers["access-control-allow-origin"] = "*"
    return response


def problem(status: int, title: str, detail: str, kind: str = "about:blank", **more: Any) -> Response:
    """An error of the API as problem details (RFC 9457)."""
    body = {"type": kind, "title": title, "status": status, "detail": detail, **more}
    response = Response(msgspec.json.encode(body), status, media_type=PROBLEM)
    response.headers["cache-control"] = "no-store"
    response.headers["access-control-allow-origin"] = "*"
    return response


def _validated(visit: Visit, body: bytes, media_type: str, status: int) -> Response:
    headers = {"vary": VARY}
    if visit.signed_in:
        headers["cache-control"] = UNKEPT
    elif status == 200:
        tag = f'W/"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
        headers |= {"etag": tag, "cache-control": PRIVATE}
        known = visit.request.headers.get("if-none-match", "")
        if known and (known.strip() == "*" or tag in [part.strip() for part in known.split(",")]):
            return Response(status_code=304, headers=headers)
    else:
        headers["cache-control"] = "no-store"
    return Response(body, status, headers, media_type)


def unkept(response: Response) -> Response:
    """The answer, which neither a browser nor anything between may keep."""
    response.headers["cache-control"] = UNKEPT
    if "etag" in response.headers:
        del response.headers["etag"]
    return response


def packed(visit: Visit, response: Response) -> Response:
    """The answer compressed, where the visitor takes that and it is worth it.

    Whatever its handler says, an answer to someone signed in is for him alone.
    """
    if visit.signed_in:
        unkept(response)
    body = getattr(response, "body", None)
    if body is None:  # A file that is sent piece by piece as it is.
        return response
    if len(body) < SMALL or "content-encoding" in response.headers:
        return response
    response.headers["vary"] = ", ".join(
        p for p in (response.headers.get("vary", ""), "Accept-Encoding") if p
    )
    if "gzip" in visit.request.headers.get("accept-encoding", ""):
        response.body = gzip.compress(bytes(body), LEVEL, mtime=0)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response
