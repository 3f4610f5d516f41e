"""A journal with its articles (期刊浏览), and what is new (新到文献)."""

from __future__ import annotations

from starlette.responses import Response

from ereader.search import journals, pipeline
from ereader.search.arrivals import PERIODS
from ereader.search.request import SearchRequest
from ereader.web import answer, browse, errors, present
from ereader.web.handler import handler
from ereader.web.visit import Visit
from indexer.index.engine import SearchCall
from indexer.index.query import Everything
from ui import browse_pages as pages
from ui.pages import Channel, Choice, Text
from ui.presenters.text import language_tag, script_of, shorten

NEW = 20
PEOPLE = 3
LIBRARIES = 24


@handler
def journal(visit: Visit) -> Response:
    """GET /browse/journal?title=…&year=…"""
    title = visit.parameter("title", most=400).strip()
    if not title:
        return errors.page(visit, 404)
    texts, names, engine = visit.texts, visit.names, visit.service.engine
    scope, asked = browse.scope_of(visit)
    titles = _forms(visit, title)
    found = journals.years_of(titles, engine, visit.view, scope=scope)
    if not found.total and found.record is None:
        return errors.page(visit, 404)
    known = dict(found.years)
    year = _year(visit.parameter("year"), found.years)
    volumes = journals.issues_of(titles, year, engine, visit.view, scope=scope) if year in known else ()
    search = asked
    for one in titles:
        search = search.with_filter("journal", one)
    articles = search.excluding("type", "journal")
    path = f"{visit.prefix}/search"

    def of_year(request: SearchRequest, wanted: int) -> str:
        return request.with_year(wanted, wanted).to_url(path) if wanted != journals.NO_YEAR else ""

    def here(wanted: int) -> str:
        params = [("title", title), ("year", str(wanted) if wanted else "none")]
        return visit.url("/browse/journal", [*params, *_kept(visit)])

    def label(wanted: int) -> str:
        return names.year(wanted) if wanted != journals.NO_YEAR else texts("browse.no_year")

    listed = sum(v.count for v in volumes)
    shown = pages.JournalPage(
        site=visit.site(asked),
        title=Text(shorten(title, 300), language_tag(script_of(title))),
        tabs=browse.tabs(visit, "journals"),
        total=found.total,
        total_href=articles.to_url(path),
        years=tuple(Choice(label(y), here(y), y == year, value=f"{n:,}") for y, n in found.years),
        year=label(year) if year in known else "",
        volumes=tuple(_volume(visit, volume) for volume in volumes),
        record_href=visit.url(f"/record/{found.record.id}", _kept(visit)) if found.record else "",
        details=tuple(browse.journal_details(visit, found.record)) if found.record else (),
        more=max(0, known.get(year, 0) - listed),
        year_href=of_year(articles, year),
        list_href=visit.url("/browse/journals", [("from", title[: browse.MOST_TYPED]), *_kept(visit)]),
    )
    return answer.html(visit, visit.service.renderer.render("browse_journal.html", shown))


def _forms(visit: Visit, title: str) -> tuple[str, ...]:
    """A title and the other forms of it that records of the view have: the list knows those of all."""
    others = [form for form in visit.service.headings.same("journal", title) if form != title]
    call = SearchCall(Everything(), visit.view)
    counts = visit.service.engine.counts(call, "journal", others) if others else []
    return (title, *(form for form, count in zip(others, counts, strict=True) if count))


def _kept(visit: Visit) -> list[tuple[str, str]]:
    scope = visit.search_request().scope
    return [(k, v) for k, v in (("scope", scope), ("lang", visit.wanted)) if v]


def _year(given: str, years: tuple[tuple[int, int], ...]) -> int:
    """The year asked for, else the newest there is."""
    if given == "none":
        return journals.NO_YEAR
    try:
        return int(given[:6])
    except ValueError:
        return years[0][0] if years else journals.NO_YEAR


