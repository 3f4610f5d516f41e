"""The composition root of the web (组装): an installation in, a Starlette application out.

It builds, and has no behaviour of its own.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from ereader.auth.door import Denied
from ereader.health_keeper import HealthKeeper
from ereader.job_keeper import JobKeeper
from ereader.web import errors
from ereader.web.middleware.headers import SecurityHeaders
from ereader.web.middleware.portal import PortalOfPath
from ereader.web.routes import ROUTES
from ereader.web.service import Installed, Service
from ereader.web.warming import warm
from indexer.index.engine import SearchUnavailable


def create_app(installation: Installed) -> Starlette:
    """The application that serves an opened installation; whoever opened it closes it."""
    service = Service(installation)
    keeper = JobKeeper(installation)
    health = HealthKeeper(
        installation,
        service.accounts.engine,
        service.outside,
        installation.settings.check_systems_minutes,
    )

    @asynccontextmanager
    async def ready(app: Starlette) -> AsyncIterator[None]:
        await warm(app)
        service.lists.start()
        keeper.start()
        health.start()
        yield
        health.stop()
        keeper.stop()
        service.lists.stop()
        service.links.write()

    app = Starlette(
        lifespan=ready,
        routes=list(ROUTES),
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(PortalOfPath),
        ],
        exception_handlers={
            HTTPException: errors.on_http_error,
            SearchUnavailable: errors.on_no_search,
            **dict.fromkeys(errors.AWAY, errors.on_no_database),
            Denied: errors.on_denied,
            Exception: errors.on_failure,
        },
    )
    app.state.service = service
    return app
