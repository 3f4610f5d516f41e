"""Browsing through HTTP: every list, tree and shelf leads to exactly what it counts."""

from __future__ import annotations

import html
import random
import re
from urllib.parse import quote

import httpx
import pytest

LISTS = ("author", "title", "subject", "journals")
WAYS = (*LISTS, "class", "shelf", "new")


def hits(web: httpx.Client, href: str) -> int:
    """How many results the search page of a link tells."""
    path = html.unescape(href).removeprefix("/at/pku").replace("/search?", "/api/v1/search?", 1)
    prefix = "/at/pku" if href.startswith("/at/pku") else ""
    answer = web.get(prefix + path)
    assert answer.status_code == 200, href
    return int(answer.json()["total"])


def entries(page: str) -> list[tuple[str, str, int]]:
    """(address, text, count) of the lines of a list page."""
    found = re.findall(r'<a href="([^"]*/search\?[^"]*)"[^>]*>(.*?)</a>[^<]*<small class="n">([\d,]+)', page)
    return [(href, re.sub(r"<[^>]+>", "", text), int(n.replace(",", ""))) for href, text, n in found]


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_browse_has_a_page_that_leads_to_the_others(
    web: httpx.Client, way: str, lang: str
) -> None:
    answer = web.get(f"/browse/{way}", params={"lang": lang})
    assert answer.status_code == 200
    assert f'lang="{lang}"' in answer.text
    for other in WAYS:
        assert f'href="/browse/{other}?lang={lang}"' in answer.text
    assert "browse." not in re.sub(r'"[^"]*"', "", answer.text), "no text is missing"


def test_the_header_and_the_first_page_lead_to_browsing(web: httpx.Client) -> None:
    page = web.get("/").text
    assert 'href="/browse"' in page and 'href="/browse/new"' in page
    entry = web.get("/browse").text
    assert all(f'href="/browse/{way}"' in entry for way in WAYS)


@pytest.mark.parametrize("way", ["author", "title", "subject"])
@pytest.mark.parametrize("order", ["pinyin", "stroke"])
def test_the_count_of_a_heading_is_what_its_link_finds(web: httpx.Client, way: str, order: str) -> None:
    found = entries(web.get(f"/browse/{way}", params={"order": order}).text)
    assert len(found) > 5
    for href, text, count in random.Random(4).sample(found, min(12, len(found))):
        assert hits(web, href) == count, text


def test_a_typed_name_is_found_by_characters_and_by_pinyin(web: httpx.Client) -> None:
    for typed in ("曹雪芹", "cao xueqin", "caoxueqin", "Cao Xue Qin"):
        page = web.get("/browse/author", params={"from": typed}).text
        here = re.search(r'<li class="here".*?</li>', page, re.DOTALL)
        assert here and "曹雪芹" in here[0], typed
        assert "列表中没有" not in page
    missing = web.get("/browse/author", params={"from": "cao aaa"}).text
    assert "列表中没有" in missing


def test_pages_of_a_list_pass_every_heading_once_and_lead_back(web: httpx.Client) -> None:
    seen: list[str] = []
    address = "/browse/title"
    pages = 0
    while address:
        page = web.get(address).text
        seen += [text for _, text, _ in entries(page)]
        onward = re.search(r'<a rel="next nofollow" href="([^"]+)"', page)
        address, last = (html.unescape(onward[1]) if onward else ""), page
        pages += 1
        assert pages < 20
    assert pages > 2 and len(seen) == len(set(seen))
    back = re.search(r'<a rel="prev nofollow" href="([^"]+)"', last)
    assert back
    before = [text for _, text, _ in entries(web.get(html.unescape(back[1])).text)]
    last_page = [text for _, text, _ in entries(last)]
    assert before == seen[-len(last_page) - len(before) : -len(last_page)]


def test_strokes_put_fewer_before_more(web: httpx.Client) -> None:
    page = web.get("/browse/title", params={"order": "stroke"}).text
    initials = [int(n) for n in re.findall(r'class="initial"[^>]*>(\d+)', page)]
    assert initials == sorted(initials) and len(initials) > 2
    started = entries(web.get("/browse/title", params={"order": "stroke", "letter": "8"}).text)
    assert started[0][1].startswith("杭")


