"""What can be had now: asked at simulated systems, told by the API, a page and our DAIA server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import portal_catalogue
import pytest
from waiting import not_hung, until

from ereader.simulators import Shelf, Simulated, simulated
from ereader.simulators.shelf import Piece
from holdings.daia import read
from indexer.records.record import record_uid

SCHEMA = json.loads((Path(__file__).parents[2] / "cases" / "daia" / "daia.schema.json").read_text("utf-8"))
APPLY = """
[[library]]
id = "a"
isil = "CN-110108"
name = { zh = "甲馆", en = "Library A" }
portal = { includes = ["centre"] }
[[library]]
id = "b"
name = { zh = "乙馆", en = "Library B" }
[[library]]
id = "c"
name = { zh = "丙馆", en = "Library C" }
[[library]]
id = "slow"
name = { zh = "慢馆", en = "Slow Library" }
"""
SHARED = """
[[membership]]
library = "{id}"
consortium = "centre"
[[repository]]
id = "{id}-books"
library = "{id}"
offered_to = ["centre"]
published_by = ["centre"]
"""
STAFF = """
[[repository]]
id = "a-staff"
library = "a"
audience = "staff"
offered_to = ["centre"]
published_by = ["centre"]
"""
LASTING = "options = { keep = 3600, seconds = 8 }\n"
SHELF = {
    "1": [Piece("A1", "available", "I242.4/1", "中文图书借阅区"), Piece("A2", "on-loan", "I242.4/1", "书库", "2031-05-06", 2)],
    "2": [Piece("B1", "on-loan", "K2/7", "Main", "2031-01-02")],
    "3": [Piece("C1", "reference", "TP3/1", "Main")],
}  # fmt: skip


def record(id: str, title: str, **more: Any) -> dict[str, Any]:
    by = [portal_catalogue.person("曹雪芹")]
    return {"id": id, "type": "book", "title": title, "year": 1999, "contributors": by, **more}


def isbn(number: str) -> list[dict[str, Any]]:
    return [{"scheme": "isbn", "value": number, "valid": True}]


@pytest.fixture(scope="module")
def systems() -> Iterator[dict[str, Simulated]]:
    with ExitStack() as stack:
        yield {
            kind: stack.enter_context(simulated(kind, Shelf(SHELF, strict=True))) for kind in ("daia", "sru")
        }


@pytest.fixture(scope="module")
def web(systems: dict[str, Simulated], tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    folder = tmp_path_factory.mktemp("availability")
    home = folder / "home"
    home.mkdir()
    (home / "settings.toml").write_text('outside_networks = "127.0.0.1/32"\n', "utf-8")
    listener = _hanging()
    (folder / "all.toml").write_text(
        APPLY
        + "".join(SHARED.replace("{id}", id) for id in ("a", "b", "c", "slow"))
        + STAFF
        + f'[[endpoint]]\nid = "a-daia"\nlibrary = "a"\nkind = "daia"\naddress = "{systems["daia"].address}"\n{LASTING}'
        + f'[[endpoint]]\nid = "b-sru"\nlibrary = "b"\nkind = "sru"\naddress = "{systems["sru"].address}"\n{LASTING}'
        + f'[[endpoint]]\nid = "slow"\nlibrary = "slow"\nkind = "daia"\naddress = "http://127.0.0.1:{listener.getsockname()[1]}/"\n',
        "utf-8",
    )
    portal_catalogue.run(home, "apply", str(folder / "all.toml"))
    dream = {"identifiers": isbn("9787020002207")}
    loads: dict[str, list[dict[str, Any]]] = {
        "a-books": [
            record("1", "红楼梦", **dream),
            record("3", "编程艺术", links=[{"url": "https://full.example/3", "kind": "fulltext"}]),
            record("9", "没有馆藏"),
        ],
        "b-books": [record("2", "红楼梦", **dream)],
        "c-books": [record("5", "三国演义", holdings=portal_catalogue.held("I242.4/5", status="借出"))],
        "slow-books": [record("7", "慢慢走", holdings=portal_catalogue.held("B83/7"))],
        "a-staff": [record("8", "馆员专用", holdings=portal_catalogue.held("Z/8"))],
    }
    for repository, records in loads.items():
        file = folder / f"{repository}.jsonl"
        file.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
        library = repository.partition("-")[0]
        portal_catalogue.run(
            home, "load", str(file), "--library", library, "--repository", repository, "--format", "record"
        )
    with (
        portal_catalogue.serving(home) as url,
        httpx.Client(base_url=url, headers={"accept-language": "en"}, timeout=120) as client,
    ):
        # What was said once counts for as long as the tests last, however slowly it came.
        until(lambda: all(known(told) for told in asked(client, DREAM, ART).values()))
        yield client
    listener.close()


def known(told: dict[str, Any]) -> bool:
    """Whether every system has answered."""
    return not told["pending"] and told["status"] != "unknown"


def _hanging() -> Any:
    """A listener that takes connections and never answers."""
    import socket

    return socket.create_server(("127.0.0.1", 0), backlog=50)


DREAM, ART, NOTHING = (record_uid("a-books", id) for id in ("1", "3", "9"))
RECORDED, SLOW, HIDDEN = record_uid("c-books", "5"), record_uid("slow-books", "7"), record_uid("a-staff", "8")
UNKNOWN = "aaaaaaaaaaaaaaaa"


def asked(web: httpx.Client, *ids: str, at: str = "", **more: str) -> dict[str, Any]:
    answer = web.get(f"{at}/api/v1/availability", params=[*(("id", id) for id in ids), *more.items()])
    assert answer.status_code == 200
    return {told["id"]: told for told in answer.json()["records"]}


def test_every_library_says_what_it_has_now(web: httpx.Client) -> None:
    told = asked(web, DREAM)[DREAM]
    held = {one["library"]: one for one in told["libraries"]}
    assert (held["a"]["status"], held["a"]["total"], held["a"]["available"]) == ("available", 2, 1)
    assert (held["b"]["status"], held["b"]["due"]) == ("on-loan", "2031-01-02")
    assert held["b"]["text"] == "On loan until 2 January 2031"
    assert all(one["live"] and one["as_of"] and not one["stale"] for one in held.values())
    lent = next(copy for copy in held["a"]["copies"] if copy["status"] == "on-loan")
    assert (lent["call_number"], lent["location"], lent["due"], lent["queue"]) == (
        "I242.4/1",
        "书库",
        "2031-05-06",
        2,
    )
    assert lent["services"]["loan"] == "2031-05-06"
    assert told["text"] == "Available at libraries: 1"


def test_the_own_library_comes_first_in_its_portal(web: httpx.Client) -> None:
    told = asked(web, DREAM, at="/at/a")[DREAM]
    assert told["libraries"][0]["library"] == "a"
    assert told["libraries"][0]["own"]
    assert told["text"] == "Your library: Available: 1 of 2"


def test_a_page_of_results_is_one_question_to_each_system(
    web: httpx.Client, systems: dict[str, Simulated]
) -> None:
    before = systems["daia"].shelf.asked
    found = web.get("/api/v1/search", params={"size": "20"}).json()["hits"]
    asked(web, *(hit["id"] for hit in found), lang="zh-CN")
    assert systems["daia"].shelf.asked <= before + 1


def test_what_only_the_record_says_is_as_old_as_the_record(web: httpx.Client) -> None:
    told = asked(web, RECORDED)[RECORDED]
    (one,) = told["libraries"]
    assert (one["live"], one["status"], told["text"], told["status"]) == (False, "on-loan", "", "unknown")
    assert one["as_of_text"].startswith("As recorded on")


def test_a_system_that_hangs_is_pending_and_delays_nobody(web: httpx.Client) -> None:
    until(lambda: asked(web, SLOW, wait="0.3")[SLOW]["pending"])  # else left alone since it was asked before
    with not_hung():
        found = asked(web, SLOW, DREAM, wait="0.3")
    assert found[DREAM]["status"] == "available"
    # While it hangs, all else is answered as ever.
    for _ in range(8):
        with not_hung():
            assert web.get("/healthz").status_code == 200


def test_hidden_and_unknown_are_told_alike(web: httpx.Client) -> None:
    found = asked(web, HIDDEN, UNKNOWN)
    assert found[HIDDEN] == {**found[UNKNOWN], "id": HIDDEN}
    pages = [web.get(f"/record/{id}/availability") for id in (HIDDEN, UNKNOWN)]
    assert [page.status_code for page in pages] == [404, 404]
    daia = [web.get("/daia", params={"id": id, "format": "json"}).json() for id in (HIDDEN, UNKNOWN)]
    assert [told["document"] for told in daia] == [[], []]
    own = web.get("/at/a/daia", params={"id": "8", "format": "json"}).json()
    assert own["document"] == []


@pytest.mark.parametrize("query", ["", "id=", "&".join(f"id={n}" for n in range(51))])
def test_a_question_for_nothing_or_too_much_is_refused(web: httpx.Client, query: str) -> None:
    answer = web.get(f"/api/v1/availability?{query}")
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_record_has_a_page_of_it_for_those_without_script(web: httpx.Client) -> None:
    assert f'href="/record/{DREAM}/availability"' in web.get(f"/record/{DREAM}").text
    page = web.get(f"/record/{DREAM}/availability", headers={"accept-language": "zh-CN"})
    assert page.status_code == 200
    assert "可借 1 / 共 2 册" in page.text
    assert "已借出，应还日期 2031年1月2日" in page.text
    assert "no-store" in page.headers["cache-control"]


def test_hits_carry_the_mark_only_where_somebody_can_be_asked(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "红楼梦"}).text
    assert f'data-availability="{DREAM}"' in page
    assert "data-availability" not in web.get("/search", params={"q": "三国演义"}).text


def test_robots_ask_no_systems(web: httpx.Client) -> None:
    rules = web.get("/robots.txt").text.splitlines()
    assert {"Disallow: /*/availability", "Disallow: /daia", "Disallow: /at/*/daia", "Disallow: /sru"} <= set(
        rules
    )


# Our DAIA server


def daia(web: httpx.Client, id: str, at: str = "") -> httpx.Response:
    return web.get(f"{at}/daia", params={"id": id, "format": "json"})


@pytest.mark.parametrize("at", ["", "/at/a", "/at/b"])
@pytest.mark.parametrize("id", [DREAM, f"{DREAM}|{ART}|{NOTHING}|{RECORDED}|{UNKNOWN}", UNKNOWN])
def test_our_daia_is_daia(web: httpx.Client, at: str, id: str) -> None:
    answer = daia(web, id, at)
    assert answer.status_code == 200
    assert answer.headers["content-type"] in ("application/json", "application/json; charset=utf-8")
    assert answer.headers["x-daia-version"] == "1.0.0"
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-language"] == "en"
    jsonschema.validate(answer.json(), SCHEMA)
    assert read(answer.content).problems == ()
    asked_for = set(id.split("|"))
    assert all({d["id"], d.get("requested")} & asked_for for d in answer.json()["document"])


def test_a_document_tells_its_items_and_services(web: httpx.Client) -> None:
    (document,) = daia(web, DREAM, "/at/a").json()["document"]
    assert document["id"].endswith(f"/at/a/record/{DREAM}")
    assert document["requested"] == DREAM
    assert [item["label"] for item in document["item"]] == ["I242.4/1", "I242.4/1"]
    assert document["item"][0]["storage"] == {"content": "中文图书借阅区"}
    assert {s["service"] for s in document["item"][0]["available"]} == {"presentation", "loan"}
    lent = {s["service"]: s for s in document["item"][1]["unavailable"]}
    assert (lent["loan"]["expected"], lent["loan"]["queue"]) == ("2031-05-06", 2)


def test_each_portal_tells_of_its_own(web: httpx.Client) -> None:
    everywhere = daia(web, DREAM).json()
    departments = [item["department"] for item in everywhere["document"][0]["item"]]
    assert [d["content"] for d in departments] == ["Library A", "Library A", "Library B Simulated library"]
    assert all(d["id"].endswith(("/at/a/", "/at/b/")) for d in departments)
    own = daia(web, DREAM, "/at/a").json()
    assert own["institution"]["content"] == "Library A"
    assert own["institution"]["id"] == "info:isil/CN-110108"
    assert "department" not in own["document"][0]["item"][0]
    assert daia(web, RECORDED, "/at/a").json()["document"] == []


@pytest.mark.parametrize(
    "name", [DREAM, "1", "urn:isbn:9787020002207", "urn:ISBN:7-02-000220-X", "ISBN 978-7-02-000220-7"]
)
def test_a_library_is_asked_by_the_ids_it_knows(web: httpx.Client, name: str) -> None:
    (document,) = daia(web, name, "/at/a").json()["document"]
    assert document["requested"] == name
    assert DREAM in document["id"]


def test_a_document_is_asked_for_by_its_own_id(web: httpx.Client) -> None:
    uri = daia(web, DREAM, "/at/a").json()["document"][0]["id"]
    (document,) = daia(web, uri, "/at/a").json()["document"]
    assert document["id"] == uri
    assert "requested" not in document


def test_full_text_is_told_and_never_promised_as_open(web: httpx.Client) -> None:
    (document,) = daia(web, ART, "/at/a").json()["document"]
    assert {"available": [{"service": "remote", "href": "https://full.example/3"}]} in document["item"]


def test_an_unescaped_bar_is_understood(web: httpx.Client) -> None:
    answer = web.get(f"/daia?format=json&id={DREAM}|{ART}")
    assert len(answer.json()["document"]) == 2


def test_what_is_too_much_for_one_response_is_linked(web: httpx.Client) -> None:
    answer = daia(web, "|".join([DREAM, *(f"x:{n}" for n in range(60))]))
    rest = httpx.URL(answer.links["next"]["url"])
    assert rest.params["id"].split("|") == [f"x:{n}" for n in range(49, 60)]
    assert answer.links["next"]["url"].endswith("&format=json")


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ("id=1", 422, "invalid_request"),
        ("id=1&format=xml", 422, "invalid_request"),
        ("format=json", 422, "invalid_request"),
        ("id=&format=json", 422, "invalid_request"),
        ("id=%7C%7C&format=json", 422, "invalid_request"),
        ("id=1&format=json&callback=a.b", 422, "invalid_request"),
        (f"id={'x' * 8001}&format=json", 422, "invalid_request"),
        ("id=1&format=json&patron=9", 501, "not_implemented"),
        ("id=1&format=json&access_token=abc", 501, "not_implemented"),
        ("id=1&suppress_response_codes", 200, "invalid_request"),
    ],
)
def test_errors_are_error_responses(web: httpx.Client, query: str, status: int, error: str) -> None:
    answer = web.get(f"/daia?{query}")
    assert answer.status_code == status
    told = answer.json()
    assert told["error"] == error
    assert told["code"] == (422 if status == 200 else status)
    assert told["error_description"]
    assert answer.headers["access-control-allow-origin"] == "*"


def test_head_options_and_other_methods(web: httpx.Client) -> None:
    head = web.head("/daia", params={"id": DREAM, "format": "json"})
    assert (head.status_code, head.content) == (200, b"")
    options = web.options("/at/a/daia", headers={"origin": "https://opac.example"})
    assert options.status_code == 204
    assert "GET" in options.headers["access-control-allow-methods"]
    assert options.headers["access-control-allow-origin"] == "*"
    refused = web.post("/daia", data={"id": DREAM})
    assert (refused.status_code, refused.json()["error"]) == (405, "invalid_request")


def test_jsonp_for_old_pages(web: httpx.Client) -> None:
    answer = web.get("/daia", params={"id": DREAM, "format": "json", "callback": "show_1"})
    assert answer.headers["content-type"] == "application/javascript; charset=utf-8"
    body = answer.text.removeprefix("/**/")
    assert body.startswith("show_1({")
    jsonschema.validate(json.loads(body[len("show_1(") : -2]), SCHEMA)
