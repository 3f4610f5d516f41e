"""The repositories of a library and who sees them (资源库与共享): list, make, change, withdraw."""

from __future__ import annotations

import datetime
import threading
import time
from collections.abc import Mapping
from typing import NamedTuple, get_args
from weakref import WeakKeyDictionary

import msgspec
from starlette.responses import Response

from ereader.auth.roles import Target, may
from ereader.web import answer, errors
from ereader.web.manage import meanwhile
from ereader.web.manage.frame import Scope
from ereader.web.manage.load_form import repositories as own
from ereader.web.manage.sheets import change, consortium_name, reason_input, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, Name, Repository
from holdings.members.apply import valid_id
from holdings.members.repository import Audience, PrivateField
from holdings.members.sharing import embargoed
from indexer.store import Store
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice

AUDIENCES: tuple[Audience, ...] = get_args(Audience)
PRIVATE: tuple[PrivateField, ...] = get_args(PrivateField)
LONGEST_NAME = 200
Errors = Mapping[str, str]
Counts = dict[str, dict[str, int]]
PAUSE = 20  # times as long as counting takes, between two counts
_counted: WeakKeyDictionary[Store, _Counted] = WeakKeyDictionary()
_counting = threading.Lock()


class Typed(msgspec.Struct, frozen=True):
    """A repository as it was typed (资源库表单)."""

    id: str = ""
    zh: str = ""
    en: str = ""
    audience: str = "everyone"
    offered: tuple[str, ...] = ()
    embargo: str = ""
    private: tuple[str, ...] = ()


