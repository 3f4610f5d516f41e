"""Every route that takes an id answers for what is somebody else's as for what is nowhere: by status, headers, body and
the questions that the database is asked; and whoever may not change something has changed nothing.

Routes come from their table, so one that is added is asked too; parts of addresses that it brings have to be named
here.
"""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import msgspec
import own_loop
import pytest
import sqlalchemy as sa
from starlette.routing import Route

from ereader import job_runner, jobs, uploads
from ereader.app import create_app
from ereader.auth import sessions
from ereader.auth.roles import Actor
from ereader.installation import Installation, open_home
from ereader.web.manage import frame, load, load_run, scopes
from ereader.web.manage.scopes import SCOPES
from ereader.web.routes import ROUTES
from holdings.members import CENTRE, Configuration, Consortium, Library, Membership, Repository, User
from holdings.members.branch import Branch
from indexer.records.record import record_uid
from indexer.store import Store

UNKNOWN_RECORD = "aaaaaaaaaaaaaaaa"
# What stands in the place of a part of an address: what is another's, what is nowhere. ``id`` is told by what is
# in front of it.
PARTS = {
    "library": ("bohai", "zzhai"),
    "consortium": ("yonghe", "zzonghe"),
    "repository": ("bohai-books", "zzhai-books"),
    "branch": ("harbourside", "nowhereside"),
    "upload": ("", "0" * 24),
    "job": ("", "999999"),
    "run": ("", "999999"),
}
# These name nothing that anybody could keep to himself.
OPEN = {
    "/browse/class/{scheme}", "/browse/class/{scheme}/{steps:path}", "/browse/{way}", "/libraries/{id}",
    "/api/{path:path}", "/sitemap/{number}.xml", "/style/{digest}.css", "/logo/{name}", "/static/{build}/{name}",
}  # fmt: skip
# Ids in questions; the routes above have them in their paths.
ASKED = (
    "/resolver?record={id}", "/resolver/section?record={id}&wait=0", "/resolver/api/resolve?record={id}",
    "/resolver/api/stream?record={id}", "/daia?id={id}&format=json", "/sru?query=rec.id%3D{id}",
    "/api/v1/availability?id={id}&wait=0", "/record/{id}?q=tidal&n=1", "/record/{id}/explain?q=tidal",
    "/api/v1/records/{id}?format=marc", "/api/v1/records/{id}?format=nonsense", "/search?q=rec.id%3D{id}",
    "/manage/library/a/trace?record={id}", "/manage/library/a/review?one={id}&other={id}",
)  # fmt: skip
POSTED = (("/resolver", "record={id}"), ("/resolver/api/resolve", "record={id}"))
WHO = ("", "reader", "cataloguer", "librarian", "admin", "consortium")
OF_THE_BODY = ("date", "etag", "content-length")


