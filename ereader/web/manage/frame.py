"""The frame of every console page (管理台框架): who may be here, its title, tabs and way back.

Whoever has no role for a thing gets the answer that an id gets which does not exist. Whoever is not signed in
is led to the page for signing in. What is saved goes through the one door of rights, by `saved`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import quote, unquote

import msgspec
from starlette.responses import RedirectResponse, Response

from ereader.auth import door
from ereader.auth.care import caring
from ereader.auth.operator import acting
from ereader.auth.roles import Actor
from ereader.web import answer, errors
from ereader.web.handler import Endpoint, handler
from ereader.web.manage.scopes import SCOPES, Kind, Tab, tabs_of
from ereader.web.posted import MOST_BODY, MOST_FIELDS, Fields, changing
from ereader.web.upload import Received, uploading
from ereader.web.visit import Visit
from holdings.members import Configuration
from holdings.members.registry import Members
from ui.manage_pages import Frame
from ui.pages import Choice

FLASH = "ereader_flash"
LONGEST_FLASH = 600
Work = Callable[..., Response]


class Scope(msgspec.Struct, frozen=True):
    """What a console page is about (管理对象), and who has come to it."""

    kind: Kind
    id: str
    actor: Actor

    @property
    def path(self) -> str:
        """Where its console begins: ``/manage/library/pku``."""
        return "/manage/centre" if self.kind == "centre" else f"/manage/{self.kind}/{self.id}"


def managed(kind: Kind, tab: str, work: Work) -> Endpoint:
    """The endpoint of a page of a console: ``work(visit, scope, **parts)``, for whom the tab is open."""
    return handler(_named(partial(_checked, kind, tab, work), work))


def managed_change(
    kind: Kind, tab: str, work: Work, *, most_fields: int = MOST_FIELDS, most_body: int = MOST_BODY
) -> Endpoint:
    """The endpoint of a form of a console: ``work(visit, scope, fields, **parts)``."""

    def change(visit: Visit, fields: Fields, **parts: str) -> Response:
        return _checked(kind, tab, lambda v, scope, **rest: work(v, scope, fields, **rest), visit, **parts)

    return changing(_named(change, work), typed=True, most_fields=most_fields, most_body=most_body)


def managed_upload(kind: Kind, tab: str, work: Work, most: int = 0) -> Endpoint:
    """The endpoint of a form with files: ``work(visit, scope, received, **parts)``; see `uploading`."""

    def before(visit: Visit, id: str = "", **_: str) -> Response | None:
        return refusal(visit, kind, tab, id)

    def change(visit: Visit, received: Received, **parts: str) -> Response:
        return _checked(kind, tab, lambda v, scope, **rest: work(v, scope, received, **rest), visit, **parts)

    return uploading(before, _named(change, work), most)


def scope_of(visit: Visit, kind: Kind, id: str, tab: str) -> Scope | None:
    """The scope, when there is such a thing and the tab is open to whoever is signed in."""
    actor = actor_of(visit)
    if actor is None or not SCOPES[kind].exists(visit.members, id):
        return None
    open_tabs = tabs_of(kind, actor, id, visit.members)
    return Scope(kind, id, actor) if any(t.name == tab for t in open_tabs) else None


def actor_of(visit: Visit) -> Actor | None:
    """Who is signed in, as somebody who wants to change something."""
    return caring(acting(visit.signed_in.user), visit.members) if visit.signed_in else None


def refusal(visit: Visit, kind: Kind, tab: str, id: str) -> Response | None:
    """The answer for whom this page is not; None when it is for him."""
    if visit.signed_in is None:
        return to_sign_in(visit)
    if scope_of(visit, kind, id, tab) is None:
        return answer.unkept(errors.page(visit, 404))
    return None


def to_sign_in(visit: Visit) -> Response:
    """Leads to the page for signing in, and back afterwards."""
    address = visit.login().href if visit.request.method == "GET" else visit.url("/login")
    return RedirectResponse(address, 303, {"cache-control": answer.UNKEPT})


def frame_of(
    visit: Visit, scope: Scope, tab: str, title: str = "", crumbs: tuple[Choice, ...] = (), refresh: int = 0
) -> Frame:
    """What every page of a console shows around its own content.

    ``title`` is empty on the first page of a tab; ``crumbs`` lie between the tab and the page.
    ``refresh``: seconds after which the browser asks for the page again, 0 for never.
    """
    name = name_of(visit, scope.kind, scope.id)
    found: list[Tab] = tabs_of(scope.kind, scope.actor, scope.id, visit.members)
    label = next((visit.texts(t.label) for t in found if t.name == tab), "")
    way = [Choice(visit.texts("manage.name"), visit.url("/manage"))]
    if tab:
        way.append(Choice(name, visit.url(scope.path)))
    if title:
        way.append(Choice(label if tab else name, visit.url(f"{scope.path}/{tab}" if tab else scope.path)))
    return Frame(
        title=title or (label if tab else name),
        owner=name,
        crumbs=(*way, *crumbs),
        tabs=tuple(
            Choice(
                visit.texts(t.label),
                visit.url(f"{scope.path}/{t.name}" if t.name else scope.path),
                t.name == tab,
            )
            for t in found
        ),
        flash=flash_of(visit),
        key=visit.signed_in.form_key if visit.signed_in else "",
        refresh=refresh,
    )


def name_of(visit: Visit, kind: Kind, id: str) -> str:
    """What a library, a consortium or the centre is called."""
    if kind == "library":
        return visit.names.library(id)
    if kind == "centre":
        return visit.texts("manage.centre")
    found = visit.members.consortia().get(id)
    return (found.name.in_language(visit.lang) if found else "") or id


def page(visit: Visit, template: str, shown: object, status: int = 200) -> Response:
    """A page of a console: nothing may keep it. A message that it shows is used up."""
    text = visit.service.renderer.render(template, shown)  # type: ignore[arg-type]
    response = answer.unkept(answer.html(visit, text, status))
    if FLASH in visit.request.cookies:
        response.delete_cookie(FLASH, path="/", httponly=True, samesite="lax")
    return response


def led(visit: Visit, path: str, flash: str = "", values: Mapping[str, object] | None = None) -> Response:
    """Leads to a page of this portal after a change; ``flash`` is the key of a text to show there once."""
    response = RedirectResponse(visit.url(path), 303, {"cache-control": answer.UNKEPT})
    if flash:
        held = quote(msgspec.json.encode([flash, dict(values or {})]).decode(), safe="")
        if len(held) <= LONGEST_FLASH:
            secure = visit.request.url.scheme == "https"
            response.set_cookie(
                FLASH, held, max_age=60, path="/", httponly=True, samesite="lax", secure=secure
            )
    return response


def flash_of(visit: Visit) -> str:
    """The message that the page before left for this one."""
    held = visit.request.cookies.get(FLASH, "")[:LONGEST_FLASH]
    if not held:
        return ""
    try:
        key, values = msgspec.json.decode(unquote(held), type=tuple[str, dict[str, str | int]])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    if not re.fullmatch(r"[a-z_]+\.[a-z_.]+", key) or key not in visit.texts.texts:
        return ""
    return visit.texts(key, **values)


def saved(visit: Visit, changes: Configuration, reason: str = "") -> list[str]:
    """Saves into the registry as whoever is signed in; answers with what differs, as kind/id.

    Raises ``door.Denied`` before anything is written, which becomes the page of status 403.
    """
    actor = actor_of(visit)
    if actor is None:
        raise PermissionError("nobody is signed in")
    # The portal reads through connections that refuse every change; accounts are the ones that may write.
    return door.save(Members(visit.service.accounts.engine), changes, actor, reason)


def _checked(kind: Kind, tab: str, work: Work, visit: Visit, id: str = "", **parts: str) -> Response:
    refused = refusal(visit, kind, tab, id)
    if refused is not None:
        return refused
    found = scope_of(visit, kind, id, tab)
    assert found is not None  # refusal looked
    return work(visit, found, **parts)


def _named(made: Work, work: Work) -> Work:
    def named(*given: object, **parts: str) -> Response:
        return made(*given, **parts)

    named.__doc__ = work.__doc__
    return named
