"""A portal on SolrCloud as its users meet it: switched on and off by one command, and with its nodes killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from waiting import not_hung, until

from scripts.solr_cloud import SolrCloud

pytestmark = pytest.mark.slow

RECORD = """@book{{r{n},
  title = {{同名的书 number {n}}},
  author = {{Author, Number{n}}},
  year = {{{year}}}
}}
"""


@pytest.fixture(scope="module")
def cloud(mortal_cloud: SolrCloud) -> SolrCloud:
    """A cloud in which nodes may be killed, all of them alive."""
    for n in range(mortal_cloud.nodes):
        mortal_cloud.restart(n)
    return mortal_cloud


def file_of(path: Path, numbers: range) -> Path:
    path.write_text("".join(RECORD.format(n=n, year=1900 + n % 100) for n in numbers), "utf-8")
    return path


class Home:
    """Runs ``ereader`` in processes of its own on one home."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("EREADER_")}

    def start(self, *words: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "ereader", "--home", str(self.home), *words]
        return subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=self.environment
        )

    def run(self, *words: str, status: int = 0) -> str:
        process = self.start(*words)
        out, err = process.communicate(timeout=600)
        assert process.returncode == status, f"{words}: {process.returncode}\n{out}\n{err}"
        assert "Traceback" not in err, err
        return out

    def status(self, *words: str) -> int:
        process = self.start(*words)
        process.communicate(timeout=600)
        return process.returncode

    def load(self, file: Path) -> dict[str, Any]:
        out = self.run("load", str(file), "--library", "lib", "--repository", "books", "--create", "--json")
        return json.loads(out.splitlines()[-1])  # type: ignore[no-any-return]

    def total(self, query: str = "同名") -> int:
        return int(json.loads(self.run("search", query, "--json"))["total"])


@pytest.fixture(scope="module")
def home(cloud: SolrCloud, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home with forty records, switched to the cloud."""
    folder = tmp_path_factory.mktemp("home")
    home = Home(folder / "home")
    home.load(file_of(folder / "a.bib", range(40)))
    home.run("reindex", "--engine", "solr", "--solr", ",".join(cloud.urls))
    with (home.home / "settings.toml").open("a", encoding="utf-8") as settings:
        settings.write("solr_patience = 30.0\n")  # a node that lives may be slow, one that is dead refuses
    return home


@pytest.fixture(scope="module")
def portal(home: Home) -> Iterator[httpx.Client]:
    process = home.start("serve", "--port", "0")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on http://"), line
    with httpx.Client(base_url=line.split()[-1], timeout=120) as client:
        yield client
    process.terminate()
    process.communicate(timeout=120)


def found(portal: httpx.Client) -> int:
    answer = portal.get("/api/v1/search", params={"q": "同名", "size": 0})
    return int(answer.json()["total"]) if answer.status_code == 200 else -1


def test_one_command_switches_to_solr_and_back_and_a_running_portal_follows(
    home: Home, portal: httpx.Client, tmp_path: Path
) -> None:
    address = {"q": "同名 number 7", "size": 20}

    def answered() -> dict[str, Any]:
        answer: dict[str, Any] = portal.get("/api/v1/search", params=address).json()
        return {name: value for name, value in answer.items() if name != "took_ms"}

    before = answered()
    assert before["total"] == 1
    assert 'engine = "solr"' in (home.home / "settings.toml").read_text("utf-8")
    assert home.total() == 40
    home.run("reindex", "--engine", "tantivy")
    until(lambda: answered() == before)
    home.load(file_of(tmp_path / "more.bib", range(40, 45)))
    until(lambda: found(portal) == 45)
    home.run("reindex", "--engine", "solr")
    assert home.total() == 45
    until(lambda: found(portal) == 45)


def test_what_is_loaded_is_searchable_when_the_command_returns(
    home: Home, portal: httpx.Client, tmp_path: Path
) -> None:
    counts = home.load(file_of(tmp_path / "one.bib", range(50, 51)))
    assert counts["new"] == 1
    assert found(portal) == home.total()
    assert portal.get("/api/v1/search", params={"q": "number 50"}).json()["total"] == 1


def test_no_page_fails_and_no_document_is_lost_when_a_node_is_killed(
    home: Home, portal: httpx.Client, cloud: SolrCloud, tmp_path: Path
) -> None:
    had = found(portal)
    failed: list[str] = []
    pages = 0
    stop = threading.Event()

    def visit() -> None:
        nonlocal pages
        with httpx.Client(base_url=portal.base_url, timeout=120) as visitor:
            while not stop.is_set():
                for path in ("/search?q=number+7&lang=en", "/api/v1/search?q=number&f.type=book", "/"):
                    answer = visitor.get(path)
                    pages += 1
                    if answer.status_code != 200:
                        failed.append(f"{path}: {answer.status_code}")

    visitors = [threading.Thread(target=visit) for _ in range(2)]
    for visitor in visitors:
        visitor.start()
    loading = home.start(
        "load", str(file_of(tmp_path / "many.bib", range(1000, 4000))), "--library", "lib",
        "--repository", "books", "--json",
    )  # fmt: skip
    until(lambda: pages > 3)
    time.sleep(1.5)
    cloud.kill(1)
    out, err = loading.communicate(timeout=600)
    try:
        assert loading.returncode == 0, err
        assert json.loads(out.splitlines()[-1])["new"] == 3000
        assert found(portal) == had + 3000
        cloud.restart(1)
        before = pages
        until(lambda: pages > before + 20)
    finally:
        stop.set()
        for visitor in visitors:
            visitor.join()
    assert failed == []


@pytest.mark.parametrize(("lang", "words"), [("en", "does not answer"), ("zh-CN", "没有响应")])
def test_without_solr_a_page_says_so_in_two_seconds_and_searching_comes_back_by_itself(
    portal: httpx.Client, cloud: SolrCloud, lang: str, words: str
) -> None:
    hit = portal.get("/api/v1/search", params={"q": "number 7"}).json()["hits"][0]["id"]
    for n in range(cloud.nodes):
        cloud.kill(n)
    for path in ("/search", "/api/v1/search", "/api/v1/facets"):
        with not_hung():
            answer = portal.get(path, params={"q": "同名", "facet": "subject", "lang": lang})
        assert answer.status_code == 503
        assert words in answer.text
        assert "retry-after" in answer.headers
        told = answer.headers["content-type"]
        assert told.startswith("application/problem+json" if "api" in path else "text/html")
    assert portal.get("/healthz").status_code == 503
    assert portal.get(f"/record/{hit}").status_code == 200
    for n in range(cloud.nodes):
        cloud.restart(n)
    until(lambda: portal.get("/healthz").status_code == 200)
    until(lambda: found(portal) >= 40)


def test_a_command_that_needs_solr_ends_with_status_three_without_it(
    home: Home, cloud: SolrCloud, tmp_path: Path
) -> None:
    for n in range(cloud.nodes):
        cloud.kill(n)
    began = time.monotonic()
    home.run("search", "number", status=3)
    home.run(
        "load",
        str(file_of(tmp_path / "x.bib", range(1))),
        "--library",
        "lib",
        "--repository",
        "books",
        status=3,
    )
    assert time.monotonic() - began < 100, "a write is tried for two minutes, and this is no write yet"
    for n in range(cloud.nodes):
        cloud.restart(n)
    until(lambda: home.status("search", "number") == 0)
