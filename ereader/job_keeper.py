"""Looks after jobs while a home is served (任务看护): what waits is done, the index follows rules and days.

Nobody has to ask for it: rules that were changed by a page, a command or another server, embargoes and
memberships whose day has come, and flags of records make a job ``rebuild``. Until it is done, what may no
longer be seen is hidden by the filters of every search.
"""

from __future__ import annotations

import datetime
import fcntl
from pathlib import Path
from typing import Protocol

from ereader import jobs
from ereader.keeper import Keeper
from holdings.members.registry import Members
from indexer.store import Store

LOOK_EVERY = 2.0
AGAIN = 600.0  # seconds after which a rebuild that failed or was stopped is tried again
WRITER_LOCK = "writer.lock"  # of ereader.installation


class Served(jobs.Home, Protocol):
    """What is needed of a home that is served."""

    @property
    def members(self) -> Members: ...
    @property
    def store(self) -> Store: ...


class JobKeeper(Keeper):
    """Looks after the jobs of one home (任务看护); one for each serving process."""

    name, after = "jobs", "jobs"

    def __init__(self, installation: Served) -> None:
        super().__init__()
        self._served = installation
        self._day = ""  # on which no embargo of a record has ended since the index followed

    def pause(self) -> float:
        return LOOK_EVERY

    def look(self) -> bool:
        """One look; whether a process was started for what waits."""
        served = self._served
        open_jobs = jobs.unfinished(served)
        if jobs.waiting(served):
            if not self._held(served.home / jobs.FOLDER / "queue.lock"):
                jobs.run_apart(served.home)
                return True
            return False
        if any(job.kind in ("rebuild", "reindex") for job in open_jobs) or not self.due():
            return False
        # Whoever writes without being a job brings the index in step himself.
        if not open_jobs and self._held(served.home / WRITER_LOCK):
            return False
        last = jobs.recent(served, 1, kinds=("rebuild",))
        if last and last[0].state in ("failed", "stopped") and _seconds_since(last[0].finished) < AGAIN:
            return False
        jobs.start(served, "rebuild", {}, jobs.AUTOMATIC, once=True)
        return True

    def due(self) -> bool:
        """Whether the index shows something else than it should."""
        served = self._served
        if served.members.stale() or served.members.withheld() or served.store.pending_flags():
            return True
        today = served.store.now()[:10]
        if self._day != today:
            if served.store.embargoes_ended():
                return True
            self._day = today
        return False

    def _held(self, path: Path) -> bool:
        """Whether another process holds a lock."""
        if not path.exists():
            return False
        with path.open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                return True
        return False


def _seconds_since(time: str) -> float:
    try:
        then = datetime.datetime.fromisoformat(time)
    except ValueError:
        return AGAIN
    return (datetime.datetime.now(datetime.UTC) - then).total_seconds()
