"""A library without an admin of its own, on the pages of those who run it (代管)."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from ereader.auth.roles import Target, may
from ereader.web import answer, errors
from ereader.web.manage.frame import Scope
from ereader.web.manage.sheets import change, consortium_name
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration
from ui.manage_sheet_pages import Button, Form, Section
from ui.pages import Choice


def section(visit: Visit, scope: Scope, library: str) -> Section | None:
    """Who runs a library, and the way into its console for whom that is open."""
    held = visit.members.libraries().get(library)
    if held is None or not held.in_care_of:
        return None
    texts = visit.texts
    console = Choice(texts("manage_care.to_console"), visit.url(f"/manage/library/{library}"))
    return Section(
        texts("manage_care.title"),
        texts("manage_care.lead", name=consortium_name(visit, held.in_care_of)),
        "care",
        links=(console,) if library in scope.actor.cares_for else (),
    )


def ending(visit: Visit, scope: Scope, library: str, action: str) -> Section | None:
    """The button that ends it, for whom may."""
    held = visit.members.libraries().get(library)
    if held is None or not held.in_care_of:
        return None
    target = Target(library=library, consortium=held.in_care_of)
    if not may(scope.actor, "library.release", target).allowed:
        return None
    texts = visit.texts
    form = Form(visit.url(action), (), (Button(texts("manage_care.end")),))
    return Section(texts("manage_care.end"), texts("manage_care.end_lead"), "end-care", forms=(form,))


def ended(visit: Visit, scope: Scope, fields: Fields, library: str) -> Response:
    """POST /manage/consortium/ID/members/LIBRARY/care, /manage/centre/libraries/LIBRARY/care"""
    held = visit.members.libraries().get(library)
    if held is None or not held.in_care_of:
        return answer.unkept(errors.page(visit, 404))
    tab = visit.request.scope["path"].rsplit("/", 3)[1]
    changes = Configuration(libraries=(msgspec.structs.replace(held, in_care_of=""),))
    values = {"name": visit.names.library(library)}
    back = f"{scope.path}/{tab}/{library}"
    return change(visit, scope, tab, fields, changes, back, "manage_care.ended", values)
