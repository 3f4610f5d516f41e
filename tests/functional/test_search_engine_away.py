"""A portal whose search engine has never answered says so at once, and serves what needs no search."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from waiting import not_hung


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = tmp_path_factory.mktemp("away")
    # Nothing listens there.
    (home / "settings.toml").write_text('engine = "solr"\nsolr = "http://127.0.0.1:1/solr"\n', "utf-8")
    environment = {k: v for k, v in os.environ.items() if not k.startswith("EREADER_")}
    command = [sys.executable, "-m", "ereader", "--home", str(home), "serve", "--port", "0"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on http://"), line
    with httpx.Client(base_url=line.split()[-1], timeout=120) as client:
        yield client
    process.terminate()
    process.communicate(timeout=120)


@pytest.mark.parametrize(("lang", "words"), [("en", "does not answer"), ("zh-CN", "没有响应")])
def test_a_search_is_answered_by_a_page_that_says_it_in_the_reader_s_language(
    portal: httpx.Client, lang: str, words: str
) -> None:
    with not_hung():
        answer = portal.get("/search", params={"q": "红楼梦", "lang": lang})
    assert answer.status_code == 503
    assert words in answer.text
    assert "红楼梦" not in answer.headers.get("retry-after", "")
    assert int(answer.headers["retry-after"]) > 0


def test_a_program_is_told_in_its_own_form(portal: httpx.Client) -> None:
    for path in ("/api/v1/search", "/api/v1/suggest", "/api/v1/facets"):
        answer = portal.get(path, params={"q": "x", "facet": "subject"})
        assert answer.status_code == 503
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["status"] == 503
        assert "127.0.0.1" not in answer.text  # Where our services are is nobody's business.


def test_health_says_so_and_pages_without_a_search_are_there(portal: httpx.Client) -> None:
    assert portal.get("/healthz").status_code == 503
    assert portal.get("/help").status_code == 200
    assert portal.get("/robots.txt").status_code == 200
