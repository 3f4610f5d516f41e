"""Counting facet values (分面计数) in one pass for all facets in which nothing is chosen.

Facets with few values are columns of text. Names, subjects and the like have hundreds of thousands of values,
and turning their numbers in a column back into text costs more than counting them; so these columns hold
digests, and only the values that are shown are turned back, through a document that carries them, and
remembered.
"""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import msgspec
from tantivy import Occur, Query

from indexer.index.clause import Clause, Key, Value, either
from indexer.index.columns import digest_column, facet_column
from indexer.index.engine import FacetCall, FacetCount, FacetCounts, SearchCall
from indexer.index.fields import BY_NAME, FACETS, SEPARATOR, Field
from indexer.index.keywords import facet_digest, facet_value
from indexer.index.narrow import narrowing
from indexer.index.shown import IN_FULL
from indexer.index.tantivy_queries import Queries
from indexer.index.tantivy_render import Renderer
from indexer.index.tantivy_state import State
from indexer.text.analyse import key

SPARE = 10  # values counted beyond those asked for, so that equal ones at the end come in a fixed order
PAGED_SPARE = (
    1000  # the same where a facet is paged through, or pages would repeat one value and miss another
)
SEGMENT_VALUES = 150  # values each segment hands over before they are summed up, beside a page of hits
FEW_HITS = 2000  # up to so many hits all values are compared, which is quicker than counting some again
ALL_VALUES = 50_000  # the same where a facet is paged through
REMEMBERED = 400_000  # digests whose text is known


class Passes(msgspec.Struct, frozen=True):
    """What the counting for one search gave."""

    facets: tuple[FacetCounts, ...]
    histogram: tuple[tuple[int, int], ...]


_HASHED_COLUMNS = [(field.name, facet_column(field)) for field in FACETS if field.hashed]


