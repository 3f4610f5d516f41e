"""Facets of a result: what to ask the engine for, and its counts with what is chosen marked (分面)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ereader.search.facet_list import FACETS, UNLISTED
from ereader.search.request import SearchRequest
from ereader.search.results import Facet, FacetValue
from indexer.index.engine import EngineResults, FacetCall, FacetCounts, Selection


def selections(request: SearchRequest) -> tuple[Selection, ...]:
    """What is chosen and excluded, a Selection for each facet concerned."""
    chosen: dict[str, list[str]] = {}
    banned: dict[str, list[str]] = {}
    for name, value in (*(("type", code) for code in request.type), *request.filters):
        chosen.setdefault(name, []).append(value)
    for name, value in request.excludes:
        banned.setdefault(name, []).append(value)
    return tuple(
        Selection(name, tuple(chosen.get(name, ())), tuple(banned.get(name, ())))
        for name in (*FACETS, *UNLISTED)
        if name in chosen or name in banned
    )


def calls(names: Sequence[str]) -> tuple[FacetCall, ...]:
    """What to ask the engine for, the channels always first."""
    wanted = dict.fromkeys(("type", *names))
    return tuple(FacetCall(name, limit=FACETS[name].size) for name in wanted if name in FACETS)


def mark(counts: FacetCounts, request: SearchRequest) -> Facet:
    """Counted values as a Facet; a chosen value that is not among those counted is added, for it must be
    removable.
    """
    name = counts.facet
    chosen = set(request.type) if name == "type" else _of(request.filters, name)
    banned = _of(request.excludes, name)
    values = [FacetValue(v.value, v.count, v.value in chosen, v.value in banned) for v in counts.values]
    missing = sorted((chosen | banned) - {v.value for v in values})
    values += [FacetValue(value, 0, value in chosen, value in banned) for value in missing]
    return Facet(name, tuple(values), counts.more, FACETS[name].hierarchical)


def uncounted(facets: Iterable[Facet], results: EngineResults) -> list[tuple[str, str]]:
    """Facet and value of those that `mark` added, which have no count yet."""
    counted = {(counts.facet, v.value) for counts in results.facets for v in counts.values}
    return [(f.name, v.value) for f in facets for v in f.values if (f.name, v.value) not in counted]


def _of(pairs: Iterable[tuple[str, str]], name: str) -> set[str]:
    return {value for facet, value in pairs if facet == name}
