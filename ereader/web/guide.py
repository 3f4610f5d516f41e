"""Pages that explain (说明页): help, about, and the form of rows."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from ereader.search.query_fields import FIELDS
from ereader.search.request import SearchRequest
from ereader.web import answer, home, present
from ereader.web.handler import handler
from ereader.web.visit import BOX_FIELDS, Visit
from ui import pages

EXAMPLES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("basic", (("红楼梦 曹雪芹", "words"), ("妇女婚姻", "unspaced"), ("9787020002207", "isbn"))),
    ("exact", (('"史记研究"', "phrase"), ("librar*", "wildcard"), ("wom?n", "one_char"))),
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
ROWS = 3
MOST_TEXT = 500


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
def advanced(visit: Visit) -> Response:
    """GET /advanced: the form; with ``go`` it becomes a query and leads to its results."""
    given = {name: [v for n, v in visit.params if n == name][:10] for name in ("op", "field", "how", "text")}
    rows = [
        (
            _at(given["op"], i, "and"),
            _at(given["field"], i, "all"),
            _at(given["how"], i, "words"),
            text[:MOST_TEXT],
        )
        for i, text in enumerate(given["text"])
    ]
    if visit.parameter("go"):
        kept = [(n, v) for n, v in visit.params if n in ("type", "year_from", "year_to", "lang", "scope")]
        asked = SearchRequest.from_params(kept).with_query(query(rows))
        return RedirectResponse(asked.to_url(f"{visit.prefix}/search"), 303, {"cache-control": "no-store"})
    while len(rows) < ROWS:
        rows.append(("and", ("all", "title", "author")[len(rows) % 3], "words", ""))
    asked = visit.search_request()
    shown = pages.AdvancedPage(
        site=visit.site(),
        rows=tuple(rows),
        fields=tuple(pages.Choice(visit.names.field(n), "", value=n) for n in BOX_FIELDS if n in FIELDS),
        types=tuple(
            pages.Channel(t.code, visit.names.channel(t.code), "", None, t.code in asked.type)
            for t in present.CHANNELS
        ),
        languages=(),
    )
    return answer.html(visit, visit.service.renderer.render("advanced.html", shown))


def _at(values: list[str], index: int, default: str) -> str:
    return values[index] if index < len(values) else default


def query(rows: list[tuple[str, str, str, str]]) -> str:
    """Rows (operator, field, how, text) as a query text that a reader can go on editing."""
    parts: list[str] = []
    for operator, field, how, text in rows:
        words = " ".join(text.replace('"', " ").split())
        if not words:
            continue
        if how == "phrase":
            words = f'"{words}"'
        elif how == "any":
            words = "(" + " OR ".join(words.split()) + ")" if " " in words else words
        elif " " in words:
            words = f"({words})"
        if field in FIELDS and field != "all":
            words = f"{field}:{words}"
        joined = {"or": "OR", "not": "NOT"}.get(operator, "AND")
        if not parts:
            parts.append(f"NOT {words}" if joined == "NOT" else words)
        elif joined == "OR":
            # Rows are read from top to bottom; OR binds more loosely than AND, so what stands above is
            # bracketed.
            parts = [f"({' '.join(parts)}) OR {words}" if len(parts) > 1 else f"{parts[0]} OR {words}"]
        else:
            above = f"({parts[0]})" if " OR " in parts[0] and len(parts) == 1 else " ".join(parts)
            parts = [f"{above} {joined} {words}"]
    return " ".join(parts)
