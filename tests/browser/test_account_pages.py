"""Signing in and out in a browser: with the keyboard, without script, on a phone; axe finds nothing on the account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import portal_catalogue
import pytest
from axe_playwright_python.sync_playwright import Axe

NAME, PASSWORD = portal_catalogue.READER


def enter(page: Any) -> None:
    page.fill("#username", NAME)
    page.fill("#password", PASSWORD)
    page.click("main form.account button")


@pytest.mark.parametrize(("lang", "out"), [("zh-CN", "退出"), ("en", "Sign out")])
def test_a_reader_signs_in_and_out_without_script_and_comes_back_to_his_search(
    visit: Callable[..., Any], lang: str, out: str
) -> None:
    page = visit("/search?q=园林&type=book", lang=lang, script=False)
    page.click("header a[rel=nofollow][href*='/login']")
    enter(page)
    assert "/search?" in page.url and "type=book" in page.url
    assert page.locator("header").get_by_text(NAME).count() == 1
    page.locator("header").get_by_role("button", name=out).click()
    assert page.locator("header").get_by_text(NAME).count() == 0


def test_the_keyboard_is_enough(visit: Callable[..., Any]) -> None:
    page = visit("/login")
    page.focus("#username")
    page.keyboard.type(NAME)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    assert page.locator("header").get_by_text(NAME).count() == 1


@pytest.mark.parametrize(("lang", "phone", "dark"), [("zh-CN", True, False), ("en", False, True)])
def test_the_account_is_accessible_and_fits_the_screen(
    visit: Callable[..., Any], lang: str, phone: bool, dark: bool
) -> None:
    page = visit("/login", lang=lang, phone=phone, dark=dark)
    enter(page)
    for path in ("/login", "/account/password", "/", "/search?q=园林"):
        page.goto(path)
        found = Axe().run(page).response["violations"]
        assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
