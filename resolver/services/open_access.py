"""Open access by a service that knows the free copies of articles (开放获取查询), as Unpaywall answers.

It is asked by DOI at an address from the settings, ``https://…/{doi}?email=…``. Of the copies it names, those
at the publisher come before those in repositories, the published text before the manuscript, the text itself
before a page about it: the order by which Unpaywall chooses its ``best_oa_location``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import msgspec

from resolver.doi_source import DoiSource, Fetch, doi_of
from resolver.service import Answer, AnswerType, Said, Wanted, as_address

MOST = 3  # copies that are offered
KEPT = 86_400.0  # seconds for which an answer holds …
KEPT_NONE = 3_600.0  # … and the answer that nothing is known of a DOI
_VERSIONS = {"publishedVersion": 0, "acceptedVersion": 1, "submittedVersion": 2}


class Copy(msgspec.Struct, frozen=True):
    """One place where a free copy is (开放获取副本), by the names of the service."""

    url: str | None = None
    url_for_pdf: str | None = None
    url_for_landing_page: str | None = None
    host_type: str | None = None
    version: str | None = None
    license: str | None = None


class Known(msgspec.Struct, frozen=True):
    """What the service knows of an article (查询结果)."""

    doi: str | None = None
    is_oa: bool | None = None
    best_oa_location: Copy | None = None
    oa_locations: tuple[Copy, ...] | None = None
    updated: str | None = None


class OpenAccess:
    """A service made for one source; ``fetch(address, seconds)`` gives (status, body) or raises."""

    name = "open-access"
    types: tuple[AnswerType, ...] = ("fulltext",)
    wave = 0
    remote = True
    preempted_by: frozenset[str] = frozenset()

    def __init__(
        self,
        address: str,
        fetch: Fetch,
        seconds: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self._host = urlsplit(address).hostname or ""
        self._source = DoiSource(address, fetch, seconds, _read, clock)

    def ask(self, wanted: Wanted) -> Said:
        """:raises Exception: when the source fails or says what cannot be read."""
        doi = doi_of(wanted.citation)
        if not doi or wanted.citation.kind == "journal":
            return Said()
        known = self._source.ask(doi)
        if not known.is_oa:
            return Said()
        copies = [*(known.oa_locations or ()), *((known.best_oa_location,) if known.best_oa_location else ())]
        answers: dict[str, Answer] = {}
        for copy in sorted(copies, key=_grade):
            url = as_address(copy.url_for_pdf or copy.url or copy.url_for_landing_page or "")
            if url and url not in answers and len(answers) < MOST:
                answers[url] = self._answer(copy, url, known)
        return Said(tuple(answers.values()))

    def _answer(self, copy: Copy, url: str, known: Known) -> Answer:
        place = "publisher" if copy.host_type == "publisher" else "repository"
        return Answer(
            service=self.name,
            type="fulltext",
            label=urlsplit(url).hostname or url[:80],
            url=url,
            reason=f"open-access-{place}",
            values=(("source", self._host), ("version", copy.version or "")),
            platform=urlsplit(url).netloc.lower(),
            free=True,
            direct=True,
            grade=_grade(copy),
            as_of=(known.updated or "")[:10],
        )


def _read(doi: str, status: int, body: bytes) -> tuple[Known, float]:
    if status in (404, 422):
        return Known(), KEPT_NONE
    if status != 200:
        raise OSError(f"the source answered {status}")
    known = msgspec.json.decode(body, type=Known)
    if known.doi and known.doi.casefold() != doi.casefold():
        raise ValueError("the source answered for another DOI")
    return known, KEPT if known.is_oa else KEPT_NONE


def _grade(copy: Copy) -> int:
    """Which of several copies is better, the lowest first."""
    place = 0 if copy.host_type == "publisher" else 1
    return place * 100 + _VERSIONS.get(copy.version or "", 3) * 10 + (0 if copy.url_for_pdf else 1)
