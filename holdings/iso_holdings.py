"""Copies in holdings of ISO 20775 (ISO 20775 馆藏): pieces, sets of a serial, or mere counts.

Source: ISO 20775:2009, Schema for holdings information, clauses 5.3.4 (simple), 5.3.5 (structured) and 7 (XML
schema, ISOholdings_V1.0). Codes of availabilityStatus: 0 unknown, 1 available, 2 not available, 3 possibly;
of availableFor: 0 unspecified, 1 loan, 2 physical copy, 3 digital copy, 4 online access, 5 reference look-up,
6 other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from holdings.availability import Copy, Status
from holdings.foreign_xml import anywhere, below, day_of, text_below, text_of
from holdings.natural import natural

_STATUS: dict[str, Status] = {"0": "unknown", "1": "available", "2": "unavailable", "3": "unknown"}
_WORDS: dict[str, Status] = {
    "available": "available", "not available": "unavailable", "unavailable": "unavailable",
    "possibly available": "unknown", "unknown": "unknown",
}  # fmt: skip
# What does not mean that a reader takes the copy home.
_NO_LOAN = frozenset("2345")
MOST_COPIES = 50  # of a mere count


class Said(msgspec.Struct, frozen=True):
    """One status element: what it says of one use (状态); ``count`` is None where none is given."""

    status: Status
    loan: bool
    day: str
    count: int | None


def read_iso(holding: Any) -> Iterator[Copy]:
    """The copies that a holding element tells of; one of unknown status where it only names a place."""
    department = text_below(holding, "institutionIdentifier", "value")
    place = text_below(holding, "physicalLocation")
    shelf = text_below(holding, "shelfLocator")
    pieces = [*anywhere(holding, "copyInformation"), *anywhere(holding, "component")]
    told = any(_said(part) for piece in pieces for part in below(piece, "availabilityInformation"))
    summaries = list(anywhere(holding, "copiesSummary"))
    if not told and any(said.count is not None for summary in summaries for said in _said(summary)):
        # Counts say more than pieces of which nothing is said.
        pieces = []
    for piece in pieces:
        yield _piece(piece, department, place, shelf)
    if not pieces:
        for summary in summaries:
            yield from _counted(summary, Copy(call_number=shelf, department=department, location=place))
    if not pieces and not summaries and (shelf or place):
        yield Copy(call_number=shelf, department=department, location=place)


def _piece(piece: Any, department: str, place: str, shelf: str) -> Copy:
    said = [s for part in below(piece, "availabilityInformation") for s in _said(part)] or _said(piece)
    status, day = _together(said)
    return Copy(
        status=status,
        barcode=next((text_below(e, "value") for e in anywhere(piece, "pieceIdentifier")), ""),
        call_number=text_below(piece, "shelfLocator") or shelf,
        department=department,
        location=text_below(piece, "sublocation") or place,
        volume=" ".join(
            filter(None, (text_of(e) for e in below(piece, "enumerationAndChronology")))
        ) or text_below(piece, "enumeration"),
        due=day if status == "on-loan" else "",
        queue=natural(text_below(piece, "reservationQueue"), 5),
        note=text_below(piece, "note"),
    )  # fmt: skip


def _counted(summary: Any, like: Copy) -> Iterator[Copy]:
    """As many copies as are counted, those that can be had first."""
    said = _said(summary)
    lent = [s.count for s in said if s.loan and s.count is not None]
    others = [s.count for s in said if not s.loan and s.count is not None]
    free = max(lent, default=0)
    usable = max(free, max(others, default=0))
    total = max(natural(text_below(summary, "copiesCount"), 5) or 0, usable, 1)
    day = next((s.day for s in said if s.day), "")
    queue = natural(text_below(summary, "reservationQueueLength"), 5)
    for n in range(min(total, MOST_COPIES)):
        status: Status = "unknown"
        if n < usable:
            status = "available" if n < free else "reference"
        elif lent or others:
            status = "on-loan" if day else "unavailable"
        elif said:
            status, day = _together(said)
        yield msgspec.structs.replace(
            like, status=status, due=day if status == "on-loan" else "", queue=queue if n == 0 else None
        )


def _said(element: Any) -> list[Said]:
    """The status elements of pieces and summaries; those that are written without one are read as one."""
    parts = list(below(element, "status"))
    if not parts and any(True for _ in anywhere(element, "availabilityStatus")):
        parts = [element]
    return [
        Said(
            status=_STATUS.get(word := text_below(part, "availabilityStatus"))
            or _WORDS.get(word.casefold(), "unknown"),
            loan=text_below(part, "availableFor") not in _NO_LOAN,
            day=day_of(text_below(part, "earliestDispatchDate") or text_below(part, "dateTimeAvailable")),
            count=natural(text_below(part, "availableCount"), 5),
        )
        for part in parts
    ]


def _together(said: list[Said]) -> tuple[Status, str]:
    """The status of a copy by what is said of its uses, loan first, and the day when it comes back."""
    lent = [s for s in said if s.loan]
    usable = any(s.status == "available" for s in said if not s.loan)
    first = next((s for s in lent if s.status == "available"), lent[0] if lent else None)
    if first is None:
        return ("reference" if usable else (said[0].status if said else "unknown")), ""
    if first.status == "unavailable" and first.day:
        return "on-loan", first.day
    return ("reference" if first.status == "unavailable" and usable else first.status), ""
