"""The centre's console: libraries (中心管理台：图书馆)."""

from __future__ import annotations

import re

import msgspec
from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.manage import in_care
from ereader.web.manage.consortium import (
    LONGEST_NAME,
    MOST_ROWS,
    appointing,
    find_form,
    library_faults,
    naming,
    registered,
)
from ereader.web.manage.frame import Scope
from ereader.web.manage.sheets import change, consortium_name, matches, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration
from holdings.members.consortium import CENTRE
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice

_HOST = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
MOST_HOSTS = 20
Given = dict[str, str]


def libraries(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre/libraries"""
    return _libraries(visit, scope, {}, {})


def _libraries(visit: Visit, scope: Scope, new: Given, wrong: Given) -> Response:
    texts, wanted = visit.texts, visit.parameter("q").strip()
    repositories: dict[str, int] = {}
    for r in visit.members.repositories().values():
        repositories[r.library] = repositories.get(r.library, 0) + 1
    rows = []
    for id, library in sorted(visit.members.libraries().items()):
        name = visit.names.library(id)
        if not matches(wanted, id, name, library.isil):
            continue
        stands = visit.members.statuses(id)
        rows.append(
            Row(
                (
                    Cell(name, visit.url(f"{scope.path}/libraries/{id}"), id),
                    Cell(library.isil),
                    Cell(
                        texts("site.comma").join(
                            consortium_name(visit, c) for c, s in sorted(stands.items()) if s == "active"
                        )
                    ),
                    Cell(f"{repositories.get(id, 0):,}", number=True),
                )
            )
        )
    columns = tuple(texts(f"manage_centre.{c}") for c in ("library", "isil", "member_of", "repositories"))
    action = visit.url(f"{scope.path}/libraries")
    inputs = (
        *naming(visit, new, wrong),
        Input(
            "isil",
            texts("manage_consortium.isil"),
            new.get("isil", ""),
            hint=texts("manage_consortium.isil_hint"),
            error=wrong.get("isil", ""),
            most=20,
        ),
    )
    sections = [
        Section(
            forms=(find_form(visit, f"{scope.path}/libraries", wanted),),
            table=Table(columns, tuple(rows[:MOST_ROWS]), texts("manage_centre.no_libraries")),
            notes=(texts("manage_sheet.more", n=len(rows) - MOST_ROWS),) if len(rows) > MOST_ROWS else (),
        ),
        Section(
            texts("manage_consortium.register"),
            texts("manage_centre.register_lead"),
            "register",
            forms=(Form(action, inputs, (Button(texts("manage_consortium.register_button"), main=True),)),),
        ),
    ]
    return sheet(visit, scope, "libraries", sections)


def library_registered(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/centre/libraries"""
    new = given_of(fields, "id", "zh", "en", "isil")
    wrong = library_faults(visit, new)
    if wrong:
        return _libraries(visit, scope, new, wrong)
    back = f"{scope.path}/libraries/{new['id']}"
    values = {"name": new["zh"] or new["en"]}
    return change(
        visit,
        scope,
        "libraries",
        fields,
        registered(new, CENTRE),
        back,
        "manage_consortium.registered",
        values,
    )


def library(visit: Visit, scope: Scope, library: str) -> Response:
    """GET /manage/centre/libraries/LIBRARY"""
    return library_again(visit, scope, library)


def library_again(
    visit: Visit,
    scope: Scope,
    library: str,
    name: str = "",
    unfit: str = "",
    hosts: str | None = None,
    wrong: str = "",
) -> Response:
    """The page of a library, after something on it could not be done."""
    texts, held = visit.texts, visit.members.libraries().get(library)
    if held is None:
        return answer.unkept(errors.page(visit, 404))
    path = f"{scope.path}/libraries/{library}"
    stands = visit.members.statuses(library)
    memberships = tuple(
        (consortium_name(visit, c), texts(f"manage_consortium.status_{s}")) for c, s in sorted(stands.items())
    )
    console = Choice(texts("manage_centre.to_portal"), f"/at/{library}/")
    sections = [
        Section(
            facts=(
                (texts("manage_consortium.id"), library),
                (texts("manage_consortium.isil"), held.isil or "–"),
                *memberships,
            ),
            links=(console,),
        ),
        in_care.section(visit, scope, library),
        appointing(visit, scope, library, f"{path}/admin", name, unfit),
        in_care.ending(visit, scope, library, f"{path}/care"),
        _hosting(visit, f"{path}/hosts", " ".join(held.portal.hosts) if hosts is None else hosts, wrong),
        removing(visit, f"{path}/remove"),
    ]
    return sheet(visit, scope, "libraries", sections, title=visit.names.library(library))


def hosts_changed(visit: Visit, scope: Scope, fields: Fields, library: str) -> Response:
    """POST /manage/centre/libraries/LIBRARY/hosts"""
    held = visit.members.libraries().get(library)
    if held is None:
        return answer.unkept(errors.page(visit, 404))
    hosts, wrong = hosts_of(visit, fields.get("hosts", ""), f"L:{library}")
    if wrong:
        return library_again(visit, scope, library, hosts=fields.get("hosts", ""), wrong=wrong)
    portal = msgspec.structs.replace(held.portal, hosts=hosts)
    changes = Configuration(libraries=(msgspec.structs.replace(held, portal=portal),))
    return change(
        visit, scope, "libraries", fields, changes, f"{scope.path}/libraries/{library}", "manage_sheet.saved"
    )


def library_removed(visit: Visit, scope: Scope, fields: Fields, library: str) -> Response:
    """POST /manage/centre/libraries/LIBRARY/remove"""
    if library not in visit.members.libraries():
        return answer.unkept(errors.page(visit, 404))
    gone = [f"library/{library}"]
    gone += [f"repository/{r.id}" for r in visit.members.repositories().values() if r.library == library]
    gone += [f"user/{u.name}" for u in visit.members.users().values() if u.library == library]
    changes = Configuration(removed=tuple(gone))
    values = {"name": visit.names.library(library)}
    return change(
        visit, scope, "libraries", fields, changes, f"{scope.path}/libraries", "manage_centre.removed", values
    )


def hosts_of(visit: Visit, text: str, place: str) -> tuple[tuple[str, ...], str]:
    """The host names of a field, and what is wrong with them."""
    hosts = tuple(dict.fromkeys(text.lower().replace(",", " ").split()))[: MOST_HOSTS + 1]
    taken = {h: f"L:{v.id}" for v in visit.members.libraries().values() for h in v.portal.hosts}
    taken |= {h: f"C:{v.id}" for v in visit.members.consortia().values() for h in v.hosts}
    if len(hosts) > MOST_HOSTS or not all(_HOST.fullmatch(h) for h in hosts):
        return hosts, visit.texts("manage_centre.hosts_wrong")
    if any(taken.get(h, place) != place for h in hosts):
        return hosts, visit.texts("manage_centre.hosts_taken")
    return hosts, ""


def _hosting(visit: Visit, path: str, hosts: str, wrong: str) -> Section:
    texts = visit.texts
    inputs = (
        Input(
            "hosts",
            texts("manage_centre.hosts"),
            hosts,
            hint=texts("manage_centre.hosts_hint"),
            error=wrong,
            most=1000,
        ),
    )
    form = Form(visit.url(path), inputs, (Button(texts("manage.save"), main=True),))
    return Section(texts("manage_centre.address"), "", "hosts", forms=(form,))


def removing(visit: Visit, path: str) -> Section:
    """The form that removes what the page is about."""
    texts = visit.texts
    form = Form(visit.url(path), (), (Button(texts("manage_centre.remove"), danger=True),))
    return Section(
        texts("manage_centre.remove_title"), texts("manage_centre.remove_lead"), "remove", forms=(form,)
    )


def given_of(fields: Fields, *keys: str) -> Given:
    """Fields of a form, with single blanks."""
    return {key: " ".join(fields.get(key, "").split())[:LONGEST_NAME] for key in keys}
