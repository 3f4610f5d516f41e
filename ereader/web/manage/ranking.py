"""In which order a library's readers see the ways to a thing (途径排序): criteria, targets first and last.

What is typed is shown at once on the library's own targets, before it is saved.
"""

from __future__ import annotations

import msgspec
from starlette.responses import Response

from ereader.web.manage.frame import Scope, frame_of, page
from ereader.web.manage.sheets import change
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.members import Configuration
from resolver.rank import CRITERIA, worth
from resolver.service import Answer, Policy
from ui.manage_pages import Group, Input
from ui.pages import Choice
from ui.ranking_pages import Ranked, RankingForm

PART = "profile/order"
MOST_NAMES, LONGEST_NAME, MOST_PACKAGES = 50, 100, 8


class Typed(msgspec.Struct, frozen=True):
    """The form as it was typed (排序表单)."""

    order: tuple[str, ...] = ()
    prefer: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


def show(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/profile/order"""
    held = visit.members.libraries()[scope.id].portal
    return _page(visit, scope, Typed(_whole(held.ranking), held.prefer, held.avoid), {})


def save(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/profile/order: saves it, or only shows what would come of it."""
    typed = Typed(
        _whole(tuple(fields.get(f"order_{n}", "") for n in range(1, len(CRITERIA) + 1))),
        _names(fields.get("prefer", "")),
        _names(fields.get("avoid", "")),
    )
    wrong = {
        name: visit.texts("manage_profile.too_many", n=MOST_NAMES)
        for name in ("prefer", "avoid")
        if len(getattr(typed, name)) > MOST_NAMES
    }
    if wrong:
        return _page(visit, scope, typed, wrong, 422)
    if fields.get("action") == "preview":
        return _page(visit, scope, typed, {})
    held = visit.members.libraries()[scope.id]
    order = () if typed.order == CRITERIA else typed.order
    portal = msgspec.structs.replace(held.portal, ranking=order, prefer=typed.prefer, avoid=typed.avoid)
    changes = Configuration(libraries=(msgspec.structs.replace(held, portal=portal),))
    return change(visit, scope, "profile", fields, changes, f"{scope.path}/{PART}", "manage_profile.saved")


def _whole(order: tuple[str, ...]) -> tuple[str, ...]:
    """Every criterion once: those that are named, then the others in their own order."""
    named = dict.fromkeys(name for name in order if name in CRITERIA)
    return tuple(dict.fromkeys((*named, *CRITERIA)))


def _names(text: str) -> tuple[str, ...]:
    lines = (" ".join(line.split())[:LONGEST_NAME] for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line))


def samples(visit: Visit, library: str) -> list[Answer]:
    """Ways such as its readers meet: the packages it has licensed, and one of every other kind."""
    texts = visit.texts
    packages = sorted(visit.service.knowledge.packages().values(), key=lambda p: p.name)
    open_to = [p for p in packages if not p.terms.libraries or library in p.terms.libraries]
    made = [
        Answer(
            "knowledge-base", "fulltext", p.name, f"https://{n}.example/", "licensed", platform=p.platform,
            licensed=True, direct=bool(p.terms.templates), own=library in p.terms.libraries,
        )
        for n, p in enumerate(open_to[:MOST_PACKAGES])
    ]  # fmt: skip

    def sample(name: str, type: str, **more: object) -> Answer:
        way = Answer(
            "sample", "fulltext", texts(f"manage_ranking.sample_{name}"), f"https://{name}.example/", ""
        )
        return msgspec.structs.replace(way, type=type, **more)

    if not made:
        made.append(sample("licensed", "fulltext", licensed=True, own=True))
    return [
        *made,
        sample("publisher", "fulltext", free=True, direct=True),
        sample("repository", "fulltext", free=True, direct=True, grade=110),
        sample("own_link", "fulltext", own=True, direct=True),
        sample("own_shelf", "holding", own=True, direct=True, available="no"),
        sample("near_shelf", "holding", direct=True, distance=1, available="yes"),
        sample("far_shelf", "holding", direct=True, distance=99, available="yes"),
        sample("request", "document_delivery", own=True),
        sample("page", "landing"),
    ]


def _ranked(visit: Visit, scope: Scope, typed: Typed) -> tuple[Ranked, ...]:
    key = worth(Policy(typed.order, typed.prefer, typed.avoid), visit.service.links.levels(scope.id))
    texts, found = visit.texts, sorted(samples(visit, scope.id), key=key)
    return tuple(
        Ranked(
            a.label,
            texts(f"resolver.section_{a.type}"),
            tuple(
                texts(f"manage_ranking.mark_{name}")
                for name, holds in (
                    ("free", a.free),
                    ("licensed", a.licensed),
                    ("title", a.type == "fulltext" and not a.direct),
                    ("own", a.own and a.type in ("fulltext", "holding")),
                    ("out", a.available == "no"),
                    ("now", a.available == "yes"),
                )
                if holds
            ),
        )
        for a in found
    )


def _page(visit: Visit, scope: Scope, typed: Typed, wrong: dict[str, str], status: int = 200) -> Response:
    texts = visit.texts
    options = tuple(Choice(texts(f"manage_ranking.by_{name}"), "", value=name) for name in CRITERIA)

    def place(n: int, name: str) -> Input:
        label = texts("manage_ranking.place", n=n)
        chosen = tuple(Choice(o.label, "", o.value == name, value=o.value) for o in options)
        return Input(f"order_{n}", label, name, "select", options=chosen)

    def lines(name: str) -> Input:
        hint, label = texts(f"manage_ranking.{name}_hint"), texts(f"manage_ranking.{name}")
        value = "\n".join(getattr(typed, name))
        return Input(name, label, value, "textarea", hint, wrong.get(name, ""), most=6_000, rows=4)

    groups = (
        Group(
            texts("manage_ranking.criteria"),
            tuple(place(n, name) for n, name in enumerate(typed.order, 1)),
            texts("manage_ranking.criteria_text"),
            pair=True,
        ),
        Group(texts("manage_ranking.targets"), (lines("prefer"), lines("avoid"))),
    )
    shown = RankingForm(
        visit.site(),
        frame_of(visit, scope, "profile", texts("manage_ranking.title")),
        visit.url(f"{scope.path}/{PART}"),
        groups,
        texts("manage.save"),
        preview=texts("manage_ranking.try"),
        ranked=_ranked(visit, scope, typed),
        lead=texts("manage_ranking.lead"),
    )
    return page(visit, "manage/ranking.html", shown, status)
