"""Pages of tables and forms, and changes that say first what they hide (表格页与变更确认)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence

from starlette.responses import Response

from ereader import jobs
from ereader.auth import door
from ereader.sharing_effect import Effect, effects
from ereader.web.manage.frame import Scope, frame_of, led, page, saved
from ereader.web.posted import FIELD, Fields
from ereader.web.visit import Visit
from holdings.members import Configuration
from holdings.members.consortium import CENTRE
from holdings.members.registry import Members
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, SheetPage, Table
from ui.pages import Choice

CONFIRM = "confirm"
REASON = "reason"
MOST_REASON = 300
MOST_EFFECTS = 50  # lines on the page that asks


def sheet(
    visit: Visit,
    scope: Scope,
    tab: str,
    sections: Iterable[Section | None],
    *,
    title: str = "",
    lead: str = "",
    crumbs: tuple[Choice, ...] = (),
    faults: Sequence[str] = (),
    status: int = 200,
) -> Response:
    """A page of a console that is made of tables and forms."""
    shown = SheetPage(
        visit.site(),
        frame_of(visit, scope, tab, title, crumbs),
        tuple(s for s in sections if s is not None),
        lead,
        tuple(faults),
    )
    wrong = status == 200 and (faults or any(i.error for i in shown.inputs))
    return page(visit, "manage/sheet.html", shown, 422 if wrong else status)


def change(
    visit: Visit,
    scope: Scope,
    tab: str,
    fields: Fields,
    changes: Configuration,
    back: str,
    flash: str,
    values: Mapping[str, object] | None = None,
) -> Response:
    """Saves ``changes`` and leads to ``back``; where they hide something, asks first, with the numbers.

    What was confirmed once is not asked again. Raises ``door.Denied`` before anything is shown or written.
    """
    register = Members(visit.service.accounts.engine)
    try:
        changed = door.rehearse(register, changes, scope.actor)
    except door.Hindered as error:
        return _hindered(visit, scope, tab, error)
    if not changed:
        return led(visit, back, "manage_sheet.nothing")
    if fields.get(CONFIRM) != "1":
        day = datetime.datetime.now(datetime.UTC).date()
        found = effects(visit.service.installation.database, register.configuration(), changes, day)
        if changes.removed or any(effect.hides for effect in found):
            return _asked(visit, scope, tab, fields, changed, found, back)
    saved(visit, changes, fields.get(REASON, "")[:MOST_REASON])
    follow(visit)
    return led(visit, back, flash, values)


def follow(visit: Visit) -> None:
    """Sees to it that the index follows a change of the registry, in the background."""
    installation = visit.service.installation
    if Members(visit.service.accounts.engine).stale():
        jobs.start(installation, "rebuild", {}, jobs.AUTOMATIC, once=True)


def reason_input(visit: Visit, fields: Fields | None = None) -> Input:
    """The field for why something is changed; it goes into the log."""
    value = fields.get(REASON, "")[:MOST_REASON] if fields else ""
    texts = visit.texts
    return Input(
        REASON, texts("manage_sheet.reason"), value, hint=texts("manage_sheet.reason_hint"), most=MOST_REASON
    )


def effect_table(visit: Visit, found: Sequence[Effect]) -> Table:
    """What a change hides and shows, a line for each audience of each place."""
    texts = visit.texts
    rows = [
        Row(
            (
                Cell(place_name(visit, e.place), code=e.place.partition(":")[2]),
                Cell(audience_name(visit, e.audience)),
                Cell(f"{e.hidden:,}" if e.hides else "–", number=True),
                Cell(f"{e.gone:,}" if e.hides else "–", number=True),
                Cell(f"{e.shown:,}" if e.shows else "–", number=True),
                Cell(f"{e.new:,}" if e.shows else "–", number=True),
            )
        )
        for e in found[:MOST_EFFECTS]
    ]
    columns = ("place", "whom", "hidden", "gone", "shown", "new")
    return Table(
        tuple(texts(f"manage_sheet.effect_{c}") for c in columns),
        tuple(rows),
        texts("manage_sheet.effect_none"),
    )


def place_name(visit: Visit, place: str) -> str:
    """What a place (``L:pku``, ``C:jalis``) is called."""
    kind, _, id = place.partition(":")
    if kind == "L":
        return visit.names.library(id)
    return consortium_name(visit, id)


def consortium_name(visit: Visit, id: str) -> str:
    """What a consortium is called, the centre too."""
    if id == CENTRE:
        return visit.texts("manage.centre")
    found = visit.members.consortia().get(id)
    return (found.name.in_language(visit.lang) if found else "") or id


def entry_name(visit: Visit, target: str) -> str:
    """What an entry of the registry (``repository/pku-books``) is called, with its id."""
    kind, _, id = target.partition("/")
    said = visit.texts.maybe(f"manage_log.kind_{kind}", kind)
    named = {"library": visit.names.library, "repository": visit.names.repository}
    if kind == "membership":
        library, _, consortium = id.partition("/")
        name = f"{visit.names.library(library)} – {consortium_name(visit, consortium)}"
    elif kind == "consortium":
        name = consortium_name(visit, id)
    else:
        name = named.get(kind, str)(id)
    return f"{said} {name}" if name == id else f"{said} {name} ({id})"


def actor_name(visit: Visit, actor: str) -> str:
    """Who did or asked for something (``user:anna``, ``operator:background``), as pages call him."""
    kind, _, name = actor.partition(":")
    return visit.texts.maybe(f"manage_log.actor_{name}", name) if kind == "operator" else name


def moment(text: str) -> str:
    """A time as people read it: to the minute, in UTC."""
    return text[:16].replace("T", " ") + " UTC" if text else ""


def audience_name(visit: Visit, audience: str) -> str:
    """For whom: everyone, members, staff; ``members@pku`` are those of one library."""
    kind, _, library = audience.partition("@")
    said = visit.texts(f"manage_sheet.to_{kind}")
    return f"{said} · {visit.names.library(library)}" if library else said


def matches(wanted: str, *texts: str) -> bool:
    """Whether one of the texts contains what was looked for."""
    return not wanted or any(wanted.casefold() in text.casefold() for text in texts)


def _asked(
    visit: Visit,
    scope: Scope,
    tab: str,
    fields: Fields,
    changed: Sequence[str],
    found: Sequence[Effect],
    back: str,
) -> Response:
    texts = visit.texts
    kept = tuple((n, v) for n, v in fields.pairs if n not in (FIELD, CONFIRM, REASON))
    form = Form(
        visit.url(visit.request.scope["path"]),
        (reason_input(visit, fields),),
        (Button(texts("manage_sheet.do_it"), danger=True),),
        (*kept, (CONFIRM, "1")),
    )
    section = Section(
        lead=texts("manage_sheet.asked_lead", n=len(changed)),
        table=effect_table(visit, found),
        notes=(
            texts("site.comma").join(entry_name(visit, key) for key in changed[:10])
            + (" …" if len(changed) > 10 else ""),
        ),
        forms=(form,),
        links=(Choice(texts("manage.cancel"), visit.url(back)),),
    )
    return sheet(visit, scope, tab, [section], title=texts("manage_sheet.asked"))


def _hindered(visit: Visit, scope: Scope, tab: str, error: door.Hindered) -> Response:
    return sheet(
        visit, scope, tab, [], title=visit.texts("manage_sheet.hindered"), faults=error.problems, status=409
    )
