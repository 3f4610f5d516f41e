"""The design of a portal in its console, through HTTP alone: what a browser without script does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import branded_portal as branded
import httpx
import portal_catalogue
import pytest

LIBRARY = "/manage/library/fudan/design"
CONSORTIUM = "/manage/consortium/jalis/design"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with portal_catalogue.serving(branded.build(tmp_path_factory.mktemp("branded") / "home")) as url:
        yield url


@pytest.fixture
def person(site: str) -> Iterator[Callable[[str], httpx.Client]]:
    made: list[httpx.Client] = []

    def person(name: str = "") -> httpx.Client:
        client = httpx.Client(base_url=site, headers={"accept-language": "en"}, timeout=120)
        made.append(client)
        if name:
            branded.sign_in(client, name)
        return client

    yield person
    for client in made:
        client.close()


def kinds(page: str) -> list[str]:
    return [value for name, value in branded.fields(page) if re.fullmatch(r"b\.\d+\.kind", name)]


def test_a_draft_is_seen_by_nobody_else_until_it_is_published_and_can_be_taken_back(
    person: Callable[[str], httpx.Client],
) -> None:
    frida, reader, anna = person("frida"), person(""), person("anna")
    form = branded.fields(frida.get(LIBRARY).text)
    page = branded.send(
        frida, LIBRARY, form, **{"tagline.en": "A line of our own", "accent": "#0A7D5A", "do": "preview"}
    )
    assert "not published yet" in page.text and 'value="#0a7d5a"' in page.text
    shown = frida.get("/at/fudan/?draft=1")
    assert "A line of our own" in shown.text
    assert "frame-ancestors 'self'" in shown.headers["content-security-policy"]
    assert shown.headers["x-frame-options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in shown.text, "what is no preview stands in no frame"
    assert "<base" not in frida.get("/at/fudan/").text
    style = re.findall(r'href="(/at/fudan/style/[^"]+)"', shown.text)[0].replace("&amp;", "&")
    assert "#0a7d5a" in frida.get(style).text
    for other in (frida.get("/at/fudan/"), reader.get("/at/fudan/?draft=1"), anna.get("/at/fudan/?draft=1")):
        assert "A line of our own" not in other.text
    assert "frame-ancestors 'none'" in reader.get("/at/fudan/?draft=1").headers["content-security-policy"]
    assert "#0a7d5a" not in reader.get(style).text

    page = branded.send(frida, LIBRARY, branded.fields(page.text), do="save")
    assert "Published." in page.text and "not published yet" not in page.text
    assert "A line of our own" in reader.get("/at/fudan/").text
    assert "Published." not in frida.get(LIBRARY).text, "said once"
    key = dict(branded.fields(page.text))["csrf"]
    page = branded.send(frida, LIBRARY, [("csrf", key)], do="undo")
    assert "The former design is published again." in page.text
    assert "A line of our own" not in reader.get("/at/fudan/").text
    branded.send(frida, LIBRARY, [("csrf", key)], do="undo")
    assert "A line of our own" in reader.get("/at/fudan/").text, "undoing is undone the same way"


def test_what_is_wrong_is_told_and_keeps_the_design_from_being_published(
    person: Callable[[str], httpx.Client],
) -> None:
    carl = person("carl")
    form = branded.fields(carl.get(CONSORTIUM).text)
    page = branded.send(carl, CONSORTIUM, form, accent="#ffcc00", footer="javascript:alert(1) | x", do="save")
    assert "Not published yet" in page.text
    assert "#ffcc00 has a contrast of 1.3" in page.text and "The nearest colour" in page.text
    assert "javascript:alert(1) is neither" in page.text
    assert 'href="javascript:' not in carl.get("/at/jalis/?draft=1").text
    page = branded.send(carl, CONSORTIUM, branded.fields(page.text), do="discard")
    assert "#ffcc00" not in page.text


def test_blocks_are_moved_added_and_removed_by_buttons(person: Callable[[str], httpx.Client]) -> None:
    carl = person("carl")
    page = carl.get(CONSORTIUM).text
    usual = ["search", "notices", "channels", "subjects", "arrivals"]
    assert kinds(page) == usual
    page = branded.send(carl, CONSORTIUM, branded.fields(page), do="down:0").text
    assert kinds(page) == ["notices", "search", *usual[2:]]
    page = branded.send(carl, CONSORTIUM, branded.fields(page), do="up:0").text
    assert kinds(page) == ["notices", "search", *usual[2:]], "the first stays the first"
    page = branded.send(carl, CONSORTIUM, branded.fields(page), do="remove:3").text
    page = branded.send(carl, CONSORTIUM, branded.fields(page), do="add", kind="text").text
    assert kinds(page) == ["notices", "search", "channels", "arrivals", "text"]
    page = branded.send(carl, CONSORTIUM, branded.fields(page), do="add", kind="search").text
    assert kinds(page).count("search") == 1
    words = {"b.4.text.en": "<script>alert(1)</script>", "b.4.title.zh": "说明"}
    page = branded.send(carl, CONSORTIUM, branded.fields(page), do="preview", **words).text
    assert "&lt;script&gt;alert(1)" in carl.get("/at/jalis/?draft=1").text
    # A script sends the blocks in another order and leaves their numbers as they were.
    form = branded.fields(page)
    first, rest = (
        [p for p in form if p[0].startswith("b.4.")],
        [p for p in form if not p[0].startswith("b.4.")],
    )
    page = branded.send(carl, CONSORTIUM, [rest[0], *first, *rest[1:]], do="preview").text
    assert kinds(page) == ["text", "notices", "search", "channels", "arrivals"]
    branded.send(carl, CONSORTIUM, branded.fields(page), do="discard")


def test_channels_and_notices_in_the_form(person: Callable[[str], httpx.Client]) -> None:
    root, path = person("root"), "/manage/centre/design"
    form = branded.fields(root.get(path).text)
    form = [p for p in form if p[0] != "channel"] + [("channel", "map"), ("channel", "book")]
    page = branded.send(root, path, form, do="channel-up:map").text
    shown = [v for n, v in branded.fields(page) if n == "channel"]
    assert sorted(shown) == ["book", "map"]
    page = branded.send(root, path, branded.fields(page), do="notice").text
    page = branded.send(root, path, branded.fields(page), do="save").text
    assert "Words are needed in one language at least." in page
    said = {
        "n.0.text.zh": "停机维护",
        "n.0.severity": "alert",
        "n.0.begins": "2026-01-02",
        "n.0.ends": "2026-01-01",
    }
    page = branded.send(root, path, branded.fields(page), do="save", **said).text
    assert "It ends before it begins." in page
    page = branded.send(root, path, branded.fields(page), do="save", **{"n.0.ends": "2999-01-01"}).text
    assert "Published." in page
    home = person("").get("/").text
    assert "停机维护" in home
    assert re.findall(r"search\?type=([a-z-]+)", home[home.index('class="channels"') :])[:3] in (
        ["map", "book"],
        ["book", "map"],
    )
    page = branded.send(root, path, branded.fields(page), do="notice-remove:0").text
    assert "停机维护" not in branded.send(root, path, branded.fields(page), do="save").text


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "logo.svg",
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "no PNG, JPEG or WebP",
        ),
        ("logo.png", b"<html><script>alert(1)</script>", "no PNG, JPEG or WebP"),
        ("logo.png", branded.png(5000, 1), "more than 4096 pixels"),
        ("logo.png", branded.png() + b"x" * 300_000, "more than 256 KB"),
        ("logo.html", branded.png(), "The picture is in your draft."),
    ],
)
def test_a_picture_is_what_its_bytes_are(
    person: Callable[[str], httpx.Client], name: str, data: bytes, said: str
) -> None:
    frida = person("frida")
    key = dict(branded.fields(frida.get(LIBRARY).text))["csrf"]
    done = frida.post(f"{LIBRARY}/logo", data={"csrf": key}, files={"picture": (name, data, "text/html")})
    assert done.status_code == 303
    page = frida.get(done.headers["location"]).text
    assert said in page
    if "draft" not in said:
        return
    address = re.findall(r'src="(/at/fudan/logo/[^"]+)"', page)[0]
    picture = frida.get(address)
    assert picture.headers["content-type"] == "image/png" and picture.content == data
    assert picture.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in picture.headers["content-security-policy"]
    plain = address.partition("?")[0]
    # Not published, so for nobody else; published, only in its own portal.
    assert person("").get(address).status_code == person("").get(plain).status_code == 404
    branded.send(frida, LIBRARY, branded.fields(page), do="save")
    home = person("").get("/at/fudan/").text
    assert f'<img class="logo" src="{plain}" alt="" width="120" height="40">' in home
    assert person("").get(plain).status_code == 200
    assert person("").get(plain.replace("fudan", "pku")).status_code == 404


@pytest.mark.parametrize("page", ["design", "widget"])
def test_whoever_has_no_right_here_gets_what_an_unknown_id_gets(
    person: Callable[[str], httpx.Client], page: str
) -> None:
    anna = person("anna")
    unknown = anna.get(f"/manage/library/nobody/{page}")
    assert unknown.status_code == 404
    for path in (
        f"/manage/library/fudan/{page}",
        f"/manage/consortium/jalis/{page}",
        f"/manage/centre/{page}",
    ):
        assert anna.get(path).status_code == 404
        assert anna.get(path).text.replace(path, "") == unknown.text.replace(
            f"/manage/library/nobody/{page}", ""
        )
        assert person("").get(path).headers["location"].startswith("/login?next=")
    key = dict(branded.fields(anna.get("/manage/library/pku/design").text))["csrf"]
    for path in (LIBRARY, CONSORTIUM, "/manage/centre/design"):
        assert anna.post(path, data={"csrf": key, "do": "save", "tagline.en": "mine now"}).status_code == 404
        sent = anna.post(f"{path}/logo", data={"csrf": key}, files={"picture": ("a.png", branded.png())})
        assert sent.status_code == 404
    assert "mine now" not in person("").get("/at/fudan/").text


def test_a_form_from_elsewhere_changes_nothing(person: Callable[[str], httpx.Client]) -> None:
    frida = person("frida")
    form = branded.fields(frida.get(LIBRARY).text)
    elsewhere = {"sec-fetch-site": "same-site"}
    assert frida.post(LIBRARY, data=dict(form, do="save"), headers=elsewhere).status_code == 403
    assert frida.post(LIBRARY, data=dict(form, csrf="x", do="save")).status_code == 403


def test_every_change_is_in_the_log_with_what_was_before(person: Callable[[str], httpx.Client]) -> None:
    carl = person("carl")
    page = carl.get(CONSORTIUM).text
    branded.send(carl, CONSORTIUM, branded.fields(page), do="save", **{"tagline.en": "Logged"})
    assert "Logged" in person("").get("/at/jalis/").text
    page = carl.get(CONSORTIUM).text
    assert "Former design" in page
