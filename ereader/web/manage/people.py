"""The people of a library (本馆人员): accounts, roles, one-time links, and accounts put out of use."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from starlette.responses import Response

from ereader.auth.demands import grants_of
from ereader.auth.roles import may
from ereader.web import answer, errors
from ereader.web.account import role_name
from ereader.web.manage import appoint
from ereader.web.manage.consortium import find_form
from ereader.web.manage.frame import Scope, led, saved
from ereader.web.manage.scopes import grantable
from ereader.web.manage.sheets import change, matches, reason_input, sheet
from ereader.web.password import said
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, User
from holdings.members.password import LONGEST, fault, hash_password
from holdings.members.user import LOCAL_ROLES, valid_name
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice

TAB = "people"
MOST_ROWS = 300
Errors = Mapping[str, str]


def listed(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/people, with ``?user=`` one of them"""
    if name := visit.parameter("user"):
        found = _own(visit, scope, name)
        return _person(visit, scope, found) if found else answer.unkept(errors.page(visit, 404))
    return _people(visit, scope, {}, ("reader",), {})


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/people: makes an account, changes it, makes a link, puts it out of use."""
    action, name = fields.get("do", ""), fields.get("name", "").strip()
    if action == "make":
        return _make(visit, scope, fields, name)
    found = _own(visit, scope, name)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    back = f"{scope.path}/people"
    if action == "link":
        return appoint.linked(visit, scope, TAB, name, back)
    if action == "off":
        new = msgspec.structs.replace(found, roles=(), secret="")
        return change(
            visit, scope, TAB, fields, Configuration(users=(new,)), back, "manage_staff.off", {"name": name}
        )
    if action != "roles":
        return answer.unkept(errors.page(visit, 404))
    roles = _roles(fields)
    if roles is None:
        return _person(visit, scope, found, visit.texts("manage_staff.no_role"))
    # A role that is not given out here stays as it is.
    kept = tuple(r for r in found.roles if r not in LOCAL_ROLES)
    new = msgspec.structs.replace(found, roles=(*roles, *kept))
    values = {"name": name}
    return change(
        visit, scope, TAB, fields, Configuration(users=(new,)), back, "manage_staff.changed", values
    )


def _make(visit: Visit, scope: Scope, fields: Fields, name: str) -> Response:
    texts, wrong = visit.texts, dict[str, str]()
    if not valid_name(name):
        wrong["name"] = texts("manage_people.wrong_name")
    elif name in visit.members.users():
        wrong["name"] = texts("manage_staff.taken")
    roles = _roles(fields)
    if roles is None:
        wrong["roles"] = texts("manage_staff.no_role")
    password = fields.get("password", "")
    if password and (weak := fault(password, name)):
        wrong["password"] = said(visit, weak)
    if wrong or roles is None:
        return _people(visit, scope, {"name": name}, fields.all("roles"), wrong)
    secret = hash_password(password) if password else ""
    saved(visit, Configuration(users=(User(name, scope.id, roles, secret),)))
    # Who cared for the library has no way into its console once it has an admin.
    over = scope.id in scope.actor.cares_for and "library-admin" in roles
    back = "/manage" if over else f"{scope.path}/people"
    if password:
        return led(visit, back, "manage_staff.made", {"name": name})
    return appoint.linked(visit, scope, TAB, name, back)


def _roles(fields: Fields) -> tuple[str, ...] | None:
    """The roles chosen, in their usual order; None for none, and for what is no role of a library."""
    chosen = set(fields.all("roles"))
    # Whether he may give them is asked at the door.
    return tuple(r for r in LOCAL_ROLES if r in chosen) if chosen and chosen <= set(LOCAL_ROLES) else None


def _own(visit: Visit, scope: Scope, name: str) -> User | None:
    found = visit.members.users().get(name)
    return found if found and found.library == scope.id else None


def _mine(visit: Visit, scope: Scope, user: User) -> bool:
    """Whether he may change this account."""
    asked = grants_of(user, user, visit.members.configuration())
    return all(may(scope.actor, demand.action, demand.target).allowed for demand in asked)


def _people(
    visit: Visit, scope: Scope, given: Mapping[str, str], roles: tuple[str, ...], wrong: Errors
) -> Response:
    texts = visit.texts
    wanted, role = visit.parameter("q").strip(), visit.parameter("role")
    found = [
        u
        for _, u in sorted(visit.members.users().items())
        if u.library == scope.id and matches(wanted, u.name) and (not role or role in u.roles)
    ]
    rows = tuple(
        Row(
            (
                Cell(u.name, visit.url(f"{scope.path}/people", [("user", u.name)])),
                Cell(
                    texts("site.comma").join(role_name(visit, r) for r in u.roles)
                    or texts("manage_staff.no_roles")
                ),
                Cell(_password_word(visit, u)),
            ),
            off=not u.roles,
        )
        for u in found[:MOST_ROWS]
    )
    columns = tuple(texts(f"manage_people.{c}") for c in ("account", "roles", "password"))
    choices = [Choice(texts("manage_sheet.any"), "", value="")]
    choices += [Choice(role_name(visit, r), "", value=r) for r in LOCAL_ROLES]
    narrow = Input("role", texts("manage_people.role"), role, "select", options=tuple(choices))
    open_to = grantable(scope.actor, scope.id, visit.members)
    form = Form(
        visit.url(f"{scope.path}/people"),
        (
            Input(
                "name",
                texts("manage_people.account"),
                given.get("name", ""),
                hint=texts("manage_staff.name_hint"),
                error=wrong.get("name", ""),
                required=True,
                most=100,
            ),
            _role_boxes(visit, open_to, roles, wrong.get("roles", "")),
            Input(
                "password",
                texts("manage_staff.first_password"),
                kind="password",
                hint=texts("manage_staff.first_password_hint"),
                error=wrong.get("password", ""),
                most=LONGEST,
                autocomplete="new-password",
            ),
        ),
        (Button(texts("manage_staff.make"), "do", "make", main=True),),
    )
    sections = [
        Section(
            forms=(find_form(visit, f"{scope.path}/people", wanted, narrow),),
            table=Table(columns, rows, texts("manage_staff.nobody")),
            notes=(texts("manage_sheet.more", n=len(found) - MOST_ROWS),) if len(found) > MOST_ROWS else (),
        ),
        Section(texts("manage_staff.make_title"), texts("manage_staff.make_lead"), "make", forms=(form,)),
    ]
    return sheet(visit, scope, TAB, sections, lead=texts("manage_staff.lead"))


def _role_boxes(visit: Visit, open_to: tuple[str, ...], chosen: tuple[str, ...], wrong: str = "") -> Input:
    texts = visit.texts
    return Input(
        "roles",
        texts("manage_people.roles"),
        kind="checks",
        hint=texts("manage_staff.roles_hint"),
        error=wrong,
        options=tuple(
            Choice(
                f"{role_name(visit, r)}{texts('site.colon')}{texts(f'manage_staff.role_{r}')}",
                "",
                r in chosen,
                value=r,
            )
            for r in open_to
        ),
    )


def _person(visit: Visit, scope: Scope, user: User, wrong: str = "") -> Response:
    texts, path = visit.texts, visit.url(f"{scope.path}/people")
    facts = (
        (
            texts("manage_people.roles"),
            texts("site.comma").join(role_name(visit, r) for r in user.roles)
            or texts("manage_staff.no_roles"),
        ),
        (texts("manage_people.password"), _password_word(visit, user)),
    )
    own = (("name", user.name),)
    if user.name == scope.actor.name:
        return sheet(
            visit,
            scope,
            TAB,
            [Section(facts=facts, notes=(texts("manage_staff.yourself"),))],
            title=user.name,
        )
    if not _mine(visit, scope, user):
        return sheet(
            visit,
            scope,
            TAB,
            [Section(facts=facts, notes=(texts("manage_people.not_yours"),))],
            title=user.name,
        )
    open_to = grantable(scope.actor, scope.id, visit.members, user.name)
    sections = [
        Section(facts=facts),
        Section(
            texts("manage_staff.roles_title"),
            forms=(
                Form(
                    path,
                    (_role_boxes(visit, open_to, user.roles, wrong), reason_input(visit)),
                    (Button(texts("manage.save"), "do", "roles", main=True),),
                    own,
                ),
            ),
        ),
        Section(
            texts("manage_staff.link_title"),
            texts("manage_staff.link_lead"),
            forms=(Form(path, (), (Button(texts("manage_people.new_link"), "do", "link"),), own),),
        ),
    ]
    if user.roles:
        off = Form(
            path,
            (reason_input(visit),),
            (Button(texts("manage_staff.off_button"), "do", "off", danger=True),),
            own,
        )
        sections.append(
            Section(texts("manage_staff.off_title"), texts("manage_staff.off_lead"), forms=(off,))
        )
    return sheet(visit, scope, TAB, sections, title=user.name)


def _password_word(visit: Visit, user: User) -> str:
    return visit.texts("manage_people.can_enter" if user.secret else "manage_people.cannot_enter")
