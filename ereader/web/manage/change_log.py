"""The log of changes in all consoles, and of sign-ins in the centre's (变更日志与登录日志)."""

from __future__ import annotations

import datetime
from typing import Any

from starlette.responses import Response

from ereader.auth import audit, door, setup, sign_ins
from ereader.auth.take_back import reversal
from ereader.web import answer, errors
from ereader.web.key_words import key_word
from ereader.web.manage.consortium import consortium_of, find_form
from ereader.web.manage.frame import Scope
from ereader.web.manage.sheets import actor_name, change, entry_name, matches, moment, reason_input, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration
from holdings.members.user import ROLE_OF_CONSORTIUM
from holdings.natural import natural
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice

MOST_ROWS = 100
MOST_READ = 20_000  # entries that are looked through for one page
PIECE = 1_000
SET_UP = "operator:set-up"
KINDS = ("library", "consortium", "membership", "repository", "user", "endpoint")


def log(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/log, /manage/consortium/ID/log, /manage/centre/log"""
    if number := natural(visit.parameter("entry"), 18):
        return _entry(visit, scope, number)
    if scope.kind == "centre" and visit.parameter("show") == "sign-ins":
        return _sign_ins(visit, scope)
    texts = visit.texts
    wanted, kind, below = (
        visit.parameter("q").strip(),
        visit.parameter("kind"),
        natural(visit.parameter("below"), 18) or 0,
    )
    found, last = _found(visit, scope, wanted, kind, below)
    rows = tuple(
        Row(
            (
                Cell(moment(e.time), visit.url(f"{scope.path}/log", [("entry", str(e.number))])),
                Cell(
                    actor_name(visit, e.actor),
                    small=texts("manage_log.operator") if e.actor.startswith("operator:") else "",
                ),
                Cell(_did(visit, e.action)),
                Cell(
                    e.target.partition("/")[2],
                    small=texts.maybe(f"manage_log.kind_{e.target.partition('/')[0]}", ""),
                ),
                Cell(_why(visit, e)),
            )
        )
        for e in found
    )
    columns = tuple(texts(f"manage_log.{c}") for c in ("time", "who", "did", "what", "why"))
    options = (
        Choice(texts("manage_sheet.any"), "", value=""),
        *(Choice(texts(f"manage_log.kind_{k}"), "", value=k) for k in KINDS),
    )
    narrow = find_form(
        visit,
        f"{scope.path}/log",
        wanted,
        Input("kind", texts("manage_log.kind"), kind, "select", options=options),
    )
    links = []
    if last:
        kept = [(k, v) for k, v in (("q", wanted), ("kind", kind)) if v]
        links.append(
            Choice(texts("manage_log.older"), visit.url(f"{scope.path}/log", [*kept, ("below", str(last))]))
        )
    if scope.kind == "centre":
        links.append(
            Choice(texts("manage_log.sign_ins"), visit.url(f"{scope.path}/log", [("show", "sign-ins")]))
        )
    section = Section(
        forms=(narrow,), table=Table(columns, rows, texts("manage_log.none")), links=tuple(links)
    )
    return sheet(visit, scope, "log", [section])


def taken_back(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/log, /manage/consortium/ID/log, /manage/centre/log"""
    entry = _readable(visit, scope, natural(fields.get("entry", ""), 18) or 0)
    if entry is None:
        return answer.unkept(errors.page(visit, 404))
    changes = reversal(entry, visit.members.configuration())
    if changes is None:
        return sheet(visit, scope, "log", [], faults=(visit.texts("manage_log.changed_since"),), status=409)
    return change(visit, scope, "log", fields, changes, f"{scope.path}/log", "manage_log.taken_back")


def concerns(entry: audit.Entry, consortium: str) -> bool:
    """Whether a change is the business of a consortium."""
    kind, _, id = entry.target.partition("/")
    if kind == "consortium":
        return id == consortium
    if kind == "membership":
        return id.partition("/")[2] == consortium
    before, after = entry.before or {}, entry.after or {}
    if kind == "repository":
        # Of what members do with their repositories, only what is done with this consortium.
        named = [
            {k: consortium in side.get(k, ()) for k in ("offered_to", "published_by")}
            for side in (before, after)
        ]
        return named[0] != named[1]
    role = f"{ROLE_OF_CONSORTIUM}{consortium}"
    return kind == "user" and role in (*before.get("roles", ()), *after.get("roles", ()))


def concerns_library(entry: audit.Entry, library: str) -> bool:
    """Whether a change is the business of a library: its own, and what others decide about it."""
    kind, _, id = entry.target.partition("/")
    if kind in ("library", "membership"):
        return id.partition("/")[0] == library
    return any(side.get("library") == library for side in (entry.before or {}, entry.after or {}))


def _found(visit: Visit, scope: Scope, wanted: str, kind: str, below: int) -> tuple[list[audit.Entry], int]:
    """Entries for one page, newest first, and the number below which there may be more."""
    found: list[audit.Entry] = []
    read = 0
    while read < MOST_READ:
        piece = audit.entries(visit.service.installation.database, latest=PIECE, below=below)
        for entry in reversed(piece):
            below = entry.number
            if _shown(scope, entry, wanted, kind):
                found.append(entry)
                if len(found) == MOST_ROWS:
                    return found, below
        read += len(piece)
        if len(piece) < PIECE:
            return found, 0
    return found, below


def _shown(scope: Scope, entry: audit.Entry, wanted: str, kind: str) -> bool:
    if scope.kind == "library" and not concerns_library(entry, scope.id):
        return False
    if scope.kind == "consortium" and not concerns(entry, scope.id):
        return False
    if kind in KINDS and not entry.target.startswith(f"{kind}/"):
        return False
    return matches(wanted, entry.actor, entry.action, entry.target, entry.reason)


def _readable(visit: Visit, scope: Scope, number: int) -> audit.Entry | None:
    found = audit.entries(visit.service.installation.database, number=number) if number else []
    return found[0] if found and _shown(scope, found[0], "", "") else None


def _entry(visit: Visit, scope: Scope, number: int) -> Response:
    texts, entry = visit.texts, _readable(visit, scope, number)
    if entry is None:
        return answer.unkept(errors.page(visit, 404))
    facts = (
        (texts("manage_log.time"), moment(entry.time)),
        (texts("manage_log.who"), _who(visit, entry)),
        (texts("manage_log.did"), _did(visit, entry.action)),
        (texts("manage_log.what"), entry_name(visit, entry.target)),
        *(((texts("manage_log.why"), _why(visit, entry)),) if entry.reason else ()),
    )
    pairs = audit.differences(entry)
    if entry.before is None or entry.after is None:
        side = entry.after or entry.before or {}
        held = [(key, "–", str(value)) for key, value in side.items()]
        pairs = held if entry.after else [(key, value, "–") for key, _, value in held]
    if scope.kind == "consortium" and entry.target.startswith("repository/"):
        # What else its library does with a repository is not a consortium's business.
        at = consortium_of(scope)
        pairs = [
            (key, _named_in(entry.before, key, at), _named_in(entry.after, key, at))
            for key in ("offered_to", "published_by")
        ]
    columns = tuple(texts(f"manage_log.{c}") for c in ("key", "before", "after"))
    kind = entry.target.partition("/")[0]
    rows = tuple(
        Row(
            (
                Cell(word, code=key if word != key else ""),
                *(Cell("–" if text == "null" else text[:500]) for text in sides),
            )
        )
        for key, *sides in pairs
        for word in (key_word(texts, key, kind),)
    )
    forms: tuple[Form, ...] = ()
    former = reversal(entry, visit.members.configuration())
    if former is not None and _allowed(visit, scope, former):
        back = Form(
            visit.url(f"{scope.path}/log"),
            (reason_input(visit),),
            (Button(texts("manage_log.take_back"), danger=True),),
            (("entry", str(number)),),
        )
        forms = (back,)
    sections = [Section(facts=facts, table=Table(columns, rows, texts("manage_log.no_content")))]
    if forms:
        sections.append(
            Section(texts("manage_log.take_back"), texts("manage_log.take_back_lead"), forms=forms)
        )
    return sheet(visit, scope, "log", sections, title=texts("manage_log.entry", n=number))


def _allowed(visit: Visit, scope: Scope, changes: Configuration) -> bool:
    """Whether whoever reads this may make that change."""
    try:
        door.rehearse(visit.members, changes, scope.actor)
    except (door.Denied, door.Hindered):
        return False
    return True


def _sign_ins(visit: Visit, scope: Scope) -> Response:
    texts, wanted, outcome = visit.texts, visit.parameter("q").strip(), visit.parameter("outcome")
    found = sign_ins.recent(
        visit.service.accounts.engine, MOST_READ if wanted else MOST_ROWS, outcome=outcome
    )
    rows = tuple(
        Row(
            (
                Cell(moment(datetime.datetime.fromtimestamp(line.time, datetime.UTC).isoformat())),
                Cell(line.user or texts("manage_log.no_account")),
                Cell(
                    texts(f"manage_log.outcome_{line.outcome}"),
                    state="failed" if line.outcome != "entered" else "done",
                ),
                Cell(line.address),
                Cell(line.device),
                Cell(f"{line.times:,}", number=True),
            )
        )
        for line in [s for s in found if matches(wanted, s.user, s.address)][:MOST_ROWS]
    )
    columns = tuple(
        texts(f"manage_log.{c}") for c in ("time", "who", "outcome", "address", "device", "times")
    )
    options = tuple(
        Choice(texts(f"manage_log.outcome_{o}" if o else "manage_sheet.any"), "", value=o)
        for o in ("", "entered", "wrong", "held")
    )
    form = find_form(
        visit,
        f"{scope.path}/log",
        wanted,
        Input("outcome", texts("manage_log.outcome"), outcome, "select", options=options),
    )
    narrow = Form(form.action, form.inputs, form.buttons, (("show", "sign-ins"),), get=True)
    section = Section(
        lead=texts("manage_log.sign_ins_lead"),
        forms=(narrow,),
        table=Table(columns, rows, texts("manage_log.no_sign_ins")),
    )
    return sheet(visit, scope, "log", [section], title=texts("manage_log.sign_ins"))


def _named_in(side: dict[str, Any] | None, key: str, consortium: str) -> str:
    return str(consortium in (side or {}).get(key, ())).lower()


def _did(visit: Visit, actions: str) -> str:
    """The rights that were used, in words."""
    said = [visit.texts.maybe(f"manage_log.did_{action}", action) for action in actions.split()]
    return visit.texts("site.comma").join(said)


def _who(visit: Visit, entry: audit.Entry) -> str:
    kind, name = entry.actor.partition(":")[0], actor_name(visit, entry.actor)
    return f"{name} ({visit.texts('manage_log.operator')})" if kind == "operator" else name


def _why(visit: Visit, entry: audit.Entry) -> str:
    """The reason as it was given; the program's own in the language of the page."""
    ours = entry.actor == SET_UP and entry.reason == setup.REASON
    return visit.texts("manage_log.reason_first-set-up") if ours else entry.reason
