"""Done when: a consortium's admin begins with an empty installation and, with nothing but a browser, registers three
libraries, loads a file for each, offers, publishes, brands, and embeds the search box.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from empty_installation import serving
from waiting import until

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

PASSWORD = "quiet paper, good type"
LIBRARIES = {"linjiang": "临江大学图书馆", "haibin": "海滨师范学院图书馆", "shanyin": "山阴县图书馆"}
TITLES = {"linjiang": "临江水利考", "haibin": "海滨渔业史", "shanyin": "山阴园林志"}
ACCENT = "#7a1f2b"


class Browsers:
    """Browsers of several people in front of one portal; what breaks its policy fails the test."""

    def __init__(self, browser: Any, address: str, stack: ExitStack) -> None:
        self._browser, self._address, self._stack = browser, address, stack
        self.complaints: list[str] = []

    def person(self, path: str = "/") -> Any:
        context = self._browser.new_context(
            viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=self._address
        )
        self._stack.callback(context.close)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" else None)
        page.goto(path)
        return page


@pytest.fixture
def elsewhere() -> Iterator[dict[str, str]]:
    """A site of another origin: its page is what a test puts under ``body``, with the ``policy`` it names."""
    held = {"body": "", "policy": ""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-security-policy", held["policy"])
            self.end_headers()
            self.wfile.write(held["body"].encode())

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    held["origin"] = f"http://localhost:{server.server_port}"
    yield held
    server.shutdown()
    server.server_close()


def finds(page: Any, path: str) -> bool:
    """Whether a search finds anything."""
    page.goto(path)
    return bool(page.locator(".hits > li").count())


def press(page: Any, name: str, within: str = "main") -> None:
    page.locator(within).get_by_role("button", name=name, exact=True).click()


def set_password(people: Browsers, link: str) -> Any:
    """Somebody opens the link that was handed to him and sets his password."""
    page = people.person(link)
    page.fill("#new", PASSWORD)
    page.fill("#again", PASSWORD)
    press(page, "设置密码")
    return page


def set_up(people: Browsers, setup: str) -> Any:
    """The one who installed it makes the first account, and a consortium."""
    page = people.person(setup)
    page.fill("#username", "中心管理员")
    page.fill("#new", PASSWORD)
    page.fill("#again", PASSWORD)
    page.fill("#zh", "江海文献中心")
    press(page, "开始")
    page.wait_for_url("**/manage")
    page.goto("/manage/centre/consortia")
    page.fill("#id", "jianghai")
    page.fill("#zh", "江海共享域")
    press(page, "建立")
    expect(page.locator(".flash")).to_contain_text("江海共享域")
    return page


def register(page: Any, library: str, name: str) -> None:
    page.goto("/manage/consortium/jianghai/members")
    page.fill("#register #id", library)
    page.fill("#register #zh", name)
    press(page, "登记")
    expect(page.locator(".flash")).to_contain_text(name)


def load(page: Any, library: str, folder: Path) -> None:
    """Somebody loads a file for the library, and sees the progress and the report."""
    file = folder / f"{library}.jsonl"
    records = [
        {"record": {"id": str(n), "type": "book", "title": f"{TITLES[library]}{'' if n == 1 else n}"}}
        for n in (1, 2, 3)
    ]
    file.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in records), "utf-8")
    page.goto(f"/manage/library/{library}/load")
    page.set_input_files("main input[type=file]", str(file))
    page.locator("main form button.main-action").first.click()
    page.wait_for_url("**/uploads/*")
    expect(page.locator("main")).to_contain_text(TITLES[library])
    page.fill("#new_id", f"{library}-books")
    page.fill("#new_name", "馆藏图书")
    page.locator("main button[value=load]").click()
    page.wait_for_url(re.compile(r"/(jobs|loads)/"))
    page.wait_for_url("**/loads/*", timeout=120_000)


def offer(page: Any, library: str, consortium: str) -> None:
    page.goto(f"/manage/library/{library}/repositories/{library}-books")
    page.locator(f"main input[type=checkbox][value='{consortium}']").check()
    press(page, "保存")


def publish_all(people: Browsers, admin: Any) -> Any:
    """Nothing is shown before it is published; then all of it, as soon as the index has followed."""
    reader = people.person("/at/jianghai/search?q=临江水利考")
    assert reader.locator(".hits > li").count() == 0
    admin.goto("/manage/consortium/jianghai/sharing")
    assert admin.locator("main tbody tr").count() == len(LIBRARIES)
    for box in admin.locator("main tbody input[type=checkbox]").all():
        box.check()
    press(admin, "发布所选")
    expect(admin.locator(".flash")).to_contain_text("3")
    for title in TITLES.values():
        until(partial(finds, reader, f"/at/jianghai/search?q={title}"), pause=0.5)
        expect(reader.locator(".hits > li").first).to_contain_text(title)

    return reader


def brand(admin: Any, reader: Any) -> None:
    """The consortium's own colours and words."""
    admin.goto("/manage/consortium/jianghai/design")
    admin.fill("input[name=accent]", ACCENT)
    admin.fill("input[name='tagline.zh']", "江海之滨，书声相闻")
    admin.locator("main button[value=save]").first.click()
    expect(admin.locator(".flash")).to_be_visible()
    reader.goto("/at/jianghai/")
    expect(reader.locator("body")).to_contain_text("江海之滨，书声相闻")
    shown = reader.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--accent').trim()")
    assert shown.lower() == ACCENT


