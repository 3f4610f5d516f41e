"""A handler that asks the door without having the right is stopped before it does anything, and the page says so."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import own_loop
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ereader.app import create_app
from ereader.auth import door
from ereader.auth.roles import Actor, Target
from ereader.installation import open_home
from ereader.web.posted import Fields, changing
from ereader.web.visit import Visit


def test_what_is_denied_is_not_done_and_said_in_one_sentence(tmp_path: Path) -> None:
    done: list[str] = []

    def rename(visit: Visit, fields: Fields) -> Response:
        door.require(Actor("nobody"), "library.edit", Target(library="a"))
        done.append(fields["name"])
        return PlainTextResponse("done")

    async def ask(app: object) -> httpx.Response:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://lib.example") as client:
            key = re.search(r'name="csrf" value="(\w+)"', (await client.get("/login?lang=en")).text)
            assert key
            assert (await client.post("/rename", data={"name": "x"})).status_code == 403
            return await client.post("/rename", data={"name": "x", "csrf": key[1]})

    with open_home(tmp_path / "home") as installation:
        app = create_app(installation)
        app.router.routes.insert(0, Route("/rename", changing(rename), methods=["POST"]))
        answer = own_loop.run(ask(app))
    assert (answer.status_code, done) == (403, [])
    assert "The rights of this account do not reach here" in answer.text
