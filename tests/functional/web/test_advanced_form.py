"""The form of advanced search through HTTP: rows and groups, limits, editing again, hostile input."""

from __future__ import annotations

import html
import re
from urllib.parse import quote

import httpx
import pytest

Params = list[tuple[str, str]]


def rows(*given: tuple[str, str, str], group: int = 1) -> Params:
    """(field, match, text) of each row of a group, as the form sends them."""
    return [
        (f"{name}{group}.{n}", value)
        for n, row in enumerate(given, 1)
        for name, value in zip(("field", "match", "text"), row, strict=True)
    ]


def asked(web: httpx.Client, params: Params) -> str:
    """The query that the form becomes."""
    answer = web.get("/advanced", params=[*params, ("do", "search")])
    assert answer.status_code == 303
    found = web.get(answer.headers["location"])
    assert found.status_code == 200
    value = re.search(r'name="q" id="q" value="([^"]*)"', found.text)
    assert value
    return html.unescape(value[1])


def fields(page: str) -> dict[str, str]:
    """What the form of a page would send: texts and chosen options by name."""
    sent = {
        html.unescape(n): html.unescape(v)
        for n, v in re.findall(r'<input (?!type="checkbox")[^>]*?name="([^"]+)"[^>]*? value="([^"]*)"', page)
    }
    for name, body in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', body)
        if chosen:
            sent[name] = chosen[1]
    return sent


def test_rows_become_a_query_in_the_language_of_the_box(web: httpx.Client) -> None:
    params = rows(("title", "phrase", "园林研究"), ("author", "none", "童寯"))
    assert asked(web, params) == 'title:"园林研究" AND NOT author:童寯'


def test_groups_are_joined_and_excluded(web: httpx.Client) -> None:
    params = [
        ("join", "and"),
        ("join1", "or"),
        *rows(("all", "words", "园林"), ("title", "words", "运河")),
        ("join2", "not"),
        *rows(("author", "words", "童寯"), group=2),
    ]
    assert asked(web, params) == "(园林 OR title:运河) AND NOT author:童寯"
    total = web.get("/api/v1/search", params={"q": "(园林 OR title:运河) AND NOT author:童寯"}).json()[
        "total"
    ]
    page = web.get("/advanced", params=params).text
    assert f"{total} 条结果" in page


def test_not_alone_finds_the_rest(web: httpx.Client) -> None:
    everything = web.get("/api/v1/search").json()["total"]
    without = asked(web, [("join1", "not"), *rows(("all", "words", "研究"))])
    found = web.get("/api/v1/search", params={"q": without}).json()["total"]
    with_it = web.get("/api/v1/search", params={"q": "研究"}).json()["total"]
    assert without == "NOT 研究" and found + with_it == everything


def test_limits_are_part_of_the_search(web: httpx.Client) -> None:
    params = [
        *rows(("all", "words", "研究")),
        ("type", "book"),
        ("type", "map"),
        ("f.library", "pku"),
        ("f.language", "zho"),
        ("year_from", "1900"),
        ("year_to", "1950"),
        ("do", "search"),
    ]
    location = web.get("/advanced", params=params).headers["location"]
    sent = httpx.URL(location).params
    assert sent.get_list("type") == ["book", "map"] and sent["year"] == "1900-1950"
    assert sent["f.library"] == "pku" and sent["f.language"] == "zho" and "go" not in sent


@pytest.mark.parametrize(
    ("done", "groups", "in_first"),
    [
        ("row1", 1, 4),
        ("group", 2, 3),
        ("drop1.2", 1, 2),
        ("drop9.9", 1, 3),
        ("row77", 1, 3),
        ("nonsense", 1, 3),
    ],
)
def test_rows_and_groups_come_and_go_by_buttons_of_the_form(
    web: httpx.Client, done: str, groups: int, in_first: int
) -> None:
    params = rows(("title", "phrase", "甲"), ("author", "words", "乙"), ("year", "range", "1990-2000"))
    sent = fields(web.get("/advanced", params=[*params, ("do", done)]).text)
    texts = {name: value for name, value in sent.items() if name.startswith("text")}
    assert len({name.partition(".")[0] for name in texts}) == groups
    assert sum(name.startswith("text1.") for name in texts) == in_first
    assert sent["field1.1"] == "title" and sent["match1.1"] == "phrase" and texts["text1.1"] == "甲"
    assert ("乙" in texts.values()) == (done != "drop1.2")


def test_the_last_row_stays_and_a_group_can_leave(web: httpx.Client) -> None:
    two = [*rows(("all", "words", "甲")), *rows(("all", "words", "乙"), group=2)]
    assert fields(web.get("/advanced", params=[*two, ("do", "leave1")]).text)["text1.1"] == "乙"
    one = web.get("/advanced", params=[*rows(("all", "words", "甲")), ("do", "drop1.1")]).text
    assert fields(one)["text1.1"] == ""


