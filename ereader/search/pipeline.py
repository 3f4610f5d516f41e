"""The way of a query: from what the URL says to what is shown (检索流程)."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

import msgspec

from ereader.search import cursor as cursors
from ereader.search import facets as facet_values
from ereader.search.arrivals import since
from ereader.search.explain import understood
from ereader.search.facet_list import FACETS, SHOWN
from ereader.search.highlight import highlights
from ereader.search.parser import Parsed, parse
from ereader.search.refusal import CursorRefused, PageTooDeep, deepest_page
from ereader.search.request import SearchRequest
from ereader.search.rescue import rescues
from ereader.search.respell import FEW, did_you_mean
from ereader.search.results import Facet, FacetValue, Hit, Rescue, SearchResults, Understood
from holdings.members.view import View
from indexer.document import Display
from indexer.index.engine import Engine, EngineResults, FacetCall, SearchCall, Selection
from indexer.text.analyse import key

MAX_COUNTED = 20  # chosen values outside the first ones of their facet that are counted one by one
_DISPLAY = msgspec.json.Decoder(Display)


def search(
    request: SearchRequest, view: View, engine: Engine, *, facets: Sequence[str] | None = None
) -> SearchResults:
    """A search in the view of one viewer: understand → refuse → plan → ask → count → show → help → answer.

    ``facets`` names the facets to count, all by default; channels are always counted.

    :raises PageTooDeep: for a page beyond the deep-paging limit.
    :raises CursorRefused: for a cursor of another search or view.
    """
    began = perf_counter()
    parsed = understand(request)
    refuse(request)
    call = plan(request, parsed, view, SHOWN if facets is None else facets)
    found = ask(call, engine)
    counted = count(found, request, call, engine)
    hits = show(found, parsed)
    helped = help(found, hits, request, view, engine)
    results = answer(found, request, view, parsed, counted, hits, helped)
    return msgspec.structs.replace(results, took_ms=round((perf_counter() - began) * 1000, 2))


def understand(request: SearchRequest) -> Parsed:
    """The tree of the query, its words looked for in the field of the request."""
    return parse(request.q, request.field)


def refuse(request: SearchRequest) -> None:
    """Refuses pages beyond the deep-paging limit: no reader goes there, and each would cost more than the
    last.
    """
    last_page = deepest_page(request.size)
    if request.page > last_page and not request.cursor:
        raise PageTooDeep(request.page, last_page)


def plan(request: SearchRequest, parsed: Parsed, view: View, facets: Sequence[str] = ()) -> SearchCall:
    """The one question to the engine; channels and facets are counted in the same pass as the hits."""
    return SearchCall(
        tree=parsed.tree,
        view=view,
        selections=facet_values.selections(request),
        year=request.year,
        scope=view.place if request.scope == "own" else request.scope,
        since=since(request.added),
        facets=facet_values.calls(facets) if facets else (FacetCall("type", limit=FACETS["type"].size),),
        histogram=True,
        sort=request.sort,
        offset=0 if request.cursor else (request.page - 1) * request.size,
        limit=request.size,
        cursor=cursors.open_cursor(request, view),
    )


def ask(call: SearchCall, engine: Engine) -> EngineResults:
    """The engine's answer. An engine that cannot read the mark in a cursor says so by ValueError."""
    try:
        return engine.search(call)
    except ValueError:
        if call.cursor:
            raise CursorRefused from None
        raise


def count(
    found: EngineResults, request: SearchRequest, call: SearchCall, engine: Engine
) -> tuple[tuple[Facet, ...], tuple[FacetValue, ...]]:
    """Facets and channels with their counts, also of chosen values that are not among the first of their
    facet.
    """
    marked = [facet_values.mark(counts, request) for counts in found.facets]
    missing = facet_values.uncounted(marked, found)[:MAX_COUNTED]
    if missing:
        counts = {pair: _count_one(pair, call, engine) for pair in missing}
        marked = [_with_counts(facet, counts) for facet in marked]
    channels = next((facet.values for facet in marked if facet.name == "type"), ())
    return tuple(facet for facet in marked if facet.name != "type"), channels


def _count_one(pair: tuple[str, str], call: SearchCall, engine: Engine) -> int:
    """The hits there would be with this value chosen alone in its facet."""
    name, value = pair
    others = tuple(s for s in call.selections if s.facet != name)
    return engine.search(_only_total(call, selections=(*others, Selection(name, (value,))))).total


