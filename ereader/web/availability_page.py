"""The page that says what can be had of a record now (实时馆藏页): GET /record/ID/availability.

It says what the script says on the record's own page, for those without script.
"""

from __future__ import annotations

from starlette.responses import Response

from ereader.web import answer, availability
from ereader.web.availability import Plan
from ereader.web.availability_words import words
from ereader.web.handler import waiting
from ereader.web.record import text
from ereader.web.visit import Visit
from indexer.records.union import UnionRecord
from ui.availability_pages import AvailabilityPage, CopyLine, LibraryNow


def _page(visit: Visit, state: tuple[UnionRecord, Plan]) -> Response:
    union, planned = state
    told = words(visit, union.id, availability.found_out(visit, planned)[union.id])
    shown = AvailabilityPage(
        site=visit.site(),
        title=text(union.record.title or visit.texts("hit.untitled"), union.record),
        record_href=visit.url(f"/record/{union.id}"),
        libraries=tuple(
            LibraryNow(
                one["name"],
                one["own"],
                one["status"],
                one["text"],
                one["as_of_text"],
                bool(one["error"]) and not one["live"] and one["error"] not in ("not-found", "not-asked"),
                one["pending"],
                tuple(
                    CopyLine(
                        copy["call_number"],
                        copy["volume"],
                        copy["location"],
                        copy["status"],
                        copy["text"],
                        copy["note"],
                        copy["href"],
                    )
                    for copy in one["copies"]
                ),
            )
            for one in told["libraries"]
        ),
        again_href=visit.url(f"/record/{union.id}/availability") if told["pending"] else "",
    )
    return answer.unkept(answer.html(visit, visit.service.renderer.render("availability.html", shown)))


page = waiting(availability.of_record, _page)
