"""Finds the portal of a request (门户识别) and takes ``/at/ID`` off its path.

Routes know nothing of it.
"""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from ereader.web import portal
from ereader.web.service import Service

KEY = "ereader.portal"


class PortalOfRequest:
    """Puts a `Portal` into the scope under `KEY`.

    An unknown id leaves the path alone, which no route knows.
    """

    def __init__(self, app: ASGIApp, service: Service) -> None:
        self.app = app
        self.service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["path"].startswith("/static/"):
            scope = dict(scope)
            members = self.service.members
            id, rest = portal.split(scope["path"])
            found = await run_in_threadpool(portal.by_id, members, id, f"/at/{id}") if id else None
            if found is not None:
                scope["path"] = rest
                scope["raw_path"] = rest.encode("utf-8", "replace")
            else:
                found = await run_in_threadpool(portal.by_host, members, Headers(scope=scope).get("host", ""))
            scope[KEY] = found
        await self.app(scope, receive, send)
