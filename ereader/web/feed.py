"""A search to follow and to take away (订阅与导出): an Atom feed of a search, and its hits as one file."""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from starlette.responses import Response

from ereader.search import pipeline
from ereader.search.refusal import deepest_page
from ereader.search.request import SearchRequest
from ereader.web import answer, errors
from ereader.web.handler import handler
from ereader.web.visit import Visit
from indexer.records import export
from indexer.records.union import UnionRecord
from ui.presenters.text import shorten

MOST = 50  # entries of a feed
# What XML 1.0 forbids in a document, even written as a reference.
_FORBIDDEN = {n: None for n in (*range(0x20), 0xFFFE, 0xFFFF) if n not in (9, 10, 13)}
_FIRST = "1970-01-01T00:00:00Z"


@handler
def atom(visit: Visit) -> Response:
    """GET /search.atom: the newest hits of a search, with the same parameters as its page (RFC 4287)."""
    asked = visit.search_request().with_cursor("")
    if asked.page > deepest_page(asked.size):
        return errors.page(visit, 400, visit.texts("error.page_limit", n=deepest_page(asked.size)))
    if asked.sort == "relevance":
        # Whoever follows a search waits for what is new in it.
        asked = asked.with_sort("added").with_page(asked.page)
    if asked.size > MOST:
        asked = asked.with_size(MOST)
    found = pipeline.search(asked, visit.view, visit.service.engine, facets=())
    unions = [u for hit in found.hits if (u := visit.service.store.union(hit.id, visit.view)) is not None]
    address = visit.absolute(asked.with_page(1).to_url("/search"))
    itself = visit.absolute(asked.to_url("/search.atom"))
    title = visit.texts("results.title", q=asked.q, name=visit.title()) if asked.q else visit.title()
    parts = [
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:os="http://a9.com/-/spec/opensearch/1.1/"'
        f' xml:lang="{visit.lang}">\n',
        f"<id>{_text(itself)}</id>\n<title>{_text(title)}</title>\n",
        f"<updated>{max((_changed(u) for u in unions), default=_FIRST)}</updated>\n",
        f"<author><name>{_text(visit.title())}</name></author>\n",
        f'<link rel="self" type="application/atom+xml" href={_attribute(itself)}/>\n'
        f'<link rel="alternate" type="text/html" href={_attribute(address)}/>\n',
        f"<os:totalResults>{found.total}</os:totalResults>\n",
        f"<os:startIndex>{(found.page - 1) * found.size + 1}</os:startIndex>\n",
        f"<os:itemsPerPage>{found.size}</os:itemsPerPage>\n",
        *(_entry(visit, union) for union in unions),
        "</feed>\n",
    ]
    return answer.data(
        visit, "".join(parts).encode("utf-8", "replace"), "application/atom+xml; charset=utf-8"
    )


def _entry(visit: Visit, union: UnionRecord) -> str:
    record = union.record
    address = visit.absolute(f"/record/{union.id}")
    title = f"{record.title}: {record.title_remainder}" if record.title_remainder else record.title
    published = " ".join(p for p in (record.publication.publisher, record.publication.date) if p)
    summary = shorten(record.abstract, 500) or published
    return "".join(
        (
            f"<entry>\n<id>{_text(address)}</id>\n<title>{_text(title)}</title>\n",
            f"<updated>{_changed(union)}</updated>\n",
            f'<link rel="alternate" type="text/html" href={_attribute(address)}/>\n',
            *(f"<author><name>{_text(c.name)}</name></author>\n" for c in record.contributors[:10]),
            f"<category term={_attribute(record.type)} label={_attribute(visit.names.type(record.type))}/>\n",
            f"<summary>{_text(summary)}</summary>\n" if summary else "",
            "</entry>\n",
        )
    )


def _changed(union: UnionRecord) -> str:
    """The last change of any of its source records, as RFC 3339 has it."""
    changed = max((s.changed or s.first_seen for s in union.sources), default="") or _FIRST
    return changed if changed.endswith("Z") or changed[-6:-5] in ("+", "-") else f"{changed}Z"


def _text(value: str) -> str:
    return escape(value.translate(_FORBIDDEN))


def _attribute(value: str) -> str:
    return quoteattr(value.translate(_FORBIDDEN))


@handler
def take(visit: Visit) -> Response:
    """GET /search/export?format=ris&…: the hits of one page of a search as one file."""
    asked: SearchRequest = visit.search_request().with_cursor("")
    name = visit.parameter("format")
    if name not in export.FORMATS:
        return errors.page(visit, 400, visit.texts("error.format", known=", ".join(export.FORMATS)))
    if asked.page > deepest_page(asked.size):
        return errors.page(visit, 400, visit.texts("error.page_limit", n=deepest_page(asked.size)))
    found = pipeline.search(asked, visit.view, visit.service.engine, facets=())
    unions = (visit.service.store.union(hit.id, visit.view) for hit in found.hits)
    module = export.format_module(name)
    response = answer.data(
        visit, b"".join(export.write([u.record for u in unions if u], name)), module.MEDIA_TYPE
    )
    response.headers["content-disposition"] = f'attachment; filename="records.{module.EXTENSION}"'
    return response