def embed(people: Browsers, admin: Any, address: str, elsewhere: dict[str, str]) -> None:
    """The search box in somebody else's page, of another origin and with a strict policy."""
    admin.goto("/manage/consortium/jianghai/widget")
    admin.fill("#origins", elsewhere["origin"])
    press(admin, "保存")
    snippet = admin.locator("pre.paste code").first.inner_text()
    assert "<script" in snippet
    elsewhere["policy"] = (
        f"default-src 'none'; script-src {address}; connect-src {address}; style-src {address}; "
        f"img-src {address}; form-action {address}; base-uri 'none'"
    )
    elsewhere["body"] = (
        f'<!doctype html><html lang="zh-CN"><title>本馆主页</title><body>{snippet}</body></html>'
    )
    other = people.person(elsewhere["origin"])
    box = other.locator("input[type=search]")
    box.fill("山阴园林志")
    box.press("Enter")
    other.wait_for_url("**/search?*")
    expect(other.locator(".hits > li").first).to_contain_text("山阴园林志")


@pytest.mark.parametrize("appointed", [False, True], ids=["who set it up", "an admin of the consortium only"])
def test_one_person_goes_alone_from_an_empty_installation_to_an_embedded_search_box(
    browser: Any, tmp_path: Path, elsewhere: dict[str, str], appointed: bool
) -> None:
    with serving(tmp_path / "home") as (address, setup), ExitStack() as stack:
        people = Browsers(browser, address, stack)
        admin = set_up(people, setup)
        if appointed:
            admin.fill("#name", "江海管理员")
            press(admin, "任命并生成链接")
            admin = set_password(people, admin.locator("#secret").input_value())
        for library, name in LIBRARIES.items():
            register(admin, library, name)
            admin.get_by_role("link", name="进入该馆的管理台").click()
            admin.wait_for_url(f"**/manage/library/{library}")
            expect(admin.locator("main")).to_contain_text("江海共享域代管")
            load(admin, library, tmp_path)
            offer(admin, library, "jianghai")
        reader = publish_all(people, admin)
        brand(admin, reader)
        embed(people, admin, address, elsewhere)

        # Handing over: the library has an admin, and nobody else is in its console any more.
        admin.goto("/manage/consortium/jianghai/members/linjiang")
        admin.fill("#name", "临江管理员")
        press(admin, "任命并生成链接")
        own = set_password(people, admin.locator("#secret").input_value())
        assert own.goto("/manage/library/linjiang/load").status == 200
        assert people.complaints == []
        assert admin.goto("/manage/library/linjiang/load").status == 404
        assert admin.goto("/manage/library/haibin/load").status == 200


def test_a_consortium_admin_and_its_libraries_go_from_an_empty_installation_to_an_embedded_search_box(
    browser: Any, tmp_path: Path, elsewhere: dict[str, str]
) -> None:
    with serving(tmp_path / "home") as (address, setup), ExitStack() as stack:
        people = Browsers(browser, address, stack)
        centre = set_up(people, setup)
        centre.fill("#name", "江海管理员")
        press(centre, "任命并生成链接")
        admin = set_password(people, centre.locator("#secret").input_value())

        # Three libraries, each with an admin of its own.
        for library, name in LIBRARIES.items():
            register(admin, library, name)
            admin.fill("#name", f"{library}管理员")
            press(admin, "任命并生成链接")
            librarian = set_password(people, admin.locator("#secret").input_value())
            load(librarian, library, tmp_path)
            offer(librarian, library, "jianghai")
        reader = publish_all(people, admin)
        brand(admin, reader)
        embed(people, admin, address, elsewhere)
        assert people.complaints == []
