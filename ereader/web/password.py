"""Setting a password (设置密码): GET and POST /account/password, one's own or by a one-time link."""

from __future__ import annotations

import secrets

from starlette.responses import RedirectResponse, Response

from ereader.auth import passwords, sessions, tickets
from ereader.auth.sessions import form_key
from ereader.web import answer, cookies, errors
from ereader.web.account import WAY, device
from ereader.web.handler import handler
from ereader.web.posted import Fields, changing
from ereader.web.visit import Visit
from holdings.members.password import LONGEST, SHORTEST
from holdings.members.registry import Members
from holdings.members.user import User
from ui import password_pages

# What is wrong → the field that it is about.
FIELD = {"current": "current", "unlike": "again"}


@handler
def page(visit: Visit) -> Response:
    """GET /account/password"""
    ticket = visit.parameter("key")
    user = _user(visit, ticket)
    return _form(visit, user, ticket) if user else _nobody(visit, ticket)


def _set(visit: Visit, fields: Fields) -> Response:
    """POST /account/password"""
    ticket = fields.get("key", "")
    user = _user(visit, ticket)
    if user is None:
        return _nobody(visit, ticket)
    accounts, client = visit.service.accounts, visit.request.client
    current, new, again = (fields.get(name, "") for name in ("current", "new", "again"))
    register = Members(accounts.engine)
    if ticket:
        wrong = passwords.wrong_with(new, again, user.name)
        if wrong:
            return _form(visit, user, ticket, wrong)
        changed = tickets.redeem(accounts.engine, register, ticket, new, accounts.now())
        if changed is None:
            return _nobody(visit, ticket)
    else:
        address = client.host if client else ""
        told = passwords.change(accounts, register, user, current, new, again, address)
        if told.user is None:
            return _form(visit, user, "", told.wrong, told.wait)
        changed = told.user
    # All sessions are over; this browser has just shown that it is the owner's.
    token = sessions.begin(accounts.engine, changed, WAY, accounts.now(), device(visit))
    response = RedirectResponse(visit.url("/login"), 303, {"cache-control": answer.UNKEPT})
    cookies.give(visit.request, response, cookies.SESSION, token)
    cookies.take(visit.request, response, cookies.FORM)
    return response


change = changing(_set)


def form_cookie(visit: Visit) -> str:
    """The random number to which forms are bound before anybody has signed in."""
    return cookies.form(visit.request) or secrets.token_urlsafe(32)


def said(visit: Visit, wrong: str, wait: int = 0) -> str:
    """What is wrong with a password, in words; "" for nothing."""
    if wait:
        return visit.texts("login.wait", n=str(wait))
    return visit.texts(f"password.wrong_{wrong}", least=SHORTEST, most=LONGEST) if wrong else ""


def _user(visit: Visit, ticket: str) -> User | None:
    accounts = visit.service.accounts
    if ticket:
        return tickets.owner(accounts.engine, visit.members, ticket, accounts.now())
    return visit.signed_in.user if visit.signed_in else None


def _nobody(visit: Visit, ticket: str) -> Response:
    if ticket:
        return answer.unkept(errors.page(visit, 404, visit.texts("password.void")))
    address = visit.url("/login", [("next", visit.url("/account/password"))])
    return RedirectResponse(address, 303, {"cache-control": answer.UNKEPT})


def _form(visit: Visit, user: User, ticket: str = "", wrong: str = "", wait: int = 0) -> Response:
    held = form_cookie(visit)
    key = visit.signed_in.form_key if visit.signed_in else form_key(held)
    told = said(visit, wrong, wait)
    at = FIELD.get(wrong, "new") if wrong else ""
    shown = password_pages.PasswordPage(visit.site(), key, user.name, ticket, told, at)
    status = 429 if wait else 422 if wrong else 200
    text = visit.service.renderer.render("password.html", shown)
    response = answer.unkept(answer.html(visit, text, status))
    if wait:
        response.headers["retry-after"] = str(wait)
    if not visit.signed_in:
        cookies.give(visit.request, response, cookies.FORM, held)
    # The link is in the address; no other page is to read it there.
    response.headers["referrer-policy"] = "no-referrer"
    return response
