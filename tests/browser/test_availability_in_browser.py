"""A list of hits shows what can be had now, with one question for the page, and without script by a link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import portal_catalogue
import pytest
from waiting import until

from ereader.simulators import simulated

LASTING = "options = { keep = 3600, seconds = 8 }\n"


def asked(client: httpx.Client, ids: list[tuple[str, str]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/api/v1/availability", params=ids).json()["records"]
    return found


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = portal_catalogue.build(tmp_path_factory.mktemp("availability") / "home")
    (home / "settings.toml").write_text('outside_networks = "127.0.0.1/32"\n', "utf-8")
    with simulated("daia") as daia, simulated("sru") as sru:
        file: Path = home / "endpoints.toml"
        file.write_text(
            f'[[endpoint]]\nid = "d"\nlibrary = "pku"\nkind = "daia"\naddress = "{daia.address}"\n{LASTING}'
            f'[[endpoint]]\nid = "s"\nlibrary = "fudan"\nkind = "sru"\naddress = "{sru.address}"\n{LASTING}',
            "utf-8",
        )
        portal_catalogue.run(home, "apply", str(file))
        with portal_catalogue.serving(home) as url, httpx.Client(base_url=url, timeout=120) as client:
            # What was said once counts for as long as the tests last, however slowly it came.
            found = client.get("/api/v1/search?q=研究&size=20&f.library=pku").json()["hits"]
            ids = [("id", hit["id"]) for hit in found]
            until(lambda: not any(told["pending"] for told in asked(client, ids)))
            yield url


@pytest.mark.parametrize("phone", [False, True])
def test_a_page_of_hits_asks_once(visit: Callable[..., Any], phone: bool) -> None:
    page = visit("/help", lang="en", phone=phone)
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url) if "/api/v1/availability" in r.url else None)
    page.goto("/search?q=研究&size=20&f.library=pku")
    marks = page.locator(".hits a[data-availability]")
    assert marks.count() == 20
    page.locator(".hits a[data-status]").first.wait_for()
    page.mouse.wheel(0, 20_000)
    page.wait_for_timeout(500)
    assert len(asked) == 1
    assert asked[0].count("id=") == 20
    words = set(page.locator(".hits a[data-status]").all_inner_texts())
    assert words & {"Available", "On loan"} or any("Available" in w or "On loan until" in w for w in words)


def test_without_script_the_link_leads_to_a_page_that_says_the_same(visit: Callable[..., Any]) -> None:
    page = visit("/search?q=研究&f.library=pku", script=False)
    page.get_by_role("link", name="实时馆藏状态").first.click()
    assert page.url.endswith("/availability")
    assert page.get_by_role("columnheader", name="状态").first.is_visible()
    assert page.locator(".now b").first.inner_text().strip()


def test_a_record_says_it_beside_each_library(visit: Callable[..., Any]) -> None:
    page = visit("/search?q=研究&f.library=pku", lang="zh-CN")
    page.goto(page.locator(".hits h2 a").first.get_attribute("href"))
    line = page.locator('[data-library="pku"] .now')
    line.filter(has_text="截至").wait_for()