def test_the_classes_open_level_by_level_with_names_and_true_counts(web: httpx.Client) -> None:
    top = web.get("/browse/class/clc").text
    assert "历史、地理" in top and "中国史" not in top
    assert 'href="/browse/class/clc/K"' in top
    second = web.get("/browse/class/clc/K").text
    assert "中国史" in second and "地方史志" not in second
    third = web.get("/browse/class/clc/K/K2", params={"lang": "en"}).text
    assert "Local history and gazetteers" in third
    found = re.findall(r'<a class="n" href="([^"]+)">([\d,]+)', third)
    assert len(found) >= 3
    for href, count in found:
        assert hits(web, href) == int(count.replace(",", ""))


def test_the_facet_shows_the_names_of_classes(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "研究", "f.class": "clc / K"}).text
    assert "K 历史、地理" in page and "K2 中国史" in page
    assert "K2 History of China" in web.get("/search?q=研究&f.class=clc+/+K&lang=en").text


def numbers(page: str) -> list[str]:
    return re.findall(r'<p class="number"><b[^>]*>([^<]+)</b>', page)


def test_the_shelf_stands_in_order_around_a_call_number(web: httpx.Client) -> None:
    page = web.get("/browse/shelf", params={"from": "K291/30"}).text
    shown = numbers(page)
    assert shown.index("K291/31") - shown.index("K291/21") == 1, "by number, not by digits"
    here = re.search(r'<li class="here".*?</b>', page, re.DOTALL)
    assert here and "K291/31" in here[0]
    onward = re.search(r'<a rel="next nofollow" href="([^"]+)"', page)
    assert onward
    further = web.get(html.unescape(onward[1])).text
    assert not set(numbers(further)) & set(shown)
    back = re.search(r'<a rel="prev nofollow" href="([^"]+)"', further)
    assert back and numbers(web.get(html.unescape(back[1])).text)[-1] == shown[-1]


def test_the_shelf_of_one_library_holds_only_its_own(web: httpx.Client) -> None:
    page = web.get("/browse/shelf", params={"from": "K29", "library": "fudan"}).text
    libraries = set(re.findall(r'<p class="number">.*?<small><bdi>([^<]+)', page))
    assert libraries == {"复旦大学图书馆"}


def test_the_portal_of_a_library_begins_at_its_own_shelves(web: httpx.Client) -> None:
    def libraries(path: str) -> set[str]:
        return set(re.findall(r'<p class="number">.*?<small><bdi>([^<]+)', web.get(path).text))

    assert libraries("/at/pku/browse/shelf?from=K29") == {"北京大学图书馆"}
    assert len(libraries("/at/pku/browse/shelf?from=K29&library=all")) > 1
    assert len(libraries("/browse/shelf?from=K29")) > 1


def test_a_record_shows_what_stands_beside_it(web: httpx.Client, find) -> None:
    page = web.get(f"/record/{find('杭州运河研究')}").text
    strip = re.search(r'<ol class="along".*?</ol>', page, re.DOTALL)
    assert strip and strip[0].count("<li>") >= 4
    assert strip[0].count('aria-current="true"') == 1
    assert "/browse/shelf?from=K29" in page


def test_a_journal_that_only_articles_know_has_its_articles_by_volume_and_issue(web: httpx.Client) -> None:
    page = web.get("/browse/journal", params={"title": "Journal of Examples in Physics"}).text
    assert (
        "第 12 卷" in page
        and "第 3 期" in page
        and "45-50" in page
        and "Measurement of the inelastic" in page
    )
    year = re.search(r'aria-current="true">2015</a> <small>1</small>', page)
    assert year
    total = re.search(r'href="([^"]*x\.type=journal[^"]*)"[^>]*>全部', page)
    assert total and hits(web, total[1]) == 1
    listed = web.get("/browse/journals", params={"from": "Journal of"}).text
    assert "/browse/journal?title=Journal+of+Examples+in+Physics" in listed


@pytest.mark.parametrize("path", ["/browse/journal", "/browse/journal?title=No+such+journal", "/browse/none"])
def test_what_there_is_not_answers_404(web: httpx.Client, path: str) -> None:
    assert web.get(path).status_code == 404


