"""What a registry of DOIs knows of a citation (引文元数据查询), as Crossref answers, for bare links.

It is asked by DOI at an address from the settings, ``https://…/works/{doi}``, and only where the link and the
records of this installation left something open. It leads nowhere itself; it fills gaps.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from html import unescape
from typing import Any

import msgspec

from resolver.citation import Citation
from resolver.doi_source import DoiSource, Fetch, doi_of
from resolver.repair import missing
from resolver.service import AnswerType, Said, Wanted

KEPT = 7 * 86_400.0  # seconds for which an answer holds …
KEPT_NONE = 3_600.0  # … and the answer that nothing is known of a DOI
LONGEST = 1_000  # characters of a value
_KINDS = {
    "journal-article": "article",
    "journal": "journal",
    "journal-issue": "issue",
    "book": "book",
    "monograph": "book",
    "edited-book": "book",
    "reference-book": "book",
    "book-chapter": "bookitem",
    "book-section": "bookitem",
    "book-part": "bookitem",
    "reference-entry": "bookitem",
    "proceedings-article": "proceeding",
    "proceedings": "conference",
    "dissertation": "dissertation",
    "report": "report",
    "posted-content": "preprint",
}
_IN = {"article": "journal", "issue": "journal", "bookitem": "book"}
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,100}>")


class Citations:
    """A service made for one registry; ``fetch(address, seconds)`` gives (status, body) or raises."""

    name = "citations"
    types: tuple[AnswerType, ...] = ()
    wave = 0
    remote = True
    preempted_by: frozenset[str] = frozenset()

    def __init__(
        self,
        address: str,
        fetch: Fetch,
        seconds: float = 1.5,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.seconds = seconds
        self._source = DoiSource(address, fetch, seconds, _read, clock)

    def ask(self, wanted: Wanted) -> Said:
        """:raises Exception: when the registry fails or says what cannot be read."""
        doi = doi_of(wanted.citation)
        if not doi or not missing(wanted.citation):
            return Said()
        known = self._source.ask(doi)
        return Said(known=known) if known != Citation() else Said()


def _read(doi: str, status: int, body: bytes) -> tuple[Citation, float]:
    if status == 404:
        return Citation(), KEPT_NONE
    if status != 200:
        raise OSError(f"the registry answered {status}")
    value = msgspec.json.decode(body)
    work = value.get("message", value) if isinstance(value, dict) else None
    if not isinstance(work, dict):
        raise ValueError("the registry answered no work")
    if (said := _text(work.get("DOI"))) and said.casefold() != doi.casefold():
        raise ValueError("the registry answered for another DOI")
    known = of_work(work)
    return known, KEPT if known != Citation() else KEPT_NONE


def of_work(work: Mapping[str, Any]) -> Citation:
    """A work of the registry as a citation; what has another form than it should is left out."""
    kind = _KINDS.get(_text(work.get("type")))
    date = _date(work)
    first, _, last = _text(work.get("page")).partition("-")
    serials = _texts(work.get("ISSN"))
    pages = first.strip() or None
    return Citation(
        kind=kind,
        container_kind=_IN.get(kind or "", kind if kind in ("journal", "book", "dissertation") else None),
        title=_first(work.get("title")),
        container_title=_first(work.get("container-title")),
        author=_author(work.get("author")),
        date=date or None,
        month=int(date[5:7]) if len(date) > 6 else None,
        isbn=next((re.sub(r"[^0-9Xx]", "", text) for text in _texts(work.get("ISBN"))), None),
        issn=serials[0] if serials else None,
        eissn=serials[1] if len(serials) > 1 else None,
        volume=_text(work.get("volume")) or None,
        issue=_text(work.get("issue")) or None,
        page=pages,
        spage=pages,
        epage=last.strip() or None,
        artnum=_text(work.get("article-number")) or None,
        publisher=_text(work.get("publisher")) or None,
    )


def _text(value: object) -> str:
    """One line without markup and control characters; "" for anything but a text."""
    if not isinstance(value, str):
        return ""
    plain = unescape(_MARKUP.sub("", value[: 4 * LONGEST]))
    return " ".join("".join(c if c.isprintable() else " " for c in plain).split())[:LONGEST]


def _texts(value: object) -> list[str]:
    listed = value if isinstance(value, list) else [value]
    return [text for one in listed[:20] if (text := _text(one))]


def _first(value: object) -> str | None:
    return next(iter(_texts(value)), None)


def _author(value: object) -> str | None:
    for one in value[:20] if isinstance(value, list) else ():
        if isinstance(one, dict):
            family, given = _text(one.get("family")), _text(one.get("given"))
            if family or _text(one.get("name")):
                return f"{family}, {given}" if family and given else family or _text(one.get("name"))
    return None


def _date(work: Mapping[str, Any]) -> str:
    """The first date of issue, of the print or of the online edition, at the grain in which it is said."""
    for name in ("issued", "published", "published-print", "published-online"):
        parts = work.get(name)
        parts = parts.get("date-parts") if isinstance(parts, dict) else None
        parts = parts[0] if isinstance(parts, list) and parts else None
        said: list[str] = []
        listed = parts if isinstance(parts, list) else []
        for part, low, high in zip(listed, (1000, 1, 1), (2999, 12, 31), strict=False):
            if not isinstance(part, int) or isinstance(part, bool) or not low <= part <= high:
                break
            said.append(f"{part:02}")
        if said:
            return "-".join(said)
    return ""
