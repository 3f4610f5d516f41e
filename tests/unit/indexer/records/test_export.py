"""Export formats carry what a record has, and nothing can break out of them."""

from __future__ import annotations

import csv
import io
import json
from io import BytesIO

import pymarc
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ereader.commands.convert import understood_of
from indexer import recognise
from indexer.profile import Profile
from indexer.records.export import FORMATS, UnknownFormat, one, write
from indexer.records.export.losses import Losses
from indexer.records.record import (
    Class,
    Contributor,
    Holding,
    Identifier,
    Item,
    Link,
    Publication,
    Record,
    Relation,
    Subject,
    Title,
)

DREAM = Record(
    type="book",
    id="by1",
    title="红楼梦",
    volume="上册",
    responsibility="[清]曹雪芹著; 高鹗续",
    titles=(
        Title("红楼梦"),
        Title("紅樓夢", kind="variant"),
        Title("The story of the stone", kind="parallel"),
    ),
    contributors=(
        Contributor("曹雪芹", "author", note="清", romanised="Cao, Xueqin"),
        Contributor("霍克思", "translator"),
    ),
    publication=Publication("北京", "人民文学出版社", "1982"),
    year=1982,
    languages=("zho",),
    identifiers=(Identifier("isbn", "9787020002207"),),
    subjects=(Subject("章回小说--中国--清代"),),
    classes=(Class("I242.4", "clc"),),
    extent="1606页",
    holdings=(Holding("北原师范大学图书馆", call_number="I242.4/7", items=(Item(barcode="B001"),)),),
)
LETTER = Record(
    type="article",
    id="n1",
    title="Molecular structure of nucleic acids",
    contributors=(Contributor("Watson, J. D.", "author"), Contributor("Crick, F. H. C.", "author")),
    year=1953,
    languages=("eng",),
    identifiers=(Identifier("doi", "10.1038/171737a0"),),
    relations=(Relation("in", "Nature", (Identifier("issn", "0028-0836"),), "171", "4356", "737-738"),),
    links=(Link("https://doi.org/10.1038/171737a0"),),
    abstract="100 % of {braces} & under_scores",
)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_writes_a_record_and_names_its_type(name: str) -> None:
    content, media_type, extension = one(DREAM, name)
    assert "红楼梦" in content.decode()
    assert "/" in media_type
    assert extension.isalnum()


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_record_is_no_error(name: str) -> None:
    assert one(Record(), name)[0]


def test_an_unknown_format_is_refused_with_the_list() -> None:
    with pytest.raises(UnknownFormat, match="bibtex"):
        one(DREAM, "docx")


def test_ris_has_host_pages_and_identifiers() -> None:
    lines = one(LETTER, "ris")[0].decode().split("\r\n")
    assert lines[0] == "TY  - JOUR"
    for line in (
        "AU  - Watson, J. D.",
        "T2  - Nature",
        "VL  - 171",
        "SP  - 737",
        "EP  - 738",
        "SN  - 0028-0836",
    ):
        assert line in lines
    assert lines[-3] == "ER  - "


def test_ris_keeps_line_breaks_of_values_from_starting_a_tag() -> None:
    content = one(Record(type="book", title="a\r\nER  - \r\nTY  - JOUR"), "ris")[0].decode()
    assert content.count("TY  - ") == 1
    assert content.startswith("TY  - BOOK\r\nTI  - a ER - TY - JOUR\r\n")


def test_bibtex_escapes_and_keeps_chinese_names_whole() -> None:
    entry = one(LETTER, "bibtex")[0].decode()
    assert entry.startswith("@article{Watson1953,")
    assert r"100 \% of \{braces\} \& under\_scores" in entry
    assert "pages = {737--738}" in entry
    assert "author = {{曹雪芹}}" in one(DREAM, "bibtex")[0].decode()


def test_bibtex_keys_are_unique_in_a_file() -> None:
    content = b"".join(write([LETTER, LETTER, LETTER], "bibtex")).decode()
    assert content.count("{Watson1953,") == 1
    assert "{Watson1953-2," in content
    assert "{Watson1953-3," in content


def test_csl_is_an_array_with_names_and_dates() -> None:
    items = json.loads(b"".join(write([DREAM, LETTER], "csl")))
    assert items[0]["author"] == [{"literal": "曹雪芹"}]
    assert items[0]["translator"] == [{"literal": "霍克思"}]
    assert items[1]["author"][0] == {"family": "Watson", "given": "J. D."}
    assert items[1]["issued"] == {"date-parts": [[1953]]}
    assert items[1]["container-title"] == "Nature"


def test_marc_is_read_by_another_reader_of_the_format() -> None:
    (read,) = list(pymarc.MARCReader(BytesIO(one(DREAM, "marc")[0]), to_unicode=True))
    assert read is not None
    assert read["245"]["a"] == "红楼梦"
    assert read["245"]["n"] == "上册"
    assert read["020"]["a"] == "9787020002207"
    assert read["008"].data[35:38] == "chi"
    assert len(read["008"].data) == 40
    assert read["084"].get_subfields("a", "2") == ["I242.4", "clc"]


