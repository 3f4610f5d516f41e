"""Contract of the search engines (检索引擎): one door to the search index.

An engine compiles the tree of ``query.py``, answers in our own values and knows nothing of HTTP or of the
store. Built-in engines: ``tantivy`` (embedded, also in memory when no folder is given) and ``solr``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

import msgspec

from holdings.members.view import View
from indexer.index.clause import Clause
from indexer.index.query import Node


class SearchUnavailable(Exception):
    """The engine's service does not answer in time (检索服务不可用); the message names it and its address.

    Nothing is wrong with the question: it may be asked again a little later.
    """

    def __init__(self, address: str, reason: str = "") -> None:
        super().__init__(f"{address}: {reason}" if reason else address)
        self.address, self.reason = address, reason


class SearchRefused(Exception):
    """The engine's service does not take a request (检索服务拒绝): its status and its reason, for the log."""

    def __init__(self, address: str, status: int, reason: str = "") -> None:
        super().__init__(f"{address}: HTTP {status}")
        self.address, self.status, self.reason = address, status, reason


class Selection(msgspec.Struct, frozen=True):
    """What is chosen in one facet: any of ``any_of``, none of ``none_of``."""

    facet: str
    any_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()


class FacetCall(msgspec.Struct, frozen=True):
    """Which values of a facet are wanted. Counts ignore the facet's own Selection.

    ``prefix`` filters values by the folded form of their beginning (for "search in this facet"); ``order``
    is count or index.
    """

    facet: str
    limit: int = 10
    offset: int = 0
    order: str = "count"
    prefix: str = ""


class SearchCall(msgspec.Struct, frozen=True):
    """One question to an engine; the View is a member without default, so nobody can forget it."""

    tree: Node
    view: View
    selections: tuple[Selection, ...] = ()
    year: tuple[int | None, int | None] | None = None
    works: tuple[int, ...] = ()  # only documents with one of these digests (``keywords.same_work``)
    scope: str = ""  # a place token (L:pku, C:jalis) or "" for everything the view sees
    since: int = 0  # seconds of the epoch: only what was first seen then or later
    facets: tuple[FacetCall, ...] = ()
    histogram: bool = False
    sort: str = "relevance"  # relevance, newest, oldest, title, author, added
    offset: int = 0
    limit: int = 20
    cursor: str = ""  # "*" starts a walk through all hits in a fixed order


class FacetCount(msgspec.Struct, frozen=True):
    value: str
    count: int


class FacetCounts(msgspec.Struct, frozen=True):
    facet: str
    values: tuple[FacetCount, ...]
    more: bool = False


class EngineHit(msgspec.Struct, frozen=True):
    """One document found: the union id, its score and the stored display form (JSON of
    ``document.Display``).
    """

    id: str
    score: float
    display: bytes


class EngineResults(msgspec.Struct, frozen=True):
    total: int
    hits: tuple[EngineHit, ...]
    facets: tuple[FacetCounts, ...] = ()
    histogram: tuple[tuple[int, int], ...] = ()  # (year, count), only years that occur
    next_cursor: str = ""


class Begun(msgspec.Struct, frozen=True):
    """Terms of a dictionary with the same beginning, the most frequent first (词典前缀).

    Where they are not ``exact``, a count is the least number that the view's own cannot exceed, and
    `Engine.carriers` tells that. No term left out has a greater count than ``beyond``; 0 when none is.
    """

    terms: tuple[tuple[str, int], ...] = ()
    exact: bool = True
    beyond: int = 0


class Engine(Protocol):
    """A search engine. Reading methods are safe to call from several threads; writing has one writer."""

    def search(self, call: SearchCall) -> EngineResults: ...

    def facet(self, call: SearchCall, facet: FacetCall) -> FacetCounts: ...

    def totals(self, calls: Sequence[SearchCall]) -> list[int]:
        """How many hits each of these calls has (命中数), asked together; their pages do not matter."""
        ...

    def terms(
        self, dictionary: str, start: str, view: View, limit: int, *, type: str = ""
    ) -> list[tuple[str, int]]:
        """Terms of a dictionary that begin with ``start``, the most frequent first, then in order of the
        alphabet, with their count in the view (词典前缀); with ``type`` only among documents of that type.

        A dictionary is a facet with its terms as ``keywords.facet_term`` makes them, ``title`` (terms of
        ``dictionary.title_term``) or ``suggest`` (terms of ``spelling.spellings``).
        """
        ...

    def begun(self, call: SearchCall, walks: Sequence[tuple[str, str]], limit: int) -> list[Begun]:
        """For each (dictionary, beginning) the terms as `terms` finds them among the hits of a call, asked
        together; counts that take long to tell are left to `carriers`.
        """
        ...

    def carriers(self, call: SearchCall, terms: Sequence[tuple[str, str]]) -> list[int]:
        """How many hits of a call carry each (dictionary, term) of `begun`."""
        ...

    def words_begun(self, start: str, limit: int) -> Begun | None:
        """Words of any field that begin so, whatever a view sees: only for asking what has them; None where
        the engine finds them only in a search (``query.Wildcard``).
        """
        ...

    def near_begun(self, dictionary: str, start: str, limit: int) -> Begun | None:
        """Terms that begin with a text but for one typing error, whatever a view sees, or for ``all`` words
        of any field; None where the engine looks for these only in a search (``query.Near``).
        """
        ...

    def values(self, dictionary: str) -> Iterator[str]:
        """Every distinct value of a facet, or of ``title``, in any order and whatever a view sees (全部取值).

        Only for lists that are made ready: nothing of it is shown without a count of a View.
        """
        ...

    def counts(self, call: SearchCall, facet: str, values: Sequence[str]) -> list[int]:
        """The hits of a call that have each of these values of a facet, in the order asked."""
        ...

    def union_ids(self, clause: Clause) -> Iterator[str]:
        """Ids of all union records with a document that a clause matches, each at least once (载有者).

        Whatever a view sees: only for making documents again, never for anything that is shown.
        """
        ...

    def near_terms(self, field: str, token: str, view: View, limit: int = 5) -> list[tuple[str, int]]:
        """Tokens of a text field a few edits away from this one, the nearest first, with their frequency in
        the view.
        """
        ...

    def scores(self, id: str, view: View, clauses: Sequence[Clause]) -> list[float | None]:
        """What each clause by itself gives a document of the view, None where it does not match
        (逐项得分): for explaining a rank, one small search each.
        """
        ...

    def similar(self, id: str, view: View, limit: int) -> list[EngineHit]: ...

    def writer(self, *, rebuild: bool = False) -> EngineWriter:
        """Opens the one writer. With ``rebuild`` it writes a new index beside the present one."""
        ...

    def usable(self) -> bool:
        """False when the index is absent or was made for another list of fields: rebuild it."""
        ...

    def close(self) -> None: ...


class EngineWriter(Protocol):
    """Writes documents made by ``indexer.document``; all documents of a union record are replaced
    together.
    """

    def replace(self, union_id: str, documents: Iterable[bytes]) -> None: ...

    def add(self, documents: Iterable[bytes]) -> None:
        """Adds documents of union records known to be new: no search for older ones. An engine may do it
        meanwhile; what goes wrong then is raised by a later call, by ``commit`` at the latest.
        """
        ...

    def delete(self, union_id: str) -> None: ...

    def commit(self) -> None: ...

    def close(self, *, swap: bool = True) -> None:
        """Ends writing; after a rebuild ``swap`` makes the new index the present one in one step."""
        ...
