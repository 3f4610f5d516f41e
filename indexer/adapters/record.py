"""Our own JSON form of a record (记录 JSON 适配器), as ``ereader convert`` writes it and
``docs/record.schema.json`` describes it.

Accepted are one object, ``{"record": {…}, "problems": […]}``, arrays and JSON lines of either. What the
schema does not know or allow is left out with a warning; nothing of it is trusted more than any other
input.
"""

from __future__ import annotations

from typing import Any

import msgspec

from indexer.formats.draft import Draft
from indexer.formats.markup import plain, text, texts, web_address
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import date, identifier
from indexer.records.record import (
    Class,
    Contributor,
    Holding,
    Identifier,
    Link,
    Publication,
    Record,
    Relation,
    Source,
    Subject,
    Title,
)
from indexer.records.resource_type import BY_CODE

# Members whose value may also be given as plain text.
_SHORT: dict[str, tuple[type[msgspec.Struct], str]] = {
    "titles": (Title, "value"),
    "contributors": (Contributor, "name"),
    "identifiers": (Identifier, "value"),
    "subjects": (Subject, "value"),
    "classes": (Class, "value"),
    "links": (Link, "url"),
    "relations": (Relation, "title"),
    "holdings": (Holding, "library"),
}
_OTHER_KIND: dict[type[msgspec.Struct], str] = {Title: "variant", Link: "related"}
_TEXTS = (
    "id", "title", "title_remainder", "responsibility", "edition", "extent", "volume", "audience",
    "rights", "price", "embargo_until", "modified",
)  # fmt: skip
_LISTS = ("languages", "countries", "places", "series", "notes", "contents")


class RecordAdapter:
    """Adapts our own JSON (记录 JSON 适配器)."""

    formats = ("record",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        draft = Draft(raw, profile)
        value = draft.decode()
        if value is None:
            return None, draft.problems
        if isinstance(value.get("record"), dict):
            outer_id = plain(value.get("id"))
            value = {"id": outer_id, **value["record"]} if outer_id else value["record"]
        members: dict[str, Any] = {name: plain(value.get(name)) for name in _TEXTS}
        members["id"] = members["id"] or plain(value.get("_key"))
        if isinstance(value.get("abstract"), list):
            value = {**value, "abstract": " ".join(texts(value["abstract"]))}
        members["abstract"] = plain(value.get("abstract"))
        for name in _LISTS:
            members[name] = tuple(texts(value.get(name)))
        for name, (shape, short) in _SHORT.items():
            members[name] = tuple(_structs(draft, name, value.get(name), shape, short))
        members["links"] = tuple(link for link in members["links"] if web_address(link.url))
        publication = value.get("publication")
        if isinstance(publication, str):
            publication = {"publisher": publication}
        members["publication"] = _one(draft, "publication", publication, Publication) or Publication()
        for name in ("year", "year_end"):
            year = value.get(name)
            if isinstance(year, str):
                year = date.year(year)
            elif isinstance(year, float) and year.is_integer():
                year = int(year)  # Spreadsheets and statistics programs write every number so.
            members[name] = (
                year
                if isinstance(year, int) and not isinstance(year, bool) and -10_000 < year < 10_000
                else None
            )
        for name in ("suppressed", "deleted"):
            members[name] = value.get(name) is True
        extra = value.get("extra")
        members["extra"] = (
            {plain(k): text(v) for k, v in extra.items() if text(v)} if isinstance(extra, dict) else {}
        )
        if members["deleted"]:
            if not members["id"]:
                draft.problem("no-identifier", "a deleted record without an identifier", severity="error")
                return None, draft.problems
            return Record(id=members["id"], deleted=True, source=_source(raw)), draft.problems
        main = members["title"] or next((t.value for t in members["titles"] if t.kind == "main"), "")
        main = main or next((t.value for t in members["titles"]), "")
        if not main:
            draft.problem("no-title", "the record has no title; add one", "title", "error")
            return None, draft.problems
        members["title"] = main
        if not any(title.kind == "main" for title in members["titles"]):
            members["titles"] = (Title(main), *members["titles"])
        members["type"], members["type_evidence"] = self._type(draft, value, profile, members)
        return Record(source=_source(raw), **members), draft.problems

    def _type(
        self, draft: Draft, value: dict[str, Any], profile: Profile, members: dict[str, Any]
    ) -> tuple[str, tuple[str, ...]]:
        given = plain(value.get("type"))
        if profile.type in BY_CODE:
            return profile.type, (f"declared by the source: {profile.type}",)
        if given in BY_CODE:
            evidence = tuple(texts(value.get("type_evidence")))
            return given, evidence or (f"declared in the record: {given}",)
        if given:
            draft.problem("type-unknown", "not one of the 21 resource types", "type", "warning", given)
        draft.titles = list(members["titles"])
        draft.notes = list(members["notes"])
        draft.identifiers = {(i.scheme, i.value): i for i in members["identifiers"]}
        draft.classes = {(c.value, c.scheme): c for c in members["classes"]}
        draft.edition, draft.year = members["edition"], members["year"]
        found, _ = draft.finish()
        return (found.type, found.type_evidence) if found is not None else ("book", ())


def _structs(draft: Draft, name: str, value: Any, shape: type[msgspec.Struct], short: str) -> list[Any]:
    found = []
    for entry in value if isinstance(value, list) else [value] if value else []:
        if isinstance(entry, str):
            entry = {short: entry}
            if shape is Identifier:
                found.append(identifier.guess(plain(entry[short])))
                continue
        struct = _one(draft, name, entry, shape)
        if struct is not None and (getattr(struct, short) or shape in (Holding, Relation)):
            found.append(struct)
    return found


def _one(draft: Draft, name: str, entry: Any, shape: type[msgspec.Struct]) -> Any:
    """One part of the record checked against its schema; what does not fit is left out with a warning."""
    if entry is None or entry == "":
        return None
    if not isinstance(entry, dict):
        draft.problem("schema", f"{name}: an object is expected", name)
        return None
    if shape is Identifier and entry.get("scheme") and entry.get("value") and "valid" not in entry:
        return identifier.parse(plain(entry["scheme"]), plain(entry["value"]))
    members = {k: v for k, v in entry.items() if v is not None}
    while True:
        try:
            return msgspec.convert(_clean(members), shape)
        except (msgspec.ValidationError, RecursionError) as error:
            draft.problem("schema", f"{name}: {str(error)[:200]}", name)
            if not str(error).endswith("`$.kind`") or "kind" not in members:
                return None
            # A word of another list; who or what it is said of is kept.
            del members["kind"]
            if shape in _OTHER_KIND:
                members["kind"] = _OTHER_KIND[shape]


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if isinstance(value, dict):
        return {name: _clean(part) for name, part in value.items()}
    # A volume or a page is often a number in JSON; no member of these parts is one.
    return text(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _source(raw: Raw) -> Source:
    return Source(raw.format, raw.charset, raw.position)


ADAPTER = RecordAdapter()
