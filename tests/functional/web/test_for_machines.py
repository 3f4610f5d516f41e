"""What reference managers, search engines and feed readers find on the pages."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser
from urllib.parse import parse_qs, parse_qsl

import httpx
import pytest
from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
SEARCH = "{http://a9.com/-/spec/opensearch/1.1/}"


def coins(page: str) -> list[dict[str, list[str]]]:
    return [parse_qs(html.unescape(t)) for t in re.findall(r'<span class="Z3988" title="([^"]*)"', page)]


def json_ld(page: str) -> dict:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return json.loads(found[1])


def test_every_hit_carries_a_context_object(web: httpx.Client) -> None:
    page = web.get("/search", params={"q": "研究"}).text
    found = coins(page)
    assert len(found) == page.count('<div class="hit">') == 20
    assert all(c["ctx_ver"] == ["Z39.88-2004"] and "rft_val_fmt" in c for c in found)


# Keys of the metadata formats in the registry of Z39.88-2004 (info:ofi/fmt:kev:mtx:…).
AUTHORS = "aulast aufirst auinit auinit1 auinitm ausuffix au aucorp"
SERIAL = "issn eissn isbn coden sici chron ssn quarter part artnum"
KEYS = {
    "journal": f"{AUTHORS} {SERIAL} genre jtitle atitle title stitle date volume issue spage epage pages",
    "book": f"{AUTHORS} genre btitle atitle title place pub date edition tpages series spage epage pages issn isbn bici",
    "dissertation": f"{AUTHORS} title co cc inst advisor date tpages isbn degree",
    "dc": "title creator subject description publisher contributor date type format identifier source language relation coverage rights",
}
GENRES = {
    "journal": {"journal", "issue", "article", "conference", "proceeding", "preprint", "unknown"},
    "book": {"book", "bookitem", "conference", "proceeding", "report", "document", "unknown"},
}


class Spans(HTMLParser):
    """The titles of COinS spans, by the parser of the standard library, as tools that read pages find them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        told = dict(attributes)
        if tag == "span" and "Z3988" in (told.get("class") or "").split():
            self.found.append(told.get("title") or "")


def test_every_context_object_keeps_to_the_format_that_it_names(web: httpx.Client) -> None:
    seen = set()
    for page in range(1, 14):
        for title in Spans(web.get("/search", params={"q": "", "page": str(page)}).text).found:
            pairs = parse_qsl(title, keep_blank_values=True, strict_parsing=True, errors="strict")
            assert pairs[0] == ("ctx_ver", "Z39.88-2004") and all(value for _, value in pairs)
            told: dict[str, list[str]] = {}
            for key, value in pairs:
                told.setdefault(key, []).append(value)
            (format,) = told.pop("rft_val_fmt")
            name = format.removeprefix("info:ofi/fmt:kev:mtx:")
            seen.add(name)
            del told["ctx_ver"]
            assert all(i.startswith(("info:", "urn:", "https:")) for i in told.pop("rft_id", []))
            keys = {key.removeprefix("rft.") for key in told}
            assert all(key.startswith("rft.") for key in told) and keys <= set(KEYS[name].split())
            repeated = {key for key, values in told.items() if len(values) > 1}
            assert name == "dc" or repeated <= {"rft.au"}
            assert name not in GENRES or set(told["rft.genre"]) <= GENRES[name]
    assert seen == set(KEYS)


def test_the_context_object_of_an_article_names_journal_volume_and_pages(web: httpx.Client, find) -> None:
    id = find("inelastic cross section")
    for page in (
        web.get(f"/record/{id}").text,
        web.get("/search", params={"q": "inelastic cross section"}).text,
    ):
        told = coins(page)[0]
        assert told["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:journal"] and told["rft.genre"] == ["article"]
        assert told["rft.atitle"] == ["Measurement of the inelastic cross section at high energy"]
        assert told["rft.jtitle"] == ["Journal of Examples in Physics"]
        assert (told["rft.volume"], told["rft.issue"], told["rft.pages"]) == (["12"], ["3"], ["45-50"])
        assert told["rft_id"] == ["info:doi/10.1000/xyz.123"] and told["rft.date"] == ["2015"]
        assert len(told["rft.au"]) == 10


def test_the_context_object_of_a_book_names_publisher_place_and_isbn(web: httpx.Client, find) -> None:
    told = coins(web.get(f"/record/{find('红楼梦 人民文学出版社')}").text)[0]
    assert told["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:book"]
    assert (told["rft.btitle"], told["rft.pub"], told["rft.place"]) == (
        ["红楼梦"],
        ["人民文学出版社"],
        ["北京"],
    )
    assert told["rft.isbn"] == ["9787020002207"]


def test_what_is_neither_book_nor_article_is_told_in_dublin_core(web: httpx.Client) -> None:
    page = web.get("/search", params={"type": "map"}).text
    assert all(
        c["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:dc"] and "rft.creator" in c for c in coins(page)[:5]
    )


