"""The consoles of consortia and of the centre through HTTP: rights, what is said before something is hidden, what a
denied action leaves, and what somebody without the role can tell.
"""

from __future__ import annotations

import contextlib
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import portal_catalogue
import pytest
from waiting import until

PASSWORD = "quiet paper, good type"
USERS = {
    "centre": ("", ["centre-admin"]),
    "admin-x": ("", ["consortium-admin:x"]),
    "admin-y": ("", ["consortium-admin:y"]),
    "admin-a": ("a", ["library-admin"]),
    "loader-a": ("a", ["cataloguer"]),
    "reader-a": ("a", ["reader"]),
}
CONFIGURATION = """
[[consortium]]
id = "x"
name = { zh = "江海", en = "Jianghai" }
[[consortium]]
id = "y"
[[library]]
id = "a"
name = { zh = "临江馆", en = "Linjiang" }
portal = { includes = ["x"] }
[[library]]
id = "b"
name = { zh = "海滨馆", en = "Haibin" }
[[membership]]
library = "a"
consortium = "x"
[[membership]]
library = "b"
consortium = "x"
[[repository]]
id = "a-books"
library = "a"
offered_to = ["x"]
published_by = ["x"]
[[repository]]
id = "b-books"
library = "b"
offered_to = ["x"]
"""
Enter = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("consoles")
    home, secret = folder / "home", folder / "secret"
    secret.write_text(PASSWORD, "utf-8")
    users = "".join(
        f'[[user]]\nname = "{name}"\nlibrary = "{library}"\nroles = {json.dumps(roles)}\npassword_file = "{secret}"\n'
        for name, (library, roles) in USERS.items()
    )
    settings = folder / "c.toml"
    settings.write_text(CONFIGURATION + users, "utf-8")
    portal_catalogue.run(home, "apply", str(settings))
    for library, titles in (("a", ["园林史话", "桥梁史话"]), ("b", ["园林史话"])):
        file = folder / f"{library}.jsonl"
        lines = []
        for n, title in enumerate(titles):
            isbn = {"scheme": "isbn", "value": "9787101000016"}
            record = {"id": str(n), "type": "book", "title": title, "identifiers": [isbn] if n == 0 else []}
            lines.append(json.dumps({"record": record}))
        file.write_text("\n".join(lines) + "\n", "utf-8")
        words = ("--library", library, "--repository", f"{library}-books", "--format", "record")
        portal_catalogue.run(home, "load", str(file), *words)
    return home


@pytest.fixture
def home(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "home")
    return tmp_path / "home"


@contextlib.contextmanager
def entering(home: Path) -> Iterator[Enter]:
    with portal_catalogue.serving(home) as url, contextlib.ExitStack() as stack:

        def signed_in(name: str = "", lang: str = "en") -> httpx.Client:
            client = httpx.Client(base_url=url, headers={"accept-language": lang}, timeout=120)
            stack.enter_context(client)
            if name:
                done = send(client, "/login", "/login", username=name, password=PASSWORD)
                assert done.status_code == 303, done.text
            return client

        yield signed_in


@pytest.fixture
def enter(home: Path) -> Iterator[Enter]:
    """Signs in to an installation that the test may change."""
    with entering(home) as signed_in:
        yield signed_in


@pytest.fixture(scope="module")
def look(built: Path) -> Iterator[Enter]:
    """Signs in to the installation of all tests that change nothing."""
    with entering(built) as signed_in:
        yield signed_in


def key_of(client: httpx.Client, page: str) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', client.get(page).text)
    assert found, page
    return found[1]


def send(client: httpx.Client, page: str, path: str, **fields: str | list[str]) -> httpx.Response:
    return client.post(path, data={"csrf": key_of(client, page), **fields})


# What signing in writes, and what the server makes by itself from records.
_BESIDE = re.compile(r'INSERT INTO "?(auth_session|auth_failure|auth_sign_in|sqlite_|heading|store_state)')


def registry(home: Path) -> str:
    """Everything in the database that a denied action could have changed."""
    with contextlib.closing(sqlite3.connect(home / "ereader.sqlite")) as connection:
        return "\n".join(
            line for line in connection.iterdump() if line.startswith("INSERT") and not _BESIDE.match(line)
        )


