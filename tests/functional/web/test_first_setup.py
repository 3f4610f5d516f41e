"""An empty installation gets its first admin in the browser, once; passwords are changed by whoever knows them or
holds a link.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from empty_installation import serving

NAME, PASSWORD = "管理员 wang", "quiet paper, good type"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    with serving(tmp_path_factory.mktemp("empty") / "home") as addresses:
        yield addresses


@pytest.fixture
def web(empty: tuple[str, str]) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=empty[0], headers={"accept-language": "en"}, timeout=120) as client:
        yield client


def send(client: httpx.Client, page: str, path: str, **fields: str) -> httpx.Response:
    found = re.search(r'name="csrf" value="(\w+)"', client.get(page).text)
    assert found, page
    return client.post(path, data={"csrf": found[1], **fields})


def filled(**other: str) -> dict[str, str]:
    return {"username": NAME, "new": PASSWORD, "again": PASSWORD, "zh": "江海中心", "en": "", **other}


def content(home: Path) -> str:
    with contextlib.closing(sqlite3.connect(home / "ereader.sqlite")) as connection:
        return "\n".join(connection.iterdump())


def test_without_the_key_there_is_no_such_page(web: httpx.Client, empty: tuple[str, str]) -> None:
    unknown = web.get("/nothing-here")
    for path in ("/setup", "/setup?key=", "/setup?key=" + "a" * 43, empty[1][:-1]):
        said = web.get(path)
        assert said.status_code == 404
        assert said.text.count("<h1>") == unknown.text.count("<h1>")
    key = re.search(r'name="csrf" value="(\w+)"', web.get("/login").text)
    assert key
    said = web.post("/setup", data={"csrf": key[1], "key": "a" * 43, **filled()})
    assert said.status_code == 404


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"again": "something else"}, "not the same"),
        ({"new": "short", "again": "short"}, "fewer than 8"),
        ({"username": " "}, "1 to 100 characters"),
        ({"zh": " "}, "a name in one language"),
        ({"new": NAME + "1", "again": NAME + "1"}, "name of the account"),
    ],
)
def test_what_was_typed_is_kept_but_passwords_are_not(
    web: httpx.Client, empty: tuple[str, str], wrong: dict[str, str], words: str
) -> None:
    key = empty[1].partition("key=")[2]
    given = filled(**wrong)
    said = send(web, empty[1], "/setup", key=key, **given)
    assert said.status_code == 422 and words in said.text
    for name in ("username", "zh"):
        assert not given[name].strip() or f'value="{given[name]}"' in said.text
    assert PASSWORD not in said.text and 'aria-invalid="true"' in said.text


def test_the_first_admin_is_made_once_and_is_signed_in(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as (address, page):
        with httpx.Client(base_url=address, headers={"accept-language": "zh-CN"}, timeout=120) as web:
            key = page.partition("key=")[2]
            assert key not in content(home)
            done = send(web, page, "/setup", key=key, **filled())
            assert (done.status_code, done.headers["location"]) == (303, "/manage")
            centre = web.get("/manage")
            assert centre.status_code == 200 and "/manage/centre" in centre.text
            assert "江海中心" in web.get("/").text
            log = web.get("/manage/centre/log?lang=zh-CN").text
            assert log.count("首次设置") >= 2 and "first set-up" not in log
            entry = web.get("/manage/centre/log?entry=1&lang=zh-CN").text
            assert "首次设置" in entry and "first set-up" not in entry
            assert '<span dir="auto">name</span>' not in entry, "keys are called as in forms"
            assert web.get(page).status_code == 404
            before = content(home)
            again = web.post("/setup", data={"csrf": "x", "key": key, **filled(username="second")})
            assert again.status_code in (403, 404) and content(home) == before
        with httpx.Client(base_url=address, timeout=120) as web:
            assert send(web, "/login", "/login", username=NAME, password=PASSWORD).status_code == 303
    with serving(home) as (_, page):
        assert page == "", "an installation with an admin says nothing of a set-up"


def test_one_changes_ones_password_and_every_other_browser_is_signed_out(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as (address, page), contextlib.ExitStack() as stack:
        here, there = (stack.enter_context(httpx.Client(base_url=address, timeout=120)) for _ in range(2))
        send(here, page, "/setup", key=page.partition("key=")[2], **filled())
        assert send(there, "/login", "/login", username=NAME, password=PASSWORD).status_code == 303
        new = "another good sentence"
        for fields, status, word in (
            ({"current": "guess", "new": new, "again": new}, 422, "不对"),
            ({"current": PASSWORD, "new": new, "again": "x"}, 422, "不同"),
            ({"current": PASSWORD, "new": "kurz", "again": "kurz"}, 422, "不足"),
        ):
            said = send(here, "/account/password", "/account/password", **fields)
            assert said.status_code == status and word in said.text and new not in said.text
        assert there.get("/manage").status_code == 200
        fields = {"current": PASSWORD, "new": new, "again": new}
        assert send(here, "/account/password", "/account/password", **fields).status_code == 303
        assert here.get("/manage").status_code == 200
        assert there.get("/manage").status_code == 303
        assert send(there, "/login", "/login", username=NAME, password=PASSWORD).status_code == 401
        assert send(there, "/login", "/login", username=NAME, password=new).status_code == 303
        assert new not in content(home) and PASSWORD not in content(home)


def test_guessing_the_password_of_an_open_browser_becomes_slow(tmp_path: Path) -> None:
    with serving(tmp_path / "home") as (address, page), httpx.Client(base_url=address, timeout=120) as web:
        send(web, page, "/setup", key=page.partition("key=")[2], **filled())
        new = "another good sentence"
        page = "/account/password"
        said = (send(web, page, page, current=f"guess {n}", new=new, again=new) for n in range(16))
        assert next(said).status_code == 422
        # The wait doubles with each guess, so it overtakes the slowest machine.
        assert any(answer.status_code == 429 for answer in said)


def test_a_link_that_is_none_says_so_and_signed_out_one_is_led_to_sign_in(web: httpx.Client) -> None:
    assert web.get("/account/password?key=" + "a" * 43).status_code == 404
    said = web.get("/account/password")
    assert said.status_code == 303 and said.headers["location"].startswith("/login?next=")
