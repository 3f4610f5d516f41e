"""How a resolution goes on: waves, deadlines, circuits; whoever hangs delays nobody beyond his own time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event

import pytest
from waiting import HANGS, not_hung, until

from resolver.circuit import BREAKS_AFTER, BROKEN_FOR, MOST_OF_ONE, Circuit
from resolver.citation import Citation
from resolver.resolve import Resolver
from resolver.service import Answer, AnswerType, Said, Wanted

WANTED = Wanted(Citation(title="On moss"))


class Made:
    """A service as a test needs it."""

    types: tuple[AnswerType, ...] = ()

    def __init__(
        self, name: str, wave: int = 0, seconds: float = 60, remote: bool = True, after: frozenset[str] = frozenset(),
        work: Callable[[], object] = lambda: None, kind: AnswerType = "fulltext",
    ) -> None:  # fmt: skip
        self.name, self.wave, self.seconds, self.remote, self.preempted_by = (
            name,
            wave,
            seconds,
            remote,
            after,
        )
        self._work, self._kind, self.asked = work, kind, 0

    def ask(self, wanted: Wanted) -> Said:
        self.asked += 1
        self._work()
        return Said(
            (Answer(self.name, self._kind, self.name, f"https://{self.name}.example/", "x", free=True),)
        )


@contextmanager
def held() -> Iterator[Callable[[], bool]]:
    """Work that hangs until the test is over."""
    event = Event()
    try:
        yield lambda: event.wait(HANGS)
    finally:
        event.set()


def test_three_that_hang_keep_nobody_waiting_beyond_their_own_time() -> None:
    with held() as hang:
        services = [Made(f"hang{n}", seconds=0.2 + n / 10, work=hang) for n in range(3)]
        resolver = Resolver([*services, Made("here", remote=False), Made("quick")])
        course = resolver.begin(WANTED, 60)
        assert [a.label for a in course.so_far().answers] == ["here"], "what is here does not wait"
        assert set(course.so_far().pending) == {"hang0", "hang1", "hang2", "quick"}
        with not_hung():
            found = resolver.resolve(WANTED, 60)
        assert [a.label for a in found.answers] == ["here", "quick"]
        assert found.pending == ("hang0", "hang1", "hang2")


def test_patience_shorter_than_a_service_is_no_fault_of_the_service() -> None:
    for_now = [Event()]
    resolver = Resolver([Made("slow", work=lambda: for_now[-1].wait(HANGS))])
    for _ in range(BREAKS_AFTER + 1):
        assert resolver.resolve(WANTED, 0.01).pending == ("slow",)
        for_now[-1].set()
        until(lambda: not resolver.circuits()[0].at_work)
        for_now.append(Event())
    assert resolver.circuits()[0].state == "closed" and resolver.circuits()[0].late == 0


def test_coming_too_late_again_and_again_opens_the_circuit() -> None:
    with held() as hang:
        late = Made("late", seconds=0.02, work=hang)
        resolver = Resolver([late])
        for _ in range(MOST_OF_ONE):
            resolver.resolve(WANTED, 60)
        with not_hung():
            found = resolver.resolve(WANTED, 60)
        assert found.left_out[0].reason == "service-busy"
        assert late.asked == MOST_OF_ONE, "those that hang hold no more threads than that"
        assert resolver.circuits()[0].late == MOST_OF_ONE


def test_many_that_hang_hold_no_thread_of_the_others() -> None:
    with held() as hang:
        hanging = [Made(f"h{n}", seconds=0.05, work=hang) for n in range(8)]
        resolver = Resolver([*hanging, Made("quick", wave=1)])
        for _ in range(MOST_OF_ONE + 1):
            assert [a.label for a in resolver.resolve(WANTED, 60).answers] == ["quick"]


def test_a_wave_begins_when_the_one_before_is_over_and_only_if_it_is_needed() -> None:
    first, needless = Made("first"), Made("needless", wave=1, after=frozenset(("fulltext",)))
    needed = Made("needed", wave=2, after=frozenset(("holding",)))
    found = Resolver([first, needless, needed]).resolve(WANTED, 60)
    assert sorted(a.label for a in found.answers) == ["first", "needed"] and needless.asked == 0


def test_what_nothing_can_make_needless_does_not_wait_for_earlier_waves() -> None:
    with held() as hang:
        late = Made("late", wave=5, remote=False, kind="help")
        course = Resolver([Made("hang", work=hang), late]).begin(WANTED, 60)
        assert [a.label for a in course.so_far().answers] == ["late"]


def test_without_patience_nobody_outside_is_asked() -> None:
    outside = Made("outside")
    found = Resolver([outside]).resolve(WANTED, 0.0)
    assert found.pending == ("outside",) and outside.asked == 0


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_an_open_circuit_lets_one_question_through_after_a_while_and_its_answer_decides() -> None:
    clock = Clock()
    circuit = Circuit("s", clock)
    for _ in range(BREAKS_AFTER):
        assert circuit.allow()
        circuit.ended(0.1, "down")
    assert circuit.state().state == "open" and not circuit.allow()
    clock.now += BROKEN_FOR
    assert circuit.allow() and circuit.state().state == "trying" and not circuit.allow()
    circuit.ended(0.1, "down")
    assert circuit.state().state == "open" and not circuit.allow()
    clock.now += BROKEN_FOR
    assert circuit.allow()
    circuit.ended(0.1)
    assert circuit.state().state == "closed" and circuit.allow()


@pytest.mark.parametrize("forgotten", [True, False])
def test_a_trial_that_never_ends_does_not_shut_a_service_out_for_ever(forgotten: bool) -> None:
    clock = Clock()
    circuit = Circuit("s", clock)
    for _ in range(BREAKS_AFTER):
        circuit.allow()
        circuit.ended(0.1, "down")
    clock.now += BROKEN_FOR
    assert circuit.allow()
    if not forgotten:
        circuit.late()
    clock.now += BROKEN_FOR
    assert circuit.allow()
