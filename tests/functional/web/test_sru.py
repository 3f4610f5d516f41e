"""Our SRU server, read by YAZ's client, by our own plug-in, and looked at."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from typing import Any

import httpx
import other_programs
import portal_catalogue
import pytest
from lxml import etree

from holdings.lookup import LookupFailed
from holdings.lookups import sru

SRW = "{http://www.loc.gov/zing/srw/}"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = portal_catalogue.build(tmp_path_factory.mktemp("sru") / "home")
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture(scope="module")
def web(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address, timeout=120) as client:
        yield client


def asked(web: httpx.Client, query: str, at: str = "", **more: str) -> Any:
    params = {"operation": "searchRetrieve", "version": "1.2", "query": query, **more}
    answer = web.get(f"{at}/sru", params=params)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/xml; charset=utf-8"
    return etree.fromstring(answer.content)


def test_the_independent_client_reads_records_and_holdings(address: str) -> None:
    client = other_programs.program("yaz-client", "apt-get install yaz")

    def said(schema: str) -> str:
        script = f"sru get 1.2\nquerytype cql\nschema {schema}\nfind dc.title=红楼梦\nshow 1\nquit\n"
        done = subprocess.run(
            [client, f"{address}/sru"], input=script, capture_output=True, text=True, timeout=300
        )
        return done.stdout

    assert "Number of hits: 2" in said("marcxml")
    told = said("opacxml")
    assert "<callNumber>" in told
    assert "<localLocation>" in told
    assert "pos=1 schema=http://indexdata.com/xml/opac/" in told


def test_our_own_plug_in_reads_the_copies(web: httpx.Client) -> None:
    answer = web.get("/sru", params={"query": "dc.title=红楼梦", "recordSchema": "opacxml"})
    found = sru.read(answer.content)
    assert found.copies
    assert any(copy.call_number for copy in found.copies)


def test_records_are_counted_and_walked(web: httpx.Client) -> None:
    whole = asked(web, "研究", maximumRecords="3")
    total = int(whole.findtext(f"{SRW}numberOfRecords"))
    assert total > 50
    assert whole.findtext(f"{SRW}nextRecordPosition") == "4"
    seen: list[str] = []
    for start in (1, 4, 7):
        page = asked(web, "研究", maximumRecords="3", startRecord=str(start))
        assert [e.text for e in page.iter(f"{SRW}recordPosition")] == [str(start + n) for n in range(3)]
        seen += page.xpath("//*[local-name()='controlfield'][@tag='001']/text()")
    assert len(set(seen)) == 9
    assert len(asked(web, "研究", maximumRecords="500").findall(f"{SRW}records/{SRW}record")) == 50


def test_a_record_as_text_is_the_same_record(web: httpx.Client) -> None:
    text = asked(web, "dc.title=红楼梦", recordPacking="string", maximumRecords="1").findtext(
        f".//{SRW}recordData"
    )
    assert etree.fromstring(text).tag == "{http://www.loc.gov/MARC21/slim}record"


def test_dublin_core_and_sru_2(web: httpx.Client) -> None:
    answer = web.get("/sru", params={"query": "dc.title=红楼梦", "recordSchema": "dc"})
    root = etree.fromstring(answer.content)
    assert root.tag == "{http://docs.oasis-open.org/ns/search-ws/sruResponse}searchRetrieveResponse"
    assert "红楼梦" in root.xpath("//*[local-name()='title']/text()")


@pytest.mark.parametrize(
    ("params", "number"),
    [
        ({"query": "foo.bar=1"}, "16"),
        ({"query": "a and"}, "10"),
        ({}, "7"),
        ({"query": "a", "recordSchema": "mods99"}, "66"),
        ({"query": "a", "recordPacking": "cardboard"}, "71"),
        ({"query": "红楼梦", "startRecord": "9999"}, "61"),
        ({"query": "红楼梦", "startRecord": "x"}, "6"),
        ({"query": "a", "operation": "scan"}, "4"),
        ({"query": "a", "version": "9"}, "5"),
    ],
)
def test_what_is_wrong_is_a_diagnostic(web: httpx.Client, params: dict[str, str], number: str) -> None:
    answer = web.get("/sru", params={"operation": "searchRetrieve", "version": "1.2", **params})
    assert answer.status_code == 200
    uri = etree.fromstring(answer.content).xpath("//*[local-name()='uri']/text()")
    assert uri == [f"info:srw/diagnostic/1/{number}"]
    with pytest.raises(LookupFailed) if number != "61" else _nothing():
        sru.read(answer.content)


def _nothing() -> Any:
    import contextlib

    return contextlib.nullcontext()


def test_explain_names_what_can_be_asked(web: httpx.Client) -> None:
    root = etree.fromstring(web.get("/at/pku/sru", params={"operation": "explain", "version": "1.1"}).content)
    assert root.xpath("//*[local-name()='database']/text()") == ["at/pku/sru"]
    assert set(root.xpath("//*[local-name()='schema']/@name")) == {"marcxml", "dc", "opacxml"}


def test_an_unknown_id_finds_nothing(web: httpx.Client) -> None:
    assert asked(web, "rec.id=aaaaaaaaaaaaaaaa").findtext(f"{SRW}numberOfRecords") == "0"
