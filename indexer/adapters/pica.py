"""PICA+ to Record (PICA 适配器), as the K10plus and other union catalogues of the CBS system write it.

Sources: format documentation of the K10plus (format.k10plus.de, PICA+ fields); levels 0 (title), 1
(library, 101@) and 2 (copy, the occurrence ``/01`` behind the tag) of one record.
"""

from __future__ import annotations

import re

from indexer import charset as charsets
from indexer.formats import xml_tree
from indexer.marc.values import join, link, trim_end, unique, with_roles
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type
from indexer.records.evidence import Evidence
from indexer.records.record import (
    Class,
    Contributor,
    ContributorKind,
    Holding,
    Identifier,
    Item,
    Link,
    Publication,
    Record,
    Relation,
    Source,
    Subject,
    Title,
)

_LIMIT = 2000
_PLAIN = re.compile(r"([0-2][0-9]{2}[A-Z@])(?:/([0-9]{2,3}))? ?(.*)", re.S)
_TAG = re.compile(r"[0-2][0-9]{2}[A-Z@]")
_KINDS = {
    "A": "book", "B": "video", "C": "book", "E": "book", "G": "audio", "H": "manuscript", "I": "image",
    "K": "map",
    "M": "book", "O": "ebook", "S": "web-resource", "V": "image", "Z": "courseware",
}  # fmt: skip

Field = tuple[str, str, list[tuple[str, str]]]  # tag, occurrence, subfields


