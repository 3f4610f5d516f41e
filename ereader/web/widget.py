"""The search box for other people's pages (嵌入检索框): a script, a page for a frame, suggestions, help.

All of it shows what anyone may see in the portal, also to someone who is signed in here: pages of other sites
are not the place for what only some may see. Who may embed it is the list of origins in the portal's design.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec
from starlette.responses import Response

from ereader.search.request import encoded
from ereader.web import answer, cross_origin, errors, widget_options
from ereader.web.api import offered, offers
from ereader.web.handler import handler
from ereader.web.middleware.headers import POLICY
from ereader.web.visit import Visit
from ereader.web.widget_options import WidgetOptions, Words
from holdings.members.check_design import is_origin
from holdings.members.colour import is_colour, on
from holdings.members.names import Name
from holdings.members.registry import ANYONE
from holdings.members.view import View
from indexer.records.resource_type import BY_CODE
from ui import widget_pages as pages
from ui.language import LANGUAGES, catalogue
from ui.pages import Choice

ACCENT = "#26466d"  # as ui/static/site.css has it
WITH_FRAME = f"{POLICY}; frame-src 'self'"
TEXTS = (
    "box.label", "box.button", "box.placeholder", "suggest.label", "suggest.title", "suggest.name",
    "suggest.subject", "suggest.journal", "suggest.found", "results.channels", "widget.all_channels",
)  # fmt: skip


@handler
def script(visit: Visit) -> Response:
    """GET /widget.js"""
    assets = visit.service.renderer.assets.files
    # One file, so that one tag is enough: what our own pages import stands in front.
    parts = [assets[name].data.decode().replace("\nexport ", "\n") for name in ("suggest.js", "widget.js")]
    portal = msgspec.json.encode(_portal(visit)).decode()
    text = f"(() => {{\nconst portal = {portal};\n{''.join(parts)}\n}})();\n"
    response = answer.data(visit, text.encode(), "text/javascript; charset=utf-8")
    response.headers["cross-origin-resource-policy"] = "cross-origin"
    if not visit.signed_in:
        response.headers["cache-control"] = "public, max-age=600"
        response.headers["vary"] = "Accept-Encoding"
    return response


@handler
def about(visit: Visit) -> Response:
    """GET /widget/portal"""
    # No more than the start page tells everybody.
    return answer.json(visit, _own(visit))


def _own(visit: Visit) -> dict[str, object]:
    """What is the portal's own."""
    design = visit.portal.design
    accent = design.accent if is_colour(design.accent) else ACCENT
    name = visit.portal.name
    return {
        "id": visit.portal.id,
        "name": {lang: name.in_language(lang) for lang in LANGUAGES},
        "scope": design.scope,
        "accent": accent,
        "onAccent": on(accent),
    }


def _portal(visit: Visit) -> dict[str, object]:
    """What the script must know of the portal; nothing of its records."""
    return {
        **_own(visit),
        "channels": {
            t.code: {
                lang: catalogue(lang).maybe(f"channel.{t.code}", t.zh if lang.startswith("zh") else t.en)
                for lang in LANGUAGES
            }
            for t in BY_CODE.values()
        },
        "texts": {lang: {key: catalogue(lang)(key) for key in TEXTS} for lang in LANGUAGES},
    }


@handler
def suggest(visit: Visit) -> Response:
    """GET /widget/suggest"""
    # A browser names the origin whenever another site's page asks.
    if visit.request.headers.get("origin") and not (_here(visit) or cross_origin.allowed(visit)):
        return cross_origin.open_to(visit, errors.problem(visit, 403, visit.texts("widget.not_listed")))
    typed, found = offers(visit, open_view(visit))
    body = {"suggestions": offered(visit, typed, found)}
    return cross_origin.open_to(visit, answer.json(visit, body))


def open_view(visit: Visit) -> View:
    """What anyone may see in this portal."""
    return visit.members.view(visit.portal.place, ANYONE)


def _here(visit: Visit) -> bool:
    """Whether a page of this very host asks."""
    base = visit.request.base_url
    return visit.request.headers.get("origin", "").lower() == f"{base.scheme}://{base.netloc}".lower()


