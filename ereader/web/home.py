"""The first page (首页): the blocks of the portal's design in their order, by default the box, what is to be
told, the channels, what it is about and what is new.
"""

from __future__ import annotations

import re

from starlette.responses import Response

from ereader.search import pipeline
from ereader.search.request import SearchRequest
from ereader.search.results import SearchResults
from ereader.web import answer, brand, browse, present
from ereader.web.handler import handler
from ereader.web.visit import Visit
from holdings.members.design import Block
from ui import pages

ARRIVALS = 6
SUBJECTS = 24
# A preview of a draft stands in a frame of the console, on this host and nowhere else.
FRAMED = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
)


def overview(visit: Visit, scope: str = "") -> tuple[SearchRequest, SearchResults]:
    """Everything this portal shows in a place, newest first, with its channels and libraries."""
    asked = SearchRequest(lang=visit.wanted, sort="added", size=10, scope=scope)
    return asked, pipeline.search(asked, visit.view, visit.service.engine, facets=("library",))


@handler
def home(visit: Visit) -> Response:
    """GET /"""
    design = visit.design
    plain = SearchRequest(lang=visit.wanted, scope=design.scope)
    _, found = overview(visit, plain.scope)
    shown = pages.Home(
        site=visit.site(canonical=visit.absolute("/"), indexable=True),
        total=found.total,
        libraries=len(visit.names.libraries),
        blocks=tuple(_block(visit, block, plain, found) for block in design.blocks),
        place=present.scope_label(visit, plain.scope) if plain.scope else "",
    )
    response = answer.html(visit, visit.service.renderer.render("home.html", shown))
    if visit.previewing:
        response.headers["content-security-policy"] = FRAMED
        response.headers["x-frame-options"] = "SAMEORIGIN"
    return response


def _block(visit: Visit, block: Block, plain: SearchRequest, found: SearchResults) -> pages.HomeBlock:
    """What a block of the design shows."""
    lang = visit.lang
    title = block.title.in_language(lang)
    if block.kind == "notices":
        lesser = (n for n in visit.design.notices if n.severity != "alert")
        return pages.HomeBlock(block.kind, title, notices=brand.notices(visit, lesser))
    if block.kind == "channels":
        return pages.HomeBlock(block.kind, title, channels=present.channels(visit, plain, found.channels))
    if block.kind == "subjects":
        return pages.HomeBlock(block.kind, title, links=_subjects(visit, plain))
    if block.kind == "arrivals":
        kept = [(n, v) for n, v in (("scope", plain.scope), ("lang", visit.wanted)) if v]
        hits = present.plain_hits(visit, ((h.id, h.display) for h in found.hits[:ARRIVALS]))
        return pages.HomeBlock(block.kind, title, arrivals=hits, href=visit.url("/browse/new", kept))
    if block.kind == "browse":
        return pages.HomeBlock(block.kind, title, links=browse.tabs(visit, "", plain.scope))
    if block.kind == "links":
        return pages.HomeBlock(block.kind, title, links=brand.links(visit, block.links))
    text = block.text.in_language(lang)
    paragraphs = [" ".join(p.split()) for p in re.split(r"\n\s*\n", text.replace("\r\n", "\n"))]
    return pages.HomeBlock(block.kind, title, tuple(p for p in paragraphs if p))


def _subjects(visit: Visit, plain: SearchRequest) -> tuple[pages.Choice, ...]:
    """The most frequent subjects, each with its search."""
    path = f"{visit.prefix}/search"
    most = pipeline.list_facet(plain, visit.view, visit.service.engine, "subject", limit=SUBJECTS)
    return tuple(
        pages.Choice(
            visit.names.value("subject", v.value),
            plain.with_filter("subject", v.value).to_url(path),
            False,
            visit.names.value_tag("subject", v.value),
            f"{v.count:,}",
        )
        for v in (most.values if most else ())
    )
