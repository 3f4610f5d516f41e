"""Every address of the portal, asked in process and looked through for hidden words.

Addresses are taken from the table of routes, so one that is added is asked for as well: without parts as it
is, with ``{id}`` for every record, visible, hidden or unknown.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any
from unittest import mock
from urllib.parse import quote

import own_loop
from oracle import Eye, reads_all
from starlette.applications import Starlette
from starlette.routing import Route
from surfaces import EXPORTS, Asked, leaked
from worlds import JOURNALS, Home, Leaf, World, installation, number_of

from ereader.app import create_app
from ereader.search.facet_list import FACETS
from ereader.web.routes import ROUTES
from ereader.web.visit import Visit
from holdings.members import Viewer
from holdings.members.view import View

UNKNOWN = "aaaaaaaaaaaaaaaa"
NOWHERE = "xyzzyq"
# Headers that tell when an answer was made, or are made of its body.
OF_THE_BODY = frozenset(("date", "etag"))
LISTS = ("author", "title", "subject", "journals")
ENTRY = (
    "/search?q=river", "/search?q=river&group=work", "/search?scope=own", "/search?sort=title&size=10",
    "/search?q=nosuchwordanywhere", "/search.atom?q=river", "/api/v1/search?q=river&group=work",
    "/api/v1/search?size=100", "/api/v1/search?scope=own&sort=newest", "/browse/class/clc",
    "/browse/class/clc/I", "/browse/shelf?from=I", "/sru?query=river&recordSchema=opacxml&maximumRecords=50", "/browse/shelf?library=all", "/browse/new?added=3000",
    *(f"/browse/journal?title={quote(title)}" for title in JOURNALS),
    *(f"/search/export?format={name}&size=50" for name in EXPORTS),
    *(f"/search/facet?facet={name}" for name in FACETS),
    *(f"/api/v1/facets?facet={name}&limit=500" for name in FACETS),
    *(f"/browse/{kind}" for kind in LISTS), *(f"/browse/{kind}?from=a" for kind in LISTS),
    *(f"/browse/{kind}?order=stroke" for kind in LISTS),
    *(f"/api/v1/browse?kind={kind}&limit=200" for kind in ("author", "title", "subject", "journal", "shelf", "class")),
    *(f"{path}?q={typed}&size=50" for path in ("/api/v1/suggest", "/widget/suggest") for typed in ("a", "al", "har", "t", "s", "m", "q")),
)  # fmt: skip
OF_RECORD = (
    "/record/{id}?q=river&n=1", "/record/{id}/explain?q=river", "/resolver?record={id}",
    "/resolver/section?record={id}&wait=0", "/resolver/api/resolve?record={id}",
    *(f"/api/v1/records/{{id}}?format={name}" for name in (*EXPORTS, "nonsense")),
    "/api/v1/availability?id={id}&wait=0", "/daia?id={id}&format=json", "/sru?query=rec.id={id}&recordSchema=opacxml",
)  # fmt: skip
# One address of each kind, for worlds of which there are thousands.
GLANCE = (
    "/search?q=river", "/search/facet?facet=subject", "/search.atom?size=50", "/search/export?format=ris&size=50",
    "/api/v1/search?size=100", "/sitemap/1.xml", "/browse/author", "/api/v1/browse?kind=title&limit=200",
    "/sru?query=river&recordSchema=opacxml",
)  # fmt: skip
GLANCE_AT = (
    "/record/{id}", "/record/{id}/editions", "/record/{id}/staff", "/record/{id}/explain?q=river",
    "/record/{id}/original", "/record/{id}/together", "/record/{id}/availability",
    "/api/v1/records/{id}?format=bibtex", "/api/v1/records/{id}",
    "/daia?id={id}&format=json", "/api/v1/availability?id={id}&wait=0", "/resolver/section?record={id}&wait=0",
)  # fmt: skip
GLANCE_FOR = ("/search?q={}", "/api/v1/suggest?q={}", "/widget/suggest?q={}", "/browse/subject?from={}")
# Answered alike to everybody, and large.
FIXED = frozenset(("/static/{build}/{name}", "/api/{path:path}", "/favicon.ico"))


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")


class Portal:
    """The application of a loaded world, for one eye at a time."""

    def __init__(self, home: Home) -> None:
        installed = copy(installation())
        installed.members, installed.store = home.members, home.store
        installed._engine = home.engine
        self.app: Starlette = create_app(installed)

    def get(self, eye: Eye, paths: list[str]) -> list[Answer]:
        """The answers to addresses within the portal of the eye's place."""
        id = eye.place[2:]
        prefix = "" if id == "centre" else f"/at/{id}"
        with standing(eye.viewer):
            return own_loop.run(self._all([prefix + path for path in paths]))

    async def _all(self, paths: list[str]) -> list[Answer]:
        return [await ask(self.app, path) for path in paths]


