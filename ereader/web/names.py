"""Names of codes and ids in the visitor's language (名称)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache

from ereader.search.query_fields import FIELDS
from holdings.members.library import Library
from holdings.members.registry import Members
from indexer.records import classification, language, place
from indexer.records.resource_type import BY_CODE
from indexer.records.shelf_key import parts_of
from ui.language import Catalogue
from ui.presenters.text import language_tag, script_of

CLASS_SCHEMES = {
    "clc": ("中图法", "Chinese Library Classification"),
    "lcc": ("国会图书馆分类法", "Library of Congress Classification"),
    "ddc": ("杜威十进分类法", "Dewey Decimal Classification"),
    "udc": ("国际十进分类法", "Universal Decimal Classification"),
    "cas": ("科图法", "CAS Library Classification"),
    "sibu": ("四部", "Four categories"),
    "nlm": ("美国国立医学图书馆分类法", "National Library of Medicine"),
    "other": ("其他分类法", "Other schemes"),
}


@lru_cache(maxsize=4096)
def language_name(code: str, lang: str) -> str:
    """The name of a language by its ISO 639 code; a code without a name stands for itself."""
    found = language.of(code)
    return code if found is None else found.zh if lang.startswith("zh") else found.en


class Names:
    """Labels for one language (名称表)."""

    def __init__(self, lang: str, texts: Catalogue, members: Members) -> None:
        self.lang = lang
        self.texts = texts
        self.members = members

    @cached_property
    def libraries(self) -> Mapping[str, Library]:
        """The libraries by id."""
        return self.members.libraries()

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
        found = self.libraries.get(id.removeprefix("L:"))
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
        if facet == "shelf":
            number, library, _ = parts_of(value)
            return f"{number} · {self.library(library)}" if library else number
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
            return (
                self.year(low)
                if low == high
                else self.texts("year.range", **{"from": self.year(low), "to": self.year(high)})
            )
        if low is not None:
            return self.texts("year.any_from", year=self.year(low))
        return self.texts("year.any_to", year=self.year(high if high is not None else 0))


@lru_cache(maxsize=1024)
def country_name(code: str, lang: str) -> str:
    """The name of a country or a part of it by its code; a code without a name stands for itself."""
    found = place.of(code)
    if found is None:
        return code
    return (found.zh if lang.startswith("zh") else found.en) or found.en or code


@lru_cache(maxsize=4096)
def class_name(value: str, lang: str) -> str:
    """A step of a classification: the number with the name of its class, where it has one.

    The top step is the scheme itself.
    """
    steps = value.split(" / ")
    chinese = lang.startswith("zh")
    if len(steps) == 1:
        return CLASS_SCHEMES[value][0 if chinese else 1] if value in CLASS_SCHEMES else value.upper()
    name = classification.label(steps[0], steps[-1], "zh" if chinese else "en")
    return f"{steps[-1]} {name}" if name and name != steps[-1] else steps[-1]
