"""One resolution while it goes on (解析过程): services asked in waves, what they say put together.

Services of this machine that nothing makes needless are asked at once, whatever their wave, so that a reader
sees the first ways while remote ones are still on their way. Remote ones of a wave run beside each other; the
next wave begins when all of them have answered or their time is over, and what comes later is not waited for.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from concurrent.futures import Future
from itertools import groupby
from typing import Protocol

import msgspec

from resolver.citation import Citation
from resolver.enrich import filled
from resolver.proxy import through_proxy
from resolver.rank import worth
from resolver.roll_up import roll_up
from resolver.service import Answer, LeftOut, Said, Service, Wanted

log = logging.getLogger(__name__)


class Resolution(msgspec.Struct, frozen=True):
    """Everything that is known of the ways to a citation (解析结果); ``pending`` services did not answer."""

    answers: tuple[Answer, ...]
    left_out: tuple[LeftOut, ...]
    pending: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """A remote service at work (在途提问): until when it is waited for, and how long it may take by its own
    word, both by the monotonic clock.
    """

    service: Service
    future: Future[Said]
    until: float
    own_time: float


class Asking(Protocol):
    """Who brings a question to a remote service."""

    def ask(self, service: Service, wanted: Wanted) -> Future[Said] | None:
        """The answer to come; None when the service is busy or broken."""

    def late(self, service: Service) -> None:
        """A service has had all its time and not answered."""


class Course:
    """A resolution on its way; used by one thread or task at a time (解析过程)."""

    def __init__(self, services: Sequence[Service], asking: Asking, wanted: Wanted, patience: float) -> None:
        self.wanted = wanted
        self.services = tuple(services)
        self.waiting: list[Question] = []
        self._asking = asking
        self.deadline = time.monotonic() + patience
        self._order = {service.name: at for at, service in enumerate(services)}
        self._said: dict[str, Said] = {}
        self._known: list[Citation] = []
        self._pending: set[str] = set()
        later = []
        for service in services:
            if service.remote or service.preempted_by:
                later.append(service)
            else:
                self._said[service.name] = _said(service, wanted)
        self._waves = [list(wave) for _, wave in groupby(later, key=lambda s: s.wave)]

    def advance(self) -> bool:
        """Begins the next wave; False when there is none left, or this one is not over."""
        if self.waiting:
            return False
        while self._waves:
            wave = self._waves.pop(0)
            kinds = {answer.type for said in self._said.values() for answer in said.answers}
            now = time.monotonic()
            for service in wave:
                if not service.preempted_by.isdisjoint(kinds):
                    continue
                if not service.remote:
                    self._said[service.name] = _said(service, self.wanted)
                elif now >= self.deadline:
                    self._pending.add(service.name)
                else:
                    self._begin(service, now)
            if self.waiting:
                return True
        return False

    def _begin(self, service: Service, now: float) -> None:
        future = self._asking.ask(service, self.wanted)
        if future is None:
            self._said[service.name] = Said(left_out=(LeftOut(service.name, "service-busy", for_staff=True),))
        else:
            own = now + service.seconds
            self.waiting.append(Question(service, future, min(self.deadline, own), own))

    def patience(self) -> float:
        """Seconds until the first of those waited for is too late."""
        first = min((question.until for question in self.waiting), default=0.0)
        return max(0.0, first - time.monotonic())

    def collect(self) -> list[Service]:
        """Takes what has come and gives up what is too late; the services that have spoken."""
        now, still, spoken = time.monotonic(), [], []
        for question in self.waiting:
            service = question.service
            if question.future.done():
                said = self._said[service.name] = question.future.result()
                if said.known is not None:
                    self._known.append(said.known)
                spoken.append(service)
            elif now >= question.until:
                self._pending.add(service.name)
                if now >= question.own_time:
                    self._asking.late(service)
            else:
                still.append(question)
        self.waiting = still
        return spoken

    def learnt(self) -> Citation | None:
        """The citation with what services have said of it by now; None where that is nothing new."""
        citation = self.wanted.citation
        for known in self._known:
            citation = filled(citation, known)
        self._known.clear()
        return citation if citation != self.wanted.citation else None

    def again(self, wanted: Wanted) -> None:
        """Asks all services of this machine again that have been asked, as the citation says more now."""
        self.wanted = wanted
        for service in self.services:
            if not service.remote and service.name in self._said:
                self._said[service.name] = _said(service, wanted)

    def renew(self, wanted: Wanted, name: str) -> None:
        """Asks a service of this machine again, as more is known of what is wanted than at first."""
        self.wanted = wanted
        for service in self.services:
            if service.name == name and not service.remote:
                self._said[name] = _said(service, wanted)

    @property
    def over(self) -> bool:
        return not (self.waiting or self._waves)

    def so_far(self) -> Resolution:
        """What is known now, in order; who may still speak counts as pending."""
        said = [self._said[name] for name in sorted(self._said, key=self._order.__getitem__)]
        coming = {q.service.name for q in self.waiting}
        coming |= {s.name for wave in self._waves for s in wave if s.remote}
        return together(
            self.wanted,
            [answer for one in said for answer in one.answers],
            [out for one in said for out in one.left_out],
            sorted(self._pending | coming, key=self._order.__getitem__),
        )


def _said(service: Service, wanted: Wanted) -> Said:
    try:
        return service.ask(wanted)
    except Exception:
        log.exception("service %s failed", service.name)
        return Said(left_out=(LeftOut(service.name, "service-failed", for_staff=True),))


def together(
    wanted: Wanted, answers: Sequence[Answer], left_out: Sequence[LeftOut], pending: Sequence[str] = ()
) -> Resolution:
    """What services said, each address once, in order, behind the proxy where it must be."""
    citation = wanted.citation
    dated = citation.kind not in (None, "journal") or bool(citation.date or citation.volume)
    key = worth(wanted.place.policy, wanted.health)
    kept, needless = roll_up(answers, dated, key)
    terms = {offer.package.name: offer.package.terms for offer in wanted.offers}
    shown = [
        through_proxy(a, terms.get(a.label) if a.service == "knowledge-base" else None, wanted)
        for a in sorted(kept, key=key)
    ]
    return Resolution(tuple(shown), (*left_out, *needless), tuple(pending))
