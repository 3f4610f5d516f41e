"""Asking many systems for many records at once (实时馆藏查询台): batches, limits, and what was said before.

One call asks each library's system once for all records of it (or a few times, as its plug-in takes them),
all systems beside each other, and waits no longer than it is told to. What comes later is kept for the next
call. What a system said counts for a while; when it does not answer, what it said before is told as *stale*.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import UTC, datetime
from functools import partial

import msgspec

from holdings.availability import Availability
from holdings.lookup import Lookup, LookupFailed, Outside, Question, number_option
from holdings.members.endpoint import Endpoint, secret

log = logging.getLogger(__name__)

THREADS = 32
MOST_OF_ONE = 4  # calls of one endpoint at one time
KEPT = 20_000  # answers
STALE = 86_400.0  # seconds that an old answer is better than none
FAILED_FOR = 5.0  # seconds that a failure counts, so that a page shown again does not ask again
SECONDS = 4

_Key = tuple[str, Question]


class _Kept(msgspec.Struct):
    answer: Availability
    at: float
    failed: float = 0.0
    error: str = ""


class Desk:
    """Asks, and remembers (查询台). Safe to call from several threads."""

    def __init__(
        self,
        lookups: Mapping[str, Lookup],
        outside: Outside,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._lookups, self._outside, self._clock = lookups, outside, clock
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()
        self._under_way: dict[_Key, Future[None]] = {}
        self._at_work: dict[str, int] = {}
        self._by_library: tuple[Mapping[str, Endpoint], dict[str, Endpoint]] = ({}, {})
        self._lock = threading.Lock()
        self._pool: ThreadPoolExecutor | None = None

    def knows(self, endpoint: Endpoint) -> bool:
        """Whether an endpoint can be asked for availability."""
        return endpoint.active and endpoint.kind in self._lookups

    def by_library(self, endpoints: Mapping[str, Endpoint]) -> dict[str, Endpoint]:
        """What tells of each library's availability: its first endpoint by id that can be asked.

        ``endpoints`` are those of a registry, by id; asked again with the same object, nothing is done.
        """
        known, found = self._by_library
        if known is not endpoints:
            found = {}
            for _, endpoint in sorted(endpoints.items()):
                if self.knows(endpoint):
                    found.setdefault(endpoint.library, endpoint)
            self._by_library = endpoints, found
        return found

    def ask(
        self, wanted: Iterable[tuple[Endpoint, Question]], patience: float
    ) -> dict[tuple[str, str], Availability]:
        """What is known, by (endpoint's id, question's key), after ``patience`` seconds at most.

        An answer that has not come is ``pending``; ask again for it.
        """
        asked = list(wanted)
        wait(self.begin(asked), timeout=max(0.0, patience))
        return self.told(asked)

    def begin(self, asked: Sequence[tuple[Endpoint, Question]]) -> list[Future[None]]:
        """Sends out what is not known, without waiting: futures that are done when answers have come."""
        waiting: list[Future[None]] = []
        with self._lock:
            by_endpoint: dict[str, tuple[Endpoint, list[Question]]] = {}
            for endpoint, question in asked:
                key = _key(endpoint, question)
                if key in self._under_way:
                    waiting.append(self._under_way[key])
                elif not self._fresh(endpoint, key):
                    questions = by_endpoint.setdefault(endpoint.id, (endpoint, []))[1]
                    if all(_bare(q) != key[1] for q in questions):
                        questions.append(question)
            for endpoint, questions in by_endpoint.values():
                waiting += self._begin(endpoint, questions)
        return list(dict.fromkeys(waiting))

    def told(self, asked: Sequence[tuple[Endpoint, Question]]) -> dict[tuple[str, str], Availability]:
        """What is known at this moment, by (endpoint's id, question's key)."""
        with self._lock:
            return {(e.id, q.key): self._told(e, _key(e, q)) for e, q in asked}

    def _fresh(self, endpoint: Endpoint, key: _Key) -> bool:
        kept = self._kept.get(key)
        if kept is None:
            return False
        now = self._clock()
        if kept.failed and now - kept.failed < FAILED_FOR:
            return True
        return not kept.failed and now - kept.at < number_option(endpoint, "keep", 60, most=86_400)

    def _begin(self, endpoint: Endpoint, questions: Sequence[Question]) -> list[Future[None]]:
        plugin = self._lookups.get(endpoint.kind)
        if plugin is None:
            return []
        if self._pool is None:
            self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="availability")
        most = max(1, plugin.most(endpoint))
        batches = [questions[start : start + most] for start in range(0, len(questions), most)]
        # What finds no free lane is pending; whoever asks again finds one.
        lanes = min(MOST_OF_ONE - self._at_work.get(endpoint.id, 0), len(batches))
        begun = []
        for lane in range(lanes):
            own = batches[lane::lanes]
            self._at_work[endpoint.id] = self._at_work.get(endpoint.id, 0) + 1
            future = self._pool.submit(partial(self._lane, plugin, endpoint, own))
            for question in (q for batch in own for q in batch):
                self._under_way[_key(endpoint, question)] = future
            begun.append(future)
        return begun

    def _lane(self, plugin: Lookup, endpoint: Endpoint, batches: Sequence[Sequence[Question]]) -> None:
        failed = ""
        for batch in batches:
            # One failure is enough: the batches behind it would only wait for theirs.
            failed = self._work(plugin, endpoint, batch, failed)
        with self._lock:
            self._at_work[endpoint.id] -= 1

    def _work(self, plugin: Lookup, endpoint: Endpoint, batch: Sequence[Question], error: str) -> str:
        """Asks for one batch, unless there is an error already; answers with the error there is now."""
        answers: dict[str, Availability] = {}
        seconds = number_option(endpoint, "seconds", SECONDS, most=8)
        try:
            if not error:
                answers = plugin.ask(
                    endpoint, batch, self._outside, float(seconds), lambda name: secret(endpoint, name)
                )
        except LookupFailed as failure:
            error = failure.code
            log.info("endpoint %s: %s: %s", endpoint.id, failure.code, failure)
        except Exception:
            # A plug-in may have any fault; whoever waits for other libraries does not suffer from it.
            error = "failed"
            log.exception("endpoint %s failed", endpoint.id)
        now, said = self._clock(), datetime.now(UTC).isoformat(timespec="seconds")
        with self._lock:
            for question in batch:
                key = _key(endpoint, question)
                self._under_way.pop(key, None)
                answer = answers.get(question.key)
                if answer is not None:
                    live = msgspec.structs.replace(answer, live=True, as_of=said, source=endpoint.id)
                    self._kept[key] = _Kept(live, now)
                else:
                    held = self._kept.setdefault(key, _Kept(Availability(source=endpoint.id), 0.0))
                    held.failed, held.error = now, error or "not-asked"
                self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return error

    def _told(self, endpoint: Endpoint, key: _Key) -> Availability:
        kept = self._kept.get(key)
        pending = key in self._under_way or not (kept and self._fresh(endpoint, key))
        if kept is None:
            return Availability(source=endpoint.id, pending=pending)
        if not kept.failed and not pending:
            return kept.answer
        known = bool(kept.answer.as_of) and self._clock() - kept.at < STALE
        answer = kept.answer if known else Availability(source=endpoint.id)
        return msgspec.structs.replace(
            answer, stale=known, pending=pending, error=kept.error if kept.failed else answer.error
        )


def _key(endpoint: Endpoint, question: Question) -> _Key:
    # A changed endpoint is another one: what its former address said does not count.
    made_of = hash((endpoint.kind, endpoint.address, repr(endpoint.options)))
    return f"{endpoint.id} {made_of}", _bare(question)


def _bare(question: Question) -> Question:
    return msgspec.structs.replace(question, key="")
