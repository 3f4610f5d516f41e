"""Along the shelf (架位浏览): records in the order of their call numbers, around any of them, both ways.

Call numbers stand scheme by scheme (``indexer.records.shelf_key``). Only what a record of the view says
itself is shown: a place where all records are hidden is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from holdings.members.view import View
from indexer.document import Display
from indexer.document_content import shelf_values
from indexer.headings import SHELF, Heading, after, place_of_token, token_of
from indexer.index.engine import Engine, SearchCall, Selection
from indexer.index.query import Everything
from indexer.records.shelf_key import parts_of, shelf_key
from indexer.records.union import UnionRecord

SIZE = 24
MAX_SIZE = 100
STEP = 120  # places read at a time
MAX_LOOKED = 6_000  # places looked at for one page
BEFORE = 2  # places in front of a record on its own page
CROWD = 3  # records shown at one place; a class without book numbers may have thousands
_DISPLAY = msgspec.json.Decoder(Display)


class Shelves(Protocol):
    """The list of call numbers; ``indexer.headings.Headings`` is it."""

    def page(
        self,
        kind: str,
        order: str = "pinyin",
        start: str = "",
        limit: int = 50,
        backwards: bool = False,
        *,
        place: str = "",
    ) -> list[Heading]: ...

    def stamp(self) -> str: ...
    def sealed(self, place: bytes) -> str: ...
    def opened(self, token: str) -> bytes: ...


class ShelfPlace(msgspec.Struct, frozen=True):
    """A call number as printed with what stands there (架位): ``count`` records, the first of them shown."""

    value: str  # of the dictionary "shelf": what a search for all of them asks for
    number: str
    library: str
    place: str
    count: int
    hits: tuple[tuple[str, Display], ...]


class ShelfPage(msgspec.Struct, frozen=True):
    """A stretch of the shelf (架段).

    ``position`` is the index of the place asked for, or before which it would stand; ``next`` and
    ``previous`` are places for the parameter ``place``, empty at the ends of the shelf.
    """

    places: tuple[ShelfPlace, ...]
    state: str = "ready"
    position: int = -1
    next: str = ""
    previous: str = ""


def shelf(
    engine: Engine,
    shelves: Shelves,
    view: View,
    *,
    start: str = "",
    place: str = "",
    backwards: bool = False,
    library: str = "",
    scope: str = "",
    size: int = SIZE,
    before: int = 0,
) -> ShelfPage:
    """The stretch that begins at a token ``place``, or where the call number ``start`` stands or would stand.

    ``library`` keeps the places of one library; ``before`` shows so many places in front of ``start`` too.
    """
    size = max(1, min(MAX_SIZE, size))
    look = _Look(engine, shelves, SearchCall(Everything(), view, scope=scope), library)
    begin = shelves.opened(place) if place else shelf_key(start).encode() if start.strip() else b""
    if backwards:
        found = look.take(begin, size + 1, backwards=True)
        shown = found[-size:]
        earlier = shown[0].place if len(found) > size else look.left_off
        onward = look.take(begin, 1)
        return look.page(shown, previous=earlier, next=onward[0].place if onward else "")
    found = look.take(begin, size + 1)
    shown = found[:size]
    further = found[size].place if len(found) > size else look.left_off
    earlier_ones = look.take(begin, before + 1, backwards=True) if begin else []
    told = earlier_ones[-before:] if before else []
    previous = ""
    if len(earlier_ones) > len(told):
        previous = told[0].place if told else shown[0].place if shown else place or token_of(begin)
    page = look.page([*told, *shown], previous=previous or look.left_off, next=further)
    return msgspec.structs.replace(page, position=len(told)) if start.strip() else page


def beside(
    union: UnionRecord, engine: Engine, shelves: Shelves, view: View, *, library: str = "", size: int = 9
) -> tuple[str, ShelfPage] | None:
    """What stands beside a record, where it has a call number: the number, and the stretch around it.

    The number of ``library`` comes first; else it is the first one there is. Neighbours are of that library.
    """
    own = values_of(union)
    if not own:
        return None
    value = next((v for v in own if library and parts_of(v)[1] == library), own[0])
    number, owner, _ = parts_of(value)
    # More of what follows, so that the record itself stands among the first, which a phone has room for.
    page = shelf(engine, shelves, view, start=value, library=owner, size=size - BEFORE, before=BEFORE)
    others = [place for place in page.places if any(id != union.id for id, _ in place.hits)]
    return (number, page) if others else None


def values_of(union: UnionRecord) -> list[str]:
    """The places of a record on the shelves, from those of its source records that the view sees."""
    return list(dict.fromkeys(v for source in union.sources for v in shelf_values(source.record)))


class _Look:
    """One look along the shelf: places in order, with what the view sees there."""

    def __init__(self, engine: Engine, shelves: Shelves, call: SearchCall, library: str) -> None:
        self._engine, self._shelves, self._call, self._library = engine, shelves, call, library
        self.left_off = ""  # where looking stopped although there may be more

    def take(self, begin: bytes, wanted: int, *, backwards: bool = False) -> list[ShelfPlace]:
        """Up to ``wanted`` places that have visible records, in order; nearest to ``begin``."""
        found: list[ShelfPlace] = []
        looked, at = 0, begin
        self.left_off = ""
        while len(found) < wanted and looked < MAX_LOOKED:
            asked = self._shelves.page(SHELF, limit=STEP, backwards=backwards, place=token_of(at))
            looked += len(asked)
            rows = asked[::-1] if backwards else asked
            mine = [h for h in rows if not self._library or parts_of(h.value)[1] == self._library]
            for some in _portions(mine, wanted - len(found)):
                found += self._visible(some)
                if len(found) >= wanted:
                    break
            if len(asked) < STEP:
                break
            last = place_of_token(rows[-1].place)
            at = last if backwards else after(last)
        else:
            # Nobody may see what stands there.
            self.left_off = self._shelves.sealed(at) if len(found) < wanted else ""
        found = found[:wanted]
        return found[::-1] if backwards else found

    def _visible(self, rows: Sequence[Heading]) -> list[ShelfPlace]:
        counted = self._engine.counts(self._call, SHELF, [h.value for h in rows]) if rows else []
        found = []
        for heading, count in zip(rows, counted, strict=True):
            if not count:
                continue
            chosen = (Selection(SHELF, (heading.value,)),)
            call = msgspec.structs.replace(self._call, selections=chosen, sort="title", limit=CROWD)
            hits = tuple((hit.id, _DISPLAY.decode(hit.display)) for hit in self._engine.search(call).hits)
            number, library, _ = parts_of(heading.value)
            found.append(ShelfPlace(heading.value, number, library, heading.place, count, hits))
        return found

    def page(self, places: Sequence[ShelfPlace], *, previous: str, next: str) -> ShelfPage:
        state = "ready" if places or self._shelves.stamp() else "making"
        return ShelfPage(tuple(places), state, next=next, previous=previous)


def _portions(rows: Sequence[Heading], size: int) -> list[Sequence[Heading]]:
    size = max(4, size)
    return [rows[n : n + size] for n in range(0, len(rows), size)]
