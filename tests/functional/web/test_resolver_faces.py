"""The faces of the resolver: stream, pieces, batch, the router and its counts, reports, who is asked for whom."""

from __future__ import annotations

import json
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import portal_catalogue
import pytest
from waiting import HANGS, not_hung, until

from resolver.knowledge_base.kbart import column_names

DOI = "rft_id=info:doi/10.1000/xyz.123"
PASSWORD = "a long password for tests"
MEMBERS = """
[[library]]
id = "pku"
name = { zh = "北京大学图书馆", en = "Peking University Library" }
[library.portal]
includes = ["jalis", "centre"]
hosts = ["pku.test"]
proxy = "https://proxy.example/login?url="
contact = "mailto:desk@pku.example"
ill = "https://ill.pku.example/openurl"
design = { origins = ["https://opac.pku.example"] }
[[library]]
id = "sysu"
name = { zh = "中山大学图书馆", en = "Sun Yat-sen University Library" }
[library.portal]
includes = ["jalis", "centre"]
networks = ["127.0.0.0/8"]
proxy = "https://proxy.sysu.example/login?url="
"""
SERIAL = {"publication_title": "Journal of Examples in Physics", "print_identifier": "1234-5679", "title_id": "jep",
          "date_first_issue_online": "2000", "publication_type": "serial"}  # fmt: skip


# An article of the serial that only the registry of DOIs knows.
REGISTERED = json.dumps({"status": "ok", "message": {
    "DOI": "10.9999/Registry.1", "type": "journal-article", "title": ["On <i>moss</i>"], "ISSN": ["1234-5679"],
    "container-title": ["Journal of Examples in Physics"], "volume": "7", "page": "12-15",
    "issued": {"date-parts": [[2015, 3]]}, "author": [{"family": "Fern", "given": "Ada"}]}})  # fmt: skip


class Source(ThreadingHTTPServer):
    """A server of its own for every fixture: what one lets go another still holds."""

    daemon_threads = True

    def __init__(self) -> None:
        self.over = threading.Event()
        super().__init__(("127.0.0.1", 0), Elsewhere)


class Elsewhere(BaseHTTPRequestHandler):
    """A source of open access: some DOIs it answers, some it keeps waiting for ever."""

    server: Source

    def do_GET(self) -> None:
        if "hang" in self.path:
            self.server.over.wait(HANGS)
        known = "xyz.123" in self.path
        location = {"url": "https://repository.example/1.pdf", "url_for_pdf": "https://repository.example/1.pdf",
                    "host_type": "repository", "version": "acceptedVersion"}  # fmt: skip
        body = json.dumps({"is_oa": True, "oa_locations": [location], "best_oa_location": location})
        if self.path.startswith("/described"):
            body = "rft.atitle=From+elsewhere&rft.issn=1234-5679&rft.date=2015&rft.genre=article"
        if self.path.startswith("/works/10.9999/registry"):
            known, body = True, REGISTERED
        self.send_response(200 if known or self.path.startswith("/described") else 404)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def elsewhere() -> Iterator[int]:
    server = Source()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("faces")
    home = portal_catalogue.build(folder / "home")
    (folder / "password").write_text(PASSWORD + "\n")
    users = "".join(
        f'[[user]]\nname = "{name}"\nroles = ["{role}"]\npassword_file = "{folder / "password"}"\n{more}'
        for name, role, more in (
            ("boss", "centre-admin", ""),
            ("admin of pku", "library-admin", 'library = "pku"\n'),
        )
    )
    (folder / "members.toml").write_text(MEMBERS + users, "utf-8")
    portal_catalogue.run(home, "apply", str(folder / "members.toml"))
    for package, library, url in (
        ("Of Peking", "pku", "https://pku-only.example/jep"),
        ("Of Canton", "sysu", "https://sysu-only.example/jep"),
    ):
        names = column_names()
        row = {**SERIAL, "title_url": url}
        (folder / "list.txt").write_text(
            "\t".join(names) + "\n" + "\t".join(row.get(n, "") for n in names) + "\n"
        )
        portal_catalogue.run(
            home, "kb", "load", str(folder / "list.txt"), "--package", package, "--library", library
        )
    with elsewhere() as port:
        (home / "settings.toml").write_text(
            f'open_access = "http://127.0.0.1:{port}/v2/{{doi}}?email=a@b.example"\n'
            f'citations = "http://127.0.0.1:{port}/works/{{doi}}"\n'
            f'outside_networks = "127.0.0.0/8"\nreference_hosts = "127.0.0.1"\n'
        )
        (home / "port").write_text(str(port))
        yield home


