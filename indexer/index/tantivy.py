"""The embedded search engine (内嵌检索引擎): Tantivy in this process, on disk or in memory."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import tantivy
from rapidfuzz.distance import DamerauLevenshtein
from tantivy import Occur, Order, Query

from holdings.members.view import PUBLIC, View
from indexer.document import RESTRICTED
from indexer.index import tantivy_folder as folders
from indexer.index.engine import (
    EngineHit,
    EngineResults,
    FacetCall,
    FacetCount,
    FacetCounts,
    SearchCall,
    Selection,
)
from indexer.index.fields import BY_NAME, SEPARATOR, Field, fingerprint
from indexer.index.keywords import facet_value
from indexer.index.query import And, Everything, Exact, Node, Not, Or, Range
from indexer.index.tantivy_compile import Compiler, either, facet_query, number_range
from indexer.index.tantivy_schema import build_schema, facet_column, register_tokenizer
from indexer.text.analyse import analyse, has_han, key
from indexer.text.fold import fold
from indexer.text.pinyin import pinyin_query

LOOK_EVERY = 0.5  # seconds between looks at the disk for changes made by another process
PATIENCE = 30.0  # seconds a writer waits for another one
HEAP = 200_000_000  # bytes of documents a writer gathers before it makes a segment
TIE_SLACK = 24  # hits fetched beyond a page, so that most ties at its end are settled without asking again
MAX_TIES = 2000
SEGMENT_VALUES = 2000  # facet values each segment hands over before they are summed up
REMEMBERED = 512  # facet passes kept for paging and sorting of the same search

_ORDERS = {
    "newest": ("newest", Order.Desc),
    "oldest": ("oldest", Order.Asc),
    "title": ("s_title", Order.Asc),
    "author": ("s_author", Order.Asc),
    "added": ("added", Order.Desc),
}
_KIND_FIELDS = {
    "name": ("f_author", "n"),
    "subject": ("f_subject", "s"),
    "journal": ("f_journal", "j"),
    "title": ("s_title", "t"),
}


class _State(msgspec.Struct, frozen=True):
    """An index as it was at one moment; a search uses one state from beginning to end."""

    index: Any
    searcher: Any
    generation: int
    restricted: bool  # whether any document is hidden from some View


class _Passes(msgspec.Struct, frozen=True):
    """What the aggregations of one search gave."""

    facets: tuple[FacetCounts, ...]
    histogram: tuple[tuple[int, int], ...]


class TantivyEngine:
    """The Tantivy engine. Reading is safe from several threads and goes on while one writer writes."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._schema = build_schema()
        self._scored = Compiler(self._schema, scoring=True)
        self._plain = Compiler(self._schema, scoring=False)
        self._lock = threading.RLock()
        self._writing = threading.Lock()
        self._state: _State | None = None
        self._stamp: tuple[int, ...] = ()
        self._looked = 0.0
        self._generation = 0
        self._memory: OrderedDict[Any, Any] = OrderedDict()
        if path is None:
            self._install(self._in_memory())
        else:
            self._look()

    # Opening and following changes

    def _in_memory(self) -> tantivy.Index:
        index = tantivy.Index(self._schema)
        register_tokenizer(index)
        index.config_reader("manual", 0)
        return index

    def _install(self, index: tantivy.Index) -> None:
        searcher = index.searcher()
        self._generation += 1
        restricted = searcher.doc_freq("sight", RESTRICTED) > 0
        self._state = _State(index, searcher, self._generation, restricted)
        self._memory.clear()

    def _open(self, folder: Path) -> tantivy.Index | None:
        """The index in a folder, None when it was made for other fields or another format or is damaged."""
        if folders.made_for(folder) != fingerprint():
            return None
        try:
            if not tantivy.Index.is_compatible(str(folder)):
                return None
            index = tantivy.Index.open(str(folder))
        except (ValueError, OSError):
            return None
        register_tokenizer(index)
        index.config_reader("manual", 0)
        return index

    def _look(self, *, now: bool = True) -> None:
        """Takes up what another process or this one's writer has committed."""
        if self.path is None:
            if now and self._state is not None:
                with self._lock:
                    self._state.index.reload()
                    self._install(self._state.index)
            return
        clock = time.monotonic()
        if not now and clock - self._looked < LOOK_EVERY:
            return
        with self._lock:
            self._looked = clock
            # A swap may remove the folder between reading the pointer and opening it.
            for _ in range(5):
                seen = folders.stamp(self.path)
                if seen == self._stamp and self._state is not None:
                    return
                folder = folders.current(self.path)
                if folder is None:
                    self._state, self._stamp = None, seen
                    return
                try:
                    index = self._open(folder)
                    if index is None:
                        self._state, self._stamp = None, seen
                        if folder == folders.current(self.path):
                            return
                        continue
                    self._install(index)
                    self._stamp = seen
                    return
                except (ValueError, OSError):
                    time.sleep(0.02)

    def _present(self) -> _State | None:
        self._look(now=False)
        return self._state

    def usable(self) -> bool:
        self._look()
        return self._state is not None

    def close(self) -> None:
        self._state = None
        self._memory.clear()

    # Who may see what

    def _sight(self, state: _State, view: View) -> tuple[list[Query], list[Query]]:
        """What every document for this View must have and must not have."""

        def term(token: str) -> Query:
            return Query.term_query(self._schema, "sight", token, "basic")

        must: list[Query] = []
        never = [term(f"r:{repository}") for repository in sorted(view.denied)]
        if state.restricted:
            must.append(either([term(f"+{token}") for token in view.tokens()]))
            never += [term(f"-{atom}") for atom in sorted(view.atoms) if atom != PUBLIC]
        return must, never

    def _clauses(
        self, state: _State, call: SearchCall, leave_out: str = "", year: bool = True
    ) -> tuple[list[Query], list[Query]]:
        """Filters of a call, without the selection of one facet where its own values are counted."""
        must, never = self._sight(state, call.view)
        if call.scope:
            must.append(Query.term_query(self._schema, "sight", f"@{call.scope}", "basic"))
        if year and call.year is not None and call.year != (None, None):
            must.append(number_range(self._schema, "year", *call.year))
        for selection in call.selections:
            if selection.facet == leave_out:
                continue
            field = BY_NAME.get(selection.facet)
            if field is None or not field.facet:
                must.append(Query.empty_query())
                continue
            if selection.any_of:
                must.append(either([facet_query(self._schema, field, value) for value in selection.any_of]))
            never += [facet_query(self._schema, field, value) for value in selection.none_of]
        return must, never

    def _filtered(self, query: Query, clauses: tuple[list[Query], list[Query]]) -> Query:
        must, never = clauses
        if not must and not never:
            return query
        return Query.boolean_query(
            [
                (Occur.Must, query),
                *((Occur.Must, Query.const_score_query(q, 0.0)) for q in must),
                *((Occur.MustNot, q) for q in never),
            ]
        )

    # Searching

    def search(self, call: SearchCall) -> EngineResults:
        state = self._present()
        if state is None:
            return EngineResults(0, ())
        if call.cursor:
            total, hits, next_cursor = self._walk(state, call)
        else:
            total, hits = self._page(state, call)
            next_cursor = ""
        passes = self._passes(state, call) if call.facets or call.histogram else _Passes((), ())
        return EngineResults(total, self._read(state, hits), passes.facets, passes.histogram, next_cursor)

    def _page(self, state: _State, call: SearchCall) -> tuple[int, list[tuple[Any, Any]]]:
        sort = call.sort
        if sort not in _ORDERS and not _ranks(call.tree):
            sort = "newest"
        compiler = self._plain if sort in _ORDERS else self._scored
        query = self._filtered(compiler.query(call.tree), self._clauses(state, call))
        column, order = _ORDERS.get(sort, (None, Order.Desc))
        end = call.offset + call.limit
        if call.limit <= 0:
            return state.searcher.search(query, 1).count, []
        wanted = end + (0 if column in ("newest", "oldest") else TIE_SLACK)
        while True:
            found = state.searcher.search(query, wanted, order_by_field=column, order=order)
            hits = found.hits
            cut = len(hits) == wanted and wanted > end and hits[-1][0] == hits[end - 1][0]
            if not cut or wanted > end + MAX_TIES:
                break
            wanted = end + MAX_TIES + 1
        return found.count, _settle(state.searcher, hits, call.offset, end)

    def _walk(self, state: _State, call: SearchCall) -> tuple[int, list[tuple[Any, Any]], str]:
        """One step through all hits in the order of their ids' digests; the cursor says (digest, hits with it so far)."""
        plain = self._plain.query(call.tree)
        clauses = self._clauses(state, call)
        whole = self._filtered(plain, clauses)
        total = self._remember(
            state, ("count", _identity(call)), lambda: state.searcher.search(whole, 1).count
        )
        start, skip = _read_cursor(call.cursor)
        if start:
            whole = self._filtered(
                plain, ([*clauses[0], number_range(self._schema, "walk", start, None)], clauses[1])
            )
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

    def _read(self, state: _State, hits: Sequence[tuple[Any, Any]]) -> tuple[EngineHit, ...]:
        result = []
        for score, address in hits:
            document = state.searcher.doc(address)
            result.append(
                EngineHit(
                    document.get_first("id"),
                    float(score) if isinstance(score, float) else 0.0,
                    bytes(document.get_first("display")),
                )
            )
        return tuple(result)

    def _remember(self, state: _State, identity: Any, make: Any) -> Any:
        identity = (state.generation, identity)
        with self._lock:
            if identity in self._memory:
                self._memory.move_to_end(identity)
                return self._memory[identity]
        value = make()
        with self._lock:
            self._memory[identity] = value
            while len(self._memory) > REMEMBERED:
                self._memory.popitem(last=False)
        return value

    # Facets

    def _passes(self, state: _State, call: SearchCall) -> _Passes:
        identity = ("passes", _identity(call), call.facets, call.histogram)
        return self._remember(state, identity, lambda: self._count(state, call))  # type: ignore[no-any-return]

    def _count(self, state: _State, call: SearchCall) -> _Passes:
        """One aggregation for all facets nothing is chosen in, one more for each of the others."""
        plain = self._plain.query(call.tree)
        chosen = {s.facet: s for s in call.selections}
        together: dict[str, Any] = {}
        counted: dict[int, FacetCounts] = {}
        years: dict[str, Any] = {"terms": {"field": "year", "size": 20000, "segment_size": 20000}}
        histogram: tuple[tuple[int, int], ...] = ()
        for n, facet in enumerate(call.facets):
            field = BY_NAME.get(facet.facet)
            if field is None or not field.facet:
                counted[n] = FacetCounts(facet.facet, ())
                continue
            asked = _facet_query(field, facet, chosen.get(field.name))
            if field.name in chosen:
                query = self._filtered(plain, self._clauses(state, call, leave_out=field.name))
                answer = state.searcher.aggregate(query, {str(n): asked})
                counted[n] = self._facet_counts(state, query, field, facet, answer[str(n)])
            else:
                together[str(n)] = asked
        if call.histogram:
            if call.year is None:
                together["years"] = years
            else:
                query = self._filtered(plain, self._clauses(state, call, year=False))
                histogram = _histogram(state.searcher.aggregate(query, {"years": years})["years"])
        if together:
            query = self._filtered(plain, self._clauses(state, call))
            answer = state.searcher.aggregate(query, together)
            for name, part in answer.items():
                if name == "years":
                    histogram = _histogram(part)
                else:
                    facet = call.facets[int(name)]
                    counted[int(name)] = self._facet_counts(state, query, BY_NAME[facet.facet], facet, part)
        return _Passes(tuple(counted[n] for n in range(len(call.facets))), histogram)

    def _facet_counts(
        self, state: _State, query: Query, field: Field, call: FacetCall, answer: dict[str, Any]
    ) -> FacetCounts:
        buckets = [(b["key"], int(b["doc_count"])) for b in answer["buckets"]]
        if answer.get("doc_count_error_upper_bound") and buckets:
            # Some segment kept a value back; the values that are shown are counted once more, exactly.
            terms = [term for term, _ in buckets]
            again = {
                "terms": {
                    "field": facet_column(field),
                    "size": len(terms),
                    "segment_size": len(terms),
                    "include": terms,
                }
            }
            exact = state.searcher.aggregate(query, {"again": again})["again"]["buckets"]
            buckets = [(b["key"], int(b["doc_count"])) for b in exact]
        if call.order == "index":
            buckets.sort()
        else:
            buckets.sort(key=lambda b: (-b[1], b[0]))
        shown = buckets[call.offset : call.offset + call.limit]
        values = tuple(FacetCount(_shown(field, term), count) for term, count in shown)
        return FacetCounts(field.name, values, len(buckets) > call.offset + call.limit)

    def facet(self, call: SearchCall, facet: FacetCall) -> FacetCounts:
        state = self._present()
        if state is None:
            return FacetCounts(facet.facet, ())
        asked = msgspec.structs.replace(call, facets=(facet,), histogram=False)
        return self._passes(state, asked).facets[0]

    # Suggestions

    def suggest(
        self, prefix: str, view: View, kinds: Sequence[str], limit: int
    ) -> list[tuple[str, str, int]]:
        state = self._present()
        begin = key(prefix[:100])
        if state is None or not begin or limit <= 0:
            return []
        found: dict[tuple[str, str], int] = {}
        seen_through = self._seen(state, view)
        spelled = "" if has_han(prefix) else pinyin_query(fold(prefix))
        for kind in kinds or tuple(_KIND_FIELDS):
            if kind not in _KIND_FIELDS:
                continue
            field, letter = _KIND_FIELDS[kind]
            asked = [(field, begin)]
            asked += [("suggest", f"{letter}{SEPARATOR}{text}") for text in sorted({begin, spelled} - {""})]
            for name, start in asked:
                for term, count in state.searcher.terms_with_prefix(name, start, seen_through, limit):
                    if count:
                        text = term.rsplit(SEPARATOR, 1)[-1]
                        found[kind, text] = max(count, found.get((kind, text), 0))
        ordered = sorted(found.items(), key=lambda f: (key(f[0][1]) != begin, -f[1], f[0][1]))
        return [(text, kind, count) for (kind, text), count in ordered[:limit]]

    def _seen(self, state: _State, view: View) -> Query | None:
        """A query for all that a View sees, None when nothing is hidden from it."""
        clauses = self._sight(state, view)
        return self._filtered(Query.all_query(), clauses) if clauses[0] or clauses[1] else None

    def near_terms(self, field: str, token: str, view: View, limit: int = 5) -> list[tuple[str, int]]:
        """Tokens of a text field like this one, most like it and most frequent first, with their frequency in the View.

        For "did you mean": at most one edit up to five letters, two beyond; only tokens in documents the View sees.
        """
        state = self._present()
        token = fold(token)
        if state is None or len(token) < 3 or has_han(token) or BY_NAME[field].kind != "text":
            return []
        edits = 1 if len(token) <= 5 else 2
        begins = {token[:2], token[1::-1], token[0] + token[2], token[0]} if len(token) > 4 else {token[:1]}
        shortest = sorted(b for b in begins if not any(b != o and b.startswith(o) for o in begins))
        near: dict[str, tuple[int, int]] = {}
        for begin in shortest:
            for term, count in state.searcher.terms_with_prefix(field, begin, None, 20000):
                if abs(len(term) - len(token)) <= edits and term != token:
                    distance = DamerauLevenshtein.distance(token, term, score_cutoff=edits)
                    if distance <= edits:
                        near[term] = (distance, -count)
        result: list[tuple[str, int]] = []
        seen = self._seen(state, view)
        for term in sorted(near, key=lambda t: near[t])[: limit * 4]:
            query = Query.term_query(self._schema, field, term, "basic")
            if seen is not None:
                query = Query.boolean_query([(Occur.Must, query), (Occur.Must, seen)])
            count = state.searcher.search(query, 1).count
            if count:
                result.append((term, count))
        return result[:limit]

    # Similar items

    def similar(self, id: str, view: View, limit: int) -> list[EngineHit]:
        """Documents that share subjects, class numbers, names and rare title words with a document the View sees."""
        state = self._present()
        if state is None or limit <= 0:
            return []
        clauses = self._sight(state, view)
        itself = Query.term_query(self._schema, "id", id, "basic")
        own = self._filtered(itself, clauses)
        found = state.searcher.search(own, 1).hits
        if not found:
            return []
        weights = {"subject": 3.0, "class": 1.5, "author": 2.0, "series": 1.0}
        columns = {name: {"terms": {"field": f"f_{name}", "size": 12}} for name in weights}
        shared: list[Query] = []
        for name, part in state.searcher.aggregate(own, columns).items():
            for bucket in part["buckets"]:
                if name == "class" and bucket["key"][0] in "01":
                    continue
                term = Query.term_query(self._schema, f"f_{name}", bucket["key"], "basic")
                shared.append(Query.boost_query(term, weights[name]))
        display = msgspec.json.decode(bytes(state.searcher.doc(found[0][1]).get_first("display")))
        for token in list(dict.fromkeys(analyse(display.get("title", ""))))[:24]:
            if len(token) > 3 or not token.isascii():
                shared.append(Query.term_query(self._schema, "title", token, "freq"))
        if not shared:
            return []
        query = self._filtered(either(shared), (clauses[0], [*clauses[1], itself]))
        hits = state.searcher.search(query, limit + TIE_SLACK, count=False).hits
        return list(self._read(state, _settle(state.searcher, hits, 0, limit)))

    # Writing

    def writer(self, *, rebuild: bool = False, patience: float = PATIENCE) -> TantivyWriter:
        """Opens the one writer; raises ``WriterBusy`` when another one does not finish in time."""
        return TantivyWriter(self, rebuild=rebuild, patience=patience)


