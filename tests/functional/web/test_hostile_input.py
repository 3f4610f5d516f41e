"""Whatever is typed or put into an address is answered: with 200 where it is a search, soon, and as a page."""

from __future__ import annotations

import random
import time
from urllib.parse import quote

import httpx
import pytest

MOST_SECONDS = 20.0  # what takes more has hung
SEED = 20261121

TYPED: dict[str, str] = {
    "six thousand opening brackets": "(" * 6_144,
    "six thousand closing brackets": ")" * 6_144,
    "brackets within brackets": "(" * 3_000 + "红" + ")" * 3_000,
    "full-width brackets": "（" * 2_000 + "书" + "）" * 2_000,
    "NUL": "\0",
    "NUL within a word": "红\0楼\0梦",
    "all control characters": "".join(map(chr, range(32))) + "\x7f" + "".join(map(chr, range(0x80, 0xA0))),
    "right to left": "\u202e\u202d\u2066红楼梦\u2069\u200f\u200e",
    "Arabic and Hebrew": "السلام \u200fשלום\u200e AND كتاب",
    "ten thousand operators": "AND OR NOT " * 3_334,
    "operators alone": "AND AND OR NOT NOT",
    "ten thousand ORed words": " OR ".join(f"w{n}" for n in range(2_000)),
    "ten thousand NOTs": "NOT " * 2_000 + "x",
    "ten thousand wildcards": "a* " * 2_700,
    "stars": "*" * 5_000,
    "question marks": "?" * 5_000,
    "one star": "*",
    "star before": "*a",
    "quotation marks": '"' * 4_001,
    "unclosed phrase": '"红楼梦',
    "phrase of everything": '"' + "红" * 2_000 + '"',
    "fields without words": "title: author: subject:",
    "field in field": "title:author:subject:" * 300,
    "unknown field": "nothing:红",
    "ranges": "[1 TO 9] {a TO *} [* TO *] [TO",
    "years": "year:[9999999999 TO -99999999] year:0000-9999 year:-",
    "boosts and slops": "a^9999999999 b~99999 c~ ^^^ ~~~",
    "slashes of a regular expression": "/(a+)+$/ /.*/",
    "backslashes": "\\" * 4_000,
    "percent signs": "%" * 2_000,
    "an astral character": "𠮷野家 😀 𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "private use and noncharacters": "\ue000\ue001\uf8ff\ufffe\uffff\U0010ffff",
    "marks of matches": "\ue000红\ue001" * 50,
    "combining marks": "e" + "\u0301" * 3_000,
    "zero width": "\u200b\u200c\u200d\ufeff" * 500,
    "a very long word": "a" * 8_000,
    "a very long Han text": "永和九年岁在癸丑暮春之初会于会稽山阴之兰亭" * 300,
    "many different Han characters": "".join(map(chr, range(0x4E00, 0x4E00 + 4_000))),
    "Hangul and kana": "".join(map(chr, (*range(0xAC00, 0xAC00 + 800), *range(0x3041, 0x3097)))),
    "line ends": "红\r\n楼\n\n梦\t\v\f",
    "markup": "<script>alert(1)</script>\"><img src=x onerror=alert(1)>'",
    "template": "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "SQL": "'; DROP TABLE source; -- ' OR '1'='1",
    "header": "x\r\nSet-Cookie: a=b",
    "path": "../../../../etc/passwd\0.html",
    "JSON": '{"$gt": ""}',
    "numbers": "9" * 4_000,
    "minus": "-" * 3_000 + "x",
    "plus and minus": "+-" * 2_000,
    "colons": "：:" * 2_000,
    "only blanks": " \u3000\xa0" * 1_000,
    "only stops": "。，、；：？！…—·" * 300,
    "empty": "",
}
RAW = (  # parts of an address as bytes of strangers send them
    "q=%ed%a0%80", "q=%ed%a0%80%ed%b0%80", "q=%ff%fe%fd", "q=%c0%80", "q=%", "q=%%%", "q=%zz", "q=%u7ea2", "q=%e7%ba",
    "q=%00%00%00", "q", "=", "&&&&", "q=a;q=b", "q=a&q=b&q=" + "c" * 2_000, "&".join(f"q={n}" for n in range(3_000)),
    "&".join(f"p{n}={n}" for n in range(2_000)), "q[]=a&q[b]=c", "q=红&page=0", "q=红&page=-1", "q=红&page=1e3", "q=红&page=%00",
    "q=红&page=１２", "q=红&page=0x10", "q=红&page=1.5", "q=红&page=", "q=红&page=two", "q=红&size=0", "q=红&size=-5",
    "q=红&size=999999999999999999999", "q=红&size=all", "q=红&size=%F0%9F%98%80", "q=红&lang=xx", "q=红&lang=" + "z" * 3_000,
    "q=红&lang=%22%3E%3Cscript%3E", "q=红&lang=zh-Hant-TW-x-private", "q=红&lang=en&lang=zh", "q=红&scope=C:nowhere",
    "q=红&scope=L:", "q=红&scope=::", "q=红&scope=../..", "q=红&scope=own", "q=红&scope=" + "C:a," * 500, "q=红&sort=%00",
    "q=红&sort=price", "q=红&sort=title&sort=newest&sort=zz", "q=红&in=nothing", "q=红&in=title&in=author", "q=红&type=zz",
    "q=红&type=book&type=zz&type=map", "q=红&type=" + "book," * 500, "q=红&year=1-2-3-4", "q=红&year=99999999999999-1",
    "q=红&year=abc", "q=红&year=-", "q=红&year_from=2020&year_to=1900", "q=红&year_from=%ff", "q=红&f.=x", "q=红&f.nothing=x",
    "q=红&x.subject=" + "y" * 5_000, "q=红&f.subject=%00", "q=红&f.subject=%ed%a0%80", "q=红&f.class=a / b / c / d / e / f / g",
    "q=红&" + "&".join(f"f.subject=s{n}" for n in range(300)), "q=红&" + "&".join(f"x.author=s{n}" for n in range(300)),
    "q=红&f.type=book&x.type=book", "q=红&n=-1", "q=红&n=" + "9" * 400,
)  # fmt: skip
ALPHABET = "红楼梦ab1 \"“”()（）[]{}:：*?~^+-&|!\\/<>'%\0\u202e\u3000\ue000éАش😀ANDORNOT"


