"""From clauses to what Solr parses: no text of a reader stands where Solr looks for syntax."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdings.members.view import PUBLIC, View
from indexer.index.clause import (
    Between,
    Boost,
    Clause,
    Either,
    Every,
    Key,
    Lift,
    MatchAll,
    MatchNone,
    Narrowing,
    Near,
    Pattern,
    Ranked,
    Run,
    Term,
    Value,
    Without,
)
from indexer.index.engine import FacetCall, SearchCall, Selection
from indexer.index.query import Everything
from indexer.index.solr_facets import ask
from indexer.index.solr_render import Given, body, filters, query

TEXTS = st.text(min_size=1, max_size=12) | st.sampled_from(
    ['*:*"', "${q}", "{!lucene}*:*", ") OR (", "\\", "$t0", "[1 TO 2]", "红楼", "a b"]
)
LEAVES: st.SearchStrategy[Clause] = st.one_of(
    st.builds(Term, st.just("all"), TEXTS, st.booleans()),
    st.builds(Run, st.just("title"), st.tuples(TEXTS, TEXTS)),
    st.builds(Value, st.just("f_subject"), TEXTS),
    st.builds(Key, st.just("exact"), st.integers()),
    st.builds(Pattern, st.just("all"), TEXTS),
    st.builds(Near, st.just("all"), TEXTS, st.integers(0, 2), st.booleans()),
    st.builds(Between, st.just("year"), st.none() | st.integers(), st.none() | st.integers()),
    st.just(MatchAll()),
    st.just(MatchNone()),
)
CLAUSES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Every, st.tuples(inner, inner)),
        st.builds(Either, st.tuples(inner, inner)),
        st.builds(Ranked, inner, st.tuples(inner)),
        st.builds(Without, inner, st.tuples(inner)),
        st.builds(Lift, inner, st.floats(0, 5e6)),
        st.builds(Boost, inner, st.floats(0.001, 100)),
    ),
    max_leaves=8,
)
# All that a query may be made of: our own templates, numbers, and the names of parameters.
PIECES = re.compile(
    r"(?:\{!(?:term|field|prefix) f=[a-z_0-9]+ v=\$t\d+\}|\{!lucene df=[a-z_0-9]+ v=\$t\d+\}"
    r"|[a-z_0-9]+:\[(?:-?\d+|\*) TO (?:-?\d+|\*)\]|\*:\*|\^=?\d+(?:\.\d+)?|[+\-() ])+"
)


@given(CLAUSES)
def test_a_query_is_made_of_templates_numbers_and_names_of_parameters_only(clause: Clause) -> None:
    given_texts = Given()
    assert PIECES.fullmatch(query(clause, given_texts))
    assert PIECES.fullmatch(filters(Narrowing((clause,), (clause,)), given_texts))
    assert all(re.fullmatch(r"t\d+", name) for name in given_texts.parameters())


@given(TEXTS)
def test_a_token_reaches_solr_as_it_is(text: str) -> None:
    given_texts = Given()
    query(Term("all", text), given_texts)
    assert list(given_texts.parameters().values()) == [text.encode("utf-8", "replace").decode()]


@given(TEXTS)
def test_only_the_signs_of_a_pattern_act_in_it(text: str) -> None:
    given_texts = Given()
    query(Pattern("all", f"ab?{text}*c"), given_texts)
    (made,) = given_texts.parameters().values()
    bare = re.sub(r"\\.", "", made, flags=re.DOTALL)
    assert re.fullmatch(r"[\w*?]*", bare, re.ASCII)


def test_a_beginning_needs_no_syntax_at_all() -> None:
    given_texts = Given()
    assert query(Pattern("callnumber", "d66*"), given_texts) == "+{!prefix f=callnumber v=$t0}"
    assert given_texts.parameters() == {"t0": "d66"}


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        ("nature", True),
        ("natur", True),
        ("naturre", True),
        ("natrue", True),
        ("nbture", True),
        ("nbturf", False),
        ("xxnature", False),
    ],
)
def test_one_typing_error_is_one_letter_more_less_other_or_swapped(typed: str, matches: bool) -> None:
    given_texts = Given()
    query(Near("all", typed, 1), given_texts)
    (made,) = given_texts.parameters().values()
    assert (re.fullmatch(made.strip("/"), "nature") is not None) is matches


def test_a_column_that_is_none_of_ours_is_never_written_into_a_query() -> None:
    with pytest.raises(ValueError, match="column"):
        query(Term("all v=x}", "a"), Given())


def test_equal_texts_are_one_parameter_and_nothing_is_expanded() -> None:
    given_texts = Given()
    main = query(Every((Term("all", "${q}"), Term("title", "${q}"))), given_texts)
    asked = body(main, given_texts)
    assert asked["params"] == {"t0": "${q}", "q.op": "OR", "expandMacros": "false"}


@given(TEXTS, TEXTS)
def test_texts_of_facets_are_parameters_or_plain_prefixes(value: str, prefix: str) -> None:
    call = SearchCall(
        Everything(),
        View("C:centre", frozenset({PUBLIC})),
        selections=(Selection("place", (f"{value} / x",)),),
        facets=(FacetCall("subject", prefix=prefix), FacetCall("place"), FacetCall("class", prefix=prefix)),
    )
    for facet in ask(call, Given()).values():
        domain = facet.get("domain", {})
        assert set(facet) <= {"type", "field", "limit", "sort", "refine", "overrequest", "prefix", "domain"}
        assert PIECES.fullmatch(domain.get("filter", "*:*"))
