"""Two records beside each other, with what differs marked (并排对照)."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher

from ereader.web.describe import SCHEMES
from ereader.web.visit import Visit
from indexer.records.record import Record
from indexer.records.union import SourceRecord
from indexer.text.fold import fold
from ui.manage_review_pages import Line, Pieces, Side

LONGEST = 600  # characters of a value that are compared and shown
_TOKEN = re.compile(r"[㐀-鿿豈-﫿]|(?:(?![㐀-鿿豈-﫿])\w)+|\s+|[^\w\s]")


def side_of(visit: Visit, source: SourceRecord) -> Side:
    """Whose record it is."""
    return Side(
        source.uid,
        visit.names.library(source.library),
        visit.names.repository(source.repository),
        source.id,
        visit.url(f"/record/{source.uid}"),
    )


def lines_of(visit: Visit, one: Record, other: Record) -> tuple[Line, ...]:
    """The fields that one of the two has."""
    found = []
    for name, value in _FIELDS.items():
        a, b = value(visit, one)[:LONGEST], value(visit, other)[:LONGEST]
        if a or b:
            left, right = differences(a, b)
            label = visit.texts(f"review.field_{name}")
            found.append(Line(label, left, right, any(d for _, d in (*left, *right)) or not (a and b)))
    return tuple(found)


def differences(one: str, other: str) -> tuple[Pieces, Pieces]:
    """Both texts in pieces, those that the other lacks marked. Variants of characters, case and punctuation
    are no difference; a character of Chinese is a piece, a word of other scripts too.
    """
    a, b = _TOKEN.findall(one), _TOKEN.findall(other)
    if not a or not b:
        return ((one, False),) if one else (), ((other, False),) if other else ()
    matcher = SequenceMatcher(None, [fold(t) for t in a], [fold(t) for t in b], autojunk=False)
    left: list[tuple[str, bool]] = []
    right: list[tuple[str, bool]] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        for tokens, pieces in ((a[i:j], left), (b[k:m], right)):
            if tokens:
                text = "".join(tokens)
                pieces.append((text, kind != "equal" and any(t.isalnum() for t in tokens)))
    return tuple(left), tuple(right)


def _joined(visit: Visit, values: list[str]) -> str:
    return visit.texts("site.comma").join(v for v in values[:12] if v)


def _identifiers(visit: Visit, record: Record) -> str:
    return _joined(visit, sorted(f"{SCHEMES.get(i.scheme, i.scheme)} {i.value}" for i in record.identifiers))


def _host(visit: Visit, record: Record) -> str:
    host = next((r for r in record.relations if r.kind == "in"), None)
    return _joined(visit, [host.title, host.volume, host.issue, host.pages]) if host else ""


_FIELDS: dict[str, Callable[[Visit, Record], str]] = {
    "type": lambda v, r: v.names.type(r.type),
    "title": lambda _, r: r.title,
    "remainder": lambda _, r: r.title_remainder,
    "volume": lambda _, r: r.volume,
    "titles": lambda v, r: _joined(v, [t.value for t in r.titles if t.value != r.title]),
    "responsibility": lambda _, r: r.responsibility,
    "contributors": lambda v, r: _joined(v, [c.name for c in r.contributors]),
    "edition": lambda _, r: r.edition,
    "place": lambda _, r: r.publication.place,
    "publisher": lambda _, r: r.publication.publisher,
    "date": lambda _, r: r.publication.date or str(r.year or ""),
    "extent": lambda _, r: r.extent,
    "host": _host,
    "series": lambda v, r: _joined(v, list(r.series)),
    "language": lambda v, r: _joined(v, [v.names.value("language", code) for code in r.languages]),
    "identifiers": _identifiers,
    "subjects": lambda v, r: _joined(v, [s.value for s in r.subjects]),
    "notes": lambda v, r: _joined(v, list(r.notes)),
    "abstract": lambda _, r: r.abstract,
}