@pytest.fixture(scope="module")
def web(home: Path) -> Iterator[httpx.Client]:
    with (
        portal_catalogue.serving(home) as url,
        httpx.Client(base_url=url, headers={"accept-language": "en"}, timeout=120) as client,
    ):
        # What a source said once is kept: however slow it is, no test waits for it in vain.
        until(lambda: whole(events(client, f"/at/pku/resolver/api/stream?{DOI}")))
        yield client


def events(
    web: httpx.Client, address: str, came: dict[str, float] | None = None
) -> list[tuple[str, dict[str, Any]]]:
    """(name, data) of a stream, in order; ``came`` is told when the first of each name came."""
    found, name = [], ""
    with web.stream("GET", address) as answer:
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                if came is not None:
                    came.setdefault(name, time.monotonic())
                found.append((name, json.loads(line[6:])))
    return found


def whole(found: list[tuple[str, dict[str, Any]]]) -> list[tuple[str, dict[str, Any]]]:
    """The same where nobody was too slow, else nothing."""
    assert found[-1][0] == "done"
    return [] if found[-1][1]["pending"] else found


def labels(web: httpx.Client, portal: str = "", query: str = DOI) -> list[str]:
    found = web.get(f"{portal}/resolver/api/resolve?{query}&wait=0").json()
    return [a["label"] for a in found["answers"] if a["type"] == "fulltext"]


def test_sections_come_as_they_are_known_and_the_stream_ends(web: httpx.Client) -> None:
    found = until(lambda: whole(events(web, f"/at/pku/resolver/api/stream?{DOI}")))
    last = {data["type"]: data for name, data in found if name == "section"}
    assert "repository.example" in [a["label"] for a in last["fulltext"]["answers"]]
    assert "Of Peking" in last["fulltext"]["html"] and "<script" not in last["fulltext"]["html"]
    asked = web.get(f"/at/pku/resolver/api/resolve?{DOI}&wait=4").json()
    assert [a["url"] for a in asked["answers"] if a["type"] == "fulltext"] == [
        a["url"] for a in last["fulltext"]["answers"]
    ]


def test_the_first_sections_do_not_wait_for_a_source_that_hangs(web: httpx.Client) -> None:
    hanging = "rft_id=info:doi/10.1000/hang&rft.issn=1234-5679&rft.date=2015&rft.atitle=A&rft.genre=article"
    came: dict[str, float] = {}
    with not_hung():
        found = events(web, f"/at/pku/resolver/api/stream?{hanging}&wait=4", came)
    assert found[0][0] == "section" and found[-1] == ("done", found[-1][1])
    assert found[-1][1]["pending"] == ["citations", "open-access"]
    # The source has two seconds from when the first sections are on their way.
    assert came["done"] - came["section"] > 0.2
    with not_hung():
        assert web.get("/healthz").status_code == 200


def test_nothing_cited_is_no_stream(web: httpx.Client) -> None:
    assert web.get("/resolver/api/stream?x=1").status_code == 400
    assert web.get("/at/nobody/resolver/api/stream?" + DOI).status_code == 404


