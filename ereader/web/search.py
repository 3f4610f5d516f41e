"""The result page (检索结果页) and the page of all values of a facet."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.responses import RedirectResponse, Response

from ereader.search import pipeline
from ereader.search.clauses import clauses, within
from ereader.search.explain import in_words
from ereader.search.facet_list import FACETS, SHOWN
from ereader.search.parameters import MAX_TEXT
from ereader.search.parser import NOTES
from ereader.search.refusal import deepest_page
from ereader.search.request import SIZES, SORTS, SearchRequest
from ereader.search.results import SearchResults
from ereader.web import answer, editions, errors, present
from ereader.web.handler import handler
from ereader.web.visit import Visit
from holdings.natural import natural
from ui import pages
from ui.presenters.histogram import histogram
from ui.presenters.pager import pager

FACET_PAGE = 50
MOST_SCOPES = 6  # consortia between 本馆 and 全部, each with its count
TAKEN = (("ris", "RIS"), ("bibtex", "BibTeX"), ("marc", "MARC 21"), ("csl", "CSL JSON"))
_OPERATORS = re.compile(r'["“”„‟「」『』()（）\[\]{}*?~^:：+|&!＋｜！]|\b(?:AND|OR|NOT)\b')


@handler
def results(visit: Visit) -> Response:
    """GET /search"""
    asked = visit.search_request()
    if asked.cursor:
        asked = asked.with_cursor("")
    more = visit.parameter("within", most=MAX_TEXT)
    if more.strip():
        address = within(asked, more).to_url(f"{visit.prefix}/search")
        return RedirectResponse(address, 303, {"cache-control": "no-store"})
    deepest = deepest_page(asked.size)
    if asked.page > deepest:
        return errors.page(visit, 400, visit.texts("error.page_limit", n=deepest))
    found = pipeline.search(asked, visit.view, visit.service.engine, facets=_listed(visit, asked))
    return answer.html(visit, visit.service.renderer.render("results.html", page(visit, asked, found)))


def _listed(visit: Visit, asked: SearchRequest) -> tuple[str, ...]:
    """The facets that this portal shows, in its order, and those in which something is chosen."""
    own = [name for name in visit.design.facets if name in SHOWN]
    if not own:
        return SHOWN
    chosen = {name for name, _ in (*asked.filters, *asked.excludes) if name in SHOWN}
    return (*own, *(name for name in SHOWN if name in chosen and name not in own))


def page(visit: Visit, asked: SearchRequest, found: SearchResults) -> pages.Results:
    """The values of the result page."""
    path = f"{visit.prefix}/search"
    everything = sum(v.count for v in found.channels) if asked.type else found.total
    current = asked.with_page(found.page)
    first = (found.page - 1) * found.size + 1 if found.hits else 0
    texts = visit.texts
    suggestions = tuple(
        pages.Choice(text, asked.with_query(text).to_url(path))
        for text in found.suggestions
        if text != asked.q
    )
    name = visit.title()
    lines, about = editions.counts(visit, found.hits, fold=asked.group == "work")
    conditions = present.conditions(visit, clauses(asked, found.query.tree))
    notes = [texts(f"note.{code}") for code in asked.problems if f"note.{code}" in texts.texts]
    notes += [
        NOTES[code][0 if visit.lang.startswith("zh") else 1]
        for code in found.query.notes
        if code in NOTES and code != "identifier"
    ]
    return pages.Results(
        site=visit.site(asked),
        title=texts("results.title", q=asked.q[:80], name=name)
        if asked.q
        else texts("results.title_all", name=name),
        total=found.total,
        first=first,
        last=first + len(found.hits) - 1 if found.hits else 0,
        channels=present.channels(visit, asked, found.channels, everything),
        hits=present.hits(visit, asked, found, lines, about),
        facets=_facets(visit, asked, found),
        histogram=histogram(
            found.histogram,
            asked.year,
            lambda a, b: asked.with_year(a, b).to_url(path),
            visit.names.year,
            asked.with_year(None, None).to_url(path),
        ),
        chips=(*conditions, *present.chips(visit, asked)),
        clear_href=asked.without_filters().to_url(path),
        hidden=_hidden(asked),
        hidden_sort=tuple((n, v) for n, v in asked.with_page(1).to_params() if n not in ("sort", "size")),
        sorts=tuple(pages.Choice(texts(f"sort.{s}"), "", s == asked.sort, value=s) for s in SORTS),
        sizes=tuple(
            pages.Choice(texts("results.per_page", n=s), "", s == found.size, value=str(s))
            for s in sorted({*SIZES, found.size})
        ),
        pager=pager(
            found.page, found.size, found.total, found.last_page, lambda n: current.with_page(n).to_url(path)
        ),
        understood=in_words(found.query.tree, visit.lang) if _worth_showing(found) else "",
        notes=tuple(notes),
        suggestions=suggestions,
        rescues=_rescues(visit, asked, found),
        ask_href="" if found.total else _librarian(visit),
        api_href=asked.to_url(f"{visit.prefix}/api/v1/search"),
        feed_href=asked.with_page(1).to_url(f"{visit.prefix}/search.atom"),
        takes=tuple(
            pages.Choice(label, visit.url("/search/export", [*asked.to_params(), ("format", format)]))
            for format, label in TAKEN
        ),
        scopes=_scopes(visit, asked, found.total),
        within=tuple(asked.with_page(1).to_params()) if found.total > 1 else (),
        edit_href=asked.with_page(1).to_url(f"{visit.prefix}/advanced"),
        fold=_fold(visit, asked, about),
        saved_href=visit.absolute(asked.with_page(1).to_url("/search")),
        saved_label=in_words(found.query.tree, visit.lang)
        if asked.q
        else texts("results.title_all", name=name),
    )


def _facets(visit: Visit, asked: SearchRequest, found: SearchResults) -> tuple[pages.Facet, ...]:
    shown = []
    for index, one in enumerate(f for f in found.facets if f.values):
        facet = present.facet(visit, asked, one)
        # The first ones stand open, the others when something is chosen in them: the column stays short.
        is_open = index < 5 or facet.chosen > 0
        shown.append(
            pages.Facet(facet.name, facet.label, facet.values, facet.more_href, is_open, facet.chosen)
        )
    return tuple(shown)


def _fold(visit: Visit, asked: SearchRequest, about: Mapping[str, object]) -> pages.Choice | None:
    """Where works have several editions: the same page with one line for each work, or with all lines."""
    if not about and not asked.group:
        return None
    other = asked.with_group("" if asked.group else "work")
    label = visit.texts("results.unfold" if asked.group else "results.fold")
    return pages.Choice(label, other.to_url(f"{visit.prefix}/search"), bool(asked.group))


def _hidden(asked: SearchRequest) -> tuple[tuple[str, str], ...]:
    """What the facet form carries along: everything but the boxes that it shows itself, and the page."""
    return tuple((n, v) for n, v in asked.with_page(1).to_params() if not n.startswith("f.") and n != "year")


def _worth_showing(found: SearchResults) -> bool:
    """The reading of the query is shown when it is more than the words as typed."""
    query = found.query
    return bool(query.notes) or (
        bool(_OPERATORS.search(query.text)) and query.understood.strip() != query.text.strip()
    )


def _rescues(visit: Visit, asked: SearchRequest, found: SearchResults) -> tuple[pages.Rescue, ...]:
    """Neighbouring searches that do find something."""
    path = f"{visit.prefix}/search"
    chips = dict(zip(asked.applied(), present.chips(visit, asked), strict=True))
    shown = []
    for r in found.rescues:
        chip = chips.get(r.dropped) if r.dropped else None
        more = {"name": chip.label, "value": chip.value[:60]} if chip else {}
        label = visit.texts(f"rescue.{r.code}", q=r.request.q[:60], **more)
        shown.append(pages.Rescue(label, r.request.to_url(path), r.total))
    return tuple(shown)


def _librarian(visit: Visit) -> str:
    """Where a reader of this library may ask; "" where it names no address that a page may link to."""
    library = visit.members.libraries().get(visit.portal.library)
    contact = library.portal.contact if library else ""
    return contact if contact.startswith(("https://", "http://", "mailto:")) else ""


def _scopes(visit: Visit, asked: SearchRequest, total: int) -> tuple[pages.Choice, ...]:
    """本馆 / 本域 / 全部 in the portal of a library or a consortium, each with how many this search finds
    there; ``total`` is what it has found where it was asked.
    """
    if visit.portal.place == "C:centre":
        return ()
    path = f"{visit.prefix}/search"
    places = [
        (visit.portal.place, visit.texts("scope.own" if visit.portal.library else "scope.own_consortium"))
    ]
    library = visit.names.libraries.get(visit.portal.library)
    if library is not None:
        shared = [f"C:{c}" for c in library.portal.includes if c != "centre"]
        places += [(token, visit.names.place(token)) for token in shared[:MOST_SCOPES]]
    places.append(("", visit.texts("scope.all")))
    chosen = visit.portal.place if asked.scope == "own" else asked.scope
    others = [asked.with_scope(token) for token, _ in places if token != chosen]
    counted = iter(pipeline.totals(others, visit.view, visit.service.engine))
    return tuple(
        pages.Choice(
            label,
            asked.with_scope("own" if token == visit.portal.place else token).to_url(path),
            token == chosen,
            value=f"{total if token == chosen else next(counted):,}",
        )
        for token, label in places
    )


@handler
def facet(visit: Visit) -> Response:
    """GET /search/facet"""
    name = visit.parameter("facet")
    if name not in FACETS:
        return errors.page(visit, 404)
    asked = visit.search_request().with_page(1)
    prefix = visit.parameter("prefix")
    order = "index" if visit.parameter("order", visit.parameter("sort")) == "index" else "count"
    offset = _offset(visit.parameter("offset"))
    found = pipeline.list_facet(
        asked,
        visit.view,
        visit.service.engine,
        name,
        prefix=prefix,
        order=order,
        offset=offset,
        limit=FACET_PAGE,
    )
    if found is None:
        return errors.page(visit, 404)
    listed = present.facet(visit, asked, found, more=False)
    known = {v.value for v in listed.values if v.count}
    chosen = [v for n, v in asked.filters if n == name and v not in known]
    without = asked.without_filter(name).to_params()
    texts = visit.texts

    def here(**changes: str) -> str:
        state = {"facet": name, "prefix": prefix, "order": order, "offset": str(offset)} | changes
        return visit.url(
            "/search/facet", [*asked.to_params(), *((k, v) for k, v in state.items() if v not in ("", "0"))]
        )

    shown = pages.FacetPage(
        site=visit.site(asked),
        facet=pages.Facet(listed.name, listed.label, tuple(v for v in listed.values if v.count)),
        prefix=prefix,
        order=order,
        hidden=tuple(p for p in without if p[0] not in ("page", "cursor")),
        chosen=tuple(
            pages.FacetValue(
                v,
                visit.names.path(name, v),
                0,
                0,
                True,
                False,
                "",
                asked.excluding(name, v).to_url(f"{visit.prefix}/search"),
            )
            for v in chosen
        ),
        excluded=tuple(v for n, v in asked.excludes if n == name),
        sorts=tuple(
            pages.Choice(texts(f"facet.by_{o}"), here(order=o, offset=""), o == order)
            for o in ("count", "index")
        ),
        back_href=asked.to_url(f"{visit.prefix}/search"),
        previous=here(offset=str(max(0, offset - FACET_PAGE))) if offset else "",
        next=here(offset=str(offset + FACET_PAGE)) if found.more else "",
    )
    template = "facet_list.html" if visit.parameter("fragment") else "facet.html"
    return answer.html(visit, visit.service.renderer.render(template, shown))


def _offset(text: str) -> int:
    return min(natural(text, 7) or 0, 1_000_000)
