"""What somebody may manage (管理首页): GET /manage, and the first page of each console."""

from __future__ import annotations

from starlette.responses import Response

from ereader.auth.roles import Actor
from ereader.web import answer, errors
from ereader.web.handler import handler
from ereader.web.manage.frame import Scope, actor_of, frame_of, name_of, page, to_sign_in
from ereader.web.manage.scopes import SCOPES, Kind, tabs_of
from ereader.web.visit import Visit
from holdings.members.consortium import CENTRE
from ui import manage_pages
from ui.pages import Choice

MOST_SHOWN = 500  # libraries on one page; the centre's admin finds the others by name


@handler
def overview(visit: Visit) -> Response:
    """GET /manage"""
    actor = actor_of(visit)
    if actor is None:
        return to_sign_in(visit)
    libraries, more = _libraries(visit, actor)
    consortia = [
        Choice(name_of(visit, "consortium", id), visit.url(f"/manage/consortium/{id}"), value=id)
        for id in visit.members.consortia()
        if id != CENTRE and tabs_of("consortium", actor, id, visit.members)
    ]
    centre = tabs_of("centre", actor, "", visit.members)
    if not libraries and not consortia and not centre:
        return answer.unkept(errors.page(visit, 404))
    shown = manage_pages.Overview(
        visit.site(),
        manage_pages.Frame(
            visit.texts("manage.name"), key=visit.signed_in.form_key if visit.signed_in else ""
        ),
        tuple(libraries),
        tuple(consortia),
        (Choice(visit.texts("manage.centre"), visit.url("/manage/centre")),) if centre else (),
        more,
        visit.parameter("q"),
    )
    return page(visit, "manage/overview.html", shown)


def library(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID"""
    return _first(visit, scope)


def consortium(visit: Visit, scope: Scope) -> Response:
    """GET /manage/consortium/ID"""
    return _first(visit, scope)


def centre(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre"""
    return _first(visit, scope)


def _first(visit: Visit, scope: Scope) -> Response:
    frame = frame_of(visit, scope, "")
    texts = visit.texts
    tabs = [tab for tab in tabs_of(scope.kind, scope.actor, scope.id, visit.members) if tab.name]
    entries = tuple(
        manage_pages.Entry(
            texts(t.label), visit.url(f"{scope.path}/{t.name}"), texts.maybe(f"{t.label}_text", "")
        )
        for t in tabs
    )
    return page(visit, "manage/first.html", manage_pages.First(visit.site(), frame, entries))


def _libraries(visit: Visit, actor: Actor) -> tuple[list[Choice], bool]:
    wanted = visit.parameter("q").strip().lower()
    kind: Kind = "library"
    found = []
    # Who has nothing but roles of a library manages that one only.
    known = sorted(visit.members.libraries()) if actor.consortia else [actor.library]
    for id in known:
        if not SCOPES[kind].exists(visit.members, id) or not tabs_of(kind, actor, id, visit.members):
            continue
        name = name_of(visit, kind, id)
        if wanted in name.lower() or wanted in id.lower():
            found.append(Choice(name, visit.url(f"/manage/library/{id}"), value=id))
            if len(found) > MOST_SHOWN:
                return found[:MOST_SHOWN], True
    return found, False
