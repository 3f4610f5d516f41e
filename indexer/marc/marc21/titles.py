"""Titles and names of MARC 21 (题名、责任者): 1XX, 20X to 24X, 70X to 75X."""

from __future__ import annotations

from collections.abc import Callable

from indexer.marc.found import LIMIT
from indexer.marc.marc21.found import Found, both
from indexer.marc.values import (
    body_of,
    every,
    first,
    join,
    name_of,
    role_of,
    trim,
    trim_end,
)
from indexer.records.record import (
    Contributor,
    ContributorKind,
    Relation,
    Title,
    TitleKind,
)


def _title_statement(found: Found, tag: str, text: str) -> None:
    original, romanised = both(found, tag, text)
    proper, remainder, responsibility, parts, gmd, parallel = _analyse_title(original)
    if any(title.kind == "main" for title in found.titles):
        if proper:
            found.titles.append(Title(proper, "variant"))
        return
    romanised_proper = _analyse_title(romanised)[0] if romanised else ""
    if not proper:
        proper, romanised_proper = romanised_proper, ""
    if proper:
        found.titles.insert(0, Title(proper, "main", "", romanised_proper))
    found.titles.extend(Title(value, "parallel") for value in parallel)
    found.remainder, found.responsibility = remainder, responsibility
    found.parts = parts
    found.gmd = gmd or (first(text, "h") if romanised else "")


def _analyse_title(text: str) -> tuple[str, str, str, list[str], str, list[str]]:
    proper = remainder = responsibility = gmd = ""
    parts: list[str] = []
    parallel: list[str] = []
    next_is_parallel = False
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value or code == "6":
            continue
        if code == "a" and not proper:
            proper = trim_end(value)
        elif code == "c":
            responsibility = f"{responsibility} {trim_end(value)}" if responsibility else trim_end(value)
        elif code == "b":
            if " = " in value:
                value, *more = value.split(" = ")
                parallel.extend(trim_end(title.partition(" : ")[0]) for title in more)
            if next_is_parallel or value.startswith("= "):
                parallel.insert(0, trim_end(value.lstrip("= ").partition(" : ")[0]))
            elif trim_end(value):
                remainder = f"{remainder} {trim_end(value)}" if remainder else trim_end(value)
        elif code in "np":
            parts.append(trim_end(value))
        elif code == "h":
            gmd = trim_end(value).strip("[] ")
        elif code == "k" and not proper:
            proper = trim_end(value)
        next_is_parallel = value.endswith("=")
    if not proper and parts:
        proper = parts.pop(0)
    return proper, remainder, responsibility, [p for p in parts if p], gmd, [p for p in parallel if p]


_246: dict[str, TitleKind] = {"0": "part", "1": "parallel", "4": "cover", "8": "spine"}


def _varying_title(found: Found, tag: str, text: str) -> None:
    original, romanised = both(found, tag, text)
    kind: TitleKind = _246.get(text[1:2], "variant") if tag == "246" else "variant"
    if tag in ("210", "222"):
        kind = "abbreviated" if tag == "210" else "variant"
    elif tag == "242":
        kind = "translated"
    elif tag == "247":
        kind = "former"
    elif tag == "740":
        kind = "variant" if text[1:2] != "2" else "part"
    value = trim_end(join([trim(part) for part in every(original, "anp")], ". "))
    if value and len(found.titles) < LIMIT:
        roman = trim_end(join([trim(part) for part in every(romanised, "anp")], ". ")) if romanised else ""
        found.titles.append(Title(value, kind, "", roman))


def _uniform_title(found: Found, tag: str, text: str) -> None:
    original, romanised = both(found, tag, text)
    value = _uniform(original)
    if value and len(found.titles) < LIMIT:
        found.titles.append(Title(value, "uniform", "", _uniform(romanised) if romanised else ""))


def _uniform(text: str) -> str:
    return trim_end(join([trim_end(part) for part in every(text, "anpmrkls")], ". "))


def _name(found: Found, tag: str, text: str) -> None:
    """100, 110, 111, 700, 710, 711, 720: a person or body, or with $t a work of theirs."""
    if len(found.contributors) >= LIMIT:
        return
    original, romanised = both(found, tag, text)
    if tag[1] == "9":
        # Local added entries of OCLC and ICCU; with $z they are references, not names of this resource.
        if "\x1fz" in text:
            return
        tag = _LOCAL_NAMES[tag]
    last = tag[1:]
    kind: ContributorKind = "person" if last in ("00", "20") else "corporate" if last == "10" else "meeting"
    name, dates, note, roles = _read_name(original, kind)
    roman = ""
    if romanised:
        roman, roman_dates, _, roman_roles = _read_name(romanised, kind)
        dates, roles = dates or roman_dates, roles or roman_roles
        if not name:
            name, roman = roman, ""
    if tag[0] == "7" and "\x1ft" in text:
        title = trim_end(first(original, "t") or first(romanised, "t"))
        if title:
            contained = text[1:2] == "2"
            found.relations.append(Relation("has_part" if contained else "related", title, note=name))
            if not contained:
                return
    if not name:
        return
    if tag == "720" and text[:1] != "1":
        kind = "corporate" if text[:1] == "2" else "person"
    role = role_of(roles)
    assumed = None if role else _MAIN_ROLE.get(found.kind, "") if tag[0] == "1" else ""
    found.assumed.append(assumed)
    found.contributors.append(Contributor(name, role, kind, roman, dates, note))


_LOCAL_NAMES = {"790": "700", "791": "710", "792": "711", "796": "700", "797": "710", "798": "711"}
_MAIN_ROLE = {
    "a": "author",
    "t": "author",
    "c": "composer",
    "d": "composer",
    "e": "cartographer",
    "f": "cartographer",
}


def _read_name(text: str, kind: ContributorKind) -> tuple[str, str, str, list[str]]:
    return name_of(text) if kind == "person" else body_of(text, meeting=kind == "meeting")


def _added_title(found: Found, tag: str, text: str) -> None:
    original, _ = both(found, tag, text)
    value = _uniform(original)
    if value and len(found.relations) < LIMIT:
        found.relations.append(Relation("has_part" if text[1:2] == "2" else "related", value))


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    "245": _title_statement,
    **dict.fromkeys(("210", "222", "242", "246", "247", "740"), _varying_title),
    **dict.fromkeys(("130", "240"), _uniform_title),
    **dict.fromkeys(("100", "110", "111", "700", "710", "711", "720", *_LOCAL_NAMES), _name),
    "730": _added_title,
}  # fmt: skip
