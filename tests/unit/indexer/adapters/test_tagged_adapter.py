"""What the tags of references mean for each kind of document."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.adapters.reference import split_keywords, split_names
from indexer.adapters.tagged import ADAPTER
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE

RIS_TYPES = [
    "ABST",
    "ADVS",
    "AGGR",
    "ANCIENT",
    "ART",
    "BILL",
    "BLOG",
    "BOOK",
    "CASE",
    "CHAP",
    "CHART",
    "CLSWK",
    "COMP",
    "CONF",
    "CPAPER",
    "CTLG",
    "DATA",
    "DBASE",
    "DICT",
    "EBOOK",
    "ECHAP",
    "EDBOOK",
    "EJOUR",
    "ELEC",
    "ENCYC",
    "EQUA",
    "FIGURE",
    "GEN",
    "GOVDOC",
    "GRANT",
    "HEAR",
    "ICOMM",
    "INPR",
    "JFULL",
    "JOUR",
    "LEGAL",
    "MANSCPT",
    "MAP",
    "MGZN",
    "MPCT",
    "MULTI",
    "MUSIC",
    "NEWS",
    "PAMP",
    "PAT",
    "PCOMM",
    "RPRT",
    "SER",
    "SLIDE",
    "SOUND",
    "STAND",
    "STAT",
    "THES",
    "UNBILL",
    "UNPB",
    "UNPD",
    "VIDEO",
    "WEB",
]


def adapt(text: str, format: str = "ris", type: str = "") -> Record:
    record, problems = ADAPTER.adapt(Raw(format, text.encode(), 1, charset="utf-8"), Profile(type=type))
    assert record is not None, problems
    return record


@pytest.mark.parametrize("code", RIS_TYPES)
def test_every_ris_type_is_one_of_the_21(code: str) -> None:
    record, problems = ADAPTER.adapt(Raw("ris", f"TY  - {code}\nTI  - A\nER  - ".encode(), 1), Profile())
    assert record is not None
    assert record.type in BY_CODE
    assert "type-unknown" not in [problem.code for problem in problems]


def test_an_article_is_in_its_journal() -> None:
    record = adapt(
        "TY  - JOUR\nAU  - Smith, John\nAU  - 王珊\nTI  - A title\nT2  - Nature\nVL  - 3\nIS  - 2\n"
        "SP  - 11\nEP  - 19\nSN  - 0028-0836\n"
        "PY  - 2005/03/12/\nDO  - 10.1000/X\nKW  - one\nKW  - two\nUR  - https://example.org/a\nER  - "
    )
    host = record.relations[0]
    assert (record.type, host.kind, host.title, host.volume, host.issue, host.pages) == (
        "article",
        "in",
        "Nature",
        "3",
        "2",
        "11-19",
    )
    assert [(item.scheme, item.value) for item in host.identifiers] == [("issn", "0028-0836")]
    assert [(item.scheme, item.value) for item in record.identifiers] == [("doi", "10.1000/X")]
    assert record.publication.date == "2005-03-12"
    assert record.year == 2005
    assert [subject.value for subject in record.subjects] == ["one", "two"]
    assert [person.name for person in record.contributors] == ["Smith, John", "王珊"]


@pytest.mark.parametrize(
    ("lines", "host"),
    [
        ("T2  - Journal of Documentation\nJO  - J. Doc.", "Journal of Documentation"),
        ("JO  - J. Doc.\nJF  - Journal of Documentation", "Journal of Documentation"),
        ("JO  - Journal of Documentation\nJA  - J. Doc.", "Journal of Documentation"),
        ("JA  - J. Doc.\nJO  - Journal of Documentation", "Journal of Documentation"),
        ("JO  - J. Doc.", "J. Doc."),
    ],
)
def test_the_full_name_of_a_journal_goes_before_its_short_one(lines: str, host: str) -> None:
    assert adapt(f"TY  - JOUR\nTI  - A\n{lines}\nER  - ").relations[0].title == host


def test_a_book_keeps_its_own_numbers_and_series() -> None:
    record = adapt(
        "TY  - BOOK\nTI  - A book\nT2  - A series\nSN  - 978-7-04-040664-1\nSP  - 300\nPB  - P\n"
        "CY  - B\nPY  - 2014\nER  - "
    )
    assert record.type == "book"
    assert record.series == ("A series",)
    assert record.relations == ()
    assert [item.value for item in record.identifiers] == ["978-7-04-040664-1"]
    assert (record.publication.place, record.publication.publisher) == ("B", "P")


def test_a_chapter_is_in_its_book() -> None:
    record = adapt(
        "TY  - CHAP\nTI  - Chapter\nT2  - The book\nA2  - Editor, E.\nSN  - 9787040406641\n"
        "SP  - 1\nEP  - 9\nER  - "
    )
    assert record.relations[0].title == "The book"
    assert record.relations[0].identifiers[0].value == "9787040406641"
    assert [(person.name, person.role) for person in record.contributors] == [("Editor, E.", "editor")]


def test_a_thesis_has_school_degree_and_advisor() -> None:
    record = adapt(
        "%0 Thesis\n%A 胡婕伦\n%T 研究\n%Y 谢明勇;聂少平\n%J 南昌大学\n%9 博士\n%D 2014\n", "refer"
    )
    assert record.type == "thesis"
    assert record.publication.publisher == "南昌大学"
    assert record.notes[0] == "博士"
    assert [person.role for person in record.contributors] == ["author", "advisor", "advisor"]


def test_noteexpress_says_the_same_in_words() -> None:
    record = adapt(
        "{Reference Type}: Journal Article\n{Title}: 论目录学\n{Author}: 张三;李四\n"
        "{Journal}: 图书馆杂志\n{Year}: 2003\n{Issue}: 3\n"
        "{Pages}: 1-5\n{ISBN/ISSN}: 1000-4254\n{Keywords}: 目录学;文献",
        "noteexpress",
    )
    assert record.type == "article"
    assert [person.name for person in record.contributors] == ["张三", "李四"]
    assert record.relations[0].title == "图书馆杂志"
    assert [subject.value for subject in record.subjects] == ["目录学", "文献"]


def test_the_declared_type_wins() -> None:
    assert adapt("TY  - JOUR\nTI  - a\nER  - ", type="thesis").type == "thesis"


def test_the_range_of_pages_is_taken_not_their_number() -> None:
    record = adapt("%0 Conference Proceedings\n%T a\n%B 大会\n%P 5\n%P 269-273\n", "refer")
    assert record.relations[0].pages == "269-273"


def test_a_reference_without_title_is_refused_with_a_reason() -> None:
    record, problems = ADAPTER.adapt(Raw("ris", b"TY  - JOUR\nAU  - A\nER  - ", 3), Profile())
    assert record is None
    assert [(problem.code, problem.severity, problem.position) for problem in problems] == [
        ("title-missing", "error", 3)
    ]


def test_script_addresses_are_no_links() -> None:
    assert (
        adapt("TY  - WEB\nTI  - a\nUR  - javascript:alert(1)\nUR  - https://example.org\nER  - ").links[0].url
        == "https://example.org"
    )


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("薛婉钰;刘娜;", ["薛婉钰", "刘娜"]),
        ("颜宏,石德成,尹尚军", ["颜宏", "石德成", "尹尚军"]),
        ("Smith, John", ["Smith, John"]),
        ("Smith, John; Doe, Jane", ["Smith, John", "Doe, Jane"]),
        ("  施吉庆;   杨亮华", ["施吉庆", "杨亮华"]),
        ("王珊、萨师煊，等", ["王珊", "萨师煊"]),
        ("Smith, J; et al.", ["Smith, J"]),
    ],
)
def test_names_are_split_where_names_end(text: str, names: list[str]) -> None:
    assert split_names(text) == names


def test_keywords_are_split_and_phrases_kept() -> None:
    assert split_keywords(["黄瓜;遗传转化;Ca~(2+)"]) == ["黄瓜", "遗传转化", "Ca~(2+)"]
    assert split_keywords(["a, b, c"]) == ["a", "b", "c"]
    assert split_keywords(["Paris, France", "Rome"]) == ["Paris, France", "Rome"]


@given(st.sampled_from(["ris", "refer", "refworks", "noteexpress"]), st.binary(max_size=400))
@settings(max_examples=300, deadline=None)
def test_nothing_raises(format: str, data: bytes) -> None:
    start = {
        "ris": b"TY  - JOUR\n",
        "refer": b"%0 Book\n",
        "refworks": b"RT Book\n",
        "noteexpress": b"{Reference Type}: Book\n",
    }
    ADAPTER.adapt(Raw(format, start[format] + data, 1, charset="utf-8"), Profile())


@pytest.mark.parametrize(
    ("lines", "type_code"),
    [
        ("TI  - A paper\nAU  - Roe, A\nT2  - Proceedings of X", "conference-paper"),
        ("TI  - Proceedings of X\nED  - Roe, A", "book"),
    ],
)
def test_ris_conf_is_a_paper_unless_it_has_neither_author_nor_host(lines: str, type_code: str) -> None:
    assert adapt(f"TY  - CONF\n{lines}\nER  - ").type == type_code


@pytest.mark.parametrize(
    ("year", "first", "last"),
    [
        ("2001", 2001, None),
        ("1998/1999", 1998, 1999),
        ("民国23年", 1934, None),
        ("2005/03/12/Spring", 2005, None),
    ],
)
def test_years_of_references(year: str, first: int, last: int | None) -> None:
    record = adapt(f"TY  - BOOK\nTI  - T\nPY  - {year}\nER  - ")
    assert (record.year, record.year_end) == (first, last)


def test_bodies_among_the_authors() -> None:
    record = adapt(
        "TY  - BOOK\nTI  - T\nAU  - 某某大学图书馆\nAU  - Church, Alonzo\nAU  - Institute of Ink\nER  - "
    )
    assert [who.kind for who in record.contributors] == ["corporate", "person", "corporate"]


def test_a_paper_is_in_its_proceedings_whatever_the_conference_is_called() -> None:
    record = adapt("TY  - CONF\nTI  - A\nAU  - Roe, A\nT2  - LNCS\nC3  - Proceedings of X\nSP  - 1\nER  - ")
    assert (record.relations[0].title, record.series) == ("Proceedings of X", ("LNCS",))
