"""From a citation to the ways to it (解析): services asked in waves, what they say put together and in order.

Services of this machine are asked one after the other. Remote ones run beside each other in threads; the next
wave begins when all of a wave have answered or their time is over, and what comes later is not waited for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import groupby
from threading import Lock

import msgspec

from resolver.proxy import through_proxy
from resolver.rank import rank_key
from resolver.roll_up import roll_up
from resolver.service import Answer, LeftOut, Said, Service, Wanted

MOST_REMOTE = 16  # remote questions at work at one time
MOST_OF_ONE = 4  # of one service: one that hangs must not take the threads of the others
BREAKS_AFTER = 5  # failures in a row
BROKEN_FOR = 30.0  # seconds
log = logging.getLogger(__name__)


class Resolution(msgspec.Struct, frozen=True):
    """Everything that is known of the ways to a citation (解析结果); ``pending`` services did not answer."""

    answers: tuple[Answer, ...]
    left_out: tuple[LeftOut, ...]
    pending: tuple[str, ...] = ()


class Resolver:
    """The services of an installation and the threads that the remote ones run in (解析器)."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.services = tuple(sorted(services, key=lambda s: (s.wave, s.name)))
        self._pool: ThreadPoolExecutor | None = None
        self._lock = Lock()
        self._at_work: dict[str, int] = {}
        self._failures: dict[str, int] = {}
        self._broken_until: dict[str, float] = {}

    def resolve(self, wanted: Wanted, patience: float = 2.0) -> Resolution:
        """The ways to what is wanted, best first; remote services have ``patience`` seconds at most."""
        answers: list[Answer] = []
        left_out: list[LeftOut] = []
        pending: list[str] = []
        deadline = time.monotonic() + patience
        for _, wave in groupby(self.services, key=lambda s: s.wave):
            kinds = {answer.type for answer in answers}
            asked = [s for s in wave if s.preempted_by.isdisjoint(kinds)]
            begun = [(s, self._begin(s, wanted)) for s in asked if s.remote]
            for service in asked:
                if not service.remote:
                    _take(_said(service, wanted), answers, left_out)
            self._collect(begun, deadline, answers, left_out, pending)
        return _together(wanted, answers, left_out, pending)

    def _begin(self, service: Service, wanted: Wanted) -> Future[Said] | None:
        """A question on its way; None when the service has too many already, or is broken."""
        with self._lock:
            if self._broken_until.get(service.name, 0.0) > time.monotonic():
                return None
            if self._at_work.get(service.name, 0) >= MOST_OF_ONE:
                return None
            self._at_work[service.name] = self._at_work.get(service.name, 0) + 1
            if self._pool is None:
                self._pool = ThreadPoolExecutor(MOST_REMOTE, thread_name_prefix="resolve")
        return self._pool.submit(self._ask, service, wanted)

    def _ask(self, service: Service, wanted: Wanted) -> Said:
        try:
            said = service.ask(wanted)
        except Exception as error:
            log.warning("service %s failed: %s", service.name, error)
            self._note(service.name, failed=True)
            return Said(left_out=(LeftOut(service.name, "service-failed", for_staff=True),))
        self._note(service.name, failed=False)
        return said

    def _note(self, name: str, *, failed: bool) -> None:
        with self._lock:
            self._at_work[name] -= 1
            self._failures[name] = self._failures.get(name, 0) + 1 if failed else 0
            if self._failures[name] >= BREAKS_AFTER:
                self._broken_until[name] = time.monotonic() + BROKEN_FOR

    def _collect(
        self,
        begun: Sequence[tuple[Service, Future[Said] | None]],
        deadline: float,
        answers: list[Answer],
        left_out: list[LeftOut],
        pending: list[str],
    ) -> None:
        started = time.monotonic()
        for service, future in begun:
            if future is None:
                left_out.append(LeftOut(service.name, "service-busy", for_staff=True))
                continue
            left = max(0.0, min(deadline, started + service.seconds) - time.monotonic())
            wait((future,), timeout=left)
            if future.done():
                _take(future.result(), answers, left_out)
            else:
                pending.append(service.name)


def _said(service: Service, wanted: Wanted) -> Said:
    try:
        return service.ask(wanted)
    except Exception:
        log.exception("service %s failed", service.name)
        return Said(left_out=(LeftOut(service.name, "service-failed", for_staff=True),))


def _take(said: Said, answers: list[Answer], left_out: list[LeftOut]) -> None:
    answers.extend(said.answers)
    left_out.extend(said.left_out)


def _together(
    wanted: Wanted, answers: list[Answer], left_out: list[LeftOut], pending: list[str]
) -> Resolution:
    citation = wanted.citation
    dated = citation.kind not in (None, "journal") or bool(citation.date or citation.volume)
    kept, needless = roll_up(answers, dated, rank_key)
    terms = {offer.package.name: offer.package.terms for offer in wanted.offers}
    shown = [
        through_proxy(a, terms.get(a.label) if a.service == "knowledge-base" else None, wanted)
        for a in sorted(kept, key=rank_key)
    ]
    return Resolution(tuple(shown), (*left_out, *needless), tuple(pending))
