"""Pages that explain (说明页): help, about, recent searches."""

from __future__ import annotations

from starlette.responses import Response

from ereader.search.query_fields import FIELDS
from ereader.search.request import SearchRequest
from ereader.web import answer, home, present
from ereader.web.handler import handler
from ereader.web.visit import Visit
from ui import pages

EXAMPLES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("basic", (("红楼梦 曹雪芹", "words"), ("妇女婚姻", "unspaced"), ("9787020002207", "isbn"))),
    (
        "exact",
        (('"史记研究"', "phrase"), ("^史记", "begins"), ("librar*", "wildcard"), ("wom?n", "one_char")),
    ),
    (
        "combine",
        (
            ("长城 AND 明代", "and"),
            ("长城 OR 运河", "or"),
            ("长城 NOT 汽车", "not"),
            ("(长城 OR 运河) 地图", "group"),
        ),
    ),
    ("narrow", (("title:呐喊", "field_title"), ("作者：鲁迅", "field_author"), ("year:1911-1949", "years"))),
)


@handler
def help(visit: Visit) -> Response:
    """GET /help"""
    texts, path = visit.texts, f"{visit.prefix}/search"
    asked = SearchRequest(lang=visit.wanted)
    sections = tuple(
        (
            texts(f"help.{name}"),
            tuple(
                pages.SyntaxLine(q, asked.with_query(q).to_url(path), texts(f"help.{what}"))
                for q, what in examples
            ),
        )
        for name, examples in EXAMPLES
    )
    fields = tuple(
        (
            f.name,
            visit.names.field(f.name),
            " ".join(f"{n}:" for n in (f.zh, f.en) if n.casefold() != f.name and " " not in n),
        )
        for f in FIELDS.values()
    )
    shown = pages.HelpPage(visit.site(indexable=True), sections, fields)
    return answer.html(visit, visit.service.renderer.render("help.html", shown))


@handler
def about(visit: Visit) -> Response:
    """GET /about"""
    _, found = home.overview(visit)
    plain = SearchRequest(lang=visit.wanted)
    path = f"{visit.prefix}/search"
    counted = {v.value: v.count for f in found.facets if f.name == "library" for v in f.values}
    libraries = tuple(
        (visit.names.library(id), plain.with_filter("library", id).to_url(path), counted[id])
        for id in sorted(counted, key=lambda id: -counted[id])
    )
    shown = pages.AboutPage(
        visit.site(indexable=True), found.total, libraries, present.channels(visit, plain, found.channels)
    )
    return answer.html(visit, visit.service.renderer.render("about.html", shown))


@handler
def searches(visit: Visit) -> Response:
    """GET /searches: how to keep a search; the browser adds the recent ones, which only it knows."""
    shown = pages.PlainPage(visit.site())
    return answer.html(visit, visit.service.renderer.render("searches.html", shown))
