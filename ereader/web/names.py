"""Names of codes and ids in the visitor's language (名称)."""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from ereader.search.query_fields import FIELDS
from holdings.members.registry import Members
from indexer.records.resource_type import BY_CODE
from ui.language import Catalogue
from ui.presenters.text import language_tag, script_of

# Codes of ISO 639-2/B that Babel knows only by their other form.
_BIBLIOGRAPHIC = {
    "chi": "zh", "ger": "de", "fre": "fr", "per": "fa", "dut": "nl", "gre": "el", "cze": "cs", "slo": "sk", "rum": "ro",
    "ice": "is", "arm": "hy", "geo": "ka", "may": "ms", "mac": "mk", "tib": "bo", "bur": "my", "baq": "eu", "alb": "sq",
    "wel": "cy", "mao": "mi",
}  # fmt: skip
_OWN_LANGUAGES = {
    "zh-CN": {"mul": "多语种", "und": "语种未定", "zxx": "无语言内容", "lzh": "文言文", "cmn": "汉语", "chn": "汉语"},
    "en": {"mul": "Several languages", "und": "Undetermined", "zxx": "No language", "lzh": "Classical Chinese", "cmn": "Mandarin"},
}


@cache
def _locale(lang: str) -> Locale:
    return Locale.parse("zh_Hans" if lang.startswith("zh") else "en")


@lru_cache(maxsize=4096)
def language_name(code: str, lang: str) -> str:
    """The name of an ISO 639 language code; a code without a name stands for itself."""
    own = _OWN_LANGUAGES[lang].get(code)
    if own:
        return own
    short = get_global("language_aliases").get(code) or _BIBLIOGRAPHIC.get(code) or code
    if isinstance(short, list | tuple):
        short = short[0]
    name = _locale(lang).languages.get(short.split("_")[0]) or _locale(lang).languages.get(code)
    return str(name) if name else code


class Names:
    """Labels for one language (名称表)."""

    def __init__(self, lang: str, texts: Catalogue, members: Members) -> None:
        self.lang = lang
        self.texts = texts
        self.members = members

    def type(self, code: str) -> str:
        """A resource type, one thing of it: Book."""
        found = BY_CODE.get(code)
        if found is None:
            return code
        return found.zh if self.lang.startswith("zh") else found.en

    def channel(self, code: str) -> str:
        """A resource type as a channel: Books."""
        return self.texts.maybe(f"channel.{code}", self.type(code))

    def field(self, name: str) -> str:
        """A field of the query language."""
        label = FIELDS[name].label(self.lang) if name in FIELDS else name
        return label[:1].upper() + label[1:]

    def facet(self, name: str) -> str:
        """A facet."""
        return self.texts.maybe(f"facet.{name}", name)

    def library(self, id: str) -> str:
        """A library by its id."""
        found = self.members.libraries().get(id.removeprefix("L:"))
        return found.name.in_language(self.lang, found.id) if found else id.removeprefix("L:")

    def place(self, token: str) -> str:
        """A portal by its place token."""
        if token.startswith("C:"):
            consortium = self.members.consortia().get(token[2:])
            return consortium.name.in_language(self.lang, token[2:]) if consortium else token[2:]
        return self.library(token)

    def repository(self, id: str) -> str:
        """A repository by its id."""
        found = self.members.repositories().get(id)
        return found.name.in_language(self.lang, id) if found else id

    def value(self, facet: str, value: str) -> str:
        """A facet value as a reader sees it."""
        if facet == "type":
            return self.type(value)
        if facet == "language":
            return language_name(value, self.lang)
        if facet == "library":
            return self.library(value)
        if facet == "access":
            return self.texts.maybe(f"access.{value}", value)
        if facet == "country":
            return country_name(value, self.lang)
        if facet == "class":
            return class_name(value, self.lang)
        if facet == "place":
            return value.rpartition(" / ")[2]
        if facet == "subject":
            return value.replace("--", " — ")
        return value

    def path(self, facet: str, value: str) -> str:
        """A facet value that stands alone: with what is above it."""
        return value if facet == "place" else self.value(facet, value)

    def value_tag(self, facet: str, value: str) -> str:
        """The language tag of a facet value that comes from records; empty for our own words."""
        if facet in ("type", "language", "library", "access", "country", "class"):
            return ""
        return language_tag(script_of(value))

    def role(self, role: str) -> str:
        """A contributor's role."""
        return self.texts.maybe(f"role.{role}", role)

    def year(self, year: int) -> str:
        """A year; before our era it says so."""
        return str(year) if year > 0 else self.texts("year.bce", n=str(-year or 1))

    def years(self, low: int | None, high: int | None) -> str:
        """A range of years, open where an end is None."""
        if low is not None and high is not None:
            return self.year(low) if low == high else self.texts("year.range", **{"from": self.year(low), "to": self.year(high)})
        if low is not None:
            return self.texts("year.any_from", year=self.year(low))
        return self.texts("year.any_to", year=self.year(high if high is not None else 0))


@lru_cache(maxsize=1024)
def country_name(code: str, lang: str) -> str:
    """The name of a country or a region by its code; a code without a name stands for itself."""
    name = _locale(lang).territories.get(code.upper()) if len(code) == 2 and code.isupper() else None
    return str(name) if name else code


@lru_cache(maxsize=4096)
def class_name(value: str, lang: str) -> str:  # noqa: ARG001
    """A class number or a step of its hierarchy."""
    return value.rpartition(" / ")[2]
