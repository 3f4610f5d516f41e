"""Which pages of other sites may read an answer (跨源许可): those that the portal's library has listed.

What an answer says can depend on the network its reader sits in, so an answer that anybody's page could read
would tell anybody's page what this reader's library has licensed. Cookies never come along.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from ereader.web.visit import Visit

_ORIGIN = re.compile(r"https?://[a-z0-9.-]{1,253}(?::\d{1,5})?")


def origins(visit: Visit) -> tuple[str, ...]:
    """The origins that the library or consortium of this portal lets embed it (``https://opac.example``)."""
    id = visit.portal.id
    library = visit.members.libraries().get(id)
    owner = library.portal if library else visit.members.consortia().get(id)
    design = getattr(owner, "design", None)
    return tuple(getattr(design, "origins", ()))


def allowed(visit: Visit) -> str:
    """The origin that asks, when it may read the answer, else ""."""
    asking = visit.request.headers.get("origin", "")[:300].lower()
    if not _ORIGIN.fullmatch(asking):
        return ""
    listed = (origin.strip().rstrip("/").lower() for origin in origins(visit))
    return asking if asking in listed else ""


def open_to(visit: Visit, response: Response) -> Response:
    """The answer, readable by exactly the pages that may."""
    if "access-control-allow-origin" in response.headers:
        del response.headers["access-control-allow-origin"]
    response.headers["vary"] = ", ".join(p for p in (response.headers.get("vary", ""), "Origin") if p)
    origin = allowed(visit)
    if origin:
        response.headers["access-control-allow-origin"] = origin
    return response
