"""Making somebody an admin (任命): the account, the role, and the link with which he sets his password."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from ereader.auth import tickets
from ereader.auth.door import Denied
from ereader.web import answer, errors
from ereader.web.manage.frame import Scope, saved
from ereader.web.manage.sheets import sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration
from holdings.members.registry import Members
from holdings.members.user import User, valid_name
from ui.manage_sheet_pages import Section
from ui.pages import Choice


def fault(visit: Visit, name: str, library: str) -> str:
    """What is wrong with a name for the account of an admin of a library ("": of no library)."""
    if not valid_name(name):
        return visit.texts("manage_people.wrong_name")
    held = visit.members.users().get(name)
    if held is not None and held.library != library:
        return visit.texts("manage_people.wrong_taken")
    return ""


def appointed(
    visit: Visit, scope: Scope, tab: str, name: str, library: str, role: str, back: str
) -> Response:
    """Gives an account the role, making it when there is none, and shows the link once.

    Raises ``door.Denied`` before anything is written.
    """
    held = visit.members.users().get(name)
    if held is None:
        user = User(name, library, (role,))
    else:
        user = msgspec.structs.replace(held, roles=tuple(dict.fromkeys((*held.roles, role))))
    saved(visit, Configuration(users=(user,)))
    return linked(visit, scope, tab, name, back)


def linked(visit: Visit, scope: Scope, tab: str, name: str, back: str) -> Response:
    """Makes a new link for an account and shows it, this once."""
    accounts, texts = visit.service.accounts, visit.texts
    register = Members(accounts.engine)
    token = tickets.make(accounts.engine, register, scope.actor, name, accounts.now())
    section = Section(
        lead=texts("manage_people.link_lead"),
        secret=visit.absolute(f"/account/password?key={token}"),
        links=(Choice(texts("manage_people.done"), visit.url(back)),),
    )
    return sheet(visit, scope, tab, [section], title=texts("manage_people.link_title", name=name))


def library_admin(visit: Visit, scope: Scope, fields: Fields, library: str) -> Response:
    """POST /manage/consortium/ID/members/LIBRARY/admin, /manage/centre/libraries/LIBRARY/admin"""
    from ereader.web.manage import centre_libraries, consortium

    tab = visit.request.scope["path"].rsplit("/", 3)[1]
    name = fields.get("name", "").strip()
    # Where there is no form for it, nobody learns whether there is such a library.
    if library not in visit.members.libraries() or not consortium.may_appoint(visit, scope, library):
        return answer.unkept(errors.page(visit, 404))
    wrong = fault(visit, name, library)
    if not wrong:
        try:
            return appointed(
                visit, scope, tab, name, library, "library-admin", f"{scope.path}/{tab}/{library}"
            )
        except Denied:
            if name not in visit.members.users():
                raise
            # Who may appoint may not change an account that has other roles besides.
            wrong = visit.texts("manage_people.wrong_taken")
    if tab == "members":
        return consortium.member_again(visit, scope, library, name, wrong)
    return centre_libraries.library_again(visit, scope, library, name, wrong)
