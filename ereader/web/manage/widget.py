"""The embedded search box in the console (检索框管理): who may embed it, and what is pasted for it."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
from starlette.responses import Response

from ereader.web import widget, widget_options
from ereader.web.manage.design import design_of, portal_of, with_design
from ereader.web.manage.frame import Scope, frame_of, led, page, saved
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members.check_design import MOST_ORIGINS, Fault, faults
from holdings.members.design import Design
from holdings.members.names import Name
from ui import manage_widget_pages as pages


def shown(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/widget, /manage/consortium/ID/widget, /manage/centre/widget"""
    design = design_of(visit.members, scope)
    return _page(visit, scope, design, "\n".join(design.origins))


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/widget, /manage/consortium/ID/widget, /manage/centre/widget"""
    typed = fields.get("origins", "")
    origins = tuple(dict.fromkeys(_origin(line) for line in typed.split()))[: MOST_ORIGINS + 1]
    design = msgspec.structs.replace(design_of(visit.members, scope), origins=origins)
    wrong = [fault for fault in faults(design) if fault.key == "origins"]
    if wrong:
        return _page(visit, scope, design, typed[:10_000], wrong)
    saved(visit, with_design(visit.members, scope, design))
    return led(visit, f"{scope.path}/widget", "widget.saved")


def _origin(typed: str) -> str:
    """What was typed as browsers write an origin; addresses of pages are cut to theirs."""
    try:
        parts = urlsplit(typed.lower())
        port = {"https": 443, "http": 80}.get(parts.scheme)
        host = parts.netloc.removesuffix(f":{port}")
    except ValueError:
        return typed
    return f"{parts.scheme}://{host}" if parts.scheme and host and "@" not in host else typed


def _name(visit: Visit, scope: Scope) -> Name:
    if scope.kind == "library":
        return visit.members.libraries()[scope.id].name
    return visit.members.consortia()[portal_of(scope)].name


def _page(
    visit: Visit, scope: Scope, design: Design, origins: str, wrong: list[Fault] | None = None
) -> Response:
    portal = f"/at/{portal_of(scope)}"
    options = widget_options.read(visit.params)
    base = visit.request.base_url
    shown = pages.WidgetPage(
        visit.site(),
        frame_of(visit, scope, "widget"),
        visit.url(f"{scope.path}/widget"),
        portal,
        origins,
        widget.generator(
            visit,
            f"{base.scheme}://{base.netloc}{portal}",
            portal,
            options,
            _name(visit, scope),
            design.scope,
        ),
        tuple(visit.texts(f"design.fault_{fault.code}", **fault.values) for fault in wrong or ()),
    )
    response = page(visit, "manage/widget.html", shown, 422 if wrong else 200)
    response.headers["content-security-policy"] = widget.WITH_FRAME
    return response