def test_new_arrivals_can_be_narrowed_and_followed(web: httpx.Client) -> None:
    page = web.get("/browse/new").text
    assert "最近 30 天" in page and "/search.atom?" in page
    feed = re.search(r'href="([^"]*search\.atom[^"]*)"', page)
    assert feed
    atom = web.get(html.unescape(feed[1]))
    assert atom.status_code == 200 and "<entry>" in atom.text
    everything = web.get("/api/v1/search").json()["total"]
    assert web.get("/api/v1/search", params={"added": "7"}).json()["total"] == everything
    maps = web.get("/browse/new", params={"type": "map", "f.library": "pku"}).text
    told = int(re.search(r'role="status">([\d,]+)', maps)[1])  # type: ignore[index]
    asked = web.get("/api/v1/search", params={"added": "30", "type": "map", "f.library": "pku"}).json()
    assert 0 < told == asked["total"] < everything


def test_a_library_portal_browses_its_own_when_asked(web: httpx.Client) -> None:
    page = web.get("/at/pku/browse/author", params={"scope": "own"}).text
    found = entries(page)
    assert found and all("scope=own" in href for href, _, _ in found)
    for href, text, count in found[-6:]:
        assert hits(web, href) == count, text
    wide = {text: count for _, text, count in entries(web.get("/at/pku/browse/author").text)}
    assert any(wide.get(text, 0) > count for _, text, count in found)


def test_the_api_says_the_same_as_the_pages(web: httpx.Client) -> None:
    page = [(text, n) for _, text, n in entries(web.get("/browse/author", params={"from": "曹"}).text)]
    api = web.get("/api/v1/browse", params={"kind": "author", "from": "曹"}).json()
    assert [(e["label"], e["count"]) for e in api["entries"]] == page
    assert (
        web.get("/api/v1/search?" + api["entries"][0]["query"]).json()["total"] == api["entries"][0]["count"]
    )
    shelf = web.get("/api/v1/browse", params={"kind": "shelf", "from": "K291/30", "limit": "3"}).json()
    assert shelf["entries"][0]["call_number"] == "K291/31" and shelf["entries"][0]["records"][0]["id"]
    classes = web.get("/api/v1/browse", params={"kind": "class", "from": "clc/K", "lang": "en"}).json()
    assert {"K2 History of China"} <= {e["label"] for e in classes["entries"]}


@pytest.mark.parametrize("bad", ["kind=", "kind=colour", "kind=author&order=colour"])
def test_the_api_refuses_what_it_does_not_know(web: httpx.Client, bad: str) -> None:
    answer = web.get(f"/api/v1/browse?{bad}")
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"


HOSTILE = (
    "\0", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "<script>alert(1)</script>", "'; DROP TABLE heading; --",
    "%" * 300, "a" * 5_000, "\u202e红", "␞␞␞", "../../etc", "ffff", "-1", "99999999999999999999", "☃", "\x1f", "I" * 400 + "/" * 400,
)  # fmt: skip


@pytest.mark.parametrize("given", range(len(HOSTILE)))
def test_hostile_addresses_are_answered_as_pages(web: httpx.Client, given: int) -> None:
    text = quote(HOSTILE[given], safe="")
    for path in (
        *(f"/browse/{way}?from={text}&order={text}&place={text}&letter={text}&back=1&scope={text}" for way in LISTS),
        f"/browse/author?from={text}", f"/browse/title?from={text}&order=stroke", f"/browse/subject?place={text}",
        f"/browse/shelf?from={text}&library={text}", f"/browse/shelf?place={text}&back=1",
        f"/browse/new?added={text}&type={text}&f.library={text}", f"/api/v1/browse?kind=author&from={text}&limit={text}",
        f"/api/v1/browse?kind=class&from={text}",
    ):  # fmt: skip
        answer = web.get(path)
        assert answer.status_code in (200, 400), path
        assert "<script>alert" not in answer.text
    for path in (
        f"/browse/journal?title={text}&year={text}",
        f"/browse/class/clc/{text}",
        f"/browse/class/{text}",
    ):
        assert web.get(path).status_code in (200, 400, 404), path
