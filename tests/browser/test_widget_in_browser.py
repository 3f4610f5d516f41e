"""The search box on a page of another origin, under a strict policy of that page: by keyboard, on a phone, in both languages."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import branded_portal as branded
import portal_catalogue
import pytest
from axe_playwright_python.sync_playwright import Axe
from screens import DESKTOP, PHONE, eventually

POLICY = (
    "default-src 'none'; script-src {0}; connect-src {0}; frame-src {0}; form-action {0}; base-uri 'none'; "
    "style-src 'self'; require-trusted-types-for 'script'"
)


class Host:
    """A site of somebody else: whatever page is put on it, with a strict policy."""

    def __init__(self) -> None:
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = host.pages.get(urlsplit(self.path).path, "").encode()
                self.send_response(200 if body else 404)
                self.send_header("content-type", "text/html; charset=utf-8")
                self.send_header("content-security-policy", host.policy)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.pages: dict[str, str] = {}
        self.policy = ""
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, path: str, content: str, lang: str = "en") -> str:
        head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>A library</title>'
        self.pages[path] = (
            f'<!doctype html><html lang="{lang}"><head>{head}</head><body><main><h1>A library</h1>{content}</main></body></html>'
        )
        return self.origin + path


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture(scope="module")
def portal(browser: Any, host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a portal that lets the site embed it; its neighbours do not."""
    home: Path = branded.build(tmp_path_factory.mktemp("branded") / "home")
    listed = home / "listed.toml"
    listed.write_text(branded.DESIGN.replace('https://www.pku.example"]', f'{host.origin}"]'), "utf-8")
    portal_catalogue.run(home, "apply", str(listed))
    with portal_catalogue.serving(home) as url:
        host.policy = POLICY.format(url)
        yield f"{url}/at/pku"


@pytest.fixture
def go(browser: Any) -> Iterator[Callable[..., Any]]:
    """Opens an address; ``page.complaints`` are errors of scripts and policies."""
    contexts = []

    def go(address: str, *, lang: str = "en", phone: bool = False) -> Any:
        context = browser.new_context(viewport=PHONE if phone else DESKTOP, locale=lang, has_touch=phone)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.complaints = []
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda m: page.complaints.append(m.text) if m.type == "error" else None)
        page.goto(address)
        return page

    yield go
    for context in contexts:
        context.close()


def query(page: Any) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_one_tag_makes_a_box_that_suggests_and_searches_by_keyboard(
    go: Callable[..., Any], host: Host, portal: str
) -> None:
    page = go(host.put("/script", f'<script src="{portal}/widget.js" async></script>'))
    box = page.get_by_role("combobox", name="Search words")
    box.focus()
    page.keyboard.type("hong lou")
    options = page.get_by_role("option")
    options.first.wait_for()
    offered = options.first.get_attribute("data-text")
    assert offered in ("红楼梦", "紅樓夢")
    page.keyboard.press("ArrowDown")
    assert box.input_value() == offered and box.get_attribute("aria-activedescendant")
    page.keyboard.press("Escape")
    assert options.count() == 0 and box.input_value() == "hong lou"
    page.keyboard.press("ArrowDown")  # opens the list again, at its first line
    options.first.wait_for()
    assert box.input_value() == offered
    page.keyboard.press("Enter")
    page.wait_for_url("**/at/pku/search**")
    assert query(page) == {"q": [offered], "scope": ["own"]}
    assert page.locator(".hits > li").count() >= 1
    assert page.complaints == []


@pytest.mark.parametrize(
    ("lang", "button", "first"), [("zh-CN", "检索", "全部频道"), ("en", "Search", "All channels")]
)
def test_the_box_takes_the_language_of_the_page_and_the_options_of_the_tag(
    go: Callable[..., Any], host: Host, portal: str, lang: str, button: str, first: str
) -> None:
    tag = f'<script src="{portal}/widget.js" async data-channels="book map" data-placeholder="飘 &quot;x&quot;" data-scope="all"></script>'
    # The browser's own language is the other one.
    page = go(host.put("/options", tag, lang), lang="en" if lang == "zh-CN" else "zh-CN")
    page.get_by_role("searchbox").or_(page.get_by_role("combobox")).first.wait_for()
    channels = page.locator("eread-search select")
    assert (
        channels.locator("option").all_text_contents()[0] == first and channels.locator("option").count() == 3
    )
    assert page.locator("eread-search input[name=q]").get_attribute("placeholder") == '飘 "x"'
    channels.select_option("map")
    page.get_by_role("button", name=button).click()
    page.wait_for_url("**/at/pku/search**")
    assert query(page) == {"type": ["map"]}
    assert page.complaints == []


@pytest.mark.parametrize("lang", ["zh-CN", "en"])
def test_the_box_fits_a_phone_and_axe_finds_nothing_serious(
    go: Callable[..., Any], host: Host, portal: str, lang: str
) -> None:
    tag = f'<script src="{portal}/widget.js" async data-channels="book journal map"></script>'
    page = go(host.put("/phone", tag, lang), lang=lang, phone=True)
    box = page.locator("eread-search input[name=q]")
    box.fill("hong")
    page.locator("eread-search [role=option]").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for name in ("select", "input[name=q]", "button"):
        assert page.locator(f"eread-search {name}").bounding_box()["height"] >= 44
    # axe comes in through the protocol of the browser, which the page's policy does not hold.
    found = Axe().run(page).response
    assert [v["id"] for v in found["violations"] if v["impact"] in ("serious", "critical")] == []


