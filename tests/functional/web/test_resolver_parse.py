"""OpenURLs through the interface for programs, in every way they may be sent."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest
from openurl_cases import CASES, check

LINK = (
    "rft_val_fmt=info:ofi/fmt:kev:mtx:book&rft.genre=book&rft.btitle=C%2B%2B+%26+more&rft.isbn=0-435-08441-0"
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_posted_link_says_what_the_file_tells(web: httpx.Client, case: dict[str, Any]) -> None:
    headers = {"content-type": case.get("content_type", "application/x-www-form-urlencoded")}
    answer = web.post("/resolver/api/parse", content=case["openurl"].encode(), headers=headers)
    assert answer.status_code == 200
    check(case, answer.json())


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/octet-stream", "nonsense"]
)
def test_the_kind_of_the_body_does_not_matter(web: httpx.Client, kind: str) -> None:
    for body in (LINK, f"https://resolver.example/?{LINK}", f"?{LINK}"):
        answer = web.post("/resolver/api/parse", content=body, headers={"content-type": kind}).json()
        assert answer["citation"]["title"] == "C++ & more" and answer["citation"]["isbn"] == "0435084410"


def test_a_query_string_says_the_same_as_a_body(web: httpx.Client) -> None:
    posted = web.post("/resolver/api/parse", content=LINK).json()
    assert web.get(f"/resolver/api/parse?{LINK}").json() == posted
    assert web.post(f"/resolver/api/parse?{LINK}").json() == posted
    assert web.get(f"/at/pku/resolver/api/parse?{LINK}").json() == posted


def test_bytes_of_another_set_come_through(web: httpx.Client) -> None:
    title = quote("红楼梦".encode("gb18030"))
    for answer in (
        web.get(f"/resolver/api/parse?genre=book&title={title}"),
        web.post("/resolver/api/parse", content="genre=book&title=红楼梦".encode("gb18030")),
    ):
        assert answer.json()["citation"]["title"] == "红楼梦" and answer.json()["charset"] == "gb18030"


def test_every_promised_key_is_there(web: httpx.Client) -> None:
    for body in ("", LINK, "<x/>"):
        answer = web.post("/resolver/api/parse", content=body).json()
        assert {"context_object", "citation", "charset", "problems"} <= answer.keys()
        entities = {
            "referent",
            "referring_entity",
            "requester",
            "service_types",
            "resolvers",
            "referrers",
            "admin",
        }
        assert entities <= answer["context_object"].keys()
        assert {"format", "metadata", "identifiers", "private_data"} <= answer["context_object"][
            "referent"
        ].keys()
        wanted = "kind container_kind title container_title author date month isbn issn volume issue page spage epage publisher identifiers"
        assert set(wanted.split()) <= answer["citation"].keys()


def test_a_body_without_end_is_refused_as_a_problem(web: httpx.Client) -> None:
    answer = web.post("/resolver/api/parse", content=b"x" * 2_000_000)
    assert answer.status_code == 413 and answer.headers["content-type"] == "application/problem+json"


def test_an_unknown_address_of_the_resolver_answers_as_a_problem(web: httpx.Client) -> None:
    assert web.get("/resolver/api/nothing").headers["content-type"] == "application/problem+json"
    assert web.put("/resolver/api/parse", content="x").status_code == 405
