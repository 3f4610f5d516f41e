"""Each portal shows its own name, colours, picture, blocks, notices, channels, facets and scope."""

from __future__ import annotations

import re
from collections.abc import Iterator

import branded_portal as branded
import httpx
import portal_catalogue
import pytest

STYLE = re.compile(r'href="((?:/at/pku)?/style/[0-9a-f]{16}\.css)"')


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with portal_catalogue.serving(branded.build(tmp_path_factory.mktemp("branded") / "home")) as url:
        yield url


@pytest.fixture
def pku(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, headers={"accept-language": "en"}, timeout=120) as client:
        yield client


def test_the_start_page_has_the_blocks_of_the_design_in_their_order(pku: httpx.Client) -> None:
    page = pku.get("/at/pku/").text
    words = branded.visible(page[page.index("<main") :])
    order = [
        "Welcome",
        "One.",
        "Two <b>x</b>.",
        "Open to all",
        "A new reading room.",
        "Links New books",
        "Authors",
        "Ancient books",
    ]
    assert [words.find(w) for w in order] == sorted(words.find(w) for w in order)
    assert all(w in words for w in order)
    assert "Frequent subjects" not in words and "All new arrivals" not in words
    assert 'href="/at/pku/browse/new"' in page
    assert "图书馆主页" in pku.get("/at/pku/?lang=zh-CN").text


def test_a_box_that_stands_further_down_does_not_take_the_reader_there(pku: httpx.Client) -> None:
    assert " autofocus" not in pku.get("/at/pku/").text
    assert " autofocus" in pku.get("/at/fudan/").text, "the first thing on its page"


def test_what_the_design_does_not_say_is_as_usual(pku: httpx.Client) -> None:
    for path in ("/", "/at/fudan/", "/at/jalis/"):
        page = pku.get(path).text
        assert "/style/" not in page and "/logo/" not in page
        assert page.index("hero") < page.index('class="channels"') < page.index("Frequent subjects")


def test_notices_stand_on_their_days_and_the_important_ones_on_every_page(pku: httpx.Client) -> None:
    for path in ("/at/pku/", "/at/pku/search?q=研究", "/at/pku/help", "/at/pku/nothing", "/at/pku/login"):
        page = pku.get(path).text
        assert page.count("Closed on National Day.") == 1
        assert ("A new reading room." in page) == (path == "/at/pku/")
        assert "Long ago." not in page and "Far away." not in page


def test_the_style_sheet_has_an_address_of_its_content_and_colours_for_light_and_dark(
    pku: httpx.Client,
) -> None:
    page = pku.get("/at/pku/")
    assert "style-src 'self'" in page.headers["content-security-policy"] and " style=" not in page.text
    sheet = pku.get(STYLE.findall(page.text)[0])
    assert "immutable" in sheet.headers["cache-control"] and sheet.headers["content-type"].startswith(
        "text/css"
    )
    assert f"--accent:{branded.ACCENT}" in sheet.text and "prefers-color-scheme:dark" in sheet.text
    assert f"background:{branded.BAND}" in sheet.text
    assert ".hero h1 { font-size: 2.6rem }" in sheet.text and "position" not in sheet.text
    other = pku.get("/at/pku/style/0123456789abcdef.css")
    assert other.headers["cache-control"] == "no-cache"


def test_own_rules_hold_where_readers_read_and_not_where_anybody_signs_in(pku: httpx.Client) -> None:
    for path, own in (
        ("/at/pku/", True),
        ("/at/pku/search?q=a", True),
        ("/at/pku/login", False),
        ("/at/pku/nothing", False),
    ):
        sheet = pku.get(STYLE.findall(pku.get(path).text)[0]).text
        assert ("2.6rem" in sheet) == own, path
        assert branded.ACCENT in sheet


def test_a_portal_is_the_same_by_path_and_by_host_name(pku: httpx.Client) -> None:
    page = pku.get("/", headers={"host": "pku.test"}).text
    assert "Peking University Library" in page and "Welcome" in page
    assert branded.ACCENT in pku.get(STYLE.findall(page)[0], headers={"host": "pku.test"}).text


