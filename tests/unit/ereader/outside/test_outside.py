"""Remotes that hang, lie, drip, lead astray or never end cost no more than their deadline, and never cross
the check of addresses.
"""

from __future__ import annotations

import gzip
import socket
import threading
import time
import zlib
from collections.abc import Iterator, Sequence

import httpx
import pytest
from bad_remotes import (
    Behaviour,
    answering,
    dripping_body,
    dripping_head,
    endless,
    hanging,
    huge,
    lying_short,
    not_http,
    redirecting,
    remote,
)
from waiting import HANGS, not_hung, until

from ereader.outside import Outside, OutsideError, Policy, policy_of
from ereader.outside.addresses import allowed

LOOPBACK = policy_of("127.0.0.1/32", seconds=HANGS, megabytes=1)
SHORT = policy_of("127.0.0.1/32", seconds=0.5, megabytes=1)  # for whoever will not answer in any time


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside(LOOPBACK)
    yield made
    made.close()


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def code_of(outside: Outside, url: str, **more: object) -> str:
    with pytest.raises(OutsideError) as caught:
        outside.http.get(url, **more)  # type: ignore[arg-type]
    return caught.value.code


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [
        (hanging, "late"),
        (dripping_head, "late"),
        (dripping_body, "late"),
        (endless, "too-large"),
        (huge, "too-large"),
        (lying_short, "protocol"),
        (not_http, "protocol"),
        (answering(b"", status="503 Busy"), "protocol"),
        (answering(zlib.compress(b"x" * 10_000_000)[:-9], "content-encoding: gzip\r\n"), "too-large"),
        (answering(gzip.compress(b"x" * 50_000_000), "content-encoding: gzip\r\n"), "too-large"),
        (answering(gzip.compress(b"x" * 50_000_000), "content-encoding: gzip, gzip\r\n"), "protocol"),
        (answering(b"xxxx", "content-encoding: gzip\r\n"), "protocol"),
        (answering(b"xxxx", "content-encoding: br\r\n"), "protocol"),
    ],
)
def test_a_bad_remote_costs_its_deadline_at_most(behaviour: Behaviour, code: str) -> None:
    with remote(behaviour) as bad, not_hung():
        assert code_of(Outside(SHORT if code == "late" else LOOPBACK), bad.url) == code


def test_a_question_may_ask_for_less_time_and_never_gets_more() -> None:
    with remote(hanging) as bad:
        for policy, wanted in ((LOOPBACK, 0.2), (SHORT, HANGS)):
            with not_hung():
                assert code_of(Outside(policy), bad.url, extensions={"deadline": wanted}) == "late"


def test_all_redirections_share_one_deadline() -> None:
    slow = Outside(policy_of("127.0.0.1/32", seconds=1.0))

    def later(connection: socket.socket, head: bytes) -> None:
        time.sleep(0.4)
        redirecting("/again")(connection, head)

    with remote(later) as bad:
        # One after the other each is in time, and they would end as too many.
        assert code_of(slow, bad.url) == "late"
        assert len(bad.seen) <= 3


def test_redirections_are_few(outside: Outside) -> None:
    with remote(redirecting("/again")) as bad, pytest.raises(httpx.TooManyRedirects):
        outside.http.get(bad.url)
    assert len(bad.seen) == LOOPBACK.redirects + 1


@pytest.mark.parametrize(
    "to",
    [
        "http://127.0.0.2:{port}/",
        "http://[::1]:{port}/",
        "http://[::ffff:127.0.0.2]:{port}/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.0.0.1/",
        "http://0.0.0.0:{port}/",
        "http://2130706434:{port}/",
        "http://127.0.0.1:22/",
    ],
)
def test_nothing_leads_to_an_address_that_may_not_be_asked(outside: Outside, to: str) -> None:
    with remote(answering()) as forbidden, remote(redirecting(to.format(port=forbidden.port))) as bad:
        assert code_of(outside, bad.url) in ("refused", "unreachable")
        assert forbidden.connections == 0


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1/", "data:,x"])
def test_only_the_web_is_asked(outside: Outside, to: str) -> None:
    with remote(redirecting(to)) as bad, pytest.raises(httpx.HTTPError):
        outside.http.get(bad.url)
    with pytest.raises(httpx.HTTPError):
        outside.http.get(to)