def test_an_isbn_that_does_not_check_is_told_to_nobody(web: httpx.Client, find) -> None:
    page = web.get(f"/record/{find('史记 司马迁')}").text
    assert "rft.isbn" not in coins(page)[0] and "isbn" not in json_ld(page) and "citation_isbn" not in page


def test_reference_managers_read_the_head_of_a_record(web: httpx.Client, find) -> None:
    page = web.get(f"/record/{find('inelastic cross section')}").text
    head = dict(re.findall(r'<meta name="(citation_\w+)" content="([^"]*)"', page))
    assert head["citation_journal_title"] == "Journal of Examples in Physics"
    assert head["citation_firstpage"] == "45" and head["citation_lastpage"] == "50"
    assert head["citation_doi"] == "10.1000/xyz.123"


def test_a_record_is_told_to_search_engines_in_the_words_of_schema_org(web: httpx.Client, find) -> None:
    id = find("红楼梦 人民文学出版社")
    told = json_ld(web.get(f"/record/{id}").text)
    assert told["@context"] == "https://schema.org" and told["@type"] == "Book" and told["name"] == "红楼梦"
    assert told["author"][0] == {"@type": "Person", "name": "曹雪芹", "alternateName": "Cao Xueqin"}
    assert (
        told["isbn"] == ["9787020002207"] and told["datePublished"] == "1982" and told["inLanguage"] == ["zh"]
    )
    assert told["@id"].endswith(f"/record/{id}")
    assert {o["offeredBy"]["name"] for o in told["offers"]} == {"北京大学图书馆", "复旦大学图书馆"}


def test_structured_data_cannot_end_its_element(web: httpx.Client, find) -> None:
    page = web.get(f"/record/{find('onmouseover')}").text
    block = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert block and not set("<>&") & set(block[1])
    assert json_ld(page)["name"].startswith('Is 5 < 6 & 7 > 6? " onmouseover=')


@pytest.mark.parametrize("q", ["研究", "onmouseover", "nothing-at-all-here", "&<>\"'\x00"])
def test_a_search_can_be_followed_as_a_feed(web: httpx.Client, q: str) -> None:
    answer = web.get("/search.atom", params={"q": q})
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = etree.fromstring(answer.content)
    total = web.get("/api/v1/search", params={"q": q}).json()["total"]
    assert feed.findtext(f"{SEARCH}totalResults") == str(total)
    assert len(feed.findall(f"{ATOM}entry")) == min(20, total)
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        assert element.findtext(f"{ATOM}id") and element.findtext(f"{ATOM}title")
        assert re.fullmatch(
            r"\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)", element.findtext(f"{ATOM}updated") or ""
        )
    for entry in feed.findall(f"{ATOM}entry")[:3]:
        link = entry.find(f"{ATOM}link")
        assert link is not None and web.get(link.get("href", "")).status_code == 200


def test_a_feed_begins_with_what_is_new_unless_told_otherwise(web: httpx.Client) -> None:
    def ids(address: str) -> list[str]:
        feed = etree.fromstring(web.get(address).content)
        return [(e.findtext(f"{ATOM}id") or "").rpartition("/")[2] for e in feed.findall(f"{ATOM}entry")]

    def hits(sort: str) -> list[str]:
        found = web.get("/api/v1/search", params={"q": "研究", "sort": sort}).json()["hits"]
        return [h["id"] for h in found]

    assert ids("/search.atom?q=研究") == hits("added")
    assert ids("/search.atom?q=研究&sort=title") == hits("title")


def test_the_result_page_names_its_feed_and_the_feed_stays_in_the_portal(web: httpx.Client) -> None:
    page = web.get("/at/pku/search", params={"q": "研究", "f.language": "zho"}).text
    link = re.search(r'<link rel="alternate" type="application/atom\+xml"[^>]*href="([^"]+)"', page)
    assert link
    address = html.unescape(link[1])
    assert address.startswith("/at/pku/search.atom?") and "f.language=zho" in address
    assert "/at/pku/record/" in web.get(address).text


@pytest.mark.parametrize(
    ("name", "sign"), [("ris", "TY  - "), ("bibtex", "@"), ("csl", '"title"'), ("marcxml", "<record")]
)
def test_the_hits_of_a_page_are_taken_away_as_one_file(web: httpx.Client, name: str, sign: str) -> None:
    answer = web.get("/search/export", params={"q": "研究", "f.library": "pku", "size": "10", "format": name})
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    assert answer.text.count(sign) >= 10


def test_an_unknown_form_of_file_is_refused_with_those_there_are(web: httpx.Client) -> None:
    answer = web.get("/search/export", params={"q": "研究", "format": "word"})
    assert answer.status_code == 400 and "bibtex" in answer.text


def test_the_links_under_the_results_work(web: httpx.Client) -> None:
    page = web.get("/search", params={"type": "map"}).text
    under = page[page.index('class="note takes"') :]
    links = [html.unescape(h) for h in re.findall(r'href="([^"]+)"', under[: under.index("</p>")])]
    assert len(links) == 5 and all("type=map" in link for link in links)
    assert all(web.get(link).status_code == 200 for link in links)
