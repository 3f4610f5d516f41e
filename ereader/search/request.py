"""A search as a value: what the URL says, no more (检索请求).

Every change gives a new SearchRequest that prints its own URL, so facet links, chips, paging and "start over"
are all "another request".
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

SORTS = ("relevance", "newest", "oldest", "title", "author", "added")
SIZES = (10, 20, 50, 100)


class SearchRequest(msgspec.Struct, frozen=True):
    """Parameters shared by the page and the API: q, in, type, f.NAME, x.NAME, year, sort, page, size, lang, scope, cursor."""

    q: str = ""
    field: str = "all"  # URL parameter "in": all, title, author, subject, isbn …
    type: tuple[str, ...] = ()  # channels; several are alternatives
    filters: tuple[tuple[str, str], ...] = ()  # f.NAME=value; several values of one name are alternatives
    excludes: tuple[tuple[str, str], ...] = ()  # x.NAME=value
    year: tuple[int | None, int | None] | None = None
    sort: str = "relevance"
    page: int = 1
    size: int = 20
    lang: str = ""
    scope: str = ""
    cursor: str = ""
    problems: tuple[str, ...] = ()  # codes of parameters that were not understood and left out

    @classmethod
    def from_params(cls, params: Iterable[tuple[str, str]]) -> SearchRequest:
        """Reads decoded query parameters; never raises, notes what it could not use in ``problems``."""
        raise NotImplementedError

    def to_params(self) -> list[tuple[str, str]]:
        """The canonical parameters: defaults left out, a fixed order."""
        raise NotImplementedError

    def to_query(self) -> str:
        """``to_params`` percent-encoded, without ``?``."""
        raise NotImplementedError
