"""Suggestions under the box, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect
from screens import eventually

Visit = Callable[..., Any]


def asked(page: Any) -> list[dict[str, list[str]]]:
    """The parameters of every request for suggestions from now on."""
    found: list[dict[str, list[str]]] = []
    page.on(
        "request",
        lambda r: found.append(parse_qs(urlsplit(r.url).query)) if "/api/v1/suggest" in r.url else None,
    )
    return found


def options(page: Any) -> Any:
    return page.locator(".suggest [role=option]")


def type_into(page: Any, text: str) -> None:
    page.locator("#q").focus()
    page.keyboard.insert_text(text)  # at once: no list of its beginning is shown before
    options(page).first.wait_for()


@pytest.mark.parametrize(("lang", "titles"), [("zh-CN", "题名"), ("en", "Titles")])
def test_suggestions_stand_in_groups_that_are_named(visit: Visit, lang: str, titles: str) -> None:
    page = visit("/", lang=lang)
    type_into(page, "红楼")
    group = page.get_by_role("group", name=titles)
    assert group.get_by_role("option").count() >= 1
    box = page.locator("#q")
    assert box.get_attribute("role") == "combobox" and box.get_attribute("aria-expanded") == "true"
    assert page.locator(f"#{box.get_attribute('aria-controls')}[role=listbox]").is_visible()


@pytest.mark.parametrize("typed", ["红楼", "紅樓", "honglou", "hl", "红lou"])
def test_what_was_typed_is_marked_in_whatever_spelling(visit: Visit, typed: str) -> None:
    page = visit("/")
    type_into(page, typed)
    marked = options(page).filter(has_text="红楼梦").locator("mark").first
    expect(marked).to_have_text("红楼")


def test_arrow_keys_home_and_end_go_through_the_list_and_escape_gives_back_what_was_typed(
    visit: Visit,
) -> None:
    page = visit("/")
    type_into(page, "红楼")
    box = page.locator("#q")
    count = options(page).count()
    assert count > 1
    for key, place in (("ArrowDown", 0), ("End", count - 1), ("Home", 0), ("ArrowDown", 1), ("ArrowUp", 0)):
        page.keyboard.press(key)
        chosen = page.locator(".suggest [aria-selected=true]")
        assert chosen.get_attribute("id") == options(page).nth(place).get_attribute("id")
        assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
        assert box.input_value() == chosen.get_attribute("data-text")
    page.keyboard.press("ArrowUp")
    assert box.input_value() == "红楼" and page.locator(".suggest [aria-selected=true]").count() == 0
    page.keyboard.press("ArrowUp")
    assert page.locator(".suggest [aria-selected=true]").get_attribute("id") == (
        options(page).nth(count - 1).get_attribute("id")
    )
    page.keyboard.press("Escape")
    assert not page.locator(".suggest").is_visible() and box.input_value() == "红楼"
    assert (
        box.get_attribute("aria-expanded") == "false" and box.get_attribute("aria-activedescendant") is None
    )


def test_enter_searches_for_the_chosen_suggestion_and_so_does_a_click(visit: Visit) -> None:
    page = visit("/")
    type_into(page, "honglou")
    page.keyboard.press("ArrowDown")
    text = page.locator("#q").input_value()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    assert page.locator("#q").input_value() == text and page.locator(".hits li").count() >= 1
    page = visit("/")
    type_into(page, "honglou")
    text = options(page).first.get_attribute("data-text")
    options(page).first.click()
    page.wait_for_url("**/search?**")
    assert page.locator("#q").input_value() == text


def test_fast_typing_asks_once_and_going_back_does_not_ask_again(visit: Visit) -> None:
    page = visit("/")
    requests = asked(page)
    page.locator("#q").focus()
    # Faster than any hand, and than a busy machine is slow.
    page.evaluate(
        "text => { const box = document.getElementById('q');"
        " for (const sign of text) { box.value += sign; box.dispatchEvent(new Event('input', {bubbles: true})) } }",
        "honglou",
    )
    options(page).first.wait_for()
    assert [r["q"] for r in requests] == [["honglou"]]
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    eventually(page, lambda: len(requests) > 1)
    page.keyboard.type("u")
    page.wait_for_timeout(400)
    assert [r["q"] for r in requests] == [["honglou"], ["honglo"]]


def test_nothing_is_asked_while_an_input_method_composes(visit: Visit) -> None:
    page = visit("/")
    requests = asked(page)
    page.locator("#q").focus()
    client = page.context.new_cdp_session(page)
    for text in ("h", "ho", "hong", "hong'lou"):
        client.send(
            "Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        )
        page.wait_for_timeout(200)
    assert requests == []
    client.send("Input.insertText", {"text": "红楼"})
    options(page).first.wait_for()
    assert [r["q"] for r in requests] == [["红楼"]]


def test_suggestions_respect_the_chosen_field_and_channel(visit: Visit) -> None:
    page = visit("/search?q=红楼梦&type=book")
    requests = asked(page)
    page.locator("#in").select_option("author")
    box = page.locator("#q")
    box.fill("")
    box.focus()
    page.keyboard.insert_text("cao")
    options(page).first.wait_for()
    assert requests[-1]["in"] == ["author"] and requests[-1]["type"] == ["book"]
    assert {one.get_attribute("id").split("-")[-2] for one in options(page).all()} == {"name"}


def test_without_anything_to_suggest_the_list_stays_closed(visit: Visit) -> None:
    page = visit("/")
    requests = asked(page)
    page.locator("#q").focus()
    page.keyboard.type("zzzzqqqqxx")
    eventually(page, lambda: requests)
    page.wait_for_timeout(400)
    assert not page.locator(".suggest").is_visible()
    assert page.locator("#q").get_attribute("aria-expanded") == "false"
