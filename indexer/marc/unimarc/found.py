"""What the fields of one UNIMARC record have said so far."""

from __future__ import annotations

import re

from indexer.marc.values import (
    trim_end,
)
from indexer.records.record import (
    Class,
    Contributor,
    Identifier,
    Link,
    Relation,
    Subject,
    Title,
)

LIMIT = 2000
_INITIAL = re.compile(r"[\s.,][A-Z]$")


class Found:
    """What the fields of one record have said so far."""

    __slots__ = (
        "abstract",
        "analytic",
        "assumed",
        "audience",
        "carriers",
        "classes",
        "coded",
        "contents",
        "contributors",
        "countries",
        "edition",
        "electronic_link",
        "extent",
        "extra",
        "genres",
        "gmd",
        "holding_fields",
        "host",
        "host_issn",
        "host_meeting",
        "identifiers",
        "languages",
        "links",
        "local_id",
        "meeting",
        "notes",
        "parts",
        "places",
        "price",
        "publications",
        "relations",
        "remainder",
        "responsibility",
        "rights",
        "series",
        "stamp",
        "subjects",
        "thesis",
        "titles",
    )  # fmt: skip

    def __init__(self, leader: str) -> None:
        self.analytic = leader[7:8] == "a"
        self.local_id = self.stamp = self.gmd = self.extent = self.edition = self.remainder = ""
        self.responsibility = self.rights = self.price = self.audience = ""
        self.coded: dict[str, str] = {}
        self.titles: list[Title] = []
        self.parts: list[str] = []
        self.contributors: list[Contributor] = []
        self.assumed: list[str | None] = []
        self.publications: list[str] = []
        self.identifiers: list[Identifier] = []
        self.subjects: list[Subject] = []
        self.genres: list[str] = []
        self.classes: list[Class] = []
        self.places: list[str] = []
        self.series: list[str] = []
        self.notes: list[str] = []
        self.abstract: list[str] = []
        self.contents: list[str] = []
        self.links: list[Link] = []
        self.relations: list[Relation] = []
        self.languages: list[str] = []
        self.countries: list[str] = []
        self.carriers: list[str] = []
        self.holding_fields: list[tuple[str, str]] = []
        self.extra: dict[str, str] = {}
        self.host = self.host_issn = self.host_meeting = self.meeting = False
        self.thesis = self.electronic_link = False


def unmarked(value: str) -> str:
    """A value without the marks around words that do not sort (``<<The >>``, ISO 6630 in text)."""
    if "<<" in value and ">>" in value:
        value = value.replace("<<", "").replace(">>", "")
    return value


def finished(name: str) -> str:
    """A name without marks at its end; an initial has its full stop."""
    name = trim_end(name)
    return f"{name}." if _INITIAL.search(name) else name