def test_another_site_gets_a_box_without_suggestions(go: Callable[..., Any], host: Host, portal: str) -> None:
    other = portal.replace("/at/pku", "/at/fudan")
    page = go(host.put("/unlisted", f'<script src="{other}/widget.js" async></script>'))
    box = page.locator("eread-search input[name=q]")
    box.fill("hong")
    eventually(page, lambda: page.complaints)
    page.wait_for_timeout(300)
    assert page.locator("eread-search [role=option]").count() == 0
    assert all("fudan/widget/suggest" in c or "ERR_FAILED" in c or "403" in c for c in page.complaints)
    box.press("Enter")
    page.wait_for_url("**/at/fudan/search**")


def test_two_portals_stand_on_one_page_and_a_tag_may_name_its_library(
    go: Callable[..., Any], host: Host, portal: str
) -> None:
    root = portal.removesuffix("/at/pku")
    tags = f'<script src="{portal}/widget.js"></script><script src="{root}/widget.js" data-library="fudan"></script>'
    page = go(host.put("/two", tags))
    page.locator("eread-search").nth(1).wait_for()
    actions = page.locator("eread-search").evaluate_all(
        "all => all.map(e => e.shadowRoot.querySelector('form').action)"
    )
    assert actions == [f"{portal}/search", f"{root}/at/fudan/search"]
    colours = page.locator("eread-search button").evaluate_all(
        "all => all.map(e => getComputedStyle(e).backgroundColor)"
    )
    assert colours == ["rgb(138, 21, 56)", "rgb(38, 70, 109)"]
    assert page.complaints == []


def test_styles_of_the_page_and_of_the_box_leave_each_other_alone(
    go: Callable[..., Any], host: Host, portal: str
) -> None:
    page = go(host.put("/alone", f'<button>Own</button><script src="{portal}/widget.js"></script>'))
    page.locator("eread-search button").wait_for()
    own, boxed = page.evaluate(
        "[document.querySelector('button'), document.querySelector('eread-search').shadowRoot.querySelector('button')]"
        ".map(e => getComputedStyle(e).backgroundColor)"
    )
    assert boxed == "rgb(138, 21, 56)" and own != boxed
    assert page.evaluate("document.adoptedStyleSheets.length") == 0


def test_the_frame_works_in_a_listed_site_and_is_refused_elsewhere(
    go: Callable[..., Any], host: Host, portal: str
) -> None:
    frame = '<iframe src="{}/widget/frame?language=zh-CN" title="Search" width="100%" height="360"></iframe>'
    page = go(host.put("/frame", frame.format(portal)))
    inside = page.frame_locator("iframe")
    inside.locator("#q").fill("hong lou")
    inside.get_by_role("option").first.wait_for()
    offered = inside.get_by_role("option").first.get_attribute("data-text")
    assert page.complaints == []
    inside.locator("#q").press("ArrowDown")
    inside.locator("#q").press("Enter")
    page.wait_for_url("**/at/pku/search**")  # the whole window, not the frame
    assert query(page) == {"q": [offered], "scope": ["own"], "lang": ["zh-CN"]}

    refused = go(host.put("/refused", frame.format(portal.replace("pku", "fudan"))))
    eventually(refused, lambda: any("frame-ancestors" in c for c in refused.complaints))
    assert refused.frame_locator("iframe").locator("#q").count() == 0


def test_the_plain_form_of_the_generator_works_as_pasted(
    go: Callable[..., Any], host: Host, portal: str
) -> None:
    page = go(f"{portal}/widget?channels=book&language=en")
    pasted = page.locator("#code-form").text_content()
    script = page.locator("#code-script").text_content()
    page = go(host.put("/pasted", pasted))
    page.get_by_label("Search words").fill("红楼梦")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/at/pku/search**")
    assert query(page) == {"type": ["book"], "scope": ["own"], "lang": ["en"], "q": ["红楼梦"]}
    page = go(host.put("/pasted-too", script))
    page.locator("eread-search input[name=q]").wait_for()


@pytest.mark.parametrize(("lang", "phone"), [("zh-CN", False), ("en", True)])
@pytest.mark.parametrize(
    "path", ["/widget?channels=book&channels=map", "/widget/example", "/widget/frame?channels=book,map", "/"]
)
def test_pages_of_the_box_and_a_portal_of_its_own_are_accessible(
    go: Callable[..., Any], portal: str, path: str, lang: str, phone: bool
) -> None:
    page = go(f"{portal}{path}", lang=lang, phone=phone)
    page.wait_for_timeout(300)
    found = Axe().run(page).response
    assert [
        (v["id"], v["nodes"][0]["html"])
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
    ] == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.complaints == []
