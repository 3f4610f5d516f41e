"""UNIMARC, CNMARC and CMARC to Record."""

from __future__ import annotations

import pytest

from indexer import marc
from indexer.adapters.unimarc import ADAPTER
from indexer.marc import Marc, field
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
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
    Source,
    Subject,
    Title,
)

F100 = "20120517d2012    em y0chiy0110    ea"
LEADER = "00000nam0 2200000   450 "


def adapt(
    fields: list[tuple[str, str]],
    leader: str = LEADER,
    charset: str = "utf-8",
    profile: Profile | None = None,
) -> tuple[Record | None, list[Problem]]:
    data = marc.encode(Marc(leader, fields), charset)[0]
    return ADAPTER.adapt(Raw("cnmarc", data, 3, context={"syntax": "iso2709"}), profile or Profile())


def record(*fields: tuple[str, str], leader: str = LEADER, charset: str = "utf-8") -> Record:
    found, _ = adapt([("001", "987"), ("100", f"  \x1fa{F100}"), *fields], leader, charset)
    assert found is not None
    return found


TITLE = field("200", "1 ", [("a", "数据库系统概论"), ("9", "shu ju ku xi tong gai lun")])


@pytest.mark.parametrize("pinyin", ["9", "A"])
def test_title_with_pinyin_of_nlc_and_calis(pinyin: str) -> None:
    found = record(
        field(
            "200", "1 ",
            [("a", "软件加密"), (pinyin, "ruan jian jia mi"), ("b", "专著"), ("e", "原理"), ("e", "实践"), ("h", "第一册"),
             ("i", "基础"), ("d", " = Surreptitious software"), ("f", "(美)Collberg著"), ("g", "崔孝晨译"), ("z", "eng")],
        )
    )  # fmt: skip
    assert found.titles == (
        Title("软件加密", "main", "", "ruan jian jia mi"),
        Title("Surreptitious software", "parallel"),
    )
    assert (found.title, found.title_remainder) == ("软件加密", "原理 : 实践")
    assert (found.volume, found.responsibility) == ("第一册, 基础", "(美)Collberg著 ; 崔孝晨译")


def test_several_works_under_one_title_field() -> None:
    found = record(field("200", "1 ", [("a", "呐喊"), ("a", "彷徨"), ("c", "子夜")]))
    assert [(title.value, title.kind) for title in found.titles] == [
        ("呐喊", "main"),
        ("彷徨", "part"),
        ("子夜", "part"),
    ]


def test_of_several_200_the_significant_one_counts() -> None:
    found, problems = adapt([("001", "1"), ("200", "  \x1fa测试"), ("200", "1 \x1fa杜诗详注")])
    assert found is not None
    assert (found.title, [problem.code for problem in problems]) == ("杜诗详注", ["field-repeated"])


def test_words_that_do_not_sort_lose_their_marks() -> None:
    assert record(field("200", "1 ", [("a", "<<The >>sweetest fig")])).title == "The sweetest fig"


def test_people_with_country_dynasty_original_name_and_pinyin() -> None:
    found = record(
        TITLE,
        field(
            "701",
            " 0",
            [("c", "(英)"), ("a", "罗琳"), ("A", "luo lin"), ("c", "(Rowling, J. K)"), ("4", "著")],
        ),
        field("701", " 0", [("c", "(唐)"), ("a", "杜甫"), ("9", "du fu"), ("f", "(712-770)"), ("4", "撰")]),
        field("702", " 0", [("a", "苏农"), ("9", "su nong"), ("4", "译")]),
        field("700", " 1", [("a", "Tan"), ("b", "Kim H"), ("f", "1926-")]),
        field("711", "02", [("a", "北京大学"), ("b", "图书馆"), ("4", "编")]),
        field("710", "12", [("a", "全国图书馆年会"), ("f", "2012")]),
    )
    assert found.contributors == (
        Contributor("罗琳", "著", romanised="Rowling, J. K", note="英"),
        Contributor("杜甫", "撰", romanised="du fu", dates="712-770", note="唐"),
        Contributor("苏农", "译", romanised="su nong"),
        Contributor("Tan, Kim H.", "author", dates="1926-"),
        Contributor("北京大学. 图书馆", "编", "corporate"),
        Contributor("全国图书馆年会", "", "meeting", dates="2012"),
    )


