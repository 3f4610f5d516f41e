"""Names and statements of responsibility."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from record_cases import rows

from indexer.records import name
from indexer.records.record import Contributor


@pytest.mark.parametrize("text, wanted", rows("statements.tsv", 2))
def test_statement_of_responsibility_names_these(text: str, wanted: str) -> None:
    found = [f"{who.name}|{who.role}|{who.kind}|{who.note}" for who in name.parse_statement(text)]
    assert found == [part for part in wanted.split(";") if part]


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("Twain, Mark,", "Twain, Mark"),
        ("Smith, John.", "Smith, John"),
        ("Smith, J.", "Smith, J."),
        ("Smith, J. R. R.", "Smith, J. R. R."),
        ("King, Martin Luther, Jr.", "King, Martin Luther, Jr."),
        ("Acme Inc.", "Acme Inc."),
        ("马克.吐温", "马克·吐温"),
        ("马克•吐温", "马克·吐温"),
        ("马克・吐温", "马克·吐温"),
        ("马克‧吐温", "马克·吐温"),
        ("马克．吐温", "马克·吐温"),
        ("J. K. 罗琳", "J. K. 罗琳"),
        ("王　力", "王力"),
        ("张三等", "张三"),
        ("张三,", "张三"),
        ("王, 小明", "王小明"),
        ("王，力", "王力"),
        ("欧阳, 修", "欧阳修"),
        ("王珊, 张三", "王珊, 张三"),
        ("钱, 锺书等", "钱锺书"),
        ("ゲーテ・ヨハン", "ゲーテ・ヨハン"),
    ],
)
def test_clean_name(text: str, wanted: str) -> None:
    assert name.clean(text) == wanted
    assert name.clean(wanted) == wanted


@pytest.mark.parametrize(
    "word, wanted",
    [
        ("著", "author"), ("主编", "editor"), ("主編", "editor"), ("譯", "translator"), ("edt", "editor"),
        ("Editor.", "editor"), ("ed.", "editor"),
        ("340", "editor"), ("070", "author"), ("730", "translator"),
        ("http://id.loc.gov/vocabulary/relators/trl", "translator"), ("joint author,", "author"),
        ("(著)", "author"), ("分卷主编", "editor"), ("第三卷主编", "editor"), ("plumber", "plumber"),
        ("", ""), ("导师", "thesis advisor"),
    ],
)  # fmt: skip
def test_role_in_the_words_of_the_field(word: str, wanted: str) -> None:
    assert name.role(word) == wanted


@pytest.mark.parametrize(
    "text, straight, turned",
    [
        ("Twain, Mark", "Mark Twain", "Twain, Mark"),
        ("Mark Twain", "Mark Twain", "Twain, Mark"),
        ("Ludwig van Beethoven", "Ludwig van Beethoven", "van Beethoven, Ludwig"),
        ("曹雪芹", "曹雪芹", "曹雪芹"),
        ("Plato", "Plato", "Plato"),
        ("King, Stephen, 1947-", "Stephen King", "King, Stephen, 1947-"),
        ("Homer, 800 BC", "Homer", "Homer, 800 BC"),
    ],
)
def test_names_turn_both_ways(text: str, straight: str, turned: str) -> None:
    assert name.direct(text) == straight
    assert name.inverted(text) == turned


def test_dynasty_or_country_before_a_name_goes_to_the_note() -> None:
    assert name.normalise(Contributor("(清)曹雪芹", "著")) == Contributor("曹雪芹", "author", note="清")
    assert name.normalise(Contributor("[美] 福克纳", "", note="美国")).note == "美国"


def test_a_name_in_order_comes_back_as_it_is() -> None:
    who = Contributor("Twain, Mark", "author")
    assert name.normalise(who) is who


@settings(deadline=None)
@given(st.text(max_size=120))
def test_no_text_makes_a_statement_raise(text: str) -> None:
    for who in name.parse_statement(text):
        assert who.name
    name.normalise(Contributor(text, text))
    name.direct(text)
    name.inverted(text)


def test_hostile_statements_are_answered_quickly() -> None:
    name.parse_statement("张三, " * 100_000)
    name.parse_statement("[" * 100_000 + "著")
    name.parse_statement("by " * 100_000)
    name.clean("." * 100_000 + "张")


@pytest.mark.parametrize(
    "body",
    ["教育部", "国务院", "國務院", "中央电视台", "商务部", "外交部", "林业部", "文化局", "气象局", "气象台", "北京广播电台", "中科院",
     "最高人民法院", "故宫博物院", "全国人大常委会", "编委会", "编写组", "課題組", "编辑部", "研究所", "北京大学", "中国社会科学院",
     "中央党校", "中共中央", "中国建设银行"],
)  # fmt: skip
def test_chinese_bodies_of_a_statement_are_bodies(body: str) -> None:
    (found,) = name.parse_statement(f"{body}编")
    assert (found.name, found.kind) == (body, "corporate")


@pytest.mark.parametrize(
    "person",
    ["张部", "李院", "王台", "李局", "丁组", "张建部", "王立院", "张小台", "刘大局", "马上馆", "张大学", "王学院", "李建会", "高工会",
     "令狐台", "欧阳部", "陈师院", "林业", "文化"],
)  # fmt: skip
def test_persons_whose_names_end_like_those_of_bodies_are_persons(person: str) -> None:
    (found,) = name.parse_statement(f"{person}编")
    assert (found.name, found.kind) == (person, "person")
