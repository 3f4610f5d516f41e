"""Our own DAIA server (DAIA 服务): GET /daia?id=…&format=json, for every portal; DAIA 1.0.0.

A request identifier is a record's id or address here, an ISBN or ISSN as URN or URI, or in a library's portal
the id that its own system has for the record. What the visitor may not see is as if it did not exist: the
specification forbids a 404 for that, so the response is without it. Section "Request and response".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote, unquote, urlsplit

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from ereader.web import availability
from ereader.web.availability import AtLibrary, Plan
from ereader.web.handler import Waiting, waiting
from ereader.web.visit import Visit
from holdings.availability import Availability
from holdings.daia.write import VERSION, Told, response
from indexer.index.engine import SearchCall, SearchUnavailable
from indexer.index.query import Exact, Node
from indexer.records.identifier import isbn13
from indexer.records.record import record_uid
from indexer.records.union import UnionRecord

MOST_IDS = 50  # in one response; the rest is linked
LONGEST_QUERY = 8_000
MOST_OF_ONE = 5  # records of one request identifier
_NUMBER = re.compile(r"(?:urn:)?(isbn|issn):?(.+)|https?://(?:www\.)?(?:isbn|issn)\.org/(.+)", re.IGNORECASE)
_RECORD = re.compile(r"(?:/at/[^/]+)?/record/([^/?#]{1,64})")
_CALLBACK = re.compile(r"[A-Za-z0-9_]{1,64}")
METHODS = ("GET", "HEAD", "OPTIONS")


class _Asked(msgspec.Struct, frozen=True):
    names: tuple[str, ...]
    left: tuple[str, ...]
    found: tuple[tuple[str, UnionRecord], ...]  # request identifier, record
    plan: Plan


async def daia(request: Request) -> Response:
    """GET, HEAD and OPTIONS /daia"""
    if request.method not in METHODS:
        refused = _error(request.query_params, 405, "invalid_request", "GET, HEAD and OPTIONS are answered")
        refused.headers["allow"] = ", ".join(METHODS)
        return refused
    if request.method == "OPTIONS":
        return Response(
            status_code=204,
            headers={
                **_HEADERS,
                "allow": ", ".join(METHODS),
                "access-control-allow-methods": ", ".join(METHODS),
                "access-control-allow-headers": "Accept, Accept-Language",
                "access-control-max-age": "86400",
            },
        )
    return await _answered(request)


_HEADERS = {"x-daia-version": VERSION, "access-control-allow-origin": "*"}


def _prepare(visit: Visit) -> Response | Waiting:
    params = visit.request.query_params
    wrong = _wrong(visit)
    if wrong:
        return wrong
    query = params.getlist("id")[-1]
    names = list(dict.fromkeys(name for part in query.split("|") if (name := part.strip())))
    now, left = names[:MOST_IDS], names[MOST_IDS:]
    found: list[tuple[str, UnionRecord]] = []
    try:
        for name in now:
            found += [(name, union) for union in _records(visit, name) if _held_here(visit, union)]
    except SearchUnavailable:
        return _error(params, 503, "service_unavailable", "the index does not answer", visit)
    unions = {union.id: union for _, union in found}
    planned = availability.plan(visit, tuple(unions), unions)
    if visit.portal.library:
        own = {
            id: tuple(at for at in held if at.library == visit.portal.library)
            for id, held in planned.held.items()
        }
        planned = Plan(planned.ids, own)
    asked = _Asked(tuple(now), tuple(left), tuple(found), planned)
    return Waiting(visit.service.desk.begin(planned.asked), availability.PATIENCE, asked)


def _held_here(visit: Visit, union: UnionRecord) -> bool:
    """A library's portal tells of what the library itself has, also where it shows others'."""
    own = visit.portal.library
    return not own or any(source.library == own for source in union.sources)


def _wrong(visit: Visit) -> Response | None:
    params = visit.request.query_params
    if params.get("format") != "json":
        return _error(params, 422, "invalid_request", "format must be json", visit)
    if any(name in params for name in ("patron", "patron-type", "access_token")) or (
        "authorization" in visit.request.headers
    ):
        told = "availability for single patrons is not told"
        return _error(params, 501, "not_implemented", told, visit)
    if "callback" in params and not _CALLBACK.fullmatch(params["callback"]):
        return _error(params, 422, "invalid_request", "callback: letters, digits and underscores", visit)
    query = params.getlist("id")[-1] if "id" in params else ""
    if not query.replace("|", "").strip():
        return _error(params, 422, "invalid_request", "id is missing", visit)
    if len(query) > LONGEST_QUERY:
        return _error(params, 422, "invalid_request", f"id is longer than {LONGEST_QUERY}", visit)
    return None


def _records(visit: Visit, name: str) -> Sequence[UnionRecord]:
    """The records that a request identifier names, among those that the visitor may see."""
    id = name
    if "/record/" in name:
        try:
            found = _RECORD.fullmatch(unquote(urlsplit(name).path))
        except ValueError:
            return ()
        id = found[1] if found else ""
    union = availability.union_of(visit, id)
    if union is None and visit.portal.library:
        # The id that the library's own system knows, in each of its repositories.
        for repository in visit.members.repositories().values():
            if union is None and repository.library == visit.portal.library and len(name) <= 200:
                union = availability.union_of(visit, record_uid(repository.id, name))
    if union is not None:
        return (union,)
    number = _NUMBER.fullmatch(name)
    if not number:
        return ()
    value = (number[2] or number[3] or "").strip()
    tree: Node | None = None
    if isbn13(value):
        tree = Exact("isbn", isbn13(value))
    elif re.fullmatch(r"\d{4}-?\d{3}[\dXx]", value):
        tree = Exact("issn", f"{value[:4]}-{value[-4:]}".upper())
    if tree is None:
        return ()
    hits = visit.service.engine.search(SearchCall(tree=tree, view=visit.view, limit=MOST_OF_ONE)).hits
    unions = [availability.union_of(visit, hit.id) for hit in hits]
    return [u for u in unions if u is not None]


def _finish(visit: Visit, asked: _Asked) -> Response:
    known = availability.found_out(visit, asked.plan)
    documents = [_told(visit, name, union, known.get(union.id, [])) for name, union in _once(asked.found)]
    library = visit.members.libraries().get(visit.portal.library)
    institution = {"href": visit.absolute("/"), "content": visit.title()}
    if library is not None and library.isil:
        institution["id"] = f"info:isil/{quote(library.isil)}"
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    body = response(documents, institution, now)
    answer = _packed(visit.request.query_params, body, 200, visit.lang)
    if asked.left:
        rest = quote("|".join(asked.left), safe=":/")
        answer.headers["link"] = f'<{visit.absolute("/daia")}?id={rest}&format=json>; rel="next"'
    if visit.signed_in:
        # What one reader may see is not for pages of other hosts.
        del answer.headers["access-control-allow-origin"]
    return answer


def _once(found: Sequence[tuple[str, UnionRecord]]) -> list[tuple[str, UnionRecord]]:
    """Each record once: ids are unique in a response. Of two names of one record the first stays."""
    seen: dict[str, tuple[str, UnionRecord]] = {}
    for name, union in found:
        seen.setdefault(union.id, (name, union))
    return list(seen.values())


def _told(
    visit: Visit, name: str, union: UnionRecord, held: Sequence[tuple[AtLibrary, Availability]]
) -> Told:
    address = visit.absolute(f"/record/{union.id}")
    alone = bool(visit.portal.library)
    departments = [
        (
            "" if alone else visit.names.library(at.library),
            "" if alone else visit.absolute("").removesuffix(visit.prefix) + f"/at/{at.library}/",
            told,
        )
        for at, told in held
    ]
    links = [
        link.url
        for source in union.sources
        if not alone or source.library == visit.portal.library
        for link in source.record.links
        if link.kind == "fulltext"
    ]
    about = " / ".join(filter(None, (union.record.title, union.record.responsibility)))
    # Whether everyone may read what a link leads to is not known, and DAIA's openaccess promises it.
    online = tuple((url, False) for url in dict.fromkeys(links))
    return Told(address, name, address, about[:500], tuple(departments), online)


def _error(
    params: QueryParams, status: int, error: str, description: str, visit: Visit | None = None
) -> Response:
    body = {"error": error, "code": status, "error_description": description}
    answer = _packed(params, body, 200 if "suppress_response_codes" in params else status, "en")
    if visit is not None and visit.signed_in:
        del answer.headers["access-control-allow-origin"]
    return answer


def _packed(params: QueryParams, body: object, status: int, lang: str) -> Response:
    data, kind = msgspec.json.encode(body), "application/json; charset=utf-8"
    callback = params.get("callback", "")
    if _CALLBACK.fullmatch(callback):
        # Something of ours in front: what begins with a stranger's word might be taken for another type.
        data = b"/**/" + callback.encode() + b"(" + data + b");"
        kind = "application/javascript; charset=utf-8"
    headers = {**_HEADERS, "content-language": lang, "cache-control": "no-store"}
    return Response(data, status, headers, media_type=kind)


_answered = waiting(_prepare, _finish)
