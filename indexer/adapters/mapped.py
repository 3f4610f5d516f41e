"""Rows of lists → Record, as a mapping file says (映射适配器).

Rows come from tables (``csv``, ``tsv``), JSON (``mapped``, ``jsonl``), Markdown lists and pages, and
outlines; what a row is for each of them is said in ``docs/mapping.md``. A table without a mapping is read
with the one that its column names suggest, which the reader has put into the context.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from indexer.formats.draft import has_han
from indexer.formats.mapping import Compiled, compiled
from indexer.formats.mapping_rules import MappingError, Row
from indexer.formats.markup import web_address
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers import markdown_rows, outline, table
from indexer.readers.lines import text_of
from indexer.records import date as dates
from indexer.records import name as names
from indexer.records import resource_type
from indexer.records.record import (
    Class,
    Contributor,
    Holding,
    Identifier,
    Item,
    Link,
    Publication,
    Record,
    Relation,
    Source,
    Subject,
    Title,
)

_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]")
_YEAR = re.compile(r"(?<!\d)(-?\d{1,4})(?:\.0+)?(?!\d)")
_BODY = re.compile(
    r"(?:大学|大學|学院|學院|研究所|研究院|委员会|出版社|公司|协会|学会|University|Institute|College|Press|Inc\.?|Ltd\.?|Society)$"
)
_TRUE = frozenset({"1", "true", "yes", "y", "是", "x"})


class MappedAdapter:
    """Rows read with a mapping (映射)."""

    formats = ("mapped", "jsonl", "csv", "tsv", "markdown", "org")

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        mapping: dict[str, Any] = profile.mapping or raw.context.get("mapping") or {}
        if not mapping:
            message = f"a list of format {raw.format} needs a mapping; 'ereader map FILE' proposes one"
            return None, [Problem("mapping-missing", "error", message, position=raw.position)]
        try:
            rules = compiled(mapping, str(raw.context.get("part", "")))
        except MappingError as error:
            return None, [Problem("mapping-invalid", "error", str(error)[:500], position=raw.position)]
        text, lost = text_of(raw, profile)
        row = row_of(raw, text)
        if row is None:
            return None, [
                Problem("row-unreadable", "error", "this row cannot be read", position=raw.position)
            ]
        if rules.skip(row):
            message = "the mapping says to skip this row"
            return None, [Problem("row-skipped", "info", message, position=raw.position)]
        record, problems = _record(row, rules, raw, profile)
        problems = lost + problems
        if record is None:
            message = "the row has no title where the mapping looks for it"
            problems.append(
                Problem("title-missing", "error", message, "title", raw.position, value=_sample(row))
            )
        return record, problems


def row_of(raw: Raw, text: str) -> Row | None:
    """The row in a Raw (一行) whose text this is; None when it cannot be read."""
    row: Any
    if raw.format in ("csv", "tsv", "kbart"):
        row = table.row_of_text(text, raw.context)
    elif raw.format == "markdown":
        row = markdown_rows.row_of_text(text, raw.context)
    elif raw.format == "org":
        row = outline.row_of_text(text)
    else:
        try:
            row = msgspec.json.decode(text.encode())
        except (msgspec.DecodeError, RecursionError, ValueError):
            return None
    found: dict[str, Any] = row if isinstance(row, dict) else {"value": row}
    for name in ("member", "file"):
        if name in raw.context:
            found.setdefault(f"_{name}", raw.context[name])
    found.setdefault("_position", str(raw.position))
    return found


def _record(row: Row, rules: Compiled, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
    problems: list[Problem] = []

    def one(name: str) -> str:
        rule = rules.rules.get(name)
        if rule is None:
            return ""
        return next((value.text for value in rule(row) if value.text), "")

    def several(name: str) -> list[str]:
        rule = rules.rules.get(name)
        return list(dict.fromkeys(v.text for v in rule(row) if v.text)) if rule is not None else []

    title = one("title")
    if not title:
        return None, problems
    members = _Members(row, rules)
    date = one("date")
    year, year_end = _year(one("year") or date), _year(one("year_end"))
    span = dates.parse(one("year") or date)
    year = span.start if year is None else year  # a reign year, a century
    if year_end is None and span.start == year and span.end != year:
        year_end = span.end
    # The parts of a page (a course's textbooks) are of another type than what the source declares for its
    # pages.
    declared = one("type") or profile.type if raw.context.get("part") else profile.type or one("type")
    named = resource_type.from_dc(declared) if declared and declared not in resource_type.BY_CODE else None
    coded = (named,) if named is not None else ()
    if named is not None:
        declared = ""  # a word of the list (图书, 拓片) is coded; a code in the mapping is declared
    if declared and declared not in resource_type.BY_CODE:
        message = f"{declared[:60]!r} is not one of the 21 resource types"
        problems.append(
            Problem("type-unknown", "warning", message, "type", raw.position, value=declared[:200])
        )
    notes, classes, identifiers = several("notes"), members.classes(), members.identifiers()
    subjects, titles = members.subjects(), members.titles(title)
    type_code, reasons = resource_type.type_of(
        declared,
        coded,
        titles=[title, *(item.value for item in titles)],
        notes=notes,
        edition=one("edition"),
        genres=[subject.value for subject in subjects if subject.kind == "genre"],
        subjects=[subject.value for subject in subjects if subject.kind != "genre"],
        classes=[(item.scheme, item.value) for item in classes],
        year=year,
        year_end=year_end if year_end is not None else year,
        modern_identifier=any(item.scheme in ("isbn", "issn", "csbn") for item in identifiers),
    )
    return (
        Record(
            id=one("id")[:500],
            type=type_code,
            type_evidence=reasons,
            title=title,
            title_remainder=one("title_remainder"),
            responsibility=one("responsibility"),
            titles=titles,
            contributors=members.contributors(),
            publication=Publication(place=one("place"), publisher=one("publisher"), date=date or one("year")),
            year=year,
            year_end=year_end,
            languages=tuple(several("languages")),
            countries=tuple(several("countries")),
            identifiers=identifiers,
            subjects=subjects,
            classes=classes,
            places=tuple(several("places")),
            edition=one("edition"),
            extent=one("extent"),
            series=tuple(several("series")),
            notes=tuple(notes),
            abstract="\n".join(several("abstract")),
            contents=tuple(several("contents")),
            links=members.links(),
            relations=members.relations(),
            holdings=members.holdings(),
            volume=one("volume"),
            audience=one("audience"),
            rights=one("rights"),
            price=one("price"),
            suppressed=one("suppressed").casefold() in _TRUE,
            deleted=one("deleted").casefold() in _TRUE,
            embargo_until=one("embargo_until"),
            modified=one("modified"),
            extra=members.extra(),
            source=Source(format=raw.format, charset=raw.charset, position=raw.position),
        ),
        problems,
    )


class _Members:
    """The repeated members of a Record, each made of the rules of its group."""

    def __init__(self, row: Row, rules: Compiled) -> None:
        self.row = row
        self.rules = rules

    def _each(self, group: str) -> list[tuple[str, str, dict[str, str]]]:
        """Name after the dot, text and attributes of every value of a group, without repetitions."""
        found: dict[tuple[str, str], dict[str, str]] = {}
        for key in self.rules.repeated.get(group, ()):
            name = key.partition(".")[2]
            attributes = self.rules.attributes[key]
            for value in self.rules.rules[key](self.row):
                if value.text and (name, value.text) not in found:
                    found[name, value.text] = {a: fill(value.row) for a, fill in attributes.items()}
        return [(name, text, attributes) for (name, text), attributes in found.items()]

    def titles(self, main: str) -> tuple[Title, ...]:
        return tuple(
            Title(text, name or a.get("kind") or "variant", a.get("script", ""), a.get("romanised", ""))  # type: ignore[arg-type]
            for name, text, a in self._each("titles")
            if text != main
        )

    def contributors(self) -> tuple[Contributor, ...]:
        found: list[Contributor] = []
        people = list(self._each("contributors"))
        # Cells of a catalogue list hold statements ([清]曹雪芹著 ; 高鹗续), which say more than the column.
        statements = any(has_han(text) and names.is_statement(text) for _, text, a in people if not a)
        for name, text, a in people:
            stated = names.parse_statement(text) if statements and has_han(text) and not a else ()
            if stated:
                found.extend(who if who.role else msgspec.structs.replace(who, role=name) for who in stated)
                continue
            kind = _kind(a.get("kind", ""), text)
            found.append(
                Contributor(
                    text,
                    a.get("role") or name,
                    kind,  # type: ignore[arg-type]
                    a.get("romanised", ""),
                    a.get("dates", ""),
                    a.get("note", ""),
                    a.get("affiliation", ""),
                )
            )
        return tuple(dict.fromkeys(found))

    def identifiers(self) -> tuple[Identifier, ...]:
        return tuple(
            Identifier(_scheme(name or a.get("scheme") or "local", text), text, True, a.get("note", ""))
            for name, text, a in self._each("identifiers")
        )

    def subjects(self) -> tuple[Subject, ...]:
        return tuple(
            Subject(
                text,
                a.get("scheme", ""),
                (name or a.get("kind", "")).replace("topic", ""),
                a.get("romanised", ""),
            )
            for name, text, a in self._each("subjects")
        )

    def classes(self) -> tuple[Class, ...]:
        return tuple(
            Class(text, name or a.get("scheme") or "other") for name, text, a in self._each("classes")
        )

    def links(self) -> tuple[Link, ...]:
        found = []
        for name, text, a in self._each("links"):
            if address := web_address(text):
                found.append(Link(address, name or a.get("kind") or "fulltext", a.get("label", "")))  # type: ignore[arg-type]
        return tuple(found)

    def extra(self) -> dict[str, str]:
        found: dict[str, list[str]] = {}
        for name, text, _ in self._each("extra"):
            found.setdefault(name, []).append(text)
        return {name: "; ".join(texts) for name, texts in found.items() if name}

    def relations(self) -> tuple[Relation, ...]:
        kinds = dict.fromkeys(key.split(".")[1] for key in self.rules.repeated.get("relations", ()))
        return tuple(relation for kind in kinds if (relation := self._relation(kind)) is not None)

    def _relation(self, kind: str) -> Relation | None:
        values = self._nested(f"relations.{kind}.")
        if not values:
            return None
        identifiers = tuple(
            Identifier(scheme, text)
            for scheme in ("issn", "isbn", "cn", "doi")
            for text in values.pop(scheme, [])
        )
        return Relation(
            kind=kind, identifiers=identifiers, **{name: texts[0] for name, texts in values.items()}
        )

    def holdings(self) -> tuple[Holding, ...]:
        values = {name: texts[0] for name, texts in self._nested("holdings.").items()}
        if not values:
            return ()
        copy = {name: values.pop(name) for name in ("barcode", "status") if name in values}
        if address := web_address(values.pop("url", "")):
            values["url"] = address
        return (Holding(items=(Item(**copy),) if copy else (), **values),) if values or copy else ()

    def _nested(self, prefix: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for key, rule in self.rules.rules.items():
            if key.startswith(prefix):
                texts = list(dict.fromkeys(value.text for value in rule(self.row) if value.text))
                if texts:
                    found[key[len(prefix) :]] = texts
        return found


def _kind(given: str, name: str) -> str:
    if given in ("person", "corporate", "meeting"):
        return given
    return "corporate" if _BODY.search(name) else "person"


def _year(text: str) -> int | None:
    match = _YEAR.search(text)
    if match is None:
        return None
    year = int(match.group(1))
    return (
        year
        if -5000 <= year <= 2200 and (len(match.group(1).lstrip("-")) == 4 or match.group() == text.strip())
        else None
    )


def _scheme(name: str, text: str) -> str:
    """Lists have one column "ISBN/ISSN"; a number with the hyphen of an ISSN is one."""
    return "issn" if name == "isbn" and _ISSN.fullmatch(text.strip()) else name


def _sample(row: Row) -> str:
    return "; ".join(
        f"{name}={value}" for name, value in row.items() if value and not str(name).startswith("_")
    )[:200]


ADAPTER = MappedAdapter()
