"""The page that says why a record stands where it stands for a query (排序说明), for staff, in words."""

from __future__ import annotations

from starlette.responses import Response

from ereader.search.explain import in_words
from ereader.search.parser import parse
from ereader.search.query_fields import FIELDS
from ereader.search.ranking import Reason, standing
from ereader.web import answer, errors
from ereader.web.handler import handler
from ereader.web.record import text
from ereader.web.visit import Visit
from indexer.index.fields import WEIGHTS
from ui import record_pages


@handler
def explain(visit: Visit, id: str) -> Response:
    """GET /record/ID/explain?q=…&in=…"""
    union = visit.service.store.union(id, visit.view) if len(id) <= 64 else None
    if union is None:
        return errors.page(visit, 404)
    typed = visit.parameter("q", most=2000)
    field = visit.parameter("in", "all")
    parsed = parse(typed, field if field in FIELDS else "all")
    asked = bool(typed.strip())
    rank = standing(parsed.tree, union.id, visit.view, visit.service.engine) if asked else None
    shown = record_pages.ExplainPage(
        site=visit.site(),
        id=union.id,
        title=text(union.record.title, union.record),
        q=typed,
        understood=in_words(parsed.tree, visit.lang) if asked else "",
        action=visit.url(f"/record/{union.id}/explain"),
        record_href=visit.url(f"/record/{union.id}"),
        staff_href=visit.url(f"/record/{union.id}/staff"),
        asked=asked,
        found=rank is not None and rank.found,
        total=_points(rank.total) if rank is not None else "",
        reasons=tuple(_line(visit, row, row.score) for row in rank.reasons) if rank is not None else (),
        missing=tuple(_line(visit, row, WEIGHTS[row.step].value) for row in rank.missing)
        if rank is not None
        else (),
    )
    return answer.html(visit, visit.service.renderer.render("explain.html", shown))


def _line(visit: Visit, row: Reason, score: float) -> record_pages.RankLine:
    parts = visit.texts("explain.part", met=row.met, parts=row.parts) if row.parts > 1 else ""
    return record_pages.RankLine(visit.texts(f"weight.{row.step.replace(' ', '_')}"), _points(score), parts)


def _points(score: float) -> str:
    return f"{score:,.0f}" if score >= 100 else f"{score:,.2f}"