def listed(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/repositories"""
    return _list(visit, scope, Typed(), {})


def create(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/repositories"""
    typed = _typed(fields)
    errors_found = _check(visit, typed, {})
    if not valid_id(typed.id):
        errors_found["id"] = visit.texts("manage_load.bad_id")
    elif typed.id in visit.members.repositories():
        errors_found["id"] = visit.texts("manage_load.taken_id")
    if errors_found:
        return _list(visit, scope, typed, errors_found)
    new = _made(typed, Repository(typed.id, scope.id))
    back = f"{scope.path}/repositories/{new.id}"
    return change(
        visit, scope, "repositories", fields, Configuration(repositories=(new,)), back, "manage_share.made"
    )


def show(visit: Visit, scope: Scope, repository: str) -> Response:
    """GET /manage/library/ID/repositories/REPOSITORY"""
    found = _own(visit, scope, repository)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    return _one(visit, scope, found, _as_typed(found), {})


def save(visit: Visit, scope: Scope, fields: Fields, repository: str) -> Response:
    """POST /manage/library/ID/repositories/REPOSITORY: saves, or withdraws it from everywhere."""
    found = _own(visit, scope, repository)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    back = f"{scope.path}/repositories/{found.id}"
    if fields.get("action") == "withdraw":
        new, said = msgspec.structs.replace(found, offered_to=()), "manage_share.withdrawn"
    else:
        typed = _typed(fields)
        wrong = _check(visit, typed, dict.fromkeys(_consortia(visit, found), ""))
        if wrong:
            return _one(visit, scope, found, typed, wrong, fields)
        new, said = _made(typed, found), "manage_share.saved"
        held = _as_typed(found)
        late = new != found and meanwhile.changed(
            visit, scope, "repositories", fields, held, f"repository/{found.id}"
        )
        if late:
            return late
    return change(visit, scope, "repositories", fields, Configuration(repositories=(new,)), back, said)


def _own(visit: Visit, scope: Scope, id: str) -> Repository | None:
    found = visit.members.repositories().get(id)
    return found if found and found.library == scope.id else None


def _typed(fields: Fields) -> Typed:
    def line(name: str) -> str:
        return " ".join(fields.get(name, "").split())[:LONGEST_NAME]

    return Typed(
        line("id"),
        line("name_zh"),
        line("name_en"),
        line("audience") or "everyone",
        tuple(dict.fromkeys(fields.all("offered"))),
        line("embargo"),
        tuple(dict.fromkeys(fields.all("private"))),
    )


def _as_typed(held: Repository) -> Typed:
    embargo = held.embargo_until.isoformat() if held.embargo_until else ""
    return Typed(held.id, held.name.zh, held.name.en, held.audience, held.offered_to, embargo, held.private)


def _check(visit: Visit, typed: Typed, consortia: Mapping[str, str]) -> dict[str, str]:
    texts, wrong = visit.texts, dict[str, str]()
    if not typed.zh and not typed.en:
        wrong["name_zh"] = texts("manage_share.no_name")
    if typed.audience not in AUDIENCES:
        wrong["audience"] = texts("manage_load.choose")
    if any(c not in consortia for c in typed.offered):
        wrong["offered"] = texts("manage_load.choose")
    if any(p not in PRIVATE for p in typed.private):
        wrong["private"] = texts("manage_load.choose")
    if typed.embargo and _day(typed.embargo) is None:
        wrong["embargo"] = texts("manage_share.bad_day")
    return wrong


def _made(typed: Typed, held: Repository) -> Repository:
    return msgspec.structs.replace(
        held,
        name=Name(typed.zh, typed.en),
        audience=typed.audience,
        offered_to=typed.offered,
        embargo_until=_day(typed.embargo),
        private=tuple(p for p in PRIVATE if p in typed.private),
    )


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def _consortia(visit: Visit, repository: Repository) -> list[str]:
    """The consortia that it can be offered to, or is: those of the library, in order of their names."""
    held = {*visit.members.statuses(repository.library), *repository.offered_to, *repository.published_by}
    known = visit.members.consortia()
    return sorted((c for c in held if c in known), key=lambda c: (consortium_name(visit, c), c))


def _state(visit: Visit, repository: Repository, consortium: str) -> str:
    """How it stands there, in words."""
    outcome = visit.members.decision(repository.id, consortium).outcome
    return visit.texts(f"manage_share.state_{outcome.replace('-', '_')}")


def _list(visit: Visit, scope: Scope, typed: Typed, wrong: Errors) -> Response:
    texts = visit.texts
    counts = counts_of(visit)
    rows = [
        Row(
            (
                Cell(visit.names.repository(r.id), visit.url(f"{scope.path}/repositories/{r.id}"), r.id),
                Cell(f"{counts.get(r.id, {}).get('live', 0):,}", number=True),
                Cell(texts(f"manage_share.audience_{r.audience.replace('-', '_')}")),
                Cell(_shown_at(visit, r), small=waiting_at(visit, r)),
            )
        )
        for r in own(visit, scope)
    ]
    columns = ("repository", "records", "audience", "shown_at")
    form = Form(
        visit.url(f"{scope.path}/repositories"),
        (
            Input(
                "id",
                texts("manage_share.id"),
                typed.id,
                hint=texts("manage_share.id_hint"),
                error=wrong.get("id", ""),
                required=True,
                most=64,
            ),
            *_names(visit, typed, wrong),
        ),
        (Button(texts("manage_share.make"), main=True),),
    )
    sections = [
        Section(
            table=Table(
                tuple(texts(f"manage_share.{c}") for c in columns), tuple(rows), texts("manage_share.none")
            )
        ),
        Section(texts("manage_share.new"), texts("manage_share.new_lead"), "new", forms=(form,)),
    ]
    return sheet(visit, scope, "repositories", sections, lead=texts("manage_share.lead"))


def _shown_at(visit: Visit, repository: Repository) -> str:
    seen = [
        consortium_name(visit, c)
        for c in _consortia(visit, repository)
        if visit.members.decision(repository.id, c).seen
    ]
    return visit.texts("site.comma").join(seen) or visit.texts("manage_share.nowhere")


def waiting_at(visit: Visit, repository: Repository) -> str:
    """Which consortia have been offered it and have not published it yet, in words."""
    waiting = [
        consortium_name(visit, c)
        for c in _consortia(visit, repository)
        if visit.members.decision(repository.id, c).outcome == "waiting"
    ]
    if not waiting:
        return ""
    return visit.texts("manage_share.waits_for", name=visit.texts("site.comma").join(waiting))


def _names(visit: Visit, typed: Typed, wrong: Errors) -> tuple[Input, ...]:
    texts = visit.texts
    return (
        Input(
            "name_zh",
            texts("manage_share.name_zh"),
            typed.zh,
            error=wrong.get("name_zh", ""),
            most=LONGEST_NAME,
            lang="zh",
        ),
        Input("name_en", texts("manage_share.name_en"), typed.en, most=LONGEST_NAME, lang="en"),
    )


def _one(
    visit: Visit, scope: Scope, held: Repository, typed: Typed, wrong: Errors, fields: Fields | None = None
) -> Response:
    texts = visit.texts
    name = visit.names.repository(held.id)
    consortia = _consortia(visit, held)
    day = datetime.datetime.now(datetime.UTC).date()
    rows = [
        Row(
            (
                Cell(consortium_name(visit, c), code=c),
                Cell(texts("manage_sheet.yes" if c in held.offered_to else "manage_sheet.no")),
                Cell(texts("manage_sheet.yes" if c in held.published_by else "manage_sheet.no")),
                Cell(_state(visit, held, c), state=visit.members.decision(held.id, c).outcome),
            )
        )
        for c in consortia
    ]
    columns = tuple(texts(f"manage_share.{c}") for c in ("place", "offered", "published", "state"))
    own_portal = "own_embargo" if embargoed(held, day) else f"own_{held.audience.replace('-', '_')}"
    live = counts_of(visit).get(held.id, {}).get("live", 0)
    action = visit.url(f"{scope.path}/repositories/{held.id}")
    sections = [
        Section(
            texts("manage_share.now"),
            facts=((texts("manage_share.records"), f"{live:,}"), (texts("manage_share.id"), held.id)),
            notes=(texts(f"manage_share.{own_portal}"),),
            table=Table(columns, tuple(rows), texts("manage_share.no_consortia")),
            links=_links(visit, scope, held),
        ),
        Section(
            texts("manage_share.change"),
            forms=(
                Form(
                    action,
                    (
                        *_names(visit, typed, wrong),
                        *_rules(visit, typed, wrong, consortia),
                        reason_input(visit, fields),
                    ),
                    (Button(texts("manage_share.look"), main=True),),
                    (meanwhile.mark(_as_typed(held), fields),),
                ),
            ),
            id="change",
        ),
    ]
    if held.offered_to:
        sections.append(
            Section(
                texts("manage_share.withdraw_title"),
                texts("manage_share.withdraw_text"),
                "withdraw",
                forms=(
                    Form(
                        action,
                        (),
                        (Button(texts("manage_share.withdraw"), "action", "withdraw", danger=True),),
                    ),
                ),
            )
        )
    return sheet(visit, scope, "repositories", sections, title=name)


def _links(visit: Visit, scope: Scope, held: Repository) -> tuple[Choice, ...]:
    found = []
    if may(scope.actor, "records.load", Target(library=scope.id)).allowed:
        address = visit.url(f"{scope.path}/load", [("repository", held.id)])
        found.append(Choice(visit.texts("manage_share.load"), address))
    address = visit.url(f"{scope.path}/repositories/{held.id}/reading")
    return (*found, Choice(visit.texts("manage_reading.link"), address))


def _rules(visit: Visit, typed: Typed, wrong: Errors, consortia: list[str]) -> tuple[Input, ...]:
    texts = visit.texts
    statuses = {c: consortium_name(visit, c) for c in consortia}
    return (
        Input(
            "audience",
            texts("manage_share.audience"),
            kind="radios",
            hint=texts("manage_share.audience_hint"),
            error=wrong.get("audience", ""),
            options=tuple(
                Choice(
                    texts(f"manage_share.audience_{a.replace('-', '_')}"), "", typed.audience == a, value=a
                )
                for a in AUDIENCES
            ),
        ),
        Input(
            "offered",
            texts("manage_share.offer"),
            kind="checks",
            hint=texts("manage_share.offer_hint" if consortia else "manage_share.no_consortia"),
            error=wrong.get("offered", ""),
            options=tuple(Choice(name, "", c in typed.offered, value=c) for c, name in statuses.items()),
        ),
        Input(
            "embargo",
            texts("manage_share.embargo"),
            typed.embargo,
            "date",
            texts("manage_share.embargo_hint"),
            wrong.get("embargo", ""),
            most=10,
        ),
        Input(
            "private",
            texts("manage_share.private"),
            kind="checks",
            hint=texts("manage_share.private_hint"),
            error=wrong.get("private", ""),
            options=tuple(
                Choice(texts(f"manage_share.private_{p}"), "", p in typed.private, value=p) for p in PRIVATE
            ),
        ),
    )


def counts_of(visit: Visit) -> Counts:
    """Records of each repository; counted again when the store has changed, but not while counting would
    take more than a small part of the time.
    """
    store = visit.service.store
    seq, now = store.seq(), time.monotonic()
    with _counting:
        held = _counted.get(store)
        if held is None or (held.seq != seq and now - held.at > PAUSE * held.cost):
            counts = store.statistics()["repositories"]
            held = _counted[store] = _Counted(seq, counts, now, time.monotonic() - now)
    return held.counts


class _Counted(NamedTuple):
    seq: int
    counts: Counts
    at: float
    cost: float  # seconds that counting took
