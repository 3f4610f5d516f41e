"""Browsing a list of headings (浏览): a page of it as one View sees it, with references from authority files.

A heading is shown only when records of the View have it, and a reference only when its target is shown; so
the list never tells of anything the View does not see, not even that something is left out. How much is
looked through for one page is bounded: where nearly all is hidden, a page may be short and say how to go on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from holdings.members.view import View
from indexer.authorities import Authorities
from indexer.headings import (
    KINDS,
    ORDERS,
    Heading,
    Headings,
    after,
    letter_start,
    place_of_token,
    sort_key,
    token_of,
)
from indexer.index.engine import Engine, SearchCall, Selection
from indexer.index.query import Everything, Node
from indexer.text.analyse import key

SIZE = 50
MAX_SIZE = 200
MAX_LOOKED = 4000  # headings that are counted for one page
MAX_LOOKED_FEW = (
    20_000  # the same where there are few hits, as an engine counts the headings of those at once
)
FEW = 8_000
FIRST_LOOK = 1.3  # times the size of a page, as most headings of most views are visible
STEP = 600
BEFORE = 2  # headings shown before the place where a typed text stands


class BrowseEntry(msgspec.Struct, frozen=True):
    """A line of the list (浏览条目). ``count`` is 0 for a form of which ``use`` names the headings."""

    value: str
    count: int
    letter: str
    place: str
    use: tuple[tuple[str, int], ...] = ()  # (heading, count): see …
    see_also: tuple[tuple[str, int], ...] = ()
    known_as: tuple[str, ...] = ()
    dates: str = ""
    notes: tuple[str, ...] = ()


class BrowsePage(msgspec.Struct, frozen=True):
    """A page of a list (浏览页). ``state``: ready, or making while there is no list yet.

    ``position`` is the index of the entry at which the typed text stands, or before which it would stand;
    ``exact`` whether it stands there itself. ``next`` and ``previous`` are places for the parameter
    ``place``, empty at the ends. ``cut`` says that the page is short because much was looked through.
    """

    kind: str
    order: str
    entries: tuple[BrowseEntry, ...]
    state: str = "ready"
    position: int = -1
    exact: bool = False
    next: str = ""
    previous: str = ""
    cut: bool = False


def browse(
    kind: str,
    engine: Engine,
    headings: Headings,
    view: View,
    *,
    start: str = "",
    order: str = "pinyin",
    place: str = "",
    letter: str = "",
    backwards: bool = False,
    size: int = SIZE,
    scope: str = "",
    selections: tuple[Selection, ...] = (),
    tree: Node | None = None,
    authorities: Authorities | None = None,
) -> BrowsePage:
    """The page of a list that begins at ``place`` (a token), at a ``letter``, or where ``start`` (typed)
    stands.

    ``scope``, ``selections`` and ``tree`` narrow what is counted, as in a search. Unknown kinds and orders
    give an empty page.
    """
    if kind not in KINDS or order not in ORDERS:
        return BrowsePage(kind, order, ())
    size = max(1, min(MAX_SIZE, size))
    call = SearchCall(tree or Everything(), view, selections, scope=scope)
    look = _Look(kind, order, engine, headings, call, authorities)
    if place or letter or not start.strip():
        begin = headings.opened(place or letter_start(order, letter))
        typed = False
    else:
        begin, typed = headings.place_of(kind, order, start, look.begins), True
    if backwards:
        found, cut = look.take(begin, size + 1, backwards=True)
        more = len(found) > size
        shown = found[-size:] if more else found
        before = shown[0].place if more else look.left_off if cut else ""
        return _page(look, shown, before, _after(shown[-1]) if shown else place, cut)
    found, cut = look.take(begin, size + 1)
    more = len(found) > size
    shown = found[:size]
    onward = found[size].place if more else look.left_off if cut else ""
    earlier: list[BrowseEntry] = []
    if begin:
        earlier, _ = look.take(begin, (BEFORE if typed else 0) + 1, backwards=True)
    told = earlier[-BEFORE:] if typed else []
    previous = ""
    if len(earlier) > len(told):
        previous = told[0].place if told else shown[0].place if shown else place or token_of(begin)
    page = _page(look, [*told, *shown], previous, onward, cut)
    if not typed:
        return page
    exact = bool(shown) and _stands(kind, order, start, shown[0].value)
    return msgspec.structs.replace(page, position=len(told), exact=exact)


def _page(look: _Look, shown: list[BrowseEntry], previous: str, onward: str, cut: bool) -> BrowsePage:
    state = "ready" if shown or look.headings.stamp() else "making"
    entries = tuple(look.explained(shown))
    return BrowsePage(look.kind, look.order, entries, state, previous=previous, next=onward, cut=cut)


def _after(entry: BrowseEntry) -> str:
    return token_of(after(place_of_token(entry.place)))


def _stands(kind: str, order: str, typed: str, value: str) -> bool:
    """Whether the text typed is, or begins, this heading."""
    if order == "stroke":
        return key(value).startswith(key(typed))
    found = key(value)
    if found.startswith(key(typed)):
        return True
    spelled = "".join(sort_key(kind, value).split("\x01")[0].split())
    return spelled.startswith("".join(typed.lower().replace("ü", "v").split()))


class _Look:
    """One look through a list: headings and references in one order, counted in the view."""

    def __init__(
        self,
        kind: str,
        order: str,
        engine: Engine,
        headings: Headings,
        call: SearchCall,
        authorities: Authorities | None,
    ) -> None:
        self.kind, self.order, self.headings = kind, order, headings
        self._engine, self._call, self._authorities = engine, call, authorities
        self._counted: dict[str, int] = {}
        self._open: dict[str, bool] = {}  # repositories of authority records, whether everyone may see them
        self.left_off = ""  # where looking stopped although the page was not full

    def take(self, begin: bytes, wanted: int, *, backwards: bool = False) -> tuple[list[BrowseEntry], bool]:
        """Up to ``wanted`` visible entries from a place on, in order, and whether looking was cut short."""
        found: list[BrowseEntry] = []
        looked, most = 0, MAX_LOOKED
        step = int(wanted * FIRST_LOOK) + 2
        at = begin
        while looked < most:
            asked = self.headings.page(
                self.kind, self.order, limit=step, backwards=backwards, place=token_of(at)
            )
            looked += len(asked)
            ended = len(asked) < step
            rows = asked[::-1] if backwards else asked
            last = place_of_token(rows[-1].place) if rows else at
            self.count([h.value for h in rows])
            found += self._entries(rows)
            if len(found) >= wanted or ended:
                found = found[:wanted]
                return (found[::-1] if backwards else found), False
            at = last if backwards else after(last)
            if most == MAX_LOOKED and self._engine.totals([self._call])[0] <= FEW:
                most = MAX_LOOKED_FEW
            step = STEP if step < STEP else min(4 * step, most - looked)
        # Nobody may see what stands there.
        self.left_off = self.headings.sealed(at)
        return (found[::-1] if backwards else found), True

    def begins(self, begin: bytes) -> bool:
        """Whether a visible entry begins like this."""
        found, _ = self.take(begin, 1)
        return bool(found) and place_of_token(found[0].place).startswith(begin)

    def count(self, values: Sequence[str]) -> None:
        """Counts values that have not been counted yet."""
        new = [v for v in dict.fromkeys(values) if v not in self._counted]
        if new:
            self._counted.update(zip(new, self._engine.counts(self._call, self.kind, new), strict=True))

    def _seen(self, texts: Sequence[str]) -> dict[str, list[tuple[str, int]]]:
        """Of each heading of an authority record, the values of the list that are the same, with hits."""
        same = {text: self.headings.same(self.kind, text) for text in dict.fromkeys(texts)}
        self.count([value for values in same.values() for value in values])
        return {
            text: [(v, self._counted[v]) for v in values if self._counted[v]] for text, values in same.items()
        }

    def _entries(self, rows: Sequence[Heading]) -> list[BrowseEntry]:
        """The visible ones: headings with hits, and forms of which a heading to use instead has hits."""
        used = [row for row in rows if row.use] if self._authorities is not None else []
        for repository in {repository for row in used for repository, _ in row.use} - self._open.keys():
            self._open[repository] = self._authorities is not None and self._authorities.open(repository)
        targets = {
            row.value: [text for repository, text in row.use if self._open[repository]] for row in used
        }
        seen = self._seen([text for texts in targets.values() for text in texts])
        entries = []
        for row in rows:
            count, own = self._counted[row.value], key(row.value)
            hits = (hit for text in targets.get(row.value, ()) for hit in seen[text])
            use = tuple(dict.fromkeys(hit for hit in hits if key(hit[0]) != own))
            if count or use:
                entries.append(BrowseEntry(row.value, count, row.letter, row.place, use))
        return entries

    def explained(self, entries: Sequence[BrowseEntry]) -> Iterator[BrowseEntry]:
        """Entries with what authority records say of them; see-also only where it leads to hits."""
        shown = [entry.value for entry in entries if entry.count]
        known = self._authorities.of(self.kind, shown) if self._authorities and shown else {}
        seen = self._seen([text for one in known.values() for text in one.see_also]) if known else {}
        for entry in entries:
            one = known.get(entry.value) if entry.count else None
            if one is None:
                yield entry
                continue
            also = dict.fromkeys(hit for text in one.see_also for hit in seen[text] if hit[0] != entry.value)
            yield msgspec.structs.replace(
                entry, see_also=tuple(also), known_as=one.known_as, dates=one.dates, notes=one.notes
            )
