"""Words of a Chinese text (切词), for ranking a query only: matching never depends on a dictionary.

The words are those of jieba in its Rust build, found in the folded text: its traditional and its simplified
form, with blanks between the characters or without, are cut alike.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

MAX_CUT = 60  # characters of a text that are cut


@lru_cache(maxsize=1)
def _cutter() -> Any:
    # Its dictionary takes a tenth of a second to load, and a Latin query never needs it.
    import rjieba

    return rjieba


@lru_cache(maxsize=4096)
def words(han: str) -> tuple[str, ...]:
    """The words of a run of folded Han characters, in their order."""
    # The dictionary has 零 where folding has 〇.
    cut = _cutter().cut(han[:MAX_CUT].replace("〇", "零"))
    ends = list(accumulate(map(len, cut), initial=0))
    found = [han[start:end] for start, end in pairwise(ends)]
    return tuple(found if len(han) <= MAX_CUT else [*found, *han[MAX_CUT:]])
