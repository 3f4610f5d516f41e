"""Counting facet values over shards: when a value may have been missed, and what is counted of a hierarchy."""

from __future__ import annotations

from typing import Any

from holdings.members.view import PUBLIC, View
from indexer.index.engine import FacetCall, SearchCall, Selection
from indexer.index.fields import BY_NAME
from indexer.index.query import Everything
from indexer.index.shown import term_of
from indexer.index.solr_facets import ALL, FIRST, SECOND, ask, histogram, parts, read
from indexer.index.solr_render import Given

VIEW = View("C:centre", frozenset({PUBLIC}))


def call(*facets: FacetCall, **more: Any) -> SearchCall:
    return SearchCall(Everything(), VIEW, facets=facets, **more)


def answer(*counts: int) -> dict[str, Any]:
    buckets = [{"val": term_of(f"{n:05}", f"v{n}"), "count": count} for n, count in enumerate(counts)]
    return {"0_0": {"buckets": buckets}}


def test_all_values_there_are_leave_nothing_unsure() -> None:
    asked = call(FacetCall("subject", limit=3))
    (counts,), unsure = read(asked, answer(5, 3, 3, 1), 2)
    assert [(v.value, v.count) for v in counts.values] == [("v0", 5), ("v1", 3), ("v2", 3)]
    assert counts.more
    assert unsure == set()


def test_a_value_spread_over_the_shards_may_only_be_missed_where_the_counts_are_close() -> None:
    asked = call(FacetCall("subject", limit=2))
    far = answer(50, 41, *[20] * (FIRST - 2))
    assert read(asked, far, 2)[1] == set()
    near = answer(50, 40, *[20] * (FIRST - 2))
    assert read(asked, near, 2)[1] == {0}
    assert read(asked, far, 3)[1] == {0}


def test_more_values_are_asked_for_the_second_time() -> None:
    asked = call(FacetCall("subject", limit=2), FacetCall("language"))
    assert ask(asked, Given())["0_0"]["limit"] == FIRST
    assert ask(asked, Given(), first=False)["0_0"]["limit"] == SECOND
    assert ask(asked, Given())["1_0"]["limit"] == ALL


def test_a_facet_does_not_heed_its_own_selection_nor_the_histogram_the_years() -> None:
    asked = ask(
        call(
            FacetCall("language"),
            FacetCall("type"),
            selections=(Selection("language", ("chi",)),),
            year=(1990, None),
            histogram=True,
        ),
        Given(),
    )
    assert asked["0_0"]["domain"] == {"excludeTags": "s_language"}
    assert "domain" not in asked["1_0"]
    assert asked["years"]["domain"] == {"excludeTags": "year"}


def test_of_a_hierarchy_its_top_the_way_to_what_is_chosen_and_what_is_below_are_counted() -> None:
    made = parts(BY_NAME["class"], FacetCall("class"), ["I / I2"])
    assert [(p.column, p.prefix) for p in made] == [
        ("f_class_0", ""),
        ("f_class_1", "I / "),
        ("f_class_2", "I / I2 / "),
    ]
    (one,) = parts(BY_NAME["place"], FacetCall("place", prefix="中国 / "), ())
    assert (one.column, one.below) == ("f_place_1", "中国")


def test_what_is_below_another_path_does_not_count() -> None:
    asked = call(FacetCall("place", prefix="中国 / "))
    buckets = [
        {"val": term_of("x", "中国 / 江苏"), "count": 3},
        {"val": term_of("y", "日本 / 京都"), "count": 9},
    ]
    (counts,), _ = read(asked, {"0_0": {"buckets": buckets}}, 2)
    assert [(v.value, v.count) for v in counts.values] == [("中国 / 江苏", 3)]


def test_a_facet_that_does_not_exist_has_no_values() -> None:
    (counts,), _ = read(call(FacetCall("nothing")), {}, 2)
    assert counts.values == ()


def test_the_histogram_is_in_order_of_years() -> None:
    buckets = [{"val": 1990, "count": 2}, {"val": -50, "count": 1}]
    assert histogram({"years": {"buckets": buckets}}) == ((-50, 1), (1990, 2))
