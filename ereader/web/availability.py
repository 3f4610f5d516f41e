"""What can be had now (实时馆藏): GET /api/v1/availability, the page of a record, and what DAIA tells.

Libraries' systems are asked through the desk (`holdings.desk`), for all records at once, without holding a
thread meanwhile. What no system tells is taken from the record, and says so: it is as old as the record.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.availability_words import words
from ereader.web.handler import Waiting, waiting
from ereader.web.visit import Visit
from holdings.availability import Availability, Copy, summed
from holdings.lookup import Question
from holdings.members.endpoint import Endpoint
from holdings.status_words import status_of_words
from indexer.records.record import Holding, Record
from indexer.records.union import SourceRecord, UnionRecord

MOST_RECORDS = 50
MOST_LIBRARIES = 12  # that are asked for one record, the visitor's own first
MOST_SOURCES = 3  # of one library for one record
MOST_BARCODES = 40
PATIENCE = 2.5  # seconds that an answer waits for systems
MOST_PATIENCE = 5.0

Asked = tuple[Endpoint, Question]


class AtLibrary(msgspec.Struct, frozen=True):
    """A library that holds a record: who is asked for it, and what the record says itself (某馆馆藏)."""

    library: str
    own: bool
    told: Availability
    asked: tuple[Asked, ...] = ()


class Plan(msgspec.Struct, frozen=True):
    """What is to be found out about some records (查询计划); in the order they were asked for."""

    ids: tuple[str, ...]
    held: dict[str, tuple[AtLibrary, ...]]

    @property
    def asked(self) -> list[Asked]:
        return [pair for at in self.held.values() for library in at for pair in library.asked]


def plan(visit: Visit, ids: Sequence[str], unions: dict[str, UnionRecord]) -> Plan:
    """Which systems to ask for which records that the visitor may see."""
    return Plan(tuple(ids), {id: _held(visit, union, visit.endpoints) for id, union in unions.items()})


def found_out(visit: Visit, planned: Plan) -> dict[str, list[tuple[AtLibrary, Availability]]]:
    """What is known now of each record at each library."""
    told = visit.service.desk.told(planned.asked)
    return {
        id: [
            (at, _together(at, [told[endpoint.id, q.key] for endpoint, q in at.asked]))
            for at in planned.held.get(id, ())
        ]
        for id in planned.ids
    }


def union_of(visit: Visit, id: str) -> UnionRecord | None:
    """A record that the visitor may see."""
    return visit.service.store.union(id, visit.view) if 0 < len(id) <= 64 else None


def _held(visit: Visit, union: UnionRecord, endpoints: dict[str, Endpoint]) -> tuple[AtLibrary, ...]:
    sources: dict[str, list[SourceRecord]] = {}
    for source in union.sources:
        sources.setdefault(source.library, []).append(source)
    home = visit.signed_in.user.library if visit.signed_in else ""
    own = {visit.portal.library, home} - {""}
    ordered = sorted(sources, key=lambda library: (library not in own, library not in endpoints))
    held = []
    for number, library in enumerate(ordered):
        endpoint = endpoints.get(library) if number < MOST_LIBRARIES else None
        asked = []
        if endpoint is not None:
            questions = [_question(f"{union.id}/{s.uid}", s) for s in sources[library][:MOST_SOURCES]]
            asked = [(endpoint, question) for question in questions]
        told = _recorded(sources[library])
        if asked or told.copies:
            held.append(AtLibrary(library, library in own, told, tuple(asked)))
    return tuple(held)


def _question(key: str, source: SourceRecord) -> Question:
    numbers: dict[str, list[str]] = {}
    for identifier in source.record.identifiers:
        if identifier.valid and identifier.scheme in ("isbn", "issn"):
            numbers.setdefault(identifier.scheme, []).append(identifier.value)
    barcodes = [i.barcode for h in source.record.holdings for i in h.items if i.barcode]
    return Question(
        key,
        source.id[:200],
        tuple(numbers.get("isbn", ())[:5]),
        tuple(numbers.get("issn", ())[:5]),
        tuple(dict.fromkeys(barcodes))[:MOST_BARCODES],
    )


def _recorded(sources: Sequence[SourceRecord]) -> Availability:
    """What the records themselves say of copies, as old as they are."""
    copies = [copy for source in sources for copy in copies_of(source.record)]
    as_of = max((source.changed for source in sources), default="")
    return msgspec.structs.replace(summed(copies), as_of=as_of)


def copies_of(record: Record) -> list[Copy]:
    """The copies and holdings that a record tells of."""
    copies = []
    for holding in record.holdings:
        if holding.items:
            copies += [
                Copy(
                    status=status_of_words(item.status),
                    barcode=item.barcode,
                    call_number=item.call_number or holding.call_number,
                    location=item.location or holding.location,
                    note=item.note or (item.status if status_of_words(item.status) == "unknown" else ""),
                )
                for item in holding.items
            ]
        elif _stands(holding):
            copies.append(
                Copy(call_number=holding.call_number, location=holding.location, volume=holding.summary)
            )
    return copies


def _stands(holding: Holding) -> bool:
    return bool(holding.call_number or holding.location or holding.summary)


def _together(at: AtLibrary, answers: Sequence[Availability]) -> Availability:
    """What a system says of a library's records; the records themselves where it says nothing."""
    live = [a for a in answers if a.live and (a.copies or a.status != "unknown")]
    pending = any(a.pending for a in answers)
    error = next((a.error for a in answers if a.error), "")
    if not live:
        return msgspec.structs.replace(at.told, pending=pending, error=error)
    first = live[0]
    copies = [copy for a in live for copy in a.copies]
    whole = summed(copies, first.note, first.href, sum(a.total for a in live), sum(a.available for a in live))
    return msgspec.structs.replace(
        whole if copies else first,
        live=True,
        as_of=min(a.as_of for a in live),
        stale=any(a.stale for a in live),
        pending=pending,
        source=first.source,
        error=error if not all(a.error == "not-found" for a in answers if a.error) else "",
    )


def _listed(visit: Visit) -> Response | Waiting:
    """GET /api/v1/availability"""
    ids = list(dict.fromkeys(v for n, v in visit.params if n == "id" and v))
    if not ids or len(ids) > MOST_RECORDS:
        title = visit.texts("error.400_title")
        detail = f"id: 1 to {MOST_RECORDS} records, each with a parameter of its own"
        return answer.problem(400, title, detail, "/problems/id")
    unions = {id: union for id in ids if (union := union_of(visit, id)) is not None}
    planned = plan(visit, ids, unions)
    return Waiting(visit.service.desk.begin(planned.asked), _patience(visit), planned)


def _patience(visit: Visit) -> float:
    try:
        asked = float(visit.parameter("wait", str(PATIENCE), most=8))
    except ValueError:
        return PATIENCE
    return min(max(asked, 0.0), MOST_PATIENCE) if asked == asked else PATIENCE


def _told(visit: Visit, planned: Plan) -> Response:
    found = found_out(visit, planned)
    return answer.json(visit, {"records": [words(visit, id, found[id]) for id in planned.ids]})


listed = waiting(_listed, _told)


def of_record(visit: Visit, id: str) -> Response | Waiting:
    """What to find out for one record; the page that says that there is none for what is not seen."""
    union = union_of(visit, id)
    if union is None:
        return errors.page(visit, 404)
    planned = plan(visit, (id,), {id: union})
    return Waiting(visit.service.desk.begin(planned.asked), PATIENCE, (union, planned))


__all__ = ["AtLibrary", "Plan", "found_out", "listed", "of_record", "plan"]
