"""How a portal looks, in its console (门户设计): worked on as a draft beside a preview, then published.

Every button sends the whole form, so all works without script; a script only saves the reloading.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import sqlalchemy as sa
from starlette.responses import Response

from ereader import design_drafts, logos
from ereader.auth import audit
from ereader.search.facet_list import SHOWN
from ereader.web import errors
from ereader.web.handler import Endpoint
from ereader.web.manage import design_form
from ereader.web.manage.frame import Scope, frame_of, led, page, refusal, saved, scope_of
from ereader.web.manage.scopes import Kind
from ereader.web.middleware.headers import POLICY
from ereader.web.portal_style import tones
from ereader.web.posted import Fields
from ereader.web.upload import Received, uploading
from ereader.web.visit import Visit
from holdings.members import Configuration
from holdings.members.check_design import Fault, faults
from holdings.members.consortium import CENTRE
from holdings.members.design import BLOCK_KINDS, REPEATED, SEVERITIES, Block, Design
from holdings.members.registry import Members
from holdings.members.safe_css import safe_css
from ui import manage_design_pages as pages
from ui.pages import Choice

WITH_FRAME = f"{POLICY}; frame-src 'self'"
MOST_FIELDS, MOST_BODY = 800, 400_000
MOST_PICTURE = logos.MOST_BYTES + 10_000  # with what a form has around it
LOOKED_AT = 200  # entries of the log in which the design before this one is looked for


def shown(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/design, /manage/consortium/ID/design, /manage/centre/design"""
    published = design_of(visit.members, scope)
    held = design_drafts.find(_engine(visit), place_of(scope), scope.actor.name)
    response = page(visit, "manage/design.html", _page(visit, scope, held or published, held is not None))
    response.headers["content-security-policy"] = WITH_FRAME
    return response


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/library/ID/design, /manage/consortium/ID/design, /manage/centre/design"""
    action = fields.get("do", "preview")
    path = f"{scope.path}/design"
    published = design_of(visit.members, scope)
    if action == "discard":
        design_drafts.drop(_engine(visit), place_of(scope), scope.actor.name)
        return led(visit, path, "design.discarded")
    if action == "undo":
        return _undone(visit, scope, published)
    held = design_drafts.find(_engine(visit), place_of(scope), scope.actor.name) or published
    scopes = {value for value, _ in scopes_of(visit, scope)}
    design = design_form.done(design_form.read(fields, held, scopes), action, fields)
    # Who may embed the portal is said on another page.
    design = msgspec.structs.replace(design, origins=published.origins)
    design_drafts.keep(_engine(visit), place_of(scope), scope.actor.name, design)
    if action != "save":
        return led(visit, f"{path}#{_section(action)}")
    if _faults(visit, scope, design):
        return led(visit, path, "design.not_saved")
    saved(visit, with_design(visit.members, scope, design))
    design_drafts.drop(_engine(visit), place_of(scope), scope.actor.name)
    return led(visit, path, "design.saved")


def picturing(kind: Kind) -> Endpoint:
    """The endpoint that takes a picture to stand beside the portal's name."""

    def before(visit: Visit, id: str = "") -> Response | None:
        return refusal(visit, kind, "design", id)

    def work(visit: Visit, received: Received, id: str = "") -> Response:
        """POST /manage/library/ID/design/logo and so on"""
        scope = scope_of(visit, kind, id, "design")
        return _pictured(visit, scope, received) if scope else errors.page(visit, 404)

    return uploading(before, work, MOST_PICTURE)


def _pictured(visit: Visit, scope: Scope, received: Received) -> Response:
    path = f"{scope.path}/design"
    if received.fault or not received.files:
        code = "picture_size" if received.fault == "too-large" else "picture_none"
        return led(visit, path, f"design.{code}")
    data = (received.folder / received.files[0]).read_bytes()
    name, fault = logos.keep(visit.service.installation.home, data)
    if fault:
        return led(visit, path, f"design.{fault}")
    published = design_of(visit.members, scope)
    held = design_drafts.find(_engine(visit), place_of(scope), scope.actor.name) or published
    design = msgspec.structs.replace(held, logo=name)
    design_drafts.keep(_engine(visit), place_of(scope), scope.actor.name, design)
    return led(visit, path, "design.picture_kept")


def place_of(scope: Scope) -> str:
    """The place whose portal this is."""
    return f"L:{scope.id}" if scope.kind == "library" else f"C:{portal_of(scope)}"


def portal_of(scope: Scope) -> str:
    """The id of the portal."""
    return CENTRE if scope.kind == "centre" else scope.id


def design_of(members: Members, scope: Scope) -> Design:
    """The published design."""
    if scope.kind == "library":
        return members.libraries()[scope.id].portal.design
    return members.consortia()[portal_of(scope)].design


def with_design(members: Members, scope: Scope, design: Design) -> Configuration:
    """The change that publishes a design."""
    if scope.kind == "library":
        library = members.libraries()[scope.id]
        portal = msgspec.structs.replace(library.portal, design=design)
        return Configuration(libraries=(msgspec.structs.replace(library, portal=portal),))
    consortium = members.consortia()[portal_of(scope)]
    return Configuration(consortia=(msgspec.structs.replace(consortium, design=design),))


def scopes_of(visit: Visit, scope: Scope) -> list[tuple[str, str]]:
    """Where the boxes of the portal can search unless a reader chooses otherwise, with their names."""
    found = [("", visit.texts("scope.all"))]
    if scope.kind == "centre":
        return found
    own = "scope.own" if scope.kind == "library" else "scope.own_consortium"
    found.append(("own", visit.texts(own)))
    if scope.kind == "library":
        included = visit.members.libraries()[scope.id].portal.includes
        found += [(f"C:{c}", visit.names.place(f"C:{c}")) for c in included if c != CENTRE]
    return found


