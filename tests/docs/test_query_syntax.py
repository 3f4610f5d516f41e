"""Every example of docs/query-syntax.md, what works and what it warns about, is carried out."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ereader.search.explain import understood
from ereader.search.parser import MAX_TEXT, MAX_TOKENS, MAX_WILDCARDS, parse
from ereader.search.pipeline import search
from ereader.search.query_fields import FIELDS, field_named
from ereader.search.refusal import MAX_REACH
from ereader.search.request import SearchRequest
from ereader.search.tokens import MAX_DEPTH
from holdings.members.view import PUBLIC, View
from indexer.document import Member, documents
from indexer.index import open_engine
from indexer.records.record import (
    Class,
    Contributor,
    Holding,
    Identifier,
    Link,
    Publication,
    Record,
    Relation,
    Subject,
)
from indexer.records.union import SourceRecord

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "query-syntax.md").read_text(encoding="utf-8")


def tables(heading: str) -> list[list[str]]:
    """The rows of all tables with this first line, cell by cell; ``\\|`` is a bar."""
    rows: list[list[str]] = []
    reading = False
    for line in PAGE.splitlines():
        if line == heading:
            reading = True
        elif reading and line.startswith("|"):
            if not line.startswith("| ---"):
                rows.append([c.strip().replace("\\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]])
        else:
            reading = False
    return rows


UNDERSTOOD = tables("| typed | understood as |")
FOUND = tables("| typed | finds | does not find |")
FIELD_SEARCHES = tables("| typed | finds the record | does not find the record |")
NAMES = tables("| field | further names | what it looks into |")


def bare(cell: str) -> str:
    assert cell.startswith("`"), f"an example stands between back quotes: {cell}"
    return cell[1:-1]


def test_the_page_has_its_tables() -> None:
    assert len(UNDERSTOOD) > 80
    assert len(FOUND) > 10


@pytest.mark.parametrize("row", UNDERSTOOD, ids=lambda row: row[0])
def test_the_text_is_understood_as_the_page_says(row: list[str]) -> None:
    assert understood(parse(bare(row[0])).tree) == bare(row[1])


@pytest.fixture(scope="module")
def shelf():
    engine = open_engine("tantivy")
    writer = engine.writer()
    titles = {t.strip() for row in FOUND for cell in row[1:] for t in cell.split(" · ")}
    for title in titles:
        source = SourceRecord(
            uid=title, library="a", repository="a", id=title, record=Record(type="book", title=title)
        )
        writer.replace(title, documents(title, [Member(source, frozenset({PUBLIC}), ("C:centre",))]))
    writer.commit()
    writer.close()
    return engine


@pytest.mark.parametrize("row", FOUND, ids=lambda row: row[0])
def test_the_search_finds_what_the_page_says_and_not_what_it_warns_about(row: list[str], shelf) -> None:
    view = View(place="C:centre", atoms=frozenset({PUBLIC}))
    request = SearchRequest.from_params([("q", bare(row[0])), ("size", "100")])
    found = {hit.id for hit in search(request, view, shelf).hits}
    assert found >= {t.strip() for t in row[1].split(" · ")}
    assert found.isdisjoint(t.strip() for t in row[2].split(" · "))


def described(text: str) -> Record:
    """The record that a cell such as ``author=鲁迅`` describes: it has this one thing."""
    name, _, value = text.partition("=")
    if name in ("isbn", "issn", "doi", "identifier"):
        scheme = "cn" if name == "identifier" else name
        return Record(type="book", title="x", identifiers=(Identifier(scheme, value),))
    made: dict[str, dict[str, Any]] = {
        "title": {"title": value},
        "author": {"contributors": (Contributor(value, "author"),)},
        "subject": {"subjects": (Subject(value),)},
        "publisher": {"publication": Publication(publisher=value)},
        "series": {"series": (value,)},
        "journal": {"relations": (Relation("in", value),)},
        "abstract": {"abstract": value},
        "contents": {"contents": (value,)},
        "note": {"notes": (value,)},
        "place": {"places": (value,)},
        "callnumber": {"holdings": (Holding(call_number=value),)},
        "class": {"classes": (Class(value, "clc"),)},
        "year": {"year": int(value) if value.isdigit() else None},
        "type": {"type": value},
        "language": {"languages": (value,)},
        "country": {"countries": (value,)},
        "access": {"links": (Link("https://example.org/"),)}
        if value == "fulltext"
        else {"holdings": (Holding(),)},
        "library": {"library": value},
    }
    return Record(**{"type": "book", "title": "x", **made[name]})


@pytest.mark.parametrize("row", FIELD_SEARCHES, ids=lambda row: row[0])
def test_a_field_search_finds_what_the_page_says_and_not_what_it_warns_about(row: list[str]) -> None:
    engine = open_engine("tantivy")
    writer = engine.writer()
    for cell in row[1:]:
        record = described(cell)
        source = SourceRecord(cell, record.library or "a", "a", cell, record)
        writer.replace(cell, documents(cell, [Member(source, frozenset({PUBLIC}), ("C:centre",))]))
    writer.commit()
    writer.close()
    view = View(place="C:centre", atoms=frozenset({PUBLIC}))
    request = SearchRequest.from_params([("q", bare(row[0]))])
    assert [hit.id for hit in search(request, view, engine).hits] == [row[1]]


def test_every_field_is_searched_for_on_the_page() -> None:
    assert {bare(row[0]).lstrip("-").partition(":")[0] for row in FIELD_SEARCHES} == set(FIELDS)


def test_every_field_is_on_the_page_with_names_that_work() -> None:
    listed: set[str] = set()
    for fields, names, _ in NAMES:
        columns = re.findall(r"`(\w+)`", fields)
        listed.update(columns)
        for name in filter(None, re.split(r"[,;]\s*", names)):
            assert field_named(name) in columns
    assert listed == set(FIELDS)


def test_the_limits_of_the_page_are_those_of_the_program() -> None:
    numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", PAGE[PAGE.index("## Limits") :])]
    assert numbers == [MAX_TEXT, MAX_TOKENS, MAX_WILDCARDS, MAX_DEPTH, MAX_REACH]
