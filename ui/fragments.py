"""The small pieces a page has hundreds of (页面零件): icons, values of records, hits, facet values.

They are functions and not macros because a result page is mostly made of them: the templates hold the rest.
Each escapes every value it is given and answers with markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from html import escape

from markupsafe import Markup

from ui.language import Catalogue
from ui.pages import Bar, FacetValue, Hit, Text
from ui.presenters.text import marked


class Fragments:
    """The pieces in one language (页面零件)."""

    def __init__(self, texts: Catalogue, address: Callable[[str], str]) -> None:
        self.texts = texts
        sprite = escape(address("icons.svg"))

        @cache
        def icon(name: str, kind: str = "") -> Markup:
            classes = escape(f"icon {kind}" if kind else "icon")
            return Markup(  # noqa: S704 - both names are escaped
                f'<svg class="{classes}" aria-hidden="true"><use href="{sprite}#{escape(name)}"/></svg>'
            )

        self.icon = icon

    def text(self, value: Text) -> Markup:
        """A value of a record in its own language and direction."""
        return Markup(_text(value))  # noqa: S704 - escaped by _text

    def hit_body(self, hit: Hit, level: str) -> Markup:
        """One line of a list: what it is, who made it, and how to get it; ``level`` is its heading."""
        t = self.texts
        title = f'<a href="{escape(hit.href)}">{_text(hit.title)}</a>'
        out = [f'<div class="hit">\n<{level}>{title}</{level}>\n']
        if hit.remainder:
            out.append(f'<p class="line">{_text(hit.remainder)}</p>\n')
        if hit.romanised:
            out.append(f'<p class="rom" dir="auto">{marked(hit.romanised)}</p>\n')
        out.append(f'<p class="line"><span class="kind">{escape(hit.type_label)}</span>')
        if hit.contributors:
            names = "; ".join(_text(name) for name in hit.contributors)
            total = len(hit.contributors) + hit.contributors_more
            others = t("hit.others", n=hit.contributors_more, total=total) if hit.contributors_more else ""
            out.append(f' <span class="people">{names}{escape(others)}</span>')
        if hit.host:
            detail = f" {escape(hit.host_detail)}" if hit.host_detail else ""
            out.append(f" <span>{escape(t('hit.in'))}{_text(hit.host)}{detail}</span>")
        out += [f" <span>{_text(part)}</span>" for part in hit.imprint]
        out.append("</p>\n")
        if hit.snippet:
            lang = f' lang="{escape(hit.snippet.lang)}"' if hit.snippet.lang else ""
            label = f"{escape(hit.snippet_label)}{t('site.colon')}" if hit.snippet_label else ""
            out.append(f'<p class="snippet"{lang} dir="auto">{label}{marked(hit.snippet.value)}</p>\n')
        if hit.fulltext or hit.libraries or hit.ways_href:
            out += self._get(hit)
        if hit.editions:
            label = escape(t("hit.editions", n=hit.editions))
            out.append(
                f'<p class="line"><a class="editions" href="{escape(hit.editions_href)}">{label}</a></p>\n'
            )
        if hit.also:
            out += self._also(hit)
        if hit.coins:
            out.append(f'<span class="Z3988" title="{escape(hit.coins)}" aria-hidden="true"></span>\n')
        out.append("</div>\n")
        return Markup("".join(out))  # noqa: S704 - every part is escaped above

    def _get(self, hit: Hit) -> Iterable[str]:
        t = self.texts
        yield '<p class="get">'
        if hit.fulltext:
            label = self.icon("i-text") + (hit.fulltext_label or t("hit.fulltext"))
            yield f'<a href="{escape(hit.fulltext)}" rel="noopener noreferrer external">{label}</a>'
        if hit.libraries:
            names = t("site.comma").join(hit.libraries)
            total = len(hit.libraries) + hit.libraries_more
            more = t("hit.more_libraries", n=hit.libraries_more, total=total) if hit.libraries_more else ""
            held = t("hit.own" if hit.own else "hit.held" if hit.shelved else "hit.from")
            yield f'<span class="held">{escape(held + names + more)}</span>'
        if hit.availability:
            now = escape(t("availability.now"))
            address = f'href="{escape(hit.availability_href)}" data-availability="{escape(hit.availability)}"'
            yield f'<a {address} rel="nofollow">{now}</a>'
        if hit.ways_href:
            ways = escape(t("hit.ways"))
            yield f'<a href="{escape(hit.ways_href)}" rel="nofollow" data-ways>{ways}</a>'
        yield "</p>\n"

    def _also(self, hit: Hit) -> Iterable[str]:
        """Other editions on this page, under the line of the first."""
        label = escape(self.texts("hit.also", n=len(hit.also)))
        yield f'<details class="also"><summary>{label}</summary><ul class="plain">'
        for other in hit.also:
            lang = f' lang="{escape(other.lang)}"' if other.lang else ""
            yield f'<li><a href="{escape(other.href)}"{lang} dir="auto">{escape(other.label)}</a></li>'
        yield "</ul></details>\n"

    def facet_values(self, name: str, values: Sequence[FacetValue]) -> Markup:
        """The values of a facet as check boxes, each with a link that excludes it or takes that back."""
        return Markup("".join(self._facet_values(escape(name), values)))  # noqa: S704 - escaped there

    def _facet_values(self, name: str, values: Sequence[FacetValue]) -> Iterable[str]:
        t = self.texts
        minus, cross = self.icon("i-minus"), self.icon("i-close")
        exclude, restore = escape(t("facet.exclude")), escape(t("facet.restore"))
        yield '<ul class="values">\n'
        for v in values:
            lang = f' lang="{escape(v.lang)}"' if v.lang else ""
            deep = f' class="deep{v.depth}"' if v.depth else ""
            gone = ' class="gone"' if v.excluded else ""
            state = (" checked" if v.selected else "") + (" disabled" if v.excluded else "")
            count = f'<span class="n">{v.count:,}</span>' if v.count or not v.selected else ""
            bar = (
                f'<span class="share" aria-hidden="true"><i class="s{v.share}"></i></span>' if v.share else ""
            )
            hint = t("facet.restore_value" if v.excluded else "facet.exclude_value", value=v.label)
            yield (
                f"<li{deep}><label{gone}>"
                f'<input type="checkbox" name="{name}" value="{escape(v.value)}"{state}>'
                f'<span{lang} dir="auto">{escape(v.label)}</span> {count}{bar}</label>\n'
                f'<a class="out-link{" on" if v.excluded else ""}" href="{escape(v.exclude_href)}"'
                f' rel="nofollow" title="{restore if v.excluded else exclude}">'
                f'{cross if v.excluded else minus}<span class="hide">{escape(hint)}</span></a></li>\n'
            )
        yield "</ul>\n"

    def bars(self, bars: Sequence[Bar]) -> Markup:
        """The columns of the year histogram, each a link to the search within its years."""
        colon = escape(self.texts("site.colon"))
        return Markup(  # noqa: S704 - numbers apart, all is escaped
            "".join(
                f'<a href="{escape(b.href)}" tabindex="-1" data-years="{b.low},{b.high}"'
                f"{' class=in' if b.chosen else ''}><title>{escape(b.label)}{colon}{b.count:,}</title>"
                f'<rect x="{b.x}" y="{b.y}" width="{b.width}" height="{b.height}"/></a>'
                for b in bars
                if b.count
            )
        )

    def bar_rows(self, bars: Sequence[Bar]) -> Markup:
        """The same as rows of a table, for those who do not see the drawing."""
        return Markup(  # noqa: S704 - numbers apart, all is escaped
            "".join(
                f'<tr><th scope="row"><a href="{escape(b.href)}" rel="nofollow">{escape(b.label)}</a></th>'
                f"<td>{b.count:,}</td></tr>"
                for b in bars
                if b.count
            )
        )


def _text(value: Text) -> str:
    if value.lang:
        return f'<span lang="{escape(value.lang)}" dir="auto">{marked(value.value)}</span>'
    return f"<bdi>{marked(value.value)}</bdi>"