class FacetCounter:
    """Counts the values of facets (分面计数器); keeps the text of digests between calls."""

    def __init__(self, render: Renderer, queries: Queries) -> None:
        self._render = render
        self._queries = queries
        self._texts: dict[tuple[str, int], str] = {}

    def count(
        self,
        state: State,
        call: SearchCall,
        *,
        total: int = 0,
        paged: bool = False,
        near: Sequence[Any] = (),
    ) -> Passes:
        """One aggregation for all facets nothing is chosen in, one more for each of the others.

        With ``paged`` so many values are compared that the pages of a long list fit together; the same where
        no more than FEW_HITS were found (``total``), as then all their values are soon compared. ``near`` are
        all documents found, where they have been read already: what is stored with them is quicker to count.
        """
        compared = ALL_VALUES if paged or 0 < total <= FEW_HITS else SEGMENT_VALUES
        plain = self._queries.plain(call.tree)
        marks = state.marks
        chosen = {s.facet: s for s in call.selections}
        open_query = self._render.narrowed(plain, narrowing(call, marks=marks))
        together: dict[str, Any] = {}
        counted: dict[int, FacetCounts] = {}
        for n, facet in enumerate(call.facets):
            field = BY_NAME.get(facet.facet)
            if field is None or not field.facet or not field.counted:
                counted[n] = FacetCounts(facet.facet, ())
                continue
            query = open_query
            if field.name in chosen:
                others = narrowing(call, marks=marks, leave_out=field.name)
                query = self._render.narrowed(plain, others)
            if field.hashed and (facet.prefix or facet.order == "index"):
                counted[n] = self._by_beginning(state, query, field, facet)
                continue
            if near and field.hashed and field.name not in chosen:
                counted[n] = _of_documents(near, field, facet)
                continue
            selection = chosen.get(field.name)
            values = compared
            if selection and values < ALL_VALUES and state.searcher.search(query, 1).count <= FEW_HITS:
                values = ALL_VALUES
            any_of = selection.any_of if selection else ()
            asked = _aggregations(field.name, facet, any_of, values, PAGED_SPARE if paged else SPARE)
            if selection:
                answers = state.searcher.aggregate(query, asked)
                counted[n] = self._counts(state, query, field, facet, answers)
            else:
                together |= {f"{n}/{level}": one for level, one in asked.items()}
        histogram: tuple[tuple[int, int], ...] = ()
        if call.histogram and call.year is None:
            together["years"] = _YEARS
        elif call.histogram:
            query = self._render.narrowed(plain, narrowing(call, marks=marks, year=False))
            histogram = _histogram(state.searcher.aggregate(query, {"years": _YEARS})["years"])
        if together:
            parts: dict[int, dict[str, Any]] = {}
            for name, part in state.searcher.aggregate(open_query, together).items():
                if name == "years":
                    histogram = _histogram(part)
                else:
                    n, _, level = name.partition("/")
                    parts.setdefault(int(n), {})[level] = part
            for n, answers in parts.items():
                facet = call.facets[n]
                counted[n] = self._counts(state, open_query, BY_NAME[facet.facet], facet, answers)
        return Passes(tuple(counted[n] for n in range(len(call.facets))), histogram)

    def _counts(
        self,
        state: State,
        query: Query,
        field: Field,
        call: FacetCall,
        answers: dict[str, dict[str, Any]],
    ) -> FacetCounts:
        values: list[FacetCount] = []
        more = False
        end = call.offset + call.limit
        for depth, answer in sorted(answers.items()):
            found = [(b["key"], int(b["doc_count"])) for b in answer["buckets"]]
            more = more or len(found) > end
            if answer.get("doc_count_error_upper_bound") and state.searcher.num_segments > 1:
                # Some segment kept a value back. What is shown is counted once more, as a number must be what
                # a click on it gives.
                column = digest_column(field) if field.hashed else facet_column(field, int(depth))
                found = self._exactly(state, query, column, [value for value, _ in found])
            if field.hashed:
                # Only what is shown, or might be as it is as frequent, is turned back into text.
                found.sort(key=lambda b: -b[1])
                least = found[min(end, len(found)) - 1][1] if found else 0
                found = [(self._text(state, field, int(d)), count) for d, count in found if count >= least]
            _arrange(found, call)
            found = found[:end]
            values += [FacetCount(_shown(field, term), count) for term, count in found[call.offset :]]
        return FacetCounts(field.name, tuple(values), more)

    def _exactly(
        self, state: State, query: Query, column: str, values: Sequence[Any]
    ) -> list[tuple[Any, int]]:
        """The values with their counts, in one pass over the documents that carry any of them."""
        values = [int(v) if column.startswith("h_") else v for v in values]
        carriers: list[Clause] = [
            Key(column, value) if isinstance(value, int) else Value(column, value) for value in values
        ]
        asked = {"field": column, "size": 4 * len(values), "segment_size": ALL_VALUES}
        any_of = self._both(query, either(carriers))
        answer = state.searcher.aggregate(any_of, {"n": {"terms": asked}})["n"]
        counted = {b["key"]: int(b["doc_count"]) for b in answer["buckets"]}
        for value, carrier in zip(values, carriers, strict=True):
            if value not in counted:
                counted[value] = int(state.searcher.search(self._both(query, carrier), 1).count)
        return [(value, counted[value]) for value in values]

    def _both(self, query: Query, clause: Clause) -> Query:
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, self._render(clause))])

    def _text(self, state: State, field: Field, digest: int) -> str:
        """The term behind a digest, read from any document that carries it."""
        known = self._texts.get((field.name, digest))
        if known is not None:
            return known
        if len(self._texts) > REMEMBERED:
            self._texts.clear()
        carriers = self._render(Key(digest_column(field), digest))
        for _, address in state.searcher.search(carriers, 1, count=False).hits:
            # The other facets of the same document are asked for next.
            self._learn(state.searcher.doc(address))
        return self._texts.get((field.name, digest), "")

    def _learn(self, document: Any) -> None:
        for name, column in _HASHED_COLUMNS:
            for term in document.get_all(column):
                self._texts[name, facet_digest(term)] = term

    def _by_beginning(self, state: State, query: Query, field: Field, call: FacetCall) -> FacetCounts:
        """Values by a walk over the dictionary: those that begin with something, or all in their order."""
        column = facet_column(field)
        end = call.offset + call.limit
        begin = key(call.prefix) if call.prefix else ""

        def walk(start: str, limit: int | None = None) -> list[tuple[str, int]]:
            return [f for f in state.searcher.terms_with_prefix(column, start, query, limit) if f[1]]

        if call.order != "index":
            found = walk(begin, end + 1)
        elif begin:
            found = sorted(walk(begin))
        else:
            # Most lists end within a few letters; only a list that goes on needs the whole dictionary.
            found = []
            for start in string.digits + string.ascii_lowercase:
                found += sorted(walk(start))
                if len(found) > end:
                    break
            else:
                found = sorted(walk(""))
        values = tuple(FacetCount(_shown(field, term), count) for term, count in found[call.offset : end])
        return FacetCounts(field.name, values, len(found) > end)


