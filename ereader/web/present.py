"""From results of a search to page values (结果呈现)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ereader.search.clauses import Clause
from ereader.search.explain import understood
from ereader.search.request import SearchRequest
from ereader.search.results import Facet, FacetValue, Hit, SearchResults
from ereader.web import coins
from ereader.web.names import Names
from ereader.web.visit import Visit
from indexer.document import Display
from indexer.index.engine import EngineHit
from indexer.index.query import Not
from indexer.records.resource_type import BY_CODE
from ui import pages
from ui.presenters.text import language_tag, plain, script_of, shorten

NOTHING: Mapping[str, Any] = {}
LIBRARIES_SHOWN = 2
NAMES_SHOWN = 3
SNIPPET = 160
UNSHELVED = frozenset(("teacher", "domestic-course", "foreign-course", "courseware", "web-resource"))
CHANNELS = tuple(sorted(BY_CODE.values(), key=lambda t: t.order))


def channels(
    visit: Visit, request: SearchRequest, counted: Sequence[FacetValue], everything: int | None = None
) -> tuple[pages.Channel, ...]:
    """The types with their counts: those that the portal shows, in its order, and those that are chosen.

    ``everything`` adds "all" in front, and leaves out types that have no hit.
    """
    counts = {v.value: v.count for v in counted}
    path = f"{visit.prefix}/search"
    listed = [BY_CODE[code] for code in visit.design.channels if code in BY_CODE] or CHANNELS
    listed = [*listed, *(BY_CODE[code] for code in request.type if BY_CODE[code] not in listed)]
    shown = [
        pages.Channel(
            t.code,
            visit.names.channel(t.code),
            request.with_type(t.code).to_url(path),
            counts.get(t.code, 0),
            t.code in request.type,
        )
        for t in listed
        if everything is None or counts.get(t.code) or t.code in request.type
    ]
    if everything is None:
        return tuple(shown)
    whole = pages.Channel(
        "", visit.texts("results.all"), request.with_type("").to_url(path), everything, not request.type
    )
    return (whole, *shown)


def facet(visit: Visit, request: SearchRequest, found: Facet, *, more: bool = True) -> pages.Facet:
    """One facet as a group of check boxes, each value with the search that excludes it."""
    path = f"{visit.prefix}/search"
    largest = max((v.count for v in found.values), default=0)
    values = []
    for v in tree_order(found.values) if found.hierarchical else found.values:
        other = (
            request.without_excluded(found.name, v.value)
            if v.excluded
            else request.excluding(found.name, v.value)
        )
        values.append(
            pages.FacetValue(
                v.value,
                visit.names.value(found.name, v.value),
                v.count,
                _share(v.count, largest),
                v.selected,
                v.excluded,
                "",
                other.to_url(path),
                visit.names.value_tag(found.name, v.value),
                min(3, v.value.count(" / ")) if found.hierarchical else 0,
            )
        )
    chosen = sum(v.selected or v.excluded for v in found.values)
    href = ""
    if more and found.more:
        params = [*request.with_page(1).to_params(), ("facet", found.name)]
        href = visit.url("/search/facet", params)
    return pages.Facet(found.name, visit.names.facet(found.name), tuple(values), href, chosen=chosen)


def tree_order(values: Sequence[FacetValue]) -> list[FacetValue]:
    """Paths with what is below each of them right under it; the order within a level stays as it was.

    A path whose parent is not in the list stands on its own.
    """
    known = {v.value for v in values}
    below: dict[str, list[FacetValue]] = {}
    for v in values:
        parent = v.value.rpartition(" / ")[0]
        while parent and parent not in known:
            parent = parent.rpartition(" / ")[0]
        below.setdefault(parent, []).append(v)
    ordered: list[FacetValue] = []

    def walk(parent: str) -> None:
        for v in below.get(parent, ()):
            ordered.append(v)
            if v.value:
                walk(v.value)

    walk("")
    return ordered


def _share(count: int, largest: int) -> int:
    return max(1, round(20 * count / largest)) if count and largest else 0


def chips(visit: Visit, request: SearchRequest) -> tuple[pages.Chip, ...]:
    """What restricts the hits, each with the search that does without it."""
    path = f"{visit.prefix}/search"
    shown = []
    for applied in request.applied():
        names = visit.names
        if applied.kind == "year" and request.year is not None:
            value = names.years(*request.year)
        elif applied.kind == "added":
            value = visit.texts("browse.days", n=request.added)
        elif applied.kind == "scope":
            value = scope_label(visit, applied.value)
        else:
            value = names.path(applied.name, applied.value)
        shown.append(
            pages.Chip(
                names.facet(applied.name), value, applied.without.to_url(path), applied.kind == "exclude"
            )
        )
    return tuple(shown)


def conditions(visit: Visit, found: Iterable[Clause]) -> tuple[pages.Chip, ...]:
    """The conditions of a query itself, each with the search that does without it."""
    shown = []
    for clause in found:
        node, excluded = (clause.node.child, True) if isinstance(clause.node, Not) else (clause.node, False)
        field = getattr(node, "field", "")
        label = visit.names.field(field) if field else visit.texts("chip.condition")
        text = understood(node)
        value = text.removeprefix(f"{field}:") if field else text
        address = clause.without.to_url(f"{visit.prefix}/search")
        shown.append(pages.Chip(label, shorten(value, 60), address, excluded))
    return tuple(shown)


def scope_label(visit: Visit, scope: str) -> str:
    """A width of search in words."""
    if scope == "own":
        return visit.texts("scope.own" if visit.portal.library else "scope.own_consortium")
    return visit.names.place(scope)


def hit(
    visit: Visit, names: Names, found: Hit, number: int, href: str, about: Mapping[str, Any] = NOTHING
) -> pages.Hit:
    """One line of the list; ``about`` are members that say something of its work."""
    display, marks = found.display, found.highlights
    tag = language_tag(display.title_script or script_of(display.title), display.languages)
    named = _people(display, marks)
    if display.contributors == (display.title,):  # a teacher is not the author of himself
        named = []
    people = tuple(
        pages.Text(name, language_tag(script_of(name), display.languages)) for name in named[:NAMES_SHOWN]
    )
    total = max(display.contributor_total, len(display.contributors))
    imprint = []
    if not display.host and display.publisher:
        imprint.append(_text(marks.get("publisher", display.publisher), display))
    years = _years(names, display)
    if years:
        imprint.append(pages.Text(years))
    if display.edition:
        imprint.append(_text(shorten(display.edition, 40), display))
    snippet, label = _snippet(visit, display, marks)
    libraries, more, own = _libraries(visit, names, display.libraries)
    title = shorten_marked(marks.get("title") or display.title or "–", 220)
    if display.volume and display.volume not in display.title:
        title = f"{title} {shorten(display.volume, 80)}"
    remainder = marks.get("title_remainder", display.title_remainder)
    return pages.Hit(
        number=number,
        href=href,
        type=display.type if display.type in BY_CODE else "book",
        type_label=names.type(display.type),
        title=pages.Text(title, tag),
        remainder=_text(shorten_marked(remainder, 160), display) if remainder else None,
        romanised=shorten_marked(marks.get("romanised", display.romanised), 160),
        contributors=people,
        contributors_more=max(0, total - len(people)) if people else 0,
        imprint=tuple(imprint),
        host=_text(shorten_marked(marks.get("host", display.host), 120), display) if display.host else None,
        host_detail=display.host_detail,
        snippet=snippet,
        snippet_label=label,
        fulltext=display.fulltext if display.fulltext.startswith(("http://", "https://", "ftp://")) else "",
        fulltext_label=access_label(visit, display.type),
        libraries=libraries,
        libraries_more=more,
        own=own,
        shelved=display.type not in UNSHELVED,
        coins=coins.of_display(display),
        # A teacher is nothing that anybody could get.
        availability=found.id if not visit.endpoints.keys().isdisjoint(display.libraries) else "",
        availability_href=visit.url(f"/record/{found.id}/availability"),
        ways_href="" if display.type == "teacher" else visit.url("/resolver", [("record", found.id)]),
        **about,
    )


def access_label(visit: Visit, type: str) -> str:
    """What a reader does with the thing itself when it is on line: read it, look at it, listen to it."""
    return visit.texts.maybe(f"online.{type}", visit.texts("online.other"))


def _people(display: Display, marks: dict[str, str]) -> list[str]:
    marked = marks.get("contributors")
    if marked:
        split = marked.split("; ")
        if len(split) == len(display.contributors):
            return split
    return list(display.contributors)


def _text(value: str, display: Display) -> pages.Text:
    return pages.Text(value, language_tag(script_of(plain(value)), display.languages))


def _years(names: Names, display: Display) -> str:
    if display.year is None:
        return ""
    if display.year_end is None or display.year_end == display.year:
        return names.year(display.year)
    return names.years(display.year, display.year_end)


def _snippet(visit: Visit, display: Display, marks: dict[str, str]) -> tuple[pages.Text | None, str]:
    """The text where the words were found, when the title does not show them."""
    if any(
        key in marks for key in ("title", "title_remainder", "romanised", "contributors", "host", "publisher")
    ):
        return None, ""
    for key, text in marks.items():
        if key not in ("title", "title_remainder", "romanised", "contributors", "host", "publisher"):
            return _text(shorten_marked(text, SNIPPET), display), visit.texts.maybe(f"hit.{key}", "")
    if display.abstract:
        return _text(shorten(display.abstract, SNIPPET), display), ""
    return None, ""


def shorten_marked(text: str, most: int) -> str:
    """Shortened, and never cut between the two marks of a match."""
    short = shorten(text, most)
    if short.count("\ue000") > short.count("\ue001"):
        short = short.rstrip("…") + "\ue001…"
    return short


def _libraries(visit: Visit, names: Names, ids: Sequence[str]) -> tuple[tuple[str, ...], int, bool]:
    own_id = visit.portal.library
    own = bool(own_id) and own_id in ids
    ordered = sorted(ids, key=lambda id: id != own_id)
    shown = tuple(names.library(id) for id in ordered[:LIBRARIES_SHOWN])
    return shown, len(ids) - len(shown), own


def hits(
    visit: Visit,
    request: SearchRequest,
    results: SearchResults,
    lines: Sequence[Hit] | None = None,
    about: Mapping[str, Mapping[str, Any]] = NOTHING,
) -> tuple[pages.Hit, ...]:
    """All lines of a page; each leads to its record and remembers where in the result it stood.

    ``lines`` are the hits that have a line, all without it; ``about`` says something of the work of some, by
    id.
    """
    query = request.with_page(1).to_query()
    first = (results.page - 1) * results.size + 1
    shown = None if lines is None else {found.id for found in lines}
    return tuple(
        hit(
            visit,
            visit.names,
            found,
            number,
            f"{visit.prefix}/record/{found.id}?{query}{'&' if query else ''}n={number}",
            about.get(found.id, NOTHING),
        )
        for number, found in enumerate(results.hits, first)
        if shown is None or found.id in shown
    )


def plain_hits(visit: Visit, found: Iterable[tuple[str, Display]]) -> tuple[pages.Hit, ...]:
    """Lines of a list that is no result: new arrivals, similar titles."""
    lang = f"?lang={visit.wanted}" if visit.wanted else ""
    return tuple(
        hit(visit, visit.names, Hit(id, 0.0, display), number, f"{visit.prefix}/record/{id}{lang}")
        for number, (id, display) in enumerate(found, 1)
    )


def engine_hits(
    visit: Visit, found: Iterable[EngineHit], leave_out: frozenset[str] = frozenset()
) -> tuple[pages.Hit, ...]:
    """Lines for hits that come straight from the engine."""
    return plain_hits(
        visit, ((h.id, msgspec.json.decode(h.display, type=Display)) for h in found if h.id not in leave_out)
    )
