"""Coded volumes, issues and dates of MARC holdings in words, as ANSI/NISO Z39.71 writes them."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.marc import field
from indexer.marc import holdings as marc_holdings
from indexer.marc.enumeration import statement
from indexer.records.record import Item

VOLUMES = [("8", "1"), ("a", "v."), ("b", "no."), ("u", "12"), ("i", "(year)"), ("j", "(month)")]
HAN = [("8", "1"), ("a", "卷"), ("b", "期"), ("i", "(年)"), ("j", "(月)")]


@pytest.mark.parametrize(
    ("pattern", "fields", "words"),
    [
        (VOLUMES, [("41", [("8", "1.1"), ("a", "5"), ("b", "2"), ("i", "1999"), ("j", "02")])], "v.5:no.2(1999:Feb.)"),
        (VOLUMES, [("40", [("8", "1.1"), ("a", "1-5"), ("b", "1-12"), ("i", "1990-1994"), ("j", "01-12")])],
         "v.1:no.1(1990:Jan.)-v.5:no.12(1994:Dec.)"),
        (VOLUMES, [("40", [("8", "1.1"), ("a", "1-5"), ("i", "1990-1994")])], "v.1(1990)-v.5(1994)"),
        (VOLUMES, [("40", [("8", "1.1"), ("a", "1-"), ("i", "1990-")])], "v.1(1990)-"),
        (VOLUMES, [("40", [("8", "1.1"), ("a", "3"), ("b", "1-4"), ("i", "1992")])], "v.3:no.1(1992)-v.3:no.4(1992)"),
        # A gap is a comma, a break that is none a semicolon.
        (VOLUMES, [("40", [("8", "1.1"), ("a", "1-5"), ("w", "g")]), ("40", [("8", "1.2"), ("a", "7-9")])], "v.1-v.5, v.7-v.9"),
        (VOLUMES, [("40", [("8", "1.1"), ("a", "1-5"), ("w", "n")]), ("40", [("8", "1.2"), ("a", "6-9")])], "v.1-v.5; v.6-v.9"),
        # The sequence orders them, wherever they stand.
        (VOLUMES, [("41", [("8", "1.10"), ("a", "10")]), ("41", [("8", "1.2"), ("a", "2")])], "v.2, v.10"),
        # Not compressed: a hyphen is part of the number.
        (VOLUMES, [("41", [("8", "1.1"), ("a", "A-3")])], "v.A-3"),
        (VOLUMES, [("41", [("8", "1.1"), ("a", "1/2"), ("i", "1990/1991"), ("j", "01/02")])], "v.1/2(1990/1991:Jan./Feb.)"),
        ([("8", "1"), ("i", "(year)"), ("j", "(season)")], [("40", [("8", "1.1"), ("i", "1990-1991"), ("j", "21-24")])],
         "1990:Spring-1991:Winter"),
        ([("8", "1"), ("a", "v."), ("g", "no.")], [("41", [("8", "1.1"), ("a", "2"), ("g", "14")])], "v.2=no.14"),
        (VOLUMES, [("41", [("8", "1.1"), ("a", "2"), ("z", "[wants p.7]")])], "v.2 [wants p.7]"),
        (HAN, [("40", [("8", "1.1"), ("a", "1-3"), ("b", "1-6"), ("i", "2000-2002"), ("j", "01-11")])],
         "第1卷:第1期(2000:1月)-第3卷:第6期(2002:11月)"),
        ([], [("40", [("8", "1.1"), ("a", "1-3"), ("i", "2000-2002")])], "1(2000)-3(2002)"),
        ([("8", "1"), ("a", "(year)")], [("41", [("8", "1.1"), ("a", "1987")])], "1987"),
        (VOLUMES, [("41", [("8", "1.1")])], ""),
    ],
)  # fmt: skip
def test_pairs_become_words(
    pattern: list[tuple[str, str]], fields: list[tuple[str, list[tuple[str, str]]]], words: str
) -> None:
    assert statement(fields, {"1": pattern} if pattern else {}) == words


def test_coded_holdings_belong_to_the_location_before_them() -> None:
    found = marc_holdings.read(
        [
            field("852", "  ", [("a", "PUL"), ("b", "main"), ("h", "QA1")]),
            field("853", "20", VOLUMES),
            field("854", "20", [("8", "1"), ("a", "suppl.")]),
            field("863", "40", [("8", "1.1"), ("a", "1-9"), ("i", "1990-1998")]),
            field("864", "41", [("8", "1.1"), ("a", "2")]),
            field("852", "  ", [("a", "PUL"), ("b", "annex"), ("h", "QA1")]),
            field("863", "40", [("8", "1.2"), ("a", "10-"), ("i", "1999-")]),
        ]
    )
    assert [holding.summary for holding in found] == [
        "v.1(1990)-v.9(1998); supplements: suppl.2",
        "v.10(1999)-",
    ]


def test_a_textual_statement_of_the_same_number_is_enough() -> None:
    fields = [
        field("852", "  ", [("b", "main"), ("h", "QA1")]),
        field("853", "20", VOLUMES),
        field("863", "40", [("8", "1.1"), ("a", "1-9")]),
    ]
    (linked,) = marc_holdings.read([*fields, field("866", "41", [("8", "1.1"), ("a", "v.1-9 (complete)")])])
    assert linked.summary == "v.1-9 (complete)"
    (loose,) = marc_holdings.read([*fields, field("866", "41", [("8", "0"), ("a", "scattered issues")])])
    assert loose.summary == "scattered issues; v.1-v.9"


def test_items_of_supplements_and_indexes_are_items() -> None:
    (holding,) = marc_holdings.read(
        [
            field("852", "  ", [("b", "main"), ("h", "QA1")]),
            field("876", "  ", [("p", "1"), ("j", "on shelf")]),
            field("877", "  ", [("p", "2"), ("3", "1990")]),
            field("878", "  ", [("p", "3")]),
        ]
    )
    assert holding.items == (
        Item("1", "on shelf"),
        Item("2", note="supplements: 1990"),
        Item("3", note="indexes"),
    )


PAIRS = st.lists(st.tuples(st.sampled_from("abghijmw8z"), st.text(max_size=8)), max_size=6)


@given(PAIRS, st.lists(st.tuples(st.text(max_size=2), PAIRS), max_size=4))
@example([], [("", [("8", "¹")])])  # A digit by its name, and no numeral.
def test_no_values_make_it_fail(
    pattern: list[tuple[str, str]], fields: list[tuple[str, list[tuple[str, str]]]]
) -> None:
    statement(fields, {"1": pattern})