def test_a_piece_is_html_for_a_page_and_no_page(web: httpx.Client) -> None:
    piece = web.get(f"/at/pku/resolver/section?{DOI}&wait=0")
    assert piece.status_code == 200 and "<html" not in piece.text and "Of Peking" in piece.text
    assert "data-pending" in piece.text
    assert "repository.example" in web.get(f"/at/pku/resolver/section?{DOI}&wait=4").text


def test_in_a_librarys_portal_its_readers_rights_count_and_elsewhere_those_of_the_network(
    web: httpx.Client,
) -> None:
    assert "Of Peking" in labels(web, "/at/pku") and "Of Canton" not in labels(web, "/at/pku")
    # The visitor sits in the network of sysu: a walk-in there, on campus, so without a proxy.
    for portal in ("", "/at/jalis"):
        assert "Of Canton" in labels(web, portal) and "Of Peking" not in labels(web, portal)
        found = web.get(f"{portal}/resolver/api/resolve?{DOI}&wait=0").json()["answers"]
        assert next(a for a in found if a["label"] == "Of Canton")["url"] == "https://sysu-only.example/jep"


def test_who_has_signed_in_has_the_rights_of_his_library_in_every_portal(web: httpx.Client) -> None:
    with httpx.Client(base_url=web.base_url, headers={"accept-language": "en"}, timeout=120) as reader:
        form = re.search(r'name="csrf" value="([^"]+)"', reader.get("/login").text)
        name, password = portal_catalogue.READER
        entered = reader.post(
            "/login", data={"username": name, "password": password, "csrf": form[1] if form else ""}
        )
        assert entered.status_code == 303
        for portal in ("", "/at/jalis", "/at/sysu"):
            assert "Of Peking" in labels(reader, portal) and "Of Canton" not in labels(reader, portal)
        found = reader.get(f"/resolver/api/resolve?{DOI}&wait=0").json()["answers"]
        licensed = next(a for a in found if a["label"] == "Of Peking")
        assert licensed["proxied"] and licensed["url"].startswith(
            "https://proxy.example/login?url=https%3A%2F%2Fpku-only"
        )
        assert next(a for a in found if a["type"] == "document_delivery")["url"].startswith(
            "https://ill.pku.example/"
        )
        assert "For readers of Peking University Library" in reader.get(f"/resolver?{DOI}").text


def test_open_access_is_never_behind_a_proxy(web: httpx.Client) -> None:
    found = web.get(f"/at/pku/resolver/api/resolve?{DOI}&wait=4").json()["answers"]
    free = next(a for a in found if a["label"] == "repository.example")
    assert (free["proxied"], free["url"], free["cost"]) == (False, "https://repository.example/1.pdf", "free")
    assert "accepted manuscript" in free["reason"]


def test_a_registry_of_dois_fills_gaps_and_what_it_says_leads_further(web: httpx.Client) -> None:
    """Nothing but the DOI is said; the licensed list is reached by the ISSN that the registry knows."""
    path = "/at/pku/resolver/api/resolve?rft_id=info:doi/10.9999/registry.1&wait=5"

    def answered() -> bool:
        return bool(web.get(path).json()["citation"]["issn"])

    until(answered)
    told = web.get(path).json()
    assert told["citation"]["title"] == "On moss" and told["citation"]["author"] == "Fern, Ada"
    assert (told["citation"]["kind"], told["citation"]["date"], told["citation"]["epage"]) == (
        "article",
        "2015-03",
        "15",
    )
    assert told["answers"][0]["type"] == "fulltext" and told["answers"][0]["service"] == "knowledge-base"
    assert told["pending"] == []
    came = events(web, path.replace("/api/resolve", "/api/stream").partition("&wait")[0])
    last = {said["type"]: said["answers"] for name, said in came if name == "section"}
    assert last["fulltext"][0]["service"] == "knowledge-base"
    # What the link says itself is believed.
    said = web.get(f"{path}&rft.volume=8&rft.issn=1234-5679").json()["citation"]
    assert (said["volume"], said["spage"]) == ("8", "12")


