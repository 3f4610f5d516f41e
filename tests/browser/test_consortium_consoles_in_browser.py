"""The consoles of consortia and of the centre in a browser: axe, narrow screens, both languages, the keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import portal_catalogue
import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

PASSWORD = "quiet paper, good type"
CONFIGURATION = """
[[consortium]]
id = "x"
name = { zh = "江海共享域", en = "Jianghai Consortium of University and Public Libraries" }
[[library]]
id = "linjiang"
name = { zh = "临江大学图书馆", en = "Linjiang University Library, Main Campus" }
isil = "CN-110108"
[[library]]
id = "shanyin"
name = { zh = "山阴县图书馆" }
[[membership]]
library = "linjiang"
consortium = "x"
since = 2020-01-01
[[membership]]
library = "shanyin"
consortium = "x"
status = "suspended"
[[repository]]
id = "books"
library = "linjiang"
name = { zh = "馆藏图书", en = "Books" }
offered_to = ["x"]
published_by = ["x"]
[[repository]]
id = "theses"
library = "linjiang"
audience = "own-members"
offered_to = ["x"]
[[endpoint]]
id = "opac"
library = "linjiang"
kind = "opac"
address = "https://opac.example/"
"""
CENTRE = [f"/manage/centre{p}" for p in (
    "", "/libraries", "/libraries/linjiang", "/consortia", "/consortia/x", "/members", "/sharing", "/settings",
    "/people", "/people?user=admin", "/endpoints", "/endpoints?endpoint=opac", "/jobs", "/trace",
    "/trace?record=books/1&place=x", "/trace?record=none&place=nowhere", "/log", "/log?entry=3", "/log?show=sign-ins",
)]  # fmt: skip
CONSORTIUM = [
    f"/manage/consortium/x{p}"
    for p in ("", "/members", "/members/linjiang", "/sharing?state=waiting", "/settings", "/log")
]


@pytest.fixture(scope="module")
def address(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("consoles")
    secret, settings, records = folder / "secret", folder / "c.toml", folder / "r.jsonl"
    secret.write_text(PASSWORD, "utf-8")
    people = "".join(
        f'[[user]]\nname = "{name}"\nroles = ["{role}"]\npassword_file = "{secret}"\n'
        for name, role in (("centre", "centre-admin"), ("admin", "consortium-admin:x"))
    )
    settings.write_text(CONFIGURATION + people, "utf-8")
    portal_catalogue.run(folder / "home", "apply", str(settings))
    records.write_text(
        json.dumps({"record": {"id": "1", "type": "book", "title": "园林史话"}}) + "\n", "utf-8"
    )
    words = ("--library", "linjiang", "--repository", "books", "--format", "record")
    portal_catalogue.run(folder / "home", "load", str(records), *words)
    with portal_catalogue.serving(folder / "home") as url:
        yield url


@pytest.fixture
def enter(browser: Any, address: str) -> Iterator[Any]:
    contexts, complaints = [], []

    def entered(name: str, *, lang: str = "zh-CN", phone: bool = False, dark: bool = False) -> Any:
        context = browser.new_context(
            viewport={"width": 375 if phone else 1280, "height": 900}, locale=lang, base_url=address,
            color_scheme="dark" if dark else "light", has_touch=phone,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.goto("/login")
        page.fill("#username", name)
        page.fill("#password", PASSWORD)
        page.click("main form.account button")
        return page

    yield entered
    for context in contexts:
        context.close()
    assert [c for c in complaints if "404 (Not Found)" not in c and "422 " not in c] == []


@pytest.mark.parametrize(("lang", "phone", "dark"), [("zh-CN", False, True), ("en", True, False)])
def test_axe_finds_nothing_serious_and_every_page_fits(
    enter: Any, lang: str, phone: bool, dark: bool
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    told = []
    for name, pages in (("centre", CENTRE), ("admin", CONSORTIUM)):
        page = enter(name, lang=lang, phone=phone, dark=dark)
        for path in pages:
            page.goto(path)
            answer = Axe().run(page).response
            assert len(answer["passes"]) > 10, "axe looked at the page"
            told += [
                f"{path} {v['id']}: {node['html'][:160]}"
                for v in answer["violations"]
                if v["impact"] in ("serious", "critical")
                for node in v["nodes"]
            ]
            if not page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"):
                told.append(f"{path} is wider than the screen")
            tab = page.locator(".tabs [aria-current]").bounding_box()
            if tab["x"] + tab["width"] > page.viewport_size["width"]:
                told.append(f"{path} hides its own tab")
    assert told == []


def test_publishing_and_taking_back_with_the_keyboard_alone(enter: Any) -> None:
    page = enter("admin", lang="en")
    page.goto("/manage/consortium/x/sharing?state=waiting")
    page.get_by_role("checkbox", name="theses").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Publish what is picked"
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_contain_text("published")
    page.goto("/manage/consortium/x/sharing?q=theses")
    page.get_by_role("checkbox", name="theses").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Before this is done")
    page.get_by_label("Reason").fill("by mistake")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".flash")).to_contain_text("taken back")
