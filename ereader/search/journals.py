"""Journals (期刊浏览): what is known of each in a list, and the articles of one by year, volume and issue.

A journal is a value of the facet ``journal``: the title of a journal with a record of its own, or a title
that only articles name. Both have a page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from holdings.members.view import View
from indexer.document import Display
from indexer.index.engine import Engine, SearchCall, Selection
from indexer.index.query import And, Everything, Node, Not, Range
from indexer.text.analyse import key

MOST_ARTICLES = 1_000  # of one year
MOST_RECORDS = 300  # records of journals read for one page of the list
NO_YEAR = 0  # stands for the articles of which the year is not known
_DISPLAY = msgspec.json.Decoder(Display)
_DETAIL = re.compile(r"([^(:]*)(?:\(([^()]*)\))?(?:: ?(.*))?", re.DOTALL)
_NUMBER = re.compile(r"\d+")


class JournalRecord(msgspec.Struct, frozen=True):
    """A journal's own record (期刊记录), as a list shows it."""

    id: str
    issn: str
    libraries: tuple[str, ...]
    publisher: str
    fulltext: str


class Article(msgspec.Struct, frozen=True):
    id: str
    display: Display
    pages: str


class Issue(msgspec.Struct, frozen=True):
    """The articles of one issue (期), in the order of their pages; ``name`` is empty where none is told."""

    name: str
    articles: tuple[Article, ...]


class Volume(msgspec.Struct, frozen=True):
    """The issues of one volume (卷)."""

    name: str
    issues: tuple[Issue, ...]

    @property
    def count(self) -> int:
        return sum(len(issue.articles) for issue in self.issues)


class JournalYears(msgspec.Struct, frozen=True):
    """What there is of a journal (期刊文献): years with their number of articles, newest first."""

    titles: tuple[str, ...]  # the forms of its title, as values of the facet
    total: int
    years: tuple[tuple[int, int], ...]
    record: JournalRecord | None = None


def records_of(
    titles: Sequence[str], engine: Engine, view: View, *, scope: str = ""
) -> Mapping[str, JournalRecord]:
    """The records of journals with these titles, by title."""
    if not titles:
        return {}
    chosen = (Selection("journal", tuple(titles)), Selection("type", ("journal",)))
    call = SearchCall(Everything(), view, chosen, scope=scope, sort="newest", limit=MOST_RECORDS)
    found: dict[str, JournalRecord] = {}
    by_key = {key(title): title for title in titles}
    for hit in engine.search(call).hits:
        display = _DISPLAY.decode(hit.display)
        title = display.title if display.title in titles else by_key.get(key(display.title), "")
        if title and (title not in found or (display.issn and not found[title].issn)):
            found[title] = JournalRecord(
                hit.id, display.issn, display.libraries, display.publisher, display.fulltext
            )
    return found


def _articles(titles: Sequence[str]) -> tuple[Selection, ...]:
    """All that is in a journal, without the record of the journal itself."""
    return (Selection("journal", tuple(titles)), Selection("type", (), ("journal",)))


def years_of(titles: Sequence[str], engine: Engine, view: View, *, scope: str = "") -> JournalYears:
    """The years of a journal with their articles; ``titles`` are forms of its title."""
    call = SearchCall(
        Everything(), view, _articles(titles), scope=scope, histogram=True, sort="newest", limit=1
    )
    found = engine.search(call)
    years = sorted(((y, n) for y, n in found.histogram if n), reverse=True)
    undated = found.total - sum(n for _, n in years)
    if undated > 0:
        years.append((NO_YEAR, undated))
    record = next(iter(records_of(titles, engine, view, scope=scope).values()), None)
    return JournalYears(tuple(titles), found.total, tuple(years), record)


def issues_of(
    titles: Sequence[str], year: int, engine: Engine, view: View, *, scope: str = ""
) -> tuple[Volume, ...]:
    """The articles of one year by volume, issue and page, the newest volume first."""
    tree: Node = Everything()
    years: tuple[int | None, int | None] | None = (year, year)
    if year == NO_YEAR:
        tree, years = And((Everything(), Not(Range("year", None, None)))), None
    call = SearchCall(
        tree, view, _articles(titles), year=years, scope=scope, sort="title", limit=MOST_ARTICLES
    )
    hits = ((hit.id, _DISPLAY.decode(hit.display)) for hit in engine.search(call).hits)
    return arranged(hits)


def arranged(hits: Iterable[tuple[str, Display]]) -> tuple[Volume, ...]:
    """Articles put into their volumes and issues."""
    volumes: dict[str, dict[str, list[Article]]] = {}
    for id, display in hits:
        volume, issue, pages = parts_of(display.host_detail)
        volumes.setdefault(volume, {}).setdefault(issue, []).append(Article(id, display, pages))
    return tuple(
        Volume(
            name,
            tuple(
                Issue(issue, tuple(sorted(articles, key=lambda a: natural(a.pages))))
                for issue, articles in sorted(issues.items(), key=lambda i: natural(i[0]), reverse=True)
            ),
        )
        for name, issues in sorted(volumes.items(), key=lambda v: natural(v[0]), reverse=True)
    )


def parts_of(detail: str) -> tuple[str, str, str]:
    """(volume, issue, pages) of ``Display.host_detail``: ``12(3): 45-50``."""
    found = _DETAIL.fullmatch(detail.strip())
    if not found:
        return detail.strip(), "", ""
    return (found[1] or "").strip(), (found[2] or "").strip(), (found[3] or "").strip()


def natural(text: str) -> tuple[tuple[int, str], ...]:
    """Numbers by their size, what has none at the end: 9 before 10 before S1."""
    numbers = _NUMBER.findall(text[:60])
    return (*((int(n), "") for n in numbers[:6]), (0, text)) if numbers else ((10**12, text),)
