"""A session that ends while somebody types, in a browser: with the keyboard he signs in beside it and loses nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import console_home as console
import portal_catalogue
import pytest

pytest.importorskip("playwright.sync_api")

PROFILE = "/manage/library/pku/profile"
SHOTS = os.environ.get("EREADER_TEST_SHOTS", "")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return console.build(tmp_path_factory.mktemp("lapsed") / "home")


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[str]:
    with portal_catalogue.serving(home) as url:
        yield url


def checked(page: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    answer = Axe().run(page).response
    assert len(answer["passes"]) > 10, "axe looked at the page"
    assert [v["id"] for v in answer["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def sign_in(page: Any) -> None:
    page.fill("#username", "anna")
    page.fill("#password", console.PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url(f"**{PROFILE}")


@pytest.mark.parametrize(("lang", "phone", "script"), [("zh-CN", True, True), ("en", False, False)])
def test_nothing_that_was_typed_is_lost(
    browser: Any, site: str, home: Path, lang: str, phone: bool, script: bool
) -> None:
    context = browser.new_context(
        viewport={"width": 390 if phone else 1280, "height": 900}, locale=lang, base_url=site,
    )  # fmt: skip
    if not script:  # of ours; axe needs the browser's own
        context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"/login?next={PROFILE}")
    sign_in(page)
    typed = f"Peking University Library, {lang}"
    page.fill("#en", typed)
    console.lapse(home)
    page.press("#en", "Enter")
    page.wait_for_selector("main a[target=_blank]")
    checked(page)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/ended-{lang}.png", full_page=True)
    page.focus("main a[target=_blank]")
    with context.expect_page() as opened:
        page.keyboard.press("Enter")
    sign_in(opened.value)
    opened.value.close()
    page.focus("main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector("main form button.main-action")
    checked(page)
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/asked-{lang}.png", full_page=True)
    page.focus("main form button")
    page.keyboard.press("Enter")
    page.wait_for_selector("main .flash")
    assert page.input_value("#en") == typed
    context.close()
