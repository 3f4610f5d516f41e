"""Where a form may come from, and where signing in may lead to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from ereader.web import cookies
from ereader.web.posted import from_here
from ereader.web.way_back import safe_next


@pytest.mark.parametrize(
    "address", ["/", "/search?q=红楼梦&next=http://x", "/at/pku/record/abc", "/a//b", "/a?b=//c"]
)
def test_a_path_of_this_host_is_followed(address: str) -> None:
    assert safe_next(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "", "//evil.example", "///evil.example", "/\\evil.example", "\\/evil.example", "http://evil.example", "https:/evil.example",
        "javascript:alert(1)", "/\t/evil.example", "/\n//evil.example", "/a\r\nSet-Cookie: x=1", " //evil.example", "/ x", "search",
        "/login", "/at/pku/logout", "/login?next=/", "/\u202eevil", "/a\\b", "/" + "a" * 2000, "?q=1", "/\x00",
    ],
)  # fmt: skip
def test_any_other_address_is_not(address: str) -> None:
    assert safe_next(address) == ""


@given(st.text(alphabet="/\\:.@?#% \t\n\rabejx\u2028", max_size=12))
def test_whatever_is_followed_stays_on_this_host(address: str) -> None:
    found = safe_next(address)
    assert found in ("", address)
    if found:
        assert found[0] == "/" and found[1:2] not in ("/", "\\") and not set(found) & set("\\\t\n\r \u2028")


def request(scheme: str = "http", **headers: str) -> Request:
    named = [
        (k.replace("_", "-").encode(), v.encode()) for k, v in {"host": "lib.example", **headers}.items()
    ]
    return Request(
        {"type": "http", "method": "POST", "scheme": scheme, "path": "/login", "query_string": b"", "headers": named,
         "server": ("lib.example", 80)}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("headers", "answer"),
    [
        ({}, None),
        ({"sec_fetch_site": "same-origin"}, True),
        ({"sec_fetch_site": "none"}, True),
        ({"sec_fetch_site": "same-site"}, False),
        ({"sec_fetch_site": "cross-site"}, False),
        ({"sec_fetch_site": "cross-site", "origin": "http://lib.example"}, False),
        ({"sec_fetch_site": ""}, False),
        ({"origin": "http://lib.example"}, True),
        ({"origin": "http://LIB.example"}, True),
        ({"origin": "https://lib.example"}, False),
        ({"origin": "http://lib.example:81"}, False),
        ({"origin": "http://lib.example.evil.example"}, False),
        ({"origin": "null"}, False),
        ({"origin": "http://[::1"}, False),
        ({"referer": "http://lib.example/login"}, True),
        ({"referer": "http://evil.example/http://lib.example/"}, False),
    ],
)
def test_a_browser_says_where_a_form_comes_from(headers: dict[str, str], answer: bool | None) -> None:
    assert from_here(request(**headers)) is answer


def test_over_https_a_cookie_is_bound_to_the_host_and_a_plain_one_is_not_believed() -> None:
    both = f"{cookies.SESSION}=plain; __Host-{cookies.SESSION}=bound"
    assert cookies.session(request("https", cookie=both)) == "bound"
    assert cookies.session(request("https", cookie=f"{cookies.SESSION}=plain")) == ""
    assert cookies.session(request("http", cookie=both)) == "plain"