def test_a_registry_that_hangs_is_left_pending(web: httpx.Client) -> None:
    told = web.get("/at/pku/resolver/api/resolve?rft_id=info:doi/10.9999/hang.1&wait=0.1").json()
    assert "citations" in told["pending"] or told["pending"] == []
    assert any(a["type"] == "document_delivery" for a in told["answers"])


def test_the_router_leads_only_where_it_has_signed(web: httpx.Client) -> None:
    page = web.get(f"/at/pku/resolver?{DOI}").text
    links = [h.replace("&amp;", "&") for h in re.findall(r'href="(/at/pku/resolver/go\?[^"]+)"', page)]
    assert links
    for link in links:
        led = web.get(link)
        assert led.status_code == 303 and led.headers["location"] == parse_qs(urlsplit(link).query)["to"][0]
        assert led.headers["referrer-policy"] == "no-referrer" and "set-cookie" not in led.headers
        for forged in (
            re.sub(r"to=[^&]+", "to=https%3A%2F%2Fevil.example%2F", link),
            re.sub(r"to=[^&]+", "to=javascript%3Aalert(1)", link),
            re.sub(r"&s=[^&]+", "", link),
            re.sub(r"&l=[^&]*", "&l=fudan", link),
            re.sub(r"&by=[^&]*", "&by=Other", link),
        ):
            assert web.get(forged).status_code == 404, forged


def test_clicks_are_counted_by_target_without_anything_of_the_reader(web: httpx.Client, home: Path) -> None:
    link = next(
        a["go"]
        for a in web.get(f"/at/pku/resolver/api/resolve?{DOI}&wait=0").json()["answers"]
        if a["label"] == "Of Peking"
    )
    for _ in range(3):
        assert web.get(link, headers={"user-agent": "Secretive/9"}).status_code == 303
    database = sqlite3.connect(home / "ereader.sqlite")
    counted = "select 1 from link_target where library = 'pku' and target = 'Of Peking' and clicks >= 3"
    until(lambda: database.execute(counted).fetchone())
    kept = " ".join(map(str, database.execute("select * from link_target").fetchall()))
    database.close()
    assert "127.0.0.1" not in kept and "Secretive" not in kept and "10.1000" not in kept


def test_a_broken_link_is_reported_by_a_form_and_only_so_often(web: httpx.Client, home: Path) -> None:
    with httpx.Client(base_url=web.base_url, headers={"accept-language": "en"}, timeout=120) as reader:
        page = reader.get(f"/at/pku/resolver?{DOI}").text
        address = next(
            h.replace("&amp;", "&") for h in re.findall(r'href="([^"]*/resolver/report[^"]*)"', page)
        )
        form = reader.get(address).text
        fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
        fields = {n: v.replace("&amp;", "&") for n, v in fields.items()}
        assert reader.post("/at/pku/resolver/report", data={**fields, "csrf": "x"}).status_code == 403
        assert (
            reader.post("/at/pku/resolver/report", data={**fields, "to": "https://evil.example/"}).status_code
            == 404
        )
        statuses = [
            reader.post("/at/pku/resolver/report", data={**fields, "note": f"<b>gone</b> {n}"}).status_code
            for n in range(7)
        ]
        assert statuses == [303] * 5 + [429] * 2
        assert "Thank you" in reader.get("/at/pku/resolver/report?done=1").text
    database = sqlite3.connect(home / "ereader.sqlite")
    rows = database.execute("select library, target, cited, note from link_report").fetchall()
    database.close()
    assert (
        len(rows) == 5
        and rows[0][0] == "pku"
        and "10.1000" in rows[0][2]
        and rows[0][3].startswith("<b>gone")
    )