class TantivyWriter:
    """The one writer of an index. Nothing is visible before ``commit``; what is committed survives a crash."""

    def __init__(self, engine: TantivyEngine, *, rebuild: bool, patience: float) -> None:
        self._engine = engine
        self._root = engine.path
        self._handle: int | None = None
        self._beside: Path | None = None
        self._rebuild = rebuild
        if not engine._writing.acquire(timeout=patience):
            raise folders.WriterBusy("this process is already writing to the index")
        try:
            self._index = self._prepare(patience)
            self._writer = self._index.writer(HEAP, 1)
        except BaseException:
            self._release()
            raise

    def _prepare(self, patience: float) -> tantivy.Index:
        engine = self._engine
        if self._root is None:
            if self._rebuild:
                return engine._in_memory()
            assert engine._state is not None
            return engine._state.index
        self._handle = folders.lock(self._root, patience)
        present = folders.current(self._root)
        folders.sweep(self._root, present)
        if not self._rebuild and present is not None:
            index = engine._open(present)
            if index is None:
                raise ValueError("the index was made for another list of fields: rebuild it")
            return index
        folder = folders.fresh(self._root, fingerprint())
        index = tantivy.Index(engine._schema, str(folder))
        register_tokenizer(index)
        index.config_reader("manual", 0)
        if self._rebuild:
            self._beside = folder
        else:
            folders.point_to(self._root, folder)
        return index

    def add(self, documents: Iterable[bytes]) -> None:
        add = self._writer.add_json
        for document in documents:
            add(document.decode())

    def replace(self, union_id: str, documents: Iterable[bytes]) -> None:
        self._writer.delete_documents_by_term("id", union_id)
        self.add(documents)

    def delete(self, union_id: str) -> None:
        self._writer.delete_documents_by_term("id", union_id)

    def commit(self) -> None:
        assert self._writer is not None
        self._writer.commit()
        if not self._rebuild:
            self._engine._look()

    def close(self, *, swap: bool = True) -> None:
        if self._writer is None:
            return
        try:
            if swap or not self._rebuild:
                self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
            if self._rebuild and swap:
                self._swap()
            elif self._beside is not None:
                shutil.rmtree(self._beside, ignore_errors=True)
            self._engine._look()
        finally:
            self._writer = None
            self._release()

    def _swap(self) -> None:
        if self._root is None:
            self._index.reload()
            with self._engine._lock:
                self._engine._install(self._index)
        elif self._beside is not None:
            folders.point_to(self._root, self._beside)
            self._engine._look()
            folders.sweep(self._root, self._beside)

    def _release(self) -> None:
        if self._handle is not None:
            folders.unlock(self._handle)
            self._handle = None
        if self._engine._writing.locked():
            self._engine._writing.release()


