"""Systems of libraries in the consoles through HTTP: kept as typed, asked, and told of to whoever listens."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from test_consortium_consoles import built as built
from test_consortium_consoles import entering, home, registry, send
from waiting import until

__all__ = ["home"]
PAGE = "/manage/library/a/endpoints"
TOLD: list[tuple[str, dict[str, str]]] = []


@pytest.fixture
def listener() -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            TOLD.append((self.headers["webhook-signature"], body))
            self.send_response(204)
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    TOLD.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_a_library_keeps_its_systems_has_them_asked_and_is_told_of_them(
    home: Path, listener: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "settings.toml").write_text('outside_networks = "127.0.0.0/8"\n', "utf-8")
    monkeypatch.setenv("EREADER_SECRET_A__HOOK", "shared key")
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context(entering(home))
        admin, other, reader = enter("admin-a"), enter("admin-x"), enter("reader-a")
        before = registry(home)
        for fields, kept in (
            ({"id": "opac", "kind": "opac", "address": "ftp://x.example/"}, "ftp://x.example/"),
            ({"id": "opac", "kind": "opac", "address": listener, "options": "not toml"}, "not toml"),
            ({"id": "opac", "kind": "sip2", "address": listener, "options": 'password = "x"'}, "password = "),
        ):
            said = send(admin, PAGE, PAGE, do="add", active="1", **fields)
            assert said.status_code == 422 and kept in said.text
        for client in (other, reader):
            assert client.get(PAGE).status_code == 404
            said = send(client, "/login", PAGE, do="add", id="opac", kind="opac", address=listener)
            assert said.status_code == 404
        assert registry(home) == before
        hook = {
            "id": "hook",
            "kind": "webhook",
            "address": listener,
            "options": 'secrets = { signature = "HOOK" }',
        }
        assert send(admin, PAGE, PAGE, do="add", active="1", **hook).status_code == 303
        opac = {"id": "opac", "kind": "opac", "address": listener}
        assert send(admin, PAGE, PAGE, do="add", active="1", **opac).status_code == 303
        said = send(admin, PAGE, PAGE, do="add", active="1", **opac)
        assert said.status_code == 422 and "a system with this id" in said.text
        until(lambda: len(TOLD) == 1)
        signature, told = TOLD[0]
        assert signature.startswith("v1,") and (told["type"], told["endpoint"]) == ("endpoint.added", "opac")
        assert send(admin, PAGE, PAGE, do="check", id="opac").status_code == 303
        assert "answers since" in admin.get(f"{PAGE}?endpoint=opac").text
        dead = {**opac, "address": "http://127.0.0.1:1/"}
        assert send(admin, PAGE, PAGE, do="save", active="1", **dead).status_code == 303
        assert send(admin, PAGE, PAGE, do="check").status_code == 303
        assert "does not answer" in admin.get(PAGE).text
        assert "The server may not ask this address" in admin.get(PAGE).text
        until(lambda: [t["type"] for _, t in TOLD][1:] == ["endpoint.changed", "endpoint.failing"])
        assert send(admin, PAGE, PAGE, do="remove", id="opac").status_code == 200, "asked first"
        assert send(admin, PAGE, PAGE, do="remove", id="opac", confirm="1").status_code == 303
        until(lambda: TOLD[-1][1]["type"] == "endpoint.removed")
        assert admin.get(f"{PAGE}?endpoint=opac").status_code == 404
