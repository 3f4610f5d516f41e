"""What the fields of one MARC 21 record have said so far, and its fields in two scripts (880)."""

from __future__ import annotations

import re

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
_LINKED = re.compile("\x1f6880-([0-9]{2})")
_LINKING = re.compile("\x1f6([0-9A-Z]{3})-([0-9]{2})")


class Found:
    """What the fields of one record have said so far."""

    __slots__ = (
        "abstract",
        "assumed",
        "audience",
        "carriers",
        "classes",
        "content",
        "contents",
        "contributors",
        "countries",
        "deleted",
        "edition",
        "extent",
        "extra",
        "f006",
        "f007",
        "f008",
        "genres",
        "gmd",
        "holding_fields",
        "host",
        "host_issn",
        "host_meeting",
        "identifiers",
        "kind",
        "languages",
        "lccn",
        "links",
        "local_id",
        "notes",
        "pairs",
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
        "suppressed",
        "thesis",
        "titles",
    )  # fmt: skip

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.pairs: dict[str, str] = {}
        self.local_id = self.stamp = self.f008 = self.gmd = self.extent = self.edition = self.lccn = ""
        self.remainder = self.responsibility = self.rights = self.thesis = self.price = self.audience = ""
        self.f006: list[str] = []
        self.f007: list[str] = []
        self.content: list[str] = []
        self.carriers: list[str] = []
        self.titles: list[Title] = []
        self.parts: list[str] = []
        self.contributors: list[Contributor] = []
        self.assumed: list[str | None] = []
        self.publications: list[tuple[int, str, str]] = []
        self.identifiers: list[Identifier] = []
        self.subjects: list[Subject] = []
        self.genres: list[str] = []
        self.classes: list[Class] = []
        self.places: list[str] = []
        self.series: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.abstract: list[str] = []
        self.contents: list[str] = []
        self.links: list[Link] = []
        self.relations: list[Relation] = []
        self.languages: list[str] = []
        self.countries: list[str] = []
        self.holding_fields: list[tuple[str, str]] = []
        self.extra: dict[str, str] = {}
        self.host = self.host_issn = self.host_meeting = self.suppressed = self.deleted = False


def pair(fields: list[tuple[str, str]], pairs: dict[str, str]) -> list[tuple[str, str]]:
    """Put the 880s that have a partner into ``pairs`` (``245-01`` → text); the others become fields of
    their tag.
    """
    partners = set()
    for tag, text in fields:
        if "\x1f6880-" in text and tag != "880":
            linked = _LINKED.search(text)
            if linked:
                partners.add(f"{tag}-{linked.group(1)}")
    kept: list[tuple[str, str]] = []
    loose: list[tuple[str, str]] = []
    for tag, text in fields:
        if tag != "880":
            kept.append((tag, text))
            continue
        linking = _LINKING.search(text)
        if not linking:
            continue
        key = f"{linking.group(1)}-{linking.group(2)}"
        if key in partners and key not in pairs:
            pairs[key] = text
        else:
            loose.append((linking.group(1), text))
    return kept + loose


def _other(found: Found, tag: str, text: str) -> str:
    """The field in the other script, empty where there is none."""
    if found.pairs and "\x1f6880-" in text:
        linked = _LINKED.search(text)
        if linked:
            return found.pairs.get(f"{tag}-{linked.group(1)}", "")
    return ""


def both(found: Found, tag: str, text: str) -> tuple[str, str]:
    """The field in its original script, and romanised where there are two."""
    other = _other(found, tag, text)
    if not other:
        return text, ""
    if not _is_original(other) and _is_original(text):
        return text, other
    return other, text


def _is_original(text: str) -> bool:
    return not text.isascii() and any(character >= "\u0370" for character in text if character not in "ʹʺ")
