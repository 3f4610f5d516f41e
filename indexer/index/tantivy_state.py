"""What a search of the embedded engine looks at (索引快照)."""

from __future__ import annotations

from typing import Any

import msgspec
import tantivy


class State(msgspec.Struct, frozen=True):
    """An index as it was at one moment; a search uses one state from beginning to end."""

    index: tantivy.Index
    searcher: Any
    generation: int
    depth: int  # of how many groups a document is made at most, see narrow.sight; 0: all are public
