"""A search as a value: what the URL says, no more (检索请求).

Every change gives a new SearchRequest that prints its own URL, so facet links, chips, paging and "start over"
are all "another request". Two requests that ask the same are equal and print the same URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlencode

import msgspec

from ereader.search.facet_list import FACETS
from ereader.search.query_fields import field_named
from ereader.search.typed_text import clean
from ereader.search.years import parse_years, print_years
from indexer.records.resource_type import BY_CODE

SORTS = ("relevance", "newest", "oldest", "title", "author", "added")
SIZES = (10, 20, 50, 100)  # what the page offers; any size from 1 to MAX_SIZE is answered

MAX_TEXT = 2_000  # characters of q that are considered
MAX_VALUE = 400  # characters of a facet value
MAX_FILTERS = 60  # values chosen or excluded together
MAX_PARAMETERS = 400  # parameters looked at
MAX_SIZE = 100
MAX_PAGE = 1_000_000
MAX_CURSOR = 2_000

_SCOPE = re.compile(r"(?:own|[LC]:[A-Za-z0-9][A-Za-z0-9_.-]{0,63})\Z")
_LANG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}\Z")
_CURSOR = re.compile(r"(?:\*|[A-Za-z0-9_.=-]+)\Z")
_DIGITS = re.compile(r"[0-9]{1,9}\Z")


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
        """Reads decoded query parameters; never raises, notes what it could not use in ``problems``.

        Beside the canonical names it takes what a plain form sends: ``year_from`` and ``year_to``, ``type`` and
        ``f.type`` alike. Where a parameter that has one value is repeated, the last one counts.
        """
        return _Reading().read(params)

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
            ("cursor", self.cursor, ""),
        ):
            if value != default:
                params.append((name, value))
        return params

    def to_query(self) -> str:
        """``to_params`` percent-encoded, without ``?``."""
        return urlencode(self.to_params(), errors="replace")

    def to_url(self, path: str = "/search") -> str:
        """The address of this search: path and parameters."""
        query = self.to_query()
        return f"{path}?{query}" if query else path

    # Changes of the question. Each leads back to the first page, for the old page means nothing in another list.

    def with_query(self, q: str, field: str | None = None) -> SearchRequest:
        """Other words, the same filters."""
        return self._changed(q=clean(q[: 4 * MAX_TEXT])[:MAX_TEXT].strip(), field=self.field if field is None else field)

    def with_field(self, field: str) -> SearchRequest:
        """The same words looked for in another field."""
        return self._changed(field=field)

    def with_filter(self, name: str, value: str) -> SearchRequest:
        """One more value chosen in a facet; a value that was excluded is excluded no longer."""
        if name == "type":
            return self._changed(type=_types({*self.type, value}), excludes=_less(self.excludes, name, value))
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
        return self._changed(type=_types({code}) if code else ())

    def with_year(self, low: int | None, high: int | None) -> SearchRequest:
        """A closed range of years, None is open; both None take the range away."""
        return self._changed(year=None if low is None and high is None else (low, high))

    def with_scope(self, scope: str) -> SearchRequest:
        """Another width of search: ``own``, a place token, or "" for everything the view shows."""
        return self._changed(scope="" if scope == "all" else scope)

    def without_filters(self) -> SearchRequest:
        """The words alone: no channel, facet, exclusion, year or scope."""
        return self._changed(type=(), filters=(), excludes=(), year=None, scope="")

    def with_sort(self, sort: str) -> SearchRequest:
        return self._changed(sort=sort)

    def with_size(self, size: int) -> SearchRequest:
        return self._changed(size=size)

    # Changes of what is shown of the same list.

    def with_page(self, page: int) -> SearchRequest:
        return msgspec.structs.replace(self, page=max(1, min(page, MAX_PAGE)), cursor="")

    def with_cursor(self, cursor: str) -> SearchRequest:
        return msgspec.structs.replace(self, cursor=cursor, page=1)

    def with_lang(self, lang: str) -> SearchRequest:
        return msgspec.structs.replace(self, lang=lang)

    def narrowed(self) -> bool:
        """Whether anything beside the words restricts the hits."""
        return bool(self.type or self.filters or self.excludes or self.year or self.scope)

    def applied(self) -> tuple[Applied, ...]:
        """Everything that restricts the hits, each with the request that does without it: the chips of the page."""
        chips = [Applied("type", "type", code, self.without_filter("type", code)) for code in self.type]
        chips += [Applied("filter", n, v, self.without_filter(n, v)) for n, v in self.filters]
        chips += [Applied("exclude", n, v, self.without_excluded(n, v)) for n, v in self.excludes]
        if self.year is not None:
            chips.append(Applied("year", "year", print_years(self.year), self.with_year(None, None)))
        if self.scope:
            chips.append(Applied("scope", "scope", self.scope, self.with_scope("")))
        return tuple(chips)

    def _changed(self, **changes: object) -> SearchRequest:
        return msgspec.structs.replace(self, page=1, cursor="", **changes)


class Applied(msgspec.Struct, frozen=True):
    """One restriction in force (已选条件); ``kind`` is type, filter, exclude, year or scope."""

    kind: str
    name: str
    value: str
    without: SearchRequest


class _Reading:
    """Collects the members of one request and the codes of what could not be used."""

    def __init__(self) -> None:
        self.members: dict[str, object] = {}
        self.types: set[str] = set()
        self.filters: set[tuple[str, str]] = set()
        self.excludes: set[tuple[str, str]] = set()
        self.ends: dict[str, str] = {}
        self.problems: dict[str, None] = {}  # in order, each once

    def read(self, params: Iterable[tuple[str, str]]) -> SearchRequest:
        for n, (name, value) in enumerate(params):
            if n >= MAX_PARAMETERS:
                self.problems["too-many-parameters"] = None
                break
            if name[:2] in ("f.", "x."):
                self._facet(name[:2], name[2:], value)
            elif (read := _READ.get(name)) is not None:
                read(self, value)
        self._year_ends()
        return SearchRequest(
            type=_types(self.types),
            filters=tuple(sorted(self.filters)),
            excludes=tuple(sorted(self.excludes)),
            problems=tuple(self.problems),
            **self.members,  # type: ignore[arg-type]
        )

    def q(self, value: str) -> None:
        text = clean(value[: 4 * MAX_TEXT])
        if len(text) > MAX_TEXT or len(value) > 4 * MAX_TEXT:
            self.problems["query-cut"] = None
        self.members["q"] = text[:MAX_TEXT].strip()

    def field(self, value: str) -> None:
        name = field_named(value)
        if name is None and value.strip():
            self.problems["unknown-field"] = None
        self.members["field"] = name or "all"

    def type(self, value: str) -> None:
        for code in value[:MAX_VALUE].split(","):
            if code in BY_CODE:
                self.types.add(code)
            elif code.strip():
                self.problems["unknown-type"] = None

    def year(self, value: str) -> None:
        years = parse_years(value)
        if years is None and value.strip():
            self.problems["year-not-understood"] = None
        self.members["year"] = years

    def year_from(self, value: str) -> None:
        self.ends["from"] = value

    def year_to(self, value: str) -> None:
        self.ends["to"] = value

    def sort(self, value: str) -> None:
        self._known("sort", value, SORTS)

    def page(self, value: str) -> None:
        self._number("page", value, MAX_PAGE)

    def size(self, value: str) -> None:
        self._number("size", value, MAX_SIZE)

    def lang(self, value: str) -> None:
        self._matching("lang", value, _LANG)

    def scope(self, value: str) -> None:
        self._matching("scope", "" if value == "all" else value, _SCOPE)

    def cursor(self, value: str) -> None:
        if value and len(value) <= MAX_CURSOR and _CURSOR.match(value):
            self.members["cursor"] = value
        elif value:
            # Leaving a damaged cursor out would begin the walk anew without saying so: it is kept to be refused.
            self.members["cursor"] = "?"
            self.problems["cursor-not-understood"] = None

    def _facet(self, kind: str, name: str, value: str) -> None:
        value = clean(value[: 2 * MAX_VALUE])[:MAX_VALUE].strip()
        if name == "type" and kind == "f.":
            self.type(value)
        elif name not in FACETS:
            self.problems["unknown-facet"] = None
        elif len(self.filters) + len(self.excludes) >= MAX_FILTERS:
            self.problems["too-many-filters"] = None
        elif value:
            (self.filters if kind == "f." else self.excludes).add((name, value))

    def _year_ends(self) -> None:
        """A form without script sends the two ends apart; a ``year`` given as well is the older state."""
        ends: list[int | None] = []
        for text in (self.ends.get("from", ""), self.ends.get("to", "")):
            years = parse_years(text)
            digits = re.fullmatch(r"\s*-[0-9]{1,4}\s*", text) is not None  # in a field of its own: before our era
            if digits:
                ends.append(int(text))
            elif years is not None and years[0] is not None:
                ends.append(years[0])
            else:
                if text.strip():
                    self.problems["year-not-understood"] = None
                ends.append(None)
        low, high = ends
        if low is not None and high is not None and low > high:
            low, high = high, low
        if low is not None or high is not None:
            self.members["year"] = (low, high)

    def _known(self, name: str, value: str, known: tuple[str, ...]) -> None:
        if value in known:
            self.members[name] = value
        elif value:
            self.problems[f"unknown-{name}"] = None

    def _number(self, name: str, value: str, largest: int) -> None:
        number = int(value) if _DIGITS.match(value) else 0
        if number > largest:
            self.problems[f"{name}-capped"] = None
        if number > 0:
            self.members[name] = min(number, largest)
        elif value:
            self.problems[f"{name}-not-understood"] = None

    def _matching(self, name: str, value: str, form: re.Pattern[str]) -> None:
        if not value or form.match(value):
            self.members[name] = value
        else:
            self.problems[f"{name}-not-understood"] = None


_READ = {
    "q": _Reading.q,
    "in": _Reading.field,
    "type": _Reading.type,
    "year": _Reading.year,
    "year_from": _Reading.year_from,
    "year_to": _Reading.year_to,
    "sort": _Reading.sort,
    "page": _Reading.page,
    "size": _Reading.size,
    "lang": _Reading.lang,
    "scope": _Reading.scope,
    "cursor": _Reading.cursor,
}


def _types(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted((c for c in set(codes) if c in BY_CODE), key=lambda c: BY_CODE[c].order))


def _more(pairs: tuple[tuple[str, str], ...], name: str, value: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({*pairs, (name, value)}))


def _less(pairs: tuple[tuple[str, str], ...], name: str, value: str | None) -> tuple[tuple[str, str], ...]:
    return tuple(p for p in pairs if p[0] != name or (value is not None and p[1] != value))
