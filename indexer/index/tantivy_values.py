"""Lists of values and their counts from the embedded engine (取值与计数), for browsing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tantivy import Occur, Query

from indexer.index.clause import Clause
from indexer.index.dictionary import dictionary_column, dictionary_value, value_clause
from indexer.index.tantivy_render import Renderer
from indexer.index.tantivy_state import State


def values(state: State, dictionary: str) -> Iterator[str]:
    """Every distinct value of a dictionary, in no order."""
    column = dictionary_column(dictionary)
    if column:
        for term, _ in state.searcher.terms_with_prefix(column, "", None, None):
            yield dictionary_value(dictionary, term)


def counts(
    render: Renderer, state: State, query: Query, dictionary: str, wanted: Sequence[str]
) -> list[int]:
    """How many documents of a query have each of the values."""
    found = []
    for value in wanted:
        carriers = Query.const_score_query(render(value_clause(dictionary, value)), 1.0)
        both = Query.boolean_query([(Occur.Must, carriers), (Occur.Must, query)])
        found.append(int(state.searcher.search(both, 1).count))
    return found


def union_ids(render: Renderer, state: State, clause: Clause) -> Iterator[str]:
    """Ids of the union records of all documents that a clause matches."""
    query = Query.const_score_query(render(clause), 1.0)
    total = int(state.searcher.search(query, 1).count)
    if total:
        for _, address in state.searcher.search(query, total, count=False).hits:
            yield str(state.searcher.doc(address).get_first("id"))
