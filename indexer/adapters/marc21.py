"""MARC 21 to Record (MARC 21 适配器).

Where a field has its original script in an 880 (or, in some files, stands in 880 the romanised form), the original
script is the value and the romanised form is beside it. Titles are the title proper (245 $a); other title
information, parts and the statement of responsibility have members of their own. Source: MARC 21 Format for
Bibliographic Data; RDA elements in 264 and 33X.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from indexer import marc_holdings, marc_syntax
from indexer.marc_values import (
    body_of,
    every,
    first,
    join,
    link,
    modified,
    name_of,
    parts_of_host,
    role_of,
    trim,
    trim_end,
    unique,
    with_roles,
)
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type, resource_type_marc
from indexer.records.record import (
    Class,
    Contributor,
    ContributorKind,
    Holding,
    Identifier,
    Link,
    Publication,
    Record,
    Relation,
    Source,
    Subject,
    Title,
    TitleKind,
)

_LIMIT = 2000  # values of one kind: what is more is an attack or a mistake
_LINKED = re.compile("\x1f6880-([0-9]{2})")
_LINKING = re.compile("\x1f6([0-9A-Z]{3})-([0-9]{2})")
_NUMBER = re.compile(r"[0-9][0-9Xx \-–‐]*")
_CONFERENCE = re.compile(
    r"\b(?:conference|symposium|workshop|congress|proceedings|meeting|colloque|kongress|tagung)\b|会议|會議|研讨会|研討會",
    re.IGNORECASE,
)


class _Found:
    """What the fields of one record have said so far."""

    __slots__ = (
        "abstract", "assumed", "carriers", "classes", "content", "contents", "contributors", "edition", "extent", "extra",
        "f006", "f007", "f008", "genres", "gmd", "holding_fields", "host", "host_issn", "host_meeting",
        "identifiers", "kind", "languages", "links", "lccn", "local_id", "notes", "pairs", "parts", "places", "price",
        "publications", "relations", "remainder", "responsibility", "rights", "series", "stamp", "subjects",
        "suppressed", "thesis", "titles", "audience", "countries", "deleted",
    )  # fmt: skip

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.pairs: dict[str, str] = {}
        self.local_id = self.stamp = self.f008 = self.gmd = self.extent = self.edition = self.lccn = ""
        self.remainder = self.responsibility = self.rights = self.thesis = self.price = self.audience = ""
        self.f006: list[str] = []
        self.f007: list[str] = []
        self.content: list[str] = []
        self.carriers: list[str] = []
        self.titles: list[Title] = []
        self.parts: list[str] = []
        self.contributors: list[Contributor] = []
        self.assumed: list[str | None] = []
        self.publications: list[tuple[int, str, str]] = []
        self.identifiers: list[Identifier] = []
        self.subjects: list[Subject] = []
        self.genres: list[str] = []
        self.classes: list[Class] = []
        self.places: list[str] = []
        self.series: list[tuple[str, str]] = []
        self.notes: list[str] = []
        self.abstract: list[str] = []
        self.contents: list[str] = []
        self.links: list[Link] = []
        self.relations: list[Relation] = []
        self.languages: list[str] = []
        self.countries: list[str] = []
        self.holding_fields: list[tuple[str, str]] = []
        self.extra: dict[str, str] = {}
        self.host = self.host_issn = self.host_meeting = self.suppressed = self.deleted = False


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
        found = _Found(leader[6:7])
        fields = marc.fields
        if "880" in dict(fields):
            fields = _pair(fields, found.pairs)
        handlers = _HANDLERS
        if profile.holdings:
            handlers = {**_HANDLERS, **dict.fromkeys(profile.holdings, _holding)}
        for tag, text in fields:
            handler = handlers.get(tag)
            if handler:
                handler(found, tag, text)
        return _record(raw, profile, leader, found, marc.charset, problems)


def _pair(fields: list[tuple[str, str]], pairs: dict[str, str]) -> list[tuple[str, str]]:
    """Put the 880s that have a partner into ``pairs`` (``245-01`` → text); the others become fields of their tag."""
    partners = set()
    for tag, text in fields:
        if "\x1f6880-" in text and tag != "880":
            linked = _LINKED.search(text)
            if linked:
                partners.add(f"{tag}-{linked.group(1)}")
    kept: list[tuple[str, str]] = []
    loose: list[tuple[str, str]] = []
    for tag, text in fields:
        if tag != "880":
            kept.append((tag, text))
            continue
        linking = _LINKING.search(text)
        if not linking:
            continue
        key = f"{linking.group(1)}-{linking.group(2)}"
        if key in partners and key not in pairs:
            pairs[key] = text
        else:
            loose.append((linking.group(1), text))
    return kept + loose


def _other(found: _Found, tag: str, text: str) -> str:
    """The field in the other script, empty where there is none."""
    if found.pairs and "\x1f6880-" in text:
        linked = _LINKED.search(text)
        if linked:
            return found.pairs.get(f"{tag}-{linked.group(1)}", "")
    return ""


def _both(found: _Found, tag: str, text: str) -> tuple[str, str]:
    """The field in its original script, and romanised where there are two."""
    other = _other(found, tag, text)
    if not other:
        return text, ""
    if not _is_original(other) and _is_original(text):
        return text, other
    return other, text


def _is_original(text: str) -> bool:
    return not text.isascii() and any(character >= "\u0370" for character in text if character not in "ʹʺ")


# --- control fields -----------------------------------------------------------------------------------------


def _control(found: _Found, tag: str, text: str) -> None:
    if tag == "001":
        found.local_id = found.local_id or text.strip()
    elif tag == "005":
        found.stamp = modified(text)
    elif tag == "006":
        found.f006.append(text)
    elif tag == "007":
        found.f007.append(text)
    elif tag == "008":
        found.f008 = found.f008 or text


# --- numbers and codes --------------------------------------------------------------------------------------


def _lccn(found: _Found, _tag: str, text: str) -> None:
    value = first(text, "a")
    if value:
        found.identifiers.append(Identifier("lccn", value))
        found.lccn = found.lccn or value


def _isbn(found: _Found, _tag: str, text: str) -> None:
    qualifiers: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code == "q":
            qualifiers.append(value.strip("() ;:"))
        elif code == "c":
            found.price = found.price or trim_end(value)
    note = "; ".join(qualifiers)
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code not in ("a", "z") or not value:
            continue
        number = _NUMBER.match(value)
        about = value[number.end() :].strip(" :;.,()（）") if number else ""
        own = note or about
        if code == "z":
            own = f"cancelled or of another form; {own}" if own else "cancelled or of another form"
        found.identifiers.append(Identifier("isbn", number.group().strip() if number else value, True, own))


def _issn(found: _Found, _tag: str, text: str) -> None:
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if value and code in "almyz":
            note = {"a": "", "l": "ISSN-L"}.get(code, "cancelled or incorrect")
            found.identifiers.append(Identifier("issn", value, True, note))


_024 = {"0": "isrc", "1": "upc", "2": "ismn", "3": "ean"}
_KNOWN_024 = frozenset(
    ("doi", "hdl", "urn", "uri", "isni", "ark", "pmid", "arxiv", "isrc", "issn", "isbn", "orcid")
)


def _standard(found: _Found, tag: str, text: str) -> None:
    value = first(text, "a")
    if not value:
        return
    if tag == "024":
        named = first(text, "2").lower()
        scheme = _024.get(text[:1], "")
        if not scheme:
            scheme = named if named in _KNOWN_024 else ""
            if not scheme:
                scheme = "doi" if value.startswith("10.") else "uri" if value.startswith("http") else "local"
        found.identifiers.append(Identifier(scheme, value, True, "" if scheme == named else named))
    elif tag == "028":
        found.identifiers.append(Identifier("publisher-number", value, True, trim_end(first(text, "b"))))
    elif tag == "027":
        found.identifiers.append(Identifier("strn", value))
    elif tag == "030":
        found.identifiers.append(Identifier("coden", value))
    elif tag == "088":
        found.identifiers.append(Identifier("report", value))
    else:
        found.identifiers.append(
            Identifier("nbn" if tag in ("015", "016") else "local", value, True, first(text, "2"))
        )


def _system_number(found: _Found, _tag: str, text: str) -> None:
    value = first(text, "a")
    if value.startswith("(OCoLC)"):
        found.identifiers.append(Identifier("oclc", value[7:]))
    elif value:
        found.identifiers.append(Identifier("local", value))


def _languages(found: _Found, _tag: str, text: str) -> None:
    for value in every(text, "ad"):
        if len(value) % 3 == 0 and value.isalpha():
            found.languages.extend(value[at : at + 3] for at in range(0, len(value), 3))
        else:
            found.languages.append(value)


def _countries(found: _Found, _tag: str, text: str) -> None:
    found.countries.extend(every(text, "ac"))


_CLASS_SCHEMES = {
    "050": "lcc", "055": "lcc", "060": "nlm", "070": "nal", "080": "udc", "082": "ddc", "083": "ddc",
    "086": "sudoc", "090": "lcc", "092": "ddc", "096": "nlm",
}  # fmt: skip
_084 = {
    "clc": "clc",
    "ztf": "clc",
    "cct": "clc",
    "cas": "cas",
    "ccl": "ccl",
    "udc": "udc",
    "lcc": "lcc",
    "ddc": "ddc",
}


def _class(found: _Found, tag: str, text: str) -> None:
    for value in every(text, "a"):
        if tag == "084":
            named = first(text, "2").lower()
            scheme = _084.get(named, named or "other")
        else:
            scheme = _CLASS_SCHEMES[tag]
        if tag == "082" or tag == "092":
            value = value.replace("/", "").replace("'", "").strip()
        elif tag == "090" and not value[:1].isalpha():
            scheme = "other"
        found.classes.append(Class(value, scheme))


# --- titles and responsibility ------------------------------------------------------------------------------


def _title_statement(found: _Found, tag: str, text: str) -> None:
    original, romanised = _both(found, tag, text)
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


def _varying_title(found: _Found, tag: str, text: str) -> None:
    original, romanised = _both(found, tag, text)
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
    if value and len(found.titles) < _LIMIT:
        roman = trim_end(join([trim(part) for part in every(romanised, "anp")], ". ")) if romanised else ""
        found.titles.append(Title(value, kind, "", roman))


def _uniform_title(found: _Found, tag: str, text: str) -> None:
    original, romanised = _both(found, tag, text)
    value = _uniform(original)
    if value and len(found.titles) < _LIMIT:
        found.titles.append(Title(value, "uniform", "", _uniform(romanised) if romanised else ""))


def _uniform(text: str) -> str:
    return trim_end(join([trim_end(part) for part in every(text, "anpmrkls")], ". "))


def _name(found: _Found, tag: str, text: str) -> None:
    """100, 110, 111, 700, 710, 711, 720: a person or body, or with $t a work of theirs."""
    if len(found.contributors) >= _LIMIT:
        return
    original, romanised = _both(found, tag, text)
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


def _added_title(found: _Found, tag: str, text: str) -> None:
    original, _ = _both(found, tag, text)
    value = _uniform(original)
    if value and len(found.relations) < _LIMIT:
        found.relations.append(Relation("has_part" if text[1:2] == "2" else "related", value))


# --- edition, publication, description ----------------------------------------------------------------------


def _edition(found: _Found, tag: str, text: str) -> None:
    original, _ = _both(found, tag, text)
    value = trim_end(join([trim(part) for part in every(original, "ab")], " / "))
    if value and not found.edition:
        found.edition = value


def _publication(found: _Found, tag: str, text: str) -> None:
    # RDA: the second indicator of 264 tells publication (1) from production, distribution, manufacture, copyright.
    rank = {"1": 0, "2": 2, "0": 3, "3": 4, "4": 5}.get(text[1:2], 1) if tag == "264" else 1
    found.publications.append((rank, *_both(found, tag, text)))


def _read_publication(publications: list[tuple[int, str, str]]) -> Publication:
    publications.sort(key=lambda entry: entry[0])
    rank, original, romanised = publications[0]
    place, publisher, date = _imprint(original)
    if rank == 5:
        return Publication(date=date)
    if not date:
        date = next((value for _, other, _ in publications[1:] if (value := _imprint(other)[2])), "")
    if not romanised:
        return Publication(place, publisher, date)
    roman_place, roman_publisher, roman_date = _imprint(romanised)
    return Publication(
        place or roman_place,
        publisher or roman_publisher,
        date or roman_date,
        roman_place if place else "",
        roman_publisher if publisher else "",
    )


def _imprint(text: str) -> tuple[str, str, str]:
    """Places, publishers and dates of a field 260 or 264."""
    places = publishers = dates = ""
    for part in text.split("\x1f")[1:]:
        code = part[:1]
        if code == "a":
            if value := trim(part[1:]):
                places = f"{places} ; {value}" if places else value
        elif code == "b":
            if value := trim_end(part[1:]):
                publishers = f"{publishers} ; {value}" if publishers else value
        elif code == "c" and (value := part[1:].strip().rstrip(" .,;")):
            dates = f"{dates} {value}" if dates else value
    return places, publishers, dates


def _extent(found: _Found, tag: str, text: str) -> None:
    if found.extent:
        return
    original, _ = _both(found, tag, text)
    pieces: list[str] = []
    for part in original.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value or code not in "abcefg":
            continue
        value = value.rstrip(" :;+")
        if pieces:
            pieces.append({"b": " : ", "c": " ; ", "e": " + "}.get(code, " "))
        pieces.append(value)
    found.extent = trim("".join(pieces)).removesuffix(".")


def _carrier(found: _Found, tag: str, text: str) -> None:
    (found.content if tag == "336" else found.carriers).extend(every(text, "b"))


def _series(found: _Found, tag: str, text: str) -> None:
    original, romanised = _both(found, tag, text)
    names = "anpt" if tag != "490" else "a"
    value = ". ".join(v for part in every(original, names) if (v := trim_end(part)))
    if tag in ("800", "810", "811"):
        value = trim_end(first(original, "t"))
    if not value or len(found.series) >= _LIMIT:
        return
    number = trim_end(first(original, "v").partition(" $a ")[0])
    found.series.append((value, number))
    if romanised:
        roman = trim_end(first(romanised, "t" if tag in ("800", "810", "811") else "a"))
        found.titles.append(Title(value, "series", "", roman))
    issn = first(text, "x").rstrip(" ;,.")
    if issn:
        number_of_series = (Identifier("issn", issn),)
        found.relations.append(Relation("part_of", value, number_of_series, volume=number))


# --- notes --------------------------------------------------------------------------------------------------


def _note(found: _Found, tag: str, text: str) -> None:
    if len(found.notes) >= _LIMIT:
        return
    original, _ = _both(found, tag, text)
    value = " ".join(
        part[1:].strip()
        for part in original.split("\x1f")[1:]
        if part[:1] not in "0125678w" and part[1:].strip()
    )
    if value:
        found.notes.append(value)


def _thesis(found: _Found, tag: str, text: str) -> None:
    _note(found, tag, text)
    found.thesis = found.thesis or (found.notes[-1] if found.notes else "thesis")
    for code, key in (("b", "degree"), ("c", "institution"), ("d", "degree_year")):
        value = trim_end(first(text, code))
        if value:
            found.extra.setdefault(key, value)


def _abstract(found: _Found, tag: str, text: str) -> None:
    original, _ = _both(found, tag, text)
    value = " ".join(every(original, "ab"))
    if value and len(found.abstract) < 50:
        found.abstract.append(value)


def _contents(found: _Found, tag: str, text: str) -> None:
    if len(found.contents) >= _LIMIT:
        return
    original, _ = _both(found, tag, text)
    value = " ".join(every(original, "agrt"))
    found.contents.extend(piece.strip() for piece in value.split(" -- ") if piece.strip())


def _rights(found: _Found, tag: str, text: str) -> None:
    value = trim_end(" ".join(every(_both(found, tag, text)[0], "abcd")))
    if value:
        found.rights = f"{found.rights}; {value}" if found.rights else value


def _audience(found: _Found, tag: str, text: str) -> None:
    value = trim_end(" ".join(every(_both(found, tag, text)[0], "ab")))
    if value:
        found.audience = found.audience or value


_EXTRA = {"255": "scale", "306": "duration", "310": "frequency", "362": "numbering", "046": "coded_dates"}


def _extra(found: _Found, tag: str, text: str) -> None:
    original, _ = _both(found, tag, text)
    if tag == "255":
        scale, coordinates = trim_end(first(original, "a")), trim_end(first(original, "c")).strip("()")
        if scale:
            found.extra.setdefault("scale", scale)
        if coordinates:
            found.extra.setdefault("coordinates", coordinates)
        return
    if tag == "034":
        corners = [first(text, code) for code in "defg"]
        if all(corners):
            found.extra.setdefault("bounding_box", " ".join(corners))
        return
    value = trim_end(" ".join(every(original, "ab")))
    if value:
        found.extra.setdefault(_EXTRA[tag], value)


# --- subjects -----------------------------------------------------------------------------------------------

_SUBJECT_KINDS = {
    "600": "person", "610": "corporate", "611": "meeting", "630": "title", "648": "time", "650": "", "651": "place",
    "655": "genre", "690": "", "691": "place",
}  # fmt: skip
_SUBJECT_SCHEMES = {"0": "lcsh", "1": "lcshac", "2": "mesh", "3": "nal", "5": "csh", "6": "rvm"}


def _subject(found: _Found, tag: str, text: str) -> None:
    if len(found.subjects) >= _LIMIT:
        return
    original, romanised = _both(found, tag, text)
    value, places = _heading(original)
    if not value:
        return
    second = text[1:2]
    scheme = _SUBJECT_SCHEMES.get(second, "") if second != "7" else first(text, "2").rstrip(" .")
    kind = _SUBJECT_KINDS[tag]
    found.subjects.append(Subject(value, scheme, kind, _heading(romanised)[0] if romanised else ""))
    if kind == "genre":
        found.genres.append(value)
    elif kind == "place":
        found.places.append(value.partition("--")[0])
    if places:
        found.places.append(places)


@lru_cache(maxsize=16_384)
def _heading(text: str) -> tuple[str, str]:
    """A heading with its subdivisions behind ``--``, and the places among these, widest first, joined with /."""
    main: list[str] = []
    divisions: list[str] = []
    places: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value or code in "0123456789eiuw":
            continue
        if code in "vxyz":
            value = trim_end(value)
            divisions.append(value)
            if code == "z":
                places.append(value)
        else:
            main.append(value)
    head = trim_end(" ".join(main))
    return "--".join([head, *divisions]) if head else "--".join(divisions), " / ".join(places)


def _keywords(found: _Found, _tag: str, text: str) -> None:
    for value in every(text, "a"):
        if len(found.subjects) < _LIMIT and trim_end(value):
            found.subjects.append(Subject(trim_end(value)))


def _place_access(found: _Found, _tag: str, text: str) -> None:
    chain = [trim_end(value) for value in every(text, "abcdfgh")]
    if chain:
        found.places.append(" / ".join(chain))


# --- links, relations, holdings -----------------------------------------------------------------------------


def _electronic(found: _Found, _tag: str, text: str) -> None:
    if len(found.links) >= _LIMIT:
        return
    urls: list[str] = []
    label = {"y": "", "3": "", "z": ""}
    hints: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code == "u":
            urls.append(value)
        elif code in label:
            label[code] = label[code] or value
            hints.append(value)
        elif code == "x":
            hints.append(value)
    shown = label["y"] or label["3"] or label["z"]
    hint = " ".join(hints)
    for url in urls:
        made = link(url, shown, hint, text[1:2])
        if made:
            found.links.append(made)


_RELATIONS = {
    "760": "part_of", "762": "has_part", "765": "translation_of", "767": "translation", "770": "supplement",
    "772": "supplement_to", "773": "in", "774": "has_part", "775": "edition_of", "776": "other_medium",
    "777": "issued_with", "780": "continues", "785": "continued_by", "786": "related", "787": "related",
}  # fmt: skip
_785 = {"4": "continued_by", "5": "continued_by", "6": "continued_by", "7": "merged_into"}


def _relation(found: _Found, tag: str, text: str) -> None:
    if len(found.relations) >= _LIMIT:
        return
    original, _ = _both(found, tag, text)
    values: dict[str, str] = {}
    identifiers: list[Identifier] = []
    local_id = ""
    for part in original.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value:
            continue
        if code == "x":
            identifiers.append(Identifier("issn", value.rstrip(" .,;")))
        elif code == "z":
            identifiers.append(Identifier("isbn", value.rstrip(" .,;")))
        elif code == "w":
            if value.startswith("(DLC)"):
                identifiers.append(Identifier("lccn", value[5:].strip()))
            elif value.startswith("(OCoLC)"):
                identifiers.append(Identifier("oclc", value[7:].strip()))
            else:
                local_id = local_id or value.rpartition(")")[2].strip()
        else:
            values.setdefault(code, value)
    title = trim_end(values.get("t") or values.get("s") or "")
    author = trim_end(values.get("a", ""))
    if not title:
        title, author = author, ""
    volume = issue = pages = year = ""
    if tag == "773":
        volume, issue, pages, year = parts_of_host(values.get("g", ""), values.get("q", ""))
        found.host = True
        found.host_issn = found.host_issn or any(number.scheme == "issn" for number in identifiers)
        if values.get("7", "")[:1] == "m" or _CONFERENCE.search(title):
            found.host_meeting = True
    if not (title or identifiers or local_id):
        return
    note = join([author, trim_end(values.get("i", "")), trim_end(values.get("n", ""))], "; ")
    found.relations.append(
        Relation(_RELATIONS[tag], title, tuple(identifiers), volume, issue, pages, year, local_id, note)
    )


def _holding(found: _Found, tag: str, text: str) -> None:
    if len(found.holding_fields) < 5 * _LIMIT:
        found.holding_fields.append((tag, text))


def _status(found: _Found, tag: str, text: str) -> None:
    """DEL and STA of Aleph: the record is deleted, or not shown to the public."""
    value = first(text, "a").upper()
    if tag == "DEL" and value == "Y":
        found.deleted = True
    elif tag == "STA" and value in ("SUPPRESSED", "DELETED"):
        found.suppressed = True


_HANDLERS: dict[str, Callable[[_Found, str, str], None]] = {
    **dict.fromkeys(("001", "005", "006", "007", "008"), _control),
    "010": _lccn, "020": _isbn, "022": _issn, "035": _system_number, "041": _languages, "044": _countries,
    **dict.fromkeys(("015", "016", "024", "027", "028", "030", "088"), _standard),
    **dict.fromkeys((*_CLASS_SCHEMES, "084"), _class),
    "245": _title_statement,
    **dict.fromkeys(("210", "222", "242", "246", "247", "740"), _varying_title),
    **dict.fromkeys(("130", "240"), _uniform_title),
    **dict.fromkeys(("100", "110", "111", "700", "710", "711", "720", *_LOCAL_NAMES), _name),
    "730": _added_title,
    "250": _edition, "260": _publication, "264": _publication, "300": _extent,
    **dict.fromkeys(("336", "337", "338"), _carrier),
    **dict.fromkeys(("440", "490", "800", "810", "811", "830"), _series),
    **dict.fromkeys(
        ("500", "501", "504", "507", "508", "510", "511", "515", "518", "522", "525", "530", "533", "534", "535",
         "536", "538", "544", "545", "546", "547", "550", "552", "555", "556", "561", "562", "563", "567", "580",
         "581", "585", "586", "590"),
        _note,
    ),
    "502": _thesis, "505": _contents, "520": _abstract, "506": _rights, "540": _rights, "521": _audience,
    **dict.fromkeys(("034", "255", "306", "310", "362"), _extra),
    **dict.fromkeys(_SUBJECT_KINDS, _subject),
    "653": _keywords, "752": _place_access, "662": _place_access,
    "856": _electronic,
    **dict.fromkeys(_RELATIONS, _relation),
    **dict.fromkeys(marc_holdings.TAGS, _holding),
    "DEL": _status, "STA": _status,
}  # fmt: skip


# --- the record ---------------------------------------------------------------------------------------------


def _years(f008: str) -> tuple[int | None, int | None]:
    """First and last year of 008/06-14; None where it does not say (unknown, doubtful digits, before our era)."""
    kind, one, other = f008[6:7], f008[7:11], f008[11:15]
    if not one.isdigit() or kind in ("b", "n") or one in ("0000", "9999"):
        return None, None
    start = int(one)
    if kind in _RANGES and other.isdigit() and other != "9999" and int(other) >= start:
        return start, int(other)
    return start, None


_RANGES = frozenset("cdikmq")


def _record(
    raw: Raw, profile: Profile, leader: str, found: _Found, charset: str, problems: list[Problem]
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
    publication = _read_publication(found.publications) if found.publications else Publication()
    classes = tuple(dict.fromkeys(found.classes))
    titles = tuple(dict.fromkeys(found.titles))
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
        identifiers=tuple(dict.fromkeys(found.identifiers)),
        subjects=tuple(dict.fromkeys(found.subjects)),
        classes=classes,
        places=unique(found.places),
        edition=found.edition,
        extent=found.extent,
        series=_series_texts(found.series),
        notes=unique(found.notes),
        abstract="\n".join(found.abstract),
        contents=tuple(found.contents),
        links=tuple(dict.fromkeys(found.links)),
        relations=tuple(dict.fromkeys(found.relations)),
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


def _contributors(found: _Found) -> tuple[Contributor, ...]:
    people: list[Contributor] = found.contributors
    if any(role is not None for role in found.assumed):
        people = with_roles(people, found.assumed, found.responsibility)
    return tuple(dict.fromkeys(people))


def _series_texts(series: list[tuple[str, str]]) -> tuple[str, ...]:
    """Series as transcribed (490) and as traced (8XX), each once, with the number where one of them has it."""
    numbers: dict[str, str] = {}
    for name, number in series:
        key = name.casefold()
        if number or key not in numbers:
            numbers[key] = numbers.get(key) or number
    names = {name.casefold(): name for name, _ in reversed(series)}
    return tuple(f"{names[key]} ; {number}" if number else names[key] for key, number in numbers.items())


def _holdings(found: _Found, profile: Profile) -> tuple[Holding, ...]:
    return marc_holdings.read(found.holding_fields, profile.holdings) if found.holding_fields else ()


ADAPTER = Marc21Adapter()
