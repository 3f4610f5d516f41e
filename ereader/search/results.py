"""What a search answers with, before it is shown (检索结果)."""

from __future__ import annotations

import msgspec

from ereader.search.request import Applied, SearchRequest
from indexer.document import Display
from indexer.index.query import Everything, Node


class Hit(msgspec.Struct, frozen=True):
    """One union record found. ``highlights``: name of a display member → its text with U+E000 … U+E001
    around matches.
    """

    id: str
    score: float
    display: Display
    highlights: dict[str, str] = {}


class FacetValue(msgspec.Struct, frozen=True):
    value: str
    count: int
    selected: bool = False
    excluded: bool = False


class Facet(msgspec.Struct, frozen=True):
    name: str
    values: tuple[FacetValue, ...]
    more: bool = False
    hierarchical: bool = False  # values are paths joined with " / "


class Understood(msgspec.Struct, frozen=True):
    """How the text was understood, to be shown to the reader; ``notes`` are codes of what was done to it."""

    text: str
    understood: str
    notes: tuple[str, ...] = ()
    tree: Node = Everything()


class Rescue(msgspec.Struct, frozen=True):
    """A neighbouring search that does find something (无结果补救); ``code`` says what was let go.

    Codes: ``without`` (the one restriction ``dropped``),
    ``without-filters``, ``all-types``, ``everywhere``, ``all-fields``, ``without-quotes``,
    ``plain-words``, ``any-word``.
    """

    code: str
    request: SearchRequest
    total: int
    dropped: Applied | None = None


class SearchResults(msgspec.Struct, frozen=True):
    total: int
    page: int
    size: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...]
    channels: tuple[FacetValue, ...]  # types with counts that ignore the chosen type
    histogram: tuple[tuple[int, int], ...]  # (year, count)
    query: Understood
    suggestions: tuple[str, ...] = ()
    next_cursor: str = ""
    last_page: int = 0  # the last page that may be asked for (deep-paging limit)
    took_ms: float = 0.0
    rescues: tuple[Rescue, ...] = ()  # only where nothing was found
