"""A proxy stands in front of licensed addresses of readers elsewhere, once, whatever the address is like."""

from __future__ import annotations

from datetime import date
from urllib.parse import parse_qs, quote, urlsplit

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolver.citation import Citation
from resolver.knowledge_base.terms import Asker, Terms
from resolver.plugins import services
from resolver.proxy import proxied, through_proxy, unwrapped
from resolver.resolve import Resolver
from resolver.service import Answer, Found, HeldBy, Place, Wanted, as_address, web_address

PREFIXES = (
    "https://proxy.example/login?url=",
    "https://proxy.example/login?url={url}",
    "https://proxy.example/login?user=x&qurl=",
    "https://go.proxy.example/{url}/end",
    "https://proxy.example/login?url=%U",
)
SICI = st.from_regex(
    r"10\.1002/\(SICI\)[0-9]{4}-[0-9]{4}\([0-9]{4}\)[0-9]:[0-9]<[0-9]+::AID-[A-Z]{3}>3\.0\.CO;2-[A-Z#]",
    fullmatch=True,
)
TAIL = st.one_of(
    SICI.map(lambda doi: "doi/" + quote(doi, safe="/():;")),
    SICI.map(lambda doi: "doi?id=" + quote(doi, safe="")),
    st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=30).map(lambda t: "t?q=" + quote(t, safe="")),
    st.sampled_from(
        (
            "a?b=1&c=2", "a?b=1%26c=2&amp;d", "a#part", "a?url=https%3A%2F%2Fother.example%2F", "a;jsessionid=1?x=%25", "?", "",
            "a?next=/login?url=x", "%E7%BA%A2?x=+%2B", "a?u={url}",
        )
    ),
)  # fmt: skip
ADDRESS = TAIL.map(lambda tail: f"https://p.example/{tail}")


def answer(url: str, **more: bool) -> Answer:
    return Answer("s", "fulltext", "t", url, "licensed", **more)  # type: ignore[arg-type]


def wanted(prefix: str, address: str = "203.0.113.9") -> Wanted:
    place = Place("l", proxy=prefix, networks=("192.0.2.0/24", "2001:db8::/32"))
    return Wanted(Citation(), asker=Asker("l", address=address, today=date(2026, 1, 1)), place=place)


@given(ADDRESS, st.sampled_from(PREFIXES))
def test_what_goes_through_the_proxy_comes_out_as_it_went_in(url: str, prefix: str) -> None:
    link = proxied(prefix, url)
    assert (
        web_address(link, 10_000)
        and urlsplit(link).hostname == urlsplit(prefix.replace("{url}", "")).hostname
    )
    assert not urlsplit(link).fragment
    if "url=" in prefix:
        values = parse_qs(urlsplit(link).query, keep_blank_values=True)
        assert (values.get("url") or values["qurl"]) == [url]
    assert unwrapped(link, prefix) == unwrapped(url, prefix)


@given(ADDRESS, st.sampled_from(PREFIXES))
def test_nothing_is_put_behind_the_proxy_twice(url: str, prefix: str) -> None:
    once = through_proxy(answer(url, licensed=True), None, wanted(prefix))
    twice = through_proxy(answer(once.url, licensed=True), None, wanted(prefix))
    assert once.proxied and twice == once
    raw = through_proxy(answer(f"https://proxy.example/login?url={url}", licensed=True), None, wanted(prefix))
    assert raw.url.count("proxy.example") == 1


@given(ADDRESS, st.sampled_from(PREFIXES), st.sampled_from(("203.0.113.9", "", "nonsense", "192.0.2.1")))
def test_what_is_free_or_of_nobody_never_goes_through_it(url: str, prefix: str, address: str) -> None:
    for given_ in (answer(url, free=True), answer(url), answer(url, free=True, licensed=True)):
        out = through_proxy(given_, None, wanted(prefix, address))
        assert not out.proxied and out.url == unwrapped(url, prefix)
        behind = msgspec.structs.replace(given_, url=proxied(prefix, url))
        assert through_proxy(behind, None, wanted(prefix, address)).url == unwrapped(url, prefix)


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1", "::ffff:192.0.2.9"])
def test_on_campus_the_address_is_bare_even_if_the_list_had_the_proxy_in_it(address: str) -> None:
    prefix = PREFIXES[0]
    out = through_proxy(
        answer(proxied(prefix, "https://p.example/1"), licensed=True), Terms(), wanted(prefix, address)
    )
    assert (out.url, out.proxied) == ("https://p.example/1", False)


