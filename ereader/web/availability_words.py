"""Availability as programs get it and readers read it (可用状态文字)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from babel.dates import format_date, format_datetime

from holdings.availability import Availability, Copy

if TYPE_CHECKING:
    from ereader.web.availability import AtLibrary
    from ereader.web.visit import Visit

MOST_COPIES = 60  # that are told of one library
_ORDER = ("available", "reference", "on-loan", "unavailable", "unknown")


def words(visit: Visit, id: str, held: Sequence[tuple[AtLibrary, Availability]]) -> dict[str, Any]:
    """What is known of a record, for GET /api/v1/availability."""
    libraries = [_library(visit, at, told) for at, told in held]
    live = [one for one in libraries if one["live"]]
    best = min((one["status"] for one in live), key=_ORDER.index, default="unknown")
    return {
        "id": id,
        "status": best,
        "text": line(visit, held),
        "pending": any(one["pending"] for one in libraries),
        "libraries": libraries,
    }


def line(visit: Visit, held: Sequence[tuple[AtLibrary, Availability]]) -> str:
    """One line for a list of hits: the visitor's own library, then how many others have it to lend."""
    texts = visit.texts
    own = [told for at, told in held if at.own and told.live]
    others = [told for at, told in held if not at.own and told.live]
    parts = []
    if own:
        best = min(own, key=lambda told: _ORDER.index(told.status))
        parts.append(texts("availability.own") + sentence(visit, best))
    free = sum(told.status == "available" for told in others)
    if others and (free or not own):
        if len(others) == 1 and not own:
            parts.append(sentence(visit, others[0]))
        elif free:
            parts.append(texts("availability.others_free" if own else "availability.free_at", n=free))
        else:
            parts.append(texts("availability.none_free", n=len(others)))
    return texts("availability.joint").join(parts)


def sentence(visit: Visit, told: Availability) -> str:
    """What a status means, with numbers and dates."""
    texts = visit.texts
    if told.status == "available" and told.total > 1:
        return texts("availability.available_of", n=told.available, total=told.total)
    said = texts(f"availability.{told.status.replace('-', '_')}")
    if told.status == "on-loan" and told.due:
        said = texts("availability.on_loan_until", date=day(visit, told.due))
    if told.queue:
        said += texts("availability.waiting", n=told.queue)
    return said


def as_of(visit: Visit, told: Availability) -> str:
    """When it was said, and by whom: the library's system, or the record."""
    if not told.as_of:
        return ""
    if not told.live:
        return visit.texts("availability.recorded", date=day(visit, told.as_of))
    name = "availability.stale" if told.stale else "availability.as_of"
    return visit.texts(name, time=_moment(visit, told.as_of))


def day(visit: Visit, text: str) -> str:
    """A date in the visitor's language; whatever is none stays as it is."""
    try:
        return format_date(datetime.date.fromisoformat(text[:10]), "long", locale=_locale(visit))
    except ValueError:
        return "" if text == "unknown" else text[:30]


def _moment(visit: Visit, text: str) -> str:
    try:
        moment = datetime.datetime.fromisoformat(text)
        return format_datetime(moment.astimezone(), "short", locale=_locale(visit))
    except ValueError:
        return text[:30]


def _locale(visit: Visit) -> str:
    return "zh_Hans_CN" if visit.lang.startswith("zh") else "en_GB"


def _library(visit: Visit, at: AtLibrary, told: Availability) -> dict[str, Any]:
    return {
        "library": at.library,
        "name": visit.names.library(at.library),
        "own": at.own,
        "status": told.status,
        "text": sentence(visit, told),
        "total": told.total,
        "available": told.available,
        "queue": told.queue,
        "due": told.due,
        "note": told.note,
        "href": told.href if told.href.startswith(("http://", "https://")) else "",
        "live": told.live,
        "stale": told.stale,
        "pending": told.pending,
        "error": told.error,
        "as_of": told.as_of,
        "as_of_text": as_of(visit, told),
        "copies": [_copy(visit, copy) for copy in told.copies[:MOST_COPIES]],
    }


def _copy(visit: Visit, copy: Copy) -> dict[str, Any]:
    alone = Availability(copy.status, due=copy.due, queue=copy.queue)
    return {
        "status": copy.status,
        "text": sentence(visit, alone),
        "call_number": copy.call_number,
        "location": " ".join(p for p in (copy.department, copy.location) if p),
        "volume": copy.volume,
        "barcode": copy.barcode,
        "due": copy.due,
        "queue": copy.queue,
        "note": copy.note,
        "href": copy.href if copy.href.startswith(("http://", "https://")) else "",
        "services": {
            use.service: "available" if use.available else use.expected or "unavailable" for use in copy.uses
        },
    }
