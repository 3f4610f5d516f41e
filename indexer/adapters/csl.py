"""CSL JSON (CSL 适配器): the input format of citation processors, CSL 1.0.2, which Zotero and DOIs give."""

from __future__ import annotations

import re
from typing import Any

from indexer.formats.draft import Draft, full_name
from indexer.formats.markup import plain, text, texts
from indexer.formats.qualified_dc import looks_corporate
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import identifier, resource_type
from indexer.records.record import Record

_ROLES = (
    "author", "editor", "translator", "director", "composer", "illustrator", "interviewer", "recipient",
    "reviewed-author",
    "collection-editor", "container-author", "editorial-director", "compiler", "contributor", "curator",
    "host", "narrator",
    "performer", "producer", "script-writer", "series-creator", "chair", "organizer", "guest",
    "original-author",
)  # fmt: skip
_NOT_OF_THIS = frozenset({"reviewed-author", "container-author", "collection-editor", "original-author"})
_IN = frozenset(
    [
        "article-journal",
        "article-magazine",
        "article-newspaper",
        "chapter",
        "paper-conference",
        "entry",
        "entry-dictionary",
        "entry-encyclopedia",
        "review",
        "review-book",
        "post-weblog",
    ]
)


class CslAdapter:
    """Adapts CSL items (CSL 适配器)."""

    formats = ("csl",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        draft = Draft(raw, profile)
        item = draft.decode()
        if item is None:
            return None, draft.problems
        kind = plain(item.get("type"))
        draft.id = plain(item.get("id") or item.get("citation-key") or item.get("_key"))
        draft.says(resource_type.from_csl(kind) or resource_type.from_crossref(kind))
        draft.genres.extend(texts(item.get("genre")) + texts(item.get("medium")))
        for title in texts(item.get("title")):
            draft.title(title)
        draft.title(text(item.get("title-short") or item.get("shortTitle")), "abbreviated")
        draft.title(item.get("original-title"), "variant")
        for role in _ROLES:
            people = item.get(role)
            for person in people if isinstance(people, list) else ():
                if isinstance(person, dict) and role not in _NOT_OF_THIS:
                    _person(
                        draft, person, {"chair": "editor", "script-writer": "scriptwriter"}.get(role, role)
                    )
        draft.publisher = text(item.get("publisher"))
        draft.place = text(item.get("publisher-place"))
        for name in ("issued", "original-date", "submitted"):
            draft.date = draft.date or date_of(item.get(name))
        _numbers(draft, item, kind)
        draft.language(item.get("language"))
        draft.abstract = plain(item.get("abstract"))
        for word in texts(item.get("keyword")):
            for part in re.split(r"\s*[,;，；]\s*", word):
                draft.subject(part)
        draft.edition = plain(item.get("edition"))
        pages = plain(item.get("number-of-pages"))
        draft.extent = f"{pages} p." if pages.isdecimal() else pages
        draft.series.extend(texts(item.get("collection-title")))
        draft.note(item.get("annote"))
        draft.note(item.get("note"))
        draft.classify(item.get("call-number"), "other")
        draft.rights = plain(item.get("license"))
        draft.link(item.get("URL"))
        if kind == "thesis":
            draft.more("school", draft.publisher)
            draft.more("degree", item.get("genre"))
        event = item.get("event-title") or item.get("event")
        if isinstance(event, dict):
            event = event.get("name")
        if plain(event):
            draft.person(event, "", "meeting")
            draft.more("conference", event)
            draft.more("conference_place", item.get("event-place"))
        draft.more("genre", item.get("genre"))
        draft.more("number", item.get("number"))
        draft.more("scale", item.get("scale"))
        return draft.finish()


def _person(draft: Draft, person: dict[str, Any], role: str) -> None:
    literal = plain(person.get("literal"))
    if literal:
        draft.person(
            literal,
            role,
            "corporate"
            if person.get("isInstitution") not in (None, "", 0, False)
            or looks_corporate(literal)
            or (len(literal) > 4 and "," not in literal)
            or (literal.isascii() and literal.isupper())
            else "person",
        )
        return
    particle = plain(person.get("non-dropping-particle"))
    family = " ".join(part for part in (particle, plain(person.get("family"))) if part)
    given = " ".join(
        part for part in (plain(person.get("given")), plain(person.get("dropping-particle"))) if part
    )
    draft.person(full_name(family, given, person.get("suffix")), role)


def _numbers(draft: Draft, item: dict[str, Any], kind: str) -> None:
    draft.identify("doi", item.get("DOI"))
    draft.identify("pmid", item.get("PMID"))
    draft.identify("pmc", item.get("PMCID"))
    host = text(item.get("container-title"))
    issns = re.split(r"[,;\s]+", " ".join(texts(item.get("ISSN"))))
    isbns = re.split(r"[,;\s]+", " ".join(texts(item.get("ISBN"))))
    numbers = {name: plain(item.get(name)) for name in ("volume", "issue")}
    if kind in _IN or host:
        ids = [
            identifier.parse(scheme, value)
            for scheme, values in (("issn", issns), ("isbn", isbns))
            for value in values
            if value
        ]
        draft.relate("in", host, ids, pages=item.get("page"), date=draft.year_text(), **numbers)
    else:
        for isbn in isbns:
            draft.identify("isbn", isbn)
        for issn in issns:
            draft.identify("issn", issn)
        draft.volume = numbers["volume"]


def date_of(value: Any) -> str:
    """A CSL date variable: date-parts (one date or a range), raw or literal text."""
    if not isinstance(value, dict):
        return plain(value)
    parts = value.get("date-parts")
    dates = []
    for date in parts if isinstance(parts, list) else ():
        numbers = [plain(part) for part in date] if isinstance(date, list) else [plain(date)]
        numbers = [part.zfill(2) if index else part for index, part in enumerate(numbers) if part]
        if numbers and numbers[0] != "0":
            dates.append("-".join(numbers[:3]))
    if len(dates) == 2 and dates[0][:4] != dates[1][:4]:
        return f"{dates[0][:4]}-{dates[1][:4]}"
    return dates[0] if dates else plain(value.get("raw") or value.get("literal"))


ADAPTER = CslAdapter()
