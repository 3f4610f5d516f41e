"""The console of a consortium (共享域管理台): its members, and what it is called and does by itself.

The centre is a consortium as well: its console has the same pages.
"""

from __future__ import annotations

import datetime

import msgspec
from starlette.responses import Response

from ereader.auth.roles import Target, may
from ereader.web import answer, errors
from ereader.web.manage import in_care, meanwhile
from ereader.web.manage.frame import Scope
from ereader.web.manage.profile import ISIL
from ereader.web.manage.scopes import grantable
from ereader.web.manage.sheets import change, consortium_name, matches, reason_input, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, Library, Membership, Name
from holdings.members.apply import valid_id
from holdings.members.consortium import CENTRE
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice

STATUSES = ("active", "suspended", "left")
LONGEST_NAME = 200
MOST_ROWS = 500


def consortium_of(scope: Scope) -> str:
    """The consortium that a console is of."""
    return CENTRE if scope.kind == "centre" else scope.id


def members(visit: Visit, scope: Scope) -> Response:
    """GET /manage/consortium/ID/members"""
    return _members(visit, scope)


def _members(
    visit: Visit, scope: Scope, new: dict[str, str] | None = None, wrong: dict[str, str] | None = None
) -> Response:
    texts, at = visit.texts, consortium_of(scope)
    wanted, status = visit.parameter("q").strip(), visit.parameter("status")
    held = {m.library: m for m in visit.members.memberships() if m.consortium == at}
    day = datetime.datetime.now(datetime.UTC).date()
    counts = {library: [0, 0] for library in held}
    for repository in visit.members.repositories().values():
        if repository.library in counts and at in repository.offered_to:
            counts[repository.library][0] += 1
            counts[repository.library][1] += at in repository.published_by
    rows = []
    for id, m in sorted(held.items()):
        now = m.status_on(day)
        name = _member_name(visit, id)
        if not matches(wanted, id, name) or (status and status != now):
            continue
        days = "–".join(str(d) if d else "" for d in (m.since, m.until)) if m.since or m.until else ""
        rows.append(
            Row(
                (
                    Cell(name, visit.url(f"{scope.path}/members/{id}"), id),
                    Cell(texts(f"manage_consortium.status_{now}"), state=now, small=""),
                    Cell(days),
                    Cell(f"{counts[id][0]:,}", number=True),
                    Cell(f"{counts[id][1]:,}", number=True),
                ),
                off=now != "active",
            )
        )
    free = [
        Choice(f"{visit.names.library(id)} ({id})", "", value=id)
        for id in sorted(visit.members.libraries())
        if id not in held
    ]
    if at == CENTRE:
        free += [
            Choice(f"{consortium_name(visit, c)} ({c})", "", value=c)
            for c in sorted(visit.members.consortia())
            if c != CENTRE and c not in held
        ]
    columns = tuple(
        texts(f"manage_consortium.{c}") for c in ("member", "status", "days", "offered", "published")
    )
    sections = [
        Section(
            forms=(find_form(visit, f"{scope.path}/members", wanted, _status_input(visit, status)),),
            table=Table(columns, tuple(rows[:MOST_ROWS]), texts("manage_consortium.no_members")),
            notes=(texts("manage_sheet.more", n=len(rows) - MOST_ROWS),) if len(rows) > MOST_ROWS else (),
        ),
        Section(
            texts("manage_consortium.join"),
            forms=(
                Form(
                    visit.url(f"{scope.path}/members"),
                    (
                        Input(
                            "library", texts("manage_consortium.member"), kind="select", options=tuple(free)
                        ),
                        Input("since", texts("manage_consortium.since"), kind="date"),
                    ),
                    (Button(texts("manage_consortium.join_button"), "do", "join", main=True),),
                ),
            ),
            id="join",
        )
        if free
        else None,
        _registering(visit, scope, f"{scope.path}/members", new or {}, wrong or {}),
    ]
    return sheet(visit, scope, "members", sections, lead=texts("manage_consortium.members_lead"))


def _registering(
    visit: Visit, scope: Scope, action: str, new: dict[str, str], wrong: dict[str, str]
) -> Section | None:
    if not may(scope.actor, "library.create", Target()).allowed:
        return None
    texts = visit.texts
    form = Form(
        visit.url(action),
        (
            *naming(visit, new, wrong),
            Input(
                "isil",
                texts("manage_consortium.isil"),
                new.get("isil", ""),
                hint=texts("manage_consortium.isil_hint"),
                error=wrong.get("isil", ""),
                most=20,
            ),
        ),
        (Button(texts("manage_consortium.register_button"), "do", "register", main=True),),
    )
    return Section(
        texts("manage_consortium.register"),
        texts("manage_consortium.register_lead"),
        "register",
        forms=(form,),
    )


