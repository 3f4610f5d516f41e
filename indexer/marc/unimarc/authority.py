"""UNIMARC and CNMARC authority records (UNIMARC / CNMARC 规范记录): 2XX heading, 4XX, 5XX, 7XX linking.

Several 2XX, told apart by $7, are the heading in several scripts. Chinese practice adds pinyin in $9 or in
the capital letter of the subfield. Sources: UNIMARC Manual, Authorities Format, 3rd ed.; 中国机读规范格式
(WH/T 15-2002); 中文名称规范数据库 practice of $A.
"""

from __future__ import annotations

from indexer.marc.authority import UNIMARC_HEADINGS, gathered, missing, person
from indexer.marc.record import Marc
from indexer.marc.unimarc import subjects, titles
from indexer.marc.unimarc.found import Found, unmarked
from indexer.marc.values import every, first, join, modified, trim_end
from indexer.problem import Problem
from indexer.reader import Raw
from indexer.records.authority import Authority, AuthorityKind, Form, FormRole
from indexer.records.plain_text import tidy
from indexer.records.record import Contributor, Identifier

KINDS: dict[str, AuthorityKind] = {
    "00": "person", "10": "corporate", "15": "place", "16": "corporate", "17": "corporate", "20": "family",
    "30": "title", "35": "title", "40": "title", "43": "title", "45": "title", "50": "topic", "60": "place",
    "80": "genre",
}  # fmt: skip
_ROLES: dict[str, FormRole] = {"2": "authorised", "4": "variant", "5": "related", "7": "linked"}
_RELATIONS = {
    "a": "earlier", "b": "later", "d": "acronym", "e": "pseudonym", "f": "real name", "g": "broader",
    "h": "narrower", "i": "name in religion", "j": "married name", "k": "name before marriage",
    "l": "shared pseudonym",
}  # fmt: skip
_DIVISIONS = {"00": "600", "10": "601", "15": "607", "20": "602", "50": "606", "60": "607", "80": "608"}


def read(marc: Marc, raw: Raw) -> tuple[Authority | None, list[Problem]]:
    """The authority record, or None with an error."""
    problems: list[Problem] = []
    deleted = marc.leader[5:6] == "d"
    fields = marc.fields
    tag, text = next(((t, f) for t, f in fields if t in UNIMARC_HEADINGS), ("", ""))
    kind = _kind(tag, text)
    forms: list[Form] = []
    dates = note = ""
    notes: list[str] = []
    sources: list[str] = []
    identifiers: list[Identifier] = []
    for other, content in sorted(fields, key=lambda f: f[0]):
        role = _ROLES.get(other[:1])
        if role and other[1:] in KINDS:
            made, years, words = _forms(other, content, role)
            forms += made
            if role == "authorised":
                dates, note = dates or years, note or words
        elif other in ("300", "330", "340"):
            notes.append(tidy(" ".join(every(content, "a"))))
        elif other == "810":
            sources.append(tidy(": ".join(every(content, "ab"))))
        elif other == "010" and first(content, "a"):
            identifiers.append(Identifier("isni", tidy(first(content, "a"))))
        elif other == "035" and first(content, "a"):
            identifiers.append(Identifier("local", tidy(first(content, "a"))))
        elif other == "033" and first(content, "a"):
            identifiers.append(Identifier("uri", tidy(first(content, "a"))))
    if not forms or forms[0].role != "authorised":
        if not deleted:
            return None, [missing(raw.position, "2XX")]
        forms = []
    source = next((f for t, f in fields if t == "801"), "")
    return (
        Authority(
            kind,
            tidy(next((f for t, f in fields if t == "001"), "")),
            forms=gathered(forms, raw.position, problems),
            dates=dates,
            note=note,
            notes=tuple(value for value in notes if value),
            sources=tuple(value for value in sources if value),
            identifiers=tuple(i for i in dict.fromkeys(identifiers) if i.value),
            agency=tidy(first(source, "b")),
            rules=tidy(next((first(f, "a") for t, f in fields if t == "152"), "")),
            reference=marc.leader[6:7] in ("y", "z"),
            undifferentiated=next((f for t, f in fields if t == "120"), "")[5:6] == "b",
            deleted=deleted,
            modified=modified(next((f for t, f in fields if t == "005"), "")),
        ),
        problems,
    )


def _kind(tag: str, text: str) -> AuthorityKind:
    kind = KINDS.get(tag[1:], "topic")
    return "meeting" if tag[1:] == "10" and text[:1] == "1" else kind


def _forms(tag: str, text: str, role: FormRole) -> tuple[list[Form], str, str]:
    """The form in a field, and its pinyin as a form that is only found by."""
    relation = _RELATIONS.get(first(text, "5")[:1], "") if role == "related" else ""
    hidden = first(text, "5")[1:2] == "0"
    value, dates, note, pinyin = _heading(tag, text)
    found = [Form(value, role, dates, relation, hidden)] if value else []
    if value and pinyin and role != "related":
        found.append(Form(pinyin, "variant", dates, "", True))
    return found, dates, note


def _heading(tag: str, text: str) -> tuple[str, str, str, str]:
    """Text, dates, note and romanised form of a heading, read as in a bibliographic record."""
    last = tag[1:]
    found = Found(" " * 24)
    kind = KINDS[last]
    romanised = tidy(first(text, "9") or first(text, "A"))
    if kind == "title":
        parts = [trim_end(unmarked(part)) for part in every(text, "athi" if last in ("40", "45") else "ahi")]
        if last in ("40", "45"):
            parts = [trim_end(unmarked(part)) for part in every(text, "thi")] or parts
        return tidy(join(parts, ". ")), "", "", romanised
    if last in ("00", "20", "10", "16", "17"):
        handler = "701" if last in ("00", "20") else "711"
        titles.HANDLERS[handler](found, handler, text)
        who = person(found.contributors[0]) if found.contributors else Contributor("")
        divisions = "".join(f"--{trim_end(part)}" for part in every(text, "xyz")) if who.name else ""
        given = tidy(who.romanised)
        return f"{who.name}{divisions}", who.dates, who.note, romanised or given
    handler = _DIVISIONS[last]
    subjects.HANDLERS[handler](found, handler, text)
    return tidy(found.subjects[0].value) if found.subjects else "", "", "", romanised