@dataclass
class Portal:
    """An application in this process, a session for each person, and others' things by the part that names them."""

    home: Installation
    app: Any
    tokens: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    statements: list[str] = field(default_factory=list)

    def ask(self, method: str, address: str, who: str, body: str = "") -> httpx.Response:
        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
            headers = {"accept-language": "en", "origin": "http://portal.example"}
            token = self.tokens.get(who, "")
            if token:
                headers["cookie"] = f"ereader_session={token}"
            content = None
            if method == "POST":
                headers["content-type"] = "application/x-www-form-urlencoded"
                content = f"csrf={sessions.form_key(token)}&{body}"
            async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as client:
                return await client.request(method, address, headers=headers, content=content)

        return own_loop.run(asked())

    def content(self) -> set[str]:
        """All that is stored: rows, and files; a session notes that it is in use."""
        with contextlib.closing(sqlite3.connect(self.home.home / "ereader.sqlite")) as connection:
            rows = [
                line for line in connection.iterdump() if not line.startswith('INSERT INTO "auth_session"')
            ]
        folder = self.home.home / "uploads"
        return {*rows, *(str(f) for f in folder.rglob("*"))}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with open_home(tmp_path_factory.mktemp("alike") / "home") as home:
        home.members.save(
            Configuration(
                libraries=(
                    Library("a", branches=(Branch("own"),)),
                    Library("bohai", branches=(Branch("harbourside"),)),
                ),
                consortia=(Consortium("x"), Consortium("yonghe")),
                memberships=(Membership("a", "x"), Membership("bohai", "yonghe"), Membership("a", CENTRE)),
                repositories=(Repository("ra", "a"), Repository("bohai-books", "bohai", audience="staff")),
                users=(
                    *(User(r, "a", (r,)) for r in ("reader", "cataloguer", "librarian")),
                    User("admin", "a", ("library-admin",)),
                    User("consortium", "", ("consortium-admin:x",)),
                ),
            )
        )
        others = {}
        for repository in ("ra", "bohai-books"):
            file = home.home / f"{repository}.jsonl"
            file.write_text(
                json.dumps({"record": {"id": "1", "type": "book", "title": f"Tidal {repository}"}})
            )
            library = "a" if repository == "ra" else "bohai"
            given = {"library": library, "repository": repository, "files": [str(file)], "format": "record"}
            job = jobs.start(home, "load", given, Actor("root", operator=True), spawn=False)
            assert job_runner.run(home.home) == 1
            found = jobs.find(home, job)
            assert found is not None and found.state == "done"
            others = {"job": str(job), "run": str(found.result["run"]), "record": record_uid(repository, "1")}
        id, folder = uploads.begin(home.home)
        (folder / "theirs.mrc").write_bytes(b"theirs")
        uploads.keep(home.home, uploads.Upload(id, "bohai", "them", "bohai-books", ("theirs.mrc",)))
        made = Portal(home, create_app(home), others=others | {"upload": id})
        users = home.members.users()
        now = home.accounts.now()
        made.tokens = {w: sessions.begin(home.accounts.engine, users[w], "password", now) for w in WHO if w}
        made.app.state.service.links.secret()

        def note(_: object, __: object, statement: str, *___: object) -> None:
            made.statements.append(statement)

        engines = {home.database, home.accounts.engine}
        for engine in engines:
            sa.event.listen(engine, "before_cursor_execute", note)
        yield made
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)


def with_ids() -> list[tuple[str, str]]:
    """(method, path) of every route with an id."""
    found = []
    for route in ROUTES:
        if isinstance(route, Route) and "{" in route.path and route.path not in OPEN:
            found += [(m, route.path) for m in sorted((route.methods or set()) - {"HEAD"})]
    return found


def pairs(portal: Portal, path: str) -> Iterator[tuple[str, str]]:
    """Addresses with what is another's, and with what is nowhere, in the place of one of the parts."""
    names = re.findall(r"\{(\w+)\}", path)
    kind = path.split("/")[2] if path.startswith("/manage/") else "record"
    known = {n: (portal.others.get(n, "") or PARTS[n][0], PARTS[n][1]) for n in PARTS}
    known["name"] = ("problems.csv", "problems.csv")
    if "id" in names:
        there, nowhere = known[kind] if kind != "record" else (portal.others["record"], UNKNOWN_RECORD)
        rest = {n: known[n][0] for n in names if n != "id"}
        yield path.format(id=there, **rest), path.format(id=nowhere, **rest)
    own = {"library": "a", "consortium": "x"}.get(kind, "")
    for name in names:
        if name not in ("id", "name"):
            rest = {n: own if n == "id" else known[n][0] for n in names if n != name}
            there, nowhere = known[name]
            yield path.format(**{name: there}, **rest), path.format(**{name: nowhere}, **rest)


def told(answer: httpx.Response, *asked: str) -> Any:
    """An answer without what it repeats of the question."""
    text, headers = answer.text, {k: v for k, v in answer.headers.items() if k not in OF_THE_BODY}
    # A number of one digit stands in other places too; it is told with the address around it.
    for word in sorted((w for w in asked if len(w) > 3), key=len, reverse=True):
        for form in (quote(quote(word, safe=""), safe=""), quote(word, safe=""), quote(word), word):
            text = text.replace(form, "ASKED")
            headers = {k: v.replace(form, "ASKED") for k, v in headers.items()}
    text = re.sub(r'"(took_ms|timestamp)":("[^"]*"|[0-9.e-]+)', r'"\1":0', text)
    return answer.status_code, headers, text


