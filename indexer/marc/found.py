"""What the fields of one MARC record have said so far, the same for every dialect (已读字段)."""

from __future__ import annotations

from indexer.records.record import (
    Class,
    Contributor,
    Identifier,
    Link,
    Relation,
    Subject,
    Title,
)

LIMIT = 2000  # values of one kind: what is more is an attack or a mistake


class MarcFound:
    """What both dialects collect; each adds what only its fields say."""

    __slots__ = (
        "abstract",
        "assumed",
        "audience",
        "carriers",
        "classes",
        "contents",
        "contributors",
        "countries",
        "edition",
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
        "notes",
        "parts",
        "places",
        "price",
        "relations",
        "remainder",
        "responsibility",
        "rights",
        "stamp",
        "subjects",
        "titles",
    )

    def __init__(self) -> None:
        self.local_id = self.stamp = self.gmd = self.extent = self.edition = self.remainder = ""
        self.responsibility = self.rights = self.price = self.audience = ""
        self.titles: list[Title] = []
        self.parts: list[str] = []
        self.contributors: list[Contributor] = []
        self.assumed: list[str | None] = []
        self.identifiers: list[Identifier] = []
        self.subjects: list[Subject] = []
        self.genres: list[str] = []
        self.classes: list[Class] = []
        self.places: list[str] = []
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
        self.host = self.host_issn = self.host_meeting = False
