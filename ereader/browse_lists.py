"""Browse lists follow the index (浏览列表跟进), beside serving: no load and no reader waits for them.

Every serving process looks whether the index has changed since the lists were made, and one of them makes
them: a row of the database says who. For a small catalogue that is a matter of milliseconds, done in a
thread; for a large one it is a process of its own, so that pages stay as quick as they are.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

from ereader.installation import Installation, open_home
from ereader.keeper import Keeper
from indexer.store import Store

SMALL = 20_000  # union records up to which a thread does it, and a reader may wait for it
WAIT = 5.0  # seconds a reader waits, at most
LOOK_EVERY = 5.0
QUIET = 10.0  # seconds without a change of the index before the lists of a large catalogue are made again
QUIET_LOADING = 180.0  # the same while a load is not finished; a killed one never is

log = logging.getLogger(__name__)


def make(installation: Installation) -> int:
    """Brings the lists in step with the index; how many headings came or went, -1 when another is at it."""
    store, engine = installation.store, installation.engine
    stamp = store.index_stamp()
    if store.headings.stamp() == stamp or not engine.usable():
        return 0
    return store.headings.refresh(engine, stamp, authorities=store.authorities)


class Served(Protocol):
    """What is needed of a home that is served."""

    @property
    def home(self) -> Path: ...
    @property
    def store(self) -> Store: ...


class ListKeeper(Keeper):
    """Keeps the lists of one home in step while it is served (列表维护); one for each process."""

    name, after = "browse-lists", "browse lists"

    def __init__(self, installation: Served) -> None:
        super().__init__()
        self._home: Path = installation.home
        self._store = installation.store
        self._lock = threading.Lock()
        self._work: threading.Thread | None = None
        self._seen = ("", 0.0)  # the state of the index last seen, and since when
        self._small: tuple[str, bool] = ("", True)

    def pause(self) -> float:
        return LOOK_EVERY

    def ensure(self) -> None:
        """Called before a list is shown: a small catalogue's lists are brought up to date at once, those of a
        large one begun where there are none.
        """
        stamp = self._store.index_stamp()
        made = self._store.headings.stamp()
        if made == stamp:
            return
        small = self._is_small(stamp)
        if small or not made:
            work = self._begin(small)
            if small and work is not None:
                work.join(WAIT)

    def look(self) -> None:
        """One look: has the index changed, and is it quiet now?"""
        stamp = self._store.index_stamp()
        if stamp == self._store.headings.stamp():
            return
        if self._seen[0] != stamp:
            self._seen = (stamp, time.monotonic())
        small = self._is_small(stamp)
        latest = self._store.runs(1)
        loading = bool(latest) and not latest[0]["finished"]
        quiet = QUIET_LOADING if loading else 0.0 if small else QUIET
        if time.monotonic() - self._seen[1] >= quiet and not self._store.headings.being_made():
            self._begin(small)

    def _is_small(self, stamp: str) -> bool:
        if self._small[0] != stamp:
            self._small = (stamp, self._store.statistics()["sources"] <= SMALL)
        return self._small[1]

    def _begin(self, small: bool) -> threading.Thread | None:
        """The work, begun unless it is going on already in this process."""
        with self._lock:
            if self._work is None or not self._work.is_alive():
                target = self._make_here if small else self._make_there
                self._work = threading.Thread(target=target, name="browse-lists-work", daemon=True)
                self._work.start()
            return self._work

    def _make_here(self) -> None:
        try:
            # The home is open for reading only here.
            with open_home(self._home) as installation:
                make(installation)
        except Exception:
            log.exception("browse lists could not be made")

    def _make_there(self) -> None:
        if self._store.headings.being_made():
            return
        command = [sys.executable, "-m", "ereader", "--home", str(self._home), "reindex", "--lists"]
        ended = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False)  # noqa: S603 - our own command
        if ended.returncode:
            log.error("browse lists could not be made: %s ended with %s", command[3:], ended.returncode)