def _undone(visit: Visit, scope: Scope, published: Design) -> Response:
    """Publishes the design before this one again."""
    path = f"{scope.path}/design"
    before, _ = _before(visit, scope)
    if before is None:
        return led(visit, path, "design.no_undo")
    before = msgspec.structs.replace(before, origins=published.origins)
    saved(visit, with_design(visit.members, scope, before), "undo")
    design_drafts.drop(_engine(visit), place_of(scope), scope.actor.name)
    return led(visit, path, "design.undone")


def _before(visit: Visit, scope: Scope) -> tuple[Design | None, str]:
    """The design that the published one has replaced, and when; None where the log knows none."""
    library = scope.kind == "library"
    target = f"library/{scope.id}" if library else f"consortium/{portal_of(scope)}"
    for entry in reversed(audit.entries(_engine(visit), target=target, latest=LOOKED_AT)):
        found = []
        for value in (entry.before, entry.after):
            holder = (value or {}).get("portal", {}) if library else (value or {})
            try:
                found.append(msgspec.convert(holder.get("design", {}), Design, strict=False))
            except msgspec.ValidationError:
                return None, ""
        # Another page sets who may embed the portal; that is no other design.
        before, after = (msgspec.structs.replace(d, origins=()) for d in found)
        if before != after:
            return before, entry.time
    return None, ""


def _engine(visit: Visit) -> sa.Engine:
    return visit.service.accounts.engine


def _section(action: str) -> str:
    what = action.partition(":")[0]
    part = what.partition("-")[0]
    sections = {"up": "blocks", "down": "blocks", "remove": "blocks", "add": "blocks", "notice": "notices"}
    return (
        {"channel": "channels", "facet": "facets"}.get(part)
        or sections.get(what)
        or sections.get(part, "main")
    )


def _faults(visit: Visit, scope: Scope, design: Design) -> list[Fault]:
    places = [value for value, _ in scopes_of(visit, scope)]
    return faults(design, types=design_form.TYPES, facets=SHOWN, places=places)


def _page(visit: Visit, scope: Scope, design: Design, draft: bool) -> pages.DesignPage:
    texts = visit.texts
    portal = f"/at/{portal_of(scope)}/"
    _, undo = _before(visit, scope)
    picture = logos.size_of(visit.service.installation.home, design.logo) if design.logo else None
    kinds = {block.kind for block in design.blocks}
    return pages.DesignPage(
        site=visit.site(),
        frame=frame_of(visit, scope, "design"),
        action=visit.url(f"{scope.path}/design"),
        upload=visit.url(f"{scope.path}/design/logo"),
        portal=portal,
        preview=f"{portal}?draft=1&lang={visit.lang}",
        tagline=(design.tagline.zh, design.tagline.en),
        logo=f"{portal}logo/{design.logo}?draft=1" if picture else "",
        accent=design.accent,
        band=design.band,
        colours=tuple(
            pages.ColourLine(
                texts(f"design.tone_{t.use}"), t.colour, t.ground, f"{int(t.ratio * 100) / 100:.2f}", t.enough
            )
            for t in tones(design)
        ),
        scopes=tuple(
            Choice(label, "", value == design.scope, value=value) for value, label in scopes_of(visit, scope)
        ),
        blocks=tuple(_blocks(visit, design.blocks)),
        kinds=tuple(
            Choice(texts(f"design.block_{kind}"), "", value=kind)
            for kind in BLOCK_KINDS
            if kind in REPEATED or kind not in kinds
        ),
        notices=tuple(
            pages.NoticeForm(
                number,
                (n.text.zh, n.text.en),
                tuple(
                    Choice(texts(f"design.severity_{s}"), "", s == n.severity, value=s) for s in SEVERITIES
                ),
                n.begins.isoformat() if n.begins else "",
                n.ends.isoformat() if n.ends else "",
                n.href,
            )
            for number, n in enumerate(design.notices)
        ),
        channels=_listed(design_form.listed(design.channels, design_form.TYPES), visit.names.channel),
        facets=_listed(design_form.listed(design.facets, SHOWN), visit.names.facet),
        footer=design_form.lines_of(design.footer),
        css=design.css,
        faults=tuple(
            (_where(visit, fault.key), texts(f"design.fault_{fault.code}", **fault.values))
            for fault in _faults(visit, scope, design)
        ),
        left_out=tuple(
            texts(f"design.left_{left.reason}", line=left.line, what=left.what)
            for left in safe_css(design.css).left_out
        ),
        draft=draft,
        undo=undo[:10],
    )


def _blocks(visit: Visit, blocks: tuple[Block, ...]) -> Iterator[pages.BlockForm]:
    for number, block in enumerate(blocks):
        yield pages.BlockForm(
            number,
            block.kind,
            visit.texts(f"design.block_{block.kind}"),
            (block.title.zh, block.title.en),
            (block.text.zh, block.text.en) if block.kind == "text" else None,
            design_form.lines_of(block.links) if block.kind == "links" else None,
            number == 0,
            number == len(blocks) - 1,
        )


def _listed(values: list[tuple[str, bool]], label: Callable[[str], str]) -> tuple[pages.Listed, ...]:
    last = sum(chosen for _, chosen in values) - 1
    return tuple(
        pages.Listed(value, label(value), chosen, n == 0 or not chosen, n >= last)
        for n, (value, chosen) in enumerate(values)
    )


def _where(visit: Visit, key: str) -> str:
    """The part of the form that a fault is about."""
    first, _, rest = key.partition(".")
    number = rest.partition(".")[0]
    name = visit.texts(f"design.part_{first}")
    return f"{name} {number}" if number.isdecimal() else name
