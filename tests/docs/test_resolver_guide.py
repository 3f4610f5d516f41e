"""What docs/resolver.md tells is so: its requests are made, its Python is run."""

from __future__ import annotations

import html
import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import httpx
import msgspec
import portal_catalogue
import pytest
from openurl_cases import compare
from starlette.routing import Route

from ereader.settings import Settings
from ereader.web.routes import ROUTES
from holdings.members.library import Library
from resolver.knowledge_base.link_template import FIELDS
from resolver.knowledge_base.terms import Terms
from resolver.plugins import services
from resolver.rank import CRITERIA, TYPES
from resolver.service import AnswerType
from resolver.success import ASSUMED, DOUBTFUL, FAILING, FLOOR, HALF_LIFE

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "resolver.md").read_text(encoding="utf-8")
EMBED = (DOCS / "embed.md").read_text(encoding="utf-8")
BASE = "http://127.0.0.1:8000"
REQUESTS = re.findall(r"```sh\n(curl [^`]*?)```\n\n```json\n(.*?)```", PAGE, re.S)


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    home = portal_catalogue.demo(tmp_path_factory.mktemp("demo") / "home")
    with portal_catalogue.serving(home) as url, httpx.Client(base_url=url, timeout=120) as client:
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


def test_the_stream_of_the_page_ends(web: httpx.Client) -> None:
    (command,) = re.findall(r"```sh\n(curl -sN [^`]*?)```", PAGE)
    path = shlex.split(command)[-1].removeprefix(BASE)
    text = web.get(path).text
    assert text.startswith("event: section\n") and "event: done\n" in text


def test_every_face_of_the_page_is_an_address_and_every_address_a_face() -> None:
    told = set(
        re.findall(
            r"/resolver(?:/[a-z./]+)?(?=[`?])", PAGE.partition("## Faces")[2].partition("## Services")[0]
        )
    )
    there = {r.path for r in ROUTES if isinstance(r, Route) and r.path.startswith("/resolver")}
    assert told | {"/resolver/api/parse"} == there


def test_the_order_and_criteria_of_the_page_are_those_of_the_code() -> None:
    rank = PAGE.partition("### Rank")[2].partition("**Success")[0]
    kinds = re.findall(r"`(\w+)`", rank.partition("Within a kind")[0])
    assert tuple(kinds) == TYPES
    rows = re.findall(r"^\| `(\w+)` \|", rank, re.M)
    assert tuple(rows) == CRITERIA
    assert (HALF_LIFE, FLOOR, ASSUMED, DOUBTFUL, FAILING) == (30, 8, 4, 0.8, 0.5)


def test_the_settings_named_are_settings() -> None:
    for name in ("open_access", "citations", "reference_hosts"):
        assert f"`{name}`" in PAGE and name in Settings.__struct_fields__


def test_the_page_on_embedding_is_so(web: httpx.Client) -> None:
    ((command, sample),) = re.findall(r"```sh\n(curl [^`]*?)```\n\n```json\n(.*?)```", EMBED, re.S)
    words = shlex.split(command)
    path = next(w for w in words if w.startswith(BASE)).removeprefix(BASE)
    found = web.post(path, content=words[words.index("--data") + 1], headers={"accept-language": "en"}).json()
    told = json.loads(sample)
    first, given = told["results"][0]["answers"][0], found["results"][0]["answers"][0]
    compare(first, given)
    script = web.get("/resolver/embed.js").text
    for name in re.findall(r"`data-(\w+)`", EMBED):
        assert f"given.{name}" in script or f"said.{name}" in script, name
    (block,) = re.findall(r"```toml\n(.*?)```", EMBED, re.S)
    for library in tomllib.loads(block)["library"]:
        assert msgspec.convert(library, Library).portal.design.origins
    assert "innerHTML" not in script and "eval(" not in script and "document.write" not in script


def test_the_demo_leads_by_licence_freely_and_by_a_request_each_with_its_reason(web: httpx.Client) -> None:
    """The three libraries of docs/resolver.md: what stands first is the licensed text, a free one, a request."""

    def first(library: str, lang: str) -> dict[str, object]:
        path = f"/at/{library}/resolver/api/resolve?rft_id=info:doi/10.1038/30918&lang={lang}"
        return dict(web.get(path).json()["answers"][0])

    licensed, free, request = (first(library, "en") for library in ("yunshan", "nantang", "xiling"))
    assert (licensed["type"], licensed["cost"], licensed["proxied"]) == ("fulltext", "licensed", True)
    assert "licensed" in str(licensed["reason"])
    assert (free["type"], free["cost"], free["proxied"]) == ("fulltext", "free", False) and "ree" in str(
        free["reason"]
    )
    assert request["type"] == "document_delivery" and "ask" in str(request["reason"]).lower()
    assert str(request["url"]).startswith("https://request.xiling.example/openurl?")
    for library, given in (("yunshan", licensed), ("nantang", free), ("xiling", request)):
        page = web.get(f"/at/{library}/resolver?rft_id=info:doi/10.1038/30918&lang=en").text
        assert (
            html.escape(str(given["reason"]), quote=False) in page
            or html.escape(str(given["reason"])) in page
        )
        assert first(library, "zh-CN")["reason"] != given["reason"]
