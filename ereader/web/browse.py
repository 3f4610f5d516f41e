"""Browsing by heading (标目浏览): the entry page, and the lists of authors, titles, subjects and journals."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from starlette.responses import Response

from ereader.search import class_tree, journals
from ereader.search.browse import BrowseEntry, BrowsePage, browse
from ereader.search.request import SearchRequest
from ereader.web import answer, errors
from ereader.web.handler import handler
from ereader.web.holdings import coverage
from ereader.web.visit import Visit
from indexer.headings import LETTERS, ORDERS
from ui import browse_pages as pages
from ui.pages import Choice, Text
from ui.presenters.text import language_tag, script_of, shorten

WAYS = ("author", "title", "subject", "class", "shelf", "journals", "new")
HEADINGS = {"author": "author", "title": "title", "subject": "subject", "journals": "journal"}
ICONS = {
    "author": "teacher",
    "title": "book",
    "subject": "i-text",
    "class": "i-filter",
    "shelf": "i-library",
    "journals": "journal",
    "new": "i-clock",
}
SIZE = 50
JOURNALS = 25
MOST_TYPED = 200
KNOWN_AS = 6  # other forms of a name that a line shows


def tabs(visit: Visit, current: str, scope: str | None = None) -> tuple[Choice, ...]:
    """The ways to browse, for the strip above every browse page; in the place of the page or in another."""
    kept = [("lang", visit.wanted)] if visit.wanted else []
    scope = visit.search_request().scope if scope is None else scope
    kept += [("scope", scope)] if scope else []
    return tuple(
        Choice(visit.texts(f"browse.{way}"), visit.url(f"/browse/{way}", kept), way == current, value=way)
        for way in WAYS
    )


def scope_of(visit: Visit) -> tuple[str, SearchRequest]:
    """The place that is browsed, and a search of everything in it: what every link begins with."""
    asked = SearchRequest(lang=visit.wanted, scope=visit.search_request().scope)
    return (visit.view.place if asked.scope == "own" else asked.scope), asked


def scopes(visit: Visit, here: Callable[[str], str]) -> tuple[Choice, ...]:
    """Own or everything, in the portal of a library or a consortium."""
    if visit.portal.place == "C:centre":
        return ()
    own = visit.texts("scope.own" if visit.portal.library else "scope.own_consortium")
    chosen = visit.search_request().scope
    return (
        Choice(own, here("own"), chosen in ("own", visit.portal.place)),
        Choice(visit.texts("scope.all"), here(""), not chosen),
    )


@handler
def entry(visit: Visit) -> Response:
    """GET /browse"""
    ways = []
    scope, _ = scope_of(visit)
    for tab in tabs(visit, ""):
        examples: tuple[Choice, ...] = ()
        if tab.value == "class":
            found = class_tree.schemes(visit.service.engine, visit.view, scope=scope)
            examples = tuple(
                Choice(
                    visit.names.value("class", n.path),
                    visit.url(f"/browse/class/{n.path}"),
                    value=f"{n.count:,}",
                )
                for n in found
            )
        elif tab.value in ("author", "title", "subject", "journals"):
            examples = tuple(
                Choice(letter, _address(visit, tab.value, "pinyin", letter=letter))
                for letter in LETTERS["pinyin"]
                if letter != "other"
            )
        text = visit.texts(f"browse.{tab.value}_text")
        ways.append(pages.BrowseWay(tab.label, tab.href, text, ICONS[tab.value], examples))
    shown = pages.BrowseEntry(visit.site(canonical=visit.absolute("/browse"), indexable=True), tuple(ways))
    return answer.html(visit, visit.service.renderer.render("browse.html", shown))


def _address(visit: Visit, way: str, order: str, **more: str) -> str:
    scope = visit.search_request().scope
    params = {"order": "" if order == "pinyin" else order, "scope": scope, "lang": visit.wanted} | more
    return visit.url(f"/browse/{way}", [(k, v) for k, v in params.items() if v])


@handler
def headings(visit: Visit, way: str) -> Response:
    """GET /browse/author, /browse/title, /browse/subject, /browse/journals"""
    if way not in HEADINGS:
        return errors.page(visit, 404)
    kind = HEADINGS[way]
    order = "stroke" if visit.parameter("order") == "stroke" else "pinyin"
    start = " ".join(visit.parameter("from", most=MOST_TYPED).split())
    scope, asked = scope_of(visit)
    letter = visit.parameter("letter") if visit.parameter("letter") in LETTERS[order] else ""
    found = browse(
        kind,
        visit.service.engine,
        visit.service.headings,
        visit.view,
        start=start,
        order=order,
        place=visit.parameter("place", most=1_200),
        letter=letter,
        backwards=visit.parameter("back") == "1",
        size=JOURNALS if kind == "journal" else SIZE,
        scope=scope,
        authorities=visit.service.authorities,
    )
    shown = _list(visit, way, found, asked, start, letter)
    return answer.html(visit, visit.service.renderer.render("browse_list.html", shown))


def _list(
    visit: Visit, way: str, found: BrowsePage, asked: SearchRequest, start: str, letter: str
) -> pages.BrowseList:
    texts, order = visit.texts, found.order
    at_letter = letter or next((e.letter for e in found.entries[max(0, found.position) :]), "")
    details = _journal_details(visit, found.entries) if found.kind == "journal" else {}

    def here(**more: str) -> str:
        return _address(visit, way, order, **more)

    return pages.BrowseList(
        site=visit.site(asked),
        kind=found.kind,
        title=texts("browse.by", what=texts(f"browse.{way}")),
        tabs=tabs(visit, way),
        lines=tuple(_lines(visit, found, asked, details)),
        letters=tuple(
            Choice(_letter(visit, order, one), here(letter=one), one == at_letter) for one in LETTERS[order]
        ),
        orders=tuple(
            Choice(texts(f"browse.order_{one}"), _address(visit, way, one), one == order) for one in ORDERS
        ),
        hidden=tuple(
            (name, value)
            for name, value in (
                ("order", order if order != "pinyin" else ""),
                ("scope", asked.scope),
                ("lang", visit.wanted),
            )
            if value
        ),
        start=start,
        missing=bool(start) and found.position >= 0 and not found.exact,
        making=found.state == "making",
        cut=found.cut,
        previous=here(place=found.previous, back="1") if found.previous else "",
        next=here(place=found.next) if found.next else "",
        scopes=scopes(visit, lambda scope: here(scope=scope)),
    )


def _letter(visit: Visit, order: str, letter: str) -> str:
    if letter == "other":
        return visit.texts("browse.other")
    return visit.texts("browse.strokes", n=letter) if order == "stroke" else letter


def _lines(
    visit: Visit, found: BrowsePage, asked: SearchRequest, details: Mapping[str, tuple[str, ...]]
) -> list[pages.HeadingLine]:
    kind = found.kind
    lines: list[pages.HeadingLine] = []
    letter = ""
    for n, one in enumerate(found.entries):
        new = one.letter if one.letter != letter else ""
        letter = one.letter
        search = link_of(visit, asked, kind, one.value) if one.count else ""
        journal = kind == "journal" and one.count
        params = [("title", one.value), *((("lang", visit.wanted),) if visit.wanted else ())]
        lines.append(
            pages.HeadingLine(
                text=_text(visit, kind, one.value),
                href=visit.url("/browse/journal", params) if journal else search,
                count=one.count,
                count_href=search if journal else "",
                letter=_letter(visit, found.order, new) if new else "",
                use=_choices(visit, asked, kind, one.use),
                see_also=_choices(visit, asked, kind, one.see_also),
                known_as=tuple(_text(visit, kind, form) for form in one.known_as[:KNOWN_AS]),
                dates=one.dates,
                details=details.get(one.value, ()),
                here=n == found.position,
            )
        )
    return lines


def link_of(visit: Visit, asked: SearchRequest, kind: str, value: str) -> str:
    """The search that finds exactly what a heading counts."""
    return asked.with_filter(kind, value).to_url(f"{visit.prefix}/search")


def _choices(
    visit: Visit, asked: SearchRequest, kind: str, found: Sequence[tuple[str, int]]
) -> tuple[Choice, ...]:
    return tuple(
        Choice(
            visit.names.value(kind, value),
            link_of(visit, asked, kind, value),
            False,
            language_tag(script_of(value)),
            f"{count:,}",
        )
        for value, count in found
    )


def _text(visit: Visit, kind: str, value: str) -> Text:
    return Text(shorten(visit.names.value(kind, value), 300), language_tag(script_of(value)))


def _journal_details(visit: Visit, entries: Sequence[BrowseEntry]) -> dict[str, tuple[str, ...]]:
    """ISSN, libraries and coverage of the journals that have a record of their own."""
    titles = [one.value for one in entries if one.count]
    scope, _ = scope_of(visit)
    found = journals.records_of(titles, visit.service.engine, visit.view, scope=scope)
    return {title: tuple(journal_details(visit, record)) for title, record in found.items()}


def journal_details(visit: Visit, record: journals.JournalRecord) -> list[str]:
    """What a line says of a journal: its number, who has it, and what of it there is."""
    texts = visit.texts
    details = [f"ISSN {record.issn}"] if record.issn else []
    if record.publisher:
        details.append(shorten(record.publisher, 80))
    if record.libraries:
        names = texts("site.comma").join(visit.names.library(id) for id in record.libraries[:3])
        more = len(record.libraries) - 3
        others = texts("hit.more_libraries", n=more, total=len(record.libraries)) if more > 0 else ""
        details.append(names + others)
    union = visit.service.store.union(record.id, visit.view)
    said = dict.fromkeys(
        coverage(holding.summary, texts)
        for source in (union.sources if union else ())
        for holding in source.record.holdings
        if holding.summary
    )
    details += [shorten(text, 120) for text in list(said)[:2] if text]
    return details
