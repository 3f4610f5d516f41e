"""MARC 21 to Record (MARC 21 适配器).

Where a field has its original script in an 880 (or, in some files, stands in 880 the romanised form), the
original script is the value and the romanised form is beside it. Titles are the title proper (245 $a);
other title information, parts and the statement of responsibility have members of their own. Source: MARC
21 Format for Bibliographic Data; RDA elements in 264 and 33X.
"""

from __future__ import annotations

from collections.abc import Callable

from indexer.marc import holdings as marc_holdings
from indexer.marc import syntax as marc_syntax
from indexer.marc.authority import authority_met
from indexer.marc.marc21 import codes, description, relations, subjects, titles
from indexer.marc.marc21.description import read_publication
from indexer.marc.marc21.found import Found, pair
from indexer.marc.marc21.relations import holding
from indexer.marc.values import (
    once,
    unique,
    with_roles,
)
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type, resource_type_marc
from indexer.records.record import (
    Contributor,
    Holding,
    Publication,
    Record,
    Source,
    Title,
)


class Marc21Adapter:
    """Adapter of MARC 21 in any syntax."""

    formats = ("marc21",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        marc = marc_syntax.parse(raw, profile)
        problems = [*raw.problems, *marc.problems]
        if not marc.fields:
            if not any(problem.severity == "error" for problem in problems):
                problems.append(
                    Problem("record-empty", "error", "the record has no fields", "", raw.position)
                )
            return None, problems
        leader = marc.leader
        if leader[6:7] == "z":
            return None, [*problems, authority_met(raw.position)]
        found = Found(leader[6:7])
        fields = marc.fields
        if "880" in dict(fields):
            fields = pair(fields, found.pairs)
        handlers = _HANDLERS
        if profile.holdings:
            handlers = {**_HANDLERS, **dict.fromkeys(profile.holdings, holding)}
        for tag, text in fields:
            handler = handlers.get(tag)
            if handler:
                handler(found, tag, text)
        return _record(raw, profile, leader, found, marc.charset, problems)


_HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    **codes.HANDLERS,
    **titles.HANDLERS,
    **description.HANDLERS,
    **subjects.HANDLERS,
    **relations.HANDLERS,
}


def _years(f008: str) -> tuple[int | None, int | None]:
    """First and last year of 008/06-14; None where it does not say (unknown, doubtful digits, before our
    era).
    """
    kind, one, other = f008[6:7], f008[7:11], f008[11:15]
    if not one.isdecimal() or kind in ("b", "n") or one in ("0000", "9999"):
        return None, None
    start = int(one)
    if kind in _RANGES and other.isdecimal() and other != "9999" and int(other) >= start:
        return start, int(other)
    return start, None


_RANGES = frozenset("cdikmq")


def _record(
    raw: Raw, profile: Profile, leader: str, found: Found, charset: str, problems: list[Problem]
) -> tuple[Record | None, list[Problem]]:
    deleted = found.deleted or leader[5:6] == "d"
    if not found.titles or found.titles[0].kind != "main":
        main = next((title for title in found.titles if title.kind in ("uniform", "variant")), None)
        if main:
            found.titles.insert(0, Title(main.value, "main", main.script, main.romanised))
            problems.append(
                Problem(
                    "no-title", "warning", "there is no 245 $a; another title was taken", "245", raw.position
                )
            )
        elif not deleted:
            problems.append(
                Problem("no-title", "error", "the record has no title; add 245 $a", "245", raw.position)
            )
            return None, problems
    f008 = found.f008
    year, year_end = _years(f008) if len(f008) > 14 else (None, None)
    language = f008[35:38].strip()
    if len(language) == 3 and language.isalpha() and language not in ("und", "zxx", "xxx"):
        found.languages.insert(0, language.lower())
    country = f008[15:18].strip()
    if country and country.isalpha() and country != "xx":
        found.countries.insert(0, country)
    publication = read_publication(found.publications) if found.publications else Publication()
    classes = once(found.classes)
    titles = once(found.titles)
    title = titles[0].value if titles else ""
    modern = any(number.scheme in ("isbn", "issn") for number in found.identifiers)
    kind, evidence = resource_type.type_of(
        profile.type,
        resource_type_marc.from_marc21(
            leader,
            f008,
            f006=found.f006,
            f007=found.f007,
            gmd=found.gmd,
            content_codes=found.content,
            carrier_codes=found.carriers,
            extent=found.extent,
            thesis_note=found.thesis,
            host=found.host,
            host_issn=found.host_issn,
            host_meeting=found.host_meeting,
            modern_identifier=modern,
        ),
        titles=[entry.value for entry in titles if entry.kind == "main"],
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
        title=title,
        id=found.local_id,
        type_evidence=evidence,
        title_remainder=found.remainder,
        responsibility=found.responsibility,
        titles=titles,
        contributors=_contributors(found),
        publication=publication,
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
        series=_series_texts(found.series),
        notes=unique(found.notes),
        abstract="\n".join(found.abstract),
        contents=tuple(found.contents),
        links=once(found.links),
        relations=once(found.relations),
        holdings=_holdings(found, profile),
        volume=", ".join(found.parts),
        audience=found.audience,
        rights=found.rights,
        price=found.price,
        suppressed=found.suppressed,
        deleted=deleted,
        modified=found.stamp,
        extra=found.extra,
        source=Source(marc_syntax.format_of(raw), charset, raw.position),
    )
    return record, problems


def _contributors(found: Found) -> tuple[Contributor, ...]:
    people: list[Contributor] = found.contributors
    if any(role is not None for role in found.assumed):
        people = with_roles(people, found.assumed, found.responsibility)
    return once(people)


def _series_texts(series: list[tuple[str, str]]) -> tuple[str, ...]:
    """Series as transcribed (490) and as traced (8XX), each once, with the number that one of them has."""
    numbers: dict[str, str] = {}
    for name, number in series:
        key = name.casefold()
        if number or key not in numbers:
            numbers[key] = numbers.get(key) or number
    names = {name.casefold(): name for name, _ in reversed(series)}
    return tuple(f"{names[key]} ; {number}" if number else names[key] for key, number in numbers.items())


def _holdings(found: Found, profile: Profile) -> tuple[Holding, ...]:
    return marc_holdings.read(found.holding_fields, profile.holdings) if found.holding_fields else ()


ADAPTER = Marc21Adapter()
