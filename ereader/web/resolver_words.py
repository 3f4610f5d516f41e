"""Ways to what a link cites, in words (途径表述): names, reasons and extents in the visitor's language."""

from __future__ import annotations

from typing import Any

import msgspec

from ereader.web import holdings, resolver_go
from ereader.web.visit import Visit
from holdings.members.user import STAFF_ROLES
from resolver.citation import Citation
from resolver.knowledge_base.coverage import Coverage
from resolver.rank import TYPES
from resolver.resolve import Resolution
from resolver.service import Answer, LeftOut, Wanted
from ui.resolver_pages import CitedThing, Way, WaySection


def told(visit: Visit, wanted: Wanted, resolution: Resolution, name: str = "") -> dict[str, Any]:
    """The ways as programs read them, names and reasons in the visitor's language."""
    shown = shown_left_out(visit, wanted, resolution)
    return {
        "citation": msgspec.to_builtins(wanted.citation),
        "answers": [
            {
                "service": a.service,
                "type": a.type,
                "label": label(visit, a),
                "url": _url(visit, a),
                "go": visit.absolute(go.removeprefix(visit.prefix))
                if (go := resolver_go.address(visit, wanted, a, name))
                else "",
                "reason": reason(visit, a.reason, a.values),
                "reason_code": a.reason,
                "coverage": coverage(visit, a),
                "free": a.free,
                "direct": a.direct,
                "own": a.own,
                "proxied": a.proxied,
                "match": a.match,
                "cost": "free" if a.free else ("licensed" if a.licensed else ""),
                "as_of": a.as_of,
                "available": a.available,
                "section": visit.texts(f"resolver.section_{a.type}"),
                "marks": marks(visit, a),
            }
            for a in resolution.answers
        ],
        "left_out": [
            {"label": out.label, "reason": reason(visit, out.reason, out.values), "reason_code": out.reason}
            for out in shown
        ],
        "pending": list(resolution.pending),
    }


def shown_left_out(visit: Visit, wanted: Wanted, resolution: Resolution) -> list[LeftOut]:
    """What did not lead there, as far as it is of use to this visitor: staff of the library see all."""
    staff = wanted.asker.library == visit.viewer.library and STAFF_ROLES.intersection(visit.viewer.roles)
    return [out for out in resolution.left_out if staff or not out.for_staff]


def label(visit: Visit, given: Answer) -> str:
    """What a way is called: its own name, or the name of its kind."""
    return given.label or visit.texts(f"resolver.type_{given.type}")


def reason(visit: Visit, code: str, values: tuple[tuple[str, str], ...]) -> str:
    """A reason in the visitor's language; a code that a plug-in made up is shown as it is."""
    filled = dict(values)
    if "version" in filled:
        said = filled["version"]
        filled["version"] = visit.texts.maybe(f"resolver.version_{said}", said or "?")
    name = f"resolver.why_{code.replace('-', '_')}"
    if code.startswith("ill-") and not filled.get("libraries"):
        name = "resolver.why_ill_nobody_here"
    return visit.texts(name, **filled) if name in visit.texts.texts else code


def coverage(visit: Visit, given: Answer) -> str:
    """How far it reaches, in words."""
    if given.extent is not None:
        return holdings.coverage(written(given.extent), visit.texts)
    return holdings.coverage(given.summary, visit.texts)


def written(extent: Coverage) -> str:
    """An extent as holdings statements of lists have it: ``v. 1 (1950) - v. 9 (1960); embargo P1Y``."""
    if extent == Coverage():
        return ""

    def end(volume: str, when: str) -> str:
        said = f"v. {volume}" if volume else ""
        return f"{said} ({when})" if said and when else said or when

    begins = end(extent.first_volume, extent.first_date)
    ends = end(extent.last_volume, extent.last_date)
    embargo = "".join(f"; embargo {part}" for part in extent.embargo.split(";") if part)
    return f"{begins} - {ends}".strip() + embargo if begins or ends else embargo.removeprefix("; ")


def _url(visit: Visit, given: Answer) -> str:
    return (
        visit.absolute("") + given.url.removeprefix(visit.prefix) if given.url.startswith("/") else given.url
    )


def sections(visit: Visit, wanted: Wanted, resolution: Resolution) -> tuple[WaySection, ...]:
    """The ways by their kinds, as they are printed."""
    name = resolver_go.list_name()
    made = []
    for kind in TYPES:
        listed = tuple(_way(visit, wanted, a, name) for a in resolution.answers if a.type == kind)
        if listed:
            made.append(WaySection(kind, visit.texts(f"resolver.section_{kind}"), listed))
    return tuple(made)


def left_out(visit: Visit, wanted: Wanted, resolution: Resolution) -> tuple[tuple[str, str], ...]:
    """What did not lead there, with the reason in words."""
    return tuple(
        (out.label, reason(visit, out.reason, out.values))
        for out in shown_left_out(visit, wanted, resolution)
    )


def _way(visit: Visit, wanted: Wanted, given: Answer, name: str) -> Way:
    routed = resolver_go.address(visit, wanted, given, name)
    return Way(
        label=label(visit, given),
        href=routed or given.url,
        external=not given.url.startswith("/"),
        host=resolver_go.host(given) if routed else "",
        report_href=resolver_go.report_address(visit, wanted, given) if routed else "",
        reason=reason(visit, given.reason, given.values),
        coverage=coverage(visit, given) if given.extent is not None else "",
        marks=marks(visit, given),
    )


def marks(visit: Visit, given: Answer) -> tuple[str, ...]:
    """What to know of a way before taking it, in words."""
    said = (
        ("free", given.free),
        ("proxied", given.proxied),
        ("access_unknown", given.type == "landing" and not given.own),
        ("title_page", given.type == "fulltext" and not given.direct),
        ("unsure", given.match == "unsure"),
        ("edition", given.match == "edition"),
    )
    available = [visit.texts(f"resolver.available_{given.available}")] if given.available else []
    return tuple([visit.texts(f"resolver.mark_{name}") for name, holds in said if holds] + available)


def cited(visit: Visit, citation: Citation) -> CitedThing:
    """What is looked for, as a reader reads a reference."""
    texts = visit.texts
    pages = "-".join(
        filter(None, (citation.spage, citation.epage if citation.epage != citation.spage else None))
    )
    numbers = [
        texts("resolver.volume", n=citation.volume) if citation.volume else "",
        texts("resolver.issue", n=citation.issue) if citation.issue else "",
        texts("resolver.pages", n=pages) if pages else "",
    ]
    return CitedThing(
        title=citation.title or citation.container_title or texts("hit.untitled"),
        author=citation.author or "",
        inside=(citation.container_title or "") if citation.title else "",
        details=" · ".join(filter(None, (citation.date or "", *numbers))),
        numbers=tuple(
            filter(
                None, (citation.isbn and f"ISBN {citation.isbn}", citation.issn and f"ISSN {citation.issn}")
            )
        ),
    )
