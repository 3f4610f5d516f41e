"""The embedded search engine (内嵌检索引擎): Tantivy in this process, on disk or in memory."""

from __future__ import annotations

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import tantivy
from tantivy import Order

from holdings.members.view import PUBLIC, View
from indexer.index import near, tantivy_begun, tantivy_suggest, tantivy_tops, tantivy_values
from indexer.index import tantivy_folder as folders
from indexer.index.clause import Clause, Narrowing
from indexer.index.engine import Begun, EngineHit, EngineResults, FacetCall, FacetCounts, SearchCall
from indexer.index.narrow import between, narrowing, sight
from indexer.index.query import ranks
from indexer.index.sight import COLUMN
from indexer.index.tantivy_facets import FacetCounter, Passes
from indexer.index.tantivy_queries import Queries
from indexer.index.tantivy_render import Renderer
from indexer.index.tantivy_schema import build_schema, index_mark, make_index
from indexer.index.tantivy_state import State, marks_of
from indexer.index.tantivy_writer import TantivyWriter

LOOK_EVERY = 0.5  # seconds between looks at the disk for changes made by another process
PATIENCE = 30.0  # seconds a writer waits for another one
TIE_SLACK = 30  # hits fetched beyond a page, so that most ties at its end are settled without asking again
MAX_TIES = 2000
NEAR = 50  # hits up to which facets are counted from the documents themselves
SHORT_PREFIX = 6
REMEMBERED = 2048  # counts and facets kept for paging and sorting of the same search

_ORDERS = {
    "newest": ("newest", Order.Desc),
    "oldest": ("oldest", Order.Asc),
    "title": ("s_title", Order.Asc),
    "author": ("s_author", Order.Asc),
    "added": ("added", Order.Desc),
}
_Found = Sequence[tuple[Any, Any]]  # (score or value of the order, address)
_T = TypeVar("_T")


