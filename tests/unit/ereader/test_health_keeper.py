"""Registered systems are asked from time to time, each by one server, and whoever listens is told of a change."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from ereader import endpoint_health, health_keeper, webhooks
from ereader.endpoint_health import EndpointHealth
from ereader.health_keeper import HealthKeeper
from holdings.members import Configuration, Endpoint, Library, Members


class Home:
    """A home with some endpoints, a clock that is set, and answers that are given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.database = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        self.members = Members(self.database)
        self.members.create_tables()
        endpoint_health.METADATA.create_all(self.database)
        self.now, self.failing = 1_000_000.0, set[str]()
        self.asked: list[str] = []
        self.told: list[tuple[str, str]] = []
        monkeypatch.setattr(endpoint_health, "check", self._check)
        monkeypatch.setattr(
            webhooks, "tell", lambda *given: self.told.extend((e.id, w) for e, w in given[-1])
        )

    def _check(self, _: Any, endpoint: Endpoint, clock: Any) -> EndpointHealth:
        self.asked.append(endpoint.id)
        return EndpointHealth(endpoint.id, int(clock()), int(clock()), endpoint.id not in self.failing, 3)

    def register(self, *endpoints: Endpoint) -> None:
        self.members.save(Configuration(libraries=(Library("a"),), endpoints=endpoints))

    def keeper(self, minutes: float = 60) -> HealthKeeper:
        outside: Any = None
        return HealthKeeper(self, self.database, outside, minutes, lambda: self.now)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch) -> Home:
    return Home(monkeypatch)


def endpoint(id: str, **other: Any) -> Endpoint:
    return Endpoint(id, "a", "daia", f"https://{id}.example/daia", **other)


def test_each_is_asked_once_in_an_interval_by_whichever_server_looks_first(home: Home) -> None:
    home.register(endpoint("one"), endpoint("two"))
    first, second = home.keeper(), home.keeper()
    assert (first.look(), second.look(), first.look()) == (2, 0, 0)
    home.now += 50 * 60
    assert second.look() == 0, "an interval is at most a tenth shorter"
    home.now += 20 * 60
    assert (second.look(), first.look()) == (2, 0)


def test_what_is_out_of_use_and_who_is_told_are_not_asked(home: Home) -> None:
    home.register(
        endpoint("off", active=False),
        Endpoint("hook", "a", "webhook", "https://hook.example/"),
        endpoint("on"),
    )
    home.keeper().look()
    assert home.asked == ["on"]


def test_who_listens_is_told_when_a_system_fails_and_when_it_is_back(home: Home) -> None:
    home.register(endpoint("one"))
    keeper = home.keeper()
    for failing, told in (
        ((), []),
        (("one",), [("one", "failing")]),
        (("one",), []),
        ((), [("one", "well")]),
    ):
        home.failing, home.told = set(failing), []
        assert keeper.look() == 1
        assert home.told == told
        home.now += 2 * 3600


def test_one_look_asks_a_few_the_longest_unasked_first(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_keeper, "AT_ONCE", 2)
    home.register(*(endpoint(f"e{n}") for n in range(5)))
    keeper = home.keeper()
    assert [keeper.look() for _ in range(4)] == [2, 2, 1, 0]
    assert sorted(home.asked) == [f"e{n}" for n in range(5)]


def test_it_can_be_switched_off(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    monkeypatch.setattr(threading.Thread, "start", lambda self: begun.append(self))
    home.keeper(minutes=0).start()
    assert begun == []
    home.keeper().start()
    assert len(begun) == 1
