"""Records of the union index for a citation (解析用记录查找): by DOI, ISBN, ISSN, then by title.

Only what the visitor may see is looked at, so nothing that is hidden can show in an answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ereader.web.visit import Visit
from indexer.index.engine import SearchCall, SearchUnavailable, Selection
from indexer.index.query import Exact, Node, Or, Phrase
from indexer.records.identifier import isbn13
from indexer.records.record import Link, Record
from indexer.records.union import SourceRecord, UnionRecord
from indexer.text.analyse import key
from resolver.citation import Citation
from resolver.identifiers import value_of
from resolver.service import Found, HeldBy, Match

MOST = 6  # records of one kind of evidence
MOST_NAMED = 300  # characters of a title that is looked for
_TYPES = {"article": ("article",), "dissertation": ("thesis",), "journal": ("journal",)}
_PERIODICAL = ("journal",)


def look_up(visit: Visit, citation: Citation) -> list[tuple[UnionRecord, Found]]:
    """Records of what is cited and of what it is in, the sure ones first; none when the index is away."""
    try:
        return list(_found(visit, citation))
    except SearchUnavailable:
        return []


def _found(visit: Visit, citation: Citation) -> Iterator[tuple[UnionRecord, Found]]:
    seen: set[str] = set()
    inside = citation.kind in ("article", "bookitem", "issue", "proceeding")
    for tree, types, whole in _questions(citation, inside=inside):
        for union in _asked(visit, tree, types):
            if union.id not in seen:
                seen.add(union.id)
                yield union, as_found(visit, union, "exact", whole=whole)
    if any(True for _ in seen) and not inside:
        return
    title = citation.title
    if not title or len(key(title)) < 4:
        return
    tree = Phrase("title", title[:MOST_NAMED], start=True)
    for union in _asked(visit, tree, _TYPES.get(citation.kind or "", ())):
        if union.id not in seen and key(union.record.title) == key(title):
            seen.add(union.id)
            yield union, as_found(visit, union, _reliability(citation, union.record), whole=True)


def _questions(citation: Citation, *, inside: bool) -> Iterator[tuple[Node, tuple[str, ...], bool]]:
    """(what to look for, types, whether that is the thing itself) by numbers."""
    dois = [v.lower() for i in citation.identifiers if (v := value_of(i, "doi"))]
    if dois:
        yield Or(tuple(Exact("doi", doi) for doi in dois[:3])), (), True
    book = isbn13(citation.isbn) if citation.isbn else ""
    if book:
        yield Exact("isbn", book), (), not inside
    serials = list(dict.fromkeys(filter(None, (citation.issn, citation.eissn))))
    if serials:
        yield Or(tuple(Exact("issn", issn) for issn in serials)), _PERIODICAL, citation.kind == "journal"


def _asked(visit: Visit, tree: Node, types: tuple[str, ...]) -> Iterator[UnionRecord]:
    selections = (Selection("type", types),) if types else ()
    call = SearchCall(tree=tree, view=visit.view, selections=selections, limit=MOST)
    for hit in visit.service.engine.search(call).hits:
        union = visit.service.store.union(hit.id, visit.view)
        if union is not None:
            yield union


def _reliability(citation: Citation, record: Record) -> Match:
    """How sure it is that a record of the same title is the thing: author and year say."""
    family = key((citation.author or "").partition(",")[0])
    same_author = bool(family) and any(family in key(c.name) for c in record.contributors)
    same_year = citation.year is not None and record.year == citation.year
    if same_author and same_year:
        return "exact"
    return "edition" if same_author else "unsure"


def as_found(visit: Visit, union: UnionRecord, match: Match, *, whole: bool) -> Found:
    """A record as services see it: who has it where, and what belongs to it."""
    held = tuple(
        _held(visit, library, union.sources) for library in dict.fromkeys(s.library for s in union.sources)
    )
    return Found(union.id, union.record.title, match, whole, visit.url(f"/record/{union.id}"), held)


_BLANKS = re.compile(r"\s+")


def _held(visit: Visit, library: str, sources: tuple[SourceRecord, ...]) -> HeldBy:
    own = [source for source in sources if source.library == library]
    holdings = [holding for source in own for holding in source.record.holdings]
    shelved: dict[str, None] = {}
    for holding in holdings:
        call = holding.call_number or next((i.call_number for i in holding.items if i.call_number), "")
        place = holding.location or next((i.location for i in holding.items if i.location), "")
        if call or place or holding.items:
            shelved[_BLANKS.sub(" ", f"{place} {call}").strip() or visit.names.library(library)] = None
    links = [link for source in own for link in source.record.links]
    return HeldBy(
        library,
        visit.names.library(library),
        tuple(shelved),
        next((holding.summary for holding in holdings if holding.summary), ""),
        tuple(dict.fromkeys(link.url for link in links if link.kind == "fulltext")),
        max((source.changed[:10] for source in own if source.changed), default=""),
        tuple(dict.fromkeys((_kind(link), link.url) for link in links if link.kind != "fulltext")),
        tuple(dict.fromkeys(course for source in own for course in _courses(source.record))),
    )


_PREVIEW = re.compile(r"试读|試讀|样章|樣章|预览|預覽|preview|sample|excerpt|look inside|leseprobe", re.I)


def _kind(link: Link) -> str:
    """contents, cover, preview or related: a preview is known only by what its link is called."""
    return "preview" if link.kind == "related" and _PREVIEW.search(link.label) else link.kind


def _courses(record: Record) -> list[str]:
    """The courses that a record of a course reserve says the book is for."""
    if record.type != "course-reserve":
        return []
    return [r.title for r in record.relations if r.kind == "part_of" and r.title] or [""]
