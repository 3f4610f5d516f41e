"""What somebody may manage (管理首页): GET /manage, and the first page of each console."""

from __future__ import annotations

from starlette.responses import Response

from ereader.auth.roles import Actor
from ereader.web import answer, errors
from ereader.web.handler import handler
from ereader.web.manage.frame import Scope, actor_of, frame_of, name_of, page, to_sign_in
from ereader.web.manage.load_form import repositories
from ereader.web.manage.repositories import counts_of, waiting_at
from ereader.web.manage.scopes import SCOPES, Kind, tabs_of
from ereader.web.manage.sheets import consortium_name, moment
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
    return _first(visit, scope, _facts(visit, scope))


def consortium(visit: Visit, scope: Scope) -> Response:
    """GET /manage/consortium/ID"""
    return _first(visit, scope)


def centre(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre"""
    return _first(visit, scope)


def _facts(visit: Visit, scope: Scope) -> tuple[tuple[str, Choice], ...]:
    """How much the library holds, what waits for a consortium, what is being loaded and was loaded last."""
    texts, found = visit.texts, list[tuple[str, Choice]]()
    held, counts = repositories(visit, scope), counts_of(visit)
    if carer := visit.members.libraries()[scope.id].in_care_of:
        found.append(
            (
                texts("manage_care.title"),
                Choice(texts("manage_care.by", name=consortium_name(visit, carer)), ""),
            )
        )
    open_to = {tab.name for tab in tabs_of(scope.kind, scope.actor, scope.id, visit.members)}
    if held:
        live = sum(counts.get(r.id, {}).get("live", 0) for r in held)
        said = texts("manage.records_in", n=live, m=len(held))
        address = visit.url(f"{scope.path}/repositories") if "repositories" in open_to else ""
        found.append((texts("manage.holdings"), Choice(said, address)))
    if "repositories" in open_to:
        found += [
            (texts("manage.waiting"), Choice(name, visit.url(f"{scope.path}/repositories/{r.id}")))
            for r in held
            if (name := waiting_at(visit, r))
        ]
    if "load" in open_to:
        runs = visit.service.store.runs(1, [r.id for r in held])
        if runs:
            said = f"{moment(runs[0]['started'])} · {visit.names.repository(runs[0]['repository'])}"
            address = visit.url(f"{scope.path}/loads/{runs[0]['number']}")
            found.append((texts("manage.last_load"), Choice(said, address)))
    return tuple(found)


def _first(visit: Visit, scope: Scope, facts: tuple[tuple[str, Choice], ...] = ()) -> Response:
    frame = frame_of(visit, scope, "")
    texts = visit.texts
    tabs = [tab for tab in tabs_of(scope.kind, scope.actor, scope.id, visit.members) if tab.name]
    entries = tuple(
        manage_pages.Entry(
            texts(t.label), visit.url(f"{scope.path}/{t.name}"), texts.maybe(f"{t.label}_text", "")
        )
        for t in tabs
    )
    return page(visit, "manage/first.html", manage_pages.First(visit.site(), frame, entries, facts))


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
