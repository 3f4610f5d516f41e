"""What was typed becomes the tree that was meant; what makes no sense is mended and noted."""

from __future__ import annotations

import pytest

from ereader.search.explain import in_words, structure, understood
from ereader.search.parser import NOTES, parse
from indexer.index.query import And, Everything, Exact, Node, Not, Or, Phrase, Range, Wildcard, Words


def w(text: str, field: str = "all") -> Words:
    return Words(field, text)


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("", Everything()),
        ("   ", Everything()),
        ("*", Everything()),
        ("*:*", Everything()),
        ("红楼梦", w("红楼梦")),
        ("红楼梦　曹雪芹", w("红楼梦 曹雪芹")),
        ("a AND b", And((w("a"), w("b")))),
        ("a and b", w("a and b")),
        ("a OR b", Or((w("a"), w("b")))),
        ("a ＯＲ b", Or((w("a"), w("b")))),
        ("a || b", Or((w("a"), w("b")))),
        ("a ｜｜ b", Or((w("a"), w("b")))),
        ("a && b", And((w("a"), w("b")))),
        ("a＆＆b", And((w("a"), w("b")))),
        ("a NOT b", And((w("a"), Not(w("b"))))),
        ("a AND NOT b", And((w("a"), Not(w("b"))))),
        ("a OR NOT b", Or((w("a"), Not(w("b"))))),
        ("a -b", And((w("a"), Not(w("b"))))),
        ("a －b", And((w("a"), Not(w("b"))))),
        ("a !b", And((w("a"), Not(w("b"))))),
        ("a ！b", And((w("a"), Not(w("b"))))),
        ("NOT a", Not(w("a"))),
        ("NOT NOT a", w("a")),
        ("NOT (NOT a)", w("a")),
        ("-title:a", Not(w("a", "title"))),
        ("title:-a", Not(w("a", "title"))),
        ("+a +b", w("a b")),
        ("a OR b c", Or((w("a"), w("b c")))),
        ("(a OR b) c", And((Or((w("a"), w("b"))), w("c")))),
        ("（a OR b）c", And((Or((w("a"), w("b"))), w("c")))),
        ("((a))", w("a")),
        ('"a b"', Phrase("all", "a b")),
        ("“a b”", Phrase("all", "a b")),
        ("＂a b＂", Phrase("all", "a b")),
        ("”a b“", Phrase("all", "a b")),
        ("「红楼」", Phrase("all", "红楼")),
        ("『红楼』", Phrase("all", "红楼")),
        ("«red chamber»", Phrase("all", "red chamber")),
        ("《红楼梦》", Phrase("title", "红楼梦")),
        ("《“五四”运动史》", Phrase("title", "“五四”运动史")),
        ("《《红楼梦》研究》", Phrase("title", "《红楼梦》研究")),
        ("author:《红楼梦》", Phrase("author", "红楼梦")),
        ("《a》 《b》", And((Phrase("title", "a"), Phrase("title", "b")))),
        ("title:a", w("a", "title")),
        ("TITLE:a", w("a", "title")),
        ("题名:a", w("a", "title")),
        ("题名：a", w("a", "title")),
        ("题名： a", w("a", "title")),
        ("題名：a", w("a", "title")),
        ("作者：鲁迅 呐喊", And((w("鲁迅", "author"), w("呐喊")))),
        ("题名：红楼梦，作者：曹雪芹", And((w("红楼梦", "title"), w("曹雪芹", "author")))),
        ("title:(a OR b)", Or((w("a", "title"), w("b", "title")))),
        ("title:(a b)", w("a b", "title")),
        ('title:"a b"', Phrase("title", "a b")),
        ("year:1990", Range("year", 1990, 1990)),
        ("year:1990-2000", Range("year", 1990, 2000)),
        ("年份：1990—2000", Range("year", 1990, 2000)),
        ("year:[1990 TO 2000]", Range("year", 1990, 2000)),
        ("year:[* TO 2000]", Range("year", None, 2000)),
        ("year:1990..", Range("year", 1990, None)),
        ("year:..1990", Range("year", None, 1990)),
        ("year:>=1990", Range("year", 1990, None)),
        ("year:<1990", Range("year", None, 1989)),
        ("year:1990s", Range("year", 1990, 1999)),
        ("year:199*", Range("year", 1990, 1999)),
        ("year:前221", Range("year", -221, -221)),
        ("(year:1990)", Range("year", 1990, 1990)),
        ("comput*", Wildcard("all", "comput*")),
        ("comput＊", Wildcard("all", "comput*")),
        ("wom?n", Wildcard("all", "wom?n")),
        ("co-operat*", And((w("co"), Wildcard("all", "operat*")))),
        ("callnumber:I242*", Wildcard("callnumber", "I242*")),
        ("type:图书", Exact("type", "book")),
        ("language:English", Exact("language", "eng")),
        ("语种：中文", Exact("language", "zho")),
        ("isbn:7-02-000220-X", Exact("isbn", "9787020002207")),
        ("ISBN 978 7 02 000220 7", Exact("isbn", "9787020002207")),
        ("978-7-02-000220-7", Or((Exact("isbn", "9787020002207"), w("978-7-02-000220-7")))),
        ("0028-0836", Or((Exact("issn", "0028-0836"), w("0028-0836")))),
        ("doi:10.1016/S0140-6736(04)17441-2", Exact("doi", "10.1016/s0140-6736(04)17441-2")),
        ("I242.4/123", Or((Exact("callnumber", "I242.4/123"), w("I242.4/123")))),
    ],
)
def test_typed_text_means(typed: str, tree: Node) -> None:
    assert parse(typed).tree == tree


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("《红楼梦》研究", "《红楼梦》研究"),
        ("“五四”运动", "“五四”运动"),
        ("起来！不愿做奴隶的人们", "起来！不愿做奴隶的人们"),
        ("Who's afraid of Virginia Woolf?", "Who's afraid of Virginia Woolf?"),
        ("Language: an introduction", "Language: an introduction"),
        ("title: a", "title: a"),
        ("foo:bar", "foo:bar"),
        ("a - b", "a b"),
        ("a & b", "a b"),
        ("AT&T", "AT&T"),
        ("C++", "C++"),
        ("1990-2003", "1990-2003"),
        ("红*梦", "红 梦"),
        ("f(x)", "f x"),
        ("函数论（第二版）", "函数论 第二版"),
        ("AND", "AND"),
        ("OR NOT", "OR NOT"),
        (r"\(a\)", "(a)"),
        (r"title\:a", "title:a"),
    ],
)
def test_signs_inside_running_text_are_text(typed: str, words: str) -> None:
    assert parse(typed).tree == w(words)


