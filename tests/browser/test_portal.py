"""What a reader does in the portal, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

# What a page becomes is waited for, never assumed after a click: a loaded machine takes its time.
pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

Visit = Callable[..., Any]


def total(page: Any) -> int:
    page.wait_for_load_state()
    told = page.locator(".count h1").inner_text()
    return int(re.sub(r"\D", "", told.split("条")[0].split("result")[0]) or 0)


def test_a_search_from_the_first_page_leads_to_a_record(visit: Visit) -> None:
    page = visit("/")
    assert page.evaluate("document.activeElement.id") == "q", "the box is the page"
    page.keyboard.type("红楼梦")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    assert page.locator("mark").count() >= 2
    page.locator(".hits a", has_text="红楼梦").first.click()
    assert page.locator("h1").inner_text().startswith("红楼梦")


def test_suggestions_are_chosen_with_the_arrow_keys(visit: Visit) -> None:
    page = visit("/")
    page.keyboard.type("红楼", delay=20)
    page.wait_for_selector(".suggest li")
    box = page.locator("#q")
    assert box.get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    chosen = page.locator(".suggest [aria-selected=true]")
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    assert box.input_value() == chosen.get_attribute("data-text")
    page.keyboard.press("Escape")
    assert not page.locator(".suggest").is_visible() and box.input_value() == "红楼"


def test_several_values_of_a_facet_are_applied_at_once(visit: Visit) -> None:
    page = visit("/search?q=研究")
    before = total(page)
    group = page.locator(".facet", has=page.get_by_role("group", name="成员馆"))
    assert not group.get_by_role("button", name="应用").is_visible()
    boxes = group.get_by_role("checkbox")
    boxes.nth(0).check()
    boxes.nth(1).check()
    group.get_by_role("button", name="应用").click()
    page.wait_for_url("**f.library=**f.library=**")
    assert 0 < total(page) < before
    assert page.locator(".chip").count() == 2
    page.locator(".chip").first.click()
    page.locator(".chip").nth(1).wait_for(state="detached")
    assert page.locator(".chip").count() == 1


def test_a_value_is_excluded_and_restored(visit: Visit) -> None:
    page = visit("/search?q=研究")
    before = total(page)
    group = page.get_by_role("group", name="成员馆")
    link = group.get_by_role("link", name=re.compile("^排除 ")).first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**x.library=**")
    assert total(page) < before and page.locator(".chip.out").count() == 1
    page.get_by_role("group", name="成员馆").get_by_role("link", name=re.compile("^取消排除 ")).click()
    page.wait_for_url(lambda url: "x.library" not in url)
    assert total(page) == before


def test_the_long_list_of_a_facet_opens_in_a_dialog_and_can_be_searched(visit: Visit) -> None:
    page = visit("/search?q=研究")
    page.get_by_role("link", name=re.compile("更多.*主题")).click()
    dialog = page.get_by_role("dialog")
    dialog.wait_for()
    dialog.get_by_role("checkbox").first.check()
    dialog.get_by_role("searchbox").fill("园林")
    page.keyboard.press("Enter")
    dialog.get_by_role("checkbox", name=re.compile("^地方史")).last.wait_for()
    dialog.get_by_role("group", name="已选").wait_for()
    dialog.get_by_role("checkbox", name=re.compile("^园林")).first.check()
    dialog.get_by_role("button", name="应用").click()
    page.wait_for_url("**f.subject=**f.subject=**")
    assert page.locator(".chip").count() == 2


def test_escape_closes_the_dialog_and_gives_the_focus_back(visit: Visit) -> None:
    page = visit("/search?q=研究")
    more = page.get_by_role("link", name=re.compile("更多.*主题"))
    more.click()
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="detached")
    assert page.evaluate("document.activeElement.hasAttribute('data-dialog')")


def test_years_are_chosen_by_bar_by_number_and_by_handle(visit: Visit) -> None:
    page = visit("/search?q=研究")
    before = total(page)
    page.locator(".years svg a").nth(2).click()
    page.wait_for_url("**year=**")
    assert 0 < total(page) < before
    page.locator("#y1").fill("1900")
    page.locator("#y2").fill("1950")
    page.locator(".range button").click()
    page.wait_for_url("**year_from=1900&year_to=1950**")
    narrowed = total(page)
    assert 0 < narrowed < before
    handle = page.get_by_role("slider").first
    handle.focus()
    page.keyboard.press("End")
    page.wait_for_url("**year_from=1950**")
    assert total(page) < narrowed


def test_paging_keeps_the_search_and_the_back_button_returns(visit: Visit) -> None:
    page = visit("/search?q=研究&f.library=pku&sort=title")
    top = page.locator(".hits h2").first
    first = top.inner_text()
    page.get_by_role("link", name="下一页").click()
    expect(page.locator(".pager [aria-current]")).to_have_text("2")
    assert "page=2" in page.url and "f.library=pku" in page.url and "sort=title" in page.url
    second = top.inner_text()
    assert second != first
    top.get_by_role("link").click()
    expect(page.locator("article h1")).to_be_visible()
    page.go_back()
    expect(top).to_have_text(second)
    expect(page.locator(".pager [aria-current]")).to_have_text("2")
    page.go_back()
    expect(top).to_have_text(first)


def test_order_and_size_change_without_a_button(visit: Visit) -> None:
    page = visit("/search?q=研究")
    assert not page.locator("form.again button").is_visible()
    page.get_by_label("排序").select_option("oldest")
    page.wait_for_url("**sort=oldest**")
    page.get_by_label("每页条数").select_option("50")
    page.wait_for_url("**size=50**")
    assert page.locator(".hits > li").count() == 50 and "sort=oldest" in page.url


def test_a_channel_narrows_and_shows_itself(visit: Visit) -> None:
    page = visit("/search?q=研究")
    page.locator(".strip a").nth(2).click()
    page.wait_for_url("**type=**")
    chosen = page.locator(".strip [aria-current]")
    assert chosen.count() == 1 and int(chosen.locator("small").inner_text()) == total(page)


def test_the_language_is_switched_in_place_and_stays(visit: Visit) -> None:
    page = visit("/search?q=研究&f.library=pku")
    found = total(page)
    page.get_by_role("link", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator(".count h1")).to_contain_text(f"{found} results")
    assert "lang=en" in page.url and "f.library=pku" in page.url
    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_the_record_leads_to_the_next_one_and_back_to_the_result(visit: Visit) -> None:
    page = visit("/search?q=研究&sort=title")
    titles = page.locator(".hits h2").all_inner_texts()
    page.locator(".hits a").first.click()
    page.get_by_role("link", name="下一条").click()
    page.wait_for_url("**n=2**")
    expect(page.locator("h1")).to_have_text(re.compile("^" + re.escape(titles[1][:4])))
    page.get_by_role("link", name="返回结果").click()
    expect(page.locator(".hits h2")).to_have_text(titles)


def test_a_citation_is_copied(visit: Visit) -> None:
    page = visit("/search?q=红楼梦+人民文学出版社")
    page.locator(".hits a").first.click()
    page.get_by_role("button", name=re.compile("复制.*GB")).click()
    page.get_by_text("已复制").wait_for()
    assert "红楼梦[M]" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize(
    ("label", "start"), [("RIS", b"TY  - BOOK"), ("BibTeX", b"@book"), ("MARCXML", b"<?xml")]
)
def test_a_record_is_taken_away(visit: Visit, label: str, start: bytes) -> None:
    page = visit("/search?q=红楼梦+人民文学出版社")
    page.locator(".hits a").first.click()
    with page.expect_download() as download:
        page.get_by_role("link", name=label, exact=True).click()
    with open(download.value.path(), "rb") as file:  # noqa: PTH123
        assert file.read().lstrip().startswith(start)


def test_everything_works_without_script(visit: Visit) -> None:
    page = visit("/", script=False)
    page.get_by_role("searchbox").fill("研究")
    page.get_by_role("button", name="检索").click()
    before = total(page)
    page.get_by_role("group", name="成员馆").get_by_role("checkbox").first.check()
    page.get_by_role("group", name="成员馆").get_by_role("button", name="应用").click()
    assert 0 < total(page) < before
    page.get_by_label("排序").select_option("newest")
    page.get_by_role("button", name="应用").last.click()
    assert "sort=newest" in page.url and "f.library=" in page.url
    page.get_by_role("link", name=re.compile("更多.*主题")).click()
    assert "/search/facet" in page.url
    page.get_by_role("checkbox").nth(1).check()
    page.get_by_role("button", name="应用").click()
    assert "f.subject=" in page.url and "f.library=" in page.url
    page.locator(".hits a").first.click()
    assert page.get_by_role("link", name="返回结果").is_visible()


def test_the_box_is_reached_with_a_stroke(visit: Visit) -> None:
    page = visit("/search?q=研究")
    page.locator("body").click(position={"x": 5, "y": 500})
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    assert page.locator("#q").input_value() == "研究"


def test_the_first_stop_of_the_keyboard_skips_to_the_content(visit: Visit) -> None:
    page = visit("/help")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")


def test_on_a_phone_filters_open_by_touch_and_nothing_overflows(visit: Visit) -> None:
    page = visit("/search?q=研究", phone=True)
    assert not page.locator(".facet").first.is_visible()
    page.locator("label[for=filters]").tap()
    assert page.locator(".facet").first.is_visible()
    for path in (
        "/",
        "/search?q=研究",
        "/search?q=墓志铭",
        "/help",
        "/about",
        "/advanced",
        "/search/facet?facet=subject&q=研究",
        "/browse",
        "/browse/author",
        "/browse/title?order=stroke",
        "/browse/class/clc/K/K2",
        "/browse/shelf?from=K291/30",
        "/browse/journals",
        "/browse/journal?title=Journal of Examples in Physics",
        "/browse/new",
    ):
        for lang in ("zh-CN", "en"):
            page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
            assert page.evaluate("document.documentElement.scrollWidth") <= 375, (path, lang)


def test_pages_do_not_shift_while_they_load(visit: Visit) -> None:
    page = visit("/search?q=研究")
    shift = page.evaluate(
        "new Promise(r => { let s = 0;"
        "new PerformanceObserver(l => l.getEntries().forEach(e => s += e.value))"
        ".observe({type: 'layout-shift', buffered: true}); setTimeout(() => r(s), 400) })"
    )
    assert shift < 0.05


def test_a_reader_walks_from_a_class_to_the_shelf_and_along_it_without_script(visit: Visit) -> None:
    page = visit("/", script=False)
    page.locator("header").get_by_role("link", name="浏览").click()
    page.get_by_role("link", name="分类", exact=True).click()
    page.get_by_role("link", name=re.compile("^K 历史、地理")).first.click()
    page.get_by_role("link", name=re.compile("^K2 中国史")).first.click()
    page.wait_for_url("**/browse/class/clc/K/K2")
    page.get_by_role("link", name="到书架上看").click()
    page.wait_for_url("**/browse/shelf?from=K2")
    first = page.locator(".shelf .number b").first.inner_text()
    page.get_by_role("link", name="下一页").last.click()
    expect(page.locator(".shelf .number b").first).not_to_have_text(first)
    page.get_by_role("link", name="上一页").first.click()
    expect(page.locator(".shelf .number b").last).to_have_text(re.compile("K29"))


def test_a_list_is_entered_by_typing_and_left_by_its_letters(visit: Visit) -> None:
    page = visit("/browse/author")
    box = page.get_by_label("起始于")
    box.fill("caoxueqin")
    box.press("Enter")
    page.wait_for_url("**from=caoxueqin**")
    expect(page.locator(".entries .here")).to_contain_text("曹雪芹")
    count = int(page.locator(".entries .here .n").inner_text())
    page.locator(".entries .here a").first.click()
    page.wait_for_url("**/search?**f.author**")
    assert total(page) == count
    page.go_back()
    page.get_by_role("link", name="L", exact=True).click()
    expect(page.locator(".letters [aria-current]")).to_have_text("L")
    expect(page.locator(".entries li").first).to_contain_text(re.compile("梁|林|刘|罗"))
