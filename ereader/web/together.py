"""What is in one union record, for those who may split it or merge it with another (合并与拆分)."""

from __future__ import annotations

import re

from starlette.responses import RedirectResponse, Response

from ereader import judging
from ereader.auth import audit
from ereader.auth.care import caring
from ereader.auth.door import Denied
from ereader.auth.operator import acting
from ereader.auth.roles import Actor
from ereader.exit_status import UsageError
from ereader.web import answer, errors
from ereader.web.describe import SCHEMES
from ereader.web.handler import handler
from ereader.web.manage.beside import side_of
from ereader.web.posted import Fields, changing
from ereader.web.record import text
from ereader.web.visit import Visit
from holdings.natural import natural
from indexer import pair_verdicts
from indexer.records.union import UnionRecord
from ui.manage_review_pages import Member, TogetherPage, Word

_ID = re.compile(r"(?:.*/record/)?([a-z2-7]{16})(?:[/?#].*)?\Z")
_KEY = re.compile(r"(\w+) (\S+) and title(?: and volume (.+))?")
MOST_FIELDS = 500  # source records that can be ticked at once
DONE = frozenset({"merged", "split", "taken_back", "later", "outvoted"})


def opens(visit: Visit, union: UnionRecord) -> bool:
    """Whether the visitor may say something of a record: staff of a library that owns one of its sources."""
    actor = _actor(visit)
    return actor is not None and judging.may_judge(actor, {s.library for s in union.sources})


@handler
def page(visit: Visit, id: str) -> Response:
    """GET /record/ID/together"""
    return _shown(visit, id)


def _changed(visit: Visit, fields: Fields, id: str) -> Response:
    """POST /record/ID/together"""
    union, actor = _union(visit, id), _actor(visit)
    if union is None or actor is None or not opens(visit, union):
        return answer.unkept(errors.page(visit, 404))
    home, do = visit.service.installation, fields.get("do", "")
    uids, reason = [s.uid for s in union.sources], fields.get("reason", "")
    try:
        if do == "split":
            out = [uid for uid in fields.all("uid") if uid in uids]
            left = [uid for uid in uids if uid not in out]
            if not out or not left:
                return _shown(visit, id, fault="together.choose_some")
            judging.judge(home, "different", judging.across(out, left), actor, reason)
            flash, one, two = "split", out[0], left[0]
        elif do == "merge":
            given = fields.get("other", "")[:300].strip()
            found = _ID.match(given)
            other = _union(visit, found[1]) if found else None
            if other is None or other.id == union.id:
                return _shown(visit, id, fault="together.no_other", other=given)
            pairs = judging.across(uids, [s.uid for s in other.sources])
            judging.judge(home, "same", pairs, actor, reason)
            flash, one, two = "merged", uids[0], other.sources[0].uid
        else:
            number = natural(do.removeprefix("undo:"))
            if number is None:
                return answer.unkept(errors.page(visit, 404))
            judging.take_back(home, number, actor)
            flash, one, two = "taken_back", id, id
    except Denied:
        return _shown(visit, id, fault="together.not_yours", other=fields.get("other", "")[:300], status=403)
    except UsageError:
        return answer.unkept(errors.page(visit, 404))
    if not judging.follow(home):
        flash = "later"
    elif flash != "taken_back" and _are_one(visit, one, two) != (flash == "merged"):
        flash = "outvoted"
    address = visit.url(f"/record/{id}/together", [("done", flash)])
    return RedirectResponse(address, 303, {"cache-control": answer.UNKEPT})


change = changing(_changed, most_fields=MOST_FIELDS)


def _shown(visit: Visit, id: str, fault: str = "", other: str = "", status: int = 0) -> Response:
    union, actor = _union(visit, id), _actor(visit)
    if union is None or actor is None or not opens(visit, union):
        return answer.unkept(errors.page(visit, 404))
    texts, uids = visit.texts, {s.uid for s in union.sources}
    with visit.service.accounts.engine.connect() as connection:
        acts = pair_verdicts.acts(connection, uids)
        owners = judging.owners_of(connection, visit.members, {u for act in acts for u in act.records})
    words = []
    for act in reversed(acts):
        # Of a verdict that names a record which is hidden here, nothing is told here.
        if not all(u in uids or _union(visit, u) for u in act.records):
            continue
        mine = act.actor == audit.name_of(actor) or all(
            judging.may_judge(actor, [owners.get(u, "") for u in pair]) for pair in act.pairs
        )
        said = texts(f"review.said_{act.said}")
        line = texts(
            "together.word", n=act.number, said=said, day=act.made[:10], who=_who(visit, actor, act.actor)
        )
        words.append(Word(act.number, line, act.reason, not act.undone, mine and not act.undone))
    done = visit.parameter("done")
    shown = TogetherPage(
        visit.site(),
        text(union.record.title, union.record),
        visit.url(f"/record/{union.id}"),
        visit.url(f"/record/{union.id}/together"),
        visit.signed_in.form_key if visit.signed_in else "",
        tuple(
            Member(
                side_of(visit, s),
                s.record.title,
                texts("site.comma").join(
                    part
                    for part in (s.record.edition, s.record.publication.publisher, str(s.record.year or ""))
                    if part
                ),
                texts("site.comma").join(reason_of(visit, m) for m in s.merged_by),
                judging.may_judge(actor, [s.library]),
            )
            for s in union.sources
        ),
        tuple(words),
        texts(f"together.done_{done}") if done in DONE else "",
        texts(fault) if fault else "",
        other,
    )
    rendered = visit.service.renderer.render("together.html", shown)
    return answer.unkept(answer.html(visit, rendered, status or (422 if fault else 200)))


def _are_one(visit: Visit, one: str, other: str) -> bool:
    first, second = _union(visit, one), _union(visit, other)
    return first is not None and second is not None and first.id == second.id


def _who(visit: Visit, actor: Actor, name: str) -> str:
    """Who it was: by name for colleagues and the centre, else the library."""
    kind, _, user = name.partition(":")
    known = visit.members.users().get(user) if kind == "user" else None
    if known is None:
        return visit.texts("together.operator")
    if known.library == actor.library or "centre-admin" in actor.roles:
        return user
    return visit.names.library(known.library) if known.library else visit.texts("manage.centre")


def _actor(visit: Visit) -> Actor | None:
    return caring(acting(visit.signed_in.user), visit.members) if visit.signed_in else None


def _union(visit: Visit, id: str) -> UnionRecord | None:
    return visit.service.store.union(id, visit.view) if len(id) <= 64 else None


def reason_of(visit: Visit, key: str) -> str:
    """A matching key in words, ``isbn 9787… and title and volume 2``, somebody's verdict, or a rule."""
    if key.startswith("verdict "):
        return visit.texts("staff.by_verdict", n=key.removeprefix("verdict "))
    if key.startswith("rule "):
        return visit.texts("staff.by_rule", rule=key.removeprefix("rule "))
    found = _KEY.fullmatch(key)
    if found is None:
        return key
    said = visit.texts("staff.by_key", scheme=SCHEMES.get(found[1], found[1]), value=found[2])
    return said + (visit.texts("staff.by_volume", volume=found[3]) if found[3] else "")