def titles(client: httpx.Client, portal: str) -> list[str]:
    hits = client.get(f"/at/{portal}/api/v1/search", params={"q": "史话"}).json()["hits"]
    return sorted(hit["title"] for hit in hits)


def export(home: Path) -> str:
    return subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), "apply", "--export"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


PAGES = [
    "/manage/consortium/x",
    *(f"/manage/consortium/x/{p}" for p in ("members", "members/a", "sharing", "settings", "log")),
]
PAGES += ["/manage/centre", *(f"/manage/centre/{p}" for p in (
    "libraries", "libraries/a", "consortia", "consortia/x", "members", "sharing", "settings", "people", "jobs", "trace", "log",
))]  # fmt: skip


def test_pages_are_for_whom_the_table_says_and_unknown_to_all_others(look: Enter) -> None:
    allowed = {
        "admin-x": re.compile("/manage/consortium/x"),
        "centre": re.compile(r"/manage/(centre|consortium/x(/settings|/log|)\Z)"),
    }
    nobody = re.compile("(?!)")
    clients = {name: look(name) for name in USERS}
    for page in PAGES:
        for name, client in clients.items():
            said = client.get(page)
            if allowed.get(name, nobody).match(page):
                assert said.status_code == 200, (page, name)
                assert "no-store" in said.headers["cache-control"]
            else:
                unknown = client.get(page.replace("/x", "/none").replace("/centre", "/consortium/none"))
                assert (said.status_code, unknown.status_code) == (404, 404), (page, name)
                assert re.sub(r"/manage/\S+", "", said.text) == re.sub(r"/manage/\S+", "", unknown.text)
        said = look().get(page)
        assert said.status_code == 303 and said.headers["location"].startswith("/login")


def test_every_page_is_in_both_languages_and_names_no_missing_text(look: Enter) -> None:
    for lang in ("en", "zh-CN"):
        x, centre = look("admin-x", lang), look("centre", lang)
        for page in PAGES:
            said = (x if "/consortium/x" in page else centre).get(page).text
            assert not re.search(r">\s*manage_[a-z]+\.|>\s*\w+\.\w+_[\w.]+\s*<", said), (page, lang)


DENIED = [
    ("admin-y", "/manage/consortium/x/sharing", {"do": "publish", "repository": "b-books"}),
    ("admin-a", "/manage/consortium/x/sharing", {"do": "publish", "repository": "b-books"}),
    ("centre", "/manage/consortium/x/members/a", {"status": "left"}),
    ("admin-y", "/manage/consortium/x/members", {"do": "register", "id": "c", "zh": "丙"}),
    ("admin-x", "/manage/centre/consortia", {"id": "z", "zh": "丁"}),
    ("admin-x", "/manage/centre/libraries/a/hosts", {"hosts": "lib.example"}),
    ("admin-x", "/manage/centre/people", {"do": "appoint", "name": "me", "role": "centre-admin"}),
    ("admin-x", "/manage/consortium/x/members/a/admin", {"name": "second"}),
    ("centre", "/manage/centre/people", {"do": "take", "name": "centre", "role": "centre-admin"}),
    ("reader-a", "/manage/centre/jobs", {"do": "rebuild"}),
    ("admin-x", "/manage/consortium/x/sharing", {"do": "withdraw", "repository": "none"}),
]


@pytest.mark.parametrize(("who", "path", "fields"), DENIED, ids=[f"{w} {p}" for w, p, _ in DENIED])
def test_what_is_denied_leaves_the_database_as_it_was(
    look: Enter, built: Path, who: str, path: str, fields: dict[str, str]
) -> None:
    client = look(who)
    before = registry(built)
    said = send(client, "/login", path, **fields)
    assert said.status_code in (403, 404, 422), said.text
    assert registry(built) == before


def test_without_the_key_of_the_form_nothing_happens(look: Enter, built: Path) -> None:
    client = look("admin-x")
    before = registry(built)
    said = client.post("/manage/consortium/x/sharing", data={"do": "publish", "repository": "b-books"})
    assert said.status_code == 403 and registry(built) == before


