"""The search box for other people's pages: who may embed it, and that it shows what anyone may see."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import branded_portal as branded
import httpx
import portal_catalogue
import pytest
from lxml import html

LISTED, OTHER = "https://www.pku.example", "https://other.example"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with portal_catalogue.serving(branded.build(tmp_path_factory.mktemp("branded") / "home")) as url:
        yield url


@pytest.fixture
def web(site: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=site, headers={"accept-language": "en"}, timeout=120) as client:
        yield client


def test_suggestions_are_read_only_by_listed_sites(web: httpx.Client) -> None:
    path = "/at/pku/widget/suggest?q=hong"
    listed = web.get(path, headers={"origin": LISTED})
    assert listed.status_code == 200 and listed.headers["access-control-allow-origin"] == LISTED
    assert "access-control-allow-credentials" not in listed.headers
    for origin in (OTHER, "null", f"{LISTED}.evil.example", LISTED.replace("https", "http"), f"{LISTED}:444"):
        refused = web.get(path, headers={"origin": origin})
        assert refused.status_code == 403 and "access-control-allow-origin" not in refused.headers
        assert "suggestions" not in refused.text
    for answer in (listed, refused, web.get(path)):
        assert "Origin" in answer.headers["vary"]
    # The list is the portal's own.
    assert web.get(path.replace("pku", "fudan"), headers={"origin": LISTED}).status_code == 403
    assert web.get(path, headers={"origin": str(web.base_url).rstrip("/")}).status_code == 200


def test_the_frame_stands_only_in_listed_sites(web: httpx.Client) -> None:
    frame = web.get("/at/pku/widget/frame")
    assert f"frame-ancestors 'self' {LISTED}" in frame.headers["content-security-policy"]
    assert "x-frame-options" not in frame.headers
    assert (
        web.get("/at/fudan/widget/frame")
        .headers["content-security-policy"]
        .endswith("frame-ancestors 'self'")
    )
    for path in ("/at/pku/", "/at/pku/search?q=a", "/at/pku/widget", "/at/pku/login"):
        page = web.get(path)
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert page.headers["x-frame-options"] == "DENY"


def test_the_script_is_one_file_for_everybody_and_knows_its_portal(web: httpx.Client) -> None:
    script = web.get("/at/pku/widget.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert script.headers["cache-control"].startswith("public")
    portal = json.loads(re.search(r"const portal = (\{.*\});", script.text)[1])  # type: ignore[index]
    assert portal["id"] == "pku" and portal["scope"] == "own" and portal["accent"] == branded.ACCENT
    assert portal["name"]["zh-CN"] == "北京大学图书馆" and portal["texts"]["en"]["box.button"] == "Search"
    assert "import " not in re.sub(r"//.*", "", script.text) and "export " not in script.text
    assert "innerHTML" not in script.text and "eval(" not in script.text
    assert len(script.content) < 20_000
    with httpx.Client(base_url=web.base_url, headers={"accept-language": "zh"}) as other:
        branded.sign_in(other, "anna")
        assert other.get("/at/pku/widget.js").text == script.text


def test_what_is_pasted_is_what_was_chosen(web: httpx.Client) -> None:
    query = "language=en&channels=book&channels=journal&target=_blank&placeholder=%22%3E%3Cscript%3E&suggestions=off&scope=all"
    tree = html.fromstring(web.get(f"/at/pku/widget?{query}").text)
    pasted = {
        key: tree.get_element_by_id(f"code-{key}").text_content() for key in ("script", "frame", "form")
    }
    base = str(web.base_url).rstrip("/")
    script = html.fragment_fromstring(pasted["script"])
    assert script.tag == "script" and script.get("src") == f"{base}/at/pku/widget.js"
    assert {k[5:]: v for k, v in script.attrib.items() if k.startswith("data-")} == {
        "language": "en", "channels": "book journal", "target": "_blank", "placeholder": '"><script>',
        "suggestions": "off", "scope": "all",
    }  # fmt: skip
    frame = web.get(html.fragment_fromstring(pasted["frame"]).get("src"))
    box = html.fromstring(frame.text)
    assert (
        box.get("lang") == "en" and "data-suggest" not in frame.text and "widget_frame.js" not in frame.text
    )
    assert [o.get("value") for o in box.xpath("//select/option")] == ["", "book", "journal"]
    assert box.xpath("//form/@target") == ["_blank"] and box.xpath("//input[@name='q']/@placeholder") == [
        '"><script>'
    ]
    assert box.xpath("//input[@name='scope']") == []
    form = html.fragment_fromstring(pasted["form"])
    assert form.get("action") == f"{base}/at/pku/search" and form.get("target") == "_blank"
    assert dict(form.form_values()) == {"lang": "en"} and form.xpath(".//input[@name='q']")
    assert "style=" not in "".join(pasted.values()), "a strict policy of the page around allows it"


def test_the_usual_box_searches_where_the_portal_does(web: httpx.Client) -> None:
    for path in ("/at/pku/widget/frame", "/at/pku/widget/example"):
        page = html.fromstring(web.get(path).text)
        assert page.xpath("//main//form/input[@name='scope']/@value") == ["own"]
    tree = html.fromstring(web.get("/at/pku/widget").text)
    assert "data-" not in tree.get_element_by_id("code-script").text_content()
    assert 'name="scope" value="own"' in tree.get_element_by_id("code-form").text_content()


def test_options_that_are_nonsense_are_as_usual(web: httpx.Client) -> None:
    nonsense = (
        "language=xx&channels=zzz&target=javascript:x&scope=L:fudan&placeholder=%00%0A%07&suggestions=perhaps"
    )
    page = web.get(f"/at/pku/widget/frame?{nonsense}")
    assert page.status_code == 200 and 'target="_top"' in page.text and "zzz" not in page.text
    assert "javascript:" not in page.text and "L:fudan" not in page.text


def test_the_list_of_sites_is_kept_in_the_console_and_holds_at_once(web: httpx.Client) -> None:
    branded.sign_in(web, "carl")
    path = "/manage/consortium/jalis/widget"
    key = re.search(r'name="csrf" value="([^"]+)"', web.get(path).text)[1]  # type: ignore[index]
    wrong = web.post(path, data={"csrf": key, "origins": f"{OTHER}\n*.example"})
    assert wrong.status_code == 422 and "*.example is no origin" in wrong.text and OTHER in wrong.text
    asked = {"origin": OTHER}
    assert web.get("/at/jalis/widget/suggest?q=a", headers=asked).status_code == 403
    saved = web.post(path, data={"csrf": key, "origins": f"{OTHER.upper()}/a/page?x#y\n{OTHER}:443"})
    assert saved.status_code == 303
    assert web.get("/at/jalis/widget/suggest?q=a", headers=asked).status_code == 200
    page = web.get(path).text
    assert page.count(OTHER) == 1 and "Listed sites" in page
    assert OTHER in web.get("/at/jalis/widget/frame").headers["content-security-policy"]
    # A design that is published later leaves the list as it is.
    design = "/manage/consortium/jalis/design"
    branded.send(web, design, branded.fields(web.get(design).text), do="save", **{"tagline.en": "Later"})
    assert web.get("/at/jalis/widget/suggest?q=a", headers=asked).status_code == 200
