"""The first page (首页): the box, the channels, what is new, what it is about."""

from __future__ import annotations

from starlette.responses import Response

from ereader.search import pipeline
from ereader.search.request import SearchRequest
from ereader.search.results import SearchResults
from ereader.web import answer, present
from ereader.web.handler import handler
from ereader.web.visit import Visit
from ui import pages

ARRIVALS = 6
SUBJECTS = 24


def overview(visit: Visit) -> tuple[SearchRequest, SearchResults]:
    """Everything this portal shows, newest first, with its channels and libraries."""
    asked = SearchRequest(lang=visit.wanted, sort="added", size=10)
    return asked, pipeline.search(asked, visit.view, visit.service.engine, facets=("library",))


@handler
def home(visit: Visit) -> Response:
    """GET /"""
    _, found = overview(visit)
    path = f"{visit.prefix}/search"
    plain = SearchRequest(lang=visit.wanted)
    most = pipeline.list_facet(plain, visit.view, visit.service.engine, "subject", limit=SUBJECTS)
    subjects = tuple(
        pages.Choice(
            visit.names.value("subject", v.value),
            plain.with_filter("subject", v.value).to_url(path),
            False,
            visit.names.value_tag("subject", v.value),
            f"{v.count:,}",
        )
        for v in (most.values if most else ())
    )
    shown = pages.Home(
        site=visit.site(canonical=visit.absolute("/"), indexable=True),
        total=found.total,
        libraries=len(visit.names.libraries),
        channels=present.channels(visit, plain, found.channels),
        arrivals=present.plain_hits(visit, ((h.id, h.display) for h in found.hits[:ARRIVALS])),
        arrivals_href=visit.url("/browse/new", [("lang", visit.wanted)] if visit.wanted else []),
        subjects=subjects,
    )
    return answer.html(visit, visit.service.renderer.render("home.html", shown))
