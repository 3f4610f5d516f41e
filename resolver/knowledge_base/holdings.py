"""What the knowledge base has of a citation (知识库检索), read for every resolution."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from indexer.records.identifier import isbn13
from resolver.citation import Citation
from resolver.knowledge_base.coverage import Coverage
from resolver.knowledge_base.load import folded_digest
from resolver.knowledge_base.tables import COVERAGE, LOAD, METADATA, NUMBER, PACKAGE, TITLE
from resolver.knowledge_base.terms import Terms

MOST_ROWS = 400  # rows of one citation; a list that has more of one number is no list of titles
PACKAGES_FOR = 2.0  # seconds for which the packages are not read again
_coverage = msgspec.json.Decoder(Coverage)


class Package(msgspec.Struct, frozen=True):
    """A package (资源包) with its licence terms."""

    name: str
    platform: str
    terms: Terms
    as_of: str = ""  # the day its list was loaded


class Offer(msgspec.Struct, frozen=True):
    """One row of a list that may lead to what is cited (候选目标); ``exact`` where a number led to it."""

    package: Package
    title: str
    kind: str
    title_id: str
    url: str
    free: bool
    depth: str
    extent: Coverage
    exact: bool


def _query(condition: sa.ColumnElement[bool], source: sa.FromClause) -> sa.Select[tuple[object, ...]]:
    return (
        sa.select(
            TITLE.c.package,
            TITLE.c.title,
            TITLE.c.kind,
            TITLE.c.title_id,
            COVERAGE.c.url,
            COVERAGE.c.free,
            COVERAGE.c.depth,
            COVERAGE.c.extent,
        )
        .select_from(source.join(COVERAGE, COVERAGE.c.title == TITLE.c.number))
        .where(condition)
        .limit(MOST_ROWS)
    )


_NUMBERED = NUMBER.join(TITLE, TITLE.c.number == NUMBER.c.title)
MOST_NUMBERS = 3  # of one citation: ISSN, that of the online edition, ISBN
# A statement for each count of numbers is put together once; one with a list would be, each time.
_BY_NUMBERS = {
    count: _query(sa.or_(*(NUMBER.c.value == sa.bindparam(f"v{n}") for n in range(count))), _NUMBERED)
    for count in range(1, MOST_NUMBERS + 1)
}
_BY_TITLE = _query(TITLE.c.folded == sa.bindparam("folded"), TITLE)


_PACKAGES = (
    sa.select(PACKAGE, sa.func.max(LOAD.c.made).label("made"))
    .outerjoin(LOAD, sa.and_(LOAD.c.package == PACKAGE.c.number, LOAD.c.undone == ""))
    .group_by(*PACKAGE.c)
)


class KnowledgeBase:
    """The knowledge base of an installation, for reading (知识库). Safe from several threads."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._held: dict[int, Package] = {}
        self._read = 0.0
        self._lock = threading.Lock()

    def create_tables(self) -> None:
        METADATA.create_all(self._engine)

    def packages(self, *, afresh: bool = False) -> dict[int, Package]:
        """All packages by their numbers."""
        with self._lock:
            if afresh or not self._held or time.monotonic() - self._read > PACKAGES_FOR:
                with self._engine.connect() as connection:
                    self._held = {
                        row.number: Package(
                            row.name, row.platform, msgspec.json.decode(row.terms, type=Terms)
                        )
                        for row in connection.execute(sa.select(PACKAGE))
                    }
                self._read = time.monotonic()
            return self._held

    def offers(self, citation: Citation) -> list[Offer]:
        """Every row for the numbers of a citation, or for the title of a whole where it has none at all.

        A title that is alone leads to what merely has the same name, so it is used only then.
        """
        values = numbers_of(citation)
        whole = citation.container_title or citation.title
        if not values and (not whole or citation.kind not in ("journal", "article", "book", "bookitem")):
            return []
        packages = self.packages()
        if not packages:
            return []
        with self._engine.connect() as connection:
            if values:
                named = {f"v{n}": value for n, value in enumerate(values[:MOST_NUMBERS])}
                found: Sequence[Any] = connection.execute(_BY_NUMBERS[len(named)], named).all()
            else:
                found = connection.execute(_BY_TITLE, {"folded": folded_digest(whole or "")}).all()
        if any(row[0] not in packages for row in found):
            packages = self.packages(afresh=True)  # One was loaded a moment ago.
        return list(_offers(found, packages, exact=bool(values)))

    def counts(self) -> list[dict[str, object]]:
        """Name, platform, titles and rows of every package."""
        with self._engine.connect() as connection:
            titles = dict(_pairs(connection, TITLE.c.package))
            rows = dict(_pairs(connection, COVERAGE.c.package))
            packages = connection.execute(sa.select(PACKAGE).order_by(PACKAGE.c.name)).all()
        return [
            {
                "package": row.name,
                "platform": row.platform,
                "titles": titles.get(row.number, 0),
                "rows": rows.get(row.number, 0),
                "terms": msgspec.json.decode(row.terms),
            }
            for row in packages
        ]

    def rows(self, package: str) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
        """The rows of a package in the order of its list: values by standard names, and other columns."""
        query = (
            sa.select(COVERAGE.c.row)
            .join(PACKAGE, PACKAGE.c.number == COVERAGE.c.package)
            .where(PACKAGE.c.name == package)
            .order_by(COVERAGE.c.number)
        )
        with self._engine.connect() as connection:
            for (text,) in connection.execution_options(yield_per=2000).execute(query):
                values, more = msgspec.json.decode(text)
                yield values, more


def _pairs(connection: sa.Connection, column: sa.Column[int]) -> Iterator[tuple[int, int]]:
    counted: Iterable[Any] = connection.execute(sa.select(column, sa.func.count()).group_by(column))
    return ((package, count) for package, count in counted)


def _offers(found: Iterable[Any], packages: dict[int, Package], *, exact: bool) -> Iterator[Offer]:
    for package, title, kind, title_id, url, free, depth, extent in found:
        if package in packages:
            yield Offer(
                packages[package],
                title,
                kind,
                title_id,
                url,
                bool(free),
                depth,
                _coverage.decode(extent),
                exact,
            )


def numbers_of(citation: Citation) -> Sequence[str]:
    """The numbers under which what is cited, or what it is in, stands in a list."""
    found: dict[str, None] = {}
    for text in (citation.issn, citation.eissn):
        if text:
            found[text] = None
    if citation.isbn and (book := isbn13(citation.isbn)):
        found[book] = None
    return list(found)
