"""Two people at one entry (同时更改): what was changed since a page was opened is not undone unseen.

A form that shows how something is carries a mark of it. Where it is no longer so when the form comes,
whoever sent it is told by whom it was changed, and may look at it or save all the same.
"""

from __future__ import annotations

import hashlib

import msgspec
from starlette.responses import Response

from ereader.auth import audit
from ereader.web.manage.frame import Scope
from ereader.web.manage.sheets import CONFIRM, actor_name, moment, sheet
from ereader.web.posted import FIELD, Fields
from ereader.web.visit import Visit
from ui.manage_sheet_pages import Button, Form, Section
from ui.pages import Choice

SEEN = "seen"


def mark(held: msgspec.Struct, fields: Fields | None = None) -> tuple[str, str]:
    """The hidden field of a form that shows ``held``; of one that comes again as typed in ``fields``, the
    mark that it had.
    """
    if fields is not None and (said := fields.get(SEEN, "")):
        return SEEN, said[:20]
    told = msgspec.json.encode(audit.shown(held), order="sorted")
    return SEEN, hashlib.sha256(told).hexdigest()[:20]


def changed(
    visit: Visit, scope: Scope, tab: str, fields: Fields, held: msgspec.Struct, target: str
) -> Response | None:
    """The answer to a form that rests on what is no longer so; None where it may be saved.

    ``held`` is what the form would show now, ``target`` the entry (``kind/id``) in the log.
    """
    said = fields.get(SEEN, "")
    if not said or said == mark(held)[1]:
        return None
    texts, path = visit.texts, visit.url(visit.request.scope["path"])
    latest = audit.entries(visit.service.installation.database, target=target, latest=1)
    who = actor_name(visit, latest[0].actor) if latest else "–"
    when = moment(latest[0].time) if latest else "–"
    # What the change hides is counted and asked anew.
    kept = tuple((n, v) for n, v in fields.pairs if n not in (FIELD, SEEN, CONFIRM))
    section = Section(
        lead=texts("manage_meanwhile.lead", who=who, when=when),
        links=(Choice(texts("manage_meanwhile.look"), path),),
        forms=(Form(path, (), (Button(texts("manage_meanwhile.save"), danger=True),), (*kept, mark(held))),),
    )
    return sheet(visit, scope, tab, [section], title=texts("manage_meanwhile.title"), status=409)
