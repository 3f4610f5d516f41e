"""Whether it can be had now, whatever system says so (可用状态): one model for all protocols.

| status | what it means for a reader |
| --- | --- |
| available | may be borrowed, or used from anywhere |
| reference | may be used in the library only |
| on-loan | somebody has it; ``due`` is when it should be back |
| unavailable | cannot be used: lost, at the binder's, on order |
| unknown | nothing is known for sure |
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

Status = Literal["available", "reference", "on-loan", "unavailable", "unknown"]
STATUSES: tuple[Status, ...] = ("available", "reference", "on-loan", "unavailable", "unknown")
SERVICES = ("presentation", "loan", "remote", "interloan", "openaccess")
MOST_COPIES = 300


class Limitation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a service is less than it could be (限制): type as URI, page, words."""

    id: str = ""
    href: str = ""
    content: str = ""


class Use(msgspec.Struct, frozen=True, omit_defaults=True):
    """What can or cannot be done with a copy (服务状态); ``service`` is one of `SERVICES` or a URI.

    ``delay`` is a duration (ISO 8601) or "unknown"; ``expected`` a date, a time or "unknown".
    """

    service: str
    available: bool
    href: str = ""
    delay: str = ""
    expected: str = ""
    queue: int | None = None
    limitations: tuple[Limitation, ...] = ()


class Copy(msgspec.Struct, frozen=True, omit_defaults=True):
    """One copy, or one holding that is not told in copies (单册状态)."""

    status: Status = "unknown"
    id: str = ""
    barcode: str = ""
    call_number: str = ""
    location: str = ""  # the shelf
    department: str = ""  # the branch
    volume: str = ""  # which part of the whole it is
    due: str = ""  # ISO 8601 date or time
    queue: int | None = None
    note: str = ""
    href: str = ""
    uses: tuple[Use, ...] = ()


class Availability(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a record at a library (可用情况).

    ``as_of`` is when its system said so (UTC, ISO 8601); ``stale``: it did not answer since. ``live`` is
    false for what only the record says. ``error`` is a code (``late``, ``unreachable``, ``not-found`` …).
    """

    status: Status = "unknown"
    copies: tuple[Copy, ...] = ()
    total: int = 0
    available: int = 0
    queue: int | None = None
    due: str = ""
    note: str = ""
    href: str = ""
    as_of: str = ""
    live: bool = False
    stale: bool = False
    pending: bool = False
    source: str = ""
    error: str = ""


def summed(
    copies: Sequence[Copy], note: str = "", href: str = "", total: int = 0, available: int = -1
) -> Availability:
    """A record's availability from its copies: as good as its best copy.

    ``total`` and ``available`` are counts where a system says them and lists fewer copies.
    """
    kept = tuple(copies[:MOST_COPIES])
    free = sum(copy.status == "available" for copy in kept)
    status: Status = "unknown"
    if kept:
        status = min((copy.status for copy in kept), key=_GOODNESS.index)
    elif available > 0:
        status = "available"
    elif total > 0 and available == 0:
        status = "unavailable"
    dues = sorted(copy.due for copy in kept if copy.due and copy.due != "unknown")
    queues = [copy.queue for copy in kept if copy.queue is not None]
    return Availability(
        status=status,
        copies=kept,
        total=max(total, len(copies)),
        available=max(available, free),
        queue=max(queues) if queues else None,
        due=dues[0] if dues and status == "on-loan" else "",
        note=note,
        href=href,
    )


# An unknown copy beside one that is on loan leaves open whether it can be had.
_GOODNESS: tuple[Status, ...] = ("available", "reference", "unknown", "on-loan", "unavailable")


def status_of(uses: Iterable[Use]) -> Status:
    """What the services of a copy mean for a reader who comes himself.

    Loans between libraries say nothing of that. Of one service that is both, with and without a limitation,
    the available one counts. A service that has ended for now says when, or that others wait for it.
    """
    can: set[str] = set()
    cannot: dict[str, Use] = {}
    for use in uses:
        if use.available:
            can.add(use.service)
        else:
            known = cannot.get(use.service)
            if known is None or not _for_now(known):
                cannot[use.service] = use
    if can & {"loan", "remote", "openaccess"}:
        return "available"
    lent = any(_for_now(cannot[service]) for service in ("loan", "presentation") if service in cannot)
    if "presentation" in can:
        return "on-loan" if "loan" in cannot and _for_now(cannot["loan"]) else "reference"
    if lent:
        return "on-loan"
    return "unavailable" if cannot.keys() & {"loan", "presentation", "remote", "openaccess"} else "unknown"


def _for_now(use: Use) -> bool:
    return bool(use.expected) or use.queue is not None


def due_of(uses: Iterable[Use]) -> str:
    """When a copy is expected back, "" where nobody says."""
    dates = [u.expected for u in uses if not u.available and u.service in ("loan", "presentation")]
    return next((d for d in sorted(dates) if d and d != "unknown"), "unknown" if "unknown" in dates else "")


def queue_of(uses: Iterable[Use]) -> int | None:
    """How many wait for a copy, None where nobody says."""
    waiting = [u.queue for u in uses if u.queue is not None]
    return max(waiting) if waiting else None
