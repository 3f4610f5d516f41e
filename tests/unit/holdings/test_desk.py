"""The desk asks in batches, waits no longer than it is told to, and remembers what was said."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import pytest
from waiting import HANGS, not_hung, until

from holdings.availability import Availability, Copy, summed
from holdings.desk import FAILED_FOR, Desk
from holdings.lookup import LookupFailed, Outside, Question
from holdings.members import Endpoint

GOOD = summed([Copy("available")])


class Told:
    """A plug-in that does as it is told, and remembers its batches."""

    kinds: tuple[str, ...] = ("told",)

    def __init__(self, most: int = 10) -> None:
        self.batches: list[list[str]] = []
        self.failing = ""
        self.hold = threading.Event()
        self.hold.set()
        self._most = most

    def most(self, endpoint: Endpoint) -> int:
        return self._most

    def ask(
        self,
        endpoint: Endpoint,
        questions: Sequence[Question],
        outside: Outside,
        seconds: float,
        secret: Callable[[str], str],
    ) -> dict[str, Availability]:
        self.batches.append([q.local for q in questions])
        self.hold.wait(HANGS)
        if self.failing:
            raise LookupFailed(self.failing, "away")
        return {q.key: GOOD for q in questions if q.local != "missing"}


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def plugin() -> Told:
    return Told()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(plugin: Told, clock: Clock) -> Desk:
    return Desk({"told": plugin}, None, clock)  # type: ignore[arg-type]


def pairs(*ids: str, endpoint: str = "e") -> list[tuple[Endpoint, Question]]:
    return [(Endpoint(endpoint, "pku", "told"), Question(f"k{id}", id)) for id in ids]


def test_many_questions_are_one_batch_and_each_is_asked_once(desk: Desk, plugin: Told) -> None:
    found = desk.ask([*pairs("1", "2", "3"), *pairs("2")], 60)
    assert plugin.batches == [["1", "2", "3"]]
    assert found["e", "k2"].live
    assert found["e", "k2"].as_of.startswith("20")
    desk.ask(pairs("1", "2"), 60)
    assert len(plugin.batches) == 1


def test_more_questions_than_a_system_takes_are_several_batches() -> None:
    plugin = Told(most=2)
    desk = Desk({"told": plugin}, None)  # type: ignore[arg-type]
    found = desk.ask(pairs(*map(str, range(25))), 60)
    assert sorted(map(len, plugin.batches)) == [1] + [2] * 12
    assert all(a.status == "available" for a in found.values())


def test_what_was_said_counts_for_a_while(desk: Desk, plugin: Told, clock: Clock) -> None:
    desk.ask(pairs("1"), 60)
    clock.now += 59
    desk.ask(pairs("1"), 60)
    assert len(plugin.batches) == 1
    clock.now += 2
    desk.ask(pairs("1"), 60)
    assert len(plugin.batches) == 2


def test_an_old_answer_is_told_as_stale_when_the_system_is_away(
    desk: Desk, plugin: Told, clock: Clock
) -> None:
    first = desk.ask(pairs("1"), 60)["e", "k1"]
    clock.now += 100
    plugin.failing = "unreachable"
    told = desk.ask(pairs("1"), 60)["e", "k1"]
    assert (told.status, told.stale, told.error, told.as_of) == (
        "available",
        True,
        "unreachable",
        first.as_of,
    )
    unknown = desk.ask(pairs("9"), 60)["e", "k9"]
    assert (unknown.status, unknown.stale, unknown.live, unknown.error) == (
        "unknown",
        False,
        False,
        "unreachable",
    )
    asked = len(plugin.batches)
    desk.ask(pairs("1", "9"), 60)
    assert len(plugin.batches) == asked
    clock.now += FAILED_FOR + 1
    plugin.failing = ""
    assert not desk.ask(pairs("1"), 60)["e", "k1"].stale


def test_an_answer_older_than_a_day_is_none(desk: Desk, plugin: Told, clock: Clock) -> None:
    desk.ask(pairs("1"), 60)
    clock.now += 90_000
    plugin.failing = "late"
    assert desk.ask(pairs("1"), 60)["e", "k1"].status == "unknown"


def test_a_system_that_hangs_is_not_waited_for_and_is_not_asked_twice(desk: Desk, plugin: Told) -> None:
    plugin.hold.clear()
    with not_hung():
        assert desk.ask(pairs("1"), 0.2)["e", "k1"].pending
        assert desk.ask(pairs("1"), 0.2)["e", "k1"].pending
    until(lambda: plugin.batches)
    assert len(plugin.batches) == 1
    plugin.hold.set()
    assert not desk.ask(pairs("1"), 60)["e", "k1"].pending
    assert len(plugin.batches) == 1


def test_a_system_that_hangs_leaves_the_others_alone(plugin: Told) -> None:
    other = Told()
    other.kinds = ("other",)
    desk = Desk({"told": plugin, "other": other}, None)  # type: ignore[arg-type]
    plugin.hold.clear()
    for n in range(20):
        desk.begin(pairs(f"h{n}"))
    found = desk.ask([(Endpoint("o", "thu", "other"), Question("k", "1"))], 60)
    assert found["o", "k"].status == "available"
    assert len(plugin.batches) <= 4
    plugin.hold.set()


def test_a_changed_endpoint_is_asked_anew(desk: Desk, plugin: Told) -> None:
    desk.ask(pairs("1"), 60)
    desk.ask([(Endpoint("e", "pku", "told", "http://new.example/"), Question("k1", "1"))], 60)
    assert len(plugin.batches) == 2


def test_a_record_that_a_system_says_nothing_of_is_unknown(desk: Desk) -> None:
    told = desk.ask(pairs("missing"), 60)["e", "kmissing"]
    assert (told.status, told.error, told.pending) == ("unknown", "not-asked", False)


def test_an_endpoint_nobody_can_ask_is_not_asked(desk: Desk) -> None:
    assert not desk.knows(Endpoint("x", "pku", "z3950"))
    assert not desk.knows(Endpoint("x", "pku", "told", active=False))
    assert desk.ask([(Endpoint("x", "pku", "z3950"), Question("k", "1"))], 1)["x", "k"].status == "unknown"


def test_the_first_endpoint_of_a_library_that_can_be_asked_is_asked(desk: Desk) -> None:
    endpoints = {
        "b": Endpoint("b", "pku", "told", "http://b/"),
        "a": Endpoint("a", "pku", "told", "http://a/", active=False),
        "c": Endpoint("c", "pku", "told", "http://c/"),
        "d": Endpoint("d", "thu", "z3950"),
    }
    found = desk.by_library(endpoints)
    assert {library: endpoint.id for library, endpoint in found.items()} == {"pku": "b"}
    assert desk.by_library(endpoints) is found
    assert desk.by_library({}) == {}