def _ranks(tree: Node) -> bool:
    """Whether a tree gives scores that differ; filters alone do not."""
    match tree:
        case Everything() | Exact() | Range() | Not():
            return False
        case And(children) | Or(children):
            return any(map(_ranks, children))
        case _:
            return True


def _settle(searcher: Any, hits: Sequence[tuple[Any, Any]], start: int, end: int) -> list[tuple[Any, Any]]:
    """The hits of a page with equal ones in a fixed order: newest first, then by the digest of their id."""
    result = list(hits)
    first = 0
    while first < min(end, len(result)):
        after = first + 1
        while after < len(result) and result[after][0] == result[first][0]:
            after += 1
        if after - first > 1 and after > start:
            tied = result[first:after]
            ranks = searcher.fast_field_values("newest", [address for _, address in tied])
            order = sorted(range(len(tied)), key=lambda i: -(ranks[i] or 0))
            result[first:after] = [tied[i] for i in order]
        first = after
    return result[start:end]


def _identity(call: SearchCall) -> Any:
    return (call.tree, call.view, call.selections, call.year, call.scope)


def _read_cursor(cursor: str) -> tuple[int, int]:
    match = re.fullmatch(r"([0-9]{1,18})\.([0-9]{1,6})", cursor)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _histogram(answer: dict[str, Any]) -> tuple[tuple[int, int], ...]:
    return tuple(sorted((int(b["key"]), int(b["doc_count"])) for b in answer["buckets"]))


