"""Pages of the portal as a visitor without script sees them."""

from __future__ import annotations

import gzip
import html
import re

import httpx
import pytest

STATIC_PAGES = (
    "/",
    "/search",
    "/search?q=研究",
    "/help",
    "/about",
    "/advanced",
    "/search/facet?facet=subject&q=研究",
)


def links(text: str, start: str) -> list[str]:
    return [
        html.unescape(h) for h in re.findall(r'href="([^"]+)"', text) if html.unescape(h).startswith(start)
    ]


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
@pytest.mark.parametrize("path", STATIC_PAGES)
def test_every_page_answers_in_both_languages(web: httpx.Client, path: str, lang: str) -> None:
    answer = web.get(path, headers={"accept-language": lang})
    assert answer.status_code == 200
    assert f'<html lang="{lang}">' in answer.text
    assert answer.headers["content-language"] == lang


def test_the_language_of_the_address_wins_and_is_remembered(web: httpx.Client) -> None:
    assert 'lang="en"' in web.get("/?lang=en").text[:200]
    assert '<html lang="en">' in web.get("/help").text
    assert '<html lang="zh-CN">' in web.get("/help?lang=zh-CN").text


def test_every_page_has_a_strict_policy_and_no_inline_code(web: httpx.Client, find) -> None:
    for path in (*STATIC_PAGES, f"/record/{find('红楼梦')}", f"/record/{find('红楼梦')}/staff", "/nothing"):
        answer = web.get(path)
        policy = answer.headers["content-security-policy"]
        assert (
            "unsafe" not in policy and "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
        )
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert not re.search(r'<[^>]+\sstyle="|<style|\son[a-z]+="', answer.text), path
        assert all(
            "src=" in tag or tag == '<script type="application/ld+json">'
            for tag in re.findall(r"<script[^>]*>", answer.text)
        ), path
        assert (
            re.findall(r'(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)[^"]*\.(?:js|css|woff2?)', answer.text)
            == []
        )


def test_markup_in_a_record_or_a_query_stays_text(web: httpx.Client, find) -> None:
    id = find("onmouseover")
    for path in (
        "/search?q=onmouseover",
        f"/record/{id}",
        f"/record/{id}/staff",
        '/search?q="><script>alert(9)</script>',
    ):
        text = web.get(path).text
        assert "<script>alert" not in text and "<img src=x" not in text
        assert not re.search(r'<[^<>]*"[^<>"]*" onmouseover="', text)
    assert "5 &lt; 6 &amp; 7" in web.get(f"/record/{id}").text


def test_the_home_page_shows_21_channels_with_counts_that_the_search_confirms(web: httpx.Client) -> None:
    page = web.get("/").text
    channels = links(page, "/search?type=")[:21]
    assert len(set(channels)) == 21
    api = web.get("/api/v1/search", params={"type": "rubbing"}).json()["total"]
    found = re.search(r'type=rubbing">.*?<span>([\d,]+)</span>', page, re.DOTALL)
    assert found and int(found[1].replace(",", "")) == api > 0


def test_search_marks_matches_in_the_script_of_the_record(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "红楼梦"}).text
    assert "<mark>红楼梦</mark>" in page and 'lang="zh-Hant"' in page and "<mark>紅樓夢</mark>" in page
    assert "Hong lou meng" in page


def test_facet_boxes_are_alternatives_and_keep_their_counts(web: httpx.Client) -> None:
    one = web.get("/api/v1/search", params={"q": "研究", "f.library": "pku"}).json()
    two = web.get(
        "/api/v1/search", params=[("q", "研究"), ("f.library", "pku"), ("f.library", "fudan")]
    ).json()
    counts = {v["value"]: v["count"] for v in one["facets"]["library"]}
    assert two["total"] == counts["pku"] + counts["fudan"]
    page = web.get("/search", params=[("q", "研究"), ("f.library", "pku"), ("f.library", "fudan")]).text
    assert len(re.findall(r'name="f\.library" value="(?:pku|fudan)" checked', page)) == 2


def test_chips_take_back_what_they_name(web: httpx.Client) -> None:
    page = web.get(
        "/search", params=[("q", "研究"), ("f.library", "pku"), ("x.library", "fudan"), ("year", "1900-1950")]
    ).text
    chips = re.findall(r'<a class="chip[^"]*" href="([^"]+)"', page)
    assert len(chips) == 3
    for chip in chips:
        assert len(re.findall(r'<a class="chip', web.get(html.unescape(chip)).text)) == 2


def test_plain_form_fields_of_years_are_understood(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "研究", "year_from": "1900", "year_to": "1950"}).text
    api = web.get("/api/v1/search", params={"q": "研究", "year": "1900-1950"}).json()
    assert f"{api['total']} 条结果" in page


