"""Every request of docs/api.md is carried out against the demo consortium, and its answer compared."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import portal_catalogue
import pytest

from ereader.search.facet_list import FACETS
from ereader.search.refusal import MAX_REACH
from ereader.search.request import MAX_SIZE, SORTS
from indexer.records.export import FORMATS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
ANYTHING = "…"
BASE = "http://127.0.0.1:8000"


def examples() -> list[tuple[str, list[tuple[str, str]], Any]]:
    """(path, parameters, sample of the answer or None) of every curl line."""
    found: list[tuple[str, list[tuple[str, str]], Any]] = []
    for kind, block in re.findall(r"```(sh|json)\n(.*?)```", PAGE, re.DOTALL):
        if kind == "json":
            path, parameters, _ = found.pop()
            found.append((path, parameters, json.loads(block)))
            continue
        for line in block.replace("\\\n", " ").splitlines():
            words = shlex.split(line)
            assert words[0] == "curl", line
            address = next(w for w in words if w.startswith(BASE))
            given = [words[n + 1].split("=", 1) for n, w in enumerate(words) if w == "--data-urlencode"]
            found.append((address.removeprefix(BASE), [(name, value) for name, value in given], None))
    return found


EXAMPLES = examples()


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = portal_catalogue.demo(tmp_path_factory.mktemp("demo") / "home")
    with portal_catalogue.serving(home) as url, httpx.Client(base_url=url, timeout=120) as client:
        yield client


def compare(sample: Any, answer: Any, where: str = "answer") -> None:
    """Keys, kinds and texts of a sample are in the answer; numbers may differ, ``…`` stands for any text."""
    if isinstance(sample, dict):
        assert isinstance(answer, dict), where
        for key, value in sample.items():
            assert key in answer, f"{where}: no {key} among {sorted(answer)}"
            compare(value, answer[key], f"{where}.{key}")
    elif isinstance(sample, list):
        assert isinstance(answer, list), where
        assert bool(answer) == bool(sample), f"{where}: {answer[:3]}"
        for value in sample:
            failures = []
            for n, given in enumerate(answer):
                try:
                    compare(value, given, f"{where}[{n}]")
                    break
                except AssertionError as failure:
                    failures.append(str(failure))
            else:
                raise AssertionError(failures[0])
    elif isinstance(sample, str):
        assert isinstance(answer, str), where
        assert sample in (ANYTHING, answer), f"{where}: {answer}"
    elif isinstance(sample, bool):
        assert answer is sample, where
    else:
        assert isinstance(answer, int | float | None) and not isinstance(answer, bool), where


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: f"{e[0]}?{'&'.join(map('='.join, e[1]))}")
def test_the_example_answers_as_the_page_says(
    demo: httpx.Client, example: tuple[str, list[tuple[str, str]], Any]
) -> None:
    path, parameters, sample = example
    answer = demo.get(path, params=parameters)
    expected = sample["status"] if isinstance((sample or {}).get("status"), int) else 200
    assert answer.status_code == expected and answer.content
    if expected != 200:
        assert answer.headers["content-type"] == "application/problem+json"
    if sample is not None:
        compare(sample, answer.json())


# What programs are promised, whatever the page says.
PROMISED = {
    "/api/v1/search?q=history": {"total", "page", "size", "hits", "facets", "query", "suggestions", "next_cursor"},
    "/api/v1/records/ave3ephcltuexfjm": {"id", "type", "title", "sources"},
    "/api/v1/facets?facet=subject&q=history": {"values", "more"},
    "/api/v1/suggest?q=hist": {"suggestions"},
}  # fmt: skip


@pytest.mark.parametrize("path", PROMISED)
def test_the_promised_keys_are_there(demo: httpx.Client, path: str) -> None:
    answer = demo.get(path).json()
    assert PROMISED[path] <= answer.keys()
    hit = {"id", "type", "title", "contributors", "year", "libraries", "highlights"}
    assert all(hit <= h.keys() for h in answer.get("hits", []))
    for values in [*answer.get("facets", {}).values(), answer.get("values", [])]:
        assert all({"value", "label", "count"} <= v.keys() for v in values)
    assert all({"text", "kind", "count"} <= s.keys() for s in answer.get("suggestions", []))
    sources = {"library", "repository", "id", "merged_by"}
    assert all(sources <= s.keys() for s in answer.get("sources", []))
    if "query" in answer:
        assert {"text", "understood"} <= answer["query"].keys()


def test_the_page_has_its_examples() -> None:
    assert len(EXAMPLES) > 20 and sum(sample is not None for *_, sample in EXAMPLES) > 10


def test_lists_and_limits_of_the_page_are_those_of_the_program() -> None:
    for name in (*FACETS, *SORTS, *FORMATS):
        assert f"`{name}`" in PAGE or name in ("json", "marc21"), name
    assert f"at most {MAX_SIZE} hits a page, and at most the first {MAX_REACH:,} hits" in PAGE


def test_a_walk_passes_every_hit_once(demo: httpx.Client) -> None:
    seen: list[str] = []
    cursor = "*"
    while cursor:
        answer = demo.get("/api/v1/search", params={"type": "book", "size": "100", "cursor": cursor}).json()
        seen += [hit["id"] for hit in answer["hits"]]
        cursor = answer["next_cursor"] if answer["hits"] else ""
    assert len(seen) == len(set(seen)) == answer["total"]


def test_every_source_uid_leads_to_its_record(demo: httpx.Client) -> None:
    record = demo.get("/api/v1/records/ave3ephcltuexfjm").json()
    assert len(record["sources"]) > 1
    for source in record["sources"]:
        assert demo.get(f"/api/v1/records/{source['uid']}").json()["id"] == record["id"]