def _volume(visit: Visit, volume: journals.Volume) -> pages.VolumeBlock:
    texts = visit.texts
    return pages.VolumeBlock(
        label=texts("browse.volume", name=shorten(volume.name, 60)) if volume.name else "",
        count=volume.count,
        issues=tuple(
            pages.IssueBlock(
                texts("browse.issue", name=shorten(issue.name, 60)) if issue.name else "",
                tuple(_article(visit, article) for article in issue.articles),
            )
            for issue in volume.issues
        ),
    )


def _article(visit: Visit, article: journals.Article) -> pages.ArticleLine:
    display = article.display
    tag = language_tag(display.title_script or script_of(display.title), display.languages)
    return pages.ArticleLine(
        href=visit.url(f"/record/{article.id}", [("lang", visit.wanted)] if visit.wanted else []),
        title=Text(shorten(display.title or visit.texts("hit.untitled"), 300), tag),
        people=tuple(
            Text(shorten(name, 80), language_tag(script_of(name), display.languages))
            for name in display.contributors[:PEOPLE]
        ),
        pages=shorten(article.pages, 40),
    )


def years(visit: Visit, title: str) -> tuple[Choice, ...]:
    """The years of a journal's articles, for the page of its record."""
    found = journals.years_of(_forms(visit, title), visit.service.engine, visit.view)
    return tuple(
        Choice(
            visit.names.year(year) if year != journals.NO_YEAR else visit.texts("browse.no_year"),
            visit.url(
                "/browse/journal", [("title", title), ("year", str(year) if year else "none"), *_kept(visit)]
            ),
            value=f"{count:,}",
        )
        for year, count in found.years
    )


@handler
def new(visit: Visit) -> Response:
    """GET /browse/new?added=30&type=…&f.library=…"""
    asked = visit.search_request().with_cursor("")
    if asked.added <= 0:
        asked = asked.with_added(PERIODS[1])
    asked = SearchRequest(
        type=asked.type,
        filters=tuple(f for f in asked.filters if f[0] == "library"),
        sort="added",
        size=NEW,
        lang=asked.lang,
        scope=asked.scope,
        added=asked.added,
    )
    found = pipeline.search(asked, visit.view, visit.service.engine, facets=("library",))
    path = f"{visit.prefix}/search"

    def here(request: SearchRequest) -> str:
        params = [p for p in request.to_params() if p[0] not in ("sort", "size")]
        return visit.url("/browse/new", params)

    chosen = {value for _, value in asked.filters}
    listed = pipeline.list_facet(asked, visit.view, visit.service.engine, "library", limit=LIBRARIES)
    types = present.channels(visit, asked, found.channels, sum(v.count for v in found.channels))
    shown = pages.ArrivalsPage(
        site=visit.site(asked.with_added(0).without_filters()),
        title=visit.texts("browse.new"),
        tabs=browse.tabs(visit, "new"),
        periods=tuple(
            Choice(visit.texts("browse.days", n=days), here(asked.with_added(days)), days == asked.added)
            for days in sorted({*PERIODS, asked.added})
        ),
        total=found.total,
        types=tuple(
            Channel(c.code, c.label, here(asked.with_type(c.code)), c.count, c.current) for c in types
        ),
        libraries=tuple(
            Choice(
                visit.names.library(v.value),
                here(
                    asked.without_filter("library", v.value)
                    if v.value in chosen
                    else asked.with_filter("library", v.value)
                ),
                v.value in chosen,
                value=f"{v.count:,}",
            )
            for v in (listed.values if listed else ())
            if v.count or v.value in chosen
        ),
        hits=present.plain_hits(visit, ((h.id, h.display) for h in found.hits)),
        all_href=asked.to_url(path),
        feed_href=asked.to_url(f"{visit.prefix}/search.atom"),
    )
    return answer.html(visit, visit.service.renderer.render("browse_new.html", shown))