def test_withdrawing_says_what_it_hides_before_and_hides_it_at_once_after(enter: Enter, home: Path) -> None:
    client, reader = enter("admin-x"), enter()
    assert titles(reader, "x") == ["园林史话", "桥梁史话"]
    before = registry(home)
    path, fields = "/manage/consortium/x/sharing", {"do": "withdraw", "repository": ["a-books"]}
    asked = send(client, path, path, **fields)
    assert asked.status_code == 200 and registry(home) == before
    row = re.search(r"<td>.*?<code>x</code></td>(.*?)</tr>", asked.text, re.S)
    assert row and re.findall(r'class="n">(?:<span[^>]*>)?([^<]+)', row[1])[:2] == ["2", "2"]
    assert 'name="repository" value="a-books"' in asked.text
    done = send(client, path, path, **fields, confirm="1", reason="wrong licence")
    assert done.status_code == 303
    assert titles(reader, "x") == []
    log = client.get("/manage/consortium/x/log").text
    assert "wrong licence" in log and "a-books" in log


def test_what_is_published_is_found_soon_and_a_suspended_member_shows_nothing(enter: Enter) -> None:
    client, reader = enter("admin-x"), enter()
    path = "/manage/consortium/x/sharing"
    assert send(client, path, path, do="publish-all", q="", state="").status_code == 303
    assert "All" in client.get(path).text
    member = "/manage/consortium/x/members/a"
    done = send(client, member, member, status="suspended", since="", until="", confirm="1")
    assert done.status_code == 303
    until(lambda: titles(reader, "x") == ["园林史话"], "only what the other member holds")


def test_a_change_is_taken_back_from_the_log_with_the_same_rights(enter: Enter, home: Path) -> None:
    client = enter("admin-x")
    path = "/manage/consortium/x/sharing"
    assert send(client, path, path, do="publish", repository=["b-books"]).status_code == 303
    number = re.search(r"/log\?entry=(\d+)", client.get("/manage/consortium/x/log").text)
    assert number
    entry = f"/manage/consortium/x/log?entry={number[1]}"
    assert "b-books" in client.get(entry).text
    other = enter("admin-y")
    assert other.get(entry.replace("/x/", "/y/")).status_code == 404, "what is another's business is unknown"
    done = send(client, entry, "/manage/consortium/x/log", entry=number[1], confirm="1")
    assert done.status_code == 303
    entry_now = export(home).partition('id = "b-books"')[2].partition("[[")[0]
    assert 'offered_to = ["x"]' in entry_now and "published_by" not in entry_now
    again = send(client, entry, "/manage/consortium/x/log", entry=number[1], confirm="1")
    assert again.status_code == 409, "it has changed since"


def test_forms_keep_what_was_typed_and_say_what_is_wrong(look: Enter, built: Path) -> None:
    x, centre = look("admin-x"), look("centre")
    before = registry(built)
    for client, path, fields, kept, words in (
        (
            x,
            "/manage/consortium/x/members",
            {"do": "register", "id": "no blanks", "zh": "丙馆"},
            "丙馆",
            "1 to 64 letters",
        ),
        (x, "/manage/consortium/x/members", {"do": "register", "id": "a", "zh": "丙馆"}, "丙馆", "already"),
        (
            x,
            "/manage/consortium/x/members",
            {"do": "register", "id": "c", "zh": "丙馆", "isil": "not one"},
            "not one",
            "An ISIL",
        ),
        (centre, "/manage/centre/libraries", {"id": "c", "zh": "丙馆", "isil": "CN"}, "丙馆", "An ISIL"),
        (x, "/manage/consortium/x/settings", {"zh": " ", "en": ""}, "", "in one language"),
        (
            x,
            "/manage/consortium/x/members/a",
            {"status": "active", "since": "2026-02-01", "until": "2026-01-01"},
            "",
            "before the first",
        ),
        (
            x,
            "/manage/consortium/x/members/a",
            {"status": "active", "since": "", "until": "in May"},
            "",
            "as year-month-day",
        ),
        (centre, "/manage/centre/consortia", {"id": "x", "zh": "新域"}, "新域", "already"),
        (centre, "/manage/centre/libraries/a/hosts", {"hosts": "https://x/"}, "https://x/", "host names"),
        (centre, "/manage/centre/people", {"do": "appoint", "name": "reader-a ", "role": "no"}, "", ""),
    ):
        said = send(client, path.removesuffix("/hosts"), path, **fields)
        assert said.status_code in ((422,) if words else (404,)), (path, said.status_code)
        assert words in said.text and kept in said.text
    assert registry(built) == before