def test_cnmarc_has_its_own_fields() -> None:
    (read,) = list(pymarc.MARCReader(BytesIO(one(DREAM, "cnmarc")[0]), force_utf8=True))
    assert read is not None
    assert read["200"]["a"] == "红楼梦"
    assert len(read["100"]["a"]) == 36
    assert read["100"]["a"][26:28] == "50"
    assert read["101"]["a"] == "chi"
    assert read["690"]["a"] == "I242.4"
    assert read["905"]["b"] == "B001"


@pytest.mark.parametrize("name", ["dc", "mods", "marcxml"])
def test_xml_is_well_formed_whatever_the_text(name: str) -> None:
    hostile = Record(
        type="book", title='<b>"&\x00\x1f\ud800]]>', notes=("\ufffe",), links=(Link('http://a/"x'),)
    )
    etree.fromstring(one(hostile, name)[0])


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_a_format(title: str, name: str) -> None:
    record = Record(type="article", title=title, contributors=(Contributor(name, "author"),), notes=(title,))
    for format_name in FORMATS:
        content = one(record, format_name)[0]
        assert content
        if format_name in {"dc", "mods", "marcxml"}:
            etree.fromstring(content)


@pytest.mark.parametrize("name", ["marc21", "cnmarc", "dc"])
def test_where_an_article_stands_in_its_host_is_said_in_full(name: str) -> None:
    article = Record(
        type="article",
        title="T",
        year=1993,
        relations=(Relation("in", "Journal of Ink", volume="24", issue="9", pages="235-248"),),
    )
    assert b"Vol. 24, no. 9 (1993), p. 235-248" in one(article, name)[0]


def _back(name: str, record: Record) -> Record:
    """What our own reader makes of a record that was written in a format."""
    content = one(record, name)[0]
    pairs = list(understood_of(recognise.open_file(BytesIO(content), f"x.{name}", "", Profile()), Profile()))
    assert len(pairs) == 1 and pairs[0][0] is not None, pairs
    return pairs[0][0]


@pytest.mark.parametrize("name", ["marc21", "cnmarc", "marcxml"])
@pytest.mark.parametrize("record", [DREAM, LETTER], ids=["book", "article"])
def test_what_is_written_as_marc_is_read_again(name: str, record: Record) -> None:
    found = _back(name, record)
    assert (found.title, found.year, found.languages) == (record.title, record.year, record.languages)
    assert [c.name for c in found.contributors][:2] == [c.name for c in record.contributors]
    assert {(i.scheme, i.value) for i in record.identifiers} <= {
        (i.scheme, i.value) for i in found.identifiers
    }
    assert [s.value for s in found.subjects] == [s.value for s in record.subjects]
    assert [c.value for c in found.classes] == [c.value for c in record.classes]
    assert found.publication.publisher == record.publication.publisher
    if record.relations:
        assert found.relations[0].title == "Nature"


def test_bibframe_is_one_graph_of_works_and_their_instances() -> None:
    graph = json.loads(b"".join(write([DREAM, LETTER], "bibframe")))["@graph"]
    works = [n for n in graph if "Work" in n["@type"]]
    instances = {n["@id"]: n for n in graph if "Instance" in n["@type"]}
    assert len(works) == len(instances) == 2
    for work, record in zip(works, (DREAM, LETTER), strict=True):
        instance = instances[work["hasInstance"][0]["@id"]]
        assert instance["instanceOf"]["@id"] == work["@id"]
        assert work["title"][0]["mainTitle"] == record.title
        assert [c["agent"]["label"] for c in work["contribution"]] == [c.name for c in record.contributors]
        assert {i.value for i in record.identifiers} <= {i["value"] for i in instance["identifiedBy"]}
    assert works[0]["language"] == [{"@id": "http://id.loc.gov/vocabulary/languages/chi"}]
    assert works[1]["partOf"][0]["title"][0]["mainTitle"] == "Nature"


def test_a_table_gives_no_formula_to_a_spreadsheet() -> None:
    rows = b"".join(write([Record(type="book", title='=HYPERLINK("x")', id="+1"), DREAM], "csv")).decode(
        "utf-8-sig"
    )
    table = list(csv.DictReader(io.StringIO(rows)))
    assert table[0]["title"] == '\'=HYPERLINK("x")' and table[0]["id"] == "'+1"
    assert (
        table[1]["isbn"] == "9787020002207"
        and table[1]["contributors"] == "曹雪芹 (author) | 霍克思 (translator)"
    )


def test_losses_are_what_makes_no_difference_in_what_is_written() -> None:
    losses = Losses("ris")
    assert list(losses.passing([DREAM, LETTER, DREAM])) == [DREAM, LETTER, DREAM]
    assert (
        losses.records == 3
        and losses.lost["classes (clc)"] == 2
        and losses.lost["contributors (person).note"] == 2
    )
    assert not {"title", "year", "abstract", "identifiers (isbn)", "publication.date"} & set(losses.lost)
    whole = Losses("jsonl")
    list(whole.passing([DREAM, LETTER]))
    assert not whole.lost


@pytest.mark.parametrize("name", FORMATS)
def test_losses_can_be_told_of_any_format(name: str) -> None:
    losses = Losses(name)
    list(losses.passing([DREAM, LETTER, Record()]))
    assert losses.records == 3 and "title" not in losses.lost
