"""Both engines give the same answers: random trees over real records, in views with hidden documents."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import catalogue
import msgspec
import pytest
from catalogue import FACET_CALLS, SORTS, VIEWS, Questions
from search_engines import Engines, Kind

from indexer.index.engine import Engine, EngineResults, FacetCall, FacetCounts, SearchCall, Selection
from indexer.index.query import And, Everything, Node, Not, Or
from indexer.records.record import Record

TREES = 60
SEEDS = range(6)


@pytest.fixture(scope="module", params=["demo", "real"])
def records(request: pytest.FixtureRequest) -> list[Record]:
    if request.param == "demo":
        return catalogue.demo_records()
    data: Path = request.getfixturevalue("shared_data")
    return catalogue.real_records(data)


@pytest.fixture(scope="module")
def both(records: list[Record], engine_shops: dict[Kind, Engines]) -> Iterator[tuple[Engine, Engine]]:
    unions = catalogue.unions(records)
    shops = [engine_shops["tantivy"], engine_shops["solr"]]
    pair = [shop.take() for shop in shops]
    for engine in pair:
        writer = engine.writer()
        for made in unions.documents():
            writer.add(made)
        writer.close()
    yield pair[0], pair[1]
    for shop, engine in zip(shops, pair, strict=True):
        shop.give_back(engine)


def walked(engine: Engine, call: SearchCall) -> list[str]:
    """The ids of all hits, by the cursor."""
    found: list[str] = []
    cursor = "*"
    while cursor:
        results = engine.search(msgspec.structs.replace(call, cursor=cursor, limit=700))
        found += [hit.id for hit in results.hits]
        cursor = results.next_cursor
    assert results.total == len(found)
    return found


def change(call: SearchCall, **changes: object) -> SearchCall:
    return msgspec.structs.replace(call, **changes)


def ids(results: EngineResults) -> list[str]:
    return [hit.id for hit in results.hits]


def assert_alike(one: FacetCounts, other: FacetCounts) -> None:
    """The same numbers, and the same values but for those as frequent as the last one: which of them come is
    not said.
    """
    assert (one.facet, one.more) == (other.facet, other.more)
    assert [value.count for value in one.values] == [value.count for value in other.values], (one, other)
    least = one.values[-1].count if one.values and one.more else 0
    assert [v for v in one.values if v.count > least] == [v for v in other.values if v.count > least]


@pytest.mark.parametrize("seed", SEEDS)
def test_random_calls_find_and_count_the_same(
    both: tuple[Engine, Engine], records: Sequence[Record], seed: int
) -> None:
    tantivy, solr = both
    questions = Questions(records, seed)
    hits = 0
    for _ in range(TREES // len(SEEDS)):
        call = change(questions.call(), facets=FACET_CALLS, histogram=True)
        one, other = tantivy.search(call), solr.search(call)
        assert one.total == other.total, call
        assert one.histogram == other.histogram, call
        for counts, others in zip(one.facets, other.facets, strict=True):
            assert_alike(counts, others)
        assert walked(tantivy, call) == walked(solr, call), call
        hits += one.total
        for sort in SORTS:
            asked = change(call, sort=sort, limit=60, facets=(), histogram=False)
            found = tantivy.search(asked)
            assert ids(found) == ids(solr.search(asked)), asked
            assert [h.display for h in found.hits] == [h.display for h in solr.search(asked).hits]
    assert hits > 20


@pytest.mark.parametrize("seed", SEEDS)
def test_random_calls_rank_alike(both: tuple[Engine, Engine], records: Sequence[Record], seed: int) -> None:
    """Where a score differs by more than the engines' rounding of lengths, the order is the same."""
    tantivy, solr = both
    questions = Questions(records, seed + 1000)
    for _ in range(TREES // len(SEEDS)):
        call = questions.call()
        one, other = tantivy.search(call), solr.search(call)
        place = {hit.id: n for n, hit in enumerate(other.hits)}
        for n, hit in enumerate(one.hits):
            for after in one.hits[n + 1 :]:
                if hit.score > after.score * 1.1 + 0.5:
                    assert place.get(hit.id, 99) < place.get(after.id, 100), call


def test_numbers_hold_together(both: tuple[Engine, Engine], records: Sequence[Record]) -> None:
    questions = Questions(records, 77)
    for engine in both:
        for view in VIEWS:

            def total(tree: Node, engine: Engine = engine, **more: object) -> int:
                return engine.search(change(SearchCall(tree, view, limit=0), **more)).total  # noqa: B023

            for _ in range(8):
                a, b = questions.call().tree, questions.tree(1)
                assert total(Or((a, b))) == total(a) + total(b) - total(And((a, b))), (a, b)
                assert total(Not(a)) == total(Everything()) - total(a), a
                assert total(And((b, Not(a)))) == total(b) - total(And((a, b))), (a, b)


@pytest.mark.parametrize("seed", [5, 6])
def test_a_number_in_a_facet_is_what_a_click_gives(
    both: tuple[Engine, Engine], records: Sequence[Record], seed: int
) -> None:
    questions = Questions(records, seed)
    call = change(questions.call(), facets=FACET_CALLS)
    for engine in both:
        for counts in engine.search(call).facets:
            chosen = next((s for s in call.selections if s.facet == counts.facet), None)
            for value in counts.values[:4]:
                rest = tuple(s for s in call.selections if s.facet != counts.facet)
                if chosen and value.value in chosen.none_of:
                    continue
                clicked = change(call, selections=(*rest, Selection(counts.facet, (value.value,))), facets=())
                assert engine.search(clicked).total == value.count, (call, counts.facet, value)


def test_pages_of_a_facet_and_its_beginnings_are_the_same(
    both: tuple[Engine, Engine], records: Sequence[Record]
) -> None:
    tantivy, solr = both
    for view in VIEWS[:3]:
        call = SearchCall(Everything(), view)
        for facet in ("subject", "author", "publisher", "language"):
            for asked in (
                FacetCall(facet, limit=20),
                FacetCall(facet, limit=20, order="index"),
                FacetCall(facet, limit=20, prefix=records[0].title[:1]),
                FacetCall(facet, limit=20, prefix="ch"),
            ):
                assert_alike(tantivy.facet(call, asked), solr.facet(call, asked))


@pytest.mark.parametrize("order", ["count", "index"])
def test_pages_of_a_facet_hold_every_value_once(both: tuple[Engine, Engine], order: str) -> None:
    for engine in both:
        call, values, more = SearchCall(Everything(), VIEWS[0]), [], True
        while more and len(values) < 200:
            page = engine.facet(call, FacetCall("subject", limit=20, offset=len(values), order=order))
            values += [value.value for value in page.values]
            more = page.more
        assert len(values) == len(set(values))


def test_dictionaries_are_the_same_and_show_only_what_is_seen(
    both: tuple[Engine, Engine], records: Sequence[Record]
) -> None:
    tantivy, solr = both
    for dictionary in ("author", "subject", "journal", "title"):
        assert sorted(set(tantivy.values(dictionary))) == sorted(set(solr.values(dictionary))), dictionary
        for view in VIEWS:
            for start in ("a", "ch", "中", "李"):
                one, other = (e.terms(dictionary, start, view, 15) for e in both)
                assert one == other, (dictionary, start, view)
    values = [
        value.value
        for value in tantivy.facet(SearchCall(Everything(), VIEWS[1]), FacetCall("subject", limit=40)).values
    ]
    for view in VIEWS:
        call = SearchCall(Everything(), view)
        assert tantivy.counts(call, "subject", values) == solr.counts(call, "subject", values)
