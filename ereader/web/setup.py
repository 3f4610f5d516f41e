"""The first set-up (首次设置): GET and POST /setup, for whoever has the key that serving has printed."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from ereader.auth import passwords, sessions, setup
from ereader.auth.sessions import form_key
from ereader.web import answer, cookies, errors
from ereader.web.account import WAY, device
from ereader.web.handler import handler
from ereader.web.password import FIELD, form_cookie, said
from ereader.web.posted import Fields, changing
from ereader.web.visit import Visit
from holdings.members.names import Name
from holdings.members.registry import Members
from holdings.members.user import valid_name
from ui import password_pages

LONGEST_NAME = 200


@handler
def page(visit: Visit) -> Response:
    """GET /setup"""
    key = visit.parameter("key")
    return _form(visit, key) if _fits(visit, key) else _unknown(visit)


def _made(visit: Visit, fields: Fields) -> Response:
    """POST /setup"""
    key = fields.get("key", "")
    if not _fits(visit, key):
        return _unknown(visit)
    user, new = fields.get("username", "").strip(), fields.get("new", "")
    name = Name(*(" ".join(fields.get(part, "").split())[:LONGEST_NAME] for part in ("zh", "en")))
    wrong, at = "", ""
    if not valid_name(user):
        wrong, at = visit.texts("setup.wrong_name"), "username"
    elif user in visit.members.users():
        wrong, at = visit.texts("setup.taken"), "username"
    elif found := passwords.wrong_with(new, fields.get("again", ""), user):
        wrong, at = said(visit, found), FIELD.get(found, "new")
    elif not (name.zh or name.en):
        wrong, at = visit.texts("setup.unnamed"), "zh"
    if wrong:
        return _form(visit, key, user[:100], name, wrong, at)
    accounts = visit.service.accounts
    register = Members(accounts.engine)
    if not setup.use(accounts.engine, register, key, user, new, name, accounts.now()):
        return _unknown(visit)
    token = sessions.begin(accounts.engine, register.users()[user], WAY, accounts.now(), device(visit))
    response = RedirectResponse(visit.url("/manage"), 303, {"cache-control": answer.UNKEPT})
    cookies.give(visit.request, response, cookies.SESSION, token)
    cookies.take(visit.request, response, cookies.FORM)
    return response


make = changing(_made)


def _fits(visit: Visit, key: str) -> bool:
    accounts = visit.service.accounts
    return setup.fits(accounts.engine, visit.members, key, accounts.now())


def _unknown(visit: Visit) -> Response:
    return answer.unkept(errors.page(visit, 404))


def _form(
    visit: Visit, ticket: str, user: str = "", name: Name | None = None, wrong: str = "", at: str = ""
) -> Response:
    held = form_cookie(visit)
    key = visit.signed_in.form_key if visit.signed_in else form_key(held)
    name = name or Name()
    shown = password_pages.SetupPage(visit.site(), key, ticket, user, name.zh, name.en, wrong, at)
    text = visit.service.renderer.render("setup.html", shown)
    response = answer.unkept(answer.html(visit, text, 422 if wrong else 200))
    if not visit.signed_in:
        cookies.give(visit.request, response, cookies.FORM, held)
    response.headers["referrer-policy"] = "no-referrer"
    return response
