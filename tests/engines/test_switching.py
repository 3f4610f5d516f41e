"""A served catalogue that changes from Tantivy to SolrCloud and back by one command, and loses its SolrCloud."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import portal_catalogue
import pytest

from scripts.solr_cloud import SolrCloud

pytestmark = pytest.mark.slow

ASKED = ("红楼梦", "苏州园林", "studies", "刘敦桢", "title:(红楼)", "地方史 NOT 桥梁", "nosuchword")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return portal_catalogue.build(tmp_path_factory.mktemp("switching") / "home")


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "home"))


def get(address: str, path: str, **parameters: str) -> tuple[int, str]:
    query = urllib.parse.urlencode(parameters)
    try:
        with urllib.request.urlopen(f"{address}{path}?{query}", timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def answers(address: str) -> list[Any]:
    """What the catalogue says to all that is asked: totals, ids in their order, facets."""
    found = []
    for text in ASKED:
        for sort in ("relevance", "title", "newest"):
            status, body = get(address, "/api/v1/search", q=text, sort=sort, facets="subject,type,language")
            assert status == 200, body
            answer = json.loads(body)
            ids = [hit["id"] for hit in answer["hits"]]
            facets = answer["facets"]
            # Which of equally frequent values come last is not said, so only their numbers are compared.
            counts = {name: [v["count"] for v in facet] for name, facet in facets.items()}
            found.append((text, sort, answer["total"], ids, counts))
    return found


def until(true: Callable[[], bool], seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit
        time.sleep(0.2)


def test_one_command_changes_the_engine_and_the_answers_stay(home: Path, mortal_cloud: SolrCloud) -> None:
    for n in range(mortal_cloud.nodes):
        mortal_cloud.restart(n)
    nodes = ",".join(mortal_cloud.urls)
    with portal_catalogue.serving(home) as address:
        before = answers(address)
        assert sum(answer[2] for answer in before) > 100

        portal_catalogue.run(home, "reindex", "--engine", "solr", "--solr", nodes)
        until(lambda: json.loads(get(address, "/healthz")[1]).get("engine", "solr") == "solr")
        time.sleep(2)
        assert answers(address) == before

        # Now it does live by the SolrCloud: without it, it says so, and soon.
        for n in range(mortal_cloud.nodes):
            mortal_cloud.kill(n)
        for path in ("/search", "/api/v1/search"):
            started = time.monotonic()
            status, page = get(address, path, q="红楼梦")
            assert status == 503, page
            assert time.monotonic() - started < 2.0
            assert "127.0.0.1" not in page
            assert "Traceback" not in page
        for n in range(mortal_cloud.nodes):
            mortal_cloud.restart(n)
        until(lambda: get(address, "/api/v1/search", q="红楼梦")[0] == 200)
        until(lambda: answers(address) == before)

        portal_catalogue.run(home, "reindex", "--engine", "tantivy")
        time.sleep(2)
        for n in range(mortal_cloud.nodes):
            mortal_cloud.kill(n)
        assert answers(address) == before


def test_a_cloud_that_is_not_there_changes_nothing(home: Path) -> None:
    settings = home / "settings.toml"
    before = settings.read_text("utf-8") if settings.exists() else ""
    command = [
        sys.executable,
        "-m",
        "ereader",
        "--home",
        str(home),
        "reindex",
        "--engine",
        "solr",
        "--solr",
        "http://127.0.0.1:9/solr",
    ]
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode not in (0, 1)
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - started < 30
    assert (settings.read_text("utf-8") if settings.exists() else "") == before
    assert json.loads(portal_catalogue.run(home, "search", "红楼梦", "--json"))["total"] > 0
