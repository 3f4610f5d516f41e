"""Headless Chromium in front of a served catalogue.

Without Chromium these tests are skipped with a reason; with CI=true they fail instead, for nobody
would see the skip.
"""

from __future__ import annotations

import functools
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import portal_catalogue
import pytest
from screens import DESKTOP, PHONE

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
CHROMIUM = os.environ.get("EREADER_TEST_CHROMIUM") or next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)


def _to_the_end(act: Callable[..., Any]) -> Callable[..., Any]:
    """The same action, over when the page that it leads to is read to its end.

    Playwright waits until such a page begins; what a test then looks for may not have arrived.
    """

    @functools.wraps(act)
    def done(self: Any, *args: Any, **options: Any) -> Any:
        page = getattr(self, "page", self)
        result = act(self, *args, **options)
        if not page.is_closed():
            page.wait_for_load_state("domcontentloaded", timeout=120_000)
        return result

    return done


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    if not CHROMIUM:
        message = "Chromium is not installed (apt-get install chromium, or set EREADER_TEST_CHROMIUM)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver, pytest.MonkeyPatch.context() as patch:
        for kind in (playwright.Page, playwright.Locator):
            for name in ("click", "press"):
                patch.setattr(kind, name, _to_the_end(getattr(kind, name)))
        playwright.expect.set_options(timeout=120_000)
        opened = driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS, timeout=240_000)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = portal_catalogue.build(tmp_path_factory.mktemp("portal") / "home")
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture
def visit(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Opens a page: ``visit(path, lang=…, phone=…, script=…, dark=…)``.

    Errors of scripts and of the policy fail the test.
    """
    contexts = []
    complaints: list[str] = []

    def visit(
        path: str, *, lang: str = "zh-CN", phone: bool = False, script: bool = True, dark: bool = False
    ) -> Any:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP,
            locale=lang,
            java_script_enabled=script,
            base_url=address,
            color_scheme="dark" if dark else "light",
            has_touch=phone,
        )
        contexts.append(context)
        context.grant_permissions(["clipboard-read", "clipboard-write"])
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.goto(path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert [c for c in complaints if "404 (Not Found)" not in c] == []