def test_every_part_of_an_address_that_names_something_is_known_here() -> None:
    found = {n for _, path in with_ids() for n in re.findall(r"\{(\w+)", path)}
    assert found <= {"id", "name", *PARTS}, "say what is another's, and what is nowhere"
    paths = {route.path for route in ROUTES if isinstance(route, Route)}
    assert paths >= OPEN


def differing(portal: Portal, who: str, routes: list[tuple[str, str]]) -> Iterator[str]:
    """Where somebody can tell what is another's from what is nowhere, or comes to it."""
    for method, path in routes:
        for there, nowhere in pairs(portal, path):
            both = list(zip(there.split("/"), nowhere.split("/"), strict=True))
            one = portal.ask(method, there, who, "do=save&name=Somebody&reason=why")
            two = portal.ask(method, nowhere, who, "do=save&name=Somebody&reason=why")
            words = [(a, b) for a, b in both if a != b]
            if told(one, there, *(a for a, _ in words)) != told(two, nowhere, *(b for _, b in words)):
                yield f"{method} {there}: {one.status_code}, {two.status_code}"
            elif one.status_code not in (303, 403, 404):
                yield f"{method} {there}: {one.status_code}"


@pytest.mark.parametrize("who", WHO)
def test_what_is_anothers_answers_like_what_is_nowhere(portal: Portal, who: str) -> None:
    before = portal.content()
    assert list(differing(portal, who, with_ids())) == []
    assert portal.content() ^ before == set()


def _any_upload(home: Path, id: str, _: str) -> Any:
    folder = home / "uploads" / id
    return uploads.Upload(id, "a", "them", "ra", ("theirs.mrc",)) if folder.is_dir() else None


def _any_run(visit: Any, _: Any, run: str) -> Any:
    return visit.service.store.run(int(run))


def _open(kind: str) -> Any:
    return msgspec.structs.replace(SCOPES[kind], tabs=tuple(  # type: ignore[index]
        msgspec.structs.replace(tab, allowed=lambda *_: True) for tab in SCOPES[kind].tabs  # type: ignore[index]
    ))  # fmt: skip


# What keeps things of one library from another's people: how it is taken out, and the routes that notice.
GUARDS: dict[str, tuple[Any, str, Any, str]] = {
    "jobs": (load, "is_own", lambda *_: True, "/jobs/"),
    "loads": (load_run, "own_run", _any_run, "/loads/{run}"),
    "uploads": (uploads, "find", _any_upload, "/uploads/"),
    "libraries": (scopes, "SCOPES", SCOPES | {"library": _open("library")}, "/manage/library/{id}/people"),
    "consortia": (scopes, "SCOPES", SCOPES | {"consortium": _open("consortium")}, "/members/{library}"),
    "records": (Store, "_sees", lambda *_: True, "/record/{id}"),
}


@pytest.mark.parametrize("name", GUARDS)
def test_without_the_guard_something_differs(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    where, what, instead, part = GUARDS[name]
    if what == "SCOPES":
        monkeypatch.setattr(frame, "SCOPES", instead)
    monkeypatch.setattr(where, what, instead)
    routes = [(m, p) for m, p in with_ids() if m == "GET" and part in p]
    assert routes and next(differing(portal, "admin", routes), ""), "nobody notices that it is gone"


@pytest.mark.parametrize("who", WHO)
def test_hidden_records_are_asked_for_like_unknown_ones(portal: Portal, who: str) -> None:
    hidden = portal.others["record"]
    before = portal.content()
    asked = [("GET", path, "") for path in ASKED] + [("POST", path, body) for path, body in POSTED]
    asked += [(m, p, "") for m, p in with_ids() if p.startswith(("/record/", "/api/"))]
    for method, path, body in asked:
        answers, statements = [], []
        # What is remembered of an address is so for both.
        for id in (hidden, UNKNOWN_RECORD, hidden, UNKNOWN_RECORD):
            portal.statements.clear()
            answers.append(
                told(portal.ask(method, path.replace("{id}", id), who, body.replace("{id}", id)), id)
            )
            # Sessions and links are noted from time to time, whatever is asked.
            statements.append([s for s in portal.statements if re.search(r"\b(source|record)_", s)])
        assert answers[2] == answers[3], f"{who}: {method} {path}"
        assert statements[2] == statements[3], f"{who}: {method} {path}"
    assert portal.content() ^ before == set()