def test_a_list_is_answered_in_one_call_and_says_nothing_of_remote_sources(web: httpx.Client) -> None:
    links = [DOI, "genre=book&isbn=9787020002207", "x=nothing", "rft_id=info:doi/10.1000/hang"]
    found = web.post("/at/pku/resolver/api/batch", content=json.dumps({"links": links})).json()
    first, book, nothing, hanging = found["results"]
    assert first["answers"][0]["type"] == "fulltext" and first["pending"] == ["citations", "open-access"]
    assert next(a["type"] for a in book["answers"]) == "holding" and nothing["answers"] == []
    assert hanging["menu"].endswith("/at/pku/resolver?rft_id=info:doi/10.1000/hang")
    assert {"title", "more", "menu"} <= found["texts"].keys()
    for wrong in (b"", b"[]", b'{"links": 3}', b'{"links": [[]]}', b"\xff", b"[" * 9_000):
        assert web.post("/at/pku/resolver/api/batch", content=wrong).status_code == 400


def test_shelves_say_whether_it_can_be_had_now(web: httpx.Client) -> None:
    found = web.post(
        "/at/fudan/resolver/api/batch", content=json.dumps({"links": ["genre=book&isbn=9787020002207"]})
    ).json()
    (result,) = found["results"]
    shelves = {a["label"]: a for a in result["answers"] if a["type"] == "holding"}
    assert shelves["Peking University Library"]["available"] == "yes"
    assert shelves["Fudan University Library"]["available"] == "no"
    assert "not available now" in shelves["Fudan University Library"]["marks"]


def test_only_listed_origins_may_read_and_never_with_cookies(web: httpx.Client) -> None:
    body = json.dumps({"links": [DOI]})
    for portal, origin, may in (
        ("/at/pku", "https://opac.pku.example", True),
        ("/at/pku", "https://opac.pku.example.evil.example", False),
        ("/at/pku", "http://opac.pku.example", False),
        ("/at/pku", "null", False),
        ("/at/sysu", "https://opac.pku.example", False),
        ("", "https://opac.pku.example", False),
    ):
        for answer in (
            web.post(f"{portal}/resolver/api/batch", content=body, headers={"origin": origin}),
            web.get(f"{portal}/resolver/api/resolve?{DOI}&wait=0", headers={"origin": origin}),
            web.get(f"{portal}/resolver/section?{DOI}&wait=0", headers={"origin": origin}),
        ):
            assert answer.headers.get("access-control-allow-origin") == (origin if may else None)
            assert (
                "access-control-allow-credentials" not in answer.headers
                and "Origin" in answer.headers["vary"]
            )
    script = web.get("/resolver/embed.js")
    assert (
        script.headers["cross-origin-resource-policy"] == "cross-origin"
        and "javascript" in script.headers["content-type"]
    )
    assert web.get("/resolver/embed.js", headers={"if-none-match": script.headers["etag"]}).status_code == 304


def test_a_link_by_reference_is_followed_to_listed_hosts_only(web: httpx.Client, home: Path) -> None:
    port = (home / "port").read_text()
    for key in ("url_ctx_ref", "rft_ref"):
        asked = web.get(
            "/at/pku/resolver/api/resolve", params={key: f"http://127.0.0.1:{port}/described", "wait": "0"}
        ).json()
        assert asked["citation"]["title"] == "From elsewhere"
        assert "Of Peking" in [a["label"] for a in asked["answers"]]
        other = web.get(
            "/at/pku/resolver/api/resolve", params={key: f"http://localhost:{port}/described", "wait": "0"}
        ).json()
        assert other["citation"]["title"] is None and "Of Peking" not in [
            a["label"] for a in other["answers"]
        ]
        assert (
            web.get("/resolver/api/parse", params={key: f"http://127.0.0.1:{port}/described"}).json()[
                "citation"
            ]["title"]
            is None
        )


def test_a_record_leads_to_its_own_ways_and_a_hidden_one_to_none(web: httpx.Client) -> None:
    hit = web.get("/api/v1/search", params={"q": "红楼梦"}).json()["hits"][0]
    page = web.get("/at/pku/resolver", params={"record": hit["id"]})
    assert page.status_code == 200 and "On the shelf" in page.text
    assert web.get("/resolver", params={"record": "nothing"}).status_code == 400


