"""UNIMARC, CNMARC and Taiwan's CMARC to Record (UNIMARC / CNMARC 适配器).

The three share their structure and differ in local fields: CNMARC has 690 (CLC), 692, 091, 905 and pinyin
in $9 (NLC) or in the capital letter of the subfield (CALIS); CMARC has 204, 681 and $s for dynasties.
Sources: UNIMARC Manual, Bibliographic Format, 3rd ed.; WH/T 0503 (CNMARC); 中国机读书目格式;
中國機讀編目格式 第四版.
"""

from __future__ import annotations

from collections.abc import Callable

from indexer.marc import holdings as marc_holdings
from indexer.marc import syntax as marc_syntax
from indexer.marc.authority import authority_met
from indexer.marc.unimarc import codes, description, relations, subjects, titles
from indexer.marc.unimarc.description import read_publication
from indexer.marc.unimarc.found import Found
from indexer.marc.unimarc.relations import holding
from indexer.marc.values import (
    once,
    unique,
    with_roles,
)
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type, resource_type_marc
from indexer.records.name import parse_statement
from indexer.records.record import (
    Contributor,
    Publication,
    Record,
    Source,
    Title,
)
from indexer.records.script import has_han

_AUTHORITY = frozenset("xyz")  # kinds of authority records in leader/06

_NOBODY = frozenset(("佚名", "阙名", "闕名", "无名氏", "無名氏"))


class UnimarcAdapter:
    """Adapter of UNIMARC, CNMARC and CMARC in any syntax."""

    formats = ("unimarc", "cnmarc")

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        marc = marc_syntax.parse(raw, profile)
        problems = [*raw.problems, *marc.problems]
        if not marc.fields:
            if not any(problem.severity == "error" for problem in problems):
                problems.append(
                    Problem("record-empty", "error", "the record has no fields", "", raw.position)
                )
            return None, problems
        if marc.leader[6:7] in _AUTHORITY:
            return None, [*problems, authority_met(raw.position)]
        found = Found(marc.leader)
        statements = [text for tag, text in marc.fields if tag == "200"]
        if statements:
            # A second 200 is an error; the one that is marked as significant (first indicator 1) is meant.
            titles.title_statement(
                found, "200", next((text for text in statements if text[:1] == "1"), statements[0])
            )
            if len(statements) > 1:
                message = "there are several fields 200; the one with first indicator 1 was taken"
                problems.append(Problem("field-repeated", "warning", message, "200", raw.position))
        handlers = (
            {**_HANDLERS, **dict.fromkeys(profile.holdings, holding)} if profile.holdings else _HANDLERS
        )
        for tag, text in marc.fields:
            handler = handlers.get(tag)
            if handler:
                handler(found, tag, text)
        return _record(raw, profile, marc.leader, found, marc.charset, problems)


_HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    **codes.HANDLERS,
    **titles.HANDLERS,
    **description.HANDLERS,
    **subjects.HANDLERS,
    **relations.HANDLERS,
}


def _years(coded: str) -> tuple[int | None, int | None]:
    """First and last year of 100$a/8-16."""
    kind, one, other = coded[8:9], coded[9:13], coded[13:17]
    if not one.isdecimal() or one in ("0000", "9999"):
        return None, None
    start = int(one)
    if kind in "abfgi" and other.isdecimal() and other != "9999" and int(other) >= start:
        return start, int(other)
    return start, None


def _record(
    raw: Raw, profile: Profile, leader: str, found: Found, charset: str, problems: list[Problem]
) -> tuple[Record | None, list[Problem]]:
    deleted = leader[5:6] == "d"
    if not found.titles or found.titles[0].kind != "main":
        other = next((title for title in found.titles if title.kind in ("uniform", "variant", "part")), None)
        if other:
            found.titles.insert(0, Title(other.value, "main", "", other.romanised))
            message = "there is no 200 $a; another title was taken"
            problems.append(Problem("no-title", "warning", message, "200", raw.position))
        elif not deleted:
            message = "the record has no title; add 200 $a"
            problems.append(Problem("no-title", "error", message, "200", raw.position))
            return None, problems
    coded = found.coded
    year, year_end = _years(coded.get("100", ""))
    classes = once(found.classes)
    titles = once(found.titles)
    modern = any(number.scheme in ("isbn", "issn", "csbn") for number in found.identifiers)
    kind, evidence = resource_type.type_of(
        profile.type,
        resource_type_marc.from_unimarc(
            leader,
            f105a=coded.get("105", ""),
            f106a=coded.get("106", ""),
            f110a=coded.get("110", ""),
            f115a=coded.get("115", ""),
            f135a=coded.get("135", ""),
            f140a=coded.get("140", ""),
            gmd=found.gmd,
            thesis_note=found.thesis,
            host=found.host,
            host_issn=found.host_issn,
            host_meeting=found.host_meeting or (found.analytic and found.meeting),
            carrier_codes=found.carriers,
            other_medium_electronic=found.electronic_link,
        ),
        titles=[title.value for title in titles if title.kind == "main"],
        notes=found.notes,
        edition=found.edition,
        genres=found.genres,
        subjects=[subject.value for subject in found.subjects],
        classes=[(entry.scheme, entry.value) for entry in classes],
        year=year,
        year_end=year_end,
        languages=found.languages,
        modern_identifier=modern,
    )
    record = Record(
        type=kind,
        title=titles[0].value if titles else "",
        id=found.local_id,
        type_evidence=evidence,
        title_remainder=found.remainder,
        responsibility=found.responsibility,
        titles=titles,
        contributors=once(with_roles(found.contributors, found.assumed, found.responsibility))
        or _stated(found.responsibility),
        publication=read_publication(found.publications) if found.publications else Publication(),
        year=year,
        year_end=year_end,
        languages=unique(found.languages),
        countries=unique(found.countries),
        identifiers=once(found.identifiers),
        subjects=once(found.subjects),
        classes=classes,
        places=unique(found.places),
        edition=found.edition,
        extent=found.extent,
        series=unique(found.series),
        notes=unique(found.notes),
        abstract="\n".join(found.abstract),
        contents=tuple(found.contents),
        links=once(found.links),
        relations=once(found.relations),
        holdings=marc_holdings.read(found.holding_fields, profile.holdings) if found.holding_fields else (),
        volume=", ".join(part for part in found.parts if part),
        audience=found.audience,
        rights=found.rights,
        price=found.price,
        deleted=deleted,
        modified=found.stamp,
        extra=found.extra,
        source=_source(raw, charset),
    )
    return record, problems


def _stated(responsibility: str) -> tuple[Contributor, ...]:
    """Who a Chinese statement names, where no field 7XX says it: old records often have 200 $f only."""
    if not has_han(responsibility):
        return ()
    return tuple(who for who in parse_statement(responsibility) if who.name not in _NOBODY)


def _source(raw: Raw, charset: str) -> Source:
    syntax = marc_syntax.format_of(raw)
    family = "" if syntax in ("unimarc", "cnmarc", "worksheet", "iso2709") else "unimarc"
    return Source(syntax, charset, raw.position, dialect=family)


ADAPTER = UnimarcAdapter()
