"""BibTeX and BibLaTeX entries → Record (BibTeX 适配器).

Field names: "BibTeXing" (Patashnik 1988) and the BibLaTeX manual, sections 2.1 and 2.2; those of reference
managers (JabRef, Mendeley, Zotero) where they differ.
"""

from __future__ import annotations

import re

import msgspec

from indexer.adapters import reference
from indexer.formats.bibtex import MONTHS, Entry, parse
from indexer.formats.draft import has_han
from indexer.formats.latex import plain_text
from indexer.formats.qualified_dc import looks_corporate
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.lines import text_of
from indexer.records import resource_type
from indexer.records.evidence import Evidence
from indexer.records.name import inverted
from indexer.records.record import Contributor, Record

_MEMBERS = {
    "title": "title", "booktitle": "book_title", "journal": "journal", "journaltitle": "journal",
    "maintitle": "series", "shorttitle": "short_title", "shortjournal": "journal_abbreviated",
    "series": "series", "publisher": "publisher", "address": "place", "location": "place",
    "school": "publisher", "institution": "publisher", "organization": "publisher", "volume": "volume",
    "number": "issue", "issue": "issue", "pages": "pages", "pagetotal": "total_pages", "volumes": "volumes",
    "edition": "edition", "isbn": "isbn", "issn": "issn", "doi": "doi", "url": "url", "note": "note",
    "annote": "note", "annotation": "note", "howpublished": "note", "addendum": "note",
    "abstract": "abstract", "keywords": "keyword", "keyword": "keyword", "language": "language",
    "langid": "language", "pmid": "pmid", "lccn": "lccn", "urn": "urn", "type": "type_of_work",
    "origtitle": "original", "affiliation": "affiliation", "eventtitle": "note", "copyright": "rights",
    "callnumber": "call_number", "library": "call_number", "database": "database", "venue": "place",
}  # fmt: skip
_NAMES = {
    "author": "author", "editor": "editor", "translator": "translator", "bookauthor": "other_author",
    "advisor": "advisor", "supervisor": "advisor", "holder": "secondary_author", "director": "other_author",
    "editora": "editor", "editorb": "editor",
}  # fmt: skip
_AND = re.compile(r"\s+and\s+", re.I)
_OTHERS = re.compile(r"^(?:others|et~?\s?al\.?|等)$", re.I)
_HAN_PARTS = re.compile(r"([\u3400-\u9fff]{1,2}),\s*([\u3400-\u9fff]{1,2})")
_INITIALS = re.compile(r"[A-Z]{1,2}|(?:[A-Z]\.-?){1,3}")  # "Wang X." has its family name first already
_OUTER = re.compile(r"\{(.*)\}", re.S)


