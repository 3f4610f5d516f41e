"""The design of a portal in a browser: dragged, by keyboard, with a preview that follows, and without script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import branded_portal as branded
import portal_catalogue
import pytest
from axe_playwright_python.sync_playwright import Axe
from screens import DESKTOP, PHONE, eventually

PATH = "/manage/library/fudan/design"


@pytest.fixture(scope="module")
def site(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with portal_catalogue.serving(branded.build(tmp_path_factory.mktemp("branded") / "home")) as url:
        yield url


@pytest.fixture
def at(browser: Any, site: str) -> Iterator[Callable[..., Any]]:
    """A page of a console, as somebody; errors of scripts and of the policy fail the test."""
    contexts = []
    complaints: list[str] = []

    def at(
        path: str, name: str = "frida", *, lang: str = "en", phone: bool = False, script: bool = True
    ) -> Any:
        context = browser.new_context(
            viewport=PHONE if phone else DESKTOP, locale=lang, base_url=site, java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.goto("/login")
        page.fill("#username", name)
        page.fill("#password", branded.PASSWORD)
        page.click("main form.account button")
        page.goto(path)
        return page

    yield at
    for context in contexts:
        context.close()
    assert [c for c in complaints if "404 (Not Found)" not in c] == []


def kinds(page: Any) -> list[str]:
    page.wait_for_load_state()
    return page.locator("#blocks input[name$='.kind']").evaluate_all("all => all.map(e => e.value)")


def headings(page: Any) -> str:
    return page.frame_locator("#preview").locator("main").text_content()


def test_a_block_is_dragged_and_the_preview_follows(at: Callable[..., Any]) -> None:
    page = at(PATH)
    page.frame_locator("#preview").locator("main").wait_for()
    page.wait_for_timeout(300)
    assert page.evaluate("[scrollY, document.activeElement.tagName]") == [0, "BODY"], (
        "the preview takes no focus"
    )
    assert kinds(page)[:2] == ["search", "notices"]
    channels = page.locator("#blocks .item", has_text="Channels").first
    with page.expect_response(lambda r: "/at/fudan/?draft=1" in r.url):
        channels.drag_to(
            page.locator("#blocks .item").first,
            source_position={"x": 20, "y": 12},
            target_position={"x": 20, "y": 4},
        )
    assert kinds(page)[0] == "channels"
    page.wait_for_function(
        "() => { const m = document.getElementById('preview').contentDocument?.querySelector('main');"
        " return m && m.firstElementChild.querySelector('.channels'); }"
    )
    page.reload()
    assert kinds(page)[0] == "channels", "the draft was kept"
    page.get_by_role("button", name="Drop the draft").click()
    eventually(page, lambda: page.locator("#blocks input[name$='.kind']").first.input_value() == "search")


def test_the_keyboard_moves_a_block_keeps_the_focus_and_says_so(at: Callable[..., Any]) -> None:
    page = at(PATH)
    button = page.get_by_role("button", name="Move Search box down")
    button.focus()
    page.keyboard.press("Enter")
    assert kinds(page)[:2] == ["notices", "search"]
    assert page.evaluate("document.activeElement.textContent").strip().endswith("Move Search box down")
    assert page.locator("#moved").text_content() == "Search box: now number 2"
    page.keyboard.press("Enter")
    assert kinds(page)[:3] == ["notices", "channels", "search"]
    first = page.get_by_role("button", name="Move Notices up")
    assert first.is_disabled()


def test_a_colour_without_contrast_is_told_while_it_is_chosen(at: Callable[..., Any]) -> None:
    page = at(PATH)
    page.fill("[name=accent]", "#ffcc00")
    page.get_by_text("The nearest colour that has it is").wait_for()
    assert "too little" in page.locator("#said").text_content()
    page.fill("[name=accent]", "#0a7d5a")
    page.get_by_text("The nearest colour that has it is").wait_for(state="detached")
    page.wait_for_function(
        "() => { const d = document.getElementById('preview').contentDocument;"
        " return d?.querySelector('.main-action') && getComputedStyle(d.querySelector('.main-action')).backgroundColor === 'rgb(10, 125, 90)' }"
    )
    page.fill("[name=css]", ".hero { position: fixed }")
    page.get_by_text("the property position is not used").wait_for()


def test_all_of_it_works_without_script_and_is_published(at: Callable[..., Any]) -> None:
    page = at("/manage/consortium/jalis/design", "carl", script=False)
    page.get_by_role("button", name="Move Search box down").click()
    assert kinds(page)[:2] == ["notices", "search"]
    page.select_option("#kind", "text")
    page.get_by_role("button", name="Add", exact=True).click()
    page.locator("textarea[name='b.5.text.en']").fill("Written without a script.")
    page.get_by_role("button", name="Publish").first.click()
    assert page.get_by_role("status").first.text_content() == "Published. Readers see it from now on."
    assert "Written without a script." in headings(page)
    page.goto("/at/jalis/")
    assert page.get_by_text("Written without a script.").count() == 1


def test_a_picture_is_uploaded_shown_and_published(at: Callable[..., Any], tmp_path: Any) -> None:
    file = tmp_path / "logo.png"
    file.write_bytes(branded.png())
    page = at(PATH)
    page.set_input_files("#picture", str(file))
    page.get_by_role("button", name="Upload").click()
    page.get_by_alt_text("The picture beside the name").wait_for()
    page.get_by_role("button", name="Publish").first.click()
    page.goto("/at/fudan/")
    logo = page.locator(".brand .logo")
    assert logo.evaluate("e => e.naturalWidth") == 120 and logo.bounding_box()["height"] < 40


@pytest.mark.parametrize(("lang", "phone"), [("zh-CN", False), ("en", True)])
@pytest.mark.parametrize("page_of", ["design", "widget"])
def test_the_pages_are_accessible_and_fit_the_screen(
    at: Callable[..., Any], page_of: str, lang: str, phone: bool
) -> None:
    page = at(f"/manage/library/pku/{page_of}", "anna", lang=lang, phone=phone)
    page.wait_for_timeout(500)
    found = Axe().run(page).response
    told = [
        f"{v['id']}: {node['html'][:200]}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
    assert told == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