def test_what_was_checked_is_what_is_connected() -> None:
    """A name whose second answer is another address gains nothing: it is asked for once."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[tuple[socket.AddressFamily, str]]:
        asked.append(host)
        return [(socket.AF_INET, "127.0.0.1" if len(asked) == 1 else "127.0.0.2")]

    with remote(answering()) as good:
        outside = Outside(LOOPBACK, rebinding)
        assert outside.http.get(f"http://name.example:{good.port}/").text == "well"
        assert asked == ["name.example"]
        assert code_of(outside, f"http://name.example:{good.port}/") == "refused"


def test_a_name_with_one_forbidden_address_among_others_is_refused() -> None:
    both = Outside(LOOPBACK, lambda h, p: [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "192.168.0.1")])
    with remote(answering()) as good:
        assert code_of(both, f"http://name.example:{good.port}/") == "refused"
        assert good.connections == 0


def test_a_name_service_that_hangs_costs_the_deadline() -> None:
    def slow(host: str, port: int) -> Sequence[tuple[socket.AddressFamily, str]]:
        time.sleep(HANGS)
        return []

    with not_hung():
        assert code_of(Outside(SHORT, slow), "http://name.example/") == "late"


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "240.0.0.1", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:53aa:64c:0:0:80ff:fffe", "::127.0.0.1", "2001:db8::1", "name", "",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_internet_is_kept_away(address: str) -> None:
    assert not allowed(address, Policy())


@pytest.mark.parametrize("address", ["8.8.8.8", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_public_internet_is_open(address: str) -> None:
    assert allowed(address, Policy())


def test_networks_of_the_settings_are_open_and_no_others() -> None:
    policy = policy_of("10.1.0.0/16, fd00:1::/32", "80, 8000-8010")
    assert allowed("10.1.2.3", policy)
    assert allowed("::ffff:10.1.2.3", policy)
    assert allowed("fd00:1::5", policy)
    assert not allowed("10.2.0.1", policy)
    assert not allowed("fd00:2::5", policy)
    assert policy.ports == ((80, 80), (8000, 8010))


@pytest.mark.parametrize(("networks", "ports"), [("10.1.0.0/33", "80"), ("", "0"), ("", "9-3"), ("", "x")])
def test_wrong_settings_are_told(networks: str, ports: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        policy_of(networks, ports)


def test_cookies_go_neither_in_nor_out(outside: Outside) -> None:
    with remote(answering(headers="set-cookie: a=b\r\n")) as good:
        first = outside.http.get(good.url)
        outside.http.get(good.url, headers={"cookie": "own=secret"})
    assert "set-cookie" not in first.headers
    assert not any(b"cookie" in head.lower() for head in good.seen)


def test_a_token_is_not_carried_on_to_another_host(outside: Outside) -> None:
    with remote(answering()) as other, remote(redirecting(other.url)) as first:
        outside.http.get(first.url, headers={"x-token": "secret", "authorization": "Bearer secret"})
    assert first.seen[0].count(b"secret") == 2
    assert b"secret" not in other.seen[0]


def test_a_packed_answer_is_unpacked(outside: Outside) -> None:
    for packed, coding in (
        (gzip.compress(b"well"), "gzip"),
        (gzip.compress(b"we") + gzip.compress(b"ll"), "x-gzip"),
        (zlib.compress(b"well"), "deflate"),
        (zlib.compress(b"well")[2:-4], "deflate"),
        (b"well", "identity"),
    ):
        with remote(answering(packed, f"content-encoding: {coding}\r\n")) as good:
            assert outside.http.get(good.url).text == "well"


def test_a_host_that_keeps_failing_is_left_alone_then_tried_once() -> None:
    clock = Clock()
    policy = Policy(LOOPBACK.networks, seconds=HANGS, breaks_after=3, broken_for=10)
    outside = Outside(policy)
    outside._hosts._clock = clock
    well = threading.Event()

    def sometimes(connection: socket.socket, head: bytes) -> None:
        answering(b"well", status="200 OK" if well.is_set() else "503 Away")(connection, head)

    with remote(sometimes) as bad:
        assert [code_of(outside, bad.url) for _ in range(5)] == ["protocol"] * 3 + ["broken"] * 2
        assert len(bad.seen) == 3
        (told,) = outside.health()
        assert (told.state, told.failures_in_a_row, told.host) == ("broken", 3, f"127.0.0.1:{bad.port}")
        assert "503" in told.last_error
        assert told.broken_until
        clock.now += 9
        assert code_of(outside, bad.url) == "broken"
        clock.now += 2
        assert code_of(outside, bad.url) == "protocol"
        assert code_of(outside, bad.url) == "broken"
        assert len(bad.seen) == 4
        well.set()
        clock.now += 21
        assert outside.http.get(bad.url).text == "well"
        assert [h.state for h in outside.health()] == ["well"]


def test_a_host_that_hangs_takes_no_turns_from_others() -> None:
    outside = Outside(Policy(LOOPBACK.networks, seconds=HANGS, at_once=2))
    codes: list[str] = []
    enough = threading.Event()

    def ask(url: str) -> None:
        try:
            codes.append(outside.http.get(url).text)
        except OutsideError as error:
            codes.append(error.code)

    def until_enough(connection: socket.socket, head: bytes) -> None:
        enough.wait(HANGS)
        answering(b"at last")(connection, head)

    with remote(until_enough) as bad, remote(answering()) as good:
        threads = [threading.Thread(target=ask, args=(bad.url,)) for _ in range(6)]
        for thread in threads:
            thread.start()
        until(lambda: len(bad.seen) == 2 and len(codes) == 4)
        with not_hung():
            assert outside.http.get(good.url).text == "well"
        enough.set()
        for thread in threads:
            thread.join()
    assert bad.connections == 2
    assert sorted(codes) == ["at last"] * 2 + ["busy"] * 4


def test_a_bare_connection_keeps_the_same_rules(outside: Outside) -> None:
    def echo(connection: socket.socket, head: bytes) -> None:
        connection.sendall(b"said: " + head)

    with remote(echo) as good, outside.dial("127.0.0.1", good.port, HANGS) as wire:
        wire.write(b"93\r\n\r\n")
        assert wire.read(100) == b"said: 93\r\n\r\n"
    with pytest.raises(OutsideError) as refused, outside.dial("127.0.0.2", good.port, HANGS):
        pass
    assert refused.value.code == "refused"
    with remote(hanging) as bad, not_hung():
        with pytest.raises(OutsideError) as late, outside.dial("127.0.0.1", bad.port, 0.3) as wire:
            wire.write(b"x\r\n\r\n")
            wire.read(10)
        assert late.value.code == "late"


def test_a_connection_at_rest_that_was_ended_is_made_anew(outside: Outside) -> None:
    def once(connection: socket.socket, _: bytes) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nwell")

    with remote(once) as good:
        for n in range(3):
            assert outside.http.get(good.url).text == "well"
            until(lambda: good.closed > n)  # noqa: B023
