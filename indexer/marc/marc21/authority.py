"""MARC 21 authority records (MARC 21 规范记录): 1XX heading, 4XX see from, 5XX see also, 7XX linking, 880.

Source: MARC 21 Format for Authority Data. Names and subjects are read as in bibliographic records, so that
they compare equal to what stands there.
"""

from __future__ import annotations

from indexer.marc.authority import MARC21_HEADINGS, gathered, missing, person
from indexer.marc.marc21 import subjects, titles
from indexer.marc.marc21.found import Found, pair
from indexer.marc.record import Marc
from indexer.marc.values import every, first, join, modified, trim_end
from indexer.problem import Problem
from indexer.reader import Raw
from indexer.records.authority import Authority, AuthorityKind, Form, FormRole
from indexer.records.plain_text import tidy
from indexer.records.record import Identifier

KINDS: dict[str, AuthorityKind] = {
    "00": "person", "10": "corporate", "11": "meeting", "30": "title", "47": "meeting", "48": "time",
    "50": "topic", "51": "place", "55": "genre", "62": "subdivision", "80": "subdivision",
    "81": "subdivision", "82": "subdivision", "85": "subdivision",
}  # fmt: skip
_ROLES: dict[str, FormRole] = {"4": "variant", "5": "related", "7": "linked"}
_RELATIONS = {
    "a": "earlier", "b": "later", "d": "acronym", "f": "musical composition", "g": "broader",
    "h": "narrower", "t": "parent",
}  # fmt: skip
_DELETED = "dsx"  # deleted, deleted because split, deleted because replaced
_SCHEMES = {
    "viaf": "viaf", "isni": "isni", "wikidata": "wikidata", "orcid": "orcid", "gnd": "gnd", "uri": "uri",
    "naf": "lccn", "lcnaf": "lccn",
}  # fmt: skip


def read(marc: Marc, raw: Raw) -> tuple[Authority | None, list[Problem]]:
    """The authority record, or None with an error."""
    problems: list[Problem] = []
    deleted = marc.leader[5:6] in _DELETED
    found = Found("z")
    # Headings and references have partners in 880 as the fields of bibliographic records have.
    fields = pair(marc.fields, found.pairs)
    tag, text = next(((t, f) for t, f in fields if t in MARC21_HEADINGS), ("", ""))
    local_id = next((f.strip() for t, f in fields if t == "001"), "")
    f008 = next((f for t, f in fields if t == "008"), "")
    kind = _kind(tag, text)
    forms: list[Form] = []
    dates = note = ""
    if tag:
        forms, dates, note = _forms(found, tag, text, "authorised")
    if not forms and not deleted:
        return None, [missing(raw.position, "1XX")]
    notes: list[str] = []
    sources: list[str] = []
    identifiers: list[Identifier] = []
    for other, content in fields:
        role = _ROLES.get(other[:1])
        if role and other[1:] in KINDS and other[1:] != "62":
            forms += _forms(found, other, content, role)[0]
        elif other == "880":
            continue
        elif other in ("678", "680"):
            notes.append(tidy(" ".join(every(content, "abi"))))
        elif other == "670":
            sources.append(tidy(": ".join(every(content, "ab"))))
        elif other == "010":
            identifiers.append(Identifier("lccn", tidy(first(content, "a")).replace(" ", "")))
        elif other == "024" and first(content, "a"):
            scheme = _SCHEMES.get(first(content, "2").lower(), first(content, "2").lower() or "other")
            identifiers.append(Identifier(scheme, tidy(first(content, "a"))))
    return (
        Authority(
            kind,
            tidy(local_id),
            forms=gathered(forms, raw.position, problems),
            dates=dates,
            note=note,
            notes=tuple(text for text in notes if text),
            sources=tuple(text for text in sources if text),
            identifiers=tuple(i for i in dict.fromkeys(identifiers) if i.value),
            agency=tidy(next((first(f, "a") for t, f in fields if t == "040"), "")),
            rules=tidy(next((first(f, "e") for t, f in fields if t == "040"), "")),
            reference=f008[9:10] in ("b", "c", "e", "g"),
            undifferentiated=f008[32:33] == "b",
            deleted=deleted,
            modified=modified(next((f for t, f in fields if t == "005"), "")),
        ),
        problems,
    )


def _kind(tag: str, text: str) -> AuthorityKind:
    kind = KINDS.get(tag[1:], "topic")
    if kind in ("person", "corporate", "meeting") and "\x1ft" in text:
        return "title"
    return "family" if kind == "person" and text[:1] == "3" else kind


def _forms(found: Found, tag: str, text: str, role: FormRole) -> tuple[list[Form], str, str]:
    """The form in a field, also in the other script, with the dates and the note of the first one."""
    control = first(text, "w")
    relation = _RELATIONS.get(control[:1], "") or trim_end(first(text, "i")).rstrip(": ").lower()
    hidden = control[3:4] == "a"
    result: list[Form] = []
    dates = note = ""
    linked = text.partition("\x1f6880-")[2][:2]
    for content in (text, found.pairs.get(f"{tag}-{linked}", "") if linked else ""):
        if content:
            value, years, words = _heading(tag, content)
            result.append(Form(value, role, years, relation if role == "related" else "", hidden))
            dates, note = dates or years, note or words
    return [form for form in result if form.text], dates, note


def _heading(tag: str, text: str) -> tuple[str, str, str]:
    """Text, dates and note of a heading, as the field with the same content in a bibliographic record."""
    kind = _kind(tag, text)
    found = Found("z")
    if kind == "title":
        if tag[1:] == "30":
            return tidy(trim_end(join([trim_end(p) for p in every(text, "anpmrkls")], ". "))), "", ""
        parts = [trim_end(part) for part in every(text, "tnpmrkls")]
        return tidy(join(parts, ". ")), "", ""
    if kind in ("person", "family", "corporate", "meeting") and tag[1:] != "47":
        titles.HANDLERS[f"7{tag[1:]}"](found, f"7{tag[1:]}", text)
        if not found.contributors:
            return "", "", ""
        who = person(found.contributors[0])
        divisions = "".join(f"--{trim_end(part)}" for part in every(text, "vxyz"))
        return f"{who.name}{divisions}" if who.name else "", who.dates, who.note
    subjects.HANDLERS["650"](found, "650", text)
    return tidy(found.subjects[0].value) if found.subjects else "", "", ""
