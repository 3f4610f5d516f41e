"""Counting facet values (分面计数) in one pass for all facets in which nothing is chosen.

Facets with few values are columns of text. Names, subjects and the like have hundreds of thousands of values, and
turning their numbers in a column back into text costs more than counting them; so these columns hold digests, and only
the values that are shown are turned back, through a document that carries them, and remembered.
"""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from typing import Any

import msgspec
import tantivy
from tantivy import Query

from indexer.index.engine import FacetCall, FacetCount, FacetCounts, SearchCall, Selection
from indexer.index.fields import BY_NAME, SEPARATOR, Field
from indexer.index.keywords import facet_digest, facet_value
from indexer.index.tantivy_compile import Compiler, every
from indexer.index.tantivy_filter import State, narrowing
from indexer.index.tantivy_schema import digest_column, facet_column
from indexer.text.analyse import key

SPARE = 20  # values counted beyond those asked for, so that equal ones at the end come in a fixed order
SEGMENT_VALUES = 1000  # values each segment hands over before they are summed up
REMEMBERED = 400_000  # digests whose text is known
MAX_WALK = 5000  # values that are looked at when they are wanted by their beginning


class Passes(msgspec.Struct, frozen=True):
    """What the counting for one search gave."""

    facets: tuple[FacetCounts, ...]
    histogram: tuple[tuple[int, int], ...]


class FacetCounter:
    """Counts the values of facets (分面计数器); keeps the text of digests between calls."""

    def __init__(self, schema: tantivy.Schema, plain: Compiler) -> None:
        self._schema = schema
        self._plain = plain
        self._texts: dict[tuple[str, int], str] = {}

    def count(self, state: State, call: SearchCall) -> Passes:
        """One aggregation for all facets nothing is chosen in, one more for each of the others."""
        plain = self._plain.query(call.tree)
        chosen = {s.facet: s for s in call.selections}
        open_query = narrowing(self._schema, state, call)(plain)
        together: dict[str, Any] = {}
        counted: dict[int, FacetCounts] = {}
        for n, facet in enumerate(call.facets):
            field = BY_NAME.get(facet.facet)
            if field is None or not field.facet:
                counted[n] = FacetCounts(facet.facet, ())
                continue
            query = open_query
            if field.name in chosen:
                query = narrowing(self._schema, state, call, leave_out=field.name)(plain)
            if field.hashed and (facet.prefix or facet.order == "index"):
                counted[n] = self._by_beginning(state, query, field, facet)
                continue
            asked = _aggregation(field, facet, chosen.get(field.name))
            if field.name in chosen:
                answer = state.searcher.aggregate(query, {str(n): asked})
                counted[n] = self._counts(state, query, field, facet, answer[str(n)])
            else:
                together[str(n)] = asked
        histogram: tuple[tuple[int, int], ...] = ()
        if call.histogram and call.year is None:
            together["years"] = _YEARS
        elif call.histogram:
            query = narrowing(self._schema, state, call, year=False)(plain)
            histogram = _histogram(state.searcher.aggregate(query, {"years": _YEARS})["years"])
        for name, part in state.searcher.aggregate(open_query, together).items() if together else ():
            if name == "years":
                histogram = _histogram(part)
            else:
                facet = call.facets[int(name)]
                counted[int(name)] = self._counts(state, open_query, BY_NAME[facet.facet], facet, part)
        return Passes(tuple(counted[n] for n in range(len(call.facets))), histogram)

    def _counts(
        self, state: State, query: Query, field: Field, call: FacetCall, answer: dict[str, Any]
    ) -> FacetCounts:
        buckets = [(b["key"], int(b["doc_count"])) for b in answer["buckets"]]
        end = call.offset + call.limit
        more = len(buckets) > end
        if field.hashed:
            found = [(self._text(state, field, int(digest)), count) for digest, count in buckets]
        else:
            found = buckets
        if call.order == "index":
            found.sort()
        else:
            found.sort(key=lambda b: (-b[1], b[0]))
        found = found[:end]
        if answer.get("doc_count_error_upper_bound") and state.searcher.num_segments > 1:
            # Some segment kept a value back. What is shown is counted once more: a number must be what a click gives.
            found = [(term, self._exactly(state, query, field, term)) for term, _ in found]
            if call.order != "index":
                found.sort(key=lambda b: (-b[1], b[0]))
        values = tuple(FacetCount(_shown(field, term), count) for term, count in found[call.offset :])
        return FacetCounts(field.name, values, more)

    def _exactly(self, state: State, query: Query, field: Field, term: str) -> int:
        carried = Query.term_query(self._schema, facet_column(field), term, "basic")
        return int(state.searcher.search(every([query, carried]), 1).count)

    def _text(self, state: State, field: Field, digest: int) -> str:
        """The term behind a digest, read from any document that carries it."""
        known = self._texts.get((field.name, digest))
        if known is not None:
            return known
        carriers = Query.term_query(self._schema, digest_column(field), digest, "basic")
        for _, address in state.searcher.search(carriers, 1, count=False).hits:
            if len(self._texts) > REMEMBERED:
                self._texts.clear()
            for term in state.searcher.doc(address).get_all(facet_column(field)):
                self._texts[field.name, facet_digest(term)] = term
        return self._texts.get((field.name, digest), "")

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


def _shown(field: Field, term: str) -> str:
    if field.levels:
        term = term[1:]
    return term if field.coded else facet_value(term)


def _literal(text: str) -> str:
    return re.sub(r"([\\.+*?()|\[\]{}^$#&~\-])", r"\\\1", text)


def _aggregation(field: Field, call: FacetCall, chosen: Selection | None) -> dict[str, Any]:
    """The aggregation for one facet, as Tantivy wants it."""
    size = call.offset + call.limit + SPARE
    column = digest_column(field) if field.hashed else facet_column(field)
    terms: dict[str, Any] = {"field": column, "size": size, "segment_size": max(SEGMENT_VALUES, 3 * size)}
    if call.order == "index":
        terms["order"] = {"_key": "asc"}
    patterns = _patterns(field, call, chosen.any_of if chosen else ())
    if patterns:
        terms["include"] = "|".join(f"({p})" for p in patterns)
    return {"terms": terms}


def _patterns(field: Field, call: FacetCall, chosen: Sequence[str]) -> list[str]:
    """Which terms of a facet are wanted: of a hierarchy the top, the way to what is chosen and what is below it."""
    if not field.levels:
        return [f"{_begins(field, call.prefix)}.*"] if call.prefix else []
    if call.prefix.endswith(" / "):
        return [f"{call.prefix.count(' / ')}{_below(field, call.prefix)}.*"]
    found = [f"0{_begins(field, call.prefix)}.*"]
    for value in chosen:
        parts = value.split(" / ")
        found += [f"{n}{_below(field, ' / '.join(parts[:n]) + ' / ')}.*" for n in range(1, len(parts) + 1)]
    return list(dict.fromkeys(found))


def _begins(field: Field, prefix: str) -> str:
    return _literal(prefix if field.coded else key(prefix)) if prefix else ""


def _below(field: Field, path: str) -> str:
    """What the terms below a path begin with; in front of a path that is no code stands its key."""
    return _literal(path) if field.coded else f"[^{SEPARATOR}]*{SEPARATOR}{_literal(path)}"