@contextmanager
def standing(viewer: Viewer) -> Iterator[None]:
    """Whoever asks is this viewer."""

    def view(visit: Visit) -> View:
        return visit.members.view(visit.portal.place, viewer)

    with mock.patch.object(Visit, "view", property(view)):
        yield


async def ask(app: Starlette, address: str, method: str = "GET") -> Answer:
    path, _, query = address.partition("?")
    told: dict[str, Any] = {"body": b""}

    given = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        for message in given:
            return message
        # A stream listens for whoever goes away; nobody does.
        return await asyncio.Future()

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            told.update(message)
        else:
            told["body"] += message.get("body", b"")

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"accept-language", b"en"), (b"host", b"portal.example")],
        "server": ("portal.example", 80), "client": ("127.0.0.1", 1),
    }  # fmt: skip
    await app(scope, receive, send)
    headers = {k.decode(): v.decode() for k, v in told["headers"]}
    return Answer(told["status"], headers, told["body"])


def plain_addresses() -> list[str]:
    """Every address without parts."""
    return [r.path for r in _routes() if "{" not in r.path]


def record_addresses() -> list[str]:
    """Every address of a record."""
    return [r.path for r in _routes() if "{id}" in r.path and r.path.count("{") == 1] + list(OF_RECORD)


def _routes() -> list[Route]:
    return [
        r for r in ROUTES if isinstance(r, Route) and "GET" in (r.methods or {"GET"}) and r.path not in FIXED
    ]


def told(answer: Answer, *asked: str) -> tuple[int, dict[str, str], str]:
    """An answer without what it repeats of the question."""
    text = answer.text
    headers = {k: v for k, v in answer.headers.items() if k not in OF_THE_BODY | {"content-length"}}
    for word in asked:
        text = text.replace(quote(word), "ASKED").replace(word, "ASKED")
        # Where it leads to sign in, and back, repeats the address.
        headers = {k: v.replace(quote(word), "ASKED").replace(word, "ASKED") for k, v in headers.items()}
    # How long it took is told by programs to programs; tokens of places are made of what was typed.
    text = re.sub(r'"took_ms":[0-9.e-]+', '"took_ms":0', text)
    text = re.sub(r'"timestamp":"[^"]+"', '"timestamp":""', text)
    return answer.status, headers, re.sub(r"(place[\"=:]+)[0-9a-f]{6,}", r"\1PLACE", text)


def compare_pages(home: Home, eye: Eye, *, exact: bool = True, portal: Portal | None = None) -> list[str]:
    """All that differs on pages for one eye."""
    portal = portal or Portal(home)
    asked = Asked(home, eye, exact=exact)
    seen = asked.seen
    differing: list[str] = []
    addresses = plain_addresses() + list(ENTRY)
    for id, leaves in seen.unions.items():
        addresses += [a.replace("{id}", id) for a in record_addresses()]
        addresses += [
            f"/record/{id}/original?source={leaf.uid}" for leaf in leaves if reads_all(home.world, eye, leaf)
        ]
        addresses += [f"/record/{id}/explain?q={leaves[0].word}", f"/search?q={leaves[0].word}"]
        addresses += [
            f"/browse/journal?title={quote(f'{home.world.works[leaves[0].work][0].title()} of the river')}"
        ]
        addresses += [f"/browse/author?from={leaves[0].word}", f"/api/v1/suggest?q={quote(leaves[0].han)}"]
        addresses += [f"/search?q={leaves[0].word[:-1]}x", f"/api/v1/search?q={leaves[0].word[:-1]}x"]
    addresses += [a for leaf in home.world.leaves for a in led_from(home.world, leaf)]
    for address, answer in zip(addresses, portal.get(eye, addresses), strict=True):
        asked.note(address, answer.text + repr(sorted(answer.headers.items())))
        if answer.status >= 500:
            differing.append(f"{address}: {answer.status}")
        # The original of the first source may be one that its library keeps to itself; merging is for staff.
        there = "/record/" in address and "nonsense" not in address
        there = there and not address.endswith(("/original", "/together"))
        if exact and there and answer.status != 200:
            differing.append(f"{address}: {answer.status}")
    differing += leaked(seen, asked.texts)
    differing += _numbers(asked, portal)
    differing += box(asked, portal)
    differing += hidden_alike(asked, portal)
    return [f"{eye.place} {eye.viewer.user}: {text}" for text in differing]


