"""A served catalogue that changes from Tantivy to SolrCloud and back by one command."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import portal_catalogue
import pytest
from waiting import not_hung

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
        with urllib.request.urlopen(f"{address}{path}?{query}", timeout=120) as answer:
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


def test_the_answers_stay_when_one_command_changes_the_engine(home: Path, solr_cloud: SolrCloud) -> None:
    with portal_catalogue.serving(home) as address:
        before = answers(address)
        assert sum(answer[2] for answer in before) > 100
        for engine in ("solr", "tantivy"):
            told = ("--solr", ",".join(solr_cloud.urls)) if engine == "solr" else ()
            portal_catalogue.run(home, "reindex", "--engine", engine, *told)
            assert f'engine = "{engine}"' in (home / "settings.toml").read_text("utf-8")
            time.sleep(2)  # A server looks at the settings every second.
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
    with not_hung(100):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode not in (0, 1)
    assert "127.0.0.1:9" in done.stderr
    assert "Traceback" not in done.stderr
    assert (settings.read_text("utf-8") if settings.exists() else "") == before
    assert json.loads(portal_catalogue.run(home, "search", "红楼梦", "--json"))["total"] > 0
