"""What a search of the embedded engine looks at (索引快照)."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import tantivy

from holdings.members.view import DEEPEST
from indexer.index.clause import Unseen
from indexer.index.sight import COLUMN, EXCEPTED, RESTRICTED, Atoms, Marks, unseen
from indexer.index.tantivy_tops import NONE, Tops

REMEMBERED_VIEWS = 2048


class State(msgspec.Struct, frozen=True):
    """An index as it was at one moment; a search uses one state from beginning to end."""

    index: tantivy.Index
    searcher: Any
    generation: int
    marks: Marks
    tops: Tops = NONE
    now: str = ""  # names this state, as ``tops.state`` names the one it was counted in
    whole: bool = False  # every document is public and none was taken away, so dictionaries count rightly


def marks_of(searcher: Any) -> Marks:
    """What the documents of an index carry, asked of its dictionary; of each View once."""
    deep = [n for n in range(2, DEEPEST + 1) if searcher.doc_freq(COLUMN, f"{RESTRICTED}{n}")]
    some = any(searcher.doc_freq(COLUMN, mark) for mark in (RESTRICTED, EXCEPTED))
    depth = max(deep, default=int(some))

    @lru_cache(maxsize=REMEMBERED_VIEWS)
    def unseen_by(atoms: Atoms) -> Unseen:
        return unseen(atoms, depth, lambda token: bool(searcher.doc_freq(COLUMN, token)))

    return Marks(depth, unseen_by)