def _only_total(call: SearchCall, **changes: object) -> SearchCall:
    # An order that needs no scores lets the engine leave out all clauses that only rank.
    return msgspec.structs.replace(
        call, facets=(), histogram=False, offset=0, limit=1, cursor="", sort="newest", **changes
    )


def _with_counts(facet: Facet, counts: dict[tuple[str, str], int]) -> Facet:
    values = tuple(
        msgspec.structs.replace(v, count=counts.get((facet.name, v.value), v.count)) for v in facet.values
    )
    return msgspec.structs.replace(facet, values=values)


def show(found: EngineResults, parsed: Parsed) -> tuple[Hit, ...]:
    """The hits with what was found in them marked."""
    displays = [(hit, _DISPLAY.decode(hit.display)) for hit in found.hits]
    return tuple(Hit(hit.id, hit.score, shown, highlights(parsed.tree, shown)) for hit, shown in displays)


def help(
    found: EngineResults, hits: Sequence[Hit], request: SearchRequest, view: View, engine: Engine
) -> tuple[tuple[str, ...], tuple[Rescue, ...]]:
    """Other spellings where hits are few, and neighbouring searches where there is none; nothing where all
    is well.
    """
    if request.cursor or request.page > 1 or found.total >= FEW or not (request.q or request.narrowed()):
        return (), ()
    if any(key(hit.display.title) == key(request.q) for hit in hits):
        return (), ()

    def total(other: SearchRequest) -> int:
        return ask(_only_total(plan(other, understand(other), view)), engine).total

    suggestions = did_you_mean(request, view, engine, found.total, total)
    return suggestions, (rescues(request, total) if found.total == 0 else ())


def answer(
    found: EngineResults,
    request: SearchRequest,
    view: View,
    parsed: Parsed,
    counted: tuple[tuple[Facet, ...], tuple[FacetValue, ...]],
    hits: tuple[Hit, ...],
    helped: tuple[tuple[str, ...], tuple[Rescue, ...]],
) -> SearchResults:
    """Everything together, as a value that knows nothing of pages or JSON."""
    pages = -(-found.total // request.size)
    # A title may consist of signs alone, and then there was something to look for after all.
    notes = tuple(note for note in parsed.notes if note != "no-words" or not found.total)
    return SearchResults(
        total=found.total,
        page=request.page,
        size=request.size,
        hits=hits,
        facets=counted[0],
        channels=counted[1],
        histogram=found.histogram,
        query=Understood(request.q, understood(parsed.tree), notes, parsed.tree),
        suggestions=helped[0],
        next_cursor=cursors.seal(found.next_cursor, request, view),
        last_page=max(1, min(pages, deepest_page(request.size))),
        rescues=helped[1],
    )


def totals(requests: Sequence[SearchRequest], view: View, engine: Engine) -> list[int]:
    """How many hits each of these searches has, asked together."""
    return engine.totals([_only_total(plan(r.with_page(1), understand(r), view)) for r in requests])


def list_facet(
    request: SearchRequest,
    view: View,
    engine: Engine,
    name: str,
    *,
    prefix: str = "",
    order: str = "count",
    offset: int = 0,
    limit: int = 20,
) -> Facet | None:
    """One facet's values in pages, by count or in order of the alphabet, filtered by their beginning; None
    where there is no such facet.
    """
    if name not in FACETS:
        return None
    call = plan(msgspec.structs.replace(request, page=1, cursor=""), understand(request), view)
    wanted = FacetCall(
        name,
        limit=max(1, min(limit, 500)),
        offset=max(0, min(offset, 100_000)),
        order="index" if order == "index" else "count",
        prefix=prefix[:100],
    )
    counts = engine.facet(msgspec.structs.replace(call, facets=(), histogram=False), wanted)
    facet = facet_values.mark(counts, request)
    listed = {v.value for v in counts.values}
    return msgspec.structs.replace(facet, values=tuple(v for v in facet.values if v.value in listed))


def neighbours(request: SearchRequest, place: int, view: View, engine: Engine) -> tuple[str, str]:
    """The ids before and after the hit at a place (from 1) of a result list, "" where there is none."""
    if not 1 <= place < deepest_page(1):
        return "", ""
    call = plan(request.with_page(1), understand(request), view)
    first = max(place - 2, 0)
    wanted = msgspec.structs.replace(call, facets=(), histogram=False, offset=first, limit=3)
    ids = [hit.id for hit in engine.search(wanted).hits]
    at = place - 1 - first
    return (ids[at - 1] if 0 < at <= len(ids) else ""), (ids[at + 1] if at + 1 < len(ids) else "")
