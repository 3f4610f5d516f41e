"""An administrator of a library at work in the browser: loads with progress and report, shares, undoes; by keyboard, and
without script; axe finds nothing on the pages of the console.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import console_home as console
import portal_catalogue
import pytest
from axe_playwright_python.sync_playwright import Axe

LIBRARY = "/manage/library/pku"
TITLES = ("浏览器里装载的书", "浏览器里装载的第二本书")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = console.build(tmp_path_factory.mktemp("console") / "home")
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture
def file(tmp_path: Path) -> Path:
    found = tmp_path / "新书.mrc"
    found.write_bytes(console.marc(*((f"b{n}", title) for n, title in enumerate(TITLES))))
    return found


def enter(page: Any, name: str = "anna") -> Any:
    page.goto("/login")
    page.fill("#username", name)
    page.fill("#password", console.PASSWORD)
    page.click("main form.account button")
    page.wait_for_url("**/")
    return page


def found(page: Any, portal: str = "") -> int:
    return int(page.request.get(f"{portal}/api/v1/search?q={TITLES[0][:6]}").json()["total"])


def loaded(page: Any, file: Path) -> str:
    """Loads a file into the first repository; the address of its report."""
    page.goto(f"{LIBRARY}/load")
    page.set_input_files("#files", str(file))
    page.click("main .main-action")
    page.wait_for_url("**/uploads/*")
    assert page.locator("main").get_by_text(TITLES[0], exact=True).count() == 1
    page.click("main button[value=load]")
    page.wait_for_url("**/loads/*", timeout=120_000)
    return str(page.url)


@pytest.mark.parametrize(("lang", "script"), [("zh-CN", True), ("en", False)])
def test_an_administrator_loads_a_file_shares_it_and_undoes_the_load(
    visit: Callable[..., Any], file: Path, lang: str, script: bool
) -> None:
    page = enter(visit("/login", lang=lang, script=script))
    page.click("header a[href='/manage']")
    page.click(f"main a[href='{LIBRARY}']")
    page.click(f"main a[href='{LIBRARY}/load']")
    report = loaded(page, file)
    assert page.locator(".numbers dd").nth(1).inner_text() == "2"
    assert page.locator("a[download]").count() == 2
    assert found(page) == 2
    # Nobody but the own readers: what that hides is said first.
    page.click("main a[href*='/repositories/']")
    page.check("input[name=audience][value=own-members]")
    page.click("#change button")
    assert page.locator("table.grid tbody tr").count() > 0 and found(page) == 2
    page.click("main button.danger")
    page.wait_for_url("**/repositories/pku-all")
    assert page.locator("main .flash").count() == 1
    stranger = visit(f"/search?q={TITLES[0][:6]}", lang=lang, script=script)
    assert stranger.locator(".hits li").count() == 0
    page.check("input[name=audience][value=everyone]")
    page.click("#change button")
    page.goto(report)
    page.fill("#reason", f"the browser test in {lang}")
    page.click("#undo button")
    page.locator("main .flash").wait_for(timeout=120_000)
    assert page.locator("#undo button").count() == 0
    assert found(page) == 0
    page.goto(f"{LIBRARY}/log")
    assert page.get_by_text(f"the browser test in {lang}").count() == 1


def test_the_keyboard_is_enough(visit: Callable[..., Any], file: Path) -> None:
    page = enter(visit("/login"))
    page.goto(f"{LIBRARY}/load")
    page.set_input_files("#files", str(file))
    page.focus("#files")
    for _ in range(3):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "repository":
            break
    assert page.evaluate("document.activeElement.id") == "repository"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # opens how the files are read
    assert page.locator("main details").get_attribute("open") is not None
    page.focus("main .main-action")
    page.keyboard.press("Enter")
    page.wait_for_url("**/uploads/*")
    page.focus("main button[value=discard]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/load")
    assert page.locator("main .flash").count() == 1
    # What only a new repository needs appears when one is chosen.
    assert not page.locator("#new_id").is_visible()
    page.focus("#repository")
    page.keyboard.press("End")
    assert page.locator("#new_id").is_visible()


@pytest.mark.parametrize(
    ("lang", "phone", "dark"), [("zh-CN", False, False), ("en", True, True), ("zh-CN", True, False)]
)
def test_the_pages_are_accessible_and_fit_the_screen(
    visit: Callable[..., Any], file: Path, lang: str, phone: bool, dark: bool
) -> None:
    page = enter(visit("/login", lang=lang, phone=phone, dark=dark))
    page.goto(f"{LIBRARY}/load")
    page.set_input_files("#files", str(file))
    page.click("main .main-action")
    page.wait_for_url("**/uploads/*")
    upload = page.url
    # So that the page about links has something to tell: a source that sends them, and a target followed.
    for cited in ("genre=book&isbn=9787020002207", "rft_id=info:doi/10.1000/xyz.123"):
        ways = page.request.get(f"/at/pku/resolver/api/resolve?sid=index&{cited}").json()["answers"]
        for way in (w for w in ways if w["go"]):
            page.request.get(way["go"], max_redirects=0)
    paths = (
        upload, "/manage", LIBRARY, f"{LIBRARY}/load", f"{LIBRARY}/loads/1", f"{LIBRARY}/repositories",
        f"{LIBRARY}/repositories/pku-all", f"{LIBRARY}/profile", f"{LIBRARY}/profile/branches", f"{LIBRARY}/people",
        f"{LIBRARY}/links", f"{LIBRARY}/profile/order",
        f"{LIBRARY}/people?user=carl", f"{LIBRARY}/log", "/libraries", "/libraries/pku",
    )  # fmt: skip
    for path in paths:
        page.goto(path)
        answer = Axe().run(page).response
        told = [
            f"{v['id']}: {node['html'][:160]}"
            for v in answer["violations"]
            if v["impact"] in ("serious", "critical")
            for node in v["nodes"]
        ]
        assert told == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
