"""The distributed search engine (分布式检索引擎): a SolrCloud over HTTP, several nodes, shards and replicas.

Its collection stands behind an alias, so a new one takes its place in one step. Everything about matching and
ranking is decided in ``compile.py``, for both engines; nothing is kept in this process but where the alias
points to.
"""

from __future__ import annotations

import base64
import re
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from holdings.members.view import View
from indexer.index import solr_facets, solr_values
from indexer.index.clause import Clause, MatchAll, Value
from indexer.index.compile import Compiler
from indexer.index.dictionary import dictionary_column, dictionary_value, value_clause
from indexer.index.engine import (
    Begun,
    EngineHit,
    EngineResults,
    FacetCall,
    FacetCounts,
    SearchCall,
    SearchRefused,
)
from indexer.index.narrow import between, narrowing
from indexer.index.query import ranks
from indexer.index.solr_client import SolrClient
from indexer.index.solr_place import SolrPlace
from indexer.index.solr_render import Given, body, filters, query
from indexer.index.solr_schema import solr_mark
from indexer.index.solr_values import WALK_ORDER
from indexer.index.solr_writer import SolrWriter

LOOK_EVERY = 2.0  # seconds between looks at where the alias points to
PATIENCE = 30.0  # seconds a writer waits for another one
WALK = 10_000  # terms of a dictionary that are asked for at once
TOGETHER = 100  # totals that are asked for at once
MANY_VALUES = 200  # values whose counts are taken from all that the hits have, where hits are few
FEW_HITS = 8_000

_TIES = "newest desc"  # its lower bits are a digest of the id, so there are no ties left
_ORDERS = {
    "relevance": f"score desc,{_TIES}",
    "newest": _TIES,
    "oldest": f"oldest asc,{_TIES}",
    "title": f"s_title asc,{_TIES}",
    "author": f"s_author asc,{_TIES}",
    "added": f"added desc,{_TIES}",
}


