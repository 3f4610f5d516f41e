"""MARC 21 and CNMARC fields of a record that did not come as MARC (机读目录字段).

A field is ``(tag, indicators, [(subfield code, value), …])``, a control field ``(tag, "", [("", value)])``.
The field numbers are those of MARC 21 Bibliographic and of WH/T 0503-1996 (CNMARC).
"""

from __future__ import annotations

from collections.abc import Iterator

from indexer.records.export.fields import creators, editors, host, place_in_host, translators
from indexer.records.record import Contributor, Record

Subfields = list[tuple[str, str]]
Field = tuple[str, str, Subfields]

# Leader positions 06 and 07: type of record and bibliographic level.
_MARC21_LEADER = {
    "journal": "as",
    "article": "ab",
    "conference-paper": "ab",
    "map": "em",
    "audio": "jm",
    "video": "gm",
    "image": "km",
    "rubbing": "km",
    "manuscript": "tm",
    "web-resource": "ai",
    "courseware": "mm",
}
_CNMARC_LEADER = {
    "journal": "as",
    "article": "aa",
    "conference-paper": "aa",
    "map": "em",
    "audio": "jm",
    "video": "gm",
    "image": "km",
    "rubbing": "km",
    "manuscript": "bm",
    "web-resource": "lm",
    "courseware": "lm",
}
_RELATOR = {"author": "aut", "editor": "edt", "translator": "trl", "composer": "cmp", "illustrator": "ill"}
_RELATOR_ZH = {"author": "著", "editor": "编", "translator": "译", "compiler": "编", "composer": "作曲"}
# MARC 21 and CNMARC write the codes of ISO 639-2/B; records hold ISO 639-3.
BIBLIOGRAPHIC = {
    "zho": "chi", "deu": "ger", "fra": "fre", "nld": "dut", "ell": "gre", "ces": "cze", "slk": "slo", "ron":
    "rum", "fas": "per", "msa": "may", "mya": "bur", "bod": "tib", "hye": "arm", "kat": "geo", "eus": "baq",
    "isl": "ice", "mkd": "mac", "sqi": "alb", "cym": "wel",
}  # fmt: skip


def language(record: Record) -> str:
    """The first language as ISO 639-2/B, ``und`` where there is none."""
    code = record.languages[0] if record.languages else "und"
    return BIBLIOGRAPHIC.get(code, code)


def marc21_leader(record: Record) -> str:
    """Leader with the lengths still zero; position 09 says that the record is Unicode."""
    return f"00000n{_MARC21_LEADER.get(record.type, 'am')} a2200000 i 4500"


def cnmarc_leader(record: Record) -> str:
    """CNMARC leader with the lengths still zero."""
    return f"00000n{_CNMARC_LEADER.get(record.type, 'am')}  2200000   450 "


def _year(value: int | None) -> str:
    return f"{value:04d}" if value is not None and 0 <= value <= 9999 else "    "


def _filled(pairs: Subfields) -> Subfields:
    return [(code, " ".join(value.split())) for code, value in pairs if value and value.strip()]


def _of(record: Record, scheme: str) -> list[tuple[str, bool]]:
    return [(i.value, i.valid) for i in record.identifiers if i.scheme == scheme]


def _people(record: Record) -> list[Contributor]:
    named = [*creators(record), *editors(record), *translators(record)]
    return named + [c for c in record.contributors if c not in named]


