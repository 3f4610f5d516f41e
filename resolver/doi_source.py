"""Sources elsewhere that are asked by DOI (按 DOI 查询的来源), and what they said, held for a while."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar
from urllib.parse import quote

from resolver.citation import Citation
from resolver.identifiers import value_of

Fetch = Callable[[str, float], tuple[int, bytes]]  # (address, seconds) → (status, body), or it raises
T = TypeVar("T")
HOLE = "{doi}"  # in the address of a source, where the DOI belongs
MOST_HELD = 5_000  # answers of one source


def doi_of(citation: Citation) -> str:
    """The first DOI of a citation in small letters, "" where it has none."""
    return next((v.lower() for i in citation.identifiers if (v := value_of(i, "doi"))), "")


class DoiSource(Generic[T]):
    """One source at an address with a hole for the DOI (DOI 来源). Safe from several threads.

    ``read(doi, status, body)`` makes of an answer what is known, and for how many seconds that holds; it
    raises for an answer that says nothing. The oldest of what is held is given up first.
    """

    def __init__(
        self,
        address: str,
        fetch: Fetch,
        seconds: float,
        read: Callable[[str, int, bytes], tuple[T, float]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address, self._fetch, self._seconds, self._read = address, fetch, seconds, read
        self._clock = clock
        self._held: OrderedDict[str, tuple[float, T]] = OrderedDict()
        self._lock = Lock()

    def ask(self, doi: str) -> T:
        """What the source knows of a DOI, asked only where it is not held.

        :raises Exception: when the source fails or says what cannot be read.
        """
        with self._lock:
            held = self._held.get(doi)
        if held and held[0] > self._clock():
            return held[1]
        status, body = self._fetch(self._address.replace(HOLE, quote(doi, safe="/")), self._seconds)
        known, seconds = self._read(doi, status, body)
        with self._lock:
            self._held[doi] = (self._clock() + seconds, known)
            self._held.move_to_end(doi)
            while len(self._held) > MOST_HELD:
                self._held.popitem(last=False)
        return known
