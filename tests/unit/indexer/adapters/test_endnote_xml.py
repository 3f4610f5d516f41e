"""EndNote's XML export loads as the Refer tags of the same references do."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import plugins
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.xml import READER
from indexer.recognise import recognise
from indexer.records.record import Identifier, Record


def styled(text: str) -> str:
    return f'<style face="normal" font="default" size="100%">{text}</style>'


def export(*records: str) -> bytes:
    body = "".join(f"<record>{record}</record>" for record in records)
    return f'<?xml version="1.0" encoding="UTF-8" ?><xml><records>{body}</records></xml>'.encode()


ARTICLE = f"""<database name="a.enl" path="C:\\a.enl">a.enl</database><source-app name="EndNote" version="20.0">EndNote</source-app>
<rec-number>7</rec-number><foreign-keys><key app="EN" db-id="x2sr9" timestamp="1">7</key></foreign-keys>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author>{styled("Wang, Shan")}</author><author>{styled("萨师煊")}</author></authors></contributors>
<titles><title>{styled("Study of H")}<style face="subscript">2</style>{styled("O")}</title><secondary-title>{styled("Nature")}</secondary-title></titles>
<periodical><full-title>{styled("Nature")}</full-title></periodical><pages>{styled("12-15")}</pages><volume>{styled("5")}</volume>
<number>{styled("2")}</number><keywords><keyword>{styled("water")}</keyword><keyword>{styled("ice")}</keyword></keywords>
<dates><year>{styled("2001")}</year><pub-dates><date>{styled("Mar 12")}</date></pub-dates></dates><isbn>{styled("0028-0836")}</isbn>
<electronic-resource-num>{styled("10.1038/35000001")}</electronic-resource-num><abstract>{styled("About it.")}</abstract>
<urls><related-urls><url>{styled("https://example.org/a")}</url></related-urls><pdf-urls><url>internal-pdf://1/a.pdf</url></pdf-urls></urls>
<language>{styled("eng")}</language>"""
BOOK = """<source-app name="EndNote">EndNote</source-app><ref-type name="Book">6</ref-type><contributors><authors><author>王珊</author></authors>
</contributors><titles><title>数据库系统概论</title></titles><dates><year>2014</year></dates><pub-location>北京</pub-location>
<publisher>高等教育出版社</publisher><isbn>9787040406641</isbn><accession-num>CNB-2014-1</accession-num>"""


def adapt(data: bytes) -> list[Record]:
    code, reader = recognise(data, "x.xml")
    assert code == "endnote-xml"
    found = []
    for raw in reader.read(io.BytesIO(data), code, "x.xml", Profile()):
        adapter = plugins.adapter_for(raw.format)
        assert adapter is not None, raw
        record, problems = adapter.adapt(raw, Profile())
        assert record is not None, problems
        found.append(record)
    return found


def test_an_article_is_read_whole() -> None:
    (found, _) = adapt(export(ARTICLE, BOOK))
    assert (found.type, found.title, found.year, found.id) == ("article", "Study of H2O", 2001, "x2sr9-7")
    assert [who.name for who in found.contributors] == ["Wang, Shan", "萨师煊"]
    (host,) = found.relations
    assert (host.title, host.volume, host.issue, host.pages) == ("Nature", "5", "2", "12-15")
    assert host.identifiers == (Identifier("issn", "0028-0836"),)
    assert found.identifiers == (Identifier("doi", "10.1038/35000001"),)
    assert [subject.value for subject in found.subjects] == ["water", "ice"]
    assert [link.url for link in found.links] == ["https://example.org/a"]
    assert (found.abstract, found.languages) == ("About it.", ("eng",))


def test_a_book_is_read_whole() -> None:
    (_, found) = adapt(export(ARTICLE, BOOK))
    assert (found.type, found.title, found.id) == ("book", "数据库系统概论", "CNB-2014-1")
    assert found.identifiers == (Identifier("isbn", "9787040406641"),)
    assert (found.publication.place, found.publication.publisher) == ("北京", "高等教育出版社")


@pytest.mark.parametrize(
    ("kind", "wanted"),
    [("<ref-type>32</ref-type>", "thesis"), ('<ref-type name="Conference Paper">47</ref-type>', "conference-paper")],
)  # fmt: skip
def test_the_type_is_that_of_its_name_or_number(kind: str, wanted: str) -> None:
    (found,) = adapt(export(f"{kind}<titles><title>A study</title></titles>"))
    assert found.type == wanted


def test_a_reference_without_a_title_is_told() -> None:
    raw = next(READER.read(io.BytesIO(export("<ref-type>6</ref-type>")), "endnote-xml", "x", Profile()))
    adapter = plugins.adapter_for(raw.format)
    assert adapter is not None
    record, problems = adapter.adapt(raw, Profile())
    assert record is None
    assert [(one.code, one.position) for one in problems] == [("title-missing", 1)]


def test_other_lists_of_records_are_not_endnote() -> None:
    for data in (
        b"<records><record><language>eng</language><title>x</title></record></records>",
        b"<xml><records><record><leader>00000nam</leader></record></records></xml>",
    ):
        assert READER.sniff(data, "")[0] != "endnote-xml"


@given(st.binary(max_size=300))
def test_nothing_raises(data: bytes) -> None:
    adapter = plugins.adapter_for("endnote-xml")
    assert adapter is not None
    adapter.adapt(Raw("endnote-xml", b"<record>" + data + b"</record>", 1), Profile())