def drawn(count: int) -> list[str]:
    """Texts put together at random of what means something to the parser."""
    rng = random.Random(SEED)
    pieces = [*ALPHABET, "AND ", "OR ", "NOT ", "title:", "作者：", "year:1900-", "[1 TO ", '"', "((", "))"]
    return ["".join(rng.choices(pieces, k=rng.randint(1, 400))) for _ in range(count)]


def asked(web: httpx.Client, address: str) -> httpx.Response:
    began = time.perf_counter()
    answer = web.get(address)
    seconds = time.perf_counter() - began
    assert seconds < MOST_SECONDS, f"{seconds:.1f} s for {address[:120]}"
    return answer


def test_there_are_some_three_hundred_of_them() -> None:
    assert len(TYPED) + len(RAW) + 180 >= 290


@pytest.mark.parametrize("text", TYPED.values(), ids=TYPED.keys())
def test_anything_typed_into_the_box_is_answered_with_a_page(web: httpx.Client, text: str) -> None:
    encoded = quote(text, errors="surrogatepass")
    page = asked(web, f"/search?q={encoded}")
    assert page.status_code == 200
    assert '<input type="search" name="q"' in page.text and page.text.rstrip().endswith("</html>")
    assert "<script>alert" not in page.text and "<img src=x" not in page.text
    for path in ("/api/v1/search", "/api/v1/suggest", "/search.atom"):
        assert asked(web, f"{path}?q={encoded}").status_code == 200, path


def test_texts_drawn_at_random_are_answered(web: httpx.Client) -> None:
    for text in drawn(180):
        assert asked(web, f"/search?q={quote(text)}").status_code == 200, text


@pytest.mark.parametrize("query", RAW)
def test_any_parameters_are_answered(web: httpx.Client, query: str) -> None:
    encoded = quote(query, safe="=&;%[]:/,.?+-")
    for path in ("/search", "/api/v1/search", "/search/facet"):
        more = "&facet=subject" if path == "/search/facet" else ""
        answer = asked(web, f"{path}?{encoded}{more}")
        assert answer.status_code == 200, (path, answer.text[:200])
    assert asked(web, f"/advanced?{encoded}").status_code == 200


@pytest.mark.parametrize("page", ["501", "1000000", "999999999"])
def test_a_page_beyond_the_limit_is_refused_with_a_reason(web: httpx.Client, page: str) -> None:
    answer = asked(web, f"/search?q=研究&page={page}")
    assert answer.status_code == 400 and "500" in answer.text
    problem = asked(web, f"/api/v1/search?q=研究&page={page}")
    assert problem.status_code == 400 and problem.json()["last_page"] == 500


@pytest.mark.parametrize("cursor", ["abc", "%00", "%ff", "x" * 5_000, "*a", "**", "../..", "YWJj.ZGVm", "红"])
def test_a_damaged_cursor_is_refused_and_never_begins_anew(web: httpx.Client, cursor: str) -> None:
    answer = asked(web, f"/api/v1/search?q=研究&cursor={quote(cursor, safe='%*./')}")
    assert answer.status_code == 400 and answer.json()["type"] == "/problems/cursor-refused"
    assert asked(web, f"/search?q=研究&cursor={quote(cursor, safe='%*./')}").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/record/%00", "/record/%2e%2e%2f", "/record/%ed%a0%80", "/record/" + "a" * 6_000, "/record/a/b/c",
        "/record//staff", "/at/%00/search", "/at/" + "a" * 5_000, "/at//search", "/at/pku/at/pku/search",
        "/static/x/..%2f..%2fapp.py", "/static/x/site.py", "/api/v1/records/%00", "/api/v1/records/%ff",
        "/api/v1/nothing", "/%", "/%ff", "/search/", "/record/'\"><script>",
    ],
)  # fmt: skip
def test_addresses_that_mean_nothing_are_not_found(web: httpx.Client, path: str) -> None:
    answer = asked(web, path)
    assert answer.status_code in (404, 307, 400), answer.status_code
    assert "<script>" not in answer.text.replace("<script type", "")
    assert not answer.headers.get("location", "").startswith(("//", "http://evil"))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_pages_are_only_read(web: httpx.Client, method: str) -> None:
    for path in ("/", "/search?q=a", "/record/x", "/api/v1/search"):
        assert web.request(method, path, content=b"x" * 100_000).status_code == 405


def test_headers_of_strangers_change_nothing(web: httpx.Client) -> None:
    for headers in (
        {"accept-language": "q=;,;;,zh;q=x, *;q=-1, " + "a," * 3_000},
        {"cookie": "lang=" + "x" * 3_000},
        {"cookie": 'lang="><script>'},
        {"host": "evil.example"},
        {"host": "[::1"},
        {"x-forwarded-host": "evil.example"},
        {"if-none-match": '"' * 2_000},
        {"accept-encoding": "gzip;q=0"},
    ):
        answer = web.get("/search?q=红", headers=headers)
        assert answer.status_code == 200 and "<script>" not in answer.text, headers
