"""A record that a visitor may not see answers as one that does not exist, wherever it is asked for.

Four records of the same words: one public, one in a repository for staff, one in a repository that is offered
to nobody, one suppressed by its library. Beside them an id that no record has. Command line and HTTP only.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import portal_catalogue
import pytest

APPLY = """
[[library]]
id = "lib"
name = { zh = "测试馆", en = "Test Library" }
[[library]]
id = "other"
name = { zh = "他馆", en = "Other Library" }
[[membership]]
library = "lib"
consortium = "centre"
status = "active"
[[repository]]
id = "open"
library = "lib"
audience = "everyone"
offered_to = ["centre"]
published_by = ["centre"]
[[repository]]
id = "staff"
library = "lib"
audience = "staff"
offered_to = ["centre"]
published_by = ["centre"]
[[repository]]
id = "unoffered"
library = "lib"
audience = "everyone"
"""
UNKNOWN = "aaaaaaaaaaaaaaaa"
FORMATS = ("", "json", "ris", "bibtex", "marc", "marcxml", "csl", "dc", "mods", "no-such-format")
WORD = "zygomorphic"
# What each hidden record says and no other: the word that must be found nowhere.
SECRETS = {"staff": "quokkastaff", "unoffered": "quokkaunoffered", "suppressed": "quokkasuppressed"}


def record(id: str, secret: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id, "type": "map", "title": f"{WORD} atlas {secret}", "year": 1987, "languages": ["eng"],
        "contributors": [{"name": f"Maker, {secret.title()}", "role": "author", "kind": "person"}],
        "subjects": [{"value": f"{secret} studies"}], "publication": {"publisher": f"{secret} Press"},
        "identifiers": [{"scheme": "isbn", "value": "9780306406157", "valid": True}],
        "holdings": [{"location": "Stacks", "call_number": f"QA {secret}"}], **more,
    }  # fmt: skip


def run(home: Path, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), *words], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def uid(repository: str, id: str) -> str:
    from indexer.records.record import record_uid

    return record_uid(repository, id)


IDS = {
    "staff": uid("staff", "s1"),
    "unoffered": uid("unoffered", "u1"),
    "suppressed": uid("open", "x1"),
}
PUBLIC = uid("open", "p1")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("hidden") / "home"
    home.mkdir()
    (home / "members.toml").write_text(APPLY, "utf-8")
    run(home, "apply", str(home / "members.toml"))
    loads = {
        "open": [
            record("p1", "openly", identifiers=[]),
            record("x1", SECRETS["suppressed"], suppressed=True),
        ],
        "staff": [record("s1", SECRETS["staff"])],
        "unoffered": [record("u1", SECRETS["unoffered"])],
    }
    for repository, records in loads.items():
        file = home / f"{repository}.jsonl"
        file.write_text("\n".join(json.dumps({"record": r}) for r in records) + "\n", "utf-8")
        run(home, "load", str(file), "--library", "lib", "--repository", repository, "--format", "record")
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture
def web(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, headers={"accept-language": "en"}, timeout=120) as client:
        yield client


def told(web: httpx.Client, path: str, id: str) -> tuple[int, dict[str, str], str]:
    """Status, headers and body of an answer, with the id that was asked for taken out of all of them."""
    answer = web.get(path.format(id=id))
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in ("date", "content-length", "etag")
    }
    return answer.status_code, headers, answer.text.replace(id, "ID")


PATHS = (
    "/record/{id}",
    "/record/{id}?q=zygomorphic&n=1",
    "/record/{id}/staff",
    "/record/{id}/original",
    "/record/{id}/original?source={id}",
    *(f"/api/v1/records/{{id}}?format={name}" if name else "/api/v1/records/{id}" for name in FORMATS),
    "/record/{id}/availability",
)


def test_the_public_record_is_there_so_the_others_are_missing_for_a_reason(web: httpx.Client) -> None:
    for path in PATHS:
        expected = 400 if "no-such-format" in path else 200
        assert web.get(path.format(id=PUBLIC)).status_code == expected, path
    assert web.get("/api/v1/search", params={"q": WORD}).json()["total"] == 1


@pytest.mark.parametrize("place", ["", "/at/other"])
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", IDS)
def test_a_hidden_record_answers_like_an_unknown_one(
    web: httpx.Client, kind: str, path: str, place: str
) -> None:
    hidden, unknown = told(web, place + path, IDS[kind]), told(web, place + path, UNKNOWN)
    assert hidden == unknown
    assert hidden[0] == 404


@pytest.mark.parametrize("kind", IDS)
def test_a_hidden_source_of_a_visible_record_cannot_be_fetched(web: httpx.Client, kind: str) -> None:
    path = f"/record/{PUBLIC}/original?source={{id}}"
    assert told(web, path, IDS[kind]) == told(web, path, UNKNOWN)


@pytest.mark.parametrize("secret", SECRETS.values())
def test_hidden_records_are_in_no_total_facet_suggestion_or_feed(web: httpx.Client, secret: str) -> None:
    for parameters in ({"q": secret}, {"q": WORD}, {"q": f"title:{secret}"}, {"q": f"{secret[:8]}*"}, {}):
        answer = web.get("/api/v1/search", params=parameters)
        text = answer.text.replace(json.dumps(answer.json()["query"], ensure_ascii=False), "")
        body = {k: v for k, v in answer.json().items() if k != "query"}
        assert answer.json()["total"] == (1 if parameters.get("q", WORD) == WORD else 0), parameters
        assert secret not in json.dumps(body), (parameters, text[:200])
    for facet in ("subject", "author", "publisher", "type", "library", "class"):
        shown = web.get("/api/v1/facets", params={"facet": facet, "limit": "500"}).json()["values"]
        assert secret not in json.dumps(shown).casefold()
        assert all(v["count"] == 1 for v in shown), "counts are of the public record alone"
        begun = web.get("/api/v1/facets", params={"facet": facet, "prefix": secret[:8]}).json()["values"]
        assert begun == [], facet
    for typed in (secret, secret[:6], f"maker, {secret[:7]}", WORD):
        assert secret not in web.get("/api/v1/suggest", params={"q": typed}).text.casefold()
    for path in ("/search.atom", "/search/export?format=ris", "/search/export?format=csl", "/", "/about"):
        assert secret not in web.get(path).text.casefold(), path


def test_a_search_for_hidden_words_reads_like_one_for_words_that_are_nowhere(web: httpx.Client) -> None:
    def page(word: str) -> str:
        return web.get("/search", params={"q": word}).text.replace(word, "WORD")

    nowhere = page("quokkanowhere")
    for secret in SECRETS.values():
        assert page(secret) == nowhere


def test_a_walk_by_cursor_passes_over_hidden_records(web: httpx.Client) -> None:
    seen: list[str] = []
    cursor = "*"
    while cursor:
        answer = web.get("/api/v1/search", params={"size": "1", "cursor": cursor}).json()
        seen += [hit["id"] for hit in answer["hits"]]
        cursor = answer["next_cursor"] if answer["hits"] else ""
    assert seen == [PUBLIC]


def test_similar_titles_and_other_editions_leave_hidden_records_out(web: httpx.Client) -> None:
    page = web.get(f"/record/{PUBLIC}").text
    assert all(secret not in page.casefold() for secret in SECRETS.values())
    assert all(id not in page for id in IDS.values())


def test_the_numbers_of_the_home_page_are_those_of_the_public_record(web: httpx.Client) -> None:
    assert web.get("/api/v1/search").json()["total"] == 1
    assert "one title" in web.get("/").text


BROWSED = (
    "/browse", "/browse/author", "/browse/title", "/browse/subject", "/browse/journals", "/browse/class",
    "/browse/shelf", "/browse/new", *(f"/api/v1/browse?kind={kind}" for kind in ("author", "title", "subject", "journal", "shelf", "class")),
)  # fmt: skip


@pytest.mark.parametrize("path", BROWSED)
def test_no_list_to_browse_shows_hidden_records(web: httpx.Client, path: str) -> None:
    for secret in SECRETS.values():
        joined = "&" if "?" in path else "?"
        for begin in ("", f"{joined}from={secret[:8]}", f"{joined}from=Maker", f"{joined}from=QA"):
            answer = web.get(path + begin)
            assert answer.status_code == 200
            assert secret not in answer.text.casefold(), path + begin
        # The place where a typed text would stand is made of the text.
        told, nowhere = (
            re.sub(
                r"[0-9a-f]{16,}", "PLACE", web.get(f"{path}{joined}from={word}").text.replace(word, "WORD")
            )
            for word in (secret, "quokkanowhere")
        )
        assert told == nowhere, path


def test_the_public_record_is_in_the_lists(web: httpx.Client) -> None:
    assert "openly" in web.get("/browse/subject").text
    assert "QA openly" in web.get("/browse/shelf").text
    assert web.get("/api/v1/browse?kind=title").json()["entries"][0]["count"] == 1


def test_a_hidden_journal_has_no_page(web: httpx.Client) -> None:
    for secret in (*SECRETS.values(), "quokkanowhere"):
        assert web.get("/browse/journal", params={"title": f"{WORD} atlas {secret}"}).status_code == 404
