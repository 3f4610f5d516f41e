"""What is offered while somebody types (建议词), and asking an engine for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from holdings.members.view import View
from indexer.index.engine import Begun, Engine, EngineResults, FacetCall, SearchCall, Selection
from indexer.index.query import Everything, Node

FETCHED = 50  # terms of one walk, of which the best are offered
READ = 40  # hits of a search whose titles are looked at
LISTED = 50  # values of a facet that are looked at
MAX_TYPES = 6

# kind: its dictionary, and the text field that has its words
SOURCES = {
    "title": ("title", "title"),
    "name": ("author", "author"),
    "subject": ("subject", "subject"),
    "journal": ("journal", "journal"),
}
# How an offer answers to what was typed; what is nearer stands before what is more frequent.
EXACT, SOUND, INITIALS, BEGINS, INSIDE, NEAR_WHOLE, NEAR = range(7)

Source = tuple[str, str]  # a dictionary and a term of it
Adder = Callable[[str, int, Source | None], None]  # takes a term, its count, and where it may be counted


class Offer(msgspec.Struct, frozen=True):
    """A text that the view holds (建议词), its kind, one of `SOURCES`, and how many documents carry it."""

    text: str
    kind: str
    count: int


class Asking:
    """Asks an engine in one view and some types of documents."""

    def __init__(self, engine: Engine, view: View, types: Sequence[str]) -> None:
        self.engine, self.view, self.types = engine, view, tuple(dict.fromkeys(types))[:MAX_TYPES]
        self.selections = (Selection("type", self.types),) if types else ()
        self._all = self._call(Everything(), limit=0)

    def begun(self, walks: Sequence[Source], limit: int = FETCHED) -> list[Begun]:
        return self.engine.begun(self._all, walks, limit)

    def carriers(self, terms: Sequence[Source]) -> list[int]:
        return self.engine.carriers(self._all, terms)

    def terms(self, dictionary: str, start: str, limit: int = FETCHED) -> list[tuple[str, int]]:
        """The terms with the view's own counts, however long that takes."""
        walk = self.engine.terms
        if len(self.types) < 2:
            return walk(dictionary, start, self.view, limit, type="".join(self.types))
        # A document is of one type, so the numbers of several types add up.
        summed: Counter[str] = Counter()
        for type in self.types:
            summed.update(dict(walk(dictionary, start, self.view, limit, type=type)))
        return sorted(summed.items(), key=lambda found: (-found[1], found[0]))[:limit]

    def search(self, tree: Node, facets: Iterable[str] = ()) -> EngineResults:
        calls = tuple(FacetCall(name, limit=LISTED) for name in facets)
        # The order of time is the cheapest, and here the better hits are told apart by what they carry.
        call = self._call(tree, facets=calls, limit=READ, sort="newest")
        return self.engine.search(call)

    def totals(self, trees: Iterable[Node]) -> list[int]:
        return self.engine.totals([self._call(tree, limit=0) for tree in trees])

    def counts(self, dictionary: str, texts: Sequence[str]) -> list[int]:
        return self.engine.counts(self._all, dictionary, texts)

    def _call(self, tree: Node, **more: Any) -> SearchCall:
        return SearchCall(tree=tree, view=self.view, selections=self.selections, **more)


class _Found(msgspec.Struct):
    how: int
    count: int
    source: Source | None  # where the view's own count is still to be asked for


class _Cut(msgspec.Struct):
    walk: Source
    beyond: int  # no term that was left out has a greater count
    add: Adder


class Offers:
    """Each text once for each kind, as near as it was found. A count is the view's own before it is shown."""

    def __init__(self, ask: Asking, kinds: Sequence[str]) -> None:
        self.kinds = [kind for kind in SOURCES if not kinds or kind in kinds]
        self._ask = ask
        self._found: dict[tuple[str, str], _Found] = {}
        self._cut: list[_Cut] = []
        self._lowered = False

    def add(self, kind: str, text: str, count: int, how: int, source: Source | None = None) -> None:
        """``count`` may be too high where a ``source`` is given."""
        if not count or not text or kind not in self.kinds:
            return
        found = self._found.get((kind, text))
        if found is None:
            self._found[kind, text] = _Found(how, count, source)
            return
        found.how = min(how, found.how)
        if (source is None) != (found.source is None):
            if source is None:
                found.count, found.source = count, None
        elif count > found.count:
            found.count, found.source = count, source

    def walked(self, walk: Source, found: Begun, add: Adder) -> None:
        """Takes what one walk found; ``add`` reads its terms."""
        for term, count in found.terms:
            add(term, count, None if found.exact else (walk[0], term))
        if found.beyond and not found.exact:
            self._cut.append(_Cut(walk, found.beyond, add))

    def settled(self, limit: int) -> int:
        """How many there are, up to a limit; those have the counts of the view."""
        while True:
            best = self._ordered()[:limit]
            doubtful = [(name, found, found.source) for name, found in best if found.source is not None]
            if not doubtful:
                if not self._walk_again(best, limit):
                    return len(best)
                continue
            counts = self._ask.carriers([source for _, _, source in doubtful])
            for (name, found, _), count in zip(doubtful, counts, strict=True):
                self._lowered = self._lowered or count < found.count
                found.count, found.source = count, None
                if not count:
                    del self._found[name]

    def _walk_again(self, best: Sequence[tuple[Any, _Found]], limit: int) -> bool:
        """Where counts turned out lower, a term that a walk left out may be among the best."""
        if not self._lowered or not self._cut:
            return False
        least = min((f.count for _, f in best if f.how == BEGINS), default=0) if len(best) == limit else 0
        again = [cut for cut in self._cut if cut.beyond > least]
        self._cut = [cut for cut in self._cut if cut.beyond <= least]
        for cut in again:
            for term, count in self._ask.terms(*cut.walk):
                cut.add(term, count, None)
        return bool(again)

    def best(self, limit: int) -> list[Offer]:
        self.settled(limit)
        return [Offer(text, kind, found.count) for (kind, text), found in self._ordered()[:limit]]

    def _ordered(self) -> list[tuple[tuple[str, str], _Found]]:
        return sorted(
            self._found.items(), key=lambda f: (f[1].how, -f[1].count, len(f[0][1]), f[0][1], f[0][0])
        )
