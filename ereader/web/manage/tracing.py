"""Why a record is seen or not (可见性追溯), for the centre and for a library of its own records."""

from __future__ import annotations

from starlette.responses import Response

from ereader import trace
from ereader.web.manage.frame import Scope
from ereader.web.manage.sheets import place_name, sheet
from ereader.web.visit import Visit
from holdings.members.consortium import CENTRE
from holdings.members.registry import ANYONE, Viewer
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table

MOST_SHOWN = 50


def page(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre/trace, /manage/library/ID/trace"""
    texts = visit.texts
    name, user = visit.parameter("record", most=300).strip(), visit.parameter("user").strip()
    at = visit.parameter("place").strip() or (scope.id if scope.kind == "library" else CENTRE)
    members = visit.members
    place = f"C:{at}" if at in members.consortia() else f"L:{at}"
    wrong_place = (
        "" if place[2:] in members.libraries() or place.startswith("C:") else texts("manage_trace.no_place")
    )
    viewer = _viewer(visit, scope, user)
    wrong_user = texts("manage_trace.no_user") if viewer is None else ""
    rows: list[trace.Row] = []
    if name and not wrong_place and viewer is not None:
        rows = trace.find(visit.service.installation.database, name)
        if scope.kind == "library":
            rows = _own(visit, scope, name, rows)
    missing = texts("manage_trace.no_record") if name and not (rows or wrong_place or wrong_user) else ""
    form = Form(
        visit.url(f"{scope.path}/trace"),
        (
            Input(
                "record",
                texts("manage_trace.record"),
                name,
                "search",
                texts("manage_trace.record_hint"),
                missing,
                most=300,
            ),
            Input(
                "place",
                texts("manage_trace.place"),
                at,
                hint=texts("manage_trace.place_hint"),
                error=wrong_place,
                most=64,
            ),
            Input(
                "user",
                texts("manage_trace.user"),
                user,
                hint=texts("manage_trace.user_hint"),
                error=wrong_user,
                most=100,
            ),
        ),
        (Button(texts("manage_trace.ask"), main=True),),
        get=True,
    )
    sections = [Section(forms=(form,))]
    if rows and viewer is not None:
        found = trace.trace(visit.service.store, members, rows[:MOST_SHOWN], place, viewer)
        sections += [_section(visit, scope, told) for told in found]
        if len(rows) > MOST_SHOWN:
            sections.append(Section(notes=(texts("manage_sheet.more", n=len(rows) - MOST_SHOWN),)))
    status = 404 if missing else 200
    return sheet(visit, scope, "trace", sections, lead=texts("manage_trace.lead"), status=status)


def _section(visit: Visit, scope: Scope, told: trace.Trace) -> Section:
    texts = visit.texts
    seen = texts("manage_trace.seen" if told.seen else "manage_trace.unseen")
    why = texts(f"manage_trace.clause_{told.clause}")
    facts = [
        (texts("manage_trace.verdict"), f"{seen}{texts('site.colon')}{why}"),
        (texts("manage_consortium.library"), visit.names.library(told.library) if told.library else "–"),
        (texts("manage_trace.local_id"), told.local_id),
        (texts("manage_trace.ids"), told.uid if scope.kind == "library" else f"{told.union} · {told.uid}"),
    ]
    if told.audience:
        facts.append(
            (texts("manage_consortium.audience"), texts(f"manage_consortium.audience_{told.audience}"))
        )
    if told.flags:
        facts.append(
            (
                texts("manage_trace.flags"),
                texts("site.comma").join(texts(f"manage_trace.clause_{f}") for f in told.flags),
            )
        )
    if told.said_by:
        facts.append((texts("manage_trace.said_by"), told.said_by.partition(":")[2]))
    if told.until:
        facts.append((texts("manage_trace.until"), told.until))
    rows = tuple(
        Row(
            (
                Cell(place_name(visit, step.place), code=step.place[2:]),
                Cell(texts(f"manage_consortium.status_{step.membership}") if step.membership else "–"),
                Cell(_yes(visit, step.offered) if step.place.startswith("C:") else "–"),
                Cell(_yes(visit, step.published) if step.place.startswith("C:") else "–"),
                Cell(texts(f"manage_trace.clause_{step.clause}"), state="" if step.shows else "failed"),
            )
        )
        for step in told.steps
    )
    columns = tuple(
        texts(k)
        for k in (
            "manage_trace.through",
            "manage_consortium.status",
            "manage_consortium.is_offered",
            "manage_consortium.is_published",
            "manage_trace.says",
        )
    )
    notes = (texts("manage_trace.pending"),) if told.pending else ()
    return Section(
        visit.names.repository(told.repository),
        facts=tuple(facts),
        table=Table(columns, rows, texts("manage_trace.no_steps")),
        notes=notes,
    )


def _own(visit: Visit, scope: Scope, name: str, rows: list[trace.Row]) -> list[trace.Row]:
    """What is a library's own of these. What is others' is unknown here, hidden or not: also that it was
    merged with something of one's own is told only to whom its page is shown.
    """
    own = [r for r in rows if _owner(visit, r) == scope.id]
    if any(name in (r.uid, f"{r.repository}/{r.local_id}") for r in own):
        return own
    return own if own and visit.service.store.union(name, visit.view) is not None else []


def _yes(visit: Visit, said: bool) -> str:
    return visit.texts("manage_sheet.yes" if said else "manage_sheet.no")


def _viewer(visit: Visit, scope: Scope, name: str) -> Viewer | None:
    if not name:
        return ANYONE
    user = visit.members.users().get(name)
    if user is None or (scope.kind == "library" and user.library != scope.id):
        return None
    return Viewer(user.name, user.library, user.roles)


def _owner(visit: Visit, row: trace.Row) -> str:
    held = visit.members.repositories().get(row.repository)
    return held.library if held else visit.members.former_owner(row.repository)