def glance(home: Home, eye: Eye, *, exact: bool = True) -> list[str]:
    """What differs on one page of each kind: of one record that is seen, one that is not, and words of both."""
    portal, asked = Portal(home), Asked(home, eye, exact=exact)
    seen = asked.seen
    addresses = list(GLANCE)
    for id, leaves in list(seen.unions.items())[:1]:
        addresses += [a.replace("{id}", id) for a in GLANCE_AT if "original" not in a]
        addresses += [a.format(quote(f"{leaves[0].word[:-1]}x")) for a in GLANCE_FOR]
    addresses += [a for leaf in seen.hidden[:1] for a in led_from(home.world, leaf)]
    answers = dict(zip(addresses, portal.get(eye, addresses), strict=True))
    for address, answer in answers.items():
        asked.note(address, answer.text + repr(sorted(answer.headers.items())))
    told_of = [f"{a}: {answer.status}" for a, answer in answers.items() if answer.status >= 500]
    told_of += leaked(seen, asked.texts)
    body = json.loads(answers["/api/v1/search?size=100"].body)
    told_of += asked.same("API hits", {h["id"] for h in body["hits"]}, set(seen.unions))
    feed = set(re.findall(r"<id>[^<]*/record/(\w+)</id>", answers["/search.atom?size=50"].text))
    told_of += asked.same("feed", feed, set(seen.unions))
    stranger = Asked(home, Eye(eye.place, Viewer()), exact=exact)
    mapped = set(re.findall(r"/record/(\w+)</loc>", answers["/sitemap/1.xml"].text))
    told_of += stranger.same("sitemap", mapped, set(stranger.seen.unions))
    shown = set(seen.unions) | {leaf.uid for leaf in seen.leaves}
    for leaf in [leaf for leaf in seen.hidden if leaf.uid not in shown][:1]:
        got = portal.get(eye, [p.replace("{id}", leaf.uid) for p in GLANCE_AT])
        nothing = portal.get(eye, [p.replace("{id}", UNKNOWN) for p in GLANCE_AT])
        for path, one, other in zip(GLANCE_AT, got, nothing, strict=True):
            if told(one, leaf.uid) != told(other, UNKNOWN):
                told_of.append(
                    f"{path} for {leaf.id} is not like an unknown one: {one.status}, {other.status}"
                )
    return [f"{eye.place} {eye.viewer.user}: {text}" for text in told_of]


def led_from(world: World, leaf: Leaf) -> list[str]:
    """Where a link with the number of a work leads, and what can be had of a record, seen or not."""
    number = number_of(world.works[leaf.work][1], leaf.work)
    name, value = number["scheme"], quote(number["value"])
    link = f"rft_id=info:doi/{value}" if name == "doi" else f"rft.{name}={value}"
    paths = ("/resolver", "/resolver/section", "/resolver/api/resolve", "/resolver/api/stream")
    return [*(f"{path}?url_ver=Z39.88-2004&{link}" for path in paths), f"/daia?format=json&id={leaf.uid}"]


