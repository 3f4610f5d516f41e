"""A search as a value: the URL and the value say the same, and nothing from outside breaks either."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ereader.search import parameters as module
from ereader.search.facet_list import FACETS
from ereader.search.query_fields import FIELDS
from ereader.search.request import SORTS, SearchRequest
from indexer.records.resource_type import BY_CODE

NAMES = (
    "q",
    "in",
    "type",
    "year",
    "year_from",
    "year_to",
    "sort",
    "page",
    "size",
    "lang",
    "scope",
    "cursor",
    "f.library",
    "f.type",
    "x.subject",
    "f.nothing",
    "x.type",
    "other",
)
WORDS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [
            "",
            "book",
            "book,map",
            "title",
            "题名",
            "1990-2000",
            "-5",
            "newest",
            "3",
            "0",
            "L:pku",
            "own",
            "*",
            "zh-CN",
        ]
    ),
)
PAIRS = st.lists(st.tuples(st.sampled_from(NAMES), WORDS), max_size=12)


def read(query: str) -> SearchRequest:
    return SearchRequest.from_params(parse_qsl(query, keep_blank_values=True))


def same(a: SearchRequest, b: SearchRequest) -> bool:
    return a.to_params() == b.to_params()


@given(PAIRS)
def test_any_parameters_are_read_and_printed_as_an_address_that_reads_the_same(
    pairs: list[tuple[str, str]],
) -> None:
    first = SearchRequest.from_params(pairs)
    again = read(first.to_query())
    assert same(first, again)
    assert [p for p in again.problems if p != "cursor-not-understood"] == []


YEARS = st.one_of(
    st.none(), st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)).map(lambda p: (min(p), max(p)))
)


@given(
    q=st.text(max_size=80),
    field=st.sampled_from(sorted(FIELDS)),
    types=st.sets(st.sampled_from(sorted(BY_CODE)), max_size=4),
    filters=st.sets(
        st.tuples(st.sampled_from([f for f in FACETS if f != "type"]), st.text(min_size=1, max_size=20)),
        max_size=4,
    ),
    years=YEARS,
    sort=st.sampled_from(SORTS),
    page=st.integers(1, 500),
    size=st.integers(1, 100),
)
def test_a_value_prints_an_address_that_reads_back_as_the_same_value(
    q, field, types, filters, years, sort, page, size
) -> None:
    request = SearchRequest().with_query(q, field).with_sort(sort).with_size(size)
    for code in types:
        request = request.with_filter("type", code)
    for name, value in filters:
        request = request.with_filter(name, value).excluding(name, value + "x")
    if years is not None:
        request = request.with_year(*years)
    request = request.with_page(page)
    assert same(read(request.to_query()), read(read(request.to_query()).to_query()))
    again = read(request.to_query())
    assert (again.q, again.field, again.type, again.year) == (request.q, field, request.type, request.year)
    assert (again.sort, again.page, again.size) == (sort, page, size)


def test_defaults_are_left_out_and_the_order_is_fixed() -> None:
    assert SearchRequest().to_query() == ""
    request = read(
        "size=50&x.language=eng&page=2&f.library=pku&type=map&q=a&sort=newest&year=1990&in=title&type=book"
    )
    assert request.to_query() == (
        "q=a&in=title&type=book&type=map&f.library=pku&x.language=eng&year=1990-1990&sort=newest&page=2&size=50"
    )


def test_requests_that_ask_the_same_are_equal() -> None:
    assert read("f.author=a&f.author=b&type=book,map") == read(
        "type=map&f.author=b&f.type=book&f.author=a&f.author=a"
    )


@pytest.mark.parametrize(
    ("year", "meant"),
    [
        ("1990-2000", (1990, 2000)),
        ("1990", (1990, 1990)),
        ("1990-", (1990, None)),
        ("-2000", (None, 2000)),
        ("2000-1990", (1990, 2000)),
        ("-221--206", (-221, -206)),
        ("--206", (None, -206)),
        ("-221-", (-221, None)),
        ("１９９０－２０００", (1990, 2000)),
        ("前221", (-221, -221)),
        ("abc", None),
        ("-", None),
        ("9" * 50, None),
    ],
)
def test_years_in_an_address(year: str, meant: object) -> None:
    assert SearchRequest.from_params([("year", year)]).year == meant


def test_a_form_without_script_sends_the_ends_of_a_range_apart() -> None:
    assert read("year_from=1990&year_to=").year == (1990, None)
    assert read("year_from=2000&year_to=1990").year == (1990, 2000)
    assert read("year_from=-221&year_to=-206").year == (-221, -206)
    assert read("year=1950-1960&year_from=1955&year_to=1960").year == (1955, 1960)
    assert read("year=1950-1960&year_from=&year_to=").year == (1950, 1960)


def test_each_change_gives_a_new_value_on_the_first_page_and_leaves_the_old_one() -> None:
    old = read("q=a&page=7")
    for new in (
        old.with_filter("author", "b"),
        old.excluding("author", "b"),
        old.with_type("book"),
        old.with_query("b"),
        old.with_year(1990, None),
        old.with_scope("own"),
        old.with_sort("title"),
        old.with_size(50),
        old.with_field("title"),
    ):
        assert new.page == 1
        assert new != old
    assert old == read("q=a&page=7")


def test_what_is_added_can_be_taken_away_again() -> None:
    plain = read("q=a")
    assert plain.with_filter("author", "b").without_filter("author", "b") == plain
    assert plain.with_filter("author", "b").with_filter("author", "c").without_filter("author") == plain
    assert plain.excluding("author", "b").without_excluded("author", "b") == plain
    assert plain.with_type("book").with_type("") == plain
    assert plain.with_year(1990, 2000).with_year(None, None) == plain


def test_a_value_is_chosen_or_excluded_never_both() -> None:
    request = read("q=a").with_filter("author", "b").excluding("author", "b")
    assert (request.filters, request.excludes) == ((), (("author", "b"),))
    assert request.with_filter("author", "b").excludes == ()
    assert read("q=a").with_type("book").excluding("type", "book").type == ()


def test_every_restriction_is_a_chip_that_leads_to_the_search_without_it() -> None:
    request = read("q=a&type=book&f.author=b&x.language=eng&year=1990-2000&scope=own")
    chips = request.applied()
    assert [(c.kind, c.name, c.value) for c in chips] == [
        ("type", "type", "book"),
        ("filter", "author", "b"),
        ("exclude", "language", "eng"),
        ("year", "year", "1990-2000"),
        ("scope", "scope", "own"),
    ]
    assert all(len(chip.without.applied()) == len(chips) - 1 for chip in chips)
    assert request.without_filters() == read("q=a")


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("type=nonsense", "unknown-type"),
        ("in=nonsense", "unknown-field"),
        ("sort=nonsense", "unknown-sort"),
        ("year=nonsense", "year-not-understood"),
        ("page=x", "page-not-understood"),
        ("page=0", "page-not-understood"),
        ("size=-1", "size-not-understood"),
        ("size=1000", "size-capped"),
        ("f.nonsense=1", "unknown-facet"),
        ("scope=<script>", "scope-not-understood"),
        ("cursor=a b", "cursor-not-understood"),
        ("lang=//", "lang-not-understood"),
    ],
)
def test_what_is_not_understood_is_left_out_and_noted(query: str, problem: str) -> None:
    request = read(f"q=a&{query}")
    assert request.problems == (problem,)
    assert request.q == "a"


def test_hostile_amounts_are_bounded() -> None:
    request = SearchRequest.from_params([("q", "x" * 10**6), *[("f.author", str(n)) for n in range(10_000)]])
    assert len(request.q) == module.MAX_TEXT
    assert len(request.filters) <= module.MAX_FILTERS
    assert {"query-cut", "too-many-filters", "too-many-parameters"} <= set(request.problems)
    assert len(SearchRequest.from_params([("f.author", "é" * 10_000)]).filters[0][1]) <= module.MAX_VALUE
    assert read("page=999999999").page == module.MAX_PAGE


@pytest.mark.parametrize("q", ["\x00\ud800\udfffa", "\u202ea\u200f", "a\ue000b", "a" + "\u0301" * 5000])
def test_characters_that_no_search_needs_are_taken_out(q: str) -> None:
    request = SearchRequest.from_params([("q", q)])
    request.to_query().encode("ascii")
    assert not set(request.q) & {"\x00", "\ud800", "\u202e", "\u200f", "\ue000"}
    assert len(request.q) < 20


def test_a_request_made_by_hand_prints_whatever_it_holds() -> None:
    SearchRequest(q="\ud800").to_query().encode("ascii")