def test_whoever_picks_nothing_is_told_so_and_a_filter_stays_after_publishing(enter: Enter) -> None:
    client, path = enter("admin-x"), "/manage/consortium/x/sharing"
    said = send(client, path, path, do="publish", q="", state="")
    assert said.status_code == 303
    assert "No repository was picked" in client.get(said.headers["location"]).text
    done = send(client, path, path, do="publish", repository=["b-books"], q="b-bo", state="waiting")
    assert done.headers["location"].endswith("?q=b-bo&state=waiting")
    after = client.get(done.headers["location"]).text
    assert '<option value="waiting" selected' in after, "what narrows the list is seen"
    assert "No repository here matches" in after


def test_nothing_is_said_to_be_taken_back_that_the_consortium_publishes_by_itself(
    enter: Enter, home: Path
) -> None:
    client, path, settings = enter("admin-x"), "/manage/consortium/x/sharing", "/manage/consortium/x/settings"
    on = {"zh": "江海", "en": "Jianghai", "function-publish-offers": "1"}
    assert send(client, settings, settings, **on).status_code == 303
    before = registry(home)
    said = send(client, path, path, do="withdraw", repository=["a-books"], confirm="1")
    assert said.status_code == 303 and registry(home) == before
    assert "publishes by itself" in client.get(said.headers["location"]).text
    off = {"zh": "江海", "en": "Jianghai", "confirm": "1"}
    assert send(client, settings, settings, **off).status_code == 303
    said = send(client, path, path, do="withdraw", repository=["a-books"], confirm="1")
    assert "taken back" in client.get(said.headers["location"]).text
    assert titles(client, "x") == []


def test_what_a_library_changes_of_its_repository_is_taken_back_from_its_log(
    enter: Enter, home: Path
) -> None:
    client, page = enter("admin-a"), "/manage/library/a/repositories/a-books"
    before = export(home)
    fields = {"name_zh": "甲馆藏书", "audience": "everyone"}
    asked = send(client, page, page, **fields)
    assert asked.status_code == 200 and "repository a-books" in asked.text
    assert send(client, page, page, confirm="1", **fields).status_code == 303
    number = re.search(r"/log\?entry=(\d+)", client.get("/manage/library/a/log").text)
    assert number
    entry = f"/manage/library/a/log?entry={number[1]}"
    shown = client.get(entry).text
    assert "offered_to" in shown and "audience" not in shown, "only what has changed"
    assert send(client, entry, "/manage/library/a/log", entry=number[1]).status_code == 303
    assert export(home) == before


def hidden(client: httpx.Client, page: str) -> dict[str, str]:
    """The mark that the form of a page carries."""
    found = re.search(r'name="seen" value="(\w+)"', client.get(page).text)
    assert found, page
    return {"seen": found[1]}