def test_publication_extent_edition_and_series() -> None:
    found = record(
        TITLE,
        field("205", "  ", [("a", "2版"), ("b", "影印本")]),
        field("210", "  ", [("a", "北京"), ("a", "上海"), ("c", "高等教育出版社"), ("d", "2012.05")]),
        field("215", "  ", [("a", "264页"), ("c", "图表"), ("d", "24cm"), ("e", "2光盘")]),
        field("225", "2 ", [("a", "图灵程序设计丛书"), ("A", "tu ling"), ("v", "12")]),
    )
    assert found.edition == "2版, 影印本"
    assert found.publication == Publication("北京 ; 上海", "高等教育出版社", "2012.05")
    assert found.extent == "264页 : 图表 ; 24cm + 2光盘"
    assert found.series == ("图灵程序设计丛书 ; 12",)
    assert Title("图灵程序设计丛书", "series", "", "tu ling") in found.titles


def test_an_extent_in_a_second_210_is_put_right() -> None:
    found = record(
        TITLE,
        field("210", "1 ", [("a", "London"), ("c", "Routledge"), ("d", "2009")]),
        field("210", "1 ", [("a", "1 online resource (473 pages)"), ("c", "maps")]),
    )
    assert found.publication == Publication("London", "Routledge", "2009")
    assert found.extent == "1 online resource (473 pages) : maps"


def test_numbers() -> None:
    found = record(
        field("010", "  ", [("a", "978-7-115-25024-7"), ("b", "精装"), ("d", "CNY50.00")]),
        field("010", "  ", [("d", "CNY9.00")]),
        field("010", "1 ", [("z", "0203888561"), ("b", "ebook")]),
        field("011", "  ", [("a", "1221-7573"), ("d", "CNY1")]),
        field("091", "  ", [("a", "10019·123")]),
        field("091", "  ", [("a", "CN11-1234/G2")]),
        TITLE,
    )
    assert found.identifiers == (
        Identifier("isbn", "978-7-115-25024-7", note="精装"),
        Identifier("isbn", "0203888561", note="cancelled or of another form; ebook"),
        Identifier("issn", "1221-7573"),
        Identifier("csbn", "10019·123"),
        Identifier("cn", "CN11-1234/G2"),
    )
    assert found.price == "CNY50.00"


def test_embedded_and_plain_links_say_the_same() -> None:
    embedded = ("421", " 0\x1f1001a77\x1f12001 \x1fa老照片\x1fh第二辑\x1f1011  \x1fa1221-8472")
    plain = field("421", " 0", [("0", "a77"), ("t", "老照片"), ("h", "第二辑"), ("x", "1221-8472")])
    expected = Relation("supplement", "老照片. 第二辑", (Identifier("issn", "1221-8472"),), local_id="a77")
    assert record(TITLE, embedded).relations == (expected,)
    assert record(TITLE, plain).relations == (expected,)


def test_series_links_repeat_no_series() -> None:
    found = record(
        TITLE,
        field("225", "2 ", [("a", "丛书")]),
        ("410", " 0\x1f12001 \x1fa丛书"),
        ("461", " 0\x1f12001 \x1fa全集"),
    )
    assert found.series == ("丛书",)
    assert [(r.kind, r.title) for r in found.relations] == [("part_of", "全集")]


def test_an_article_has_its_journal_as_host() -> None:
    host = (
        "463",
        " 0\x1f12001 \x1fa中国图书馆学报\x1fv第38卷第2期\x1f1011  \x1fa1001-8867\x1f1210  \x1fd2012\x1f1215  \x1fa12-25页",
    )
    found = record(TITLE, host, leader="00000naa0 2200000   450 ")
    relation = found.relations[0]
    assert (relation.kind, relation.title, relation.date) == ("in", "中国图书馆学报", "2012")
    assert (relation.volume, relation.issue, relation.pages) == ("38", "2", "12-25页")
    assert found.type == "article"


def test_subjects_classes_and_places() -> None:
    found = record(
        TITLE,
        field("600", " 0", [("a", "杜甫"), ("f", "(712-770)"), ("x", "研究")]),
        field("606", "0 ", [("a", "儿童小说"), ("x", "长篇小说"), ("y", "英国"), ("z", "现代")]),
        field("607", "  ", [("a", "天津"), ("x", "地方志")]),
        field("610", "0 ", [("a", "加密"), ("a", "解密")]),
        field("690", "  ", [("a", "TN915"), ("v", "4")]),
        field("692", "  ", [("a", "73.82")]),
        field("681", "  ", [("a", "523.3")]),
        field("606", "  ", [("a", "Muslims"), ("y", "Indonesia"), ("2", "lc")]),
    )
    assert found.subjects == (
        Subject("杜甫--研究", kind="person"),
        Subject("儿童小说--长篇小说--英国--现代"),
        Subject("天津--地方志", kind="place"),
        Subject("加密"),
        Subject("解密"),
        Subject("Muslims--Indonesia", "lcsh"),
    )
    assert found.classes == (Class("TN915", "clc"), Class("73.82", "cas"), Class("523.3", "ccl"))
    assert found.places == ("英国", "天津", "Indonesia")


