"""Near words and similar items (近形词、相似文献) as clauses, for every engine."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec
from rapidfuzz.distance import DamerauLevenshtein

from indexer.index.clause import Boost, Clause, Term, Value, either
from indexer.index.fields import BY_NAME
from indexer.index.keywords import well_formed
from indexer.text.analyse import analyse, has_han
from indexer.text.fold import fold

MAX_TERMS = 12  # values of one column that make documents similar
MAX_TITLE = 24
# What makes documents similar, and how much; the upper classes say nothing about what a book is about.
SHARED = {"f_subject": 3.0, "f_class_2": 1.5, "f_author": 2.0, "f_series": 1.0}

Walk = Callable[
    [str], Sequence[tuple[str, int]]
]  # terms of a column that begin with something, and how often


def near(field: str, token: str, walk: Walk) -> list[str]:
    """Tokens of a text field a few edits away from this one, the nearest and most frequent first."""
    token = fold(token)
    if len(token) < 3 or not token.isalnum() or has_han(token) or BY_NAME[field].kind != "text":
        return []
    edits = 1 if len(token) <= 5 else 2
    begins = {token[:1]} if len(token) <= 4 else {token[:2], token[1::-1], token[0] + token[2]}
    found: dict[str, tuple[int, int]] = {}
    for begin in sorted(begins):
        for term, count in walk(begin):
            if abs(len(term) - len(token)) > edits or term == token:
                continue
            distance = DamerauLevenshtein.distance(token, term, score_cutoff=edits)
            if distance <= edits:
                found[term] = (distance, -count)
    return sorted(found, key=lambda term: (found[term], term))


def itself(id: str) -> Clause:
    """The documents of one union record."""
    return Value("id", well_formed(id))


def like(display: bytes, columns: Mapping[str, Sequence[str]]) -> Clause | None:
    """Documents that share names, subjects or words of the title with one; None when it has none of them."""
    shared: list[Clause] = []
    for column, weight in SHARED.items():
        shared += [Boost(Value(column, term), weight) for term in columns.get(column, ())[:MAX_TERMS]]
    shown: dict[str, Any] = msgspec.json.decode(display)
    tokens = list(dict.fromkeys(analyse(shown.get("title", ""))))[:MAX_TITLE]
    shared += [Term("title", t, scored=True) for t in tokens if len(t) > 3 or not t.isascii()]
    return either(shared) if shared else None
