"""Where links lead and where they come from (链接质量): targets, reports of broken ones, sources, circuits.

The centre sees all of it, a library what its own readers met with.
"""

from __future__ import annotations

from starlette.responses import Response

from ereader.web.manage.frame import Scope, led
from ereader.web.manage.sheets import sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.natural import natural
from resolver.link_log import Referrer
from resolver.success import FLOOR, Success
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table

TAB = "links"
MOST_ROWS = 200
PICK = "report"
_MISSING_SHOWN = 3
_LEVELS = ("", "refused", "failed")  # classes of the words for 0, 1 and 2


def shown(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre/links, /manage/library/ID/links"""
    library = scope.id if scope.kind == "library" else None
    sections = [_reports(visit, scope, library), _targets(visit, library)]
    if library is None:
        sections += [_referrers(visit), _services(visit), _hosts(visit), _probes(visit)]
    return sheet(visit, scope, TAB, sections, lead=visit.texts("links.lead"))


def settled(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/centre/links, /manage/library/ID/links: reports that have been looked after"""
    library = scope.id if scope.kind == "library" else None
    numbers = [number for text in fields.all(PICK) if (number := natural(text)) is not None]
    done = sum(visit.service.links.settle(number, library) for number in numbers[:MOST_ROWS])
    return led(visit, f"{scope.path}/{TAB}", "links.settled", {"n": done})


def _reports(visit: Visit, scope: Scope, library: str | None) -> Section:
    texts = visit.texts
    found = [r for r in visit.service.links.reports() if library in (None, r.library)]
    rows = tuple(
        Row(
            (
                Cell(r.target, small=r.url[:200]),
                Cell(visit.names.library(r.library) if r.library else ""),
                Cell(r.made.replace("T", " ").removesuffix("Z")),
                Cell(r.note),
                Cell(texts("links.look"), visit.url("/resolver") + "?" + r.cited if r.cited else ""),
            ),
            value=str(r.number),
        )
        for r in found
    )
    table = Table(
        _columns(visit, "target", "library", "time", "note", "cited"), rows, texts("links.no_reports"), PICK
    )
    form = Form(
        visit.url(f"{scope.path}/{TAB}"),
        buttons=(Button(texts("links.settle"), main=True),) if rows else (),
        table=table,
    )
    return Section(texts("links.reports"), texts("links.reports_lead"), "reports", forms=(form,))


def _targets(visit: Visit, library: str | None) -> Section:
    texts = visit.texts
    found = [one for one in visit.service.links.success() if library in (None, one.library)]
    rows = tuple(_target(visit, one) for one in sorted(found, key=_worst)[:MOST_ROWS])
    columns = _columns(visit, "target", "library", "clicks", "reported", "rate", "state")
    lead = texts("links.targets_lead", n=int(FLOOR))
    return Section(
        texts("links.targets"), lead, "targets", table=Table(columns, rows, texts("links.no_targets"))
    )


def _worst(one: Success) -> tuple[int, float, str]:
    return -one.level, -one.tries, one.target


def _target(visit: Visit, one: Success) -> Row:
    known = one.tries >= FLOOR
    return Row(
        (
            Cell(one.target),
            Cell(visit.names.library(one.library) if one.library else ""),
            Cell(f"{one.clicks:,}", number=True),
            Cell(f"{one.reports:,}", number=True),
            Cell(f"{one.rate:.0%}" if known else "–", number=True),
            Cell(
                visit.texts(f"links.level_{one.level}" if known else "links.level_unknown"),
                state=_LEVELS[one.level],
            ),
        )
    )


def _referrers(visit: Visit) -> Section:
    texts = visit.texts
    rows = tuple(_referrer(visit, one) for one in visit.service.links.referrers()[:MOST_ROWS])
    columns = _columns(visit, "source", "kind", "links", "complete", "mended", "answered", "missing")
    return Section(
        texts("links.referrers"),
        texts("links.referrers_lead"),
        "referrers",
        table=Table(columns, rows, texts("links.no_referrers")),
    )


def _referrer(visit: Visit, one: Referrer) -> Row:
    total = max(one.links, 1)
    often = sorted(one.missing.items(), key=lambda m: (-m[1], m[0]))[:_MISSING_SHOWN]
    return Row(
        (
            Cell(one.referrer),
            Cell(one.kind),
            Cell(f"{one.links:,}", number=True),
            Cell(f"{one.score / total:.0%}", number=True),
            Cell(f"{one.mended / total:.0%}", number=True),
            Cell(f"{one.answered / total:.0%}", number=True),
            Cell(visit.texts("site.comma").join(f"{name} {count / total:.0%}" for name, count in often)),
        )
    )


def _services(visit: Visit) -> Section:
    texts = visit.texts
    rows = tuple(
        Row(
            (
                Cell(c.service, small=c.latest_failure),
                Cell(texts(f"links.circuit_{c.state}"), state="failed" if c.state == "open" else ""),
                Cell(f"{c.asked:,}", number=True),
                Cell(f"{c.failed:,}", number=True),
                Cell(f"{c.late:,}", number=True),
                Cell(f"{c.seconds:.2f}", number=True),
            )
        )
        for c in visit.service.resolver.circuits()
    )
    columns = _columns(visit, "service", "state", "asked", "failed", "late", "seconds")
    return Section(
        texts("links.services"),
        texts("links.services_lead"),
        "services",
        table=Table(columns, rows, texts("links.no_services")),
    )


def _hosts(visit: Visit) -> Section:
    texts = visit.texts
    rows = tuple(
        Row(
            (
                Cell(h.host, small=h.last_error[:200]),
                Cell(texts.maybe(f"links.circuit_{h.state}", h.state)),
                Cell(f"{h.asked:,}", number=True),
                Cell(f"{h.failed:,}", number=True),
                Cell(f"{h.seconds:.2f}", number=True),
                Cell(h.last_success),
            )
        )
        for h in visit.service.outside.health()[:MOST_ROWS]
    )
    columns = _columns(visit, "host", "state", "asked", "failed", "seconds", "reached")
    return Section(
        texts("links.hosts"),
        texts("links.hosts_lead"),
        "hosts",
        table=Table(columns, rows, texts("links.no_hosts")),
    )


def _probes(visit: Visit) -> Section:
    texts = visit.texts
    rows = tuple(
        Row((Cell(p.target), Cell(p.url[:200]), Cell(str(p.status or ""), small=p.said), Cell(p.made)))
        for p in visit.service.links.probes(most=MOST_ROWS)
    )
    columns = _columns(visit, "target", "address", "got", "time")
    return Section(
        texts("links.probes"),
        texts("links.probes_lead"),
        "probes",
        table=Table(columns, rows, texts("links.no_probes")),
    )


def _columns(visit: Visit, *names: str) -> tuple[str, ...]:
    return tuple(visit.texts(f"links.{name}") for name in names)
