"""Signing in and out (登录与退出): GET and POST /login, POST /logout."""

from __future__ import annotations

import datetime
import re
import secrets

from starlette.responses import RedirectResponse, Response

from ereader.auth.accounts import SignedIn
from ereader.auth.sessions import form_key
from ereader.web import answer, cookies
from ereader.web.handler import handler
from ereader.web.posted import Fields, changing
from ereader.web.visit import Visit
from ereader.web.way_back import LONGEST, safe_next
from holdings.members.user import ROLE_OF_CONSORTIUM
from ui import account_pages

WAY = "local"  # the way of the form


@handler
def page(visit: Visit) -> Response:
    """GET /login: the form, or the account of whoever is signed in"""
    if visit.signed_in:
        return _account(visit, visit.signed_in)
    return _form(visit, safe_next(visit.parameter("next", most=LONGEST + 1)))


def _enter(visit: Visit, fields: Fields) -> Response:
    """POST /login"""
    given = {name: fields.get(name, "") for name in visit.service.accounts.ways[WAY].fields}
    wanted = safe_next(fields.get("next", ""))
    client = visit.request.client
    entered = visit.service.accounts.enter(
        WAY,
        given,
        visit.members,
        client.host if client else "",
        device(visit),
        cookies.session(visit.request),
    )
    if not entered.token:
        text = visit.texts("login.wait", n=str(entered.wait)) if entered.wait else visit.texts("login.wrong")
        response = _form(visit, wanted, given["username"][:100], text, 429 if entered.wait else 401)
        if entered.wait:
            response.headers["retry-after"] = str(entered.wait)
        return response
    response = _led_to(wanted or visit.url("/"))
    cookies.give(visit.request, response, cookies.SESSION, entered.token)
    cookies.take(visit.request, response, cookies.FORM)
    return response


def _leave(visit: Visit, fields: Fields) -> Response:
    """POST /logout"""
    if visit.signed_in:
        visit.service.accounts.leave(visit.signed_in, everywhere=fields.get("everywhere") == "1")
    response = _led_to(visit.url("/"))
    cookies.take(visit.request, response, cookies.SESSION)
    # Who comes to this browser next finds nothing in it with the button for going back.
    response.headers["clear-site-data"] = '"cache"'
    return response


enter = changing(_enter)
leave = changing(_leave, bare=True)


def _form(visit: Visit, wanted: str, name: str = "", message: str = "", status: int = 200) -> Response:
    held = cookies.form(visit.request) or secrets.token_urlsafe(32)
    shown = account_pages.LoginPage(visit.site(), form_key(held), wanted, name, message)
    response = answer.unkept(answer.html(visit, visit.service.renderer.render("login.html", shown), status))
    cookies.give(visit.request, response, cookies.FORM, held)
    return response


def _account(visit: Visit, signed_in: SignedIn) -> Response:
    user = signed_in.user
    shown = account_pages.AccountPage(
        visit.site(),
        user.name,
        visit.names.library(user.library) if user.library else "",
        tuple(role_name(visit, role) for role in user.roles),
        tuple(
            account_pages.Device(
                session.device,
                datetime.datetime.fromtimestamp(session.began, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC"),
                session.id == signed_in.session.id,
            )
            for session in visit.service.accounts.devices(signed_in)
        ),
    )
    return answer.unkept(answer.html(visit, visit.service.renderer.render("account.html", shown)))


def role_name(visit: Visit, role: str) -> str:
    """What a role is called."""
    consortium = role.removeprefix(ROLE_OF_CONSORTIUM)
    if consortium == role:
        return visit.texts(f"account_role.{role}")
    found = visit.members.consortia().get(consortium)
    name = found.name.in_language(visit.lang) if found else ""
    return visit.texts("account_role.consortium-admin", name=name or consortium)


def device(visit: Visit) -> str:
    """What a browser calls itself, shortened to what tells its owner one device from another."""
    said = visit.request.headers.get("user-agent", "")[:1000]
    system = re.search(r"Windows|Android|iPhone|iPad|Mac OS X|Linux|HarmonyOS", said)
    browser = re.search(r"(?:MicroMessenger|Edg|Firefox|Chrome|Safari)/\d+", said)
    return " · ".join(found[0] for found in (browser, system) if found)


def _led_to(address: str) -> Response:
    return RedirectResponse(address, 303, {"cache-control": "private, no-store"})
