"""Signing in over HTTP with the demo: who sees what, what a browser holds, what is refused and what is kept."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import portal_catalogue
import pytest

PASSWORDS = {
    "reader-yunshan": ("EREADER_DEMO_READER_PASSWORD", "correct horse 电池"),
    "librarian-yunshan": ("EREADER_DEMO_LIBRARIAN_PASSWORD", "librarian's own"),
    "admin-donghai": ("EREADER_DEMO_ADMIN_PASSWORD", "admin's own"),
}
OWN = "古籍修复工作手册"  # in a repository for yunshan's own readers
# Portals, and whether yunshan's readers find there what yunshan keeps for them: where its library or donghai is shown.
PORTALS = {"": 1, "/at/yunshan": 1, "/at/donghai": 1, "/at/jianghai": 1, "/at/shifan": 0}
Enter = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("accounts") / "home"
    with pytest.MonkeyPatch.context() as environment:
        for variable, password in PASSWORDS.values():
            environment.setenv(variable, password)
        done = subprocess.run(
            [sys.executable, "-m", "ereader", "--home", str(home), "demo", "--no-serve"],
            capture_output=True, text=True,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "shown this once" not in done.stderr
    return home


@pytest.fixture(scope="module")
def demo(demo_home: Path) -> Iterator[str]:
    with portal_catalogue.serving(demo_home) as url:
        yield url


@pytest.fixture
def browser(demo: str) -> Iterator[Callable[[], httpx.Client]]:
    opened: list[httpx.Client] = []

    def new() -> httpx.Client:
        opened.append(httpx.Client(base_url=demo, headers={"accept-language": "zh-CN"}, timeout=120))
        return opened[-1]

    yield new
    for client in opened:
        client.close()


@pytest.fixture
def enter(browser: Callable[[], httpx.Client]) -> Enter:
    def signed_in(name: str = "reader-yunshan") -> httpx.Client:
        client = browser()
        assert post(client, username=name, password=PASSWORDS[name][1]).status_code == 303
        return client

    return signed_in


def key_of(client: httpx.Client, path: str = "/login") -> str:
    found = re.search(r'name="csrf" value="(\w+)"', client.get(path).text)
    assert found
    return found[1]


def post(client: httpx.Client, path: str = "/login", headers: dict[str, str] | None = None, **fields: str):
    return client.post(path, data={"csrf": key_of(client), **fields}, headers=headers)


def total(client: httpx.Client, portal: str = "", q: str = OWN) -> int:
    return int(client.get(f"{portal}/api/v1/search", params={"q": q}).json()["total"])


def hidden_id(enter: Enter) -> str:
    return str(enter().get("/api/v1/search", params={"q": OWN}).json()["hits"][0]["id"])


@pytest.mark.parametrize("portal", PORTALS)
def test_a_reader_sees_what_his_library_keeps_for_its_own_and_nobody_else_does(
    browser: Callable[[], httpx.Client], enter: Enter, portal: str
) -> None:
    reader = enter()
    assert total(browser(), portal) == 0
    assert total(reader, portal) == PORTALS[portal]
    assert total(enter("admin-donghai"), portal) == 0  # no administrator sees more for being one
    found = reader.get(f"{portal}/search", params={"q": OWN})
    assert found.status_code == 200


def test_the_record_is_unknown_to_everyone_else_in_every_form(
    browser: Callable[[], httpx.Client], enter: Enter
) -> None:
    id = hidden_id(enter)
    reader, stranger = enter(), browser()
    for path in ("/record/{}", "/record/{}/staff", "/api/v1/records/{}", "/api/v1/records/{}?format=ris"):
        assert reader.get(path.format(id)).status_code == 200
        hidden, unknown = stranger.get(path.format(id)), stranger.get(path.format("a" * 16))
        assert hidden.status_code == unknown.status_code == 404
        assert hidden.text.replace(id, "a" * 16) == unknown.text


def test_what_is_shown_to_someone_signed_in_is_kept_by_nobody(
    browser: Callable[[], httpx.Client], enter: Enter
) -> None:
    reader, id = enter(), hidden_id(enter)
    for path in ("/", "/search?q=古籍", f"/record/{id}", "/api/v1/search?q=古籍", "/browse/new", "/nothing",
                 f"/record/{id}/original", "/search.atom?q=古籍", "/opensearch.xml", "/login"):  # fmt: skip
        answer = reader.get(path)
        assert answer.headers["cache-control"] == "private, no-store", path
        assert "etag" not in answer.headers and "access-control-allow-origin" not in answer.headers, path
    # A validator that a stranger was given says nothing to a reader, nor the other way about.
    tag = browser().get("/search?q=古籍").headers["etag"]
    assert reader.get("/search?q=古籍", headers={"if-none-match": tag}).status_code == 200


def test_answers_to_a_stranger_stay_the_same_after_a_reader_has_asked(
    browser: Callable[[], httpx.Client], enter: Enter
) -> None:
    stranger, paths = (
        browser(),
        ("/search?q=修复", "/browse/title?from=云山", "/api/v1/suggest?q=云山大学", "/browse/new"),
    )
    before = [stranger.get(path).text for path in paths]
    for path in paths:
        enter().get(path)
    assert [stranger.get(path).text for path in paths] == before
    assert not any("修复工作手册" in page for page in before)


def test_a_cursor_of_a_reader_opens_nothing_to_a_stranger(
    browser: Callable[[], httpx.Client], enter: Enter
) -> None:
    given = enter().get("/api/v1/search?q=&size=1&cursor=*").json()["next_cursor"]
    assert browser().get("/api/v1/search", params={"q": "", "size": 1, "cursor": given}).status_code == 400


def test_the_page_names_who_is_signed_in_and_nobody_else(
    browser: Callable[[], httpx.Client], enter: Enter
) -> None:
    reader = enter()
    assert "reader-yunshan" in reader.get("/").text and "reader-yunshan" not in browser().get("/").text
    account = reader.get("/at/yunshan/login?lang=en").text
    assert "Yunshan University Library" in account and "Reader" in account and "this browser" in account


def test_the_cookie_is_for_the_browser_alone(browser: Callable[[], httpx.Client]) -> None:
    client = browser()
    answer = post(client, username="reader-yunshan", password=PASSWORDS["reader-yunshan"][1])
    given = next(c for c in answer.headers.get_list("set-cookie") if c.startswith("ereader_session="))
    assert {"HttpOnly", "Path=/", "SameSite=lax"} <= set(given.split("; "))
    assert "Domain" not in given and "Expires" not in given and "Max-Age" not in given


def test_a_session_planted_before_signing_in_is_worth_nothing(browser: Callable[[], httpx.Client]) -> None:
    client = browser()
    client.cookies.set("ereader_session", "A" * 43)
    answer = post(client, username="reader-yunshan", password=PASSWORDS["reader-yunshan"][1])
    assert answer.status_code == 303
    given = re.search(r"ereader_session=([\w-]+)", str(answer.headers))
    assert given and given[1] != "A" * 43
    planted = browser()
    planted.cookies.set("ereader_session", "A" * 43)
    assert total(planted) == 0


def test_signing_in_again_ends_the_session_of_before(
    browser: Callable[[], httpx.Client], enter: Enter
) -> None:
    client = enter()
    old = client.cookies["ereader_session"]
    # Through a second tab whose form was fetched before anybody was signed in.
    post(client, username="reader-yunshan", password=PASSWORDS["reader-yunshan"][1])
    assert client.cookies["ereader_session"] != old
    thief = browser()
    thief.cookies.set("ereader_session", old)
    assert total(thief) == 0


@pytest.mark.parametrize(
    "fields", [{"csrf": ""}, {"csrf": "0" * 64}, {"csrf": "\ud800"}, {"csrf": "é"}], ids=["empty", "wrong", "broken", "letters"]
)  # fmt: skip
def test_without_the_key_of_the_form_nobody_is_signed_in(
    browser: Callable[[], httpx.Client], fields: dict[str, str]
) -> None:
    client = browser()
    client.get("/login")
    body = {"username": "reader-yunshan", "password": PASSWORDS["reader-yunshan"][1]}
    safe = {k: v.encode("utf-8", "replace").decode() for k, v in fields.items()}
    for data in (body, {**body, **safe}):
        answer = client.post("/login", data=data)
        assert answer.status_code == 403 and "ereader_session" not in client.cookies
    other = key_of(browser())  # a key of another browser
    assert client.post("/login", data={**body, "csrf": other}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}],
    ids=["origin", "null", "cross-site", "same-site"],
)  # fmt: skip
def test_a_form_from_another_site_does_nothing(
    browser: Callable[[], httpx.Client], enter: Enter, headers: dict[str, str]
) -> None:
    client = browser()
    password = PASSWORDS["reader-yunshan"][1]
    assert post(client, username="reader-yunshan", password=password, headers=headers).status_code == 403
    reader = enter()
    assert post(reader, "/logout", headers=headers).status_code == 403
    assert reader.post("/logout", headers=headers).status_code == 403
    assert total(reader) == 1


def test_a_form_of_ours_without_its_key_does_not_sign_out(enter: Enter, demo: str) -> None:
    reader = enter()
    assert reader.post("/logout", headers={"origin": demo}).status_code == 403
    assert reader.post("/logout", data={"csrf": "0" * 64}).status_code == 403
    assert total(reader) == 1


def test_signing_out_ends_the_session_also_for_who_copied_the_cookie(
    browser: Callable[[], httpx.Client], enter: Enter
) -> None:
    reader, copy = enter(), browser()
    copy.cookies.set("ereader_session", reader.cookies["ereader_session"])
    assert total(copy) == 1
    answer = post(reader, "/logout", headers={"sec-fetch-site": "same-origin"})
    assert answer.status_code == 303 and answer.headers["clear-site-data"] == '"cache"'
    assert total(reader) == total(copy) == 0
    assert reader.post("/logout").status_code == 303  # nothing is left to end


def test_signing_out_everywhere_ends_every_session_of_this_user_and_no_other(enter: Enter) -> None:
    one, two, other = enter(), enter(), enter("librarian-yunshan")
    assert post(one, "/logout", everywhere="1").status_code == 303
    assert (total(one), total(two), total(other)) == (0, 0, 1)


@pytest.mark.parametrize("way", ["get", "put", "delete", "head"])
def test_nothing_is_changed_by_another_method(enter: Enter, way: str) -> None:
    reader = enter()
    assert getattr(reader, way)("/logout").status_code == 405
    assert total(reader) == 1


def test_unknown_names_and_wrong_passwords_are_answered_alike(browser: Callable[[], httpx.Client]) -> None:
    answers = []
    for name in ("admin-donghai", "no-such-name"):
        client = browser()
        answers.append(post(client, username=name, password="wrong"))
    assert {a.status_code for a in answers} == {401}
    pages = [re.sub(r'value="\w{64}"', "", a.text).replace("admin-donghai", "no-such-name") for a in answers]
    assert pages[0] == pages[1]
    assert "密码" in pages[0] and 'role="alert"' in pages[0]


def test_guessing_is_answered_with_a_time_to_wait(browser: Callable[[], httpx.Client]) -> None:
    client = browser()
    # The wait doubles with each guess, so it overtakes the slowest machine.
    guesses = (post(client, username="nobody-guessed", password=str(n)) for n in range(16))
    late = next(answer for answer in guesses if answer.status_code == 429)
    assert int(late.headers["retry-after"]) >= 1
    assert late.headers["cache-control"] == "private, no-store"


@pytest.mark.parametrize(
    ("asked", "led"),
    [("/search?q=红楼梦", "/search?q=%E7%BA%A2%E6%A5%BC%E6%A2%A6"), ("//evil.example", "/"), ("/\\evil.example", "/"),
     ("https://evil.example", "/"), ("javascript:alert(1)", "/"), ("/a\r\nx: y", "/"), ("", "/")],
)  # fmt: skip
def test_signing_in_leads_back_and_never_away(
    browser: Callable[[], httpx.Client], asked: str, led: str
) -> None:
    client = browser()
    page = client.get("/login", params={"next": asked}).text
    kept = re.search(r'name="next" value="([^"]*)"', page)
    assert ("evil" not in (kept[1] if kept else "")) and "javascript:" not in page
    answer = post(client, username="reader-yunshan", password=PASSWORDS["reader-yunshan"][1], next=asked)
    assert (answer.status_code, answer.headers["location"]) == (303, led)


@pytest.mark.parametrize(
    "name", ['"><script>alert(1)</script>', "a" * 60_000, "\x00\x1b[31m", "' OR 1=1 --", "{{7*7}}", "‮reader", "é" * 100]
)  # fmt: skip
def test_hostile_names_are_printed_as_text_or_cut(browser: Callable[[], httpx.Client], name: str) -> None:
    answer = post(browser(), username=name, password="x")
    assert answer.status_code in (400, 401, 429)
    assert "<script>alert" not in answer.text and len(answer.text) < 20_000 and ">49<" not in answer.text


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b'{"username":"reader-yunshan"}'),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/x-www-form-urlencoded", b"username=" + b"a" * 70_000),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(200))),
        ("application/x-www-form-urlencoded", b"username=\xff\xfe"),
        ("text/plain", b"username=x"),
    ],
)
def test_what_is_no_decent_form_is_refused(
    browser: Callable[[], httpx.Client], kind: str, body: bytes
) -> None:
    answer = browser().post("/login", content=body, headers={"content-type": kind})
    assert answer.status_code in (400, 403)


def test_a_changed_account_is_signed_out_at_once(demo_home: Path, enter: Enter, tmp_path: Path) -> None:
    reader = enter("librarian-yunshan")
    assert total(reader) == 1
    file = tmp_path / "moved.toml"
    file.write_text(
        '[[user]]\nname = "librarian-yunshan"\nlibrary = "nantang"\nroles = ["librarian"]\n', "utf-8"
    )
    portal_catalogue.run(demo_home, "apply", str(file), "--reason", "moved to nantang")
    assert total(reader) == 0
    again = enter("librarian-yunshan")  # the password stayed, the library did not
    assert total(again) == 0
    log = portal_catalogue.run(
        demo_home, "audit", "--target", "user/librarian-yunshan", "--json"
    ).splitlines()
    assert (
        "moved to nantang" in log[-1] and '"after":{"name":"librarian-yunshan","library":"nantang"' in log[-1]
    )
    assert PASSWORDS["librarian-yunshan"][1] not in "".join(log) and "argon2" not in "".join(log)
    file.write_text(file.read_text("utf-8").replace("nantang", "yunshan"), "utf-8")
    portal_catalogue.run(demo_home, "apply", str(file), "--reason", "moved back")