@contextmanager
def staff(web: httpx.Client, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=web.base_url, headers={"accept-language": "en"}, timeout=120) as reader:
        form = re.search(r'name="csrf" value="([^"]+)"', reader.get("/login").text)
        fields = {"username": name, "password": PASSWORD, "csrf": form[1] if form else ""}
        assert reader.post("/login", data=fields).status_code == 303
        yield reader


def test_staff_see_where_links_lead_and_where_they_come_from(web: httpx.Client, home: Path) -> None:
    web.get(f"/at/pku/resolver/api/resolve?{DOI}&rfr_id=info:sid/source.example:index&rft.jtitle=J")
    link = web.get(f"/at/pku/resolver/api/resolve?{DOI}&wait=0").json()["answers"][0]["go"]
    web.get(link)
    database = sqlite3.connect(home / "ereader.sqlite")
    database.execute(
        "insert into link_report (made, library, target, url, cited, note, settled) "
        "values ('2026-01-01T00:00:00Z', 'sysu', 'Of Canton', 'https://x.example/', '', '<i>odd</i>', '')"
    )
    database.commit()
    counted = "select 1 from link_referrer where referrer = 'source.example:index'"
    until(lambda: database.execute(counted).fetchone())
    database.close()
    with staff(web, "boss") as boss, staff(web, "admin of pku") as admin:
        page = boss.get("/manage/centre/links")
        assert page.status_code == 200
        for text in (
            "Of Peking",
            "Of Canton",
            "source.example:index",
            "open-access",
            "&lt;i&gt;odd",
            "127.0.0.1",
        ):
            assert text in page.text, text
        own = admin.get("/manage/library/pku/links").text
        assert "Of Peking" in own and "Of Canton" not in own and "source.example" not in own
        assert admin.get("/manage/centre/links").status_code == 404
        assert admin.get("/manage/library/sysu/links").status_code == 404
        assert web.get("/manage/centre/links").status_code == 303
        number = re.search(r'Of Canton</span><input[^>]*value="(\d+)"', page.text)
        key = re.search(r'name="csrf" value="([^"]+)"', own)
        assert number and key
        # A library settles its own reports only.
        admin.post("/manage/library/pku/links", data={"csrf": key[1], "report": number[1]})
        assert "&lt;i&gt;odd" in boss.get("/manage/centre/links").text
        key = re.search(r'name="csrf" value="([^"]+)"', page.text)
        assert key
        boss.post("/manage/centre/links", data={"csrf": key[1], "report": number[1]})
        assert "&lt;i&gt;odd" not in boss.get("/manage/centre/links").text


def test_a_probe_asks_some_addresses_of_a_package_and_is_told_to_staff(
    home: Path, tmp_path: Path, web: httpx.Client
) -> None:
    port = (home / "port").read_text()
    names = column_names()
    rows = [
        {**SERIAL, "title_id": f"t{n}", "title_url": f"http://127.0.0.1:{port}/{path}"}
        for n, path in enumerate(("described", "gone"))
    ]
    lines = ["\t".join(names), *("\t".join(row.get(n, "") for n in names) for row in rows)]
    (tmp_path / "probed.txt").write_text("\n".join(lines) + "\n")
    portal_catalogue.run(
        home, "kb", "load", str(tmp_path / "probed.txt"), "--package", "Probed", "--library", "swust"
    )
    said = portal_catalogue.run(home, "kb", "probe", "--package", "Probed", "--json").splitlines()
    found = {line["url"].rpartition("/")[2]: line for line in map(json.loads, said[:-1])}
    assert (found["described"]["verdict"], found["gone"]["verdict"], found["gone"]["status"]) == (
        "reached",
        "failed",
        404,
    )
    assert json.loads(said[-1]) == {"summary": {"asked": 2, "failed": 1}}
    with staff(web, "boss") as boss:
        assert f"http://127.0.0.1:{port}/gone" in boss.get("/manage/centre/links").text