def naming(visit: Visit, new: dict[str, str], wrong: dict[str, str]) -> tuple[Input, ...]:
    """Id and names of what is made new."""
    texts = visit.texts
    return (
        Input(
            "id",
            texts("manage_consortium.id"),
            new.get("id", ""),
            hint=texts("manage_consortium.id_hint"),
            error=wrong.get("id", ""),
            required=True,
            most=64,
        ),
        Input(
            "zh",
            texts("setup.zh"),
            new.get("zh", ""),
            error=wrong.get("zh", ""),
            lang="zh",
            most=LONGEST_NAME,
        ),
        Input("en", texts("setup.en"), new.get("en", ""), lang="en", most=LONGEST_NAME),
    )


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/consortium/ID/members"""
    at, back = consortium_of(scope), f"{scope.path}/members"
    if fields.get("do") == "register":
        return _register(visit, scope, fields)
    library = fields.get("library", "")
    known = library in visit.members.libraries() or (
        at == CENTRE and library in visit.members.consortia() and library != CENTRE
    )
    if not known or any(m.library == library and m.consortium == at for m in visit.members.memberships()):
        return answer.unkept(errors.page(visit, 404))
    new = Membership(library, at, since=day_of(fields.get("since", "")))
    name = _member_name(visit, library)
    return change(
        visit,
        scope,
        "members",
        fields,
        Configuration(memberships=(new,)),
        back,
        "manage_consortium.joined",
        {"name": name},
    )


def _register(visit: Visit, scope: Scope, fields: Fields) -> Response:
    new = {key: " ".join(fields.get(key, "").split())[:LONGEST_NAME] for key in ("id", "zh", "en", "isil")}
    wrong = library_faults(visit, new)
    if wrong:
        return _members(visit, scope, new, wrong)
    changes = registered(new, consortium_of(scope))
    return change(
        visit,
        scope,
        "members",
        fields,
        changes,
        f"{scope.path}/members/{new['id']}",
        "manage_consortium.registered",
        {"name": new["zh"] or new["en"]},
    )


def registered(new: dict[str, str], consortium: str) -> Configuration:
    """A new library, a member of a consortium and in its care; its portal shows the consortium as well."""
    library = Library(new["id"], Name(new["zh"], new["en"]), new["isil"], in_care_of=consortium)
    portal = msgspec.structs.replace(library.portal, includes=(consortium,))
    return Configuration(
        libraries=(msgspec.structs.replace(library, portal=portal),),
        memberships=(Membership(new["id"], consortium),),
    )


def library_faults(visit: Visit, new: dict[str, str]) -> dict[str, str]:
    """What is wrong with a new library or consortium, by field."""
    texts, wrong = visit.texts, {}
    if not valid_id(new["id"]):
        wrong["id"] = texts("manage_consortium.id_wrong")
    elif new["id"] in visit.members.libraries() or new["id"] in visit.members.consortia():
        wrong["id"] = texts("manage_consortium.id_taken")
    if not (new["zh"] or new["en"]):
        wrong["zh"] = texts("manage_consortium.unnamed")
    if new.get("isil") and not ISIL.fullmatch(new["isil"]):
        wrong["isil"] = texts("manage_profile.bad_isil")
    return wrong


def member(visit: Visit, scope: Scope, library: str) -> Response:
    """GET /manage/consortium/ID/members/LIBRARY"""
    return _member(visit, scope, library)


def member_again(visit: Visit, scope: Scope, library: str, name: str, wrong: str) -> Response:
    """The page of a member after its admin could not be appointed."""
    return _member(visit, scope, library, "", name, wrong)


def _member(
    visit: Visit, scope: Scope, library: str, wrong: str = "", name: str = "", unfit: str = ""
) -> Response:
    texts = visit.texts
    held = _membership(visit, scope, library)
    if held is None:
        return answer.unkept(errors.page(visit, 404))
    inputs = (
        Input(
            "status",
            texts("manage_consortium.status"),
            held.status,
            "select",
            options=tuple(Choice(texts(f"manage_consortium.status_{s}"), "", value=s) for s in STATUSES),
        ),
        Input("since", texts("manage_consortium.since"), str(held.since or ""), "date"),
        Input(
            "until",
            texts("manage_consortium.until"),
            str(held.until or ""),
            "date",
            hint=texts("manage_consortium.until_hint"),
            error=wrong,
        ),
        reason_input(visit),
    )
    path, button = visit.url(f"{scope.path}/members/{library}"), Button(texts("manage.save"), main=True)
    sections = [
        in_care.section(visit, scope, library),
        Section(forms=(Form(path, inputs, (button,), (meanwhile.mark(held),)),)),
        Section(
            texts("manage_consortium.shares"),
            texts("manage_consortium.shares_lead"),
            links=(
                Choice(
                    texts("manage_consortium.to_sharing"),
                    visit.url(f"{scope.path}/sharing", [("q", library)]),
                ),
            ),
        ),
        appointing(visit, scope, library, f"{scope.path}/members/{library}/admin", name, unfit),
        in_care.ending(visit, scope, library, f"{scope.path}/members/{library}/care"),
    ]
    return sheet(visit, scope, "members", sections, title=_member_name(visit, library))


def appointing(
    visit: Visit, scope: Scope, library: str, action: str, name: str = "", wrong: str = ""
) -> Section | None:
    """The form for the admin of a library, for whom may appoint one."""
    if library not in visit.members.libraries() or not may_appoint(visit, scope, library):
        return None
    texts = visit.texts
    admins = [
        u.name for u in visit.members.users().values() if u.library == library and "library-admin" in u.roles
    ]
    form = Form(
        visit.url(action),
        (
            Input(
                "name",
                texts("manage_people.account"),
                name,
                hint=texts("manage_people.account_hint"),
                error=wrong,
                required=True,
                most=100,
            ),
        ),
        (Button(texts("manage_people.appoint"), main=True),),
    )
    return Section(
        texts("manage_people.admin_of_library"),
        texts("manage_people.admin_lead"),
        "admin",
        facts=((texts("manage_people.admins"), texts("site.comma").join(admins)),) if admins else (),
        forms=(form,),
    )


def may_appoint(visit: Visit, scope: Scope, library: str) -> bool:
    """Whether somebody may make the admin of a library."""
    return "library-admin" in grantable(scope.actor, library, visit.members)


def member_changed(visit: Visit, scope: Scope, fields: Fields, library: str) -> Response:
    """POST /manage/consortium/ID/members/LIBRARY"""
    held = _membership(visit, scope, library)
    status = fields.get("status", "")
    if held is None or status not in STATUSES:
        return answer.unkept(errors.page(visit, 404))
    given = {key: fields.get(key, "").strip() for key in ("since", "until")}
    since, until = (day_of(text) for text in given.values())
    if any(text and day_of(text) is None for text in given.values()):
        return _member(visit, scope, library, visit.texts("manage_share.bad_day"))
    if since and until and until < since:
        return _member(visit, scope, library, visit.texts("manage_consortium.until_wrong"))
    new = Membership(library, held.consortium, status, since, until)  # type: ignore[arg-type]
    target = f"membership/{library}/{held.consortium}"
    if new != held and (late := meanwhile.changed(visit, scope, "members", fields, held, target)):
        return late
    changes, said = Configuration(memberships=(new,)), {"name": _member_name(visit, library)}
    back, flash = f"{scope.path}/members", "manage_consortium.member_saved"
    return change(visit, scope, "members", fields, changes, back, flash, said)


def find_form(visit: Visit, path: str, wanted: str, *more: Input) -> Form:
    """The form that narrows a list by name."""
    texts = visit.texts
    inputs = (Input("q", texts("manage_sheet.find"), wanted, "search"), *more)
    return Form(visit.url(path), inputs, (Button(texts("manage.find")),), get=True)


def day_of(text: str) -> datetime.date | None:
    """A day of a form; None for none, and for what is none."""
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        return None


def _status_input(visit: Visit, value: str) -> Input:
    texts = visit.texts
    options = (
        Choice(texts("manage_sheet.any"), "", value=""),
        *(Choice(texts(f"manage_consortium.status_{s}"), "", value=s) for s in STATUSES),
    )
    return Input("status", texts("manage_consortium.status"), value, "select", options=options)


def _membership(visit: Visit, scope: Scope, library: str) -> Membership | None:
    at = consortium_of(scope)
    found = (m for m in visit.members.memberships() if m.library == library and m.consortium == at)
    return next(found, None)


def _member_name(visit: Visit, id: str) -> str:
    return visit.names.library(id) if id in visit.members.libraries() else consortium_name(visit, id)
