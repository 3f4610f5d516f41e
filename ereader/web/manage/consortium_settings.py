"""What a consortium is called, and what it does by itself (共享域设置); of the centre too."""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from ereader.web.manage import meanwhile
from ereader.web.manage.consortium import LONGEST_NAME, consortium_of
from ereader.web.manage.frame import Scope
from ereader.web.manage.sheets import change, reason_input, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, Consortium, Name
from holdings.members.consortium import FUNCTIONS
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Form, Section


def settings(visit: Visit, scope: Scope) -> Response:
    """GET /manage/consortium/ID/settings"""
    return _settings(visit, scope)


def _settings(visit: Visit, scope: Scope, given: Fields | None = None, wrong: str = "") -> Response:
    texts, held = visit.texts, visit.members.consortia()[consortium_of(scope)]
    name = Name(given.get("zh", ""), given.get("en", "")) if given else held.name
    inputs = (
        Input("zh", texts("setup.zh"), name.zh, error=wrong, lang="zh", most=LONGEST_NAME),
        Input("en", texts("setup.en"), name.en, lang="en", most=LONGEST_NAME),
        *(
            Input(
                f"function-{f}",
                texts(f"manage_consortium.function_{f}"),
                "1" if f in held.functions else "",
                "check",
                hint=texts(f"manage_consortium.function_{f}_hint"),
            )
            for f in FUNCTIONS
        ),
        reason_input(visit),
    )
    button, hidden = Button(texts("manage.save"), main=True), (meanwhile.mark(_shown(held), given),)
    form = Form(visit.url(f"{scope.path}/settings"), inputs, (button,), hidden)
    return sheet(visit, scope, "settings", [Section(forms=(form,))])


def settings_changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/consortium/ID/settings"""
    held = visit.members.consortia()[consortium_of(scope)]
    name = Name(*(" ".join(fields.get(key, "").split())[:LONGEST_NAME] for key in ("zh", "en")))
    if not (name.zh or name.en):
        return _settings(visit, scope, fields, visit.texts("manage_consortium.unnamed"))
    functions = tuple(f for f in FUNCTIONS if fields.get(f"function-{f}"))
    new = msgspec.structs.replace(held, name=name, functions=functions)
    late = new != held and meanwhile.changed(
        visit, scope, "settings", fields, _shown(held), f"consortium/{held.id}"
    )
    if late:
        return late
    return change(
        visit,
        scope,
        "settings",
        fields,
        Configuration(consortia=(new,)),
        f"{scope.path}/settings",
        "manage_sheet.saved",
    )


def _shown(held: Consortium) -> Consortium:
    """What of a consortium the form shows."""
    return Consortium(held.id, held.name, functions=held.functions)
