"""RIS, Refer/EndNote, RefWorks and NoteExpress references → Record (题录适配器)."""

from __future__ import annotations

import re

from indexer.adapters import reference
from indexer.formats.tagged import FORMATS, guess, local_id, members, values
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.readers.lines import text_of
from indexer.records import resource_type
from indexer.records.evidence import Evidence
from indexer.records.record import Record

_AUTHORS = frozenset(
    {"author", "secondary_author", "tertiary_author", "editor", "translator", "other_author"}
)


# RIS has CONF for proceedings and CPAPER for papers; most programs write CONF for papers as well.
_OF_A_PAPER = ("author", "journal", "secondary_title", "book_title", "start_page", "pages")


class TaggedAdapter:
    """References in a tagged format (带标签题录)."""

    formats = FORMATS

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        text, problems = text_of(raw, profile)
        table = members()[raw.format]
        found: dict[str, list[str]] = {}
        unknown: list[str] = []
        for tag, value in values(raw.format, text):
            if tag == "ER" or not value:
                continue
            member = table.get(tag) or table.get(_title_case(tag))
            if member is None:
                unknown.append(tag)
            elif member != "ignored":
                found.setdefault(member, []).append(value)
        name = " ".join((found.get("type") or [""])[0].split())
        if raw.format == "ris" and name.isalpha() and len(name) <= 8:
            name = name.upper()
        evidence = _evidence(raw.format, name)
        _settle_journal(found, evidence)
        proceedings = found.pop("proceedings", [])
        if proceedings and evidence is not None and evidence.type == "conference-paper":
            found["book_title"] = proceedings  # T2 is then the name of the conference or of the series.
        if raw.format == "ris" and name == "CONF" and not any(found.get(m) for m in _OF_A_PAPER):
            evidence = Evidence("book", "coded", "ris type CONF without an author or a host")
        if name and evidence is None:
            message = (
                f"the reference type {name[:60]!r} is not known; the type is decided by what the record says"
            )
            problems.append(Problem("type-unknown", "info", message, "type", raw.position, value=name[:200]))
        record = reference.record_of(
            found,
            raw,
            profile,
            [evidence] if evidence else guess(found),
            reference.kind_of(evidence or next(iter(guess(found)), None), name),
            local_id=local_id(found),
        )
        if record is None:
            message = "the reference has no title, so it cannot be shown; add one (TI, %T, T1 or {Title})"
            return None, [*problems, Problem("title-missing", "error", message, "title", raw.position)]
        return record, problems


def _settle_journal(found: dict[str, list[str]], evidence: Evidence | None) -> None:
    """RIS JO is the full name of the journal for some programs and its short name for others, which write the
    full one in T2.
    """
    either = found.pop("journal_either", [])
    full = found.get("journal") or (
        evidence is not None and evidence.type == "article" and found.get("secondary_title")
    )
    if either:
        found.setdefault("journal_abbreviated" if full else "journal", []).extend(either)


def _title_case(tag: str) -> str:
    return " ".join(word.capitalize() for word in tag.split()) if len(tag) > 2 else tag


def _evidence(format: str, name: str) -> Evidence | None:
    if not name:
        return None
    if format == "ris":
        return resource_type.from_ris(name)
    evidence = resource_type.from_refer(name)
    if evidence is None and format == "refworks":
        # RefWorks writes "Book, Section" and its users "Dissertation/Thesis": the first part says enough.
        evidence = resource_type.from_refer(re.split(r"[,/]", name)[0].strip())
    return evidence


ADAPTER = TaggedAdapter()
