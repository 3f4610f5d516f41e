"""Asks the registered systems of libraries from time to time whether they answer (接口定期检查).

Every serving process looks; what one has asked, the others leave, for when a system was asked stands in the
database. A system is asked again after the interval of the settings, a tenth earlier or later, so that those
that were registered together are not asked together.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Protocol

import sqlalchemy as sa

from ereader import endpoint_health, webhooks
from ereader.endpoint_health import Outside
from ereader.keeper import Keeper
from holdings.members.endpoint import Endpoint
from holdings.members.registry import Members

LOOK_EVERY = 60.0
AT_ONCE = 20  # systems asked in one look, one after the other


class Served(Protocol):
    """What is needed of a home that is served."""

    @property
    def members(self) -> Members: ...
    @property
    def database(self) -> sa.Engine: ...


class HealthKeeper(Keeper):
    """Looks after the health of endpoints (接口看护); one for each serving process.

    ``minutes`` is the interval, 0 for never; ``engine`` may be written to.
    """

    name, after = "health", "the health of systems"

    def __init__(
        self,
        served: Served,
        engine: sa.Engine,
        outside: Outside,
        minutes: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__()
        self._served, self._engine, self._outside = served, engine, outside
        self._seconds, self._clock = minutes * 60, clock
        self._random = random.Random()

    def start(self) -> None:
        """Looks until `stop`, unless it is switched off."""
        if self._seconds > 0:
            super().start()

    def pause(self) -> float:
        # Servers that were started together do not look together.
        return LOOK_EVERY * self._random.uniform(0.5, 1.5)

    def look(self) -> int:
        """Asks those whose time has come, the longest unasked first; answers with how many were asked."""
        found = self._due()
        for endpoint in found:
            if self._ended.is_set():
                break
            told = endpoint_health.check(self._outside, endpoint, self._clock)
            if endpoint_health.keep(self._engine, told):
                state: webhooks.Happening = "well" if told.well else "failing"
                webhooks.tell(self._outside, self._engine, self._served.members.now(), [(endpoint, state)])
        return len(found)

    def _due(self) -> list[Endpoint]:
        known, now = endpoint_health.known(self._served.database), self._clock()
        waiting = []
        for endpoint in self._served.members.endpoints().values():
            if not endpoint.active or not endpoint.address or endpoint.kind == webhooks.KIND:
                continue
            held = known.get(endpoint.id)
            asked = held.checked if held else 0
            if now - asked >= self._seconds * self._random.uniform(0.9, 1.1):
                waiting.append((asked, endpoint.id, endpoint))
        return [endpoint for _, _, endpoint in sorted(waiting, key=lambda w: w[:2])[:AT_ONCE]]
