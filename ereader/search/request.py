"""A search as a value: what the URL says, no more (检索请求).

Every change gives a new SearchRequest that prints its own URL, so facet links, chips, paging and "start over"
are all "another request". Two requests that ask the same are equal and print the same URL.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import quote_plus

import msgspec

from ereader.search.parameters import MAX_PAGE, MAX_SIZE, MAX_TEXT, SIZES, SORTS, in_order, read
from ereader.search.typed_text import clean
from ereader.search.years import print_years

__all__ = ["MAX_SIZE", "SIZES", "SORTS", "Applied", "SearchRequest", "encoded"]


@lru_cache(maxsize=16384)
def _pair(name: str, value: str) -> str:
    return f"{quote_plus(name)}={quote_plus(value, errors='replace')}"


def encoded(params: Iterable[tuple[str, str]]) -> str:
    """Parameters percent-encoded, joined with ``&``.

    A result page prints some hundred addresses made of the same few pairs, so each pair is encoded once.
    """
    return "&".join([_pair(name, value) for name, value in params])


class SearchRequest(msgspec.Struct, frozen=True):
    """Parameters shared by the page and the API: q, in, type, f.NAME, x.NAME, year, sort, page, size, lang,
    scope, cursor.
    """

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
    group: str = ""  # "work": one line for each work among the hits of a page
    added: int = 0  # only what came in within so many days; 0 is any time
    cursor: str = ""
    problems: tuple[str, ...] = ()  # codes of parameters that were not understood and left out

    @classmethod
    def from_params(cls, params: Iterable[tuple[str, str]]) -> SearchRequest:
        """Reads decoded query parameters; never raises, notes what it could not use in ``problems``.

        Beside the canonical names it takes what a plain form sends: ``year_from`` and ``year_to``, ``type``
        and ``f.type`` alike. Where a parameter that has one value is repeated, the last one counts.
        """
        return cls(**read(params))

    def to_params(self) -> list[tuple[str, str]]:
        """The canonical parameters: defaults left out, a fixed order."""
        params = [("q", self.q)] if self.q else []
        if self.field != "all":
            params.append(("in", self.field))
        params += [("type", code) for code in self.type]
        params += [(f"f.{name}", value) for name, value in self.filters]
        params += [(f"x.{name}", value) for name, value in self.excludes]
        if self.year is not None:
            params.append(("year", print_years(self.year)))
        for name, value, default in (
            ("sort", self.sort, "relevance"),
            ("page", str(self.page), "1"),
            ("size", str(self.size), "20"),
            ("lang", self.lang, ""),
            ("scope", self.scope, ""),
            ("group", self.group, ""),
            ("added", str(self.added), "0"),
            ("cursor", self.cursor, ""),
        ):
            if value != default:
                params.append((name, value))
        return params

    def to_query(self) -> str:
        """``to_params`` percent-encoded, without ``?``."""
        return encoded(self.to_params())

    def to_url(self, path: str = "/search") -> str:
        """The address of this search: path and parameters."""
        query = self.to_query()
        return f"{path}?{query}" if query else path

    # Changes of the question. Each leads back to the first page, for the old page means nothing in another
    # list.

    def with_query(self, q: str, field: str | None = None) -> SearchRequest:
        """Other words, the same filters."""
        return self._changed(
            q=clean(q[: 4 * MAX_TEXT])[:MAX_TEXT].strip(), field=self.field if field is None else field
        )

    def with_field(self, field: str) -> SearchRequest:
        """The same words looked for in another field."""
        return self._changed(field=field)

    def with_filter(self, name: str, value: str) -> SearchRequest:
        """One more value chosen in a facet; a value that was excluded is excluded no longer."""
        if name == "type":
            return self._changed(
                type=in_order({*self.type, value}), excludes=_less(self.excludes, name, value)
            )
        return self._changed(
            filters=_more(self.filters, name, value), excludes=_less(self.excludes, name, value)
        )

    def without_filter(self, name: str, value: str | None = None) -> SearchRequest:
        """One chosen value less, or with ``value`` None the whole facet free again."""
        if name == "type":
            return self._changed(type=() if value is None else tuple(t for t in self.type if t != value))
        return self._changed(filters=_less(self.filters, name, value))

    def excluding(self, name: str, value: str) -> SearchRequest:
        """A facet value that no hit may have."""
        changed = self.without_filter(name, value)
        return changed._changed(excludes=_more(self.excludes, name, value))

    def without_excluded(self, name: str, value: str | None = None) -> SearchRequest:
        """An exclusion taken back."""
        return self._changed(excludes=_less(self.excludes, name, value))

    def with_type(self, code: str) -> SearchRequest:
        """Exactly this channel, or with "" all of them."""
        return self._changed(type=in_order({code}) if code else ())

    def with_year(self, low: int | None, high: int | None) -> SearchRequest:
        """A closed range of years, None is open; both None take the range away."""
        return self._changed(year=None if low is None and high is None else (low, high))

    def with_scope(self, scope: str) -> SearchRequest:
        """Another width of search: ``own``, a place token, or "" for everything the view shows."""
        return self._changed(scope="" if scope == "all" else scope)

    def with_added(self, days: int) -> SearchRequest:
        """Only what came in within so many days; 0 for any time."""
        return self._changed(added=days)

    def without_filters(self) -> SearchRequest:
        """The words alone: no channel, facet, exclusion, year, scope or time of arrival."""
        return self._changed(type=(), filters=(), excludes=(), year=None, scope="", added=0)

    def with_sort(self, sort: str) -> SearchRequest:
        return self._changed(sort=sort)

    def with_size(self, size: int) -> SearchRequest:
        return self._changed(size=size)

    # Changes of what is shown of the same list.

    def with_group(self, group: str) -> SearchRequest:
        """``work`` folds the editions of a work among the hits of a page, "" does not."""
        return msgspec.structs.replace(self, group=group)

    def with_page(self, page: int) -> SearchRequest:
        return msgspec.structs.replace(self, page=max(1, min(page, MAX_PAGE)), cursor="")

    def with_cursor(self, cursor: str) -> SearchRequest:
        return msgspec.structs.replace(self, cursor=cursor, page=1)

    def with_lang(self, lang: str) -> SearchRequest:
        return msgspec.structs.replace(self, lang=lang)

    def narrowed(self) -> bool:
        """Whether anything beside the words restricts the hits."""
        return bool(self.type or self.filters or self.excludes or self.year or self.scope or self.added)

    def applied(self) -> tuple[Applied, ...]:
        """Everything that restricts the hits, each with the request that does without it: the chips of the
        page.
        """
        chips = [Applied("type", "type", code, self.without_filter("type", code)) for code in self.type]
        chips += [Applied("filter", n, v, self.without_filter(n, v)) for n, v in self.filters]
        chips += [Applied("exclude", n, v, self.without_excluded(n, v)) for n, v in self.excludes]
        if self.year is not None:
            chips.append(Applied("year", "year", print_years(self.year), self.with_year(None, None)))
        if self.scope:
            chips.append(Applied("scope", "scope", self.scope, self.with_scope("")))
        if self.added:
            chips.append(Applied("added", "added", str(self.added), self.with_added(0)))
        return tuple(chips)

    def _changed(self, **changes: object) -> SearchRequest:
        return msgspec.structs.replace(self, page=1, cursor="", **changes)


class Applied(msgspec.Struct, frozen=True):
    """One restriction in force (已选条件); ``kind`` is type, filter, exclude, year or scope."""

    kind: str
    name: str
    value: str
    without: SearchRequest


def _more(pairs: tuple[tuple[str, str], ...], name: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({*pairs, (name, value)}))


def _less(pairs: tuple[tuple[str, str], ...], name: str, value: str | None) -> tuple[tuple[str, str], ...]:
    return tuple(p for p in pairs if p[0] != name or (value is not None and p[1] != value))
