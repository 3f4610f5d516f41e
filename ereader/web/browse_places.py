"""Browsing by place in an order (分类与架位浏览): the trees of classifications, and the shelf."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.responses import Response

from ereader.search import class_tree, pipeline
from ereader.search.request import SearchRequest
from ereader.search.shelf import ShelfPlace, beside, shelf
from ereader.web import answer, browse, errors, present
from ereader.web.handler import handler
from ereader.web.visit import Visit
from indexer.document import Display
from indexer.index.engine import FacetCall, SearchCall
from indexer.index.query import Everything
from indexer.records.union import UnionRecord
from ui import browse_pages as pages
from ui import record_pages
from ui.pages import Choice, Hit, Text
from ui.presenters.cover import cover
from ui.presenters.text import language_tag, script_of, shorten

NEWEST = 5  # hits of a class shown beside its tree
BESIDE = 9


@handler
def classes(visit: Visit, scheme: str = "", steps: str = "") -> Response:
    """GET /browse/class, /browse/class/clc, /browse/class/clc/I/I2"""
    scope, asked = browse.scope_of(visit)
    engine, view, texts = visit.service.engine, visit.view, visit.texts
    known = class_tree.schemes(engine, view, scope=scope)
    path = class_tree.path_of(scheme, steps) if scheme else ""
    if scheme and not path:
        return errors.page(visit, 404)
    path = path or (known[0].path if known else class_tree.SCHEMES[0])
    nodes = class_tree.tree(path, engine, view, scope=scope)
    way = path.split(" / ")
    above = [" / ".join(way[: n + 1]) for n in range(len(way))]
    here = next((n for n in nodes if n.path == path), None)
    if here is None and len(way) > 1:
        return errors.page(visit, 404)
    total = here.count if here else next((n.count for n in known if n.path == path), 0)
    found = asked.with_filter("class", path)
    newest: tuple[Hit, ...] = ()
    if len(way) > 1:
        hits = pipeline.search(found.with_sort("newest").with_size(NEWEST), view, engine, facets=()).hits
        newest = present.plain_hits(visit, ((h.id, h.display) for h in hits))
    name = visit.names.value("class", path)
    shown = pages.ClassPage(
        site=visit.site(asked, visit.absolute(_path(path)), indexable=True),
        title=texts("browse.by", what=texts("browse.class")) if len(way) == 1 else name,
        tabs=browse.tabs(visit, "class"),
        schemes=tuple(
            Choice(
                visit.names.value("class", n.path),
                _href(visit, n.path),
                n.path == way[0],
                value=f"{n.count:,}",
            )
            for n in known
        ),
        lines=_lines(visit, nodes, asked, path, 1)[0],
        path=tuple(Choice(visit.names.value("class", p), _href(visit, p), p == path) for p in above),
        total=total,
        total_href=found.to_url(f"{visit.prefix}/search") if total else "",
        shelf_href=_shelf_href(visit, way[-1]) if len(way) > 1 and way[0] in ("clc", "lcc", "ddc") else "",
        hits=newest,
        scopes=browse.scopes(visit, lambda s: visit.url(_path(path), _kept(visit, scope=s))),
    )
    return answer.html(visit, visit.service.renderer.render("browse_class.html", shown))


def _path(path: str) -> str:
    return f"/browse/class/{path.replace(' / ', '/')}"


def _kept(visit: Visit, scope: str | None = None) -> list[tuple[str, str]]:
    scope = visit.search_request().scope if scope is None else scope
    return [(k, v) for k, v in (("scope", scope), ("lang", visit.wanted)) if v]


def _href(visit: Visit, path: str) -> str:
    return visit.url(_path(path), _kept(visit))


def _lines(
    visit: Visit, nodes: Sequence[class_tree.ClassNode], asked: SearchRequest, path: str, depth: int
) -> tuple[tuple[pages.ClassLine, ...], int]:
    """The classes of one depth with those below them, and how many nodes that were."""
    lines = []
    at = 0
    while at < len(nodes) and nodes[at].depth >= depth:
        node = nodes[at]
        below, taken = _lines(visit, nodes[at + 1 :], asked, path, depth + 1)
        at += 1 + taken
        name = visit.names.value("class", node.path)
        # What is open is shut by going to the class above it.
        href = _href(visit, node.path.rpartition(" / ")[0] if node.path == path else node.path)
        lines.append(
            pages.ClassLine(
                step=node.step,
                name=name.removeprefix(node.step).strip(),
                count=node.count,
                count_href=asked.with_filter("class", node.path).to_url(f"{visit.prefix}/search"),
                href="" if node.last and not node.open else href,
                open=node.open,
                current=node.path == path,
                below=below,
            )
        )
    return tuple(lines), at


def _shelf_href(visit: Visit, start: str, library: str = "") -> str:
    return visit.url(
        "/browse/shelf", [("from", start), *((("library", library),) if library else ()), *_kept(visit, "")]
    )


@handler
def shelves(visit: Visit) -> Response:
    """GET /browse/shelf?from=CALLNUMBER&library=ID"""
    texts, names = visit.texts, visit.names
    start = " ".join(visit.parameter("from", most=browse.MOST_TYPED).split())
    # The portal of a library begins at its own shelves; "all" leads on to those of others.
    wanted = visit.parameter("library", most=64) or visit.portal.library
    library = wanted if wanted in names.libraries else ""
    scope, asked = browse.scope_of(visit)
    place = visit.parameter("place", most=1_200)
    found = shelf(
        visit.service.engine,
        visit.service.headings,
        visit.view,
        start="" if place else start,
        place=place,
        backwards=bool(place) and visit.parameter("back") == "1",
        library=library,
        scope=scope,
        before=3 if start and not place else 0,
    )

    def here(**more: str) -> str:
        params = [("library", library or ("all" if wanted else "")), *_kept(visit), *more.items()]
        return visit.url("/browse/shelf", [(k, v) for k, v in params if v])

    shown = pages.ShelfPage(
        site=visit.site(asked),
        title=texts("browse.by", what=texts("browse.shelf")),
        tabs=browse.tabs(visit, "shelf"),
        lines=lines_of(visit, asked, found.places, found.position),
        libraries=_libraries(visit, scope, library),
        hidden=tuple(_kept(visit)),
        start=start,
        making=found.state == "making",
        previous=here(place=found.previous, back="1") if found.previous else "",
        next=here(place=found.next) if found.next else "",
    )
    return answer.html(visit, visit.service.renderer.render("browse_shelf.html", shown))


def _libraries(visit: Visit, scope: str, chosen: str) -> tuple[Choice, ...]:
    call = SearchCall(Everything(), visit.view, scope=scope)
    counted = visit.service.engine.facet(call, FacetCall("library", limit=500)).values
    listed = sorted((visit.names.library(v.value), v.value) for v in counted)
    return (
        Choice(visit.texts("browse.all_libraries"), "", not chosen, value="all"),
        *(Choice(name, "", id == chosen, value=id) for name, id in listed),
    )


def lines_of(
    visit: Visit, asked: SearchRequest, places: Sequence[ShelfPlace], position: int = -1, own: str = ""
) -> tuple[record_pages.ShelfLine, ...]:
    """Places of the shelf as lines; ``own`` is the record whose page it is."""
    return tuple(
        record_pages.ShelfLine(
            number=shorten(place.number, 80),
            library=visit.names.library(place.library) if place.library else "",
            items=tuple(_item(visit, id, display, own) for id, display in place.hits),
            more=place.count - len(place.hits),
            more_href=browse.link_of(visit, asked, "shelf", place.value),
            here=n == position,
        )
        for n, place in enumerate(places)
    )


def _item(visit: Visit, id: str, display: Display, own: str) -> record_pages.ShelfItem:
    author = display.contributors[0] if display.contributors else ""
    title = f"{display.title} {display.volume}" if display.volume else display.title
    year = visit.names.year(display.year) if display.year is not None else ""
    tag = language_tag(display.title_script or script_of(display.title), display.languages)
    return record_pages.ShelfItem(
        href=visit.url(f"/record/{id}", [("lang", visit.wanted)] if visit.wanted else []),
        title=Text(shorten(title or visit.texts("hit.untitled"), 120), tag),
        cover=cover(display.type, display.title, author if author != display.title else ""),
        line=" · ".join(part for part in (shorten(author, 60), year) if part),
        current=id == own,
    )


def strip(visit: Visit, union: UnionRecord) -> record_pages.ShelfStrip | None:
    """What stands beside a record, for its page."""
    found = beside(
        union,
        visit.service.engine,
        visit.service.headings,
        visit.view,
        library=visit.portal.library,
        size=BESIDE,
    )
    if found is None:
        return None
    number, page = found
    library = next((p.library for p in page.places if p.number == number), "")
    return record_pages.ShelfStrip(
        number=shorten(number, 80),
        library=visit.names.library(library) if library else "",
        href=_shelf_href(visit, number, library),
        lines=lines_of(visit, SearchRequest(lang=visit.wanted), page.places, own=union.id),
    )
