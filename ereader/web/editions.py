"""All editions and translations of a work (全部版本): the page, its JSON, and what result lists say of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.responses import Response

from ereader.search import editions as found_editions
from ereader.search.answer import hit_answer
from ereader.search.results import Hit
from ereader.web import answer, errors, present
from ereader.web.api import api
from ereader.web.handler import handler
from ereader.web.visit import Visit
from indexer.records.resource_type import BY_CODE
from indexer.records.union import UnionRecord
from ui import edition_pages, pages
from ui.presenters.text import language_tag, script_of

SHOWN = 6  # other editions on the record page


@handler
def editions(visit: Visit, id: str) -> Response:
    """GET /record/ID/editions"""
    union = _union(visit, id)
    if union is None:
        return errors.page(visit, 404)
    found = found_editions.editions(union, visit.service.store, visit.view, visit.service.engine)
    record = union.record
    hits = found.hits or ()
    shown = edition_pages.EditionsPage(
        site=visit.site(canonical=visit.absolute(f"/record/{union.id}/editions")),
        title=pages.Text(record.title, language_tag(script_of(record.title), record.languages)),
        record_href=visit.url(f"/record/{union.id}"),
        author=record.contributors[0].name if record.contributors else "",
        total=max(found.total, 1),
        shown=len(hits),
        groups=_groups(visit, hits, union.id),
    )
    return answer.html(visit, visit.service.renderer.render("editions.html", shown))


@api
def listed(visit: Visit, id: str) -> Response:
    """GET /api/v1/records/ID/editions"""
    union = _union(visit, id)
    if union is None:
        return errors.problem(visit, 404)
    found = found_editions.editions(union, visit.service.store, visit.view, visit.service.engine)
    body: dict[str, Any] = {
        "id": union.id,
        "total": found.total,
        "editions": [_edition(hit) for hit in found.hits],
    }
    return answer.json(visit, body)


def others(visit: Visit, union: UnionRecord) -> tuple[tuple[pages.Hit, ...], int]:
    """The first editions beside this one for its own page, and how many there are with it."""
    found = found_editions.editions(
        union, visit.service.store, visit.view, visit.service.engine, limit=SHOWN + 1
    )
    beside = [(hit.id, hit.display) for hit in found.hits if hit.id != union.id]
    return present.plain_hits(visit, beside[:SHOWN]), found.total


def counts(
    visit: Visit, hits: Sequence[Hit], *, fold: bool
) -> tuple[Sequence[Hit], dict[str, dict[str, Any]]]:
    """The hits to show and, by id, what each line says of its work: members of ``pages.Hit``.

    With ``fold`` equal works of the page are one line, which names the others.
    """
    counted = found_editions.counted(hits, visit.view, visit.service.engine)
    more: dict[str, dict[str, Any]] = {
        id: {"editions": n, "editions_href": visit.url(f"/record/{id}/editions")} for id, n in counted.items()
    }
    if not fold:
        return hits, more
    lines = found_editions.folded(hits)
    for line in lines:
        if line.also:
            also = tuple(_also(visit, hit) for hit in line.also)
            more[line.hit.id] = {**more.get(line.hit.id, {}), "also": also}
    return tuple(line.hit for line in lines), more


def _also(visit: Visit, hit: Hit) -> pages.Choice:
    shown = hit.display
    year = visit.names.year(shown.year) if shown.year is not None else ""
    label = " · ".join(part for part in (shown.title, shown.volume, shown.publisher, year) if part)
    return pages.Choice(label, visit.url(f"/record/{hit.id}"), lang=language_tag(script_of(shown.title), ()))


def _union(visit: Visit, id: str) -> UnionRecord | None:
    return visit.service.store.union(id, visit.view) if len(id) <= 64 else None


def _groups(visit: Visit, hits: Sequence[Hit], own: str) -> tuple[edition_pages.EditionGroup, ...]:
    """By language and type, the larger groups first, each by year; what has no year stands at its end."""
    held: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        held.setdefault((next(iter(hit.display.languages), ""), hit.display.type), []).append(hit)
    groups = []
    for (language, type), members in sorted(held.items(), key=lambda item: -len(item[1])):
        label = visit.names.value("language", language) if language else visit.texts("editions.no_language")
        members.sort(key=lambda hit: (hit.display.year is None, hit.display.year or 0, hit.display.volume))
        groups.append(
            edition_pages.EditionGroup(
                label,
                visit.names.type(type) if type in BY_CODE else type,
                present.plain_hits(visit, ((hit.id, hit.display) for hit in members)),
                next((n for n, hit in enumerate(members) if hit.id == own), -1),
            )
        )
    return tuple(groups)


def _edition(hit: Hit) -> dict[str, Any]:
    return {**hit_answer(msgspec.structs.replace(hit, highlights={})), "volume": hit.display.volume}
