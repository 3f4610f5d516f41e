"""A real collection answers what the engine asks and nothing else, whatever texts it is asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import pytest
from search_engines import Engines, Kind

from holdings.members.view import PUBLIC, View
from indexer.document import Member, documents
from indexer.index.engine import FacetCall, SearchCall, SearchRefused
from indexer.index.query import Exact, Node, Phrase, Wildcard, Words
from indexer.index.solr_schema import CLOSED
from indexer.records.record import Record, Subject
from indexer.records.union import SourceRecord

if TYPE_CHECKING:
    from indexer.index.solr import SolrEngine

VIEW = View("C:centre", frozenset({PUBLIC}))


@pytest.fixture(scope="module")
def engine(engine_shops: dict[Kind, Engines]) -> Iterator[SolrEngine]:
    shop = engine_shops["solr"]
    taken = cast("SolrEngine", shop.take())
    record = Record(
        title="Secret number 7", subjects=(Subject("${q}"), Subject("{!lucene}*:*")), abstract="x"
    )
    source = SourceRecord(uid="a", library="l", repository="r", id="a", record=record)
    writer = taken.writer()
    writer.add(documents("a", [Member(source, frozenset({"L:a/staff"}), ("L:l",))]))
    other = SourceRecord(uid="b", library="l", repository="r", id="b", record=Record(title="Open {!x} $t0"))
    writer.add(documents("b", [Member(other, frozenset({PUBLIC}), ("L:l",))]))
    writer.close()
    yield taken
    shop.give_back(taken)


@pytest.mark.parametrize("path", CLOSED)
def test_what_nobody_needs_is_closed(engine: SolrEngine, path: str) -> None:
    with pytest.raises(SearchRefused) as told:
        engine.client.read(f"{engine.place.alias}{path}", {"query": "*:*"})
    assert told.value.status == 404


@pytest.mark.parametrize("path", ["config", "schema"])
def test_nobody_changes_the_configuration_over_http(engine: SolrEngine, path: str) -> None:
    change = {
        "add-field": {"name": "x", "type": "value"},
        "set-property": {"updateHandler.autoCommit.maxTime": 1},
    }
    with pytest.raises(SearchRefused):
        engine.client.read(f"{engine.place.alias}/{path}", change)


@pytest.mark.parametrize(
    "text",
    [
        "{!lucene}*:*",
        "{!lucene v='*:*'}",
        "*:*",
        "title:[* TO *]",
        "${sight}",
        "$t0",
        "x' v='*:*",
        '"} {!bool should="*:*"}',
        "_query_:\"{!lucene}*:*\"",
        "{!join from=id to=id fromIndex=x}*:*",
        "a) OR (sight:*",
        "\\",
        "secret\u0000number",
        "+*:* -x",
    ],
)  # fmt: skip
def test_no_text_becomes_syntax_or_opens_what_is_hidden(engine: SolrEngine, text: str) -> None:
    trees: list[Node] = [
        Words("all", text), Words("isbn", text), Phrase("title", text), Wildcard("title", f"se{text}*"),
        Wildcard("callnumber", f"ab{text}*"), Exact("subject", text), Exact("type", text),
    ]  # fmt: skip
    for tree in trees:
        for scope in ("", text):
            found = engine.search(SearchCall(tree, VIEW, scope=scope, facets=(FacetCall("subject"),)))
            assert {hit.id for hit in found.hits} <= {"b"}
            assert found.facets[0].values == ()
    assert (
        engine.facet(SearchCall(Words("all", "open"), VIEW), FacetCall("subject", prefix=text)).values == ()
    )
    assert engine.terms("subject", text, VIEW, 5) == []
    assert engine.near_terms("all", text, VIEW) == []


def test_signs_of_syntax_are_found_where_they_stand(engine: SolrEngine) -> None:
    inside = View("L:a", frozenset({PUBLIC, "L:a/staff"}))
    for value in ("${q}", "{!lucene}*:*"):
        assert engine.search(SearchCall(Exact("subject", value), inside)).total == 1
        assert engine.counts(SearchCall(Words("all", "secret"), inside), "subject", [value]) == [1]
