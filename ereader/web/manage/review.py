"""The review desk (审核台): pairs of records that the rules leave to people, one after the other."""

from __future__ import annotations

import sqlalchemy as sa
from starlette.responses import Response

from ereader import jobs, judging
from ereader.auth import audit
from ereader.auth.door import Denied
from ereader.exit_status import UsageError
from ereader.web import answer, errors
from ereader.web.manage.beside import lines_of, side_of
from ereader.web.manage.frame import Scope, frame_of, led, page
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members.consortium import CENTRE
from holdings.members.view import View
from holdings.natural import natural
from indexer import pair_verdicts, review
from indexer.agreement import Agreement, agreement
from indexer.pair_verdicts import SAID
from indexer.records.union import SourceRecord
from indexer.review import Suspect
from ui.manage_review_pages import Judged, ReviewPage
from ui.manage_sheet_pages import Cell, Row, Section, Table
from ui.pages import Choice

TAB = "review"
AGREEMENT = "agreement"
MOST_BATCHES = 500
QUEUES = ("open", "second", "disputed", "judged")
LOOK = 40  # pairs that are looked at for one that may be shown
MOST_ROWS = 50


class Desk:
    """What somebody may judge (审核范围): repositories of his own, and all that he sees."""

    def __init__(self, visit: Visit, scope: Scope) -> None:
        place = f"C:{CENTRE}" if scope.kind == "centre" else f"L:{scope.id}"
        self.view: View = visit.members.view(place, visit.viewer)
        known = visit.members.repositories()
        self.visible = {r for r in known if self.view.sees(visit.members.atoms(r), r)}
        whole = scope.kind == "centre"
        self.own = {r for r in self.visible if whole or known[r].library == scope.id}
        self.actor = audit.name_of(scope.actor)
        self.database: sa.Engine = visit.service.accounts.engine

    def source(self, visit: Visit, uid: str) -> SourceRecord | None:
        """A source record, when it may be seen here."""
        union = visit.service.store.union(uid, self.view)
        return next((s for s in union.sources if s.uid == uid), None) if union else None