def test_a_result_page_leads_back_to_the_form_with_everything_in_it(web: httpx.Client) -> None:
    found = web.get(
        "/search",
        params=[("q", '(title:"园林研究" OR 运河) NOT author:童寯'), ("type", "book"), ("f.library", "pku"), ("f.subject", "地方史"), ("year", "1900-1950")],
    ).text  # fmt: skip
    link = re.search(r'href="(/advanced\?[^"]+)"', found)
    assert link
    page = web.get(html.unescape(link[1])).text
    sent = fields(page)
    assert sent["join1"] == "or" and sent["text1.1"] == "园林研究" and sent["match1.1"] == "phrase"
    assert sent["match2.1"] == "none" and sent["field2.1"] == "author"
    assert sent["year_from"] == "1900" and sent["year_to"] == "1950"
    assert re.search(r'name="type" value="book" checked', page)
    assert re.search(r'name="f.library" value="pku" checked', page)
    assert '<input type="hidden" name="f.subject" value="地方史">' in page


def test_a_query_that_is_no_form_comes_back_as_text(web: httpx.Client) -> None:
    sent = fields(web.get("/advanced", params={"q": "甲 AND (乙 OR (丙 AND 丁))"}).text)
    assert sent["match1.1"] == "query" and sent["text1.1"] == "甲 AND (乙 OR (丙 AND 丁))"


HOSTILE = {
    "far groups": "groups[999999]=1&text999999.999999=a&join999999=or",
    "negative": "text-1.-1=a&join-1=or",
    "nul": "field1.1=%00&match1.1=%00&text1.1=%00a%00",
    "huge row": f"text1.1={'x' * 60_000}",
    "huge number": f"text{'9' * 300}.1=a",
    "many rows": "&".join(f"text1.{n}=w{n}" for n in range(1000)),
    "many groups": "&".join(f"text{n}.1=w{n}" for n in range(1000)),
    "repeated": "&".join("text1.1=a" for _ in range(500)),
    "markup": "text1.1=%3Cscript%3Ealert(1)%3C/script%3E&field1.1=%22%3E%3Cb%3E",
    "broken percent": "text1.1=%E7%BA&join=%ff",
    "brackets": "text1.1=" + quote("(" * 400) + "&match1.1=query",
    "limits": "type=nonsense&f.language=" + "x" * 5000 + "&year_from=abc&year_to=99999999",
    "do": "do=row999999&text1.1=a",
    "unknown parts": "field1=a&text1=b&match.1=c&join1.1=d&q=%00",
    "full-width digits": "text１.１=a",
}


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE.keys())
def test_whatever_is_sent_is_answered_with_the_form(web: httpx.Client, query: str) -> None:
    page = web.get(f"/advanced?{query}")
    assert page.status_code == 200 and page.text.rstrip().endswith("</html>")
    assert (
        'name="text1.1"' in page.text and "<script>alert" not in page.text and 'value="\x00' not in page.text
    )
    assert page.text.count('name="text') <= 96 and len(page.content) < 400_000
    searched = web.get(f"/advanced?{query}&do=search", follow_redirects=True)
    assert searched.status_code == 200


def test_search_within_results_demands_both_and_leads_to_a_plain_address(web: httpx.Client) -> None:
    first = web.get("/search", params={"q": "研究", "type": "book"})
    assert 'name="within"' in first.text
    answer = web.get("/search", params={"q": "研究 OR 运河", "type": "book", "within": "苏州"})
    assert answer.status_code == 303
    sent = httpx.URL(answer.headers["location"]).params
    assert sent["q"] == "(研究 OR 运河) AND 苏州" and sent["type"] == "book" and "within" not in sent
    narrowed = web.get("/api/v1/search", params={"q": sent["q"]}).json()["total"]
    wide = web.get("/api/v1/search", params={"q": "研究 OR 运河"}).json()["total"]
    assert 0 < narrowed < wide
    for hostile in ("%00", "(((", '"', "x" * 9000, "NOT"):
        assert (
            web.get(f"/search?q=研究&within={quote(hostile, safe='%')}", follow_redirects=True).status_code
            == 200
        )


def test_every_condition_of_a_query_is_a_chip_that_can_be_taken_away(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "研究 AND title:苏州 NOT author:童寯"}).text
    left = [html.unescape(h) for h in re.findall(r'class="chip[^"]*" href="([^"]+)"', page)]
    assert {httpx.URL(h).params["q"] for h in left} == {
        "title:苏州 AND NOT author:童寯",
        "研究 AND NOT author:童寯",
        "研究 AND title:苏州",
    }
    assert 'class="chip out"' in page
    assert 'class="chip' not in web.get("/search", params={"q": "研究 苏州"}).text


def test_a_search_is_kept_by_its_address_and_the_page_says_how(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "研究", "type": "book"}).text
    address = re.search(r'id="this" href="([^"]+)"', page)
    assert address and "type=book" in address[1] and address[1].startswith("http")
    assert "/search.atom?" in page and "/searches" in page
    about = web.get("/searches")
    assert about.status_code == 200 and "Ctrl+D" in about.text and "<noscript>" in about.text