@pytest.mark.parametrize(
    ("typed", "tree", "note"),
    [
        ("(a b", w("a b"), "bracket-unbalanced"),
        ("a) b", w("a b"), "bracket-unbalanced"),
        ('"a b', w('"a b'), "quote-unclosed"),
        ("《a b", w("《a b"), "quote-unclosed"),
        ("a AND", w("a"), "operator-without-operand"),
        ("OR a", w("a"), "operator-without-operand"),
        ("a OR", w("a"), "operator-without-operand"),
        ("a AND OR b", Or((w("a"), w("b"))), "operator-without-operand"),
        ("a AND b OR c", Or((And((w("a"), w("b"))), w("c"))), "mixed-operators"),
        ("year:abc", w("abc"), "years-not-understood"),
        ("c*t", w("c t"), "wildcard-needs-letters"),
        ("*tion", w(" tion"), "wildcard-needs-letters"),
        ("红楼*", w("红楼 "), "wildcard-han"),
        ('"a b"~5', Phrase("all", "a b"), "proximity-ignored"),
        ("0028-0836", Or((Exact("issn", "0028-0836"), w("0028-0836"))), "identifier"),
    ],
)
def test_what_makes_no_sense_is_mended_and_noted(typed: str, tree: Node, note: str) -> None:
    parsed = parse(typed)
    assert parsed.tree == tree
    assert note in parsed.notes
    assert note in NOTES


def test_the_field_of_the_box_is_for_words_that_name_none() -> None:
    assert parse("a author:b", "title").tree == And((w("a", "title"), w("b", "author")))
    assert parse("《a》", "author").tree == Phrase("author", "a")
    assert parse("978 7 02 000220 7", "isbn").tree == Exact("isbn", "9787020002207")
    assert parse("1990-2000", "year").tree == Range("year", 1990, 2000)
    assert parse("a", "no such field").tree == w("a")


def test_columns_of_the_index_that_are_not_public_are_plain_text() -> None:
    for column in ("f_author", "sight", "where", "exact", "s_title", "display", "id_"):
        assert parse(f"{column}:pku").tree == w(f"{column}:pku")


def test_brackets_deeper_than_the_limit_are_left_out() -> None:
    assert "too-deep" in parse("(" * 40 + "a OR b" + ")" * 40).notes
    assert "too-deep" not in parse("(" * 10 + "a OR b" + ")" * 10).notes


def test_words_and_wildcards_are_counted() -> None:
    assert "too-many-words" in parse(" ".join(f"w{n}" for n in range(300))).notes
    many = parse(" OR ".join(f"word{n}*" for n in range(20)))
    assert "too-many-wildcards" in many.notes
    assert isinstance(many.tree, Or)
    assert sum(isinstance(child, Wildcard) for child in many.tree.children) <= 6
    assert "query-cut" in parse("x" * 3000).notes


@pytest.mark.parametrize(
    "typed",
    [
        "红楼梦",
        "a AND (b OR c)",
        "a OR b AND c",
        "NOT a",
        "a NOT (b c)",
        "title:(a b) author:c",
        '"a b" c',
        "《a b》 c",
        "year:1990-2000 a",
        "year:..-5",
        "year:-221..-206",
        "isbn:7-02-000220-X",
        "978-7-02-000220-7",
        r"\AND a",
        "comput* OR wom?n",
        "《红楼梦》研究",
        "C++ OR C#",
        "type:图书 NOT language:English",
        "doi:10.1016/S0140-6736(04)17441-2 a",
    ],
)
def test_the_echo_is_a_query_of_the_same_meaning(typed: str) -> None:
    first = parse(typed)
    again = parse(understood(first.tree))
    assert _plain(again.tree) == _plain(first.tree)


def _plain(tree: Node) -> object:
    """The structure with words as the index sees them."""
    from indexer.text.analyse import analyse

    def walk(node: dict[str, object]) -> object:
        if "parts" in node:
            parts = node["parts"]
            assert isinstance(parts, list)
            return (node["op"], [walk(part) for part in parts])
        return {k: analyse(str(v)) if k == "text" else v for k, v in node.items()}

    return walk(structure(tree))


def test_the_echo_in_words_names_fields_in_the_readers_language() -> None:
    tree = parse("题名：红楼梦 NOT year:1990..").tree
    assert in_words(tree, "zh") == "题名含「红楼梦」 且 不含 （年份在1990 年及以后）"
    assert in_words(tree, "en") == "Title contains “红楼梦” and not (Year: 1990 or later)"
