"""Ways inside a page of another system: another origin, a strict policy, one line of script."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import portal_catalogue
import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect
from screens import eventually

ISBN = "9787020002207"
COINS = (
    "ctx_ver=Z39.88-2004&amp;rft_val_fmt=info%3Aofi%2Ffmt%3Akev%3Amtx%3Abook&amp;rft.genre=book&amp;rft.isbn="
)
Host = Callable[..., Any]


class Opac:
    """A small catalogue of somebody else's, with pages that tests put into it."""

    def __init__(self) -> None:
        self.pages: dict[str, str] = {}
        self.policy = ""
        opac = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = opac.pages.get(self.path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                if opac.policy:
                    self.send_header("content-security-policy", opac.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def opac() -> Iterator[Opac]:
    made = Opac()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def portal(browser: Any, opac: Opac, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = portal_catalogue.build(tmp_path_factory.mktemp("embed") / "home")
    members = home / "origins.toml"
    members.write_text(
        '[[library]]\nid = "pku"\nname = { zh = "北京大学图书馆", en = "Peking University Library" }\n'
        f'portal = {{ includes = ["jalis", "centre"], contact = "mailto:ask@pku.test", design = {{ origins = ["{opac.origin}"] }} }}\n',
        "utf-8",
    )
    portal_catalogue.run(home, "apply", str(members))
    with portal_catalogue.serving(home) as url:
        opac.policy = (
            f"default-src 'none'; script-src {url}; connect-src {url}; base-uri 'none'; form-action 'none'; "
            "require-trusted-types-for 'script'; trusted-types 'none'"
        )
        yield url


@pytest.fixture
def foreign(browser: Any, opac: Opac, portal: str) -> Iterator[Host]:
    """Opens a page of the foreign catalogue with this body; whatever breaks its policy fails the test."""
    contexts, complaints = [], []

    def opened(
        body: str,
        *,
        lang: str = "zh",
        phone: bool = False,
        library: str = "pku",
        data: str = "",
        bypass: bool = False,
    ) -> Any:
        # Where no policy forbids it, a browser looks for a picture of the site, which there is not.
        icon = '<link rel="icon" href="data:,">' if bypass else ""
        opac.pages["/page"] = (
            f'<!doctype html><html lang="{lang}"><head><title>OPAC</title>{icon}<meta name="viewport" content="width=device-width"></head>'
            f'<body>{body}<script src="{portal}/resolver/embed.js" data-library="{library}" {data} async></script></body></html>'
        )
        context = browser.new_context(
            viewport={"width": 375, "height": 700} if phone else {"width": 1100, "height": 800},
            has_touch=phone, is_mobile=phone, bypass_csp=bypass,
        )  # fmt: skip
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.calls = []
        page.on("request", lambda r: page.calls.append(r) if "/resolver/api/" in r.url else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        page.complaints = complaints
        page.goto(f"{opac.origin}/page")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def test_one_line_of_script_shows_the_ways_to_the_isbn_of_the_page(foreign: Host, portal: str) -> None:
    page = foreign("<main><h1>红楼梦</h1><p>ISBN: 978-7-02-000220-7 (平装)</p><p>Tel 13800138000</p></main>")
    panel = page.get_by_role("region", name="获取途径")
    expect(panel).to_have_count(1)
    expect(panel).to_contain_text("北京大学图书馆")
    expect(panel.get_by_role("link", name="北京大学图书馆")).to_have_attribute(
        "href", re.compile(f"^{portal}/at/pku/record/")
    )
    panel.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(panel.get_by_role("list", name="馆际互借与文献传递")).to_be_visible()
    assert (
        page.evaluate(
            "document.querySelector('e-read-ways').shadowRoot.querySelectorAll('[style],style').length"
        )
        == 0
    )


def test_a_result_list_of_twenty_asks_once(foreign: Host) -> None:
    items = "".join(
        f'<li>Title {n} <span class="Z3988" title="{COINS}{ISBN}&amp;rft.volume={n}"></span></li>'
        for n in range(20)
    )
    page = foreign(f"<ol>{items}</ol>", lang="en")
    expect(page.get_by_role("region", name="How to get it")).to_have_count(20)
    assert [(c.method, "batch" in c.url) for c in page.calls] == [("POST", True)]
    headers = page.calls[0].all_headers()
    assert "cookie" not in headers and headers["content-type"].startswith("text/plain")


def test_what_comes_later_into_the_page_is_found_too(foreign: Host) -> None:
    page = foreign('<ol id="list"></ol>')
    page.evaluate(
        "([isbn]) => { const li = document.createElement('li'); const s = document.createElement('span'); s.className = 'Z3988';"
        " s.title = 'rft_val_fmt=info:ofi/fmt:kev:mtx:book&rft.isbn=' + isbn; li.append(s); document.getElementById('list').append(li); }",
        [ISBN],
    )
    expect(page.get_by_role("region", name="获取途径")).to_have_count(1)


def test_the_place_and_the_number_can_be_named(foreign: Host) -> None:
    page = foreign(
        '<div id="here"></div><p>ISBN 9780486275574</p>',
        data=f'data-isbn="{ISBN}" data-target="#here" data-lang="en"',
    )
    expect(page.locator("#here").get_by_role("region", name="How to get it")).to_contain_text(
        "Peking University Library"
    )
    expect(page.get_by_role("region")).to_have_count(1)


def test_a_list_without_coins_is_read_by_its_words(foreign: Host) -> None:
    items = f'<li class="hit">红楼梦 ISBN {ISBN}<div class="slot"></div></li><li class="hit">Nothing, call 978-0000000000</li>'
    page = foreign(f"<ul>{items}</ul>", data='data-list=".hit" data-slot=".slot"')
    expect(page.locator(".slot").get_by_role("region", name="获取途径")).to_have_count(1)
    expect(page.get_by_role("region")).to_have_count(1)


def isbns(count: int) -> list[str]:
    made = []
    for n in range(count):
        digits = f"97801311{n:04d}"
        check = -sum(int(d) * (3 if at % 2 else 1) for at, d in enumerate(digits)) % 10
        made.append(f"{digits}{check}")
    return made


def test_a_plain_list_of_numbers_gets_a_panel_in_each_line_by_one_call(foreign: Host) -> None:
    items = "".join(f"<li>Title <b>{n}</b>, {number}</li>" for n, number in enumerate(isbns(20)))
    page = foreign(f"<ul>{items}</ul>")
    expect(page.locator("li").get_by_role("region", name="获取途径")).to_have_count(20)
    assert len(page.calls) == 1


def test_numbers_in_attributes_are_taken_where_they_stand(foreign: Host) -> None:
    page = foreign(
        f'<ul><li data-isbn="{ISBN}">红楼梦</li><li data-isbn="9780000000000">none</li></ul><p>ISBN 9780131103627</p>'
    )
    expect(page.locator("li").first.get_by_role("region", name="获取途径")).to_have_count(1)
    expect(page.get_by_role("region")).to_have_count(1)


def test_on_a_phone_nothing_is_wider_than_the_page_and_targets_can_be_hit(foreign: Host) -> None:
    page = foreign(f"<p>ISBN {ISBN}</p>", phone=True)
    panel = page.get_by_role("region", name="获取途径")
    panel.locator("summary").tap()
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert min(box.bounding_box()["height"] for box in panel.locator("a, summary").all()) >= 44


@pytest.mark.parametrize(("lang", "phone"), [("zh", False), ("en", True)])
def test_axe_finds_nothing_serious_in_the_panel(foreign: Host, lang: str, phone: bool) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The policy of the page would keep the examiner out too.
    page = foreign(f"<main><h1>A</h1><p>ISBN {ISBN}</p></main>", lang=lang, phone=phone, bypass=True)
    panel = page.get_by_role("region", name="How to get it" if lang == "en" else "获取途径")
    panel.locator("summary").click()
    answer = Axe().run(page).response
    assert any("e-read-ways" in str(node["target"]) for p in answer["passes"] for node in p["nodes"])
    told = [
        f"{v['id']}: {node['html'][:200]}"
        for v in answer["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]
    assert told == []


def test_the_panel_is_walked_by_keyboard_and_every_stop_has_a_name(foreign: Host) -> None:
    page = foreign(f"<main><h1>A</h1><p>ISBN {ISBN}</p></main>", lang="en")
    panel = page.get_by_role("region", name="How to get it")
    panel.locator("summary").focus()
    page.keyboard.press("Enter")
    links = panel.locator("a:visible").count()
    panel.locator("a:visible").first.focus()
    names = []
    for _ in range(links):  # the other links, and what opens them
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "() => { const at = document.activeElement.shadowRoot?.activeElement;"
                " return at && getComputedStyle(at).outlineStyle !== 'none' ? at.textContent.trim() : '' }"
            )
        )
    assert links and all(names), names


def test_a_page_that_the_library_has_not_listed_gets_nothing_and_stays_whole(foreign: Host) -> None:
    page = foreign(f"<p id=p>ISBN {ISBN}</p>", library="fudan")
    page.wait_for_function("() => document.querySelector('e-read-ways')")
    eventually(page, lambda: page.complaints)
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('e-read-ways').shadowRoot.childElementCount") == 0
    assert all("CORS" in c or "ERR_FAILED" in c for c in page.complaints)
    page.complaints.clear()