class TantivyEngine:
    """The Tantivy engine. Reading is safe from several threads and goes on while one writer writes."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.writing = threading.Lock()
        self._schema = build_schema()
        self._render = Renderer(self._schema)
        self._queries = Queries(self._render)
        self._facets = FacetCounter(self._render, self._queries)
        self._values = tantivy_values.ValueCounter(self._render)
        self._lock = threading.RLock()
        self._state: State | None = None
        self._stamp: tuple[int, ...] = ()
        self._looked = 0.0
        self._generation = 0
        self._memory: OrderedDict[Any, Any] = OrderedDict()
        if path is None:
            self.install(make_index(None))
        else:
            self.look()

    # Following changes

    def install(self, index: tantivy.Index, folder: Path | None = None) -> None:
        """Makes this index, as it is now, the one that is searched."""
        with self._lock:
            # It is named before it is read: what is committed in between makes the name an old one.
            now = tantivy_tops.named(folder) if folder else ""
            tops = tantivy_tops.read(folder) if folder else tantivy_tops.NONE
            index.reload()
            searcher = index.searcher()
            self._generation += 1
            marks = marks_of(searcher)
            whole = not marks.depth and searcher.doc_freq(COLUMN, f"+{PUBLIC}") == searcher.num_docs
            self._state = State(index, searcher, self._generation, marks, tops, now, whole)
            self._memory.clear()

    def renew_tops(self) -> None:
        """Writes down what is most frequent under short beginnings, where the index has outgrown the list."""
        state, folder = self._state, folders.current(self.path) if self.path else None
        if state is None or folder is None or not tantivy_tops.outgrown(state.tops, state.searcher.num_docs):
            return
        tops = tantivy_tops.make(state.searcher, state.now)
        tantivy_tops.write(folder, tops)
        with self._lock:
            if self._state is not None:
                self._state = msgspec.structs.replace(self._state, tops=tops)

    def present_index(self) -> tantivy.Index:
        if self._state is None:
            raise ValueError("there is no index")
        return self._state.index

    def look(self, *, force: bool = True) -> None:
        """Takes up what was committed by this process's writer or by another process."""
        if self.path is None:
            if force:
                self.install(self.present_index())
            return
        if not force and time.monotonic() - self._looked < LOOK_EVERY:
            return
        with self._lock:
            self._looked = time.monotonic()
            # A swap may remove the folder between reading the pointer and opening it: then it is read again.
            for _ in range(5):
                seen = folders.stamp(self.path)
                if seen == self._stamp and self._state is not None:
                    return
                folder = folders.current(self.path)
                index = None if folder is None else folders.open_index(folder, index_mark())
                if index is not None:
                    self.install(index, folder)
                    self._stamp = seen
                    return
                if folder == folders.current(self.path):
                    break
            self._state, self._stamp = None, ()

    def _present(self) -> State | None:
        self.look(force=False)
        return self._state

    def usable(self) -> bool:
        self.look()
        return self._state is not None

    def forget(self) -> None:
        """Leaves nothing remembered, for measuring and for trying other weights."""
        self._memory.clear()
        self._queries.forget()

    def close(self) -> None:
        self._state = None
        self._memory.clear()

    # Searching

    def search(self, call: SearchCall) -> EngineResults:
        state = self._present()
        if state is None:
            return EngineResults(0, ())
        narrowed = narrowing(call, marks=state.marks)
        next_cursor = ""
        found: _Found = ()
        if call.cursor:
            total, hits, next_cursor = self._walk(state, call, narrowed)
        else:
            total, hits, found = self._page(state, call, narrowed)
        read = [state.searcher.doc(address) for _, address in hits]
        if not total and not call.selections and call.year is None:
            passes = Passes(tuple(FacetCounts(facet.facet, ()) for facet in call.facets), ())
        elif call.facets or call.histogram:
            near = []
            if 0 < total <= min(len(found), NEAR):
                # Counting what few documents hold is quicker than asking the columns.
                page = dict(zip((id(address) for _, address in hits), read, strict=True))
                near = [page.get(id(a)) or state.searcher.doc(a) for _, a in found]
            passes = self._passes(state, call, total, near)
        else:
            passes = Passes((), ())
        return EngineResults(total, _shown(hits, read), passes.facets, passes.histogram, next_cursor)

    def _page(self, state: State, call: SearchCall, narrowed: Narrowing) -> tuple[int, _Found, _Found]:
        """How many there are, the hits of the page, and all that were fetched for it."""
        sort = call.sort
        if sort not in _ORDERS and not ranks(call.tree):
            sort = "newest"
        if sort in _ORDERS:
            words = self._queries.plain(call.tree)
        else:
            words = self._queries.scored(call.tree, call.view.place)
        query = self._render.narrowed(words, narrowed)
        if call.limit <= 0:
            return int(state.searcher.search(query, 1).count), [], []
        column, order = _ORDERS.get(sort, (None, Order.Desc))
        end = call.offset + call.limit
        wanted = end + TIE_SLACK
        while True:
            found = state.searcher.search(query, wanted, order_by_field=column, order=order)
            hits = found.hits
            cut = len(hits) == wanted and hits[-1][0] == hits[end - 1][0]
            if not cut or wanted > end + MAX_TIES:
                break
            wanted = end + MAX_TIES + 1
        return int(found.count), settle(state, hits, call.offset, end), hits

    def _walk(self, state: State, call: SearchCall, narrowed: Narrowing) -> tuple[int, _Found, str]:
        """One step through all hits in the order of their ids' digests; the cursor says (digest, hits with it
        so far).
        """
        plain = self._queries.plain(call.tree)
        whole = self._render.narrowed(plain, narrowed)
        total = self._remember(
            state, ("count", _identity(call)), lambda: int(state.searcher.search(whole, 1).count)
        )
        start, skip = _read_cursor(call.cursor)
        if start:
            rest = Narrowing((*narrowed.must, between("walk", start, None)), narrowed.never)
            whole = self._render.narrowed(plain, rest)
        limit = max(1, call.limit)
        hits = state.searcher.search(
            whole, limit + skip + 1, count=False, order_by_field="walk", order=Order.Asc
        ).hits[skip:]
        if len(hits) <= limit:
            return total, hits, ""
        hits = hits[:limit]
        last = hits[-1][0]
        same = sum(1 for value, _ in hits if value == last) + (skip if last == start else 0)
        return total, hits, f"{last}.{same}"

    def _remember(self, state: State, identity: Any, make: Callable[[], _T]) -> _T:
        identity = (state.generation, identity)
        with self._lock:
            if identity in self._memory:
                self._memory.move_to_end(identity)
                return self._memory[identity]  # type: ignore[no-any-return]
        value = make()
        with self._lock:
            self._memory[identity] = value
            while len(self._memory) > REMEMBERED:
                self._memory.popitem(last=False)
        return value

    def _passes(self, state: State, call: SearchCall, total: int, read: list[Any]) -> Passes:
        identity = ("passes", _identity(call), call.facets, call.histogram)
        return self._remember(
            state, identity, lambda: self._facets.count(state, call, total=total, near=read)
        )

    def facet(self, call: SearchCall, facet: FacetCall) -> FacetCounts:
        state = self._present()
        if state is None:
            return FacetCounts(facet.facet, ())
        asked = msgspec.structs.replace(call, facets=(facet,), histogram=False)
        identity = ("facet", _identity(asked), asked.facets)
        return self._remember(state, identity, lambda: self._facets.count(state, asked, paged=True)).facets[0]

    def totals(self, calls: Sequence[SearchCall]) -> list[int]:
        state = self._present()
        if state is None:
            return [0] * len(calls)
        # Remembered like those of a walk: the places beside a result list are counted on each of its pages.
        return [
            self._remember(state, ("count", _identity(call)), partial(self._total, state, call))
            for call in calls
        ]

    def _total(self, state: State, call: SearchCall) -> int:
        query = self._render.narrowed(self._queries.plain(call.tree), narrowing(call, marks=state.marks))
        return int(state.searcher.search(query, 1).count)

    # Beside searching

    def values(self, dictionary: str) -> Iterator[str]:
        state = self._present()
        return tantivy_values.values(state, dictionary) if state else iter(())

    def counts(self, call: SearchCall, facet: str, values: Sequence[str]) -> list[int]:
        state = self._present()
        if state is None:
            return [0] * len(values)
        narrowed = narrowing(call, marks=state.marks)
        query = self._render.narrowed(self._queries.plain(call.tree), narrowed)
        return self._values(state, _identity(call), query, facet, values)

    def terms(
        self, dictionary: str, start: str, view: View, limit: int, *, type: str = ""
    ) -> list[tuple[str, int]]:
        state = self._present()
        if state is None or limit <= 0:
            return []

        def walk() -> list[tuple[str, int]]:
            return tantivy_suggest.terms(self._render, state, dictionary, start, view, limit, type)

        # The first letters of a word are typed again and again, and are the dearest to look up.
        identity = ("terms", dictionary, start, view, limit, type)
        return self._remember(state, identity, walk) if len(start) <= SHORT_PREFIX else walk()

    def begun(self, call: SearchCall, walks: Sequence[tuple[str, str]], limit: int) -> list[Begun]:
        state = self._present()
        if state is None or limit <= 0:
            return [Begun()] * len(walks)
        narrowed = narrowing(call, marks=state.marks)
        found = []
        for dictionary, start in walks:
            walk = partial(tantivy_begun.begun, self._render, state, narrowed, dictionary, start, limit)
            identity = ("begun", _identity(call), dictionary, start, limit)
            # The first letters of a word are typed again and again, and are the dearest to look up.
            found.append(self._remember(state, identity, walk) if len(start) <= SHORT_PREFIX else walk())
        return found

    def carriers(self, call: SearchCall, terms: Sequence[tuple[str, str]]) -> list[int]:
        state = self._present()
        if state is None:
            return [0] * len(terms)
        return tantivy_begun.carriers(self._render, state, narrowing(call, marks=state.marks), terms)

    def words_begun(self, start: str, limit: int) -> Begun | None:
        state = self._present()
        return tantivy_begun.words_begun(state, start, limit) if state else Begun()

    def near_begun(self, dictionary: str, start: str, limit: int) -> Begun | None:
        state = self._present()
        return tantivy_begun.near_begun(state, dictionary, start, limit) if state else Begun()

    def union_ids(self, clause: Clause) -> Iterator[str]:
        state = self._present()
        return tantivy_values.union_ids(self._render, state, clause) if state else iter(())

    def scores(self, id: str, view: View, clauses: Sequence[Clause]) -> list[float | None]:
        state = self._present()
        if state is None:
            return [None] * len(clauses)
        seen = sight(view, marks=state.marks)
        narrowed = Narrowing((*seen.must, near.itself(id)), seen.never)
        found: list[float | None] = []
        for clause in clauses:
            query = self._render.narrowed(self._render(clause), narrowed)
            hits = state.searcher.search(query, 1, count=False).hits
            found.append(float(hits[0][0]) if hits else None)
        return found

    def near_terms(self, field: str, token: str, view: View, limit: int = 5) -> list[tuple[str, int]]:
        """Words in the index like a misspelled one, with how many documents of the View have them
        (近形词).
        """
        state = self._present()
        return tantivy_suggest.near_terms(self._render, state, field, token, view, limit) if state else []

    def similar(self, id: str, view: View, limit: int) -> list[EngineHit]:
        state = self._present()
        query = tantivy_suggest.similar_query(self._render, state, id, view) if state else None
        if state is None or query is None or limit <= 0:
            return []
        hits = state.searcher.search(query, limit + TIE_SLACK, count=False).hits
        hits = settle(state, hits, 0, limit)
        return list(_shown(hits, [state.searcher.doc(address) for _, address in hits]))

    def writer(self, *, rebuild: bool = False, patience: float = PATIENCE) -> TantivyWriter:
        """Opens the one writer; raises ``WriterBusy`` when another one does not finish in time."""
        return TantivyWriter(self, rebuild=rebuild, patience=patience)