_YEARS = {"terms": {"field": "year", "size": 20000, "segment_size": 20000}}


def _histogram(answer: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((int(b["key"]), int(b["doc_count"])) for b in answer["buckets"]))


def _of_documents(documents: Sequence[Any], field: Field, call: FacetCall) -> FacetCounts:
    column = facet_column(field)
    found = list(Counter(term for held in documents for term in held.get_all(column)).items())
    _arrange(found, call)
    end = call.offset + call.limit
    values = tuple(FacetCount(_shown(field, term), count) for term, count in found[call.offset : end])
    return FacetCounts(field.name, values, len(found) > end)


def _shown(field: Field, term: str) -> str:
    return term if field.coded else facet_value(term)


def _arrange(found: list[tuple[str, int]], call: FacetCall) -> None:
    if call.order == "index":
        found.sort()
    else:
        found.sort(key=lambda b: (-b[1], b[0]))


def _literal(text: str) -> str:
    return re.sub(r"([\\.+*?()|\[\]{}^$#&~\-])", r"\\\1", text)


@lru_cache(maxsize=1024)
def _aggregations(
    name: str, call: FacetCall, chosen: tuple[str, ...], compared: int, spare: int
) -> dict[str, Any]:
    """The aggregations for one facet, by depth: of a hierarchy its top, the way to what is chosen, what is
    below it.
    """
    field = BY_NAME[name]
    if field.hashed:
        return {"0": _terms(digest_column(field), call, [], compared, spare)}
    if not field.levels:
        return {"0": _terms(facet_column(field), call, _begins(field, call.prefix), compared, spare)}
    below: dict[int, list[str]] = {}
    if call.prefix.endswith(" / "):
        below[call.prefix.count(" / ")] = [_below(field, call.prefix)]
    else:
        below[0] = _begins(field, call.prefix)
        for value in chosen:
            parts = value.split(" / ")
            for depth in range(1, len(parts) + 1):
                below.setdefault(depth, []).append(_below(field, " / ".join(parts[:depth]) + " / "))
    return {
        str(depth): _terms(facet_column(field, depth), call, patterns, compared, spare)
        for depth, patterns in below.items()
        if depth < field.levels
    }


def _terms(
    column: str, call: FacetCall, beginnings: Sequence[str], compared: int, spare: int
) -> dict[str, Any]:
    size = call.offset + call.limit + spare
    terms: dict[str, Any] = {"field": column, "size": size, "segment_size": max(compared, 3 * size)}
    if call.order == "index":
        terms["order"] = {"_key": "asc"}
    if beginnings:
        terms["include"] = "|".join(f"({b}.*)" for b in dict.fromkeys(beginnings))
    return {"terms": terms}


def _begins(field: Field, prefix: str) -> list[str]:
    return [_literal(prefix if field.coded else key(prefix))] if prefix else []


def _below(field: Field, path: str) -> str:
    """What the terms below a path begin with; in front of a path that is no code stands its key."""
    return _literal(path) if field.coded else f"[^{SEPARATOR}]*{IN_FULL}{_literal(path)}"
