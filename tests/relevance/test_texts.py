"""Texts of many scripts find each other as ``tests/cases/text`` says, on every engine."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from relevance_corpus import ask, fill, ids

from ereader.search.parser import parse
from indexer.index.engine import Engine
from indexer.records.record import Record

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).resolve().parents[1] / "cases" / "text" / "same.toml").read_text("utf-8")
)["case"]


@pytest.fixture(scope="module")
def engine(search_engine: Engine) -> Engine:
    records = {}
    for n, case in enumerate(CASES):
        languages = (case["language"],) if "language" in case else ()
        records[f"case-{n}"] = Record(type="book", title=case["title"], languages=languages)
    fill(search_engine, records)
    return search_engine


@pytest.mark.parametrize("n", range(len(CASES)), ids=[case["why"] for case in CASES])
def test_queries_find_what_a_reader_takes_for_the_same(engine: Engine, n: int) -> None:
    for query in CASES[n]["finds"]:
        assert f"case-{n}" in ids(ask(engine, parse(query).tree, limit=30)), query
    for query in CASES[n].get("not", ()):
        assert f"case-{n}" not in ids(ask(engine, parse(query).tree, limit=30)), query
