"""Which facets a result shows, in which order, and their values with what is chosen (分面)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ereader.search.results import Facet, FacetValue
from indexer.index.engine import EngineResults, FacetCall, FacetCounts, Selection

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ereader.search.request import SearchRequest


class FacetSpec(msgspec.Struct, frozen=True):
    """One facet of the result page; values of a hierarchical one are paths joined with `` / ``."""

    name: str
    size: int = 8  # values shown before "more"
    hierarchical: bool = False


# The order of the page: what decides first whether a hit is of use (can I get it, where, in my language) stands first.
FACETS: dict[str, FacetSpec] = {
    spec.name: spec
    for spec in (
        FacetSpec("type", size=21),
        FacetSpec("access"),
        FacetSpec("library"),
        FacetSpec("language"),
        FacetSpec("subject"),
        FacetSpec("author"),
        FacetSpec("class", hierarchical=True),
        FacetSpec("publisher"),
        FacetSpec("journal"),
        FacetSpec("series"),
        FacetSpec("place", hierarchical=True),
        FacetSpec("country"),
        FacetSpec("decade", size=12),
    )
}
# The type is the row of channels above the list, and the decade is better read from the histogram.
SHOWN = tuple(name for name in FACETS if name not in ("type", "decade"))
LARGEST_LIST = 500  # values of one facet in one answer


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
        for name in FACETS
        if name in chosen or name in banned
    )


def calls(names: Sequence[str]) -> tuple[FacetCall, ...]:
    """What to ask the engine for, the channels always first."""
    return tuple(FacetCall(name, limit=FACETS[name].size) for name in ("type", *names) if name in FACETS)


def gather(results: EngineResults, request: SearchRequest, names: Sequence[str]) -> tuple[Facet, ...]:
    """The facets of a result in the order asked for, with what is chosen and excluded marked."""
    counted = {counts.facet: counts for counts in results.facets}
    return tuple(marked(counted[name], request) for name in names if name in counted and name != "type")


def channels(results: EngineResults, request: SearchRequest) -> tuple[FacetValue, ...]:
    """Types with counts that ignore the chosen type."""
    for counts in results.facets:
        if counts.facet == "type":
            return marked(counts, request).values
    return ()


def marked(counts: FacetCounts, request: SearchRequest) -> Facet:
    """Counted values as a Facet. A chosen value that is not among those counted is added, for it must be removable."""
    name = counts.facet
    chosen = set(request.type) if name == "type" else _of(request.filters, name)
    banned = _of(request.excludes, name)
    values = [FacetValue(v.value, v.count, v.value in chosen, v.value in banned) for v in counts.values]
    known = {v.value for v in values}
    for value in sorted((chosen | banned) - known):
        values.append(FacetValue(value, 0, value in chosen, value in banned))
    return Facet(name, tuple(values), counts.more, FACETS[name].hierarchical)


def uncounted(facets: Iterable[Facet], results: EngineResults) -> list[tuple[str, str]]:
    """Values that were added by ``marked`` and so have no count yet."""
    counted = {(counts.facet, v.value) for counts in results.facets for v in counts.values}
    return [(f.name, v.value) for f in facets for v in f.values if (f.name, v.value) not in counted]


def _of(pairs: Iterable[tuple[str, str]], name: str) -> set[str]:
    return {value for facet, value in pairs if facet == name}
