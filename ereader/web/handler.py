"""How a request reaches its handler (处理入口): as a visit, in a worker thread.

A handler is an ordinary function of a `Visit` and the parts of the path; it may read the database and the
index. What it answers is packed in the same thread, so the event loop only passes bytes on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from functools import partial
from typing import Any, NamedTuple

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.middleware.portal import ASKED
from ereader.web.service import Service
from ereader.web.visit import Visit, visit_of

Work = Callable[..., Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def handler(work: Work) -> Endpoint:
    """The endpoint that does ``work(visit, **parts of the path)``."""

    async def endpoint(request: Request) -> Response:
        service: Service = request.app.state.service
        return await run_sync(partial(_run, work, request), limiter=service.limiter)

    endpoint.__doc__ = work.__doc__
    return endpoint


def waiting(prepare: Callable[..., Response | Waiting], finish: Callable[[Visit, Any], Response]) -> Endpoint:
    """The endpoint that prepares in a thread, waits for others without one, and finishes in a thread.

    ``prepare(visit, **parts of the path)`` gives what to wait for, or the answer at once.
    """

    async def endpoint(request: Request) -> Response:
        limiter = request.app.state.service.limiter
        prepared = await run_sync(partial(_prepared, prepare, request), limiter=limiter)
        if isinstance(prepared, Response):
            return prepared
        visit, what = prepared
        if what.futures:
            futures = [asyncio.wrap_future(future) for future in what.futures]
            await asyncio.wait(futures, timeout=what.seconds)
        return await run_sync(lambda: answer.packed(visit, finish(visit, what.state)), limiter=limiter)

    endpoint.__doc__ = prepare.__doc__
    return endpoint


class Waiting(NamedTuple):
    """What an answer waits for, how long at most, and what is needed to give it (等待)."""

    futures: Sequence[Future[None]]
    seconds: float
    state: Any


def _prepared(
    prepare: Callable[..., Response | Waiting], request: Request
) -> Response | tuple[Visit, Waiting]:
    visit = arrived(request)
    if isinstance(visit, Response):
        return visit
    prepared = prepare(visit, **request.path_params)
    return answer.packed(visit, prepared) if isinstance(prepared, Response) else (visit, prepared)


def _run(work: Work, request: Request) -> Response:
    visit = arrived(request)
    if isinstance(visit, Response):
        return visit
    return answer.packed(visit, work(visit, **request.path_params))


def arrived(request: Request) -> Visit | Response:
    """The visit, or the answer to whoever names a portal that there is not."""
    visit = visit_of(request)
    if visit.portal.id != request.scope.get(ASKED, visit.portal.id):
        told = errors.problem if errors.wants_problem(request) else errors.page
        return answer.packed(visit, told(visit, 404))
    return visit
