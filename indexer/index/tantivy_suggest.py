"""Suggestions, near words and similar items (提示、近形词、相似文献), each only from what a View sees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from rapidfuzz.distance import DamerauLevenshtein
from tantivy import Occur, Query

from holdings.members.view import PUBLIC, View
from indexer.index.clause import Boost, Clause, Narrowing, Term, Value, either
from indexer.index.dictionary import dictionary_column
from indexer.index.fields import BY_NAME, SEPARATOR
from indexer.index.keywords import well_formed
from indexer.index.narrow import facet_clause, sight
from indexer.index.tantivy_render import Renderer
from indexer.index.tantivy_state import State
from indexer.text.analyse import analyse, has_han, key
from indexer.text.fold import fold
from indexer.text.pinyin import pinyin_query

MAX_PREFIX = 80
_WALK = 20_000  # words compared with one that may be misspelled
# kind: the dictionary of the values themselves, the letter of their kind in the dictionary of other spellings
_SOURCES = {
    "title": ("s_title", "t"),
    "name": ("f_author", "n"),
    "subject": ("f_subject", "s"),
    "journal": ("f_journal", "j"),
}
# What makes documents similar, and how much; the upper classes say nothing about what a book is about.
_SHARED = {"f_subject": 3.0, "f_class_2": 1.5, "f_author": 2.0, "f_series": 1.0}


def _seen(render: Renderer, state: State, view: View) -> Query | None:
    """All that a View sees, None when nothing is hidden from it."""
    found = sight(view, restricted=state.restricted)
    return render.narrowed(Query.all_query(), found) if found else None


def terms(
    render: Renderer, state: State, dictionary: str, start: str, view: View, limit: int, type: str = ""
) -> list[tuple[str, int]]:
    """Terms of a dictionary with their count in a View; see ``Engine.terms``."""
    column = dictionary if dictionary == "suggest" else dictionary_column(dictionary)
    if not column:
        return []
    found = sight(view, restricted=state.restricted)
    if type:
        found = Narrowing((*found.must, facet_clause(BY_NAME["type"], type)), found.never)
    # The dictionary goes on counting documents that were deleted, until their segment is merged.
    whole = not found and state.searcher.doc_freq("sight", f"+{PUBLIC}") == state.searcher.num_docs
    among = None if whole else render.narrowed(Query.all_query(), found)
    walked = state.searcher.terms_with_prefix(column, well_formed(start), among, limit)
    return [(term, count) for term, count in walked if count]


def suggest(
    render: Renderer, state: State, prefix: str, view: View, kinds: Sequence[str], limit: int
) -> list[tuple[str, str, int]]:
    """(text, kind, count): exact ones first, then by count. Han is also found by pinyin, full or initials."""
    begin = key(prefix[:MAX_PREFIX])
    if not begin or limit <= 0:
        return []
    spelled = "" if has_han(prefix) else pinyin_query(fold(prefix[:MAX_PREFIX]))
    seen = _seen(render, state, view)
    found: dict[tuple[str, str], int] = {}
    for kind in kinds or tuple(_SOURCES):
        # A single letter begins tens of thousands of titles, and none of them is meant yet.
        if kind not in _SOURCES or (kind == "title" and len(begin) == 1 and begin.isascii()):
            continue
        dictionary, letter = _SOURCES[kind]
        walks = [(dictionary, begin)]
        walks += [("suggest", f"{letter}{SEPARATOR}{text}") for text in sorted({begin, spelled} - {""})]
        for name, start in walks:
            for term, count in state.searcher.terms_with_prefix(name, start, seen, limit):
                if count:
                    text = term.rsplit(SEPARATOR, 1)[-1]
                    found[kind, text] = max(count, found.get((kind, text), 0))
    ordered = sorted(found.items(), key=lambda f: (key(f[0][1]) != begin, -f[1], f[0][1]))
    return [(text, kind, count) for (kind, text), count in ordered[:limit]]


def near_terms(
    render: Renderer, state: State, field: str, token: str, view: View, limit: int
) -> list[tuple[str, int]]:
    """Tokens of a text field like this one, most like it and most frequent first, with their frequency in the
    View.
    """
    token = fold(token)
    if len(token) < 3 or not token.isalnum() or has_han(token) or BY_NAME[field].kind != "text":
        return []
    edits = 1 if len(token) <= 5 else 2
    begins = {token[:1]} if len(token) <= 4 else {token[:2], token[1::-1], token[0] + token[2]}
    near: dict[str, tuple[int, int]] = {}
    for begin in sorted(begins):
        for term, count in state.searcher.terms_with_prefix(field, begin, None, _WALK):
            if abs(len(term) - len(token)) > edits or term == token:
                continue
            distance = DamerauLevenshtein.distance(token, term, score_cutoff=edits)
            if distance <= edits:
                near[term] = (distance, -count)
    seen = _seen(render, state, view)
    result: list[tuple[str, int]] = []
    for term in sorted(near, key=lambda t: (near[t], t))[: limit * 4]:
        query = render(Term(field, term))
        if seen is not None:
            query = Query.boolean_query([(Occur.Must, query), (Occur.Must, seen)])
        count = state.searcher.search(query, 1).count
        if count:
            result.append((term, count))
    return result[:limit]


def similar_query(render: Renderer, state: State, id: str, view: View) -> Query | None:
    """A query for documents like the one with this id; None when the View does not see it or nothing can be
    shared.
    """
    visible = sight(view, restricted=state.restricted)
    itself = Value("id", well_formed(id))
    hits = state.searcher.search(render.narrowed(render(itself), visible), 1).hits
    if not hits:
        return None
    document = state.searcher.doc(hits[0][1])
    shared: list[Clause] = []
    for column, weight in _SHARED.items():
        shared += [Boost(Value(column, term), weight) for term in document.get_all(column)[:12]]
    display: dict[str, Any] = msgspec.json.decode(bytes(document.get_first("display")))
    tokens = list(dict.fromkeys(analyse(display.get("title", ""))))[:24]
    shared += [Term("title", t, scored=True) for t in tokens if len(t) > 3 or not t.isascii()]
    if not shared:
        return None
    others = Narrowing(visible.must, (*visible.never, itself))
    return render.narrowed(render(either(shared)), others)
