"""The record page (记录页)."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from ereader.search import pipeline
from ereader.search.request import SearchRequest
from ereader.web import answer, errors, present
from ereader.web.describe import fields, metadata, searches
from ereader.web.visit import Visit
from indexer.records import citation, export
from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE
from indexer.records.union import UnionRecord
from indexer.text.fold import fold
from ui import pages, record_pages
from ui.presenters.cover import cover
from ui.presenters.text import language_tag, script_of, shorten

SIMILAR = 5
EDITIONS = 6
STYLES = (("gb7714", "GB/T 7714"), ("apa", "APA"), ("mla", "MLA"))
EXPORTS = (
    ("ris", "RIS"),
    ("bibtex", "BibTeX"),
    ("marc", "MARC 21"),
    ("marcxml", "MARCXML"),
    ("mods", "MODS"),
    ("dc", "Dublin Core"),
    ("csl", "CSL JSON"),
    ("json", "JSON"),
)
LONGEST_ADDRESS = 2_000


async def record(request: Request) -> Response:
    """GET /record/ID"""
    return await run_in_threadpool(_record, errors.visit_of(request), request.path_params["id"])


def _record(visit: Visit, id: str) -> Response:
    view = visit.view
    union = visit.service.store.union(id, view) if len(id) <= 64 else None
    if union is None:
        return errors.page(visit, 404)
    shown = page(visit, union)
    return answer.html(visit, visit.service.renderer.render("record.html", shown))


def text(value: str, record: Record, script: str = "") -> pages.Text:
    """A value of a record with its language tag."""
    return pages.Text(value, language_tag(script or script_of(value), record.languages))


def page(visit: Visit, union: UnionRecord) -> record_pages.RecordPage:
    """The values of the record page."""
    record, texts = union.record, visit.texts
    main = next((t for t in record.titles if t.kind == "main"), None)
    title = record.title or texts("hit.untitled")
    if record.volume and record.volume not in title:
        title = f"{title} {record.volume}"
    author = record.contributors[0].name if record.contributors else ""
    search = searches(visit)
    editions = _editions(visit, union)
    return record_pages.RecordPage(
        site=visit.site(canonical=visit.absolute(f"/record/{union.id}"), indexable=True),
        id=union.id,
        type=record.type if record.type in BY_CODE else "book",
        type_label=visit.names.type(record.type),
        type_href=SearchRequest(lang=visit.wanted).with_type(record.type).to_url(f"{visit.prefix}/search"),
        title=text(title, record, main.script if main else ""),
        remainder=text(record.title_remainder, record) if record.title_remainder else None,
        romanised=main.romanised if main else "",
        parallel=tuple(text(t.value, record, t.script) for t in record.titles if t.kind == "parallel")[:4],
        responsibility=text(record.responsibility, record) if record.responsibility else None,
        fields=fields(visit, record, search),
        access=_access(visit, record),
        libraries=_libraries(visit, union),
        cover=cover(record.type, record.title, author),
        permalink=visit.absolute(f"/record/{union.id}"),
        staff_href=visit.url(f"/record/{union.id}/staff"),
        abstract=text(record.abstract, record) if record.abstract else None,
        contents=tuple(text(c, record) for c in record.contents),
        citations=citations(record, visit.lang),
        exports=exports(visit, union.id),
        editions=editions,
        similar=_similar(visit, union, {h.href for h in editions}),
        neighbours=_neighbours(visit),
        metadata=metadata(record),
    )


def citations(record: Record, lang: str) -> tuple[record_pages.Citation, ...]:
    """The reference in each style; a record that a style cannot cope with goes without."""
    made = []
    for style, label in STYLES:
        try:
            cited = citation.cite(record, style, lang)
        except (ValueError, KeyError, TypeError, AttributeError, IndexError):
            continue
        if cited.strip():
            made.append(record_pages.Citation(style, label, cited))
    return tuple(made)


def exports(visit: Visit, id: str) -> tuple[pages.Choice, ...]:
    """The formats a record can be taken away in."""
    return tuple(
        pages.Choice(label, visit.url(f"/api/v1/records/{id}", [("format", name)]), value=media_type(name))
        for name, label in EXPORTS
        if media_type(name)
    )


def media_type(name: str) -> str:
    """The media type of an export format, empty when it is not there."""
    try:
        return export.format_module(name).MEDIA_TYPE
    except (ValueError, ImportError):
        return ""


def _access(visit: Visit, record: Record) -> tuple[record_pages.Access, ...]:
    labels = {
        "fulltext": visit.texts("record.fulltext"),
        "contents": visit.texts("record.contents_link"),
        "related": visit.texts("record.related_link"),
    }
    ways, seen = [], set()
    for kind in labels:
        for link in record.links:
            if link.kind != kind or link.url in seen or len(link.url) > LONGEST_ADDRESS:
                continue
            if not link.url.startswith(("http://", "https://", "ftp://")):
                continue
            seen.add(link.url)
            try:
                host = urlsplit(link.url).hostname or ""
            except ValueError:
                continue
            ways.append(record_pages.Access(shorten(link.label, 80) or labels[kind], link.url, host, kind))
    return tuple(ways[:20])


def _libraries(visit: Visit, union: UnionRecord) -> tuple[record_pages.LibraryHoldings, ...]:
    """Who contributes it and where it stands, the portal's own library first, then by name."""
    lines: dict[str, list[record_pages.HoldingLine]] = {}
    counts: dict[str, int] = {}
    for source in union.sources:
        held = lines.setdefault(source.library, [])
        counts[source.library] = counts.get(source.library, 0) + 1
        for h in source.record.holdings:
            items = tuple((i.barcode, i.status) for i in h.items)[:50]
            url = h.url if h.url.startswith(("http://", "https://")) else ""
            # A source that speaks for several libraries names them; where it means itself, the name
            # says nothing new.
            named = h.library if h.library and h.library.casefold() != source.library.casefold() else ""
            location = " ".join(
                p for p in (named, h.location or next((i.location for i in h.items if i.location), "")) if p
            )
            call_number = h.call_number or next((i.call_number for i in h.items if i.call_number), "")
            line = record_pages.HoldingLine(location, call_number, h.summary, url, items)
            if line not in held and line != record_pages.HoldingLine():
                held.append(line)
    own = visit.portal.library
    path = f"{visit.prefix}/search"
    shown = [
        record_pages.LibraryHoldings(
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


def _editions(visit: Visit, union: UnionRecord) -> tuple[pages.Hit, ...]:
    """Other records of the same title by the same first author."""
    record = union.record
    if len(record.title) < 2 or record.type in ("article", "conference-paper"):
        return ()
    author = f' author:"{_quoted(record.contributors[0].name)}"' if record.contributors else ""
    asked = SearchRequest(q=f'title:"{_quoted(record.title)}"{author}', size=EDITIONS + 4)
    found = pipeline.search(asked, visit.view, visit.service.engine, facets=())
    wanted = _bare(record.title)
    others = [(h.id, h.display) for h in found.hits if h.id != union.id and _bare(h.display.title) == wanted]
    return present.plain_hits(visit, others[:EDITIONS])


def _quoted(value: str) -> str:
    return " ".join(value.replace('"', " ").replace("“", " ").replace("”", " ").split())[:200]


def _bare(title: str) -> str:
    return "".join(c for c in fold(title) if c.isalnum())


def _similar(visit: Visit, union: UnionRecord, shown: set[str]) -> tuple[pages.Hit, ...]:
    found = visit.service.engine.similar(union.id, visit.view, SIMILAR + 1 + len(shown))
    hits = present.engine_hits(visit, found, frozenset((union.id,)))
    return tuple(h for h in hits if h.href not in shown)[:SIMILAR]


def _neighbours(visit: Visit) -> record_pages.Neighbours | None:
    """The hits before and after in the result this record was reached from.

    Its ordinal is the parameter ``n``.
    """
    given = visit.parameter("n", most=10)
    if not (given.isascii() and given.isdigit() and 0 < int(given) < 1_000_000):
        return None
    number = int(given)
    asked = visit.search_request()
    before, after = pipeline.neighbours(asked, number, visit.view, visit.service.engine)

    def href(id: str, place: int) -> str:
        return visit.url(f"/record/{id}", [*asked.with_page(1).to_params(), ("n", str(place))]) if id else ""

    back = asked.with_page((number - 1) // asked.size + 1).to_url(f"{visit.prefix}/search")
    return record_pages.Neighbours(back, number, href(before, number - 1), href(after, number + 1))


def struct_rows(record: Record) -> tuple[tuple[str, str], ...]:
    """The filled members of a record as (name, JSON) for the staff view."""
    rows = []
    for name, value in msgspec.to_builtins(record).items():
        if value in ("", None, [], {}, False):
            continue
        shown = value if isinstance(value, str) else msgspec.json.encode(value).decode("utf-8")
        rows.append((name, shorten(shown, 4_000)))
    return tuple(rows)
