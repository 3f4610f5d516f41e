"""A session that ends while somebody types: nothing is changed, nothing is lost, nothing is sent unseen."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import console_home as console
import httpx
import portal_catalogue
import pytest

PROFILE = "/manage/library/pku/profile"
PEOPLE = "/manage/library/pku/people"
TYPED = 'Peking "University" Library & Archives'
Person = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return console.build(tmp_path_factory.mktemp("lapsed") / "home")


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[str]:
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture
def person(site: str) -> Iterator[Person]:
    with console.people(site) as person:
        yield person


def from_page(site: str, page: str) -> dict[str, str]:
    """What a browser says of a form that it sends from a page of ours."""
    return {"origin": site, "sec-fetch-site": "same-origin", "referer": f"{site}{page}"}


def fields_of(page: httpx.Response) -> list[tuple[str, str]]:
    """The hidden fields of the form that sends again."""
    main = re.search(r"<main.*</main>", page.text, re.DOTALL)
    assert main
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', main[0])
    return [(name, html.unescape(value)) for name, value in found]


def name_of(client: httpx.Client) -> str:
    found = re.search(r'id="en" name="en" value="([^"]*)"', client.get(PROFILE).text)
    assert found
    return html.unescape(found[1])


def asked_again(
    person: Person, home: Path, site: str, who: str = "anna"
) -> tuple[httpx.Client, httpx.Response]:
    """A profile is typed, the session lapses, somebody signs in beside it and sends the form again."""
    client = person("anna")
    stale, before = console.key_of(client, PROFILE), name_of(client)
    console.lapse(home)
    headers = from_page(site, PROFILE)
    data = {"csrf": stale, "zh": "北京大学图书馆", "en": TYPED, "includes": ["jalis"], "seen": ""}
    told = client.post(PROFILE, data=data, headers=headers)
    assert told.status_code == 403 and "Your session has ended" in told.text
    assert "no-store" in told.headers["cache-control"]
    assert f'href="/login?next={PROFILE.replace("/", "%2F")}" target="_blank"' in told.text
    assert ("en", TYPED) in fields_of(told)
    console.enter(client, who)
    assert name_of(person("anna")) == before
    again = client.post(PROFILE, content=str(httpx.QueryParams(fields_of(told))),
                        headers={**headers, "content-type": "application/x-www-form-urlencoded"})  # fmt: skip
    return client, again


def test_what_was_typed_is_sent_after_signing_in_again_and_saying_so(
    person: Person, home: Path, site: str
) -> None:
    client, asked = asked_again(person, home, site)
    assert asked.status_code == 403 and "You are signed in as anna" in asked.text
    assert name_of(client) != TYPED, "nothing is changed by a key of another session"
    fields = fields_of(asked)
    assert ("en", TYPED) in fields and ("includes", "jalis") in fields
    assert not any(name.startswith("lapsed_") for name, _ in fields)
    done = client.post(PROFILE, data=dict(fields), headers=from_page(site, PROFILE))
    assert done.status_code == 303 and name_of(client) == TYPED


def test_somebody_else_who_signs_in_sends_it_with_his_own_rights(
    person: Person, home: Path, site: str
) -> None:
    client, asked = asked_again(person, home, site, "frida")
    assert "You are signed in as frida" in asked.text
    done = client.post(PROFILE, data=dict(fields_of(asked)), headers=from_page(site, PROFILE))
    assert done.status_code == 404


@pytest.mark.parametrize(
    "headers", [{}, {"origin": "http://evil.example"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "cross-site"}],
    ids=["silent", "origin", "same-site", "cross-site"],
)  # fmt: skip
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed-in", "stranger"])
def test_what_does_not_come_from_a_page_of_ours_is_never_offered_for_sending(
    person: Person, signed_in: bool, headers: dict[str, str]
) -> None:
    client = person("anna") if signed_in else person()
    data = {"csrf": "0" * 64, "en": "planted"}
    said = client.post(PROFILE, data=data, headers=headers)
    assert said.status_code == 403 and "planted" not in said.text and f'action="{PROFILE}"' not in said.text


def test_a_form_without_any_key_is_not_offered_for_sending(person: Person, site: str) -> None:
    for key in ("", "x", "0" * 63):
        data = {"csrf": key, "en": "planted"}
        said = person("anna").post(PROFILE, data=data, headers=from_page(site, PROFILE))
        assert said.status_code == 403 and "planted" not in said.text


def test_passwords_are_never_printed_and_are_typed_again(person: Person, home: Path, site: str) -> None:
    client = person("anna")
    data = {
        "csrf": console.key_of(client, PEOPLE),
        "do": "make",
        "name": "newcomer",
        "password": "hush-hush-hush",
    }
    console.lapse(home)
    headers = from_page(site, PEOPLE)
    told = client.post(PEOPLE, data={**data, "roles": "librarian"}, headers=headers)
    assert told.status_code == 403 and "newcomer" in told.text and "hush" not in told.text
    console.enter(client, "anna")
    asked = client.post(PEOPLE, data=dict(fields_of(told)), headers=headers)
    assert re.search(r'<input type="password"[^>]* name="password"[^>]* required>', asked.text)
    fields = dict(fields_of(asked))
    assert "password" not in fields
    done = client.post(PEOPLE, data={**fields, "password": "hush-hush-hush"}, headers=headers)
    assert done.status_code in (200, 303)
    assert console.enter(person(), "anna").get(f"{PEOPLE}/newcomer").status_code in (200, 404)
    newcomer = person()
    entered = console.send(newcomer, "/login", "/login", username="newcomer", password="hush-hush-hush")
    assert entered.status_code == 303


def test_whose_session_has_ended_while_choosing_files_is_told_to_sign_in(
    person: Person, home: Path, site: str
) -> None:
    client = person("carl", "zh-CN")
    key = console.key_of(client, console.LOAD)
    console.lapse(home)
    files = [("files", ("a.mrc", console.marc(("1", "题名"))))]
    headers = from_page(site, console.LOAD)
    told = client.post(console.LOAD, data={"csrf": key}, files=files, headers=headers)
    assert told.status_code == 403 and "会话已结束" in told.text and 'href="/login?next=' in told.text
    console.enter(client, "carl")
    asked = client.post(console.LOAD, data={"csrf": key}, files=files, headers=headers)
    assert (
        asked.status_code == 403 and "文件不会保留" in asked.text and f'href="{console.LOAD}"' in asked.text
    )
    fresh = {"csrf": console.key_of(client, console.LOAD)}
    assert client.post(console.LOAD, data=fresh, files=files, headers=headers).status_code == 303


@pytest.mark.parametrize("referer", ["http://evil.example/x", "http://[", "//evil", "/login", ""])
def test_the_way_back_after_signing_in_is_a_page_of_ours(person: Person, site: str, referer: str) -> None:
    said = person().post(PROFILE, data={"csrf": "0" * 64, "lapsed_page": "//evil.example"},
                         headers={"origin": site, "referer": referer})  # fmt: skip
    assert said.status_code == 403 and "evil" not in said.text
    assert 'href="/login?next=%2Fmanage"' in said.text