def shown(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/review, /manage/centre/review"""
    desk = Desk(visit, scope)
    queue = visit.parameter("queue", "open")
    queue = queue if queue in QUEUES else "open"
    batch = visit.parameter("repository", most=64)
    own = {batch} if batch in desk.own else desk.own
    batch = batch if batch in desk.own else ""
    with desk.database.connect() as connection:
        found, sources = _next(visit, desk, connection, own, queue)
        counts = {q: review.counted(connection, own, desk.visible, q, desk.actor) for q in QUEUES}
        mine = pair_verdicts.acts(connection, actor=desk.actor, latest=5)
        # Counting all that was ever said takes a while, which nobody shall wait for between two pairs.
        asked = visit.parameter("show") == AGREEMENT
        told = agreement(connection, own, desk.visible) if asked else None
        judged = _judged(visit, scope, connection, found, sources, queue, batch) if found else None
    last = next((act for act in reversed(mine) if not act.undone), None)
    texts, here = visit.texts, f"{scope.path}/{TAB}"
    choices = sorted(desk.own)[:MOST_BATCHES]
    full = batch or next((r for r in choices if not visit.service.store.is_empty(r)), "")
    working = next((j for j in jobs.unfinished(visit.service.installation) if j.kind == "review"), None)
    shown = ReviewPage(
        visit.site(),
        frame_of(visit, scope, TAB),
        visit.url(here),
        tuple(
            Choice(
                texts(f"review.queue_{q}"),
                visit.url(here, [("queue", q), *([("repository", batch)] if batch else [])]),
                q == queue,
                value=f"{counts[q]:,}",
            )
            for q in QUEUES
        ),
        tuple(Choice(visit.names.repository(r), "", r == batch, value=r) for r in choices),
        batch,
        queue,
        judged,
        texts("review.nothing" if sum(counts.values()) else "review.nothing_yet"),
        last.number if last else 0,
        texts("review.undo_of", n=last.number, said=texts(f"review.said_{last.said}")) if last else "",
        tuple(Choice(visit.names.repository(r), "", r == full, value=r) for r in choices),
        texts("review.working", percent=round(working.fraction * 100)) if working else "",
        _statistics(visit, scope, told) if told else (),
        visit.url(here, [("queue", queue), ("show", AGREEMENT)]),
    )
    return page(visit, "manage/review.html", shown)


def said(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/review, /manage/centre/review: a verdict, its taking back, or a new search"""
    desk = Desk(visit, scope)
    here, do = f"{scope.path}/{TAB}", fields.get("do", "")
    queue = fields.get("queue", "open")
    kept = [("queue", queue if queue in QUEUES else "open")]
    if fields.get("repository", "") in desk.own:
        kept.append(("repository", fields["repository"]))
    if do == "compare":
        wanted = fields.get("compare", "")
        if wanted not in desk.own:
            return answer.unkept(errors.page(visit, 404))
        jobs.start(visit.service.installation, "review", {"repository": wanted}, scope.actor, once=True)
        return led(visit, here, "review.started")
    try:
        if do.startswith("undo:"):
            return _undone(visit, scope, desk, do.removeprefix("undo:"), kept)
        one, other = (
            desk.source(visit, fields.get("one", "")[:64]),
            desk.source(visit, fields.get("other", "")[:64]),
        )
        if (
            one is None
            or other is None
            or do not in SAID
            or not {one.repository, other.repository} & desk.own
        ):
            return answer.unkept(errors.page(visit, 404))
        act = judging.judge(
            visit.service.installation, SAID[SAID.index(do)], [(one.uid, other.uid)], scope.actor,
            fields.get("reason", ""),
        )  # fmt: skip
    except UsageError:
        return answer.unkept(errors.page(visit, 404))
    judging.follow(visit.service.installation)
    after = natural(fields.get("number", ""))
    if after is not None:
        kept.append(("after", str(after)))
    return led(visit, _address(here, kept), f"review.done_{act.said}", {"n": act.number})


def _undone(visit: Visit, scope: Scope, desk: Desk, number: str, kept: list[tuple[str, str]]) -> Response:
    verdict = natural(number)
    if verdict is None:
        return answer.unkept(errors.page(visit, 404))
    try:
        act = judging.take_back(visit.service.installation, verdict, scope.actor)
    except Denied:
        # Whose it is and whether there is one are not told to those whom it does not concern.
        return answer.unkept(errors.page(visit, 404))
    judging.follow(visit.service.installation)
    with desk.database.connect() as connection:
        found = review.suspect(connection, pair=act.pairs[0])
    if found:
        kept = [*kept, ("at", str(found.number))]
    return led(visit, _address(f"{scope.path}/{TAB}", kept), "review.taken_back", {"n": act.number})


def _address(path: str, params: list[tuple[str, str]]) -> str:
    return path + "?" + "&".join(f"{name}={value}" for name, value in params)


def _next(
    visit: Visit, desk: Desk, connection: sa.Connection, own: set[str], queue: str
) -> tuple[Suspect | None, tuple[SourceRecord, SourceRecord] | None]:
    """The pair asked for, or the first behind it that may be shown."""
    at, after = (natural(visit.parameter(name, most=10)) or 0 for name in ("at", "after"))
    if at:
        found = review.suspect(connection, at)
        both = _both(visit, desk, found) if found else None
        if found and both and {both[0].repository, both[1].repository} & own:
            return found, both
    # Behind the last pair come those that were passed over.
    for begin in (after, 0) if after else (0,):
        for found in review.listed(connection, own, desk.visible, queue, desk.actor, after=begin, limit=LOOK):
            both = _both(visit, desk, found)
            if both:
                return found, both
    return None, None


def _both(visit: Visit, desk: Desk, found: Suspect) -> tuple[SourceRecord, SourceRecord] | None:
    one, other = desk.source(visit, found.one), desk.source(visit, found.other)
    return (one, other) if one and other else None


def _judged(
    visit: Visit,
    scope: Scope,
    connection: sa.Connection,
    found: Suspect,
    sources: tuple[SourceRecord, SourceRecord] | None,
    queue: str,
    batch: str,
) -> Judged | None:
    if sources is None:
        return None
    one, other = sources
    words = [
        act for act in pair_verdicts.acts(connection, [one.uid])
        if not act.undone and (found.one, found.other) in act.pairs
    ]  # fmt: skip
    kept = [("queue", queue), *([("repository", batch)] if batch else [])]
    # Who gives a second opinion must not be swayed by the first.
    told = words if queue in ("disputed", "judged") else []
    return Judged(
        side_of(visit, one),
        side_of(visit, other),
        lines_of(visit, one.record, other.record),
        () if queue == "second" else found.why,
        found.rule,
        f"{found.score:.0%}",
        found.outcome == "same",
        found.number,
        tuple(
            visit.texts("review.word", said=visit.texts(f"review.said_{a.said}"), day=a.made[:10])
            + (f" — {a.reason}" if a.reason else "")
            for a in told
        ),
        visit.url(f"{scope.path}/{TAB}", [*kept, ("after", str(found.number))]),
    )


def _statistics(visit: Visit, scope: Scope, told: Agreement) -> tuple[Section, ...]:
    texts = visit.texts
    # Of people elsewhere nobody is told what they do.
    own = {
        f"user:{name}"
        for name, user in visit.members.users().items()
        if scope.kind == "centre" or user.library == scope.id
    }
    facts = (
        (texts("review.stat_pairs"), f"{told.pairs:,}"),
        (
            texts("review.stat_said"),
            texts("review.stat_said_value", same=told.same, different=told.different),
        ),
        (texts("review.stat_twice"), f"{told.twice:,}"),
        (texts("review.stat_agreed"), f"{told.agreed / told.twice:.0%}" if told.twice else "–"),
        (texts("review.stat_kappa"), f"{told.kappa:.2f}" if told.kappa is not None else "–"),
    )
    rules = tuple(
        Row(
            (
                Cell(rule.rule),
                Cell(f"{rule.same:,}", number=True),
                Cell(f"{rule.different:,}", number=True),
                Cell(f"{rule.same / max(1, rule.same + rule.different):.0%}", number=True),
            )
        )
        for rule in told.rules[:MOST_ROWS]
    )
    people = tuple(
        Row((Cell(name.partition(":")[2]), Cell(f"{count:,}", number=True)))
        for name, count in told.people[:MOST_ROWS]
        if name in own
    )
    columns = tuple(texts(f"review.column_{c}") for c in ("rule", "same", "different", "share"))
    who = (texts("review.column_person"), texts("review.column_pairs"))
    by_rule, by_person = texts("review.by_rule"), texts("review.by_person")
    return (
        Section(texts("review.statistics"), texts("review.statistics_lead"), "statistics", facts),
        Section(by_rule, "", "rules", table=Table(columns, rules, "–", caption=by_rule)),
        Section(by_person, "", "people", table=Table(who, people, "–", caption=by_person)),
    )