def test_the_page_of_a_facet_filters_its_values_and_keeps_the_choice(web: httpx.Client) -> None:
    page = web.get(
        "/search/facet", params={"facet": "subject", "q": "研究", "prefix": "园林", "f.subject": "地方史"}
    ).text
    values = re.findall(r'type="checkbox" name="f\.subject" value="([^"]+)"', page)
    assert (
        "地方史" in values and all(v.startswith("园林") for v in values if v != "地方史") and len(values) > 1
    )


def test_no_hit_offers_searches_that_have_some(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "红楼梦", "type": "map"}).text
    assert "没有找到" in page
    main = page[page.index("<main") :]
    others = [h for h in links(main, "/search?q=") if "type=" not in h]
    assert others and "<mark>红楼梦</mark>" in web.get(others[-1]).text


def test_paging_ends_where_it_says(web: httpx.Client) -> None:
    answer = web.get("/search", params={"q": "研究", "page": "999999"})
    assert answer.status_code == 400 and "最多可翻到第 500 页" in answer.text
    problem = web.get("/api/v1/search", params={"q": "研究", "page": "999999"})
    assert problem.status_code == 400 and problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["status"] == 400 and problem.json()["last_page"] == 500


def test_the_record_page_shows_each_library_and_its_holdings_own_first(web: httpx.Client, find) -> None:
    id = find("红楼梦 人民文学出版社")
    page = web.get(f"/at/fudan/record/{id}").text
    own, other = page.index("复旦大学图书馆</a>"), page.index("北京大学图书馆</a>")
    assert own < other and "I242.4/2 (2)" in page and "I242.4/1" in page and "本馆" in page


def test_fields_of_a_record_lead_to_searches_that_find_it(web: httpx.Client, find) -> None:
    id = find("红楼梦 人民文学出版社")
    page = web.get(f"/record/{id}").text
    facts = page[page.index('<dl class="facts">') : page.index("</dl>", page.index('<dl class="facts">'))]
    leads = links(facts, "/search?")
    assert len(leads) >= 5
    for lead in leads:
        narrowed = lead if "q=" in lead else f"{lead}&q=红楼梦"  # a language alone has more hits than a page
        assert f"/record/{id}" in web.get(narrowed).text, lead


def test_the_record_page_cites_and_exports(web: httpx.Client, find) -> None:
    id = find("红楼梦 人民文学出版社")
    page = web.get(f"/record/{id}").text
    assert "红楼梦[M]. 北京" in page.replace(" : ", ": ").replace("北京:", "北京") or "红楼梦[M]" in page
    exports = links(page, f"/api/v1/records/{id}?format=")
    assert {"ris", "bibtex", "marc", "marcxml", "json"} <= {e.rpartition("=")[2] for e in exports}
    for address in set(exports):
        answer = web.get(address)
        assert answer.status_code == 200 and answer.content, address


def test_a_record_reached_from_a_result_knows_its_neighbours(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "研究", "sort": "title"}).text
    hits = [h for h in links(page, "/record/") if "n=" in h]
    third = web.get(hits[2]).text
    walk = third[third.index('<nav class="walk"') :]
    around = links(walk[: walk.index("</nav>")], "/record/")
    assert around == [hits[1], hits[3]]
    assert web.get(hits[2].partition("?")[0]).text.count('class="walk"') == 0


def test_the_staff_view_says_why_and_shows_the_original_as_text(web: httpx.Client, find) -> None:
    id = find("红楼梦 人民文学出版社")
    page = web.get(f"/record/{id}/staff").text
    assert "为什么是" in page and "2 条源记录" in page and "合并依据" in page
    download = links(page, f"/record/{id}/original")[0]
    answer = web.get(download)
    assert answer.headers["content-type"] == "application/octet-stream"
    assert "attachment" in answer.headers["content-disposition"] and "红楼梦".encode() in answer.content


def test_staff_are_told_why_a_record_ranks_where_it_does(web: httpx.Client, find) -> None:
    id = find("红楼梦 人民文学出版社")
    assert f"/record/{id}/explain" in web.get(f"/record/{id}/staff").text
    page = web.get(f"/record/{id}/explain", params={"q": "紅樓夢"}).text
    assert "检索词就是完整题名" in page and "921,600" in page and "题名以检索词开头" in page
    assert "不符合此检索式" in web.get(f"/record/{id}/explain", params={"q": "飘"}).text
    assert web.get(f"/record/{id}/explain").status_code == 200
    hostile = web.get(f"/record/{id}/explain", params={"q": '"><script>alert(1)</script>' + "(" * 500})
    assert hostile.status_code == 200 and "<script>alert" not in hostile.text
    english = web.get(f"/record/{id}/explain", params={"q": "hong lou meng", "lang": "en"}).text
    assert "romanised title" in english and "Reasons (" in english


