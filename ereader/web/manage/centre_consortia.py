"""The centre's console: consortia (中心管理台：共享域)."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from ereader.auth.door import Denied
from ereader.web import answer, errors
from ereader.web.manage import appoint
from ereader.web.manage.centre_libraries import Given, given_of, hosts_of, removing
from ereader.web.manage.consortium import LONGEST_NAME, library_faults
from ereader.web.manage.consortium import naming as naming_inputs
from ereader.web.manage.frame import Scope
from ereader.web.manage.sheets import change, consortium_name, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, Consortium, Membership, Name
from holdings.members.consortium import CENTRE
from holdings.members.user import ROLE_OF_CONSORTIUM
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice


def consortia(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre/consortia"""
    return _consortia(visit, scope, {}, {})


def _consortia(visit: Visit, scope: Scope, new: Given, wrong: Given) -> Response:
    texts = visit.texts
    members: dict[str, int] = {}
    for m in visit.members.memberships():
        members[m.consortium] = members.get(m.consortium, 0) + 1
    rows = tuple(
        Row(
            (
                Cell(consortium_name(visit, id), visit.url(f"{scope.path}/consortia/{id}"), id),
                Cell(f"{members.get(id, 0):,}", number=True),
                Cell(texts("site.comma").join(_admins(visit, id))),
            )
        )
        for id in sorted(visit.members.consortia())
        if id != CENTRE
    )
    columns = tuple(texts(f"manage_centre.{c}") for c in ("consortium", "members", "admins"))
    form = Form(
        visit.url(f"{scope.path}/consortia"),
        naming_inputs(visit, new, wrong),
        (Button(texts("manage_centre.create"), main=True),),
    )
    sections = [
        Section(table=Table(columns, rows, texts("manage_centre.no_consortia"))),
        Section(
            texts("manage_centre.new_consortium"),
            texts("manage_centre.new_consortium_lead"),
            "create",
            forms=(form,),
        ),
    ]
    return sheet(visit, scope, "consortia", sections)


def consortium_created(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/centre/consortia"""
    new = given_of(fields, "id", "zh", "en")
    wrong = library_faults(visit, new)
    if wrong:
        return _consortia(visit, scope, new, wrong)
    changes = Configuration(
        consortia=(Consortium(new["id"], Name(new["zh"], new["en"])),),
        memberships=(Membership(new["id"], CENTRE),),
    )
    back, values = f"{scope.path}/consortia/{new['id']}", {"name": new["zh"] or new["en"]}
    return change(visit, scope, "consortia", fields, changes, back, "manage_centre.created", values)


def consortium(visit: Visit, scope: Scope, consortium: str) -> Response:
    """GET /manage/centre/consortia/CONSORTIUM"""
    return _consortium(visit, scope, consortium)


def _consortium(
    visit: Visit, scope: Scope, id: str, given: Given | None = None, wrong: Given | None = None
) -> Response:
    texts, held = visit.texts, visit.members.consortia().get(id)
    if held is None or id == CENTRE:
        return answer.unkept(errors.page(visit, 404))
    given, wrong = given or {}, wrong or {}
    path = f"{scope.path}/consortia/{id}"
    naming = Form(
        visit.url(path),
        (
            Input(
                "zh",
                texts("setup.zh"),
                given.get("zh", held.name.zh),
                error=wrong.get("zh", ""),
                lang="zh",
                most=LONGEST_NAME,
            ),
            Input("en", texts("setup.en"), given.get("en", held.name.en), lang="en", most=LONGEST_NAME),
            Input(
                "hosts",
                texts("manage_centre.hosts"),
                given.get("hosts", " ".join(held.hosts)),
                hint=texts("manage_centre.hosts_hint"),
                error=wrong.get("hosts", ""),
                most=1000,
            ),
        ),
        (Button(texts("manage.save"), main=True),),
    )
    admins = _admins(visit, id)
    appointing = Form(
        visit.url(f"{path}/admin"),
        (
            Input(
                "name",
                texts("manage_people.account"),
                given.get("name", ""),
                hint=texts("manage_people.account_hint"),
                error=wrong.get("name", ""),
                required=True,
                most=100,
            ),
        ),
        (Button(texts("manage_people.appoint"), main=True),),
    )
    sections = [
        Section(
            facts=((texts("manage_consortium.id"), id),),
            forms=(naming,),
            links=(Choice(texts("manage_centre.to_console"), visit.url(f"/manage/consortium/{id}")),)
            if id in scope.actor.consortia
            else (),
        ),
        Section(
            texts("manage_centre.admins"),
            texts("manage_centre.admins_lead"),
            "admin",
            facts=((texts("manage_people.admins"), texts("site.comma").join(admins)),) if admins else (),
            forms=(appointing,),
        ),
        removing(visit, f"{path}/remove"),
    ]
    return sheet(visit, scope, "consortia", sections, title=consortium_name(visit, id))


def consortium_changed(visit: Visit, scope: Scope, fields: Fields, consortium: str) -> Response:
    """POST /manage/centre/consortia/CONSORTIUM"""
    held = visit.members.consortia().get(consortium)
    if held is None or consortium == CENTRE:
        return answer.unkept(errors.page(visit, 404))
    given = given_of(fields, "zh", "en") | {"hosts": fields.get("hosts", "")}
    hosts, unfit = hosts_of(visit, given["hosts"], f"C:{consortium}")
    wrong = {"hosts": unfit} if unfit else {}
    if not (given["zh"] or given["en"]):
        wrong["zh"] = visit.texts("manage_consortium.unnamed")
    if wrong:
        return _consortium(visit, scope, consortium, given, wrong)
    new = msgspec.structs.replace(held, name=Name(given["zh"], given["en"]), hosts=hosts)
    back = f"{scope.path}/consortia/{consortium}"
    return change(
        visit, scope, "consortia", fields, Configuration(consortia=(new,)), back, "manage_sheet.saved"
    )


def consortium_admin(visit: Visit, scope: Scope, fields: Fields, consortium: str) -> Response:
    """POST /manage/centre/consortia/CONSORTIUM/admin"""
    if consortium not in visit.members.consortia() or consortium == CENTRE:
        return answer.unkept(errors.page(visit, 404))
    name = fields.get("name", "").strip()
    held = visit.members.users().get(name)
    wrong = appoint.fault(visit, name, held.library if held else "")
    if not wrong:
        back = f"{scope.path}/consortia/{consortium}"
        try:
            return appoint.appointed(
                visit, scope, "consortia", name, "", f"{ROLE_OF_CONSORTIUM}{consortium}", back
            )
        except Denied:
            if held is None:
                raise
            wrong = visit.texts("manage_people.wrong_taken")
    return _consortium(visit, scope, consortium, {"name": name}, {"name": wrong})


def consortium_removed(visit: Visit, scope: Scope, fields: Fields, consortium: str) -> Response:
    """POST /manage/centre/consortia/CONSORTIUM/remove"""
    if consortium not in visit.members.consortia() or consortium == CENTRE:
        return answer.unkept(errors.page(visit, 404))
    changes, values = (
        Configuration(removed=(f"consortium/{consortium}",)),
        {"name": consortium_name(visit, consortium)},
    )
    return change(
        visit, scope, "consortia", fields, changes, f"{scope.path}/consortia", "manage_centre.removed", values
    )


def _admins(visit: Visit, consortium: str) -> list[str]:
    return [u.name for u in visit.members.users().values() if f"{ROLE_OF_CONSORTIUM}{consortium}" in u.roles]
