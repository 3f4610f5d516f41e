"""Addresses of other systems (接口登记): what they are, whether they answer, who is told when they change."""

from __future__ import annotations

import datetime
import tomllib
from functools import partial

from starlette.responses import Response

from ereader import endpoint_health, webhooks
from ereader.endpoint_health import EndpointHealth
from ereader.web import answer, errors
from ereader.web.manage.consortium import MOST_ROWS, find_form
from ereader.web.manage.frame import Scope, led
from ereader.web.manage.sheets import change, matches, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration
from holdings.members.apply import valid_id
from holdings.members.endpoint import Endpoint, problems
from holdings.members.toml_text import toml_of
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice

TAB = "endpoints"
KINDS = (
    "daia", "sru", "ils-di", "sip2", "mapped", "opac", "resolver", "ill", "oai", "authentication", "webhook",
)  # fmt: skip
MOST_CHECKED = 50  # with one button
MOST_OPTIONS = 10_000  # characters
Given = dict[str, str]


def endpoints(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre/endpoints, /manage/library/ID/endpoints, with ``?endpoint=`` one of them"""
    if id := visit.parameter("endpoint"):
        found = _mine(visit, scope).get(id)
        return _one(visit, scope, found) if found else answer.unkept(errors.page(visit, 404))
    return _list(visit, scope, {}, {})


def _mine(visit: Visit, scope: Scope) -> dict[str, Endpoint]:
    every = visit.members.endpoints()
    return {i: e for i, e in sorted(every.items()) if scope.kind == "centre" or e.library == scope.id}


def _list(visit: Visit, scope: Scope, new: Given, wrong: Given) -> Response:
    texts, wanted = visit.texts, visit.parameter("q").strip()
    health = endpoint_health.known(visit.service.installation.database)
    path = f"{scope.path}/{TAB}"
    rows = []
    for id, e in _mine(visit, scope).items():
        library = visit.names.library(e.library)
        if not matches(wanted, id, e.kind, e.address, e.library, library):
            continue
        cells = (
            Cell(id, visit.url(path, [("endpoint", id)])),
            Cell(library),
            Cell(texts(f"manage_endpoints.kind_{e.kind}") if e.kind in KINDS else e.kind),
            Cell(e.address),
            _state(visit, e, health.get(id)),
        )
        rows.append(Row(cells, off=not e.active))
    columns = tuple(texts(f"manage_endpoints.{c}") for c in ("id", "library", "kind", "address", "health"))
    asking = Form(
        visit.url(path), (), (Button(texts("manage_endpoints.check_all")),), (("do", "check"), ("q", wanted))
    )
    creating = Form(
        visit.url(path),
        _inputs(visit, scope, new, wrong, True),
        (Button(texts("manage_endpoints.add"), main=True),),
        (("do", "add"),),
    )
    sections = [
        Section(
            forms=(find_form(visit, path, wanted), *((asking,) if rows else ())),
            table=Table(columns, tuple(rows[:MOST_ROWS]), texts("manage_endpoints.none")),
            notes=(
                *((_how_often(visit),) if rows else ()),
                *((texts("manage_sheet.more", n=len(rows) - MOST_ROWS),) if len(rows) > MOST_ROWS else ()),
            ),
        ),
        Section(texts("manage_endpoints.new"), texts("manage_endpoints.new_lead"), "new", forms=(creating,)),
    ]
    if not visit.members.libraries():  # Nobody whose system it could be.
        register = Choice(texts("manage_consortium.register"), visit.url("/manage/centre/libraries"))
        sections = [Section(notes=(texts("manage_endpoints.no_library"),), links=(register,))]
    return sheet(visit, scope, TAB, sections, lead=texts("manage_endpoints.lead"))


def _how_often(visit: Visit) -> str:
    minutes = visit.service.installation.settings.check_systems_minutes
    return (
        visit.texts("manage_endpoints.every", n=f"{minutes:g}")
        if minutes > 0
        else visit.texts("manage_endpoints.never")
    )


def _one(
    visit: Visit, scope: Scope, held: Endpoint, given: Given | None = None, wrong: Given | None = None
) -> Response:
    texts, path = visit.texts, visit.url(f"{scope.path}/{TAB}")
    values = given if given is not None else _as_typed(held)
    known = endpoint_health.known(visit.service.installation.database).get(held.id)
    facts = [
        (texts("manage_endpoints.library"), visit.names.library(held.library)),
        (texts("manage_endpoints.health"), _state(visit, held, known).text),
    ]
    if known:
        facts.append((texts("manage_endpoints.checked"), _time(known.checked)))
        facts.append((texts("manage_endpoints.told"), f"{known.told} ({known.milliseconds:,} ms)"))
    button = partial(Form, path, ())
    sections = [
        Section(
            facts=tuple(facts),
            forms=(button((Button(texts("manage_endpoints.check")),), (("do", "check"), ("id", held.id))),),
        ),
        Section(
            texts("manage_endpoints.change"),
            forms=(
                Form(
                    path,
                    _inputs(visit, scope, values, wrong or {}, False),
                    (Button(texts("manage.save"), main=True),),
                    (("do", "save"), ("id", held.id)),
                ),
            ),
        ),
        Section(
            texts("manage_centre.remove_title"),
            forms=(
                button(
                    (Button(texts("manage_centre.remove"), danger=True),), (("do", "remove"), ("id", held.id))
                ),
            ),
        ),
    ]
    return sheet(visit, scope, TAB, sections, title=held.id)


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/centre/endpoints, /manage/library/ID/endpoints"""
    action, back = fields.get("do", ""), f"{scope.path}/{TAB}"
    mine = _mine(visit, scope)
    if action == "check":
        return _checked(visit, mine, fields, back)
    if action == "add":
        given = _given(fields, scope)
        new, wrong = _read(visit, given, fields.get("id", "").strip())
        if new.id in visit.members.endpoints():
            wrong["id"] = visit.texts("manage_endpoints.id_taken")
        if new.library not in visit.members.libraries():
            wrong["library"] = visit.texts("manage_endpoints.wrong_library")
        return _list(visit, scope, given, wrong) if wrong else _save(visit, scope, fields, new, "added", back)
    held = mine.get(fields.get("id", ""))
    if held is None or action not in ("save", "remove"):
        return answer.unkept(errors.page(visit, 404))
    if action == "remove":
        response = change(
            visit,
            scope,
            TAB,
            fields,
            Configuration(removed=(f"endpoint/{held.id}",)),
            back,
            "manage_centre.removed",
            {"name": held.id},
        )
        if response.status_code == 303:
            _tell(visit, held, "removed")
        return response
    given = _given(fields, scope) | {"library": held.library}
    new, wrong = _read(visit, given, held.id)
    return (
        _one(visit, scope, held, given, wrong) if wrong else _save(visit, scope, fields, new, "changed", back)
    )


def _save(
    visit: Visit, scope: Scope, fields: Fields, new: Endpoint, what: webhooks.Happening, back: str
) -> Response:
    response = change(visit, scope, TAB, fields, Configuration(endpoints=(new,)), back, "manage_sheet.saved")
    if response.status_code == 303:
        _tell(visit, new, what)
    return response


def _checked(visit: Visit, mine: dict[str, Endpoint], fields: Fields, back: str) -> Response:
    wanted = fields.get("id", "")
    if wanted and wanted not in mine:
        return answer.unkept(errors.page(visit, 404))
    picked = [e for e in mine.values() if e.active and e.address and (not wanted or e.id == wanted)]
    failing = 0
    for endpoint in picked[:MOST_CHECKED]:
        found = endpoint_health.check(visit.service.outside, endpoint)
        failing += not found.well
        if endpoint_health.keep(visit.service.accounts.engine, found):
            _tell(visit, endpoint, "well" if found.well else "failing")
    path = f"{back}?endpoint={wanted}" if wanted else back
    values = {"n": len(picked[:MOST_CHECKED]), "failing": failing}
    return led(visit, path, "manage_endpoints.were_checked", values)


def _tell(visit: Visit, endpoint: Endpoint, what: webhooks.Happening) -> None:
    engine = visit.service.accounts.engine
    webhooks.tell(visit.service.outside, engine, visit.service.members.now(), [(endpoint, what)])


def _inputs(visit: Visit, scope: Scope, given: Given, wrong: Given, new: bool) -> tuple[Input, ...]:
    texts = visit.texts
    found = []
    if new:
        found.append(
            Input(
                "id",
                texts("manage_endpoints.id"),
                given.get("id", ""),
                hint=texts("manage_consortium.id_hint"),
                error=wrong.get("id", ""),
                required=True,
                most=64,
            )
        )
        if scope.kind == "centre":
            libraries = tuple(
                Choice(f"{visit.names.library(i)} ({i})", "", value=i)
                for i in sorted(visit.members.libraries())
            )
            found.append(
                Input(
                    "library",
                    texts("manage_endpoints.library"),
                    given.get("library", ""),
                    "select",
                    error=wrong.get("library", ""),
                    options=libraries,
                )
            )
    kinds = tuple(Choice(texts(f"manage_endpoints.kind_{k}"), "", value=k) for k in KINDS)
    return (
        *found,
        Input(
            "kind",
            texts("manage_endpoints.kind"),
            given.get("kind", ""),
            "select",
            error=wrong.get("kind", ""),
            options=kinds,
        ),
        Input(
            "address",
            texts("manage_endpoints.address"),
            given.get("address", ""),
            hint=texts("manage_endpoints.address_hint"),
            error=wrong.get("address", ""),
            most=2000,
        ),
        Input(
            "options",
            texts("manage_endpoints.options"),
            given.get("options", ""),
            "textarea",
            texts("manage_endpoints.options_hint"),
            wrong.get("options", ""),
            most=MOST_OPTIONS,
        ),
        Input(
            "active",
            texts("manage_endpoints.active"),
            given.get("active", "1" if new and not given else ""),
            "check",
        ),
    )


def _given(fields: Fields, scope: Scope) -> Given:
    given = {key: fields.get(key, "").strip() for key in ("id", "library", "kind", "address", "active")}
    given["options"] = fields.get("options", "").replace("\r\n", "\n").strip()[:MOST_OPTIONS]
    return given if scope.kind == "centre" else given | {"library": scope.id}


def _as_typed(held: Endpoint) -> Given:
    return {
        "kind": held.kind,
        "address": held.address,
        "options": "\n".join(f"{key} = {toml_of(value)}" for key, value in held.options.items()),
        "active": "1" if held.active else "",
    }


def _read(visit: Visit, given: Given, id: str) -> tuple[Endpoint, Given]:
    """The endpoint that a form says, and what is wrong with it, by field."""
    texts, wrong = visit.texts, dict[str, str]()
    options: dict[str, object] = {}
    try:
        options = tomllib.loads(given["options"])
    except tomllib.TOMLDecodeError as error:
        wrong["options"] = texts("manage_endpoints.wrong_toml", told=str(error)[:200])
    endpoint = Endpoint(id, given["library"], given["kind"], given["address"], options, bool(given["active"]))
    if not valid_id(id):
        wrong["id"] = texts("manage_consortium.id_wrong")
    for key, told in problems(endpoint):
        field = key.partition(".")[0]
        wrong.setdefault(field, texts(f"manage_endpoints.wrong_{field}", told=told))
    return endpoint, wrong


def _state(visit: Visit, endpoint: Endpoint, known: EndpointHealth | None) -> Cell:
    texts = visit.texts
    if not endpoint.active:
        return Cell(texts("manage_endpoints.inactive"))
    if known is None:
        return Cell(texts("manage_endpoints.unchecked"))
    said = texts(
        "manage_endpoints.well" if known.well else "manage_endpoints.failing", since=_time(known.since)
    )
    code = known.told.partition(":")[0].replace("-", "_")
    why = texts.maybe(f"manage_endpoints.failed_{code}", known.told[:120])
    return Cell(said, state="done" if known.well else "failed", small=why)


def _time(seconds: int) -> str:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")
