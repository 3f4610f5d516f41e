"""From page values to HTML (页面渲染)."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from typing import Any, Protocol

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from ui.assets import Assets
from ui.fragments import Fragments
from ui.language import LANGUAGES, Catalogue, catalogue
from ui.pages import Site
from ui.presenters.text import marked, plain


class Page(Protocol):
    """Any page value: it knows its site."""

    @property
    def site(self) -> Site: ...


def _source(name: str) -> str | None:
    entry = files("ui").joinpath("templates", name)
    return entry.read_text(encoding="utf-8") if entry.is_file() else None


class Renderer:
    """Prints pages with the templates of this package; safe to use from several threads.

    Every value is escaped; the templates have no inline script and no style attribute, so that a
    strict content
    security policy holds.
    """

    def __init__(self, assets: Assets | None = None) -> None:
        self.assets = assets or Assets()
        self._environments = {lang: self._environment(catalogue(lang)) for lang in LANGUAGES}
        self._templates: dict[tuple[str, str], Template] = {}

    def _environment(self, texts: Catalogue) -> Environment:
        environment = Environment(
            loader=FunctionLoader(_source), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True, auto_reload=False, cache_size=-1,
        )  # fmt: skip
        environment.filters["marked"] = marked
        environment.filters["plain"] = plain
        environment.filters["n"] = lambda value: f"{value:,}"
        pieces = Fragments(texts, self.assets.address)
        helpers: dict[str, Callable[..., Any]] = {
            "t": texts,
            "asset": self.assets.address,
            "icon": pieces.icon,
            "text": pieces.text,
            "hit_body": pieces.hit_body,
            "facet_values": pieces.facet_values,
            "bars": pieces.bars,
            "bar_rows": pieces.bar_rows,
        }
        environment.globals.update(helpers)
        environment.globals["interface"] = texts.lang
        return environment

    def render(self, template: str, page: Page) -> str:
        """The HTML of a page; ``template`` is the name of a file in ``templates/``."""
        lang = page.site.lang
        found = self._templates.get((lang, template))
        if found is None:
            found = self._templates[lang, template] = self._environments[lang].get_template(template)
        return found.render(page=page, site=page.site)
