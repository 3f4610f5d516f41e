"""Counting facet values in SolrCloud (分面计数): what to ask of the shards, and what their answer means.

Every shard counts by itself and sends only its most frequent values, so a value that is spread over the
shards might be missed. How far down the shards looked says whether one can have been; where it can, more
values are asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from indexer.index.clause import Value
from indexer.index.columns import facet_column
from indexer.index.engine import FacetCall, FacetCount, FacetCounts, SearchCall
from indexer.index.fields import BY_NAME, Field
from indexer.index.keywords import facet_term, facet_value, well_formed
from indexer.index.narrow import between, narrowing, selected
from indexer.index.solr_render import Given, filters, query
from indexer.text.analyse import key

FIRST = 200  # values of a facet with very many that are asked for at first
SECOND = 5_000  # and where those do not decide which are the most frequent
ALL = -1
YEARS = "years"


class Part(msgspec.Struct, frozen=True):
    """One column that is counted for a facet: of a hierarchy one depth, or what is below one path."""

    column: str
    field: str
    prefix: str = ""  # of the terms
    below: str = ""  # the path of which only what is directly below it counts


def tag(facet: str) -> str:
    """The name of the filter of a facet's own selection."""
    return f"s_{facet}" if facet in BY_NAME else "s_"


def filters_of(call: SearchCall, given: Given) -> list[str]:
    """All filters of a call; those that some facets do not heed have a tag."""
    bare = msgspec.structs.replace(call, selections=(), year=None)
    found = [filters(narrowing(bare), given)]
    if call.year is not None and call.year != (None, None):
        found.append(f"{{!tag=year}}{query(between('year', *call.year), given)}")
    for selection in call.selections:
        chosen = filters(selected(selection), given)
        if chosen:
            found.append(f"{{!tag={tag(selection.facet)}}}{chosen}")
    return found


def ask(call: SearchCall, given: Given, *, first: bool = True) -> dict[str, Any]:
    """The facets of a call in Solr's JSON Facet API, named by the place of the FacetCall and a number."""
    chosen = {s.facet: s.any_of for s in call.selections}
    asked: dict[str, Any] = {}
    for n, facet in enumerate(call.facets):
        field = BY_NAME.get(facet.facet)
        if field is None or not field.facet or not field.counted:
            continue
        for k, part in enumerate(parts(field, facet, chosen.get(field.name, ()))):
            asked[f"{n}_{k}"] = _terms(field, facet, part, given, chosen=field.name in chosen, first=first)
    if call.histogram:
        asked[YEARS] = {"type": "terms", "field": "year", "limit": ALL, "sort": {"index": "asc"}}
        if call.year is not None:
            asked[YEARS]["domain"] = {"excludeTags": "year"}
    return asked


def parts(field: Field, call: FacetCall, chosen: Sequence[str]) -> list[Part]:
    """What is counted for one facet: of a hierarchy its top, the way to what is chosen, what is below it."""
    begin = well_formed(call.prefix if field.coded else key(call.prefix) if call.prefix else "")
    if not field.levels:
        return [Part(facet_column(field), field.name, begin)]
    if not call.prefix.endswith(" / "):
        paths = [""]
        if not call.prefix:
            for value in chosen:
                steps = value.strip().split(" / ")
                paths += [" / ".join(steps[: depth + 1]) for depth in range(len(steps))]
    else:
        paths = [call.prefix[:-3]]
    found = []
    for path in dict.fromkeys(paths):
        depth = path.count(" / ") + 1 if path else 0
        if depth < field.levels:
            start = begin if not path else f"{well_formed(path)} / " if field.coded else ""
            found.append(Part(facet_column(field, depth), field.name, start, path))
    return found


def _terms(
    field: Field, call: FacetCall, part: Part, given: Given, *, chosen: bool, first: bool
) -> dict[str, Any]:
    asked: dict[str, Any] = {"type": "terms", "field": part.column, "limit": _limit(field, call, first=first)}
    asked["sort"] = {"index": "asc"} if call.order == "index" else {"count": "desc"}
    if asked["limit"] != ALL:
        asked |= {"refine": True, "overrequest": 20}
    if part.prefix:
        asked["prefix"] = part.prefix
    domain: dict[str, Any] = {}
    if chosen:
        domain["excludeTags"] = tag(field.name)
    if part.below and not field.coded:
        # Whatever has something below a path has the path itself one column higher.
        above = facet_column(field, part.below.count(" / "))
        domain["filter"] = query(Value(above, facet_term(field.name, part.below)), given)
    if domain:
        asked["domain"] = domain
    return asked


def _limit(field: Field, call: FacetCall, *, first: bool) -> int:
    if not field.hashed:
        return ALL
    end = call.offset + call.limit
    if call.order == "index":
        return end + 1
    return max(FIRST if first else SECOND, 2 * end)


def read(
    call: SearchCall, answer: Mapping[str, Any], shards: int, *, first: bool = True
) -> tuple[list[FacetCounts], set[int]]:
    """The counts of every facet of the call, and the places of those where a value may have been missed."""
    chosen = {s.facet: s.any_of for s in call.selections}
    counted, unsure = [], set()
    for n, facet in enumerate(call.facets):
        field = BY_NAME.get(facet.facet)
        if field is None or not field.facet or not field.counted:
            counted.append(FacetCounts(facet.facet, ()))
            continue
        end = facet.offset + facet.limit
        by_column: dict[str, dict[str, int]] = {}
        for k, part in enumerate(parts(field, facet, chosen.get(field.name, ()))):
            found = by_column.setdefault(part.column, {})
            for value, count in _buckets(answer, f"{n}_{k}"):
                if not part.below or shown(field, value).startswith(f"{part.below} / "):
                    found[value] = count
        values: list[FacetCount] = []
        more = False
        for _, found in sorted(by_column.items()):
            ordered = sorted(found.items()) if facet.order == "index" else _by_count(found)
            more = more or len(ordered) > end
            values += [FacetCount(shown(field, v), c) for v, c in ordered[facet.offset : end]]
            limit = _limit(field, facet, first=first)
            if field.hashed and facet.order != "index" and len(ordered) >= limit and end:
                # A value that no shard sent has on each of them at most the count of the last one sent.
                least = ordered[min(end, len(ordered)) - 1][1]
                if least <= ordered[-1][1] * shards:
                    unsure.add(n)
        counted.append(FacetCounts(field.name, tuple(values), more))
    return counted, unsure


def histogram(answer: Mapping[str, Any]) -> tuple[tuple[int, int], ...]:
    """(year, count) of the years that occur, in order."""
    return tuple(sorted((int(value), count) for value, count in _buckets(answer, YEARS)))


def shown(field: Field, term: str) -> str:
    """The value of a facet that stands behind a term of its column."""
    return term if field.coded else facet_value(term)


def _buckets(answer: Mapping[str, Any], name: str) -> list[tuple[Any, int]]:
    return [(bucket["val"], int(bucket["count"])) for bucket in answer.get(name, {}).get("buckets", ())]


def _by_count(found: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(found.items(), key=lambda item: (-item[1], item[0]))
