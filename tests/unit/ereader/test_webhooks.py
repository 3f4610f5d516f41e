"""Systems are asked whether they answer; whoever listens is told what changed, signed, and of nothing that is not his
business.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import sqlalchemy as sa

from ereader import endpoint_health, webhooks
from ereader.outside import Outside, policy_of
from holdings.members import Configuration, Consortium, Endpoint, Library, Members, Membership

KEY = {"EREADER_SECRET_A__HOOK": "shared key"}
OPTIONS = {"secrets": {"signature": "HOOK"}}


class System:
    """Somebody's system: keeps what it was told, answers with the statuses it is given, then 204."""

    def __init__(self) -> None:
        self.told: list[tuple[dict[str, str], bytes]] = []
        self.statuses: list[int] = []
        system = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                system.told.append(({k.lower(): v for k, v in self.headers.items()}, body))
                self.send_response(system.statuses.pop(0) if system.statuses else 204)
                self.end_headers()

            def do_GET(self) -> None:
                self.send_response(system.statuses.pop(0) if system.statuses else 404)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def system() -> Iterator[System]:
    made = System()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def outside() -> Iterator[Outside]:
    made = Outside(policy_of("127.0.0.0/8"))
    yield made
    made.close()


def deliver(
    outside: Outside, hook: Endpoint, **more: Any
) -> tuple[endpoint_health.EndpointHealth, list[float]]:
    waited: list[float] = []
    event = webhooks.event_of(
        Endpoint("opac", "a", "opac", "https://secret.example/"), "changed", 1_700_000_000
    )
    told = webhooks.deliver(
        outside, hook, event, wait=waited.append, clock=lambda: 1_700_000_000, environment=KEY, **more
    )
    return told, waited


def test_a_message_is_signed_as_standard_webhooks_says_and_names_no_address(
    outside: Outside, system: System
) -> None:
    told, waited = deliver(outside, Endpoint("h", "a", "webhook", system.address, OPTIONS))
    assert told.well and told.told == "HTTP 204" and waited == [0.0]
    [(headers, body)] = system.told
    assert json.loads(body) == {
        "type": "endpoint.changed", "endpoint": "opac", "library": "a", "kind": "opac", "active": True,
        "time": "2023-11-14T22:13:20Z",
    }  # fmt: skip
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(b"shared key", content, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{wanted}" and headers["webhook-timestamp"] == "1700000000"
    assert b"secret.example" not in body


def test_it_is_tried_again_with_the_same_id_and_given_up_at_last(outside: Outside, system: System) -> None:
    hook = Endpoint("h", "a", "webhook", system.address, OPTIONS)
    system.statuses = [400]
    assert deliver(outside, hook)[0].well
    assert len({h["webhook-id"] for h, _ in system.told}) == 1 and len(system.told) == 2
    system.statuses = [400, 410, 404]
    told, waited = deliver(outside, hook)
    assert not told.well and told.told == "HTTP 404" and waited == list(webhooks.WAITS)


def test_without_a_key_nothing_is_sent(outside: Outside, system: System) -> None:
    for options in ({}, {"secrets": {"signature": "OTHER"}}):
        told, _ = deliver(outside, Endpoint("h", "a", "webhook", system.address, options))
        assert not told.well and "no key" in told.told
    assert system.told == []


def test_only_those_who_share_a_consortium_are_told() -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    from holdings.members.tables import METADATA

    METADATA.create_all(engine)
    members = Members(engine)
    members.save(
        Configuration(
            tuple(Library(i) for i in "abcd"),
            (Consortium("x"), Consortium("y")),
            (
                Membership("a", "x"),
                Membership("b", "x"),
                Membership("c", "y"),
                Membership("d", "x", "suspended"),
            ),
            endpoints=(
                Endpoint("opac", "a", "opac", "https://x.example/"),
                *(Endpoint(f"hook-{i}", i, "webhook", "https://x.example/") for i in "abcd"),
                Endpoint("hook-off", "b", "webhook", "https://x.example/", active=False),
            ),
        )
    )
    told = [e.id for e in webhooks.listeners(members, members.endpoints()["opac"])]
    assert told == ["hook-a", "hook-b"]
    assert [e.id for e in webhooks.listeners(members, members.endpoints()["hook-a"])] == ["hook-b"], (
        "never of itself"
    )
    engine.dispose()


def test_whoever_answers_is_well_and_a_change_of_state_is_noticed_once(
    outside: Outside, system: System
) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    endpoint_health.METADATA.create_all(engine)
    endpoint = Endpoint("opac", "a", "opac", system.address)
    noticed, states = [], []
    for n, statuses in enumerate(([], [], [503], [503], [200])):
        system.statuses = list(statuses)
        found = endpoint_health.check(outside, endpoint, lambda at=n: 1000.0 + at)
        noticed.append(endpoint_health.keep(engine, found))
        states.append((found.well, endpoint_health.known(engine)["opac"].since))
    assert noticed == [False, False, True, False, True]
    assert states == [(True, 1000), (True, 1000), (False, 1002), (False, 1002), (True, 1004)]
    engine.dispose()


@pytest.mark.parametrize(
    "address", ["http://10.0.0.1/", "sip2://127.0.0.1:1", "http://localhost:1/", "http://[::1"]
)
def test_what_may_not_be_asked_and_what_nobody_answers_at_is_not_well(outside: Outside, address: str) -> None:
    found = endpoint_health.check(outside, Endpoint("e", "a", "opac", address))
    assert not found.well and found.told