@handler
def frame(visit: Visit) -> Response:
    """GET /widget/frame"""
    options = widget_options.read(visit.params)
    lang = options.language or visit.lang
    if options.target == "_self":
        options = msgspec.structs.replace(options, target="_top")  # results do not stand in frames
    shown = pages.WidgetFrame(
        replace(visit.site(), lang=lang),
        visit.url("/search"),
        options.target or "_top",
        tuple(widget_options.hidden(options, visit.portal.design.scope)),
        channels(visit, options, lang) if len(options.channels) > 1 else (),
        options.placeholder,
        visit.url("/widget/suggest") if options.suggestions else "",
    )
    response = answer.html(visit, visit.service.renderer.render("widget_frame.html", shown))
    response.headers["content-language"] = lang
    response.headers["content-security-policy"] = framed_by(visit.portal.design.origins)
    return response


def framed_by(origins: tuple[str, ...]) -> str:
    """The policy of a page that this host and the listed sites may put in a frame."""
    listed = " ".join(["'self'", *(origin for origin in origins if is_origin(origin))])
    return POLICY.replace("frame-ancestors 'none'", f"frame-ancestors {listed}")


def channels(visit: Visit, options: WidgetOptions, lang: str) -> tuple[Choice, ...]:
    """The channels of a box that offers several."""
    texts = catalogue(lang)
    named = [(c, texts.maybe(f"channel.{c}", visit.names.type(c))) for c in options.channels]
    return tuple(Choice(label, "", value=code) for code, label in named)


def words_of(lang: str, name: str) -> Words:
    """What stands on a box."""
    texts = catalogue(lang)
    return Words(
        texts("box.label"), texts("box.placeholder"), texts("box.button"), texts("widget.title", name=name)
    )


@handler
def help(visit: Visit) -> Response:
    """GET /widget"""
    options = widget_options.read(visit.params)
    portal = visit.portal
    made = generator(visit, visit.absolute(""), visit.prefix, options, portal.name, portal.design.scope)
    shown = pages.WidgetHelp(visit.site(indexable=True), visit.url("/widget"), made)
    response = answer.html(visit, visit.service.renderer.render("widget.html", shown))
    response.headers["content-security-policy"] = WITH_FRAME
    return response


def generator(
    visit: Visit, portal: str, prefix: str, options: WidgetOptions, name: Name, scope: str
) -> pages.Generator:
    """The options as a form, and what is pasted for them; ``portal`` is the full address of the portal, and
    ``prefix`` the same within this host; ``name`` and ``scope`` are the portal's.
    """
    texts = visit.texts
    lang = options.language or visit.lang
    words = words_of(lang, name.in_language(lang) or visit.title())
    made = widget_options.pasted(portal, options, words, scope)
    query = encoded(options.pairs())
    return pages.Generator(
        tuple(
            pages.Snippet(key, texts(f"widget.{key}"), texts(f"widget.{key}_text"), made[key]) for key in made
        ),
        (
            Choice(texts("widget.language_auto"), "", not options.language, value=""),
            Choice("中文", "", options.language == "zh-CN", "zh-CN", "zh-CN"),
            Choice("English", "", options.language == "en", "en", "en"),
        ),
        tuple(
            Choice(visit.names.channel(t.code), "", t.code in options.channels, value=t.code)
            for t in sorted(BY_CODE.values(), key=lambda t: t.order)
        ),
        tuple(
            Choice(texts(f"widget.target{value or '_self'}"), "", value == options.target, value=value)
            for value in ("", "_blank", "_top")
        ),
        tuple(
            Choice(texts(f"widget.scope_{value or 'portal'}"), "", value == options.scope, value=value)
            for value in ("", *widget_options.SCOPES)
        ),
        options.placeholder,
        options.suggestions,
        f"{prefix}/widget/frame" + (f"?{query}" if query else ""),
    )


@handler
def example(visit: Visit) -> Response:
    """GET /widget/example"""
    options = WidgetOptions(language=visit.wanted)
    shown = pages.WidgetExample(
        visit.site(),
        visit.url("/widget.js"),
        visit.url("/widget/frame", options.pairs()),
        visit.url("/search"),
        tuple(widget_options.hidden(options, visit.portal.design.scope)),
    )
    response = answer.html(visit, visit.service.renderer.render("widget_example.html", shown))
    response.headers["content-security-policy"] = WITH_FRAME
    return response
