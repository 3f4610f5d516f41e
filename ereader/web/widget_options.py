"""How a search box on somebody else's page is made (检索框选项): the options, and what is pasted for them."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Literal

import msgspec

from ereader.search.request import encoded
from indexer.records.resource_type import BY_CODE

Variant = Literal["script", "frame", "form"]
TARGETS = ("_self", "_blank", "_top")
LANGUAGES = ("zh-CN", "en")
SCOPES = ("own", "all")
LONGEST = 80  # characters of the words in an empty box


class WidgetOptions(msgspec.Struct, frozen=True):
    """What can be chosen of a search box (检索框选项). Empty: the language of the page, all channels, results
    in the same window, the usual words, the portal's own scope.
    """

    language: str = ""
    channels: tuple[str, ...] = ()
    target: str = ""
    placeholder: str = ""
    suggestions: bool = True
    scope: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """The options as names and values, without those that are as usual."""
        found = [
            ("language", self.language),
            ("channels", " ".join(self.channels)),
            ("target", self.target),
            ("placeholder", self.placeholder),
            ("suggestions", "" if self.suggestions else "off"),
            ("scope", self.scope),
        ]
        return [(name, value) for name, value in found if value]


def read(params: Iterable[tuple[str, str]]) -> WidgetOptions:
    """The options that parameters say; what is not understood is as usual."""
    given: dict[str, list[str]] = {}
    for name, value in params:
        given.setdefault(name, []).append(value[:1000])

    def one(name: str, known: tuple[str, ...]) -> str:
        value = given.get(name, [""])[-1]
        return value if value in known else ""

    codes = [code for value in given.get("channels", ()) for code in value.replace(",", " ").split()]
    words = " ".join(given.get("placeholder", [""])[-1].split())
    return WidgetOptions(
        language=one("language", LANGUAGES),
        channels=tuple(dict.fromkeys(code for code in codes if code in BY_CODE)),
        target=one("target", TARGETS),
        placeholder="".join(c for c in words if c.isprintable())[:LONGEST],
        suggestions=given.get("suggestions", ["on"])[-1] != "off",
        scope=one("scope", SCOPES),
    )


class Words(msgspec.Struct, frozen=True):
    """What stands on a box in one language (检索框文字)."""

    label: str
    placeholder: str
    button: str
    title: str


def pasted(portal: str, options: WidgetOptions, words: Words, scope: str) -> dict[Variant, str]:
    """What is pasted into a page, for each variant. ``portal`` is the portal's full address without a slash
    at its end, ``scope`` where its boxes search at first.
    """
    data = "".join(f' data-{name}="{escape(value)}"' for name, value in options.pairs())
    script = f'<script src="{escape(portal)}/widget.js" async{data}></script>'
    query = encoded(options.pairs())
    address = f"{portal}/widget/frame" + (f"?{query}" if query else "")
    frame = (
        f'<iframe src="{escape(address)}" title="{escape(words.title)}" width="100%" height="360" '
        'frameborder="0" loading="lazy"></iframe>'
    )
    return {"script": script, "frame": frame, "form": _form(portal, options, words, scope)}


def hidden(options: WidgetOptions, scope: str) -> list[tuple[str, str]]:
    """What a box sends beside what is typed."""
    found = [("type", options.channels[0])] if len(options.channels) == 1 else []
    chosen = scope if not options.scope else "" if options.scope == "all" else options.scope
    found += [("scope", chosen)] if chosen else []
    return found + ([("lang", options.language)] if options.language else [])


def _form(portal: str, options: WidgetOptions, words: Words, scope: str) -> str:
    target = f' target="{options.target}"' if options.target and options.target != "_self" else ""
    lines = [f'<form action="{escape(portal)}/search" role="search"{target}>']
    lines += [
        f'  <input type="hidden" name="{name}" value="{escape(value)}">'
        for name, value in hidden(options, scope)
    ]
    placeholder = escape(options.placeholder or words.placeholder)
    lines.append(
        f'  <label>{escape(words.label)} <input type="search" name="q" placeholder="{placeholder}"></label>'
    )
    lines.append(f"  <button>{escape(words.button)}</button>")
    return "\n".join([*lines, "</form>"])
