"""The pieces of pages escape whatever they are given."""

from __future__ import annotations

import re

import pytest

from ui.fragments import Fragments
from ui.language import catalogue
from ui.pages import Bar, FacetValue, Hit, Text

EVIL = "\"><script>alert(1)</script>'&"


@pytest.fixture(params=["zh-CN", "en"])
def pieces(request: pytest.FixtureRequest) -> Fragments:
    return Fragments(catalogue(request.param), lambda name: f"/static/{name}")


def harmless(markup: str) -> None:
    assert "<script" not in markup
    assert all(tag.count('"') % 2 == 0 for tag in re.findall(r"<[^<>]+>", markup))


def test_everything_strange_in_a_hit_is_escaped(pieces: Fragments) -> None:
    text = Text(EVIL, EVIL)
    hit = Hit(
        1, EVIL, EVIL, EVIL, text, text, EVIL, (text,) * 3, 4, (text,), text, EVIL, text, EVIL, EVIL, EVIL,
        (EVIL,), 2, True, True, EVIL,
    )  # fmt: skip
    harmless(pieces.hit_body(hit, "h2"))
    harmless(pieces.text(text))
    harmless(pieces.icon(EVIL, EVIL))


def test_everything_strange_in_a_facet_is_escaped(pieces: Fragments) -> None:
    values = [
        FacetValue(EVIL, EVIL, 1, 3, selected, excluded, EVIL, EVIL, EVIL)
        for selected in (True, False)
        for excluded in (True, False)
    ]
    harmless(pieces.facet_values(EVIL, values))


def test_everything_strange_in_the_histogram_is_escaped(pieces: Fragments) -> None:
    bars = [Bar(1, 2, 3, EVIL, EVIL, 0.0, 1.0, 2.0, 3.0, chosen) for chosen in (True, False)]
    harmless(pieces.bars(bars))
    harmless(pieces.bar_rows(bars))


def test_chinese_counts_all_and_english_the_others() -> None:
    hit = Hit(
        1, "/", "book", "x", Text("t"), contributors=(Text("A"), Text("B")), contributors_more=3, libraries=("L",),
        libraries_more=1,
    )  # fmt: skip
    chinese = Fragments(catalogue("zh-CN"), str).hit_body(hit, "h2")
    english = Fragments(catalogue("en"), str).hit_body(hit, "h2")
    assert "等 5 人" in chinese and "等 2 馆" in chinese
    assert " and 3 more" in english and " and one more" in english


def test_matches_are_marked_in_the_title_alone_by_the_marks() -> None:
    hit = Hit(1, "/", "book", "x", Text("\ue000红\ue001楼"))
    assert "<mark>红</mark>楼" in Fragments(catalogue("en"), str).hit_body(hit, "h2")
