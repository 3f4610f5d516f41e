"""The JSON of ``/api/v1/search``, for the API and the command line alike (检索应答).

Keys may be added, none may go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from ereader.search.explain import in_words
from ereader.search.highlight import END, START
from ereader.search.request import SearchRequest
from ereader.search.results import Facet, FacetValue, Hit, SearchResults

Label = Callable[[str, str], str]  # (facet, value) → what a reader sees


def answer(results: SearchResults, request: SearchRequest, label: Label) -> dict[str, Any]:
    """A result as plain data. ``label`` names the values of coded facets in the reader's language.

    Highlights are HTML: the text escaped, matches in ``<mark>``. ``suggestions`` are other spellings;
    ``rescues`` are searches that let something go, as the parameters of their URL.
    """
    return {
        "total": results.total,
        "page": results.page,
        "size": results.size,
        "last_page": results.last_page,
        "hits": [hit_answer(hit) for hit in results.hits],
        "facets": {
            "type": _values("type", results.channels, label),
            **{facet.name: _values(facet.name, facet.values, label) for facet in results.facets},
        },
        "histogram": [{"year": year, "count": count} for year, count in results.histogram],
        "query": {
            "text": results.query.text,
            "understood": results.query.understood,
            "in_words": in_words(results.query.tree, request.lang or "zh"),
            "notes": list(results.query.notes),
        },
        "problems": list(request.problems),
        "suggestions": list(results.suggestions),
        "rescues": [
            {"code": rescue.code, "total": rescue.total, "query": rescue.request.to_query()}
            for rescue in results.rescues
        ],
        "next_cursor": results.next_cursor,
        "took_ms": results.took_ms,
    }


def facet_answer(facet: Facet | None, label: Label) -> dict[str, Any]:
    """The JSON of ``/api/v1/facets``."""
    if facet is None:
        return {"values": [], "more": False}
    return {"values": _values(facet.name, facet.values, label), "more": facet.more}


def hit_answer(hit: Hit) -> dict[str, Any]:
    """One hit as plain data."""
    shown = hit.display
    return {
        "id": hit.id,
        "type": shown.type,
        "title": shown.title,
        "title_remainder": shown.title_remainder,
        "romanised": shown.romanised,
        "contributors": list(shown.contributors),
        "year": shown.year,
        "publisher": shown.publisher,
        "host": shown.host,
        "languages": list(shown.languages),
        "libraries": list(shown.libraries),
        "highlights": {name: marked_up(text) for name, text in hit.highlights.items()},
    }


def _values(name: str, values: Iterable[FacetValue], label: Label) -> list[dict[str, Any]]:
    rows = []
    for v in values:
        row: dict[str, Any] = {"value": v.value, "label": label(name, v.value), "count": v.count}
        if v.selected:
            row["selected"] = True
        if v.excluded:
            row["excluded"] = True
        rows.append(row)
    return rows


def marked_up(text: str) -> str:
    """A highlighted text as HTML that is safe to show."""
    return escape(text).replace(START, "<mark>").replace(END, "</mark>")
