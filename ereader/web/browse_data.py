"""Browsing for programs (浏览接口): the lists, the class trees and the shelf as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from ereader.search import class_tree
from ereader.search.browse import MAX_SIZE, SIZE, browse
from ereader.search.request import SearchRequest
from ereader.search.shelf import shelf
from ereader.web import answer
from ereader.web.api import api
from ereader.web.browse import MOST_TYPED, scope_of
from ereader.web.openapi import LISTS
from ereader.web.visit import Visit
from holdings.natural import natural
from indexer.headings import LETTERS, ORDERS


@api
def browsed(visit: Visit) -> Response:
    """GET /api/v1/browse?kind=author&from=…"""
    kind = visit.parameter("kind")
    if kind not in LISTS:
        return _problem(visit, "unknown-list", f"kind must be one of: {', '.join(LISTS)}")
    order = visit.parameter("order") or ORDERS[0]
    if order not in ORDERS:
        return _problem(visit, "unknown-order", f"order must be one of: {', '.join(ORDERS)}")
    given = natural(visit.parameter("limit"))
    limit = SIZE if given is None else max(1, min(MAX_SIZE, given))
    if kind == "class":
        return answer.json(visit, _classes(visit))
    if kind == "shelf":
        return answer.json(visit, _shelf(visit, limit))
    return answer.json(visit, _headings(visit, kind, order, limit))


def _problem(visit: Visit, code: str, detail: str) -> Response:
    return answer.problem(400, visit.texts("error.400_title"), detail, f"/problems/{code}")


def _where(visit: Visit) -> dict[str, Any]:
    """Where a page of a list begins."""
    return {
        "start": " ".join(visit.parameter("from", most=MOST_TYPED).split()),
        "place": visit.parameter("place", most=1_200),
        "backwards": visit.parameter("back") == "1",
    }


def _headings(visit: Visit, kind: str, order: str, limit: int) -> dict[str, Any]:
    scope, asked = scope_of(visit)
    letter = visit.parameter("letter")
    found = browse(
        kind,
        visit.service.engine,
        visit.service.headings,
        visit.view,
        order=order,
        letter=letter if letter in LETTERS[order] else "",
        size=limit,
        scope=scope,
        authorities=visit.service.authorities,
        **_where(visit),
    )
    entries = []
    for one in found.entries:
        told: dict[str, Any] = {
            "value": one.value,
            "label": visit.names.value(kind, one.value),
            "count": one.count,
            "letter": one.letter,
            "place": one.place,
            "query": asked.with_filter(kind, one.value).to_query() if one.count else "",
            "use": _references(asked, kind, one.use),
            "see_also": _references(asked, kind, one.see_also),
            "known_as": list(one.known_as),
            "dates": one.dates,
        }
        entries.append({k: v for k, v in told.items() if v or k in ("count", "query")})
    return {
        "kind": kind,
        "order": order,
        "state": found.state,
        "entries": entries,
        "position": found.position,
        "exact": found.exact,
        "previous": found.previous,
        "next": found.next,
    }


def _references(asked: SearchRequest, kind: str, found: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    return [
        {"value": value, "count": count, "query": asked.with_filter(kind, value).to_query()}
        for value, count in found
    ]


def _shelf(visit: Visit, limit: int) -> dict[str, Any]:
    scope, asked = scope_of(visit)
    library = visit.parameter("library", most=64)
    found = shelf(
        visit.service.engine,
        visit.service.headings,
        visit.view,
        library=library if library in visit.names.libraries else "",
        scope=scope,
        size=limit,
        **_where(visit),
    )
    return {
        "kind": "shelf",
        "order": "shelf",
        "state": found.state,
        "entries": [
            {
                "value": one.value,
                "label": visit.names.value("shelf", one.value),
                "call_number": one.number,
                "library": one.library,
                "count": one.count,
                "place": one.place,
                "query": asked.with_filter("shelf", one.value).to_query(),
                "records": [
                    {"id": id, "title": display.title, "year": display.year} for id, display in one.hits
                ],
            }
            for one in found.places
        ],
        "position": found.position,
        "previous": found.previous,
        "next": found.next,
    }


def _classes(visit: Visit) -> dict[str, Any]:
    """The schemes, or what is around a class: ``from`` is its path, ``clc`` or ``clc/I/I2``."""
    scope, asked = scope_of(visit)
    scheme, _, steps = visit.parameter("from", most=MOST_TYPED).strip("/").partition("/")
    path = class_tree.path_of(scheme, steps)
    engine, view = visit.service.engine, visit.view
    nodes = (
        class_tree.tree(path, engine, view, scope=scope)
        if path
        else class_tree.schemes(engine, view, scope=scope)
    )
    return {
        "kind": "class",
        "order": "class",
        "state": "ready",
        "entries": [
            {
                "value": node.path,
                "label": visit.names.value("class", node.path),
                "count": node.count,
                "depth": node.depth,
                "open": node.open,
                "query": asked.with_filter("class", node.path).to_query(),
            }
            for node in nodes
        ],
        "previous": "",
        "next": "",
    }
