"""What docs/resolver.md tells is so: its requests are made, its Python is run."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import portal_catalogue
import pytest
from openurl_cases import compare

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "resolver.md").read_text(encoding="utf-8")
BASE = "http://127.0.0.1:8000"
REQUESTS = re.findall(r"```sh\n(curl [^`]*?)```\n(?:\n```json\n(.*?)```)?", PAGE, re.S)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = portal_catalogue.build(tmp_path_factory.mktemp("portal") / "home")
    with portal_catalogue.serving(home) as url, httpx.Client(base_url=url, timeout=20) as client:
        yield client


@pytest.mark.parametrize(("command", "sample"), REQUESTS, ids=[c.strip()[:60] for c, _ in REQUESTS])
def test_a_request_of_the_page_answers_as_it_says(web: httpx.Client, command: str, sample: str) -> None:
    words = shlex.split(command)
    path = next(w for w in words if w.startswith(BASE)).removeprefix(BASE)
    answer = (
        web.post(path, content=words[words.index("--data") + 1].encode())
        if "--data" in words
        else web.get(path)
    )
    assert answer.status_code == 200
    told, found = json.loads(sample), answer.json()
    if "problems" in told:
        codes = [p["code"] for p in told.pop("problems")]
        assert set(codes) <= {p["code"] for p in found["problems"]}
    compare(told, found)


def test_the_python_of_the_page_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert blocks
    for block in blocks:
        exec(block, {})


def test_every_code_of_the_page_is_told_somewhere() -> None:
    source = "".join(
        p.read_text("utf-8") for p in (Path(__file__).resolve().parents[2] / "resolver").rglob("*.py")
    )
    for code in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE):
        assert f'"{code}"' in source, code
