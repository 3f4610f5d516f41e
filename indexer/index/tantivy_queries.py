"""Trees as the embedded engine's own queries (检索式缓存), kept for the other pages and facets of a search.

A reader who turns the page, sorts, or opens a facet asks with the same words again; making the query anew
costs a third of what a known item takes to be found.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from tantivy import Query

from indexer.index.compile import Compiler
from indexer.index.query import Node
from indexer.index.tantivy_render import Renderer

KEPT = 1024


class Queries:
    """Queries by tree, for one schema."""

    def __init__(self, render: Renderer) -> None:
        scored, plain = Compiler(scoring=True), Compiler(scoring=False)

        @lru_cache(maxsize=KEPT)
        def made_scored(tree: Node, place: str, _today: date) -> Query:
            return render(scored(tree, place))

        @lru_cache(maxsize=KEPT)
        def made_plain(tree: Node) -> Query:
            return render(plain(tree))

        self._scored = made_scored
        self.plain = made_plain

    def scored(self, tree: Node, place: str) -> Query:
        """A query that ranks; what is recent is another thing tomorrow."""
        return self._scored(tree, place, date.today())

    def forget(self) -> None:
        """Leaves nothing to find again, for measuring."""
        self._scored.cache_clear()
        self.plain.cache_clear()
