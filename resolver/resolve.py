"""From a citation to the ways to it (解析): the services there are, and the threads of the remote ones."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Lock

import msgspec

from resolver.circuit import BREAKS_AFTER, BROKEN_FOR, MOST_OF_ONE, Circuit, CircuitState
from resolver.citation import Citation
from resolver.course import Course, Resolution, together
from resolver.service import LeftOut, Said, Service, Wanted

__all__ = ("BREAKS_AFTER", "BROKEN_FOR", "MOST_OF_ONE", "Resolution", "Resolver", "together")
log = logging.getLogger(__name__)


Learn = Callable[[Wanted, Citation], Wanted]


def with_citation(wanted: Wanted, citation: Citation) -> Wanted:
    """The same with another citation, where nobody looks up more by it."""
    return msgspec.structs.replace(wanted, citation=citation)


class Resolver:
    """The services of an installation and the threads that the remote ones run in (解析器)."""

    def __init__(self, services: Sequence[Service]) -> None:
        self.services = tuple(sorted(services, key=lambda s: (s.wave, s.name)))
        self._circuits = {s.name: Circuit(s.name) for s in self.services if s.remote}
        self._pool: ThreadPoolExecutor | None = None
        self._lock = Lock()

    def begin(self, wanted: Wanted, patience: float = 2.0) -> Course:
        """A resolution that has asked the services of this machine; the caller waits for the others."""
        return Course(self.services, self, wanted, patience)

    def resolve(self, wanted: Wanted, patience: float = 2.0, learn: Learn = with_citation) -> Resolution:
        """The ways to what is wanted, best first; remote services have ``patience`` seconds at most.

        ``learn`` makes what is wanted anew when a service has filled gaps of the citation.
        """
        course = self.begin(wanted, patience)
        while course.advance():
            while course.waiting:
                wait([q.future for q in course.waiting], course.patience(), FIRST_COMPLETED)
                course.collect()
                if (citation := course.learnt()) is not None:
                    course.again(learn(course.wanted, citation))
        return course.so_far()

    def circuits(self) -> list[CircuitState]:
        """How the remote services are, for staff."""
        return [circuit.state() for circuit in self._circuits.values()]

    def ask(self, service: Service, wanted: Wanted) -> Future[Said] | None:
        """A question on its way; None when the service has too many already, or is broken."""
        if not self._circuits[service.name].allow():
            return None
        with self._lock:
            if self._pool is None:
                # As many as all of them may use at once: a service that hangs holds no thread of another.
                most = MOST_OF_ONE * len(self._circuits)
                self._pool = ThreadPoolExecutor(most, thread_name_prefix="resolve")
        return self._pool.submit(self._asked, service, wanted)

    def late(self, service: Service) -> None:
        self._circuits[service.name].late()

    def _asked(self, service: Service, wanted: Wanted) -> Said:
        circuit, began = self._circuits[service.name], time.monotonic()
        try:
            said = service.ask(wanted)
        except Exception as error:
            log.warning("service %s failed: %s", service.name, error)
            circuit.ended(time.monotonic() - began, f"{type(error).__name__}: {error}")
            return Said(left_out=(LeftOut(service.name, "service-failed", for_staff=True),))
        taken = time.monotonic() - began
        circuit.ended(taken, in_time=taken <= service.seconds)
        return said
