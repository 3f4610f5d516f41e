"""Who has it and where it stands (馆藏呈现)."""

from __future__ import annotations

import re

from ereader.search.request import SearchRequest
from ereader.web.visit import Visit
from indexer.records.record import Holding
from indexer.records.union import UnionRecord
from ui.language import Catalogue
from ui.record_pages import HoldingLine, LibraryHoldings

MOST_ITEMS = 50
# Coverage as KBART lists say it: v. 1 (1950) - v. 9 (1960); embargo P1Y
_OPEN = re.compile(r"\s*-\s*\Z")
_EMBARGO = re.compile(r"embargo\s+[PR](\d{1,3})([DMY])\b", re.IGNORECASE)
_VOLUME = re.compile(r"\bv\.\s*(\d+)", re.IGNORECASE)


def libraries(visit: Visit, union: UnionRecord) -> tuple[LibraryHoldings, ...]:
    """Who contributes it and where it stands, the portal's own library first, then by name."""
    lines: dict[str, list[HoldingLine]] = {}
    counts: dict[str, int] = {}
    for source in union.sources:
        held = lines.setdefault(source.library, [])
        counts[source.library] = counts.get(source.library, 0) + 1
        for holding in source.record.holdings:
            line = _line(visit, source.library, holding)
            if line not in held and line != HoldingLine():
                held.append(line)
    own = visit.portal.library
    path = f"{visit.prefix}/search"
    shown = [
        LibraryHoldings(
            id,
            visit.names.library(id),
            id == own,
            tuple(held),
            counts[id],
            SearchRequest(lang=visit.wanted).with_filter("library", id).to_url(path),
        )
        for id, held in lines.items()
    ]
    return tuple(sorted(shown, key=lambda held: (not held.own, held.name)))


def _line(visit: Visit, library: str, holding: Holding) -> HoldingLine:
    # A source that speaks for several libraries names them; where it means itself, the name says nothing new.
    found = visit.names.libraries.get(library)
    itself = {library.casefold()} | ({found.name.zh.casefold(), found.name.en.casefold()} if found else set())
    named = holding.library if holding.library.casefold() not in itself else ""
    place = holding.location or next((i.location for i in holding.items if i.location), "")
    place = place if place.casefold() not in itself else ""
    call_number = holding.call_number or next((i.call_number for i in holding.items if i.call_number), "")
    return HoldingLine(
        " ".join(p for p in (named, place) if p),
        call_number,
        coverage(holding.summary, visit.texts),
        holding.url if holding.url.startswith(("http://", "https://")) else "",
        tuple((i.barcode, i.status) for i in holding.items if i.barcode or i.status)[:MOST_ITEMS],
    )


def coverage(summary: str, texts: Catalogue) -> str:
    """What is there of a serial, in words.

    Volumes, an open end and an embargo of KBART are said in the reader's language; all else stays as it is.
    """
    parts = []
    for part in summary.split(";"):
        embargo = _EMBARGO.fullmatch(part.strip())
        if embargo:
            parts.append(texts(f"coverage.embargo_{embargo[2].lower()}", n=int(embargo[1])))
        elif part.strip():
            said = _VOLUME.sub(lambda m: texts("coverage.volume", n=m[1]), part.strip())
            parts.append(_OPEN.sub(f" {texts('coverage.open')}", said))
    return texts("coverage.and").join(parts)