def settle(state: State, hits: _Found, start: int, end: int) -> _Found:
    """The hits of a page with equal ones in a fixed order: newest first, then by the digest of their id."""
    result = list(hits)
    groups: list[tuple[int, int]] = []
    first = 0
    while first < min(end, len(result)):
        after = first + 1
        while after < len(result) and result[after][0] == result[first][0]:
            after += 1
        if after - first > 1 and after > start:
            groups.append((first, after))
        first = after
    if groups:
        # One call for all of them, as each opens the column anew.
        tied = [address for first, after in groups for _, address in result[first:after]]
        order = iter(state.searcher.fast_field_values("newest", tied))
        for first, after in groups:
            pairs = [(-(next(order) or 0), n) for n in range(first, after)]
            result[first:after] = [hits[n] for _, n in sorted(pairs)]
    return result[start:end]


def _shown(hits: _Found, read: Sequence[Any]) -> tuple[EngineHit, ...]:
    result = []
    for (score, _), document in zip(hits, read, strict=True):
        shown = bytes(document.get_first("display"))
        result.append(EngineHit(document.get_first("id"), score if isinstance(score, float) else 0.0, shown))
    return tuple(result)


def _identity(call: SearchCall) -> Any:
    return (call.tree, call.view, call.selections, call.year, call.works, call.scope, call.since)


def _read_cursor(cursor: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,18})\.([0-9]{1,6})", cursor)
    return (int(match[1]), int(match[2])) if match else (0, 0)
