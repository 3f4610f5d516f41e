"""A Record while an adapter fills it (记录草稿).

Adapters of XML and JSON formats say what they find, one value after the other; here values are cleaned,
repetitions dropped, identifiers recognised and the resource type decided, in the same way for every
format.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from indexer.formats.markup import plain, web_address
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import date, identifier, resource_type
from indexer.records.record import (
    Class,
    Contributor,
    ContributorKind,
    Holding,
    Identifier,
    Link,
    LinkKind,
    Publication,
    Record,
    Relation,
    Source,
    Subject,
    Title,
    TitleKind,
)
from indexer.records.resource_type import Evidence

_ISBD_END = re.compile(r"[\s/:;=,]+$")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿\U00020000-\U0003ffff]")
_SCRIPTS = {"Hans", "Hant", "Hani", "Jpan", "Kore", "Latn", "Cyrl", "Arab", "Hebr", "Deva", "Grek", "Tibt"}
_AROUND = r"(?:(?:approximately|active|circa|ca?\.|b\.|d\.|fl\.|born|died|约|約|活动于)\s*)*"
_ERA = r"(?:\s*(?:B\.?\s?C\.?(?:\s?E\.?)?|A\.?D\.?|(?:st|nd|rd|th) cent(?:ury|\.)))?"
_LIFE = re.compile(
    rf"(?:[,，]\s*|\s*[(（])"
    rf"({_AROUND}[0-9]{{2,4}}\??{_ERA}(?:\s*[-–—~]\s*(?:{_AROUND}[0-9]{{2,4}}\??{_ERA})?)?)[)）]?\s*\.?$",
    re.I,
)
_BEFORE_OUR_ERA = re.compile(r"[0-9][^,]{0,24}(?:B\.?\s?C\.?(?:\s?E)?|century|cent)\.?$|[0-9]-\.?$", re.I)
_LIMIT = 2000  # values of one member: what is more is an attack or a mistake


class Draft:
    """Collects what one raw record says; ``finish`` makes the Record."""

    def __init__(self, raw: Raw, profile: Profile) -> None:
        self.raw = raw
        self.profile = profile
        self.id = ""
        self.titles: list[Title] = []
        self.title_remainder = ""
        self.responsibility = ""
        self.contributors: dict[tuple[str, str], Contributor] = {}
        self.place = ""
        self.publisher = ""
        self.date = ""
        self.year: int | None = None
        self.year_end: int | None = None
        self.languages: list[str] = []
        self.countries: list[str] = []
        self.identifiers: dict[tuple[str, str], Identifier] = {}
        self.subjects: dict[str, Subject] = {}
        self.classes: dict[tuple[str, str], Class] = {}
        self.places: list[str] = []
        self.edition = ""
        self.extent = ""
        self.series: list[str] = []
        self.notes: list[str] = []
        self.abstract = ""
        self.contents: list[str] = []
        self.links: dict[str, Link] = {}
        self.relations: list[Relation] = []
        self.holdings: list[Holding] = []
        self.volume = ""
        self.audience = ""
        self.rights = ""
        self.price = ""
        self.suppressed = False
        self.deleted = False
        self.embargo_until = ""
        self.modified = ""
        self.extra: dict[str, str] = {}
        self.evidence: list[Evidence] = []
        self.genres: list[str] = []
        self.problems: list[Problem] = []
        self.declared = profile.type

    def decode(self) -> dict[str, Any] | None:
        """The raw record as a JSON object, or None with an error."""
        try:
            value = msgspec.json.decode(self.raw.data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError) as error:
            self.problem("json-malformed", f"the record is not JSON: {str(error)[:200]}", severity="error")
            return None
        if not isinstance(value, dict):
            self.problem("json-malformed", "the record is not a JSON object", severity="error")
            return None
        return value

    def problem(
        self, code: str, message: str, field: str = "", severity: str = "warning", value: str = ""
    ) -> None:
        self.problems.append(
            Problem(code, severity, message, field, self.raw.position, value=value[:200])  # type: ignore[arg-type]
        )

    def title(self, value: Any, kind: TitleKind = "main", script: str = "", romanised: str = "") -> None:
        """A title; the first main one is the title proper, further main ones count as parallel."""
        text = _ISBD_END.sub("", plain(value))
        if not text or any(title.value == text for title in self.titles):
            return
        if kind == "main" and any(title.kind == "main" for title in self.titles):
            kind = "parallel"
        self.titles.append(Title(text, kind, script if script in _SCRIPTS else "", plain(romanised)))

    def person(
        self,
        name: Any,
        role: str = "author",
        kind: ContributorKind = "person",
        *,
        romanised: str = "",
        dates: str = "",
        note: str = "",
        affiliation: str = "",
    ) -> None:
        """Somebody responsible for the resource; the same name in the same role counts once."""
        text = plain(name).strip(" ;,")
        if kind == "person" and not dates and text[-5:].strip(" .-–?)）")[-1:].isdecimal():
            # A heading of a catalogue in one string: "Twain, Mark, 1835-1910."
            life = _LIFE.search(text)
            if life:
                text, dates = text[: life.start()], life.group(1)
        elif kind == "person" and not dates and _BEFORE_OUR_ERA.search(text):
            life = _LIFE.search(text)
            if life:
                text, dates = text[: life.start()], life.group(1)
        if (
            text
            and len(self.contributors) < _LIMIT
            and text.casefold() not in ("unknown", "anonymous author", "佚名作者")
        ):
            self.contributors.setdefault(
                (text, role),
                Contributor(
                    text, role, kind, plain(romanised), plain(dates), plain(note), plain(affiliation)
                ),
            )

    def identify(self, scheme: str, value: Any) -> Identifier | None:
        """An identifier of a scheme, or with an empty scheme whatever its form tells."""
        text = plain(value)
        if not text or len(self.identifiers) >= _LIMIT:
            return None
        found = identifier.parse(scheme, text)
        if found.value:
            self.identifiers.setdefault((found.scheme, found.value), found)
        return found

    def identify_all(self, scheme: str, value: Any) -> None:
        """Identifiers in one cell that may hold several."""
        text = plain(value)
        if text:
            parts = re.split(r"[,;；，、|\s]+(?=\d)|[;；|]", text) if scheme in ("isbn", "issn") else [text]
            for part in parts:
                self.identify(scheme, part)

    def subject(self, value: Any, scheme: str = "", kind: str = "") -> None:
        text = plain(value).strip(" ;,.；，")
        if text and len(self.subjects) < _LIMIT:
            self.subjects.setdefault(text, Subject(text, scheme, kind))

    def classify(self, value: Any, scheme: str) -> None:
        text = plain(value)
        if text and len(self.classes) < 200:
            self.classes.setdefault((text, scheme), Class(text, scheme))

    def link(self, url: Any, kind: LinkKind = "fulltext", label: str = "") -> None:
        address = web_address(url)
        if address and len(self.links) < _LIMIT:
            self.links.setdefault(address, Link(address, kind, plain(label)))

    def note(self, value: Any, label: str = "") -> None:
        text = plain(value)
        if text and len(self.notes) < 500:
            self.notes.append(f"{label}: {text}" if label else text)

    def language(self, value: Any) -> None:
        text = plain(value)
        if text and text.casefold() not in ("zxx", "und", "mis", "mul"):
            self.languages.append(text.replace("_", "-"))

    def more(self, key: str, value: Any) -> None:
        """A value without a field of its own."""
        text = plain(value)
        if text and len(self.extra) < 200:
            self.extra[key] = (
                f"{self.extra[key]}; {text}" if key in self.extra and text not in self.extra[key] else text
            )

    def year_text(self) -> str:
        """The year of the date as far as it is known, as text."""
        year = date.year(self.date) if self.date else None
        return str(year) if year is not None else ""

    def says(self, *evidence: Evidence | None) -> None:
        """Evidence of the resource type."""
        self.evidence.extend(piece for piece in evidence if piece is not None)

    def relate(
        self, kind: str, title: Any = "", identifiers: Iterable[Identifier | None] = (), **members: Any
    ) -> None:
        """A tie to another resource; empty ones are dropped."""
        ids = tuple(dict.fromkeys(found for found in identifiers if found is not None and found.value))
        relation = Relation(
            kind, plain(title), ids, **{name: plain(value) for name, value in members.items()}
        )
        if (
            (relation.title or ids or relation.local_id)
            and len(self.relations) < _LIMIT
            and relation not in self.relations
        ):
            self.relations.append(relation)

    def gone(self) -> tuple[Record | None, list[Problem]]:
        """The record of something deleted at the source: its id is all there is."""
        if not self.id:
            self.problem("no-identifier", "a deleted record without an identifier", severity="error")
            return None, self.problems
        source = Source(self.raw.format, self.raw.charset, self.raw.position)
        return Record(id=self.id, deleted=True, modified=self.modified, source=source), self.problems

    def finish(self) -> tuple[Record | None, list[Problem]]:
        """The Record with its type decided; None with an error where there is no title."""
        if self.deleted:
            return self.gone()
        if self.titles and not any(title.kind == "main" for title in self.titles):
            first = self.titles[0]
            self.titles[0] = Title(first.value, "main", first.script, first.romanised)
        self.titles.sort(key=lambda title: title.kind != "main")
        if not self.titles:
            self.problem("no-title", "the record has no title; add one", severity="error")
            return None, self.problems
        if self.year is None and self.date:
            span = date.parse(self.date)
            self.year = span.start
            if self.year_end is None and span.end != span.start:
                self.year_end = span.end
        modern = any(i.scheme in ("isbn", "issn", "csbn") and i.valid for i in self.identifiers.values())
        kind, reasons = resource_type.type_of(
            self.declared,
            self.evidence,
            titles=[title.value for title in self.titles],
            notes=self.notes,
            edition=self.edition,
            genres=self.genres,
            subjects=list(self.subjects),
            classes=[(c.scheme, c.value) for c in self.classes.values()],
            year=self.year,
            year_end=self.year_end,
            languages=self.languages,
            modern_identifier=modern,
        )
        record = Record(
            type=kind,
            title=self.titles[0].value,
            id=self.id,
            type_evidence=reasons,
            title_remainder=self.title_remainder,
            responsibility=self.responsibility,
            titles=tuple(self.titles),
            contributors=tuple(self.contributors.values()),
            publication=Publication(self.place, self.publisher, self.date),
            year=self.year,
            year_end=self.year_end,
            languages=tuple(dict.fromkeys(self.languages)),
            countries=tuple(dict.fromkeys(self.countries)),
            identifiers=tuple(self.identifiers.values()),
            subjects=tuple(self.subjects.values()),
            classes=tuple(self.classes.values()),
            places=tuple(dict.fromkeys(self.places)),
            edition=self.edition,
            extent=self.extent,
            series=tuple(dict.fromkeys(self.series)),
            notes=tuple(dict.fromkeys(self.notes)),
            abstract=self.abstract,
            contents=tuple(dict.fromkeys(self.contents)),
            links=tuple(self.links.values()),
            relations=tuple(self.relations),
            holdings=tuple(self.holdings),
            volume=self.volume,
            audience=self.audience,
            rights=self.rights,
            price=self.price,
            suppressed=self.suppressed,
            embargo_until=self.embargo_until,
            modified=self.modified,
            extra=self.extra,
            source=Source(self.raw.format, self.raw.charset, self.raw.position),
        )
        return record, self.problems


def has_han(text: str) -> bool:
    """Whether a text holds Han characters, so that a name in it is written family name first and in one
    piece."""
    return bool(_HAN.search(text))


def full_name(family: Any, given: Any, suffix: Any = "") -> str:
    """A personal name from its parts (姓名): 曹雪芹 for Han characters, ``Austen, Jane`` for others."""
    last, first = plain(family), plain(given)
    if has_han(last) and (not first or has_han(first)):
        return last + first
    name = ", ".join(part for part in (last, first) if part)
    return f"{name}, {plain(suffix)}" if plain(suffix) and name else name