def marc21(record: Record) -> Iterator[Field]:
    """The record as MARC 21 fields in order of tag."""
    if record.id:
        yield "001", "", [("", record.id)]
    start, end = _year(record.year), _year(record.year_end)
    kind = "m" if end.strip() else "s"
    form = "o" if record.type in {"ebook", "web-resource"} else " "
    country = (record.countries[0] if record.countries else "xx")[:3].ljust(3)
    yield "008", "", [("", f"{'':6}{kind}{start}{end}{country}{'':5}{form}{'':11}{language(record)} d")]
    for scheme, tag in (("lccn", "010"), ("isbn", "020"), ("issn", "022")):
        for value, valid in _of(record, scheme):
            yield tag, "  ", [("a" if valid else "z", value)]
    for scheme in ("doi", "urn", "hdl"):
        for value, _ in _of(record, scheme):
            yield "024", "7 ", [("a", value), ("2", scheme)]
    for value, _ in _of(record, "oclc"):
        yield "035", "  ", [("a", f"(OCoLC){value}")]
    if len(record.languages) > 1:
        yield "041", "  ", [("a", BIBLIOGRAPHIC.get(code, code)) for code in record.languages]
    for number in record.classes:
        tag, indicators, more = {
            "lcc": ("050", " 4", []),
            "ddc": ("082", "04", []),
            "clc": ("084", "  ", [("2", "clc")]),
        }.get(number.scheme, ("084", "  ", [("2", number.scheme)] if number.scheme else []))
        yield tag, indicators, [("a", number.value), *more]
    people = _people(record)
    main, others = (people[0], people[1:]) if people and people[0] in creators(record) else (None, people)
    if main:
        yield _name21("1", main)
    title = _filled(
        [
            ("a", record.title),
            ("n", record.volume),
            ("b", record.title_remainder),
            ("c", record.responsibility),
        ]
    )
    yield "245", "10" if main else "00", title or [("a", record.title)]
    for other in record.titles:
        if other.kind == "parallel":
            yield "246", "31", [("a", other.value)]
        elif other.kind in {"variant", "spine", "cover", "former", "abbreviated"}:
            yield "246", "3 ", [("a", other.value)]
        if other.romanised:
            yield "246", "3 ", [("a", other.romanised)]
    if record.edition:
        yield "250", "  ", [("a", record.edition)]
    published = _filled(
        [
            ("a", record.publication.place),
            ("b", record.publication.publisher),
            ("c", record.publication.date or (str(record.year) if record.year is not None else "")),
        ]
    )
    if published:
        yield "264", " 1", published
    if record.extent:
        yield "300", "  ", [("a", record.extent)]
    for series in record.series:
        yield "490", "0 ", [("a", series)]
    for note in record.notes:
        yield "500", "  ", [("a", note)]
    if record.type == "thesis":
        yield "502", "  ", [("a", record.extra.get("degree", "") or "Thesis")]
    for content in record.contents:
        yield "505", "0 ", [("a", content)]
    if record.abstract:
        yield "520", "  ", [("a", record.abstract)]
    for subject in record.subjects:
        yield "650", " 4", [("a" if not n else "x", part) for n, part in enumerate(subject.value.split("--"))]
    for person in others:
        yield _name21("7", person)
    within = host(record)
    if within:
        detail = place_in_host(within, record.year)
        ids = [
            ("x" if i.scheme == "issn" else "z", i.value)
            for i in within.identifiers
            if i.scheme in {"issn", "isbn"}
        ]
        yield "773", "0 ", _filled([("t", within.title), ("g", detail), *ids])
    for holding in record.holdings:
        pairs = _filled([("a", holding.library), ("b", holding.location), ("h", holding.call_number)])
        if pairs:
            yield "852", "  ", pairs
    for link in record.links:
        yield "856", "40" if link.kind == "fulltext" else "42", _filled([("u", link.url), ("z", link.label)])


def _name21(block: str, person: Contributor) -> Field:
    tag = block + {"person": "00", "corporate": "10", "meeting": "11"}[person.kind]
    indicators = (
        "1 "
        if person.kind == "person" and "," in person.name
        else ("0 " if person.kind == "person" else "2 ")
    )
    relator = _RELATOR.get(person.role, "")
    return (
        tag,
        indicators,
        _filled([("a", person.name), ("d", person.dates), ("e", person.role), ("4", relator)]),
    )


