"""The composition root of the web (组装): an installation in, a Starlette application out.

It builds, and has no behaviour of its own.
"""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from ereader.web import errors
from ereader.web.middleware.headers import SecurityHeaders
from ereader.web.middleware.portal import PortalOfPath
from ereader.web.routes import ROUTES
from ereader.web.service import Installed, Service


def create_app(installation: Installed) -> Starlette:
    """The application that serves an opened installation; whoever opened it closes it."""
    service = Service(installation)
    app = Starlette(
        routes=list(ROUTES),
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(PortalOfPath),
        ],
        exception_handlers={HTTPException: errors.on_http_error, Exception: errors.on_failure},
    )
    app.state.service = service
    return app
