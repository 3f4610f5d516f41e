"""axe finds no serious violation on any page, on a desk and on a phone, light and dark, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PAGES = (
    "/",
    "/search?q=研究",
    "/search?q=研究&f.library=pku&x.library=fudan&year=1900-1950",
    "/search?q=红楼梦&type=map",
    '/search?q="unclosed AND (title:',
    "/search/facet?facet=subject&q=研究",
    "/help",
    "/about",
    "/advanced",
    "/advanced?q=(title:a OR b) NOT (c OR author:d)&type=book",
    "/searches",
    "EDITIONS 红楼梦",
    "/search?q=红楼梦 AND title:梦&group=work",
    "/browse",
    "/browse/author?from=曹",
    "/browse/title?order=stroke",
    "/browse/class/clc/K/K2",
    "/browse/shelf?from=K291/30",
    "/browse/journals",
    "/browse/journal?title=Journal of Examples in Physics",
    "/browse/new?type=map",
    "/nothing",
    "/login?next=/help",
    "RECORD 红楼梦 人民文学出版社",
    "RECORD inelastic",
    "RECORD 墓志铭",
    "STAFF 红楼梦 人民文学出版社",
    "AVAILABLE 红楼梦 人民文学出版社",
    "/at/pku/resolver?genre=book&isbn=9787020002207",
    "/at/pku/resolver?rft_id=info:doi/10.1000/xyz.123",
    "WAYS 红楼梦 人民文学出版社",
    "REPORT inelastic",
)
WORST = ("serious", "critical")


def open_page(visit: Callable[..., Any], path: str, **how: Any) -> Any:
    kind, _, q = path.partition(" ")
    if kind not in ("RECORD", "STAFF", "EDITIONS", "AVAILABLE", "WAYS", "REPORT"):
        return visit(path, **how)
    page = visit(f"/at/pku/search?q={q}" if kind in ("WAYS", "REPORT") else f"/search?q={q}", **how)
    if kind in ("WAYS", "REPORT"):
        page.locator("[data-ways]").first.click()
        page.locator(".ways-here section").first.wait_for()
        if kind == "REPORT":
            page.goto(page.locator(".ways-here a[href*='/resolver/report']").first.get_attribute("href"))
        return page
    page.goto(
        page.locator(".hits a").first.get_attribute("href").partition("?")[0]
        + {"STAFF": "/staff", "EDITIONS": "/editions", "AVAILABLE": "/availability"}.get(kind, "")
    )
    return page


@pytest.mark.parametrize(
    ("lang", "phone", "dark"),
    [("zh-CN", False, False), ("en", False, True), ("zh-CN", True, True), ("en", True, False)],
)
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_serious(
    visit: Callable[..., Any], path: str, lang: str, phone: bool, dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(visit, path, lang=lang, phone=phone, dark=dark)
    answer = Axe().run(page).response
    assert len(answer["passes"]) > 10, "axe looked at the page"
    told = [
        f"{v['id']}: {node['html'][:200]}"
        for v in answer["violations"]
        if v["impact"] in WORST
        for node in v["nodes"]
    ]
    assert told == []


def test_axe_finds_nothing_serious_in_the_dialog_of_a_facet(visit: Callable[..., Any]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    page = visit("/search?q=研究")
    page.locator("a[data-dialog]").first.click()
    page.get_by_role("dialog").wait_for()
    found = Axe().run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in WORST] == []
