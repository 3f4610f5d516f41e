"""The form of advanced search: what it means, and that a query comes back as the form that means it."""

from __future__ import annotations

import random

import pytest

from ereader.search.clauses import clauses, within
from ereader.search.explain import understood
from ereader.search.form import MATCHES, MAX_GROUPS, MAX_ROWS, Form, Group, Row, form_of, query, tree
from ereader.search.parser import parse
from ereader.search.query_fields import FIELDS
from ereader.search.request import SearchRequest
from indexer.index.query import Everything

WORDS = (
    "红楼梦", "dream", "red chamber", "comput* science", "AND", "(x", '"y"', "《史记》 研究", "-z", "a:b", "C++", "1990-2000", "I24*",
    "978-7-02-000220-7", "e-mail", "don't", "?", "", "  ", "OR OR", "^a", "wom?n", "史记，汉书", "10.1000/182", "\x00a", "a\\b", "NOT x", "中文",
)  # fmt: skip


def one(row: Row) -> Form:
    return Form((Group((row,)),))


@pytest.mark.parametrize(
    ("row", "written"),
    [
        (Row("all", "words", "红楼梦 研究"), "红楼梦 研究"),
        (Row("title", "words", "dream chamber"), "title:(dream chamber)"),
        (Row("title", "phrase", "dream of"), 'title:"dream of"'),
        (Row("author", "any", "brontë austen"), "author:brontë OR author:austen"),
        (Row("all", "none", "cat dog"), "NOT (cat OR dog)"),
        (Row("title", "begins", "dream of"), 'title:^"dream of"'),
        (Row("all", "begins", "dream of"), 'title:^"dream of"'),
        (Row("isbn", "exact", "7-02-000220-X"), "isbn:9787020002207"),
        (Row("class", "exact", "I24*"), "class:I24*"),
        (Row("year", "range", "1990-2000"), "year:1990-2000"),
        (Row("year", "range", "1990-"), "year:1990.."),
        (Row("year", "range", "soon"), "soon"),
        (Row("all", "query", "a AND (b OR c)"), "a AND (b OR c)"),
        (Row("all", "words", 'AND "x" (y)'), "\\AND x y"),
        (Row("title", "words", "comput* -x"), "title:comput* AND title:x"),
        (Row("all", "words", "?"), "?"),
        (Row("all", "words", ""), ""),
    ],
)
def test_a_row_is_written_in_the_language_of_the_box(row: Row, written: str) -> None:
    assert query(one(row)) == written


def test_groups_are_bracketed_and_joined_as_the_form_says() -> None:
    bride, tomb = Row("all", "words", "bride"), Row("title", "words", "tomb")
    miller = Row("all", "words", "miller")
    both = (Group((bride, tomb), "or"), Group((miller,), "not"))
    assert query(Form(both)) == "(bride OR title:tomb) AND NOT miller"
    assert query(Form(both, "or")) == "bride OR title:tomb OR NOT miller"
    assert query(Form((Group((bride, tomb), "not"),))) == "NOT (bride OR title:tomb)"
    nested = Form((Group((bride, tomb)), Group((miller,))), "or")
    assert query(nested) == "(bride AND title:tomb) OR miller"


def test_a_query_that_is_no_form_comes_back_as_one_row_with_its_text() -> None:
    text = "a AND (b OR (c AND d))"
    assert form_of(text) == one(Row("all", "query", text))
    assert query(form_of(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "红楼梦", "title:dream author:cao", "(bride AND title:tomb) AND miller", "a OR b", "(a OR b) AND NOT (c OR title:d)",
        "NOT dog", "NOT (a b)", "title:(a OR b) NOT author:c", "year:1990-2000 cat", "isbn:9787020002207", "978-7-02-000220-7",
        "comput* science", 'title:^"dream of"', "(a AND b) OR (c AND d)", "((a OR b) AND c) OR d", "type:book cat",
        '"x y" OR title:"z"', "cat NOT dog -bird", "class:I24* OR class:K2", "year:..1911", "year:前221",
    ],
)  # fmt: skip
def test_a_query_comes_back_as_rows_that_mean_the_same(text: str) -> None:
    form = form_of(text)
    assert all(row.match != "query" for group in form.groups for row in group.rows)
    assert tree(form) == parse(text).tree
    assert parse(query(form)).tree == parse(text).tree


def test_the_field_of_the_box_is_the_field_of_the_rows() -> None:
    assert form_of("dream", "title") == one(Row("title", "words", "dream"))
    assert form_of("", "title") == one(Row("title"))


def drawn(seed: int) -> Form:
    chance = random.Random(seed)
    groups = []
    for _ in range(chance.randint(1, 3)):
        rows = [
            Row(chance.choice(list(FIELDS)), chance.choice(MATCHES), chance.choice(WORDS))
            for _ in range(chance.randint(1, 3))
        ]
        groups.append(Group(tuple(rows), chance.choice(("and", "or", "not"))))
    return Form(tuple(groups), chance.choice(("and", "or")))


@pytest.mark.parametrize("start", range(0, 1200, 100))
def test_form_to_query_to_tree_to_form_keeps_the_meaning(start: int) -> None:
    for seed in range(start, start + 100):
        form = drawn(seed)
        text = query(form)
        read = parse(text).tree
        if not isinstance(tree(form), Everything):
            assert read == tree(form), (seed, form, text)
        again = form_of(text)
        assert parse(query(again)).tree == read, (seed, text, again)


def test_any_query_survives_the_form() -> None:
    chance = random.Random(7)
    signs = (
        *WORDS,
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        "title:",
        "author:",
        "year:1990",
        '"red chamber"',
        "《史记》",
        "-x",
        "type:book",
    )
    for _ in range(600):
        text = " ".join(chance.choice(signs) for _ in range(chance.randint(1, 8)))
        once = understood(parse(text).tree)
        assert understood(parse(query(form_of(once))).tree) == once, text


def test_a_form_is_read_only_within_its_limits() -> None:
    many = " OR ".join(f"(a{n} AND b{n})" for n in range(MAX_GROUPS + 1))
    assert form_of(many).groups[0].rows[0].match == "query"
    rows = " AND ".join(f"title:w{n}" for n in range(MAX_ROWS + 3))
    assert tree(form_of(rows)) == parse(rows).tree


def test_search_within_results_demands_both_and_keeps_the_filters() -> None:
    asked = SearchRequest(q="a OR b", field="title").with_filter("language", "zho")
    narrowed = within(asked, "c")
    assert narrowed.q == "(title:a OR title:b) AND c" and narrowed.field == "all"
    assert narrowed.filters == asked.filters
    assert within(SearchRequest(q=""), "c").q == "c"
    assert within(asked, "  ") == asked
    assert within(SearchRequest(q="a AND b"), "b AND c").q == "a AND b AND c"


def test_each_condition_of_a_query_can_be_taken_away() -> None:
    asked = SearchRequest(q="红楼梦 AND title:梦 NOT author:高鹗")
    found = clauses(asked, parse(asked.q).tree)
    assert [clause.without.q for clause in found] == [
        "title:梦 AND NOT author:高鹗",
        "红楼梦 AND NOT author:高鹗",
        "红楼梦 AND title:梦",
    ]
    assert clauses(SearchRequest(q="a OR b"), parse("a OR b").tree) == ()
