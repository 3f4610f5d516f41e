"""From a request to what is wanted (所求): the link read and mended, records and packages found for it."""

from __future__ import annotations

import msgspec

from ereader.web import coins, resolver_asker, resolver_records
from ereader.web.resolver_parse import openurl_of
from ereader.web.visit import Visit
from indexer.records.union import UnionRecord
from resolver.citation import Citation
from resolver.context_object import ContextObject
from resolver.enrich import enriched
from resolver.parse import Parsed, parse
from resolver.repair import completeness, missing, repair
from resolver.resolve import Resolution
from resolver.service import Found, Wanted

RECORD = "record"  # the parameter that names a record of this portal
LONGEST_ID = 64


class Question(msgspec.Struct, frozen=True):
    """A link of one visitor (提问): what is wanted, what it said by itself, and whether it was mended."""

    wanted: Wanted
    said: Citation
    mended: bool = False
    unions: tuple[UnionRecord, ...] = ()  # of the very thing, as far as somebody has it on the shelf
    itself: UnionRecord | None = None  # a record of this portal, and no link of a source

    @property
    def inside(self) -> bool:
        return self.itself is not None

    @property
    def empty(self) -> bool:
        """Whether nothing is cited at all."""
        return not (self.wanted.context.referent or self.wanted.citation.title)


def question(visit: Visit, body: bytes = b"") -> Question:
    """What a request wants, for the visitor; a record that he may not see is no record."""
    named = visit.parameter(RECORD, most=LONGEST_ID + 1)
    if named and not body.strip():
        return of_record(visit, named)
    return of_link(visit, openurl_of(visit, body))


def of_record(visit: Visit, id: str) -> Question:
    """A record of this portal is wanted."""
    union = visit.service.store.union(id, visit.view) if 0 < len(id) <= LONGEST_ID else None
    if union is None:
        return Question(Wanted(Citation()), Citation())
    return of_link(visit, parse(coins.of_record(union.record)), union)


def of_link(visit: Visit, parsed: Parsed, itself: UnionRecord | None = None) -> Question:
    """What an OpenURL wants; ``itself`` is the very record where that is known."""
    said, mended = repair(parsed.context)
    wanted, unions = _wanted(visit, parsed.context, said, itself)
    return Question(wanted, said, bool(mended or parsed.problems), unions, itself)


def again(visit: Visit, asked: Question, citation: Citation) -> Question:
    """The same question by a citation of which more is known."""
    wanted, unions = _wanted(visit, asked.wanted.context, citation, asked.itself)
    return msgspec.structs.replace(asked, wanted=wanted, unions=unions)


def _wanted(
    visit: Visit, context: ContextObject, citation: Citation, itself: UnionRecord | None
) -> tuple[Wanted, tuple[UnionRecord, ...]]:
    records: list[tuple[UnionRecord, Found]] = []
    if itself is not None:
        records.append((itself, resolver_records.as_found(visit, itself, "exact", whole=True)))
        citation = enriched(citation, itself.record)
    for union, found in resolver_records.look_up(visit, citation):
        if itself is None or union.id != itself.id:
            records.append((union, found))
    if itself is None:
        for union, found in records:
            if found.whole and found.match == "exact":
                citation = enriched(citation, union.record)
                break
    asker = resolver_asker.asker(visit)
    wanted = Wanted(
        citation=citation,
        context=context,
        asker=asker,
        place=resolver_asker.place(visit, asker.library),
        records=tuple(found for _, found in records),
        offers=tuple(visit.service.knowledge.offers(citation)),
        health=visit.service.links.levels(asker.library),
    )
    return wanted, tuple(u for u, found in records if found.whole and any(h.shelved for h in found.held))


def note_referrer(visit: Visit, asked: Question, found: Resolution) -> None:
    """Counts what the link of a source was like, for the report on sources."""
    context = asked.wanted.context
    if asked.empty or asked.inside:
        return
    visit.service.links.referred(
        context.source,
        asked.said.kind or "",
        completeness(asked.said),
        missing(asked.said),
        mended=asked.mended,
        answered=any(a.type in ("fulltext", "holding") for a in found.answers),
    )