def _numbers(asked: Asked, portal: Portal) -> Iterator[str]:
    """Totals and a walk through the API."""
    eye, wanted = asked.eye, asked.seen.unions
    (answer,) = portal.get(eye, ["/api/v1/search?size=100"])
    body = json.loads(answer.body)
    yield from asked.same("API total", body["total"], len(wanted))
    yield from asked.same("API hits", {h["id"] for h in body["hits"]}, set(wanted))
    for name in ("subject", "author", "library", "type"):
        got = {v["value"]: v["count"] for v in body["facets"][name]}
        counted = asked.seen.counts(name)
        yield from asked.same(f"API facet {name}", got, {v: counted[v] for v in got})
    ids: list[str] = []
    cursor = "*"
    while cursor:
        (answer,) = portal.get(eye, [f"/api/v1/search?size=2&cursor={quote(cursor)}"])
        step = json.loads(answer.body)
        ids += [h["id"] for h in step["hits"]]
        cursor = step["next_cursor"]
    yield from asked.same("API walk", set(ids), set(wanted))
    (feed,) = portal.get(eye, ["/search.atom?size=50"])
    entries = set(re.findall(r"<id>[^<]*/record/(\w+)</id>", feed.text))
    yield from asked.same("feed", entries, set(wanted))
    (listed,) = portal.get(eye, ["/sitemap/1.xml"])
    stranger = Asked(asked.home, Eye(eye.place, Viewer()), exact=asked.exact)
    mapped = set(re.findall(r"/record/(\w+)</loc>", listed.text))
    yield from stranger.same("sitemap", mapped, set(stranger.seen.unions))


def box(asked: Asked, portal: Portal) -> Iterator[str]:
    """The box on other people's pages suggests what anyone may see in this portal, and exactly that."""
    stranger = Asked(asked.home, Eye(asked.eye.place, Viewer()))
    addresses = [f"/widget/suggest?q={quote(leaf.word)}" for leaf in asked.home.world.leaves]
    addresses += [f"/widget/suggest?q={quote(leaf.han)}" for leaf in asked.home.world.leaves]
    api = [a.replace("/widget/", "/api/v1/") for a in addresses]
    shown = portal.get(asked.eye, addresses)
    for address, one, other in zip(addresses, shown, portal.get(stranger.eye, api), strict=True):
        if one.status != 200 or json.loads(one.body) != json.loads(other.body):
            yield f"{address} is not what anyone is offered"
        stranger.note(address, one.text)
    yield from leaked(stranger.seen, stranger.texts)


def hidden_alike(asked: Asked, portal: Portal) -> Iterator[str]:
    """Hidden records, and words of hidden records, are answered like those that are nowhere."""
    seen, eye = asked.seen, asked.eye
    visible_ids = set(seen.unions) | {leaf.uid for leaf in seen.leaves}
    hidden = [leaf for leaf in seen.hidden if leaf.uid not in visible_ids][:3]
    for leaf in hidden:
        paths = record_addresses()
        got = portal.get(eye, [p.replace("{id}", leaf.uid) for p in paths])
        nothing = portal.get(eye, [p.replace("{id}", UNKNOWN) for p in paths])
        for path, one, other in zip(paths, got, nothing, strict=True):
            if told(one, leaf.uid) != told(other, UNKNOWN):
                yield f"{path} for {leaf.id} is not like an unknown one: {one.status}, {other.status}"
        for id in list(seen.unions)[:1]:
            path = f"/record/{id}/original?source="
            one, other = portal.get(eye, [path + leaf.uid, path + UNKNOWN])
            if told(one, leaf.uid) != told(other, UNKNOWN):
                yield f"the original of {leaf.id} is told"
        yield from _words_alike(eye, portal, leaf.word)


SEARCHED = (
    "/search?q={}", "/search?q=subject:{}", "/search.atom?q={}", "/api/v1/search?q={}", "/api/v1/suggest?q={}",
    "/api/v1/facets?facet=author&prefix={}", "/search/facet?facet=subject&prefix={}", "/browse/author?from={}",
    "/api/v1/browse?kind=subject&from={}", "/browse/journal?title={}", "/search/export?format=ris&q={}",
    "/search?f.subject={}+studies", "/search?q=river&f.series={}+library",
)  # fmt: skip


def _words_alike(eye: Eye, portal: Portal, word: str) -> Iterator[str]:
    # A word of the same length that stands at the same place of every list.
    nowhere = word[:4] + "".join("e" if c in "aiou" else "a" if c == "e" else c for c in word[4:-1]) + "q"
    got = portal.get(eye, [p.format(word) for p in SEARCHED])
    nothing = portal.get(eye, [p.format(nowhere) for p in SEARCHED])
    for path, one, other in zip(SEARCHED, got, nothing, strict=True):
        if told(one, word, word.title()) != told(other, nowhere, nowhere.title()):
            yield f"{path} for {word} is not like one for {nowhere}, which is nowhere"
