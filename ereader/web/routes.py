"""Every address of the portal in one table (路由). ``/at/ID`` in front of any of them names a portal."""

from __future__ import annotations

from starlette.routing import BaseRoute, Route

from ereader.web import (
    advanced,
    api,
    browse,
    browse_places,
    browse_serials,
    editions,
    feed,
    guide,
    home,
    machine,
    record,
    search,
    staff,
)

ROUTES: tuple[BaseRoute, ...] = (
    Route("/", home.home),
    Route("/search", search.results),
    Route("/search/facet", search.facet),
    Route("/search/export", feed.take),
    Route("/search.atom", feed.atom),
    Route("/advanced", advanced.advanced),
    Route("/browse", browse.entry),
    Route("/browse/class", browse_places.classes),
    Route("/browse/class/{scheme}", browse_places.classes),
    Route("/browse/class/{scheme}/{steps:path}", browse_places.classes),
    Route("/browse/shelf", browse_places.shelves),
    Route("/browse/journal", browse_serials.journal),
    Route("/browse/new", browse_serials.new),
    Route("/browse/{way}", browse.headings),
    Route("/record/{id}", record.record),
    Route("/record/{id}/editions", editions.editions),
    Route("/record/{id}/staff", staff.staff),
    Route("/record/{id}/original", staff.original),
    Route("/searches", guide.searches),
    Route("/help", guide.help),
    Route("/about", guide.about),
    Route("/api/v1/search", api.search),
    Route("/api/v1/records/{id}", api.record),
    Route("/api/v1/records/{id}/editions", editions.listed),
    Route("/api/v1/facets", api.facets),
    Route("/api/v1/suggest", api.suggest),
    Route("/api/{path:path}", api.unknown),
    Route("/openapi.json", api.openapi),
    Route("/opensearch.xml", machine.opensearch),
    Route("/healthz", machine.health),
    Route("/robots.txt", machine.robots),
    Route("/favicon.ico", machine.favicon),
    Route("/static/{build}/{name}", machine.static),
)
