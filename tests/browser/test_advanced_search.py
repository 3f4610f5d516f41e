"""The form of advanced search and recent searches in a browser, with script and without."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Visit = Callable[..., Any]


def test_rows_and_groups_are_added_in_place_and_keep_what_was_typed(visit: Visit) -> None:
    page = visit("/advanced")
    page.locator('input[name="text1.1"]').fill("园林")
    page.get_by_role("button", name="加一行").click()
    page.locator('input[name="text1.4"]').wait_for()
    assert page.evaluate("document.activeElement.name") == "text1.4"
    assert page.locator('input[name="text1.1"]').input_value() == "园林"
    assert page.url.endswith("/advanced"), "nothing was loaded anew"
    page.get_by_role("button", name="加一组").click()
    page.locator('input[name="text2.1"]').fill("运河")
    page.locator('select[name="join"]').select_option("or")
    page.locator("#echo code", has_text="园林 OR 运河").wait_for()
    page.get_by_role("button", name="去掉第 4 行").click()
    page.locator('input[name="text1.4"]').wait_for(state="detached")


def test_typing_says_how_it_is_understood_and_enter_searches(visit: Visit) -> None:
    page = visit("/advanced", lang="en")
    page.locator('select[name="field1.1"]').select_option("title")
    page.locator('select[name="match1.1"]').select_option("phrase")
    page.locator('input[name="text1.1"]').fill("园林研究")
    page.locator("#echo", has_text="Title contains the phrase").wait_for()
    assert "results" in page.locator("#echo").inner_text()
    page.locator('input[name="text1.1"]').press("Enter")
    page.wait_for_url("**/search?q=*")
    assert page.locator("#q").input_value() == 'title:"园林研究"'
    page.get_by_role("link", name="Edit in advanced search").click()
    page.wait_for_url("**/advanced?*")
    assert page.locator('select[name="match1.1"]').input_value() == "phrase"


def test_the_form_works_without_script(visit: Visit) -> None:
    page = visit("/advanced", script=False)
    page.locator('input[name="text1.1"]').fill("研究")
    page.locator('button[value="row1"]').click()
    assert page.locator('input[name="text1.1"]').input_value() == "研究"
    page.locator('select[name="field1.4"]').select_option("subject")
    page.locator('input[name="text1.4"]').fill("地方史")
    page.locator("summary", has_text="文献类型").click()
    page.locator('input[name="type"][value="book"]').check()
    page.locator("button.main-action").click()
    assert "type=book" in page.url and page.locator(".hits > li").count() > 0
    page.locator("#within").fill("大学")
    page.locator("form.within button").click()
    assert page.locator("#q").input_value().endswith("AND 大学")
    assert page.locator("#this").is_visible()


def test_recent_searches_stay_in_the_browser_and_can_be_cleared(visit: Visit) -> None:
    page = visit("/search?q=研究")
    page.goto("/search?q=园林&type=book")
    page.goto("/searches")
    lines = page.locator("ul.recent li")
    assert lines.count() == 2 and "园林" in lines.first.inner_text()
    assert "/search.atom?" in lines.first.locator("a").nth(1).get_attribute("href")
    lines.first.get_by_role("button").click()
    assert lines.count() == 1
    page.get_by_role("button", name="全部清除").click()
    assert lines.count() == 0 and page.evaluate("localStorage.length") == 0
    assert page.context.cookies() == [] or all(c["name"] == "lang" for c in page.context.cookies())


def test_what_others_put_into_the_store_of_the_browser_does_no_harm(visit: Visit) -> None:
    page = visit("/searches")
    page.evaluate(
        "localStorage.setItem('ereader.searches', JSON.stringify(["
        "{at: 'javascript:alert(1)'}, {at: '//evil.example/'}, {at: '/search?q=a', label: '<b>x</b>'}, 7, null]))"
    )
    page.reload()
    assert page.locator("ul.recent li").count() == 1
    assert page.locator("ul.recent a").first.inner_text() == "<b>x</b>"
    page.evaluate("localStorage.setItem('ereader.searches', '{broken')")
    page.reload()
    assert page.locator("ul.recent li").count() == 0


def test_editions_are_one_link_away_and_nothing_overflows_on_a_phone(visit: Visit) -> None:
    page = visit("/search?q=红楼梦", phone=True)
    page.locator("a.editions").first.click()
    page.wait_for_url("**/editions")
    assert page.locator(".hits > li[aria-current]").count() == 1
    for path in (
        page.url,
        "/searches",
        "/advanced?q=(title:a OR b) NOT (c OR d)",
        "/search?q=红楼梦&group=work",
    ):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375, path
