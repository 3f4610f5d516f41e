"""The API (开放接口): the same parameters as the pages, answers in JSON, errors as problem details."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from ereader.search import editions, pipeline
from ereader.search import suggest as suggestions
from ereader.search.answer import answer as search_answer
from ereader.search.answer import facet_answer, hit_answer
from ereader.search.facet_list import FACETS
from ereader.search.refusal import PageTooDeep, SearchRefused
from ereader.web import answer, errors
from ereader.web.handler import Endpoint, handler
from ereader.web.openapi import document
from ereader.web.visit import Visit
from holdings.members.view import View
from holdings.natural import natural
from indexer.index.suggest import Offer
from indexer.records import export
from indexer.records.union import UnionRecord

FACET_SIZE = 20
SUGGESTIONS = "application/x-suggestions+json"  # OpenSearch Suggestions 1.1
MAX_FACET_SIZE = 500


def api(work: Callable[..., Response]) -> Endpoint:
    """An endpoint that answers refusals of the search as problems."""

    def told(visit: Visit, **parts: str) -> Response:
        try:
            return work(visit, **parts)
        except SearchRefused as refused:
            more = {"last_page": refused.last_page} if isinstance(refused, PageTooDeep) else {}
            return answer.problem(
                400, visit.texts("error.400_title"), str(refused), f"/problems/{refused.code}", **more
            )

    told.__doc__ = work.__doc__
    return handler(told)


@api
def search(visit: Visit) -> Response:
    """GET /api/v1/search"""
    asked = visit.search_request()
    found = pipeline.search(asked, visit.view, visit.service.engine)
    body = search_answer(found, asked, visit.names.value)
    if asked.group == "work":
        counted = editions.counted(found.hits, visit.view, visit.service.engine)
        body["hits"] = [
            {
                **hit_answer(line.hit),
                "editions": counted.get(line.hit.id, 1),
                "also": [hit.id for hit in line.also],
            }
            for line in editions.folded(found.hits)
        ]
    return answer.json(visit, body)


@api
def facets(visit: Visit) -> Response:
    """GET /api/v1/facets"""
    name = visit.parameter("facet")
    if name not in FACETS:
        known = ", ".join(FACETS)
        return answer.problem(
            400,
            visit.texts("error.400_title"),
            f"facet must be one of: {known}",
            "/problems/unknown-facet",
        )
    asked = visit.search_request()
    order = "index" if visit.parameter("sort") == "index" else "count"
    found = pipeline.list_facet(
        asked,
        visit.view,
        visit.service.engine,
        name,
        prefix=visit.parameter("prefix"),
        order=order,
        offset=_number(visit.parameter("offset"), 0, 100_000),
        limit=max(1, _number(visit.parameter("limit"), FACET_SIZE, MAX_FACET_SIZE)),
    )
    return answer.json(visit, facet_answer(found, visit.names.value))


@api
def suggest(visit: Visit) -> Response:
    """GET /api/v1/suggest"""
    typed, found = offers(visit, visit.view)
    if visit.parameter("format") == "opensearch":
        listed = suggestions.as_list(typed, found, lambda offer: visit.texts(f"suggest.{offer.kind}"))
        return answer.json(visit, listed, media_type=SUGGESTIONS)
    return answer.json(visit, {"suggestions": offered(visit, typed, found)})


def offers(visit: Visit, view: View) -> tuple[str, Sequence[Offer]]:
    """What is typed, and what a view offers for it."""
    typed, asked = visit.parameter("q", most=2_000), visit.search_request()
    found = suggestions.suggest(
        typed,
        view,
        visit.service.engine,
        kind=visit.parameter("kind"),
        field=asked.field,
        types=asked.type,
        size=max(1, _number(visit.parameter("size"), 10, 50)),
    )
    return typed, found


def offered(visit: Visit, typed: str, found: Sequence[Offer]) -> list[dict[str, Any]]:
    """Suggestions as data; with ``pieces=1`` cut where what was typed begins and ends."""
    told = [msgspec.structs.asdict(offer) for offer in found]
    if visit.parameter("pieces") == "1":
        told = [{**one, "pieces": suggestions.pieces(typed, one["text"])} for one in told]
    return told


@api
def record(visit: Visit, id: str) -> Response:
    """GET /api/v1/records/ID"""
    union = visit.service.store.union(id, visit.view) if len(id) <= 64 else None
    if union is None:
        return errors.problem(visit, 404)
    wanted = visit.parameter("format", "json") or "json"
    if wanted == "json":
        return answer.json(visit, as_json(union))
    try:
        data, media_type, extension = export.one(union.record, wanted)
    except (export.UnknownFormat, ImportError):
        known = ", ".join(("json", *(f for f in export.FORMATS if f != "json")))
        return answer.problem(
            400,
            visit.texts("error.400_title"),
            f"format must be one of: {known}",
            "/problems/unknown-format",
        )
    response = answer.data(visit, data, media_type)
    response.headers["content-disposition"] = f'attachment; filename="{union.id}.{extension}"'
    return response


def as_json(union: UnionRecord) -> dict[str, Any]:
    """The merged record in the JSON form of records, with every source record that the view sees."""
    body: dict[str, Any] = {"id": union.id, **msgspec.to_builtins(union.record)}
    body["id"] = union.id
    body["sources"] = [
        {
            "uid": s.uid,
            "library": s.library,
            "repository": s.repository,
            "id": s.id,
            "format": s.format,
            "merged_by": list(s.merged_by),
            "first_seen": s.first_seen,
            "changed": s.changed,
        }
        for s in union.sources
    ]
    return body


@api
def openapi(visit: Visit) -> Response:
    """GET /openapi.json"""
    return answer.json(visit, document(visit.absolute(""), visit.title()))


@api
def unknown(visit: Visit, path: str = "") -> Response:  # noqa: ARG001
    """Any other address of the API."""
    return errors.problem(visit, 404)


def _number(text: str, default: int, largest: int) -> int:
    number = natural(text)
    return default if number is None else min(number, largest)