@pytest.mark.parametrize(
    ("link", "bare"),
    [
        (
            "https://ezproxy.lib.example/login?url=https://p.example/a?b=1&c=2#d",
            "https://p.example/a?b=1&c=2#d",
        ),
        (
            "https://ezproxy.lib.example/login?qurl=https%3A%2F%2Fp.example%2Fa%3Fb%3D1%26c%3D2&x=1",
            "https://p.example/a?b=1&c=2",
        ),
        ("https://x.example/login?user=1&url=http://p.example/", "http://p.example/"),
        (
            "https://x.example/login?url=javascript:alert(1)",
            "https://x.example/login?url=javascript:alert(1)",
        ),
        ("https://x.example/page?url=https://p.example/", "https://x.example/page?url=https://p.example/"),
    ],
)
def test_the_usual_form_of_a_proxy_is_known_whosever_it_is(link: str, bare: str) -> None:
    assert unwrapped(link) == bare


def test_a_record_link_behind_the_own_proxy_is_decided_anew() -> None:
    prefix = PREFIXES[0]
    links = (
        proxied(prefix, "https://arxiv.org/abs/1"),
        proxied(prefix, "https://p.example/1"),
        "https://q.example/1",
    )
    held = HeldBy("l", "L", links=links)
    question = wanted(prefix)
    question = msgspec.structs.replace(
        question, records=(Found("u", "T", "exact", True, "/record/u", (held,)),)
    )
    found = {a.platform: a for a in Resolver(services()).resolve(question).answers if a.service == "records"}
    assert (found["arxiv.org"].url, found["arxiv.org"].proxied) == ("https://arxiv.org/abs/1", False)
    assert found["p.example"].proxied and found["p.example"].url == links[1]
    assert (found["q.example"].url, found["q.example"].proxied) == ("https://q.example/1", False)


@pytest.mark.parametrize(
    ("said", "given_"),
    [
        ("https://doi.org/10.1002/(SICI)1097-4571(199806)49:8<693::AID-ASI4>3.0.CO;2-O",
         "https://doi.org/10.1002/(SICI)1097-4571(199806)49:8%3C693::AID-ASI4%3E3.0.CO;2-O"),
        (" https://p.example/a b?c=%20&d=[1] ", "https://p.example/a%20b?c=%20&d=%5B1%5D"),
        ("https://p.example/" + "x" * 3000, ""),
        ("javascript:alert(1)", ""),
        ("https://p.example/a\nb", ""),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_lists_forget_to_escape_is_escaped_once(said: str, given_: str) -> None:
    assert as_address(said) == given_ and as_address(given_) == given_


HOSTED = "https://{host}.proxy.example"
HOSTS = st.sampled_from(
    ("www.nature.com", "p.example", "a-b.c--d.example", "WWW.Example.ORG", "xn--fiqs8s.example", "1.example")
)


@given(HOSTS, TAIL)
def test_a_proxy_in_the_name_of_the_host_gives_back_what_went_in(host: str, tail: str) -> None:
    url = f"https://{host}/{tail}"
    behind = proxied(HOSTED, url)
    parts = urlsplit(behind)
    assert parts.hostname is not None and parts.hostname.endswith(".proxy.example")
    assert parts.hostname.count(".") == 2, "one label, so that one certificate serves all"
    assert behind.partition("proxy.example")[2] == f"/{tail}"
    assert unwrapped(behind, HOSTED) == unwrapped(f"https://{host.lower()}/{tail}", HOSTED)
    once = through_proxy(answer(url, licensed=True), None, wanted(HOSTED))
    assert once.proxied and through_proxy(answer(once.url, licensed=True), None, wanted(HOSTED)) == once


@pytest.mark.parametrize(
    "url", ["https://p.example:8443/a", "https://user@p.example/a", "https://[2001:db8::1]/", f"https://{'a' * 70}.example/"]
)  # fmt: skip
def test_what_fits_into_no_host_stays_as_it_is(url: str) -> None:
    out = through_proxy(answer(url, licensed=True), None, wanted(HOSTED))
    assert (out.url, out.proxied) == (url, False)


def test_a_link_of_another_proxy_is_rehosted_and_free_ones_are_freed() -> None:
    foreign = "https://ezproxy.lib.example/login?url=https://p.example/a?b=1"
    assert through_proxy(answer(foreign, licensed=True), None, wanted(HOSTED)).url == (
        "https://p-example.proxy.example/a?b=1"
    )
    free = through_proxy(answer("https://arxiv-org.proxy.example/abs/1", free=True), None, wanted(HOSTED))
    assert (free.url, free.proxied) == ("https://arxiv.org/abs/1", False)
    there = through_proxy(
        answer("https://p-example.proxy.example/a", licensed=True), None, wanted(HOSTED, "192.0.2.1")
    )
    assert there.url == "https://p.example/a"


@pytest.mark.parametrize(
    ("prefix", "behind"),
    [
        ("https://proxy.example/login?url=", "https://proxy.example/login?url=https%3A%2F%2Fxn--fiqs8s.example%2F%25E7"),
        (HOSTED, "https://xn----fiqs8s-example.proxy.example/%E7"),
    ],
)  # fmt: skip
def test_a_host_in_other_letters_goes_through_as_it_is_sent(prefix: str, behind: str) -> None:
    assert proxied(prefix, "https://中国.example/%E7") == behind
