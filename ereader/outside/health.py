"""How the hosts do that are asked (对外健康状况): turns, failures, and leaving alone who fails.

A host that failed several times in a row is *broken*: nobody asks it for a while, so nobody waits for it.
Then one question is let through (*trying*); its answer opens the host again, its failure doubles the while.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Literal

import msgspec

from ereader.outside.addresses import Policy
from ereader.outside.failure import Code, OutsideError

State = Literal["well", "failing", "broken", "trying"]
MOST_HOSTS = 2_000
LONGEST_BREAK = 300.0  # seconds
LONGEST_WAIT = 1.0  # seconds for a turn
# What says something about the host; that we may not or did not ask it says nothing.
FAULTS: frozenset[Code] = frozenset({"unreachable", "late", "too-large", "protocol"})


class Health(msgspec.Struct, frozen=True):
    """What is known of one host (健康状况); times in UTC, ISO 8601, "" for never; ``seconds`` on average."""

    host: str
    state: State
    asked: int
    failed: int
    failures_in_a_row: int
    at_work: int
    seconds: float
    last_error: str
    last_failure: str
    last_success: str
    broken_until: str


class _Host:
    def __init__(self) -> None:
        self.asked = self.failed = self.in_a_row = self.at_work = self.breaks = 0
        self.seconds = 0.0
        self.error = self.failure = self.success = ""
        self.until = 0.0
        self.trying = False


class Hosts:
    """All hosts that were asked (主机登记). Safe to call from several threads."""

    def __init__(self, policy: Policy, clock: Callable[[], float] = time.monotonic) -> None:
        self._policy = policy
        self._clock = clock
        self._hosts: OrderedDict[str, _Host] = OrderedDict()
        self._change = threading.Condition()

    @contextlib.contextmanager
    def turn(self, name: str, ends: float) -> Iterator[None]:
        """A turn at a host: waits for one not longer than the question lasts, and notes how it went.

        Raises OutsideError "broken" at once for a host that is left alone, "busy" when no turn comes free.
        """
        host, trial = self._begin(name, ends)
        began = self._clock()
        try:
            yield
        except OutsideError as error:
            self._end(host, trial, began, str(error) if error.code in FAULTS else None)
            raise
        except BaseException:
            self._end(host, trial, began, None)
            raise
        self._end(host, trial, began, "")

    def health(self) -> tuple[Health, ...]:
        """Every host, those with trouble first."""
        with self._change:
            told = [self._told(name, host) for name, host in self._hosts.items()]
        return tuple(sorted(told, key=lambda h: (h.state == "well", h.host)))

    def _begin(self, name: str, ends: float) -> tuple[_Host, bool]:
        with self._change:
            host = self._hosts.get(name)
            if host is None:
                host = self._hosts[name] = _Host()
                if len(self._hosts) > MOST_HOSTS:
                    self._forget()
            self._hosts.move_to_end(name)
            self._unbroken(name, host)
            wait = max(0.0, min(ends - self._clock(), LONGEST_WAIT))
            if not self._change.wait_for(lambda: host.at_work < self._policy.at_once, wait):
                raise OutsideError("busy", f"{name} has {host.at_work} of our questions already")
            self._unbroken(name, host)
            trial = host.until > 0
            host.trying = host.trying or trial
            host.at_work += 1
            host.asked += 1
            return host, trial

    def _unbroken(self, name: str, host: _Host) -> None:
        if host.until > self._clock() or host.trying:
            raise OutsideError("broken", f"{name} failed {host.in_a_row} times and is left alone for now")

    def _end(self, host: _Host, trial: bool, began: float, error: str | None) -> None:
        """``error``: None says nothing of the host, "" that all went well."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._change:
            host.at_work -= 1
            if trial:
                host.trying = False
            if error == "":
                took = self._clock() - began
                host.seconds = took if not host.success else 0.8 * host.seconds + 0.2 * took
                host.success, host.in_a_row, host.breaks, host.until = now, 0, 0, 0.0
            elif error:
                host.failed += 1
                host.in_a_row += 1
                host.error, host.failure = error[:300], now
                if trial or (host.in_a_row >= self._policy.breaks_after and host.until == 0):
                    pause = min(self._policy.broken_for * 2**host.breaks, LONGEST_BREAK)
                    host.breaks += 1
                    host.until = self._clock() + pause
            self._change.notify_all()

    def _forget(self) -> None:
        for name, host in self._hosts.items():
            if not host.at_work and host.until == 0:
                del self._hosts[name]
                return

    def _told(self, name: str, host: _Host) -> Health:
        more = host.until - self._clock()
        state: State = "well" if not host.in_a_row else "failing"
        if host.until > 0:
            state = "broken" if more > 0 else "trying"
        until = datetime.fromtimestamp(time.time() + more, UTC).isoformat(timespec="seconds")
        return Health(
            name, state, host.asked, host.failed, host.in_a_row, host.at_work, round(host.seconds, 3),
            host.error, host.failure, host.success, until if more > 0 and host.until else "",
        )  # fmt: skip
