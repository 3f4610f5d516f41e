"""Where to go after signing in (登录后返回): to pages of this host and to no others."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from starlette.requests import Request

LONGEST = 2000


def safe_next(address: str) -> str:
    """Where to go after signing in: a path of this host, else "".

    Browsers read ``//``, ``/\\`` and blanks that they drop as the beginning of another host's address.
    """
    if not 1 <= len(address) <= LONGEST or not re.match(r"/(?![/\\])", address):
        return ""
    if re.search(r"[\x00-\x20\x7f\\]", address) or not address.isprintable():
        return ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    if parts.scheme or parts.netloc or re.search(r"/(?:login|logout)\Z", parts.path):
        return ""
    return address


def page_of(request: Request) -> str:
    """The page of this host that a form was sent from, as the browser says; "" where it does not."""
    try:
        said = urlsplit(request.headers.get("referer", ""))
    except ValueError:
        return ""
    if (said.scheme, said.netloc.lower()) != (request.url.scheme, request.url.netloc.lower()):
        return ""
    return safe_next(f"{said.path}?{said.query}" if said.query else said.path)
