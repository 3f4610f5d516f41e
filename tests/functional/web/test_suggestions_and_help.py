"""Suggestions as the API and browsers get them, and what a page offers where nothing was found."""

from __future__ import annotations

import re
from html import unescape
from xml.etree import ElementTree

import httpx
import pytest

OPEN_SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def texts(web: httpx.Client, **params: str) -> list[str]:
    return [s["text"] for s in web.get("/api/v1/suggest", params=params).json()["suggestions"]]


@pytest.mark.parametrize(
    "typed", ["红楼", "紅樓", "honglou", "hong lou", "hlm", "红lou", "hlmeng", "hognloumeng"]
)
def test_a_title_is_suggested_however_it_is_typed(web: httpx.Client, typed: str) -> None:
    assert "红楼梦" in texts(web, q=typed)


def test_suggestions_of_a_channel_are_what_its_resources_have(web: httpx.Client) -> None:
    assert texts(web, q="红楼梦", type="book")
    for text in texts(web, q="红楼梦", type="book", kind="title"):
        found = web.get("/api/v1/search", params={"q": f'title:"{text}"', "type": "book"}).json()
        assert found["total"] >= 1
    assert texts(web, q="红楼梦", type="rubbing") == []


def test_suggestions_of_a_field_are_of_its_kind(web: httpx.Client) -> None:
    found = web.get("/api/v1/suggest", params={"q": "cao", "in": "author"}).json()["suggestions"]
    assert {s["kind"] for s in found} == {"name"}


def test_pieces_make_the_text_again(web: httpx.Client) -> None:
    for s in web.get("/api/v1/suggest", params={"q": "hongl", "pieces": "1"}).json()["suggestions"]:
        assert "".join(s["pieces"]) == s["text"] and set(s) == {"text", "kind", "count", "pieces"}
    for s in web.get("/api/v1/suggest", params={"q": "hongl"}).json()["suggestions"]:
        assert set(s) == {"text", "kind", "count"}


def test_a_browser_is_told_where_to_ask_for_suggestions_and_understands_them(web: httpx.Client) -> None:
    described = ElementTree.fromstring(web.get("/opensearch.xml").content)
    address = next(
        url.attrib["template"]
        for url in described.iter(f"{OPEN_SEARCH}Url")
        if url.attrib["type"] == "application/x-suggestions+json"
    )
    path = re.sub(r"^https?://[^/]+", "", address).replace("{searchTerms}", "honglou")
    answer = web.get(path)
    assert answer.headers["content-type"].startswith("application/x-suggestions+json")
    typed, found, described_as = answer.json()
    assert typed == "honglou" and "红楼梦" in found and len(described_as) == len(found)


def test_each_restriction_is_offered_to_be_dropped_with_the_hits_there_are_then(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "红楼梦", "type": "book", "year": "2090-2099"}).text
    offered = re.findall(r'<li><a href="([^"]+)">([^<]*)</a> <small class="soft">([^<]*)</small>', page)
    assert len(offered) >= 1
    for href, _, told in offered:
        after = web.get(unescape(href)).text
        heading = re.search(r'<h1 role="status">([^<]*)', after)
        assert heading is not None and heading[1].split("<")[0].strip().startswith(told.strip()), href


def test_a_librarian_is_named_where_the_library_says_how_to_ask(web: httpx.Client) -> None:
    nothing = {"q": "zzzzqqqqxx"}
    assert "mailto:ask@pku.test" in web.get("/at/pku/search", params=nothing).text
    assert "mailto:" not in web.get("/search", params=nothing).text
    assert "mailto:" not in web.get("/at/pku/search", params={"q": "红楼梦"}).text
