"""Lists of values and their counts from the embedded engine (取值与计数), for browsing."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

from tantivy import Occur, Query

from indexer.index.clause import Clause, Value
from indexer.index.columns import digest_column
from indexer.index.dictionary import TITLE, dictionary_column, dictionary_value, value_clause
from indexer.index.fields import BY_NAME
from indexer.index.keywords import facet_digest
from indexer.index.tantivy_render import Renderer
from indexer.index.tantivy_state import State

MANY = 100  # values from which on those of all hits are counted at once, where hits are few
FEW = 8_000  # hits that count as few; each has a few values, and an aggregation has 65,000 at most

REMEMBERED = 4  # counts of all values of a call: large, and asked for again only by the next look

Counted = dict[Any, int]  # digests or terms of a column, with how many hits have them


def values(state: State, dictionary: str) -> Iterator[str]:
    """Every distinct value of a dictionary, in no order."""
    column = dictionary_column(dictionary)
    if column:
        for term, _ in state.searcher.terms_with_prefix(column, "", None, None):
            yield dictionary_value(dictionary, term)


class ValueCounter:
    """Counts given values of a dictionary (取值计数器)."""

    def __init__(self, render: Renderer) -> None:
        self._render = render
        self._lock = threading.Lock()
        self._held: OrderedDict[Any, Counted] = OrderedDict()

    def __call__(
        self, state: State, identity: Any, query: Query, dictionary: str, wanted: Sequence[str]
    ) -> list[int]:
        """How many documents of a query have each of the values; ``identity`` names the query.

        Each value is a look at where it occurs. Of many values in few hits nearly none occurs: then all
        values of the hits are counted in one go.
        """
        clauses = [value_clause(dictionary, value) for value in wanted]
        if len(wanted) >= MANY and int(state.searcher.search(query, 1).count) <= FEW:
            counted = self._all(state, identity, query, dictionary)
            number = facet_digest if _hashed(dictionary) else str
            return [counted.get(number(c.term), 0) if isinstance(c, Value) else 0 for c in clauses]
        found = []
        for clause in clauses:
            carriers = Query.const_score_query(self._render(clause), 1.0)
            both = Query.boolean_query([(Occur.Must, carriers), (Occur.Must, query)])
            found.append(int(state.searcher.search(both, 1).count))
        return found

    def _all(self, state: State, identity: Any, query: Query, dictionary: str) -> Counted:
        """Every value of a dictionary that a query's few hits have."""
        name = (state.generation, identity, dictionary)
        with self._lock:
            held = self._held.get(name)
        if held is None:
            hashed = _hashed(dictionary)
            column = digest_column(BY_NAME[dictionary]) if hashed else dictionary_column(dictionary)
            terms = {"field": column, "size": 64_000, "segment_size": 64_000}
            answer = state.searcher.aggregate(query, {"n": {"terms": terms}})["n"]
            held = {int(b["key"]) if hashed else b["key"]: int(b["doc_count"]) for b in answer["buckets"]}
            with self._lock:
                self._held[name] = held
                while len(self._held) > REMEMBERED:
                    self._held.popitem(last=False)
        return held


def _hashed(dictionary: str) -> bool:
    field = BY_NAME.get(dictionary)
    return dictionary != TITLE and field is not None and field.hashed


def union_ids(render: Renderer, state: State, clause: Clause) -> Iterator[str]:
    """Ids of the union records of all documents that a clause matches."""
    query = Query.const_score_query(render(clause), 1.0)
    total = int(state.searcher.search(query, 1).count)
    if total:
        for _, address in state.searcher.search(query, total, count=False).hits:
            yield str(state.searcher.doc(address).get_first("id"))
