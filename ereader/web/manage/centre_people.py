"""Admins and their roles (中心管理台：管理员): who manages what, one-time links, taking roles back."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from ereader.auth.door import Denied
from ereader.auth.roles import Target, may
from ereader.web import answer, errors
from ereader.web.account import role_name
from ereader.web.manage import appoint
from ereader.web.manage.consortium import MOST_ROWS, find_form
from ereader.web.manage.frame import Scope
from ereader.web.manage.sheets import change, consortium_name, matches, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, User
from holdings.members.consortium import CENTRE
from holdings.members.user import ROLE_OF_CONSORTIUM
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice

TAB = "people"


def people(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre/people, with ``?user=`` one of them"""
    if name := visit.parameter("user"):
        return _person(visit, scope, name)
    return _people(visit, scope)


def _people(visit: Visit, scope: Scope, given: dict[str, str] | None = None, wrong: str = "") -> Response:
    texts, wanted = visit.texts, visit.parameter("q").strip()
    given = given or {}
    found = [
        u
        for _, u in sorted(visit.members.users().items())
        if _admin(u)
        and matches(wanted, u.name, u.library, visit.names.library(u.library) if u.library else "")
    ]
    rows = tuple(
        Row(
            (
                Cell(u.name, visit.url(f"{scope.path}/people", [("user", u.name)])),
                Cell(visit.names.library(u.library) if u.library else "–"),
                Cell(texts("site.comma").join(role_name(visit, r) for r in u.roles)),
                Cell(texts("manage_people.can_enter" if u.secret else "manage_people.cannot_enter")),
            )
        )
        for u in found[:MOST_ROWS]
    )
    columns = tuple(texts(f"manage_people.{c}") for c in ("account", "home", "roles", "password"))
    options = [Choice(texts("account_role.centre-admin"), "", value="centre-admin")]
    options += [
        Choice(
            texts("account_role.consortium-admin", name=consortium_name(visit, id)),
            "",
            value=f"{ROLE_OF_CONSORTIUM}{id}",
        )
        for id in sorted(visit.members.consortia())
        if id != CENTRE
    ]
    form = Form(
        visit.url(f"{scope.path}/people"),
        (
            Input(
                "name",
                texts("manage_people.account"),
                given.get("name", ""),
                hint=texts("manage_people.account_hint"),
                error=wrong,
                required=True,
                most=100,
            ),
            Input(
                "role", texts("manage_people.role"), given.get("role", ""), "select", options=tuple(options)
            ),
        ),
        (Button(texts("manage_people.appoint"), "do", "appoint", main=True),),
    )
    sections = [
        Section(
            forms=(find_form(visit, f"{scope.path}/people", wanted),),
            table=Table(columns, rows, texts("manage_people.nobody")),
            notes=(texts("manage_sheet.more", n=len(found) - MOST_ROWS),) if len(found) > MOST_ROWS else (),
        ),
        Section(
            texts("manage_people.appoint_title"),
            texts("manage_people.appoint_lead"),
            "appoint",
            forms=(form,),
        ),
    ]
    return sheet(visit, scope, TAB, sections, lead=texts("manage_people.lead"))


def _person(visit: Visit, scope: Scope, name: str, status: int = 200, fault: str = "") -> Response:
    texts, user = visit.texts, visit.members.users().get(name)
    if user is None or not _admin(user):
        return answer.unkept(errors.page(visit, 404))
    path = visit.url(f"{scope.path}/people")
    held = [r for r in user.roles if _grantable(scope, user, r)]
    forms = []
    if held and len(held) == len(user.roles):
        forms.append(
            Form(
                path,
                (),
                (Button(texts("manage_people.new_link"), "do", "link", main=True),),
                (("name", name),),
            )
        )
    forms += [
        Form(
            path,
            (),
            (Button(texts("manage_people.take", role=role_name(visit, role)), danger=True),),
            (("name", name), ("do", "take"), ("role", role)),
        )
        for role in held
    ]
    facts = (
        (texts("manage_people.home"), visit.names.library(user.library) if user.library else "–"),
        (texts("manage_people.roles"), texts("site.comma").join(role_name(visit, r) for r in user.roles)),
        (
            texts("manage_people.password"),
            texts("manage_people.can_enter" if user.secret else "manage_people.cannot_enter"),
        ),
    )
    notes = () if forms else (texts("manage_people.not_yours"),)
    faults = (fault,) if fault else ()
    return sheet(
        visit,
        scope,
        TAB,
        [Section(facts=facts, notes=notes, forms=tuple(forms))],
        title=name,
        faults=faults,
        status=status,
    )


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/centre/people"""
    name, role, action = fields.get("name", "").strip(), fields.get("role", ""), fields.get("do", "")
    user = visit.members.users().get(name)
    back = f"{scope.path}/people"
    if action == "appoint":
        known = role == "centre-admin" or role.removeprefix(ROLE_OF_CONSORTIUM) in visit.members.consortia()
        if not known:
            return answer.unkept(errors.page(visit, 404))
        wrong = appoint.fault(visit, name, user.library if user else "")
        if not wrong:
            try:
                return appoint.appointed(visit, scope, TAB, name, "", role, back)
            except Denied:
                wrong = visit.texts("manage_people.wrong_taken")
        return _people(visit, scope, {"name": name, "role": role}, wrong)
    if user is None or not _admin(user):
        return answer.unkept(errors.page(visit, 404))
    if action == "link":
        return appoint.linked(visit, scope, TAB, name, back)
    left = tuple(r for r in user.roles if r != role)
    if action != "take" or left == user.roles:
        return answer.unkept(errors.page(visit, 404))
    changes = (
        Configuration(users=(msgspec.structs.replace(user, roles=left),))
        if left
        else Configuration(removed=(f"user/{name}",))
    )
    return change(visit, scope, TAB, fields, changes, back, "manage_people.taken", {"name": name})


def _admin(user: User) -> bool:
    return any(r in ("centre-admin", "library-admin") or r.startswith(ROLE_OF_CONSORTIUM) for r in user.roles)


def _grantable(scope: Scope, user: User, role: str) -> bool:
    return may(scope.actor, "user.grant", Target(library=user.library, user=user.name, role=role)).allowed