class BibtexAdapter:
    """Entries of BibTeX files."""

    formats = ("bibtex",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        text, problems = text_of(raw, profile)
        entry = parse(text)
        if entry is None or not (entry.fields or entry.key):
            message = "this is no BibTeX entry that can be read; look for a missing brace or quotation mark"
            return None, [Problem("bibtex-unreadable", "error", message, position=raw.position)]
        evidence = resource_type.from_bibtex(entry.type)
        if evidence is None:
            message = (
                f"the entry type @{entry.type[:40]} is not known; the type is decided by what the entry says"
            )
            problems.append(
                Problem("type-unknown", "info", message, "type", raw.position, value=entry.type[:200])
            )
        members, bodies = _members(entry)
        coded = _coded(entry, evidence)
        record = reference.record_of(
            members, raw, profile, coded, _kind(entry, evidence), local_id=entry.key[:200]
        )
        if record is None:
            message = f"the entry {entry.key[:60]!r} has no title, so it cannot be shown"
            return None, [
                *problems,
                Problem("title-missing", "error", message, "title", raw.position, value=entry.key[:200]),
            ]
        return _with_bodies(record, bodies), problems


def _members(entry: Entry) -> tuple[dict[str, list[str]], frozenset[str]]:
    members: dict[str, list[str]] = {}
    bodies: set[str] = set()
    for name, value in entry.fields.items():
        if name in _NAMES:
            for part in _AND.split(_protected(value)):
                text = plain_text(_restored(part))
                if not text or _OTHERS.match(text):
                    continue
                # Braces around a whole name mean that it has no parts: it is the name of a body.
                if _OUTER.fullmatch(part.strip()) and "\\" not in part:
                    bodies.add(text)
                else:
                    text = _family_first(text, part)
                members.setdefault(_NAMES[name], []).append(text)
        elif name in ("url", "doi", "file", "eprint"):
            if member := _MEMBERS.get(name):
                members.setdefault(member, []).append(
                    re.sub(r"\\([_%&#~])", r"\1", value).replace("{", "").replace("}", "")
                )
        elif member := _MEMBERS.get(name):
            text = plain_text(value)
            if name == "howpublished" and re.match(r"\\?url|https?:", value.strip()):
                members.setdefault("url", []).append(text.removeprefix("url").strip())
            elif text:
                members.setdefault(member, []).append(text)
    members["year"] = [_date(entry)]
    subtitle = plain_text(entry.fields.get("subtitle", ""))
    if subtitle and members.get("title"):
        members["title"] = [f"{members['title'][0]}: {subtitle}"]
    eprint = entry.fields.get("eprint", "").strip("{} ")
    archive = (entry.fields.get("archiveprefix") or entry.fields.get("eprinttype") or "").strip("{} ").lower()
    if eprint and (archive == "arxiv" or re.fullmatch(r"\d{4}\.\d{4,5}(v\d+)?|[a-z-]+/\d{7}", eprint)):
        members.setdefault("arxiv", []).append(eprint)
    if entry.type != "article" and members.get("issue") and not members.get("volume"):
        members.setdefault("note", []).append(f"no. {members['issue'][0]}")
    return members, frozenset(bodies)


def _protected(value: str) -> str:
    """Blanks within braces hidden, so that "{Barnes and Noble}" stays one name."""
    out: list[str] = []
    depth = 0
    for sign in value:
        depth += (sign == "{") - (sign == "}")
        out.append("\ue003" if depth > 0 and sign.isspace() else sign)
    return "".join(out)


def _family_first(text: str, part: str) -> str:
    """A name as others write it (姓在前): BibTeX takes ``Donald E. Knuth`` and ``Knuth, Donald E.`` for
    one name ("BibTeXing", section 4.1), so only one form goes on.

    ``王, 力`` has its comma for BibTeX's sake alone. Braces hold a family name of several words together.
    """
    chinese = _HAN_PARTS.fullmatch(text)
    if chinese is not None:
        return chinese.group(1) + chinese.group(2)
    *before, last = part.split()
    if "," in text or not before or looks_corporate(text) or _INITIALS.fullmatch(last):
        return text
    if "\ue003" in last:
        return f"{plain_text(_restored(last))}, {plain_text(_restored(' '.join(before)))}"
    return inverted(text)


def _restored(text: str) -> str:
    return text.replace("\ue003", " ")


def _date(entry: Entry) -> str:
    fields = entry.fields
    date = plain_text(fields.get("date", ""))
    if date:
        return date.replace("–", "--") if "/" not in date else date.split("/")[0]
    year = plain_text(fields.get("year", ""))
    month = plain_text(fields.get("month", ""))
    number = MONTHS.get(
        month[:3].lower(), month.zfill(2) if month.isdecimal() and 1 <= int(month) <= 12 else ""
    )
    if re.fullmatch(r"\d{4}", year) and number:
        day = plain_text(fields.get("day", ""))
        return f"{year}-{number}" + (f"-{day.zfill(2)}" if day.isdecimal() else "")
    return year


def _kind(entry: Entry, evidence: Evidence | None) -> str:
    if entry.type in ("inbook", "incollection", "suppbook", "inreference", "bookinbook", "suppcollection"):
        return "chapter"
    return reference.kind_of(evidence, entry.type)


def _coded(entry: Entry, evidence: Evidence | None) -> list[Evidence]:
    fields = entry.fields
    if entry.type in ("misc", "unpublished", "online") and (
        "journal" in fields
        or "journaltitle" in fields
        or fields.get("archiveprefix", "").lower().strip("{}") == "arxiv"
    ):
        return [Evidence("article", "coded", f"bibtex type {entry.type} with a journal or an arXiv number")]
    if entry.type == "misc" and "publisher" in fields and ("isbn" in fields or "url" not in fields):
        return [Evidence("book", "coded", "bibtex type misc with a publisher")]
    return [evidence] if evidence is not None else []


def _with_bodies(record: Record, bodies: frozenset[str]) -> Record:
    if not bodies:
        return record
    people = tuple(
        Contributor(person.name, person.role, "corporate")
        if person.name in bodies and (not has_han(person.name) or looks_corporate(person.name))
        else person  # braces around a Chinese name only keep its parts together
        for person in record.contributors
    )
    return msgspec.structs.replace(record, contributors=people)


ADAPTER = BibtexAdapter()
