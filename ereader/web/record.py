"""The record page (记录页)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from urllib.parse import urlsplit

import msgspec
from starlette.responses import Response

from ereader.search import pipeline
from ereader.search.request import SearchRequest
from ereader.web import answer, browse_places, browse_serials, coins, editions, errors, holdings, present
from ereader.web.describe import fields, metadata, searches
from ereader.web.handler import handler
from ereader.web.linked_data import json_ld
from ereader.web.visit import Visit
from holdings.natural import natural
from indexer.index.engine import SearchUnavailable
from indexer.records import citation, export
from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE
from indexer.records.union import UnionRecord
from indexer.text.fold import fold
from ui import pages, record_pages
from ui.presenters.cover import cover
from ui.presenters.text import language_tag, plain, script_of, shorten

SIMILAR = 5
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


@handler
def record(visit: Visit, id: str) -> Response:
    """GET /record/ID"""
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
    beside, total, similar, neighbours = _around(visit, union)
    shelf, issues = _places(visit, union)
    held = holdings.libraries(visit, union)
    permalink = visit.absolute(f"/record/{union.id}")
    cited = coins.of_record(record)
    return record_pages.RecordPage(
        site=visit.site(canonical=permalink, indexable=True),
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
        libraries=held,
        cover=cover(record.type, record.title, author if author != record.title else ""),
        permalink=permalink,
        availability_href=visit.url(f"/record/{union.id}/availability")
        if not visit.endpoints.keys().isdisjoint(library.id for library in held)
        else "",
        staff_href=visit.url(f"/record/{union.id}/staff"),
        abstract=text(record.abstract, record) if record.abstract else None,
        contents=tuple(text(c, record) for c in record.contents),
        citations=citations(record, visit.lang),
        exports=exports(visit, union.id),
        editions=beside,
        editions_total=total,
        editions_href=visit.url(f"/record/{union.id}/editions"),
        similar=similar,
        neighbours=neighbours,
        shelf=shelf,
        issues=issues,
        metadata=metadata(record),
        coins=cited,
        resolver_href=visit.url("/resolver", [("record", union.id)]),
        json_ld=json_ld(record, permalink, [library.name for library in held]),
    )


def citations(record: Record, lang: str) -> tuple[record_pages.Citation, ...]:
    """The reference in each style; a record that a style cannot cope with goes without."""
    told = msgspec.structs.replace(record, holdings=(), notes=(), abstract="", contents=(), subjects=())
    return _citations(msgspec.json.encode(told), lang)


@lru_cache(maxsize=512)
def _citations(encoded: bytes, lang: str) -> tuple[record_pages.Citation, ...]:
    # The processor of styles takes longer than all else on the page together.
    record = msgspec.json.decode(encoded, type=Record)
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
        "fulltext": present.access_label(visit, record.type),
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


def _around(
    visit: Visit, union: UnionRecord
) -> tuple[tuple[pages.Hit, ...], int, tuple[pages.Hit, ...], record_pages.Neighbours | None]:
    """What a search puts around a record; the record itself can be read without."""
    try:
        beside, total = editions.others(visit, union)
        similar = _similar(visit, union, beside)
        return _uncited(beside), total, _uncited(similar), _neighbours(visit)
    except SearchUnavailable:
        return (), 0, (), None


def _places(
    visit: Visit, union: UnionRecord
) -> tuple[record_pages.ShelfStrip | None, tuple[pages.Choice, ...]]:
    """What stands beside the record on the shelf, and of a journal the years of its articles."""
    try:
        strip = browse_places.strip(visit, union)
        journal = union.record.type == "journal" and union.record.title
        return strip, (browse_serials.years(visit, journal) if journal else ())
    except SearchUnavailable:
        return None, ()


def _bare(title: str) -> str:
    return "".join(c for c in fold(title) if c.isalnum())


def _uncited(hits: tuple[pages.Hit, ...]) -> tuple[pages.Hit, ...]:
    """Lines without their citations: what a reference manager takes from the page is the record itself."""
    return tuple(replace(hit, coins="") for hit in hits)


def _similar(visit: Visit, union: UnionRecord, beside: tuple[pages.Hit, ...]) -> tuple[pages.Hit, ...]:
    """Other titles that share words and subjects, each title once: its editions are found on its own page."""
    found = visit.service.engine.similar(union.id, visit.view, 2 * SIMILAR + 1 + len(beside))
    shown = {h.href for h in beside}
    seen = {_bare(union.record.title)}
    similar = []
    for hit in present.engine_hits(visit, found, frozenset((union.id,))):
        title = _bare(plain(hit.title.value))
        if hit.href not in shown and title not in seen:
            seen.add(title)
            similar.append(hit)
    return tuple(similar[:SIMILAR])


def _neighbours(visit: Visit) -> record_pages.Neighbours | None:
    """The hits before and after in the result this record was reached from.

    Its ordinal is the parameter ``n``.
    """
    number = natural(visit.parameter("n", most=10), 6)
    if not number:
        return None
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