def cnmarc(record: Record) -> Iterator[Field]:
    """The record as CNMARC fields in order of tag."""
    if record.id:
        yield "001", "", [("", record.id)]
    for tag, scheme in (("010", "isbn"), ("011", "issn")):
        for value, valid in _of(record, scheme):
            yield (
                tag,
                "  ",
                _filled([("a" if valid else "z", value), ("d", record.price if tag == "010" else "")]),
            )
    for scheme in ("doi", "urn", "hdl"):
        for value, _ in _of(record, scheme):
            yield "017", "70", [("a", value), ("2", scheme)]
    for value, _ in _of(record, "cn"):
        yield "091", "  ", [("a", value)]
    start, end = _year(record.year), _year(record.year_end)
    # Positions 26-29 say the character set: 50 is ISO 10646 in UTF-8.
    yield (
        "100",
        "  ",
        [("a", f"{'':8}{'g' if end.strip() else 'd'}{start}{end}em y0chiy50      ea".ljust(36))],
    )
    codes = [("a", BIBLIOGRAPHIC.get(code, code)) for code in record.languages]
    if codes:
        yield "101", "0 ", codes
    title = _filled(
        [
            ("a", record.title),
            ("e", record.title_remainder),
            ("h", record.volume),
            ("f", record.responsibility),
        ]
    )
    yield "200", "1 ", title or [("a", record.title)]
    if record.edition:
        yield "205", "  ", [("a", record.edition)]
    published = _filled(
        [
            ("a", record.publication.place),
            ("c", record.publication.publisher),
            ("d", record.publication.date or (str(record.year) if record.year is not None else "")),
        ]
    )
    if published:
        yield "210", "  ", published
    if record.extent:
        yield "215", "  ", [("a", record.extent)]
    for series in record.series:
        yield "225", "2 ", [("a", series)]
    for note in record.notes:
        yield "300", "  ", [("a", note)]
    for content in record.contents:
        yield "327", "1 ", [("a", content)]
    if record.type == "thesis":
        yield "328", "  ", [("a", record.extra.get("degree", "") or "学位论文")]
    if record.abstract:
        yield "330", "  ", [("a", record.abstract)]
    within = host(record)
    if within:
        detail = place_in_host(within, record.year)
        issn = next((i.value for i in within.identifiers if i.scheme == "issn"), "")
        yield "463", " 1", _filled([("t", within.title), ("v", detail), ("x", issn)])
    for other in record.titles:
        if other.kind in {"parallel", "variant", "spine", "cover"}:
            tag = {"parallel": "510", "cover": "512", "spine": "516"}.get(other.kind, "517")
            yield tag, "1 ", _filled([("a", other.value), ("9", other.romanised)])
    for subject in record.subjects:
        yield "606", "0 ", [("a" if not n else "x", part) for n, part in enumerate(subject.value.split("--"))]
    for number in record.classes:
        if number.scheme == "clc":
            yield "690", "  ", [("a", number.value), ("v", "5")]
        else:
            yield (
                {"ddc": "676", "udc": "675", "lcc": "680"}.get(number.scheme, "686"),
                "  ",
                [("a", number.value)],
            )
    main = creators(record)
    for person in _people(record):
        first = "70" if person.kind == "person" else "71"
        tag = first + ("1" if person in main else "2")
        indicators = " 0" if person.kind == "person" else ("12" if person.kind == "meeting" else "02")
        relator = _RELATOR_ZH.get(person.role, person.role)
        yield (
            tag,
            indicators,
            _filled(
                [
                    ("a", person.name),
                    ("9", person.romanised),
                    ("c", person.note),
                    ("f", person.dates),
                    ("4", relator),
                ]
            ),
        )
    for link in record.links:
        yield "856", "40" if link.kind == "fulltext" else "42", _filled([("u", link.url), ("z", link.label)])
    for holding in record.holdings:
        pairs = _filled([("a", holding.library), ("f", holding.call_number)])
        for item in holding.items:
            pairs += _filled([("b", item.barcode)])
        if pairs:
            yield "905", "  ", pairs
