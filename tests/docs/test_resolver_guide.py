"""What docs/resolver.md tells is so: its requests are made, its Python is run."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import httpx
import msgspec
import portal_catalogue
import pytest
from openurl_cases import compare

from holdings.members.library import Library
from resolver.knowledge_base.link_template import FIELDS
from resolver.knowledge_base.terms import Terms
from resolver.plugins import services
from resolver.service import AnswerType

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "resolver.md").read_text(encoding="utf-8")
BASE = "http://127.0.0.1:8000"
REQUESTS = re.findall(r"```sh\n(curl [^`]*?)```\n(?:\n```json\n(.*?)```)?", PAGE, re.S)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = tmp_path_factory.mktemp("demo") / "home"
    command = [sys.executable, "-m", "ereader", "--home", str(home), "demo", "--no-serve"]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
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
    ways = told.pop("answers", None)
    compare(told, found)
    if ways is not None:
        assert [w["service"] for w in ways] == [w["service"] for w in found["answers"]]
        for way, given in zip(ways, found["answers"], strict=True):
            compare(way, given)


def test_the_python_of_the_page_runs() -> None:
    blocks = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert blocks
    for block in blocks:
        exec(block, {})


def test_the_settings_of_the_page_are_those_of_a_library() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.S)
    for library in tomllib.loads(block)["library"]:
        assert msgspec.convert(library, Library).portal.proxy


def test_every_service_term_and_field_is_on_the_page() -> None:
    rows = set(re.findall(r"`(\w+)`", PAGE))
    for name in (*Terms.__struct_fields__, *FIELDS, *(s.name for s in services()), *get_args(AnswerType)):
        assert name in rows or f"`{name}`" in PAGE, name


def test_every_code_of_the_page_is_told_somewhere() -> None:
    source = "".join(
        p.read_text("utf-8") for p in (Path(__file__).resolve().parents[2] / "resolver").rglob("*.py")
    )
    for code in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", PAGE.partition("## The ways")[0]):
        assert f'"{code}"' in source, code
