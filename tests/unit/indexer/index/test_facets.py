"""Facets: a number is what a click gives."""

from __future__ import annotations

import random

import pytest
from index_corpus import ask, fill, ids

from indexer.index.engine import Engine, FacetCall, SearchCall, Selection
from indexer.index.query import Everything, Words
from indexer.records.record import Class, Contributor, Link, Publication, Record, Subject

NAMES = ("type", "language", "subject", "author", "publisher", "place", "class", "access")


def corpus() -> dict[str, Record]:
    r = random.Random(7)
    subjects = [f"主题{n}" for n in range(12)] + ["Physics", "Physics--History", "Étude", "鲁迅", "魯迅"]
    return {
        f"r{n}": Record(
            type=r.choice(["book", "article", "map"]),
            title=r.choice(["历史 history", "地理 geography"]),
            languages=tuple(r.sample(["chi", "eng", "jpn"], r.randint(0, 2))),
            subjects=tuple(Subject(s) for s in r.sample(subjects, r.randint(0, 4))),
            contributors=tuple(Contributor(f"Author, {c}") for c in r.sample("ABCDEF", r.randint(0, 2))),
            publication=Publication(publisher=r.choice(["中华书局", "中華書局", "Springer", ""])),
            places=tuple(r.sample(["中国 / 北京", "中国 / 江苏 / 南京", "日本"], r.randint(0, 2))),
            classes=tuple(
                Class(c, "clc") for c in r.sample(["K207", "K29", "TP311", "I242.4"], r.randint(0, 2))
            ),
            links=(Link("http://x.example"),) if r.random() < 0.3 else (),
            year=r.choice([None, *range(1990, 1999)]),
        )
        for n in range(200)
    }


@pytest.fixture(scope="module")
def engine(search_engine: Engine) -> Engine:
    items = list(corpus().items())
    for n in range(0, 200, 50):  # several segments, as a real index has them
        fill(search_engine, dict(items[n : n + 50]))
    return search_engine


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tree", [Everything(), Words("all", "历史")])
def test_each_number_equals_the_hits_after_the_click(engine: Engine, name: str, tree: object) -> None:
    counts = ask(engine, tree, facets=(FacetCall(name, limit=100),)).facets[0]  # type: ignore[arg-type]
    assert counts.values
    assert not counts.more
    for value in counts.values:
        after = ask(engine, tree, selections=(Selection(name, (value.value,)),))  # type: ignore[arg-type]
        assert after.total == value.count


def test_a_facet_ignores_its_own_selection_and_heeds_the_others(engine: Engine) -> None:
    chosen = (Selection("type", ("map",)), Selection("language", ("chi", "eng")))
    types, languages = ask(
        engine, "", selections=chosen, facets=(FacetCall("type"), FacetCall("language"))
    ).facets
    assert {v.value for v in types.values} == {"book", "article", "map"}
    for value in types.values:
        assert value.count == ask(engine, "", selections=(Selection("type", (value.value,)), chosen[1])).total
    for value in languages.values:
        assert (
            value.count
            == ask(engine, "", selections=(chosen[0], Selection("language", (value.value,)))).total
        )


def test_several_values_are_alternatives_and_excluded_ones_are_gone(engine: Engine) -> None:
    chi, eng = (
        ids(ask(engine, "", limit=200, selections=(Selection("language", (x,)),))) for x in ("chi", "eng")
    )
    assert ids(ask(engine, "", limit=200, selections=(Selection("language", ("chi", "eng")),))) == chi | eng
    assert (
        ids(ask(engine, "", limit=200, selections=(Selection("language", ("chi",), ("eng",)),))) == chi - eng
    )
    rest = ids(ask(engine, "", limit=200, selections=(Selection("language", (), ("eng",)),)))
    assert rest == corpus().keys() - eng


def test_an_unknown_facet_or_value_finds_nothing(engine: Engine) -> None:
    assert ask(engine, "", selections=(Selection("nosuch", ("x",)),)).total == 0
    assert ask(engine, "", selections=(Selection("type", ("bo*",)),)).total == 0
    assert ask(engine, "", selections=(Selection("place", ("a / b / c / d / e / f",)),)).total == 0
    assert ask(engine, "", facets=(FacetCall("nosuch"),)).facets[0].values == ()


def test_a_hierarchy_shows_its_top_and_below_what_is_chosen(engine: Engine) -> None:
    top = ask(engine, "", facets=(FacetCall("place"), FacetCall("class"))).facets
    assert {v.value for v in top[0].values} == {"中国", "日本"}
    assert {v.value for v in top[1].values} == {"clc"}
    below = ask(engine, "", selections=(Selection("place", ("中国",)),), facets=(FacetCall("place"),)).facets[
        0
    ]
    assert {v.value for v in below.values} == {"中国", "日本", "中国 / 北京", "中国 / 江苏"}
    children = engine.facet(_call(), FacetCall("class", prefix="clc / "))
    assert {v.value for v in children.values} == {"clc / K", "clc / T", "clc / I"}


def test_values_are_found_by_their_beginning_whatever_the_form(engine: Engine) -> None:
    def values(facet: str, prefix: str, **more: object) -> list[str]:
        return [
            v.value for v in engine.facet(_call(), FacetCall(facet, prefix=prefix, limit=50, **more)).values
        ]  # type: ignore[arg-type]

    assert set(values("subject", "魯")) == {"鲁迅", "魯迅"}
    assert values("subject", "etu") == ["Étude"]
    assert set(values("subject", "PHYS")) == {"Physics", "Physics--History"}
    assert values("subject", ".*") == values("type", ".*") == []
    assert set(values("type", "b")) == {"book"}
    ordered = values("author", "", order="index")
    assert ordered == sorted(ordered) and len(ordered) == 6


def test_values_come_in_pages(engine: Engine) -> None:
    for order in ("count", "index"):
        whole = [v.value for v in engine.facet(_call(), FacetCall("subject", limit=50, order=order)).values]
        first = engine.facet(_call(), FacetCall("subject", limit=5, order=order))
        second = engine.facet(_call(), FacetCall("subject", limit=50, offset=5, order=order))
        assert [v.value for v in (*first.values, *second.values)] == whole
        assert first.more and not second.more


def test_the_histogram_ignores_the_years_chosen(engine: Engine) -> None:
    free = ask(engine, "", histogram=True)
    assert sum(count for _, count in free.histogram) == sum(1 for r in corpus().values() if r.year)
    narrowed = ask(engine, "", histogram=True, year=(1993, 1994), facets=(FacetCall("type"),))
    assert narrowed.histogram == free.histogram
    assert narrowed.total == sum(count for year, count in free.histogram if 1993 <= year <= 1994)
    assert sum(v.count for v in narrowed.facets[0].values) == narrowed.total


def _call() -> SearchCall:
    from index_corpus import CENTRE

    return SearchCall(Everything(), CENTRE)
