"""Reads the parameters of a URL, which may hold anything, into the members of a search request (检索参数)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ereader.search.arrivals import MOST_DAYS
from ereader.search.facet_list import FACETS, UNLISTED
from ereader.search.query_fields import field_named
from ereader.search.typed_text import clean
from ereader.search.years import parse_years
from indexer.records.resource_type import BY_CODE

SORTS = ("relevance", "newest", "oldest", "title", "author", "added")
GROUPS = ("work",)
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


def read(params: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Members of a ``SearchRequest`` by name, ``problems`` among them; never raises."""
    return _Reading().read(params)


def in_order(codes: Iterable[str]) -> tuple[str, ...]:
    """Known resource types, each once, in the order of the channels."""
    return tuple(sorted((c for c in set(codes) if c in BY_CODE), key=lambda c: BY_CODE[c].order))


class _Reading:
    """Collects the members of one request and the codes of what could not be used."""

    def __init__(self) -> None:
        self.members: dict[str, object] = {}
        self.types: set[str] = set()
        self.filters: set[tuple[str, str]] = set()
        self.excludes: set[tuple[str, str]] = set()
        self.ends: dict[str, str] = {}
        self.problems: dict[str, None] = {}  # in order, each once

    def read(self, params: Iterable[tuple[str, str]]) -> dict[str, Any]:
        for n, (name, value) in enumerate(params):
            if n >= MAX_PARAMETERS:
                self.problems["too-many-parameters"] = None
                break
            if name[:2] in ("f.", "x."):
                self._facet(name[:2], name[2:], value)
            elif (read := _READ.get(name)) is not None:
                read(self, value)
        self._year_ends()
        return {
            **self.members,
            "type": in_order(self.types),
            "filters": tuple(sorted(self.filters)),
            "excludes": tuple(sorted(self.excludes)),
            "problems": tuple(self.problems),
        }

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

    def group(self, value: str) -> None:
        self._known("group", value, GROUPS)

    def added(self, value: str) -> None:
        self._number("added", value, MOST_DAYS)

    def cursor(self, value: str) -> None:
        if value and len(value) <= MAX_CURSOR and _CURSOR.match(value):
            self.members["cursor"] = value
        elif value:
            # Leaving a damaged cursor out would begin the walk anew without saying so: it is kept to be
            # refused.
            self.members["cursor"] = "?"
            self.problems["cursor-not-understood"] = None

    def _facet(self, kind: str, name: str, value: str) -> None:
        value = clean(value[: 2 * MAX_VALUE])[:MAX_VALUE].strip()
        if name == "type" and kind == "f.":
            self.type(value)
        elif name not in FACETS and name not in UNLISTED:
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
            digits = (
                re.fullmatch(r"\s*-[0-9]{1,4}\s*", text) is not None
            )  # in a field of its own: before our era
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
    "group": _Reading.group,
    "added": _Reading.added,
    "cursor": _Reading.cursor,
}
