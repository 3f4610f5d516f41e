"""What can be had now of what a link cites (解析中的实时馆藏): systems are asked beside remote services."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future

import msgspec

from ereader.web.availability import Plan, found_out, plan
from ereader.web.resolver_question import Question
from ereader.web.visit import Visit
from holdings.availability import Availability
from resolver.service import Found, Wanted

SERVICE = "holdings"
MOST_RECORDS = 5  # of one link
_NOW = {"available": "yes", "reference": "yes", "on-loan": "no", "unavailable": "no"}


class Shelves(msgspec.Struct, frozen=True):
    """Systems that are being asked (在询馆藏), and for what."""

    planned: Plan
    futures: Sequence[Future[None]] = ()

    @property
    def over(self) -> bool:
        return all(future.done() for future in self.futures)


def begin(visit: Visit, questions: Sequence[Question], *, ask: bool = True) -> Shelves:
    """Asks the systems of libraries that have what is wanted, for all questions at once."""
    unions = {u.id: u for asked in questions for u in asked.unions[:MOST_RECORDS]}
    planned = plan(visit, tuple(unions), unions)
    return Shelves(planned, visit.service.desk.begin(planned.asked) if ask and planned.asked else ())


def told(visit: Visit, wanted: Wanted, shelves: Shelves) -> Wanted:
    """What is wanted, with what is known now of the copies; of records that were not asked for, nothing."""
    known = {
        (id, at.library): said
        for id, pairs in found_out(visit, shelves.planned).items()
        for at, said in pairs
    }
    records = tuple(_found(found, known) for found in wanted.records)
    return msgspec.structs.replace(wanted, records=records)


def _found(found: Found, known: dict[tuple[str, str], Availability]) -> Found:
    held = []
    for one in found.held:
        said = known.get((found.id, one.library))
        if said is not None:
            as_of = said.as_of if said.live else one.as_of
            one = msgspec.structs.replace(one, available=_NOW.get(said.status, ""), as_of=as_of)
        held.append(one)
    return msgspec.structs.replace(found, held=tuple(held))
