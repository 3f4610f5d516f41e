"""What a consortium publishes of what its members offer (共享矩阵): filtered, one by one or many at once."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.manage.consortium import consortium_of, find_form
from ereader.web.manage.frame import Scope, led
from ereader.web.manage.sheets import change, matches, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration, Repository
from holdings.members.consortium import PUBLISH_OFFERS
from ui.manage_pages import Input
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table
from ui.pages import Choice

STATES = ("seen", "waiting", "withdrawn", "embargoed", "not-a-member", "not-offered")
MOST_ROWS = 300  # on one page; the others are found by filtering
MOST_FIELDS = MOST_ROWS + 20


def matrix(visit: Visit, scope: Scope) -> Response:
    """GET /manage/consortium/ID/sharing"""
    texts, at = visit.texts, consortium_of(scope)
    wanted, state = visit.parameter("q").strip(), visit.parameter("state")
    if state not in STATES:
        state = ""
    counts = dict.fromkeys(STATES, 0)
    rows: list[Row] = []
    found = 0
    standing = PUBLISH_OFFERS in visit.members.consortia()[at].functions
    for repository in sorted(visit.members.repositories().values(), key=lambda r: (r.library, r.id)):
        outcome = visit.members.decision(repository.id, at).outcome
        concerns = at in repository.offered_to or at in repository.published_by
        if not concerns and (
            outcome == "not-a-member" or at not in visit.members.statuses(repository.library)
        ):
            continue  # It has nothing to do with this consortium.
        counts[outcome] += 1
        name = repository.name.in_language(visit.lang, repository.id)
        library = visit.names.library(repository.library)
        if state and state != outcome:
            continue
        if not matches(wanted, repository.id, name, repository.library, library):
            continue
        found += 1
        if len(rows) < MOST_ROWS:
            rows.append(_row(visit, repository, at, outcome, name, library, standing))
    action = visit.url(f"{scope.path}/sharing", [(k, v) for k, v in (("q", wanted), ("state", state)) if v])
    columns = tuple(
        texts(f"manage_consortium.{c}")
        for c in ("repository", "library", "audience", "is_offered", "is_published", "state")
    )
    empty = "none_match" if wanted or state else "nothing_offered"
    form = Form(
        action,
        buttons=(
            Button(texts("manage_consortium.publish"), "do", "publish", main=True),
            Button(texts("manage_consortium.withdraw"), "do", "withdraw", danger=True),
            Button(texts("manage_consortium.publish_shown"), "do", "publish-all"),
        )
        if rows
        else (),
        hidden=(("q", wanted), ("state", state)),
        table=Table(
            columns,
            tuple(rows),
            texts(f"manage_consortium.{empty}"),
            "repository",
        ),
    )
    sections = [
        Section(
            forms=(find_form(visit, f"{scope.path}/sharing", wanted, _state_input(visit, state, counts)),),
            notes=(
                *((texts("manage_consortium.standing"),) if standing else ()),
                *((texts("manage_sheet.more", n=found - len(rows)),) if found > len(rows) else ()),
            ),
        ),
        Section(forms=(form,)),
    ]
    return sheet(visit, scope, "sharing", sections, lead=texts("manage_consortium.sharing_lead"))


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/consortium/ID/sharing"""
    at, action = consortium_of(scope), fields.get("do", "")
    known = visit.members.repositories()
    picked = list(dict.fromkeys(fields.all("repository")))
    if action == "publish-all":
        picked = [r.id for r in known.values() if visit.members.decision(r.id, at).outcome == "waiting"]
        picked = [id for id in picked if _shown(visit, known[id], fields.get("q", ""))]
    if action not in ("publish", "publish-all", "withdraw") or any(id not in known for id in picked):
        return answer.unkept(errors.page(visit, 404))
    changes = []
    for id in picked:
        repository = known[id]
        if not _concerns(visit, repository, at):
            return answer.unkept(errors.page(visit, 404))
        others = tuple(c for c in repository.published_by if c != at)
        published = others if action == "withdraw" else (*others, at)
        if set(published) != set(repository.published_by):
            changes.append(msgspec.structs.replace(repository, published_by=published))
    back = scope.path + "/sharing"
    if not picked and action != "publish-all":
        return led(visit, back, "manage_consortium.none_picked")
    standing = PUBLISH_OFFERS in visit.members.consortia()[at].functions
    if action == "withdraw" and standing and any(at in known[id].offered_to for id in picked):
        return led(visit, back, "manage_consortium.still_published")
    state = fields.get("state", "")
    kept = {"q": fields.get("q", "").strip(), "state": state if state in STATES else ""}
    query = urlencode({name: value for name, value in kept.items() if value})
    flash = "manage_consortium.withdrawn" if action == "withdraw" else "manage_consortium.published_now"
    return change(
        visit,
        scope,
        "sharing",
        fields,
        Configuration(repositories=tuple(changes)),
        f"{back}?{query}" if query else back,
        flash,
        {"n": len(changes)},
    )


def _concerns(visit: Visit, repository: Repository, at: str) -> bool:
    named = at in repository.offered_to or at in repository.published_by
    return named or at in visit.members.statuses(repository.library)


def _shown(visit: Visit, repository: Repository, wanted: str) -> bool:
    name = repository.name.in_language(visit.lang, repository.id)
    return matches(
        wanted.strip(), repository.id, name, repository.library, visit.names.library(repository.library)
    )


def _row(
    visit: Visit, repository: Repository, at: str, outcome: str, name: str, library: str, standing: bool
) -> Row:
    texts = visit.texts
    offered, published = at in repository.offered_to, at in repository.published_by
    by_itself = standing and offered and not published
    return Row(
        (
            Cell(name, code=repository.id),
            Cell(library, code=repository.library),
            Cell(texts(f"manage_consortium.audience_{repository.audience}")),
            Cell(texts("manage_sheet.yes" if offered else "manage_sheet.no")),
            Cell(
                texts(
                    "manage_consortium.by_itself"
                    if by_itself
                    else "manage_sheet.yes"
                    if published
                    else "manage_sheet.no"
                )
            ),
            Cell(
                texts(f"manage_consortium.state_{outcome}"),
                state=outcome,
                small=str(repository.embargo_until) if outcome == "embargoed" else "",
            ),
        ),
        repository.id,
        off=outcome in ("not-offered", "not-a-member"),
    )


def _state_input(visit: Visit, value: str, counts: dict[str, int]) -> Input:
    texts = visit.texts
    options = [Choice(texts("manage_sheet.any"), "", value="")]
    options += [
        Choice(f"{texts(f'manage_consortium.state_{s}')} ({counts[s]:,})", "", value=s)
        for s in STATES
        if counts[s] or s == value
    ]
    return Input("state", texts("manage_consortium.state"), value, "select", options=tuple(options))