class PicaAdapter:
    """Adapter of PICA+."""

    formats = ("pica",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        problems = list(raw.problems)
        if not raw.data:
            return None, problems
        if raw.data.lstrip()[:1] == b"<":
            fields, charset = parse_xml(raw, problems), "utf-8"
        else:
            text, charset = charsets.decode_text(raw.data, profile.legacy_charset)
            fields = parse(charsets.repair_mojibake(text)[0])
        if not fields:
            problems.append(Problem("record-empty", "error", "the record has no fields", "", raw.position))
            return None, problems
        return _record(raw, profile, fields, charset, problems)


def parse(text: str) -> list[Field]:
    """Fields of one record, plain or normalised."""
    normalised = "\x1f" in text
    fields: list[Field] = []
    for line in re.split("[\x1e\n]", text) if normalised else text.splitlines():
        found = _PLAIN.match(line)
        if not found:
            continue
        tag, occurrence, body = found.groups()
        if normalised:
            pieces = body.split("\x1f")[1:]
        else:
            mark = "ƒ" if body.startswith("ƒ") else "$"
            pieces = [piece.replace("\x00", mark) for piece in body.replace(mark * 2, "\x00").split(mark)[1:]]
        pairs = [
            (piece[0], value) for piece in pieces if piece and (value := charsets.clean(piece[1:]).strip())
        ]
        fields.append((tag, occurrence or "", pairs))
    return fields


def parse_xml(raw: Raw, problems: list[Problem]) -> list[Field]:
    """Fields of one record in PICA-XML, as SRU servers of PICA systems answer."""
    root, wrong = xml_tree.parse(raw)
    problems.extend(wrong)
    fields: list[Field] = []
    for element in root.iter() if root is not None else ():
        tag = element.get("tag", "")
        if _TAG.fullmatch(tag):
            pairs = [
                (part.get("code", "")[:1], value)
                for part in element
                if part.get("code") and (value := charsets.clean("".join(part.itertext())).strip())
            ]
            fields.append((tag, element.get("occurrence", ""), pairs))
    return fields


def _get(pairs: list[tuple[str, str]], codes: str) -> str:
    """The first subfield with one of the codes, the codes in order of preference."""
    for code in codes:
        for key, value in pairs:
            if key == code:
                return value
    return ""


def _sorted_form(title: str) -> str:
    """A title without the @ in front of its first sorting word."""
    return trim_end(title.replace("@", "", 1)) if "@" in title[:40] else trim_end(title)


def _person(pairs: list[tuple[str, str]]) -> str:
    family, given = _get(pairs, "Aa"), _get(pairs, "Dd")
    prefix = _get(pairs, "Cc")
    name = family or _get(pairs, "P5")
    return trim_end(join([name, join([given, prefix], " ")], ", "))


def _holdings(fields: list[Field]) -> tuple[Holding, ...]:
    """Copies of level 2, each under the library (101@) whose block it stands in."""
    library = ""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for tag, occurrence, pairs in fields:
        if tag == "101@":
            library = _get(pairs, "ba")
        elif tag[0] == "2" and occurrence and library:
            copy = found.setdefault((library, occurrence), {})
            if tag == "209A" and "call_number" not in copy:
                copy["call_number"] = _get(pairs, "a")
                copy["location"] = _get(pairs, "f")
                copy["status"] = _get(pairs, "d")
            elif tag == "209G":
                copy.setdefault("barcode", _get(pairs, "a"))
            elif tag in ("209E", "231@", "209R") and _get(pairs, "au"):
                copy.setdefault(
                    "url" if tag == "209R" else "summary", _get(pairs, "ua" if tag == "209R" else "a")
                )
    holdings = []
    for (owner, _), copy in found.items():
        barcode = copy.get("barcode", "")
        items = (Item(barcode, copy.get("status", "")),) if barcode else ()
        call_number, location = copy.get("call_number", ""), copy.get("location", "")
        url = copy.get("url", "")
        if call_number or location or items or copy.get("summary"):
            holdings.append(Holding(owner, location, call_number, copy.get("summary", ""), items, url))
    return tuple(holdings[:20_000])


_CLASSES = {"045A": "lcc", "045F": "ddc", "045H": "ddc", "045Q": "bkl", "045R": "rvk", "045T": "zdb"}
_RELATED = {"f": "continues", "s": "continued_by"}


def _record(
    raw: Raw, profile: Profile, fields: list[Field], charset: str, problems: list[Problem]
) -> tuple[Record | None, list[Problem]]:
    code = local_id = remainder = responsibility = edition = place = publisher = volume = abstract = ""
    place_of_host = pages = issue = host_year = ""
    year: int | None = None
    year_end: int | None = None
    date = ""
    titles: list[Title] = []
    people: list[Contributor] = []
    assumed: list[str | None] = []
    identifiers: list[Identifier] = []
    languages: list[str] = []
    countries: list[str] = []
    subjects: list[Subject] = []
    classes: list[Class] = []
    series: list[str] = []
    notes: list[str] = []
    extent: list[str] = []
    links: list[Link] = []
    relations: list[Relation] = []
    genres: list[str] = []
    thesis = deleted = False
    for tag, _occurrence, pairs in fields:
        if not pairs or tag[0] != "0":
            continue
        if tag == "002@":
            code = _get(pairs, "0")
        elif tag == "003@":
            local_id = _get(pairs, "0")
        elif tag == "003O":
            identifiers.append(Identifier("oclc", _get(pairs, "0")))
        elif tag in ("004A", "004P"):
            value = _get(pairs, "0A")
            if value:
                identifiers.append(Identifier("isbn", value, True, _get(pairs, "f")))
        elif tag in ("005A", "005P"):
            if _get(pairs, "0A"):
                identifiers.append(Identifier("issn", _get(pairs, "0A")))
        elif tag == "006Z":
            identifiers.append(Identifier("zdb", _get(pairs, "0")))
        elif tag == "004V":
            identifiers.append(Identifier("doi", _get(pairs, "0")))
        elif tag == "004U":
            identifiers.append(Identifier("urn", _get(pairs, "0")))
        elif tag == "006A":
            identifiers.append(Identifier("lccn", _get(pairs, "0")))
        elif tag == "010@":
            languages.extend(value for key, value in pairs if key == "a")
        elif tag == "011@":
            date = _get(pairs, "na")
            start, end = _get(pairs, "a"), _get(pairs, "b")
            year = int(start) if start.isdecimal() and len(start) == 4 else None
            year_end = int(end) if end.isdecimal() and len(end) == 4 else None
        elif tag == "019@":
            countries.extend(
                value.split("-")[1] if value.count("-") else value for key, value in pairs if key == "a"
            )
        elif tag == "021A":
            main = _sorted_form(_get(pairs, "a"))
            remainder, responsibility = trim_end(_get(pairs, "d")), trim_end(_get(pairs, "h"))
            if main and main != "@":
                titles.insert(0, Title(main, "main"))
            titles.extend(Title(_sorted_form(value), "parallel") for key, value in pairs if key == "f")
        elif tag == "021B":
            volume = volume or join([_get(pairs, "l"), _sorted_form(_get(pairs, "a"))], ", ")
            responsibility = responsibility or trim_end(_get(pairs, "h"))
            if value := _sorted_form(_get(pairs, "a")):
                titles.append(Title(value, "part"))
        elif tag in ("036C", "036D"):
            if value := _sorted_form(_get(pairs, "aT8")):
                number = _get(pairs, "l")
                volume = volume or number
                relations.append(Relation("part_of", value, volume=number, local_id=_get(pairs, "9")))
                if tag == "036C" and not any(title.kind == "main" for title in titles):
                    titles.insert(0, Title(value, "main"))
        elif tag in ("022A", "022S"):
            if value := _sorted_form(_get(pairs, "a")):
                titles.append(Title(value, "uniform"))
        elif tag in ("025@", "026C", "027A", "027D", "046L"):
            if value := _sorted_form(_get(pairs, "a")):
                titles.append(Title(value, "variant"))
        elif tag in ("028A", "028B", "028C", "028D", "028E", "028F", "028G"):
            name = _person(pairs)
            if name and len(people) < _LIMIT:
                role = _get(pairs, "4B")
                years = join([_get(pairs, "E"), _get(pairs, "M")], "-")
                people.append(Contributor(name, role, "person", dates=years))
                assumed.append(None if role else "author" if tag in ("028A", "028B") else "")
        elif tag in ("029A", "029E", "029F", "029G", "030F"):
            kind: ContributorKind = "meeting" if tag == "030F" else "corporate"
            name = join([value for key, value in pairs if key in "AaFbG"], ". ")
            if name and len(people) < _LIMIT:
                people.append(Contributor(trim_end(name), _get(pairs, "4B"), kind, dates=_get(pairs, "p")))
                assumed.append(None)
        elif tag in ("031A", "031@"):
            if tag == "031A":
                place_of_host, issue, pages = _get(pairs, "d"), _get(pairs, "e"), _get(pairs, "h")
                host_year = _get(pairs, "j")
            elif _get(pairs, "a"):
                notes.append(_get(pairs, "a"))
        elif tag == "032@":
            edition = edition or join([_get(pairs, "a"), _get(pairs, "h")], " / ")
        elif tag == "033A":
            place = place or join([value for key, value in pairs if key == "p"], " ; ")
            publisher = publisher or join([value for key, value in pairs if key == "n"], " ; ")
        elif tag in ("034D", "034M", "034I", "034K"):
            mark = {"034M": ": ", "034I": "; ", "034K": "+ "}.get(tag, "")
            extent.append(f"{mark}{_get(pairs, 'a')}" if extent else _get(pairs, "a"))
        elif tag == "036E":
            if value := _sorted_form(_get(pairs, "a")):
                number = _get(pairs, "l")
                series.append(f"{value} ; {number}" if number else value)
        elif tag == "037A":
            notes.append(_get(pairs, "a"))
        elif tag == "037C":
            thesis = True
            notes.append(join([value for _, value in pairs], ", "))
        elif tag in ("039B", "039D", "039E"):
            value = _sorted_form(_get(pairs, "taT8"))
            numbers = [Identifier("issn", n) for n in (_get(pairs, "I"),) if n]
            linked = _get(pairs, "9")
            if tag == "039B":
                relations.append(
                    Relation("in", value, tuple(numbers), place_of_host, issue, pages, host_year, linked)
                )
            elif value or linked:
                shown = "other_medium" if tag == "039D" else _RELATED.get(_get(pairs, "b"), "related")
                relations.append(Relation(shown, value, tuple(numbers), local_id=linked))
        elif tag in ("044A", "044K", "044F", "044G", "044H", "044N", "041A", "044C", "044L"):
            if value := join(
                [value for key, value in pairs if key in "aAx" or (tag == "044A" and key in "yz")], "--"
            ):
                scheme = {"044A": "lcsh", "044C": "mesh", "044K": "gnd", "041A": "gnd"}.get(
                    tag, _get(pairs, "2")
                )
                subjects.append(Subject(trim_end(value), scheme))
        elif tag == "013D":
            if value := _get(pairs, "aA"):
                genres.append(value)
                subjects.append(Subject(value, "gnd", "genre"))
        elif tag in _CLASSES:
            classes.extend(Class(value, _CLASSES[tag]) for key, value in pairs if key in "a8" and value)
        elif tag == "047I":
            abstract = abstract or _get(pairs, "a")
        elif tag in ("009P", "009Q", "017C"):
            hint = join([value for key, value in pairs if key in "xy3zq"], " ")
            made = link(_get(pairs, "ua"), _get(pairs, "y3"), hint, "")
            if made and len(links) < _LIMIT:
                links.append(made)
    if code[2:3] in ("x", "l"):
        deleted = True
    if not any(title.kind == "main" for title in titles):
        spare = next((title for title in titles if title.kind in ("part", "uniform", "variant")), None)
        if spare:
            titles.insert(0, Title(spare.value, "main"))
        elif not deleted:
            message = "the record has no title; add 021A $a"
            problems.append(Problem("no-title", "error", message, "021A", raw.position))
            return None, problems
    evidence = _evidence(code, thesis)
    titles = list(dict.fromkeys(titles))
    kind_code, reasons = resource_type.type_of(
        profile.type,
        evidence,
        titles=[title.value for title in titles if title.kind == "main"],
        notes=notes,
        edition=edition,
        genres=genres,
        subjects=[subject.value for subject in subjects],
        classes=[(entry.scheme, entry.value) for entry in classes],
        year=year,
        year_end=year_end,
        languages=languages,
        modern_identifier=any(number.scheme in ("isbn", "issn") for number in identifiers),
    )
    record = Record(
        type=kind_code,
        title=titles[0].value if titles else "",
        id=local_id,
        type_evidence=reasons,
        title_remainder=remainder,
        responsibility=responsibility,
        titles=tuple(titles),
        contributors=tuple(dict.fromkeys(with_roles(people, assumed, responsibility))),
        publication=Publication(place, publisher, date),
        year=year,
        year_end=year_end,
        languages=unique(languages),
        countries=unique(countries),
        identifiers=tuple(dict.fromkeys(number for number in identifiers if number.value)),
        subjects=tuple(dict.fromkeys(subjects))[:_LIMIT],
        classes=tuple(dict.fromkeys(classes)),
        edition=edition,
        extent=" ".join(extent),
        series=unique(series),
        notes=unique(notes),
        abstract=abstract,
        links=tuple(dict.fromkeys(links)),
        relations=tuple(dict.fromkeys(relations))[:_LIMIT],
        holdings=_holdings(fields),
        volume=volume,
        deleted=deleted,
        source=Source("pica", charset, raw.position),
    )
    return record, problems


def _evidence(code: str, thesis: bool) -> list[Evidence]:
    """What 002@ $0 says: carrier and kind, then the level (``Aau`` a printed book, ``Abv`` a journal)."""
    text = f"002@ = {code}"
    level = code[1:2]
    found: list[Evidence] = []
    if level in ("b", "B") and code[:1] in ("A", "O", "E", "S"):
        found.append(Evidence("journal", "coded", text))
    elif level in ("s", "o") and code[:1] in ("A", "O", "E"):
        found.append(Evidence("article", "coded", text))
    elif code[:1] in _KINDS:
        found.append(Evidence(_KINDS[code[:1]], "coded", text))
    if thesis:
        found.append(Evidence("thesis", "coded", "037C dissertation note"))
    return found


ADAPTER = PicaAdapter()
