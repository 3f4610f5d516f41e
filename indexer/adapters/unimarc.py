"""UNIMARC, CNMARC and Taiwan's CMARC to Record (UNIMARC / CNMARC 适配器).

The three share their structure and differ in local fields: CNMARC has 690 (CLC), 692, 091, 905 and pinyin in $9 (NLC)
or in the capital letter of the subfield (CALIS); CMARC has 204, 681 and $s for dynasties. Sources: UNIMARC
Manual, Bibliographic Format, 3rd ed.; WH/T 0503 (CNMARC); 中国机读书目格式; 中國機讀編目格式 第四版.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer import marc_holdings, marc_syntax, unimarc_links
from indexer.marc_values import (
    every,
    first,
    join,
    link,
    modified,
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

_LIMIT = 2000
_BRACKETED = re.compile(r"^[(（\[［【〔](.*)[)）\]］】〕]$")
_INITIAL = re.compile(r"[\s.,][A-Z]$")
_CONFERENCE = re.compile(
    r"会议|會議|研讨会|研討會|年会|论文集|\b(?:conference|symposium|proceedings|congress)\b", re.IGNORECASE
)
_SERIAL_NUMBER = re.compile(r"(?:CN\s*)?[0-9]{2}\s*-\s*[0-9]{4}", re.IGNORECASE)


class _Found:
    """What the fields of one record have said so far."""

    __slots__ = (
        "abstract", "analytic", "assumed", "audience", "classes", "coded", "contents", "contributors", "countries", "edition",
        "electronic_link", "extent", "extra", "genres", "gmd", "holding_fields", "host", "host_issn", "host_meeting",
        "identifiers", "languages", "links", "local_id", "meeting", "notes", "parts", "places", "price",
        "publications", "relations", "remainder", "responsibility", "rights", "series", "stamp", "subjects",
        "thesis", "titles", "carriers",
    )  # fmt: skip

    def __init__(self, leader: str) -> None:
        self.analytic = leader[7:8] == "a"
        self.local_id = self.stamp = self.gmd = self.extent = self.edition = self.remainder = ""
        self.responsibility = self.rights = self.price = self.audience = ""
        self.coded: dict[str, str] = {}
        self.titles: list[Title] = []
        self.parts: list[str] = []
        self.contributors: list[Contributor] = []
        self.assumed: list[str | None] = []
        self.publications: list[str] = []
        self.identifiers: list[Identifier] = []
        self.subjects: list[Subject] = []
        self.genres: list[str] = []
        self.classes: list[Class] = []
        self.places: list[str] = []
        self.series: list[str] = []
        self.notes: list[str] = []
        self.abstract: list[str] = []
        self.contents: list[str] = []
        self.links: list[Link] = []
        self.relations: list[Relation] = []
        self.languages: list[str] = []
        self.countries: list[str] = []
        self.carriers: list[str] = []
        self.holding_fields: list[tuple[str, str]] = []
        self.extra: dict[str, str] = {}
        self.host = self.host_issn = self.host_meeting = self.meeting = False
        self.thesis = self.electronic_link = False


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
        found = _Found(marc.leader)
        titles = [text for tag, text in marc.fields if tag == "200"]
        if titles:
            # A second 200 is an error; the one that is marked as significant (first indicator 1) is meant.
            _title(found, "200", next((text for text in titles if text[:1] == "1"), titles[0]))
            if len(titles) > 1:
                message = "there are several fields 200; the one with first indicator 1 was taken"
                problems.append(Problem("field-repeated", "warning", message, "200", raw.position))
        handlers = (
            {**_HANDLERS, **dict.fromkeys(profile.holdings, _holding)} if profile.holdings else _HANDLERS
        )
        for tag, text in marc.fields:
            handler = handlers.get(tag)
            if handler:
                handler(found, tag, text)
        return _record(raw, profile, marc.leader, found, marc.charset, problems)


def _plain(value: str) -> str:
    """A value without the marks around words that do not sort (``<<The >>``, ISO 6630 in text)."""
    if "<<" in value and ">>" in value:
        value = value.replace("<<", "").replace(">>", "")
    return value


# --- control and coded fields -------------------------------------------------------------------------------


def _control(found: _Found, tag: str, text: str) -> None:
    if tag == "001":
        found.local_id = found.local_id or text.strip()
    else:
        found.stamp = modified(text)


def _coded(found: _Found, tag: str, text: str) -> None:
    # Blanks count in coded fields, so the subfield is taken as it is.
    at = text.find("\x1fa")
    if at >= 0:
        found.coded.setdefault(tag, text[at + 2 :].partition("\x1f")[0])


def _languages(found: _Found, _tag: str, text: str) -> None:
    for value in every(text, "a"):
        if len(value) % 3 == 0 and value.isalpha():
            found.languages.extend(value[at : at + 3].lower() for at in range(0, len(value), 3))
        else:
            found.languages.append(value)
    original = first(text, "c")
    if original:
        found.extra.setdefault("original_language", original)


def _countries(found: _Found, _tag: str, text: str) -> None:
    found.countries.extend(every(text, "a"))


def _carrier(found: _Found, _tag: str, text: str) -> None:
    found.carriers.extend(value[:2] for value in every(text, "a"))


# --- numbers ------------------------------------------------------------------------------------------------


def _isbn(found: _Found, _tag: str, text: str) -> None:
    note = "; ".join(value.strip("()（）") for value in every(text, "b"))
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value:
            continue
        if code == "a":
            found.identifiers.append(Identifier("isbn", value, True, note))
        elif code == "z":
            aside = "cancelled or of another form"
            found.identifiers.append(Identifier("isbn", value, True, f"{aside}; {note}" if note else aside))
        elif code == "d":
            found.price = found.price or value


_NUMBERS = {
    "013": "ismn", "014": "local", "015": "isrn", "016": "isrc", "020": "nbn", "022": "govdoc", "035": "local",
    "040": "coden", "071": "publisher-number", "072": "upc", "073": "ean",
}  # fmt: skip


def _issn(found: _Found, _tag: str, text: str) -> None:
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if value and code in "afyzlm":
            note = "" if code == "a" else "ISSN-L" if code in "fl" else "cancelled or incorrect"
            found.identifiers.append(Identifier("issn", value, True, note))
        elif value and code == "d":
            found.price = found.price or value


def _number(found: _Found, tag: str, text: str) -> None:
    value = first(text, "b") if tag in ("020", "022") else first(text, "a")
    if tag == "035" and value.startswith("(OCoLC)"):
        found.identifiers.append(Identifier("oclc", value[7:]))
    elif value:
        found.identifiers.append(Identifier(_NUMBERS[tag], value))


def _other_number(found: _Found, _tag: str, text: str) -> None:
    value, named = first(text, "a"), first(text, "2").lower()
    if value:
        scheme = named if named in ("doi", "urn", "hdl", "uri", "ark", "isni") else ""
        if not scheme:
            scheme = "doi" if value.startswith("10.") else "local"
        found.identifiers.append(Identifier(scheme, value))


def _chinese_number(found: _Found, _tag: str, text: str) -> None:
    """091: 统一书号 of books before 1987, or the CN number of a serial (统一刊号)."""
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code == "a" and value:
            scheme = "cn" if _SERIAL_NUMBER.match(value) else "csbn"
            found.identifiers.append(Identifier(scheme, value))
        elif code == "d" and value:
            found.price = found.price or value


# --- titles and responsibility ------------------------------------------------------------------------------


def _title(found: _Found, _tag: str, text: str) -> None:
    proper = pinyin = ""
    others: list[str] = []
    more: list[Title] = []
    statements: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], _plain(part[1:].strip())
        if not value:
            continue
        if code == "a":
            if not proper:
                proper = trim_end(value)
            else:
                more.append(Title(trim_end(value), "part"))
        elif code in "9A":
            pinyin = pinyin or value
        elif code == "b":
            found.gmd = found.gmd or trim_end(value).strip("[] ")
        elif code == "c":
            more.append(Title(trim_end(value), "part"))
        elif code == "d":
            parallel = trim_end(value.lstrip("= "))
            if parallel:
                more.append(Title(parallel, "parallel"))
        elif code == "e":
            others.append(trim_end(value))
        elif code in "hip":
            found.parts.append(trim(value))
        elif code in "fg":
            statements.append(trim_end(value))
    if not proper and found.parts:
        proper = found.parts.pop(0)
    if proper:
        found.titles.insert(0, Title(proper, "main", "", pinyin))
    found.titles.extend(title for title in more if title.value)
    found.remainder = join(others, " : ")
    found.responsibility = join(statements, " ; ")


_TITLE_KINDS: dict[str, TitleKind] = {
    "500": "uniform", "501": "uniform", "503": "uniform", "510": "parallel", "512": "cover", "513": "variant",
    "514": "variant", "515": "variant", "516": "spine", "517": "variant", "518": "variant", "520": "former",
    "530": "variant", "531": "abbreviated", "532": "variant", "540": "variant", "541": "translated",
    "545": "part",
}  # fmt: skip


def _other_title(found: _Found, tag: str, text: str) -> None:
    value = join([trim(_plain(part)) for part in every(text, "ahi")], ". ")
    if value and len(found.titles) < _LIMIT:
        found.titles.append(
            Title(trim_end(value), _TITLE_KINDS[tag], "", first(text, "9") or first(text, "A"))
        )


_DYNASTY_CODES = "cs"  # $s is Taiwan's


def _person(found: _Found, tag: str, text: str) -> None:
    if len(found.contributors) >= _LIMIT:
        return
    name = given = pinyin = original = dates = number = ""
    notes: list[str] = []
    words: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value:
            continue
        if code == "a":
            name = name or trim(value)
        elif code == "b":
            given = given or trim(value)
        elif code in _DYNASTY_CODES:
            bare = _unbracketed(value)
            # In Chinese practice a second $c is the name in its own script: (Rowling, J. K).
            if name and not name.isascii() and bare.isascii() and any(c.isalpha() for c in bare):
                original = original or bare
            else:
                notes.append(bare)
        elif code == "d":
            number = value
        elif code == "f":
            dates = trim_end(value).strip("()（） ")
        elif code == "g" and name and not name.isascii():
            original = original or _unbracketed(value)
        elif code == "4":
            words.append(value)
        elif code in "9A":
            pinyin = pinyin or value
    if given:
        name = f"{name}{given}" if not name.isascii() and not given.isascii() else f"{name}, {given}"
    if number and name:
        name = f"{name} {number}"
    name = _finished(name)
    if not name:
        return
    role = role_of(words)
    found.assumed.append(None if role else "author" if tag == "700" else "")
    found.contributors.append(
        Contributor(name, role, "person", original or pinyin, dates, "; ".join(dict.fromkeys(notes)))
    )


def _finished(name: str) -> str:
    """A name without marks at its end; an initial has its full stop."""
    name = trim_end(name)
    return f"{name}." if _INITIAL.search(name) else name


def _unbracketed(value: str) -> str:
    found = _BRACKETED.match(value.strip())
    return (found.group(1) if found else value).strip(" ,，")


def _body(found: _Found, tag: str, text: str) -> None:
    if len(found.contributors) >= _LIMIT:
        return
    parts = [trim_end(value) for value in every(text, "ab")]
    name = join(parts, ". ")
    if not name:
        return
    kind: ContributorKind = "meeting" if text[:1] == "1" else "corporate"
    found.meeting = found.meeting or kind == "meeting"
    words = every(text, "4")
    role = role_of(words)
    found.assumed.append(None if role else "author" if tag == "710" and kind == "corporate" else "")
    note = join([_unbracketed(value) for value in every(text, "cde")], "; ")
    dates = trim_end(first(text, "f"))
    pinyin = first(text, "9") or first(text, "A")
    found.contributors.append(Contributor(name, role, kind, pinyin, dates, note))


# --- edition, publication, description ----------------------------------------------------------------------


def _edition(found: _Found, _tag: str, text: str) -> None:
    found.edition = found.edition or join([trim_end(value) for value in every(text, "ab")], ", ")


def _publication(found: _Found, tag: str, text: str) -> None:
    # 214 tells publication (second indicator 0) from production, distribution, manufacture and copyright.
    if tag == "214" and text[1:2] in "1234" and found.publications:
        return
    place = first(text, "a")
    if _EXTENT_LIKE.search(place) and not first(text, "d"):
        # A known fault of converters from MARC 21: the extent stands in a second 210.
        _extent(found, tag, text)
        return
    found.publications.append(text)


_EXTENT_LIKE = re.compile(
    r"online resource|^\[?(?:[0-9]+|[ivxlc]+)\]?(?:, [0-9]+)*\s*(?:p|pages|v|页|頁|冊|册)\b\.?"
)


def _read_publication(texts: list[str]) -> Publication:
    text = texts[0]
    place = join([trim(value) for value in every(text, "a")], " ; ")
    publisher = join([trim_end(value) for value in every(text, "c")], " ; ")
    date = join([value.rstrip(" .,;") for value in every(text, "d")], " ")
    return Publication(place, publisher, date, "", first(text, "C"))


def _extent(found: _Found, _tag: str, text: str) -> None:
    if found.extent:
        return
    pieces: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip().rstrip(" :;+")
        if value and code in "acde":
            if pieces:
                pieces.append({"c": " : ", "d": " ; ", "e": " + "}.get(code, " "))
            pieces.append(value)
    found.extent = trim("".join(pieces))


def _series(found: _Found, _tag: str, text: str) -> None:
    name = join([trim(_plain(value)) for value in every(text, "ahi")], ". ")
    if not name or len(found.series) >= _LIMIT:
        return
    number = trim_end(first(text, "v"))
    found.series.append(f"{trim(name)} ; {number}" if number else trim(name))
    pinyin = first(text, "A") or first(text, "9")
    if pinyin:
        found.titles.append(Title(trim(name), "series", "", pinyin))
    issn = first(text, "x")
    if issn:
        found.relations.append(Relation("part_of", trim(name), (Identifier("issn", issn),), volume=number))


_EXTRA = {
    "206": "scale",
    "207": "numbering",
    "326": "frequency",
    "127": "duration",
    "230": "file_characteristics",
}


def _extra(found: _Found, tag: str, text: str) -> None:
    if tag == "206":
        for code, key in (("b", "scale"), ("d", "coordinates")):
            if value := trim_end(first(text, code)):
                found.extra.setdefault(key, value)
        if "scale" in found.extra:
            return
    value = trim_end(" ".join(every(text, "abc")))
    if value:
        found.extra.setdefault(_EXTRA[tag], value)


def _material(found: _Found, _tag: str, text: str) -> None:
    found.gmd = found.gmd or trim_end(first(text, "a"))


# --- notes --------------------------------------------------------------------------------------------------


def _note(found: _Found, _tag: str, text: str) -> None:
    value = " ".join(
        part[1:].strip() for part in text.split("\x1f")[1:] if part[:1] not in "013567" and part[1:].strip()
    )
    if value and len(found.notes) < _LIMIT:
        found.notes.append(_plain(value))


def _thesis(found: _Found, tag: str, text: str) -> None:
    found.thesis = True
    _note(found, tag, text)
    for code, key in (("b", "degree"), ("c", "discipline"), ("d", "degree_year"), ("e", "institution")):
        if value := trim_end(first(text, code)):
            found.extra.setdefault(key, value)


def _abstract(found: _Found, _tag: str, text: str) -> None:
    if (value := " ".join(every(text, "a"))) and len(found.abstract) < 50:
        found.abstract.append(value)


def _contents(found: _Found, _tag: str, text: str) -> None:
    value = " ".join(every(text, "ab"))
    if len(found.contents) < _LIMIT:
        found.contents.extend(piece.strip() for piece in value.split(" -- ") if piece.strip())


def _audience(found: _Found, _tag: str, text: str) -> None:
    found.audience = found.audience or first(text, "a")


def _rights(found: _Found, _tag: str, text: str) -> None:
    if value := first(text, "a"):
        found.rights = f"{found.rights}; {value}" if found.rights else value


# --- subjects and classes -----------------------------------------------------------------------------------

_SUBJECT_KINDS = {
    "600": "person", "601": "corporate", "602": "person", "604": "title", "605": "title", "606": "", "607": "place",
    "608": "genre",
}  # fmt: skip
_SCHEMES = {"lc": "lcsh", "lcsh": "lcsh", "mesh": "mesh", "cct": "cct", "rameau": "rameau"}


def _subject(found: _Found, tag: str, text: str) -> None:
    if len(found.subjects) >= _LIMIT:
        return
    head: list[str] = []
    divisions: list[str] = []
    given = ""
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value:
            continue
        if code == "a" or (code == "t" and tag == "604"):
            head.append(trim_end(value))
        elif code == "b" and tag in ("600", "602"):
            given = trim_end(value)
        elif code == "b":
            head.append(trim_end(value))
        elif code in "xyzj" or (code == "t" and tag == "600"):
            divisions.append(trim_end(value))
            if code == "y":
                found.places.append(trim_end(value))
    if not head:
        return
    name = ". ".join(head)
    if given:
        name = f"{name}{given}" if not name.isascii() and not given.isascii() else f"{name}, {given}"
    if tag in ("600", "602"):
        name = _finished(name)
    kind = _SUBJECT_KINDS[tag]
    scheme = first(text, "2").lower()
    pinyin = first(text, "9") or first(text, "A")
    found.subjects.append(Subject("--".join([name, *divisions]), _SCHEMES.get(scheme, scheme), kind, pinyin))
    if kind == "genre":
        found.genres.append(name)
    elif kind == "place":
        found.places.append(name)


def _keywords(found: _Found, _tag: str, text: str) -> None:
    for value in every(text, "a"):
        if len(found.subjects) < _LIMIT and trim_end(value):
            found.subjects.append(Subject(trim_end(value)))
            if value.casefold().rstrip(".") in _GENRES:
                found.genres.append(value)


_GENRES = frozenset(("electronic books", "electronic journals", "电子图书", "電子書"))


_CLASSES = {"675": "udc", "676": "ddc", "680": "lcc", "681": "ccl", "690": "clc", "692": "cas"}


def _class(found: _Found, tag: str, text: str) -> None:
    scheme = _CLASSES.get(tag) or first(text, "2").lower() or "other"
    for value in every(text, "a"):
        value = trim_end(value)
        if value:
            found.classes.append(Class(value, {"clc": "clc", "cas": "cas", "lc": "lcc"}.get(scheme, scheme)))


# --- links, relations, holdings -----------------------------------------------------------------------------


def _electronic(found: _Found, _tag: str, text: str) -> None:
    hints = every(text, "23yxz")
    label = first(text, "y") or first(text, "z") or first(text, "3") or first(text, "2")
    for url in every(text, "u"):
        made = link(url, label if not label.startswith("type:") else "", " ".join(hints), text[1:2])
        if made and len(found.links) < _LIMIT:
            found.links.append(made)


def _relation(found: _Found, tag: str, text: str) -> None:
    if len(found.relations) >= _LIMIT:
        return
    read = unimarc_links.read(text)
    if tag in unimarc_links.HOSTS:
        found.host = True
        found.host_issn = found.host_issn or any(
            number.scheme in ("issn", "cn") for number in read.identifiers
        )
        found.host_meeting = found.host_meeting or _CONFERENCE.search(read.title) is not None
    if tag == "452":
        found.electronic_link = found.electronic_link or read.electronic
    if tag in ("410", "225") and not read.identifiers and not read.local_id:
        name = join([read.title, *read.parts], ". ")
        if name and not any(series.split(" ; ")[0] == name for series in found.series):
            found.series.append(f"{name} ; {read.volume}" if read.volume else name)
        return
    made = unimarc_links.relation(tag, read, analytic=found.analytic)
    if made:
        found.relations.append(made)


def _holding(found: _Found, tag: str, text: str) -> None:
    if len(found.holding_fields) < 5 * _LIMIT:
        found.holding_fields.append((tag, text))


_HANDLERS: dict[str, Callable[[_Found, str, str], None]] = {
    "001": _control, "005": _control, "010": _isbn, "011": _issn, "017": _other_number, "091": _chinese_number,
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(("100", "105", "106", "110", "115", "116", "120", "121", "126", "135", "140"), _coded),
    "101": _languages, "102": _countries, "182": _carrier, "183": _carrier,
    "204": _material, "205": _edition, "210": _publication, "214": _publication, "215": _extent, "225": _series,
    **dict.fromkeys(_EXTRA, _extra),
    **dict.fromkeys(
        ("300", "301", "302", "303", "304", "305", "306", "307", "308", "309", "311", "312", "313", "314", "315",
         "316", "317", "318", "320", "321", "322", "323", "324", "325", "334", "336", "337", "345"),
        _note,
    ),
    "310": _rights, "371": _rights, "327": _contents, "328": _thesis, "330": _abstract, "333": _audience,
    **dict.fromkeys(unimarc_links.KINDS, _relation),
    **dict.fromkeys(_TITLE_KINDS, _other_title),
    **dict.fromkeys(_SUBJECT_KINDS, _subject),
    "610": _keywords,
    **dict.fromkeys((*_CLASSES, "686", "687"), _class),
    **dict.fromkeys(("700", "701", "702", "703", "720", "721", "722"), _person),
    **dict.fromkeys(("710", "711", "712", "713"), _body),
    "856": _electronic,
    **dict.fromkeys(marc_holdings.TAGS, _holding),
}  # fmt: skip


# --- the record ---------------------------------------------------------------------------------------------


def _years(coded: str) -> tuple[int | None, int | None]:
    """First and last year of 100$a/8-16."""
    kind, one, other = coded[8:9], coded[9:13], coded[13:17]
    if not one.isdigit() or one in ("0000", "9999") or kind == "c" and not one.isdigit():
        return None, None
    start = int(one)
    if kind in "abfgi" and other.isdigit() and other != "9999" and int(other) >= start:
        return start, int(other)
    return start, None


def _record(
    raw: Raw, profile: Profile, leader: str, found: _Found, charset: str, problems: list[Problem]
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
    classes = tuple(dict.fromkeys(found.classes))
    titles = tuple(dict.fromkeys(found.titles))
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
        contributors=tuple(
            dict.fromkeys(with_roles(found.contributors, found.assumed, found.responsibility))
        ),
        publication=_read_publication(found.publications) if found.publications else Publication(),
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
        series=unique(found.series),
        notes=unique(found.notes),
        abstract="\n".join(found.abstract),
        contents=tuple(found.contents),
        links=tuple(dict.fromkeys(found.links)),
        relations=tuple(dict.fromkeys(found.relations)),
        holdings=marc_holdings.read(found.holding_fields, profile.holdings) if found.holding_fields else (),
        volume=", ".join(part for part in found.parts if part),
        audience=found.audience,
        rights=found.rights,
        price=found.price,
        deleted=deleted,
        modified=found.stamp,
        extra=found.extra,
        source=Source(marc_syntax.format_of(raw), charset, raw.position),
    )
    return record, problems


ADAPTER = UnimarcAdapter()
