"""What a portal shows to anyone, for those who index the web (站点地图): sitemaps.org, protocol 0.90.

A map of maps, each with the records of one part of the digests of their ids, so that none has to be walked
through to make another. What is in it is what anyone may see in this portal, whoever is signed in.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from starlette.responses import Response

from ereader.web import answer, errors
from ereader.web.handler import handler
from ereader.web.visit import Visit
from ereader.web.widget import open_view
from holdings.natural import natural
from indexer.index.engine import SearchCall
from indexer.index.keywords import tie_break
from indexer.index.query import Everything

EACH = 5_000  # records of one map, on the average; a map may have 50,000
MOST_MAPS = 10_000
STEP = 1_000
_SPACE = 1 << 48  # of the digests of ids, in whose order an engine walks
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


@handler
def index(visit: Visit) -> Response:
    """GET /sitemap.xml: the maps."""
    addresses = [visit.absolute(f"/sitemap/{n}.xml") for n in range(1, _maps(visit) + 1)]
    return _told(visit, "sitemapindex", "sitemap", addresses)


@handler
def part(visit: Visit, number: str) -> Response:
    """GET /sitemap/NUMBER.xml: addresses of records."""
    maps = _maps(visit)
    n = natural(number, 5)
    if not n or n > maps:
        return errors.page(visit, 404)
    # The front page has its place in the first map.
    addresses = [visit.absolute("/")] if n == 1 else []
    addresses += [visit.absolute(f"/record/{id}") for id in _ids(visit, n - 1, maps)]
    return _told(visit, "urlset", "url", addresses)


def _maps(visit: Visit) -> int:
    call = SearchCall(Everything(), open_view(visit))
    return min(MOST_MAPS, 1 + visit.service.engine.totals([call])[0] // EACH)


def _ids(visit: Visit, part: int, parts: int) -> Iterator[str]:
    begin, end = (_SPACE * n // parts for n in (part, part + 1))
    cursor = f"{begin}.0" if begin else "*"
    view, engine = open_view(visit), visit.service.engine
    while cursor:
        found = engine.search(SearchCall(Everything(), view, cursor=cursor, limit=STEP))
        for hit in found.hits:
            if tie_break(hit.id) >= end:
                return
            yield hit.id
        cursor = found.next_cursor


def _told(visit: Visit, root: str, entry: str, addresses: list[str]) -> Response:
    lines = [f"<{entry}><loc>{escape(address)}</loc></{entry}>\n" for address in addresses]
    head = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_NAMESPACE}">\n'
    text = "".join((head, *lines, f"</{root}>\n"))
    return answer.data(visit, text.encode(), "application/xml; charset=utf-8")
