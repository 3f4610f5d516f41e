"""What a search of the embedded engine looks at (索引快照)."""

from __future__ import annotations

from typing import Any

import msgspec
import tantivy

from indexer.index.sight import Marks
from indexer.index.tantivy_tops import NONE, Tops


class State(msgspec.Struct, frozen=True):
    """An index as it was at one moment; a search uses one state from beginning to end."""

    index: tantivy.Index
    searcher: Any
    generation: int
    marks: Marks
    tops: Tops = NONE
    now: str = ""  # names this state, as ``tops.state`` names the one it was counted in
    whole: bool = False  # every document is public and none was taken away, so dictionaries count rightly
