"""From a link to the ways to the item, as programs and readers get them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import portal_catalogue
import pytest

from resolver.knowledge_base.kbart import column_names

ARTICLE = "rft_val_fmt=info:ofi/fmt:kev:mtx:journal&rft.genre=article&rft.atitle=A&rft.jtitle=J&rft.issn=1234-5679&rft.date=2015"
MEMBERS = """
[[library]]
id = "pku"
name = { zh = "北京大学图书馆", en = "Peking University Library" }
portal = { includes = ["jalis", "centre"], hosts = ["pku.test"], proxy = "https://proxy.example/login?url=", contact = "mailto:desk@pku.example" }
[[library]]
id = "fudan"
name = { zh = "复旦大学图书馆", en = "Fudan University Library" }
portal = { includes = ["jalis", "centre"], ill = "https://ill.example/openurl" }
"""
SERIAL = {"publication_title": "Journal of Examples in Physics", "print_identifier": "1234-5679", "title_id": "jep",
          "date_first_issue_online": "2000", "title_url": "https://publisher.example/jep", "publication_type": "serial"}  # fmt: skip


def a_list(path: Path, *rows: dict[str, str]) -> Path:
    lines = ["\t".join(column_names()), *("\t".join(row.get(n, "") for n in column_names()) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("resolver")
    home = portal_catalogue.build(folder / "home")
    members = folder / "members.toml"
    members.write_text(MEMBERS, "utf-8")
    portal_catalogue.run(home, "apply", str(members))
    licensed = a_list(folder / "licensed.txt", SERIAL)
    free = a_list(
        folder / "free.txt",
        {
            **SERIAL,
            "access_type": "F",
            "date_last_issue_online": "2016",
            "title_url": "https://open.example/jep",
        },
    )
    old = a_list(
        folder / "Old_Global_Backfiles_2020-01-01.txt",
        {**SERIAL, "date_last_issue_online": "2005", "title_url": "https://old.example/jep"},
    )
    portal_catalogue.run(
        home,
        "kb",
        "load",
        str(licensed),
        "--package",
        "Examples",
        "--platform",
        "Publisher",
        "--library",
        "pku",
    )
    portal_catalogue.run(home, "kb", "load", str(free), "--package", "Open", "--library", "sysu")
    portal_catalogue.run(home, "kb", "load", str(old))
    return home


@pytest.fixture(scope="module")
def resolver(home: Path) -> Iterator[httpx.Client]:
    with (
        portal_catalogue.serving(home) as url,
        httpx.Client(base_url=url, headers={"accept-language": "en"}, timeout=120) as client,
    ):
        yield client


def resolve(resolver: httpx.Client, library: str, query: str = ARTICLE) -> dict[str, Any]:
    answer = resolver.get(f"/at/{library}/resolver/api/resolve?{query}")
    assert answer.status_code == 200
    return answer.json()


def test_every_promised_key_is_there(resolver: httpx.Client) -> None:
    for query in (ARTICLE, "", "rft_id=info:doi/10.1000/xyz.123", "nonsense"):
        answer = resolver.get(f"/resolver/api/resolve?{query}&wait=0.5").json()
        assert {"citation", "answers", "left_out", "pending"} <= answer.keys()
        for one in answer["answers"]:
            assert {
                "service",
                "type",
                "label",
                "url",
                "reason",
                "coverage",
                "proxied",
                "match",
                "cost",
                "as_of",
            } <= one.keys()
            assert one["reason"] and one["label"] and one["match"] in ("exact", "edition", "unsure")


def test_licensed_text_at_one_library_free_text_at_another_a_request_at_the_third(
    resolver: httpx.Client,
) -> None:
    first = resolve(resolver, "pku")["answers"][0]
    assert (first["type"], first["label"], first["cost"]) == ("fulltext", "Examples", "licensed")
    assert (
        first["proxied"]
        and first["url"] == "https://proxy.example/login?url=https%3A%2F%2Fpublisher.example%2Fjep"
    )
    assert "licensed" in first["reason"] and "2000" in first["coverage"]
    first = resolve(resolver, "sysu")["answers"][0]
    assert (first["label"], first["url"], first["proxied"], first["cost"]) == (
        "Open",
        "https://open.example/jep",
        False,
        "free",
    )
    first = resolve(resolver, "fudan")["answers"][0]
    assert first["type"] == "document_delivery" and first["url"].startswith(
        "https://ill.example/openurl?url_ver="
    )


def test_what_does_not_reach_is_told_and_what_others_licensed_is_not(resolver: httpx.Client) -> None:
    left_out = resolve(resolver, "fudan")["left_out"]
    assert [out["label"] for out in left_out] == ["Old_Global_Backfiles"]
    assert "2005" in left_out[0]["reason"]


def test_a_doi_alone_is_enough(resolver: httpx.Client) -> None:
    answer = resolve(resolver, "pku", "rft_id=info:doi/10.1000/xyz.123")
    assert answer["citation"]["issn"] == "1234-5679" and answer["citation"]["volume"] == "12"
    urls = [a["url"] for a in answer["answers"]]
    assert "https://example.org/article.pdf" in urls and any("publisher.example" in url for url in urls)
    own = next(a for a in answer["answers"] if a["url"] == "https://example.org/article.pdf")
    assert own["type"] == "fulltext" and own["own"] and not own["proxied"]


def test_a_book_leads_to_the_shelves_the_own_one_first(resolver: httpx.Client) -> None:
    answer = resolve(resolver, "fudan", "genre=book&isbn=9787020002207")
    held = [a for a in answer["answers"] if a["type"] == "holding"]
    assert [a["label"] for a in held] == ["Fudan University Library", "Peking University Library"]
    assert "/at/fudan/record/" in held[0]["url"] and resolver.get(held[0]["url"]).status_code == 200
    titled = resolve(resolver, "fudan", "genre=book&title=红楼梦&au=曹雪芹&date=1982")
    assert [a["match"] for a in titled["answers"] if a["type"] == "holding"][:2] == ["exact", "exact"]


def test_a_posted_link_and_gb18030_lead_to_the_same(resolver: httpx.Client) -> None:
    from urllib.parse import quote

    asked = resolve(resolver, "fudan", "genre=book&title=" + quote("红楼梦".encode("gb18030")))
    posted = resolver.post("/at/fudan/resolver/api/resolve", content="genre=book&title=红楼梦").json()
    assert asked["citation"] == posted["citation"] and asked["answers"] == posted["answers"]


def test_only_what_the_view_sees_leads_anywhere(resolver: httpx.Client, home: Path, tmp_path: Path) -> None:
    record = '{"record":{"id":"h1","type":"book","title":"Hidden shelf","identifiers":[{"scheme":"isbn","value":"9783161484100","valid":true}],"holdings":[{"call_number":"H 1"}]}}\n'
    (tmp_path / "hidden.jsonl").write_text(record)
    (tmp_path / "m.toml").write_text(
        '[[repository]]\nid = "swust-own"\nlibrary = "swust"\nname = { zh = "内部", en = "Own" }\naudience = "staff"\n'
    )
    portal_catalogue.run(home, "apply", str(tmp_path / "m.toml"))
    portal_catalogue.run(
        home,
        "load",
        str(tmp_path / "hidden.jsonl"),
        "--library",
        "swust",
        "--repository",
        "swust-own",
        "--format",
        "record",
    )
    hidden = resolve(resolver, "swust", "genre=book&isbn=9783161484100")
    unknown = resolve(resolver, "swust", "genre=book&isbn=9780435084417")
    assert [a["type"] for a in hidden["answers"]] == [a["type"] for a in unknown["answers"]]
    assert "Hidden" not in str(hidden)


@pytest.mark.parametrize(("language", "heading"), [("en", "Read it online"), ("zh-CN", "在线阅读")])
def test_the_page_shows_the_ways_with_their_reasons(
    resolver: httpx.Client, language: str, heading: str
) -> None:
    page = resolver.get(f"/at/pku/resolver?{ARTICLE}", headers={"accept-language": language})
    assert page.status_code == 200 and heading in page.text
    ways_out = [h.replace("&amp;", "&") for h in re.findall(r'href="(/at/pku/resolver/go[^"]*)"', page.text)]
    led = [resolver.get(link) for link in ways_out]
    assert {answer.status_code for answer in led} == {303}
    assert any(
        a.headers["location"] == "https://proxy.example/login?url=https%3A%2F%2Fpublisher.example%2Fjep"
        for a in led
    )
    assert "mailto:desk@pku.example" in page.text and "Old_Global_Backfiles" in page.text
    assert "<script>" not in page.text and 'class="Z3988"' in page.text
    other = re.findall(r'href="(/at/pku/resolver\?[^"]*lang=[^"]*)"', page.text)
    assert other and all("rft.issn=1234-5679" in link for link in other)


def test_what_is_cited_is_shown_as_text(resolver: httpx.Client) -> None:
    page = resolver.get(
        "/resolver", params={"genre": "book", "title": "<script>alert(1)</script>", "au": '"><img src=x>'}
    ).text
    assert "&lt;script&gt;" in page and "<script>alert" not in page and "<img src=x>" not in page


def test_a_link_without_anything_cited_is_told_on_a_page(resolver: httpx.Client) -> None:
    page = resolver.get("/resolver")
    assert page.status_code == 400 and "<h1" in page.text


def test_the_record_page_leads_to_the_ways(resolver: httpx.Client) -> None:
    hit = resolver.get(
        "/at/pku/api/v1/search", params={"q": "Measurement of the inelastic cross section"}
    ).json()["hits"][0]
    page = resolver.get(f"/at/pku/record/{hit['id']}").text
    link = next(h for h in re.findall(r'href="([^"]*)"', page) if h.startswith("/at/pku/resolver?"))
    ways = resolver.get(link.replace("&amp;", "&"))
    assert (
        ways.status_code == 200
        and "to=https%3A%2F%2Fexample.org%2Farticle.pdf&amp;" in ways.text
        and "publisher.example" in ways.text
    )


@pytest.mark.parametrize(
    "query",
    [
        "wait=nan",
        "wait=-1",
        "wait=1e99",
        "wait=x",
        "rft.date=%00&rft.isbn=%FF",
        "url_ctx_val=<a>",
        "rft.title=" + "x" * 5000,
    ],
)
def test_no_link_makes_it_fail(resolver: httpx.Client, query: str) -> None:
    for path in ("/resolver", "/resolver/api/resolve", "/resolver/api/parse"):
        assert resolver.get(f"{path}?{query}").status_code in (200, 400)
