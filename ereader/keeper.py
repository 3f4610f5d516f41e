"""What is looked after from time to time while a home is served (看护): the thread of all that do so."""

from __future__ import annotations

import logging
import threading

log = logging.getLogger(__name__)


class Keeper:
    """Looks again and again in a thread of its own, from `start` to `stop` (定时看护).

    A look that fails is logged, and the next one comes all the same.
    """

    name = ""  # of the thread
    after = ""  # what is looked after, for the log

    def __init__(self) -> None:
        self._ended = threading.Event()

    def look(self) -> object:
        """One look."""
        raise NotImplementedError

    def pause(self) -> float:
        """Seconds before the next look."""
        raise NotImplementedError

    def start(self) -> None:
        """Looks until `stop`."""
        threading.Thread(target=self._watch, name=self.name, daemon=True).start()

    def stop(self) -> None:
        self._ended.set()

    def _watch(self) -> None:
        while not self._ended.wait(self.pause()):
            try:
                self.look()
            except Exception:
                log.exception("%s could not be looked after", self.after)