class SolrEngine:
    """The SolrCloud engine. Reading is safe from several threads; raises ``SearchUnavailable`` when no node
    answers.
    """

    def __init__(self, place: SolrPlace, path: Path | None = None, client: SolrClient | None = None) -> None:
        self.place = place
        self.path = path  # holds nothing but the lock of the one writer of this home
        self.writing = threading.Lock()
        self.client = client or SolrClient(place.nodes, patience=place.patience)
        self._mark = solr_mark()
        self._scored = Compiler(scoring=True)
        self._plain = Compiler(scoring=False)
        self._own = re.compile(rf"{re.escape(place.alias)}_[0-9a-f]{{16}}_[0-9]{{13,}}")
        self._present = ""  # the collection that is read
        self._shards = place.shards
        self._looked = -LOOK_EVERY

    # The collection behind the alias

    def is_own(self, collection: str) -> bool:
        """Whether a collection was made by this engine for its alias."""
        return self._own.fullmatch(collection) is not None

    def made_for(self, collection: str) -> bool:
        """Whether a collection was made for the present table of fields."""
        return collection.startswith(f"{self.place.alias}_{self._mark}_")

    def fresh_name(self) -> str:
        return f"{self.place.alias}_{self._mark}_{time.time_ns() // 1_000_000}"

    def look(self) -> bool:
        """Whether the alias points to a collection that can be read."""
        present = self.client.aliases().get(self.place.alias, "")
        if not self.made_for(present):
            present = ""
        if present and present != self._present:
            # The settings count for new collections, the one that is there may have other numbers.
            status = self.client.collections().get(present)
            self._shards = status.shards if status else self.place.shards
        self._present = present
        self._looked = time.monotonic()
        return bool(present)

    def usable(self) -> bool:
        return self.look()

    def close(self) -> None:
        self.client.close()

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Solr's answer; None where there is no index, or none that can be read."""
        if time.monotonic() - self._looked > LOOK_EVERY:
            self.look()
        if not self._present:
            return None
        try:
            return self.client.search(self.place.alias, asked)
        except SearchRefused:
            # The alias may just have been pointed elsewhere, and its old collection be gone.
            return self.client.search(self.place.alias, asked) if self.look() else None

    # Searching

    def search(self, call: SearchCall) -> EngineResults:
        given = Given()
        sort = _ORDERS.get(call.sort, _ORDERS["relevance"])
        if call.sort not in _ORDERS or call.sort == "relevance":
            sort = sort if ranks(call.tree) else _ORDERS["newest"]
        start, skip = _read_cursor(call.cursor) if call.cursor else (0, 0)
        scored = sort.startswith("score") and call.limit > 0 and not call.cursor
        facets = solr_facets.ask(call, given)
        narrowed = solr_facets.filters_of(call, given)
        if call.cursor:
            sort = WALK_ORDER
            if start:
                rest = query(between("walk", start, None), given)
                narrowed.append(f"{{!tag=walk cache=false}}{rest}")
                facets["total"] = {"type": "query", "q": "*:*", "domain": {"excludeTags": "walk"}}
        limit = max(1, call.limit) + 1 + skip if call.cursor else max(0, call.limit)
        asked = body(
            query(self._scored(call.tree, call.view.place) if scored else self._plain(call.tree), given),
            given,
            filter=narrowed,
            fields=["id", "display", "score" if scored else "walk"],
            sort=sort,
            offset=0 if call.cursor else max(0, call.offset),
            facet=facets,
        )
        asked["limit"] = limit
        answer = self._ask(asked)
        if answer is None:
            return EngineResults(0, ())
        counted = answer.get("facets", {})
        total = int(answer["response"]["numFound"])
        found = answer["response"]["docs"]
        next_cursor = ""
        if call.cursor:
            total = int(counted["total"]["count"]) if start else total
            found = found[skip:]
            if len(found) > max(1, call.limit):
                found = found[: max(1, call.limit)]
                last = found[-1]["walk"]
                same = sum(1 for hit in found if hit["walk"] == last) + (skip if last == start else 0)
                next_cursor = f"{last}.{same}"
        values = self._facets(call, counted)
        years = solr_facets.histogram(counted) if call.histogram else ()
        return EngineResults(total, tuple(map(_hit, found)), values, years, next_cursor)

    def _facets(self, call: SearchCall, counted: dict[str, Any]) -> tuple[FacetCounts, ...]:
        """The counts of all facets; where a value may have been missed, more of them are asked for."""
        found, unsure = solr_facets.read(call, counted, self._shards)
        if unsure:
            facets = tuple(call.facets[n] for n in sorted(unsure))
            again = msgspec.structs.replace(call, facets=facets, histogram=False)
            given = Given()
            asked = body(
                query(self._plain(call.tree), given),
                given,
                filter=solr_facets.filters_of(call, given),
                facet=solr_facets.ask(again, given, first=False),
            )
            asked["limit"] = 0
            answer = self._ask(asked)
            if answer is not None:
                more, _ = solr_facets.read(again, answer.get("facets", {}), self._shards, first=False)
                for n, counts in zip(sorted(unsure), more, strict=True):
                    found[n] = counts
        return tuple(found)

    def facet(self, call: SearchCall, facet: FacetCall) -> FacetCounts:
        asked = msgspec.structs.replace(call, facets=(facet,), histogram=False, limit=0, cursor="")
        return next(iter(self.search(asked).facets), FacetCounts(facet.facet, ()))

    def totals(self, calls: Sequence[SearchCall]) -> list[int]:
        found: list[int] = []
        for start in range(0, len(calls), TOGETHER):
            given = Given()
            wanted = []
            for call in calls[start : start + TOGETHER]:
                narrowed = filters(narrowing(call), given)
                wanted.append(f"{query(self._plain(call.tree), given)} +({narrowed})")
            found += solr_values.both(self._ask, query(MatchAll(), given), [], wanted, given)
        return found

    # Beside searching

    def counts(self, call: SearchCall, facet: str, values: Sequence[str]) -> list[int]:
        found: list[int] = []
        clauses = [value_clause(facet, value) for value in values]
        if len(values) >= MANY_VALUES and self.totals([call])[0] <= FEW_HITS:
            given = Given()
            main, narrowed = query(self._plain(call.tree), given), solr_facets.filters_of(call, given)
            counted = solr_values.counted(self._ask, main, narrowed, facet, given)
            return [counted.get(c.term, 0) if isinstance(c, Value) else 0 for c in clauses]
        for start in range(0, len(values), TOGETHER):
            given = Given()
            main, narrowed = query(self._plain(call.tree), given), solr_facets.filters_of(call, given)
            wanted = [query(clause, given) for clause in clauses[start : start + TOGETHER]]
            found += solr_values.both(self._ask, main, narrowed, wanted, given)
        return found

    def terms(
        self, dictionary: str, start: str, view: View, limit: int, *, type: str = ""
    ) -> list[tuple[str, int]]:
        return solr_values.terms(self._ask, dictionary, start, view, limit, type)

    def begun(self, call: SearchCall, walks: Sequence[tuple[str, str]], limit: int) -> list[Begun]:
        found = solr_values.begun(self._ask, narrowing(call), walks, limit)
        return [Begun(tuple(terms)) for terms in found]

    def carriers(self, call: SearchCall, terms: Sequence[tuple[str, str]]) -> list[int]:
        return solr_values.carriers(self._ask, narrowing(call), terms)

    def words_begun(self, start: str, limit: int) -> None:
        """Lucene finds them in the course of a search."""

    def near_begun(self, dictionary: str, start: str, limit: int) -> None:
        """Lucene looks for what is near in the course of a search."""

    def values(self, dictionary: str) -> Iterator[str]:
        column = dictionary_column(dictionary)
        if not column or not self.look():
            return
        after = ""
        while found := self.client.terms(self.place.alias, column, after=after, limit=WALK):
            for term, _ in found:
                yield dictionary_value(dictionary, term)
            if len(found) < WALK:
                return
            after = found[-1][0]

    def union_ids(self, clause: Clause) -> Iterator[str]:
        return solr_values.union_ids(self._ask, clause)

    def scores(self, id: str, view: View, clauses: Sequence[Clause]) -> list[float | None]:
        return solr_values.scores(self._ask, id, view, clauses)

    def near_terms(self, field: str, token: str, view: View, limit: int = 5) -> list[tuple[str, int]]:
        def walk(prefix: str) -> list[tuple[str, int]]:
            return self.client.terms(self.place.alias, field, prefix=prefix, limit=2 * WALK)

        return solr_values.near_terms(self._ask, field, token, walk, view, limit) if self.look() else []

    def similar(self, id: str, view: View, limit: int) -> list[EngineHit]:
        found = solr_values.similar(self._ask, id, view, limit, _ORDERS["relevance"])
        return list(map(_hit, found))

    def writer(self, *, rebuild: bool = False, patience: float = PATIENCE) -> SolrWriter:
        """Opens the one writer; raises ``WriterBusy`` when another one does not finish in time."""
        return SolrWriter(self, rebuild=rebuild, patience=patience)


def _hit(found: dict[str, Any]) -> EngineHit:
    return EngineHit(found["id"], float(found.get("score", 0.0)), base64.b64decode(found["display"]))


def _read_cursor(cursor: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,18})\.([0-9]{1,6})", cursor)
    return (int(match[1]), int(match[2])) if match else (0, 0)
