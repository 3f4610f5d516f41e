"""Editions and translations of a work (版本): who shares it, how many there are, and the hits of one page
together.

All of it in a View: an edition that the viewer may not see is neither listed nor counted.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ereader.search.results import Hit
from holdings.members.view import View
from indexer.document import Display
from indexer.index.engine import Engine, SearchCall
from indexer.index.keywords import same_work
from indexer.index.query import Everything
from indexer.records.union import UnionRecord
from indexer.store import Store
from indexer.verdicts import digests

MOST = 500  # editions that are listed; the Bible has more
_DISPLAY = msgspec.json.Decoder(Display)


class Editions(msgspec.Struct, frozen=True):
    """All records of a work with the one asked about (全部版本); ``total`` may be more than are listed."""

    total: int
    hits: tuple[Hit, ...]


class Line(msgspec.Struct, frozen=True):
    """One work on a page of hits (作品行): its first hit, and the others of the page folded into it."""

    hit: Hit
    also: tuple[Hit, ...] = ()


def works(union: UnionRecord, store: Store) -> tuple[int, ...]:
    """The digests of the work of a union record, as its viewer sees it."""
    uids = [source.uid for source in union.sources]
    return digests([union.record, *(s.record for s in union.sources)], uids, store.verdicts(uids))


def editions(union: UnionRecord, store: Store, view: View, engine: Engine, *, limit: int = MOST) -> Editions:
    """All editions and translations, oldest first; none where the work of the record cannot be told."""
    call = _call(works(union, store), view, limit)
    if not call.works:
        return Editions(0, ())
    found = engine.search(call)
    hits = (Hit(hit.id, 0.0, _DISPLAY.decode(hit.display)) for hit in found.hits)
    return Editions(found.total, tuple(hits))


def counted(hits: Sequence[Hit], view: View, engine: Engine) -> dict[str, int]:
    """How many editions there are of the work of each hit, by id; hits that are the only one are left out."""
    asked = [hit for hit in hits if hit.display.works]
    totals = engine.totals([_call(hit.display.works, view, 1) for hit in asked]) if asked else []
    return {hit.id: total for hit, total in zip(asked, totals, strict=True) if total > 1}


def folded(hits: Sequence[Hit]) -> tuple[Line, ...]:
    """The hits of one page with equal works in one line, where the first of them stands."""
    leaders: list[tuple[Hit, list[Hit]]] = []
    by_digest: dict[int, int] = {}
    for hit in hits:
        at = next((by_digest[d] for d in same_work(hit.display.works) if d in by_digest), None)
        if at is None:
            at = len(leaders)
            leaders.append((hit, []))
            for digest in hit.display.works:
                by_digest.setdefault(digest, at)
        else:
            leaders[at][1].append(hit)
    return tuple(Line(hit, tuple(also)) for hit, also in leaders)


def _call(digests: Sequence[int], view: View, limit: int) -> SearchCall:
    return SearchCall(tree=Everything(), view=view, works=same_work(digests), sort="oldest", limit=limit)
