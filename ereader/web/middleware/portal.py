"""Takes ``/at/ID`` off the path of a request and keeps the id for its handler (门户识别).

Routes know nothing of it. Whether there is such a portal is asked of the registry in the handler's thread.
"""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from ereader.web import portal

ASKED = "ereader.portal"  # the id named in the path
WHOLE = "ereader.path"  # the path as it was asked for


class PortalOfPath:
    """Moves the id from the path into the scope under `ASKED`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            id, rest = portal.split(scope["path"])
            if id:
                scope = {**scope, ASKED: id, WHOLE: scope["path"], "path": rest}
                scope["raw_path"] = rest.encode("utf-8", "replace")
        await self.app(scope, receive, send)