def test_unknown_addresses_and_records_answer_alike(web: httpx.Client) -> None:
    for path in (
        "/nothing",
        "/record/aaaaaaaaaaaaaaaa",
        "/record/aaaaaaaaaaaaaaaa/staff",
        "/record/aaaaaaaaaaaaaaaa/explain?q=x",
        "/at/nobody/search",
        "/record/" + "x" * 500,
    ):
        answer = web.get(path)
        assert answer.status_code == 404 and "没有这一页" in answer.text, path
    problem = web.get("/api/v1/records/aaaaaaaaaaaaaaaa")
    assert problem.status_code == 404 and problem.json()["status"] == 404


def test_a_library_has_its_portal_by_path_and_by_host_name(web: httpx.Client) -> None:
    by_path = web.get("/at/pku/search?q=研究").text
    assert "<b>北京大学图书馆</b>" in by_path and 'action="/at/pku/search"' in by_path
    assert not links(by_path, "/record/"), "links must stay in the portal"
    by_host = web.get("/search?q=研究", headers={"host": "pku.test"}).text
    assert "<b>北京大学图书馆</b>" in by_host and 'action="/search"' in by_host
    own = web.get("/at/pku/api/v1/search?q=研究&scope=own").json()["total"]
    assert own == web.get("/api/v1/search?q=研究&f.library=pku").json()["total"]


@pytest.mark.parametrize(
    "typed",
    [
        "(" * 6000,
        "\x00",
        "\u202e红楼梦",
        "AND OR NOT",
        '"',
        "title:",
        "*",
        "a" * 9000,
        "x' OR 1=1 --",
        "{{7*7}}",
        "[1 TO",
        "作者：",
    ],
)
def test_anything_typed_answers_200(web: httpx.Client, typed: str) -> None:
    assert web.get("/search", params={"q": typed}).status_code == 200
    assert web.get("/api/v1/search", params={"q": typed}).status_code == 200
    assert web.get("/api/v1/suggest", params={"q": typed}).status_code == 200


@pytest.mark.parametrize(
    "query",
    [
        "f.=x&x.=y&f.nothing=1",
        "page=-1&size=0",
        "page=%00",
        "q=%ed%a0%80",
        "size=99999",
        "year=zzzz",
        "sort=zz",
        "type=zz&in=zz",
        "lang=%22%3E%3Cb%3E",
        "scope=../../x",
        "n=99999999999",
        "f.subject=" + "x" * 3000,
        "&".join(f"f.subject={n}" for n in range(300)),
    ],
)
def test_hostile_parameters_answer_200(web: httpx.Client, query: str) -> None:
    assert web.get(f"/search?q=研究&{query}").status_code == 200
    assert web.get(f"/search/facet?q=研究&facet=subject&{query}").status_code == 200


def test_head_answers_like_get_without_a_body(web: httpx.Client) -> None:
    for path in ("/", "/search?q=研究", "/healthz", "/api/v1/search?q=研究"):
        answer = web.head(path)
        assert answer.status_code == 200 and answer.content == b""


def test_a_page_is_private_and_is_not_sent_twice(web: httpx.Client) -> None:
    first = web.get("/search?q=研究")
    assert "private" in first.headers["cache-control"] and "cookie" in first.headers["vary"].lower()
    again = web.get("/search?q=研究", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304 and again.headers["content-security-policy"]
    assert web.get("/at/pku/search?q=研究").headers["etag"] != first.headers["etag"]


def test_other_methods_are_refused(web: httpx.Client) -> None:
    assert web.post("/search", data={"q": "x"}).status_code == 405
    assert web.delete("/api/v1/search").headers["content-type"] == "application/problem+json"


def test_weights_stay_within_the_budget(web: httpx.Client) -> None:
    page = web.get("/search?q=研究&size=20", headers={"accept-encoding": "identity"}).text
    assert len(gzip.compress(page.encode(), 6)) <= 20_000
    sheets = set(re.findall(r'href="(/static/[^"]+\.css)"', page))
    assert sum(len(web.get(s).content) for s in sheets) <= 15_000
    modules = set(re.findall(r'src="(/static/[^"]+\.js)"', page))
    for module in list(modules):
        base = module.rpartition("/")[0]
        modules |= {f"{base}/{m}" for m in re.findall(r'from "\./([^"]+)"', web.get(module).text)}
    assert len(modules) == 5 and sum(len(web.get(m).content) for m in modules) <= 20_000


def test_static_files_may_be_kept_for_ever_and_foreign_names_are_unknown(web: httpx.Client) -> None:
    address = re.search(r'href="(/static/[^"]+site\.css)"', web.get("/").text)
    assert address and "immutable" in web.get(address[1]).headers["cache-control"]
    assert web.get("/static/x/..%2f..%2fpages.py").status_code == 404
    assert web.get("/static/x/site.css").headers["cache-control"] == "no-cache"


def test_what_machines_ask_for_is_there(web: httpx.Client) -> None:
    assert web.get("/healthz").json()["status"] == "ok"
    assert "Disallow: /search" in web.get("/robots.txt").text
    assert web.get("/favicon.ico", follow_redirects=True).headers["content-type"] == "image/svg+xml"
    assert "searchTerms" in web.get("/opensearch.xml").text
