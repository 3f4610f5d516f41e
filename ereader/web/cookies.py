"""Cookies of sessions and forms (会话 Cookie).

Over https their names begin with ``__Host-``, so that no other host and no page without https can set them
(RFC 6265bis, section 4.1.3.2). Scripts never see them, and other sites' forms do not send them.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

SESSION = "ereader_session"
FORM = "ereader_form"
LONGEST = 100  # characters of a value that is looked at


def session(request: Request) -> str:
    """The token of the session that a browser claims to have."""
    return request.cookies.get(_name(request, SESSION), "")[:LONGEST]


def form(request: Request) -> str:
    """The random number that binds a form to the browser that it was given to, before anybody signs in."""
    return request.cookies.get(_name(request, FORM), "")[:LONGEST]


def give(request: Request, response: Response, name: str, value: str) -> None:
    """Hands out a cookie until the browser is closed."""
    response.set_cookie(
        _name(request, name), value, path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def take(request: Request, response: Response, name: str) -> None:
    """Takes a cookie back."""
    response.delete_cookie(
        _name(request, name), path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def _secure(request: Request) -> bool:
    return request.url.scheme == "https"


def _name(request: Request, name: str) -> str:
    return f"__Host-{name}" if _secure(request) else name
