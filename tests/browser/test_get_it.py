"""The ways to a hit, opened where it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

Visit = Callable[..., Any]
SEARCH = "/at/pku/search?q=红楼梦"


def test_get_it_opens_under_the_hit_without_leaving_the_list(visit: Visit) -> None:
    page = visit(SEARCH)
    link = page.get_by_role("link", name="获取", exact=True).first
    link.focus()
    page.keyboard.press("Enter")
    panel = page.get_by_role("region", name="获取")
    expect(panel.get_by_role("heading", name="馆藏")).to_be_visible()
    expect(panel).to_contain_text("北京大学图书馆")
    assert "/search?" in page.url and link.get_attribute("aria-expanded") == "true"
    link.click()
    expect(panel).to_be_hidden()
    assert link.get_attribute("aria-expanded") == "false"


def test_without_script_the_link_leads_to_the_page_of_ways(visit: Visit) -> None:
    page = visit(SEARCH, script=False)
    page.get_by_role("link", name="获取", exact=True).first.click()
    assert re.search(r"/at/pku/resolver\?record=", page.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("红楼梦")
    expect(page.get_by_role("heading", name="馆藏")).to_be_visible()


def test_the_record_page_opens_the_ways_in_its_own_place(visit: Visit) -> None:
    page = visit(SEARCH, phone=True)
    page.locator(".hits h2 a").first.click()
    page.get_by_role("link", name="全部获取途径").click()
    panel = page.get_by_role("region", name="全部获取途径")
    expect(panel.get_by_role("heading", name="馆藏")).to_be_visible()
    assert "/record/" in page.url
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