def test_notes_links_and_holdings() -> None:
    found = record(
        TITLE,
        field("300", "  ", [("a", "普通高等教育规划教材")]),
        field("330", "  ", [("a", "本书介绍……")]),
        field("327", "0 ", [("a", "上编 -- 下编")]),
        field("333", "  ", [("a", "本书适合学生")]),
        field("856", "4 ", [("u", "http://example.cn/1"), ("z", "全文")]),
        field("856", "4 ", [("3", "Cover image"), ("u", "https://example.cn/c.jpg")]),
        field("905", "  ", [("a", "PKU"), ("b", "1001"), ("f", "TP311/1")]),
    )
    assert found.notes == ("普通高等教育规划教材",)
    assert (found.abstract, found.contents, found.audience) == (
        "本书介绍……",
        ("上编", "下编"),
        "本书适合学生",
    )
    assert found.links == (
        Link("http://example.cn/1", "fulltext", "全文"),
        Link("https://example.cn/c.jpg", "cover", "Cover image"),
    )
    assert found.holdings == (Holding("PKU", "", "TP311/1", "", (Item("1001"),)),)


@pytest.mark.parametrize("length", range(26, 38))
def test_100_may_be_shorter_than_the_rule(length: int) -> None:
    found, _ = adapt([("001", "1"), ("100", f"  \x1fa{F100[:length]}"), TITLE])
    assert found is not None
    assert found.year == 2012


@pytest.mark.parametrize(
    ("coded", "years"),
    [
        ("20120517a19939999", (1993, None)),
        ("20120517b19932004", (1993, 2004)),
        ("20120517g20102012", (2010, 2012)),
        ("20120517e20101644", (2010, None)),
        ("20120517d        ", (None, None)),
        ("20120517u19??    ", (None, None)),
        ("2012", (None, None)),
    ],
)
def test_years(coded: str, years: tuple[int | None, int | None]) -> None:
    found, _ = adapt([("001", "1"), ("100", f"  \x1fa{coded}"), TITLE])
    assert found is not None
    assert (found.year, found.year_end) == years


def test_the_same_record_in_gbk_and_utf8_is_the_same_but_for_its_charset() -> None:
    fields = [
        ("001", "1"),
        ("100", f"  \x1fa{F100}"),
        TITLE,
        field("210", "  ", [("a", "北京"), ("c", "人民邮电出版社")]),
    ]
    (gbk, problems), (utf8, others) = adapt(fields, charset="gb18030"), adapt(fields)
    assert gbk is not None
    assert utf8 is not None
    assert (gbk.source, utf8.source) == (Source("cnmarc", "gb18030", 3), Source("cnmarc", "utf-8", 3))
    assert {name: getattr(gbk, name) for name in Record.__struct_fields__ if name != "source"} == {
        name: getattr(utf8, name) for name in Record.__struct_fields__ if name != "source"
    }
    assert problems == others == []


def test_a_record_without_title_is_refused() -> None:
    found, problems = adapt([("001", "1"), ("100", f"  \x1fa{F100}")])
    assert (found, problems[-1].code) == (None, "no-title")


def test_a_syntax_that_tells_no_family_has_a_dialect() -> None:
    text = "000000101 LDR   L -----nam0-22------- --450-\n000000101 2001  L $$a中国通史\n"
    found, _ = ADAPTER.adapt(Raw("unimarc", text.encode(), 3, context={"syntax": "aleph"}), Profile())
    assert found is not None
    assert (found.source.format, found.source.dialect) == ("aleph", "unimarc")
    assert record(TITLE).source.dialect == ""


def test_who_only_the_statement_names_is_a_contributor_too() -> None:
    found = record(field("200", "1 ", [("a", "苏州府志"), ("f", "(清)冯桂芬纂"), ("g", "江苏书局编辑部校")]))
    assert [(who.name, who.note, who.kind) for who in found.contributors] == [
        ("冯桂芬", "清", "person"),
        ("江苏书局编辑部", "", "corporate"),
    ]
    assert record(field("200", "1 ", [("a", "诗"), ("f", "佚名")])).contributors == ()
    headed = record(
        field("200", "1 ", [("a", "诗"), ("f", "王力著")]), field("701", " 0", [("a", "王了一"), ("4", "著")])
    )
    assert [who.name for who in headed.contributors] == ["王了一"]