@pytest.mark.parametrize(
    ("name", "page", "first", "second", "kept"),
    [
        (
            "admin-x",
            "/manage/consortium/x/members/b",
            {"status": "suspended", "since": "", "until": "", "confirm": "1"},
            {"status": "active", "since": "2020-01-01", "until": ""},
            'status = "suspended"',
        ),
        (
            "admin-a",
            "/manage/library/a/repositories/a-books",
            {"name_zh": "甲", "audience": "staff", "offered": "x", "confirm": "1"},
            {"name_zh": "乙", "audience": "everyone", "offered": "x"},
            'audience = "staff"',
        ),
        (
            "admin-x",
            "/manage/consortium/x/settings",
            {"zh": "江海", "en": "Jianghai", "function-publish-offers": "1"},
            {"zh": "江海域", "en": "Jianghai"},
            "publish-offers",
        ),
        (
            "admin-a",
            "/manage/library/a/profile",
            {"zh": "临江馆", "website": "https://lib.example/", "includes": "x"},
            {"zh": "临江图书馆", "includes": "x"},
            "https://lib.example/",
        ),
    ],
    ids=["member", "repository", "settings", "profile"],
)
def test_nobody_undoes_unseen_what_another_has_changed_meanwhile(
    enter: Enter,
    home: Path,
    name: str,
    page: str,
    first: dict[str, str],
    second: dict[str, str],
    kept: str,
) -> None:
    one, other = enter(name), enter(name)
    old = hidden(other, page)
    assert send(one, page, page, **hidden(one, page), **first).status_code == 303
    assert send(one, page, page, **old, **first).status_code == 303, "sent twice, it is still the same"
    told = send(other, page, page, **old, **second)
    assert told.status_code == 409 and f"{name} changed this" in told.text
    assert kept in export(home), "what the other has done stands"
    again = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', told.text))
    assert again.items() >= second.items(), "what was entered is not lost"
    saved = send(other, page, page, **{k: v for k, v in again.items() if k != "csrf"}, confirm="1")
    assert saved.status_code == 303 and kept not in export(home)


def test_a_library_is_removed_only_after_the_numbers_were_seen(enter: Enter, home: Path) -> None:
    centre, reader = enter("centre"), enter()
    page = "/manage/centre/libraries/a"
    before = registry(home)
    asked = send(centre, page, f"{page}/remove")
    assert asked.status_code == 200 and "repository a-books" in asked.text and registry(home) == before
    done = send(centre, page, f"{page}/remove", confirm="1")
    assert done.status_code == 303 and centre.get(page).status_code == 404
    assert titles(reader, "x") == []
    assert reader.get("/at/a/").status_code == 404
    assert enter().post("/login", data={}).status_code in (401, 403)


def test_the_trace_names_the_clause_and_a_library_sees_only_its_own(look: Enter) -> None:
    centre, a, loader = look("centre"), look("admin-a"), look("loader-a")
    said = centre.get("/manage/centre/trace", params={"record": "b-books/0", "place": "x"}).text
    assert "offered, but not published" in said and "Haibin" in said
    own = a.get("/manage/library/a/trace", params={"record": "a-books/1", "place": "x"})
    assert own.status_code == 200 and "offered and published here" in own.text
    assert loader.get("/manage/library/a/trace").status_code == 200
    hidden = a.get("/manage/library/a/trace", params={"record": "b-books/0", "place": "x"})
    unknown = a.get("/manage/library/a/trace", params={"record": "none/0", "place": "x"})
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.text.replace("b-books/0", "").replace("b-books%2F0", "") == unknown.text.replace(
        "none/0", ""
    ).replace("none%2F0", "")
    assert a.get("/manage/library/b/trace").status_code == 404


def test_sign_ins_are_noted_without_what_was_typed(enter: Enter, home: Path) -> None:
    centre = enter("centre")
    for name in ("admin-x", "my secret typed in the wrong field"):
        wrong = send(enter(), "/login", "/login", username=name, password="guess at a password")
        assert wrong.status_code == 401
    said = centre.get("/manage/centre/log?show=sign-ins").text
    assert "admin-x" in said and "no such account" in said and "signed in" in said
    with contextlib.closing(sqlite3.connect(home / "ereader.sqlite")) as connection:
        held = "\n".join(connection.iterdump())
    assert "my secret typed" not in held and "guess at a password" not in held


def test_an_appointed_admin_sets_his_password_with_a_link_that_is_shown_once(enter: Enter) -> None:
    centre = enter("centre")
    page = "/manage/centre/consortia/y"
    made = send(centre, page, f"{page}/admin", name="second-y")
    link = re.search(r"http\S+/account/password\?key=([\w-]{43})", made.text)
    assert made.status_code == 200 and link
    assert link[1] not in centre.get(page).text
    somebody = enter()
    form = f"/account/password?key={link[1]}"
    done = send(somebody, form, "/account/password", key=link[1], new=PASSWORD, again=PASSWORD)
    assert done.status_code == 303
    assert somebody.get("/manage/consortium/y/members").status_code == 200
    assert enter().get(form).status_code == 404