def _shown(field: Field, term: str) -> str:
    if field.levels:
        term = term[1:]
    return term if field.coded else facet_value(term)


def _literal(text: str) -> str:
    return re.sub(r"([\\.+*?()|\[\]{}^$#&~\-])", r"\\\1", text)


def _facet_query(field: Field, call: FacetCall, chosen: Selection | None) -> dict[str, Any]:
    """The aggregation for one facet. More values than asked for are counted, so that ties at the end are ordered."""
    size = call.offset + call.limit + 1
    terms: dict[str, Any] = {
        "field": facet_column(field),
        "size": size + 40,
        "segment_size": max(SEGMENT_VALUES, 2 * size),
    }
    if call.order == "index":
        terms["order"] = {"_key": "asc"}
    patterns: list[str] = []
    if field.levels:
        if call.prefix.endswith(" / "):
            parent = call.prefix
            level = parent.count(" / ")
            patterns.append(f"{level}{_path_pattern(field, parent)}.*")
        else:
            patterns.append(f"0{_begins(field, call.prefix)}.*")
            for value in chosen.any_of if chosen else ():
                level = value.count(" / ")
                for depth in range(1, level + 1):
                    above = " / ".join(value.split(" / ")[:depth])
                    patterns.append(f"{depth}{_path_pattern(field, above + ' / ')}.*")
                patterns.append(f"{level + 1}{_path_pattern(field, value + ' / ')}.*")
    elif call.prefix:
        patterns.append(f"{_begins(field, call.prefix)}.*")
    if patterns:
        terms["include"] = "|".join(f"({p})" for p in patterns)
    return {"terms": terms}


def _begins(field: Field, prefix: str) -> str:
    return _literal(prefix if field.coded else key(prefix)) if prefix else ""


def _path_pattern(field: Field, path: str) -> str:
    """What the terms below a path begin with: the key in front of an uncoded one is any text."""
    return _literal(path) if field.coded else f"[^{SEPARATOR}]*{SEPARATOR}{_literal(path)}"