def test_channels_and_facets_are_those_of_the_design_in_its_order(pku: httpx.Client) -> None:
    page = pku.get("/at/pku/search?q=研究").text
    strip = re.findall(
        r"type=([a-z-]+)",
        page[page.index('class="strip"') : page.index("</nav>", page.index('class="strip"'))],
    )
    assert strip == [c for c in ("ancient-book", "book", "rubbing") if c in strip] and "book" in strip
    facets = re.findall(r"<summary><h2>([^<]+)</h2>", page)
    assert facets == ["Year", "Language", "Available at"]
    # What is chosen stays to be seen, so that it can be taken back.
    chosen = pku.get("/at/pku/search?q=研究&type=map&f.subject=地方史").text
    assert "type=map" in chosen and "Subject" in re.findall(r"<summary><h2>([^<]+)</h2>", chosen)


def test_boxes_and_channels_begin_in_the_scope_of_the_portal_and_say_so_in_the_address(
    pku: httpx.Client,
) -> None:
    for path in ("/at/pku/", "/at/pku/help"):
        assert '<input type="hidden" name="scope" value="own">' in pku.get(path).text
    home = pku.get("/at/pku/").text
    assert re.search(r'href="/at/pku/search\?type=book&amp;scope=own"', home)
    assert "scope=own" in pku.get("/at/pku/opensearch.xml").text
    assert 'name="scope"' not in pku.get("/").text
    # Who has widened the search keeps it wide.
    assert 'name="scope"' not in pku.get("/at/pku/search?q=研究").text.partition("</header>")[0]


def test_the_switch_of_scope_counts_each_place(pku: httpx.Client) -> None:
    total = {
        scope: pku.get("/at/pku/api/v1/search", params={"q": "研究", "type": "book", "scope": scope}).json()[
            "total"
        ]
        for scope in ("own", "C:jalis", "")
    }
    assert 0 < total["own"] < total[""]
    for scope in total:
        page = pku.get("/at/pku/search", params={"q": "研究", "type": "book", "scope": scope}).text
        nav = page[page.index('class="note scopes"') :].partition("</nav>")[0]
        counts = [int(n.replace(",", "")) for n in re.findall(r"<small>([\d,]+)</small>", nav)]
        assert counts == [total["own"], total["C:jalis"], total[""]]
        assert nav.count('aria-current="true"') == 1
        assert "scope=own" in nav or scope == "own"


def test_the_libraries_among_which_to_choose_are_those_of_the_hits(pku: httpx.Client) -> None:
    for scope in ("own", ""):
        found = pku.get("/at/pku/api/v1/search", params={"q": "红楼梦", "scope": scope, "size": 50}).json()
        held = {v["value"]: v["count"] for v in found["facets"]["library"]}
        told: dict[str, int] = {}
        for hit in found["hits"]:
            for library in hit["libraries"]:
                told[library] = told.get(library, 0) + 1
        assert held == told
        if scope == "own":
            assert held["pku"] == found["total"]


def test_a_design_without_contrast_is_refused_with_the_reason_and_nothing_changes(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    import subprocess
    import sys

    home = tmp_path_factory.mktemp("refused")
    file = home / "x.toml"
    file.write_text('[[consortium]]\nid = "x"\ndesign = { accent = "#ffcc00" }\n', "utf-8")
    run = [sys.executable, "-m", "ereader", "--home", str(home / "home"), "apply"]
    done = subprocess.run([*run, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "#ffcc00 has a contrast of 1.3" in done.stderr and "4.5" in done.stderr
    assert '"x"' not in subprocess.run([*run, "--export"], capture_output=True, text=True, check=True).stdout
    file.write_text(
        '[[consortium]]\nid = "x"\ndesign = { channels = ["book", "bok"], facets = ["colour"] }\n', "utf-8"
    )
    done = subprocess.run([*run, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "there is no bok" in done.stderr and "there is no colour" in done.stderr
    file.write_text(
        '[[consortium]]\nid = "x"\ndesign = { accent = "#26466d", css = "a { position: fixed; color: red }" }\n',
        "utf-8",
    )
    done = subprocess.run([*run, str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "position" in done.stderr
    first = subprocess.run([*run, "--export"], capture_output=True, text=True, check=True).stdout
    (home / "again.toml").write_text(first, "utf-8")
    again = subprocess.run([*run, str(home / "again.toml")], capture_output=True, text=True, check=True)
    assert "0 entries" in again.stderr + again.stdout
