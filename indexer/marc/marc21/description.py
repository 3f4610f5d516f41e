"""Edition, publication, extent, series and notes of MARC 21 (出版、载体、丛编、附注): 25X to 5XX, 8XX
series.
"""

from __future__ import annotations

from collections.abc import Callable

from indexer.marc.found import LIMIT
from indexer.marc.marc21.found import Found, both
from indexer.marc.values import (
    every,
    first,
    join,
    trim,
    trim_end,
)
from indexer.records.record import (
    Identifier,
    Publication,
    Relation,
    Title,
)


def _edition(found: Found, tag: str, text: str) -> None:
    original, _ = both(found, tag, text)
    value = trim_end(join([trim(part) for part in every(original, "ab")], " / "))
    if value and not found.edition:
        found.edition = value


def _publication(found: Found, tag: str, text: str) -> None:
    # RDA: the second indicator of 264 tells publication (1) from production, distribution, manufacture,
    # copyright.
    rank = {"1": 0, "2": 2, "0": 3, "3": 4, "4": 5}.get(text[1:2], 1) if tag == "264" else 1
    found.publications.append((rank, *both(found, tag, text)))


def read_publication(publications: list[tuple[int, str, str]]) -> Publication:
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


def _extent(found: Found, tag: str, text: str) -> None:
    if found.extent:
        return
    original, _ = both(found, tag, text)
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


def _carrier(found: Found, tag: str, text: str) -> None:
    (found.content if tag == "336" else found.carriers).extend(every(text, "b"))


def _series(found: Found, tag: str, text: str) -> None:
    original, romanised = both(found, tag, text)
    names = "anpt" if tag != "490" else "a"
    value = ". ".join(v for part in every(original, names) if (v := trim_end(part)))
    if tag in ("800", "810", "811"):
        value = trim_end(first(original, "t"))
    if not value or len(found.series) >= LIMIT:
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


def _note(found: Found, tag: str, text: str) -> None:
    if len(found.notes) >= LIMIT:
        return
    original, _ = both(found, tag, text)
    value = " ".join(
        part[1:].strip()
        for part in original.split("\x1f")[1:]
        if part[:1] not in "0125678w" and part[1:].strip()
    )
    if value:
        found.notes.append(value)


def _thesis(found: Found, tag: str, text: str) -> None:
    _note(found, tag, text)
    found.thesis = found.thesis or (found.notes[-1] if found.notes else "thesis")
    for code, key in (("b", "degree"), ("c", "institution"), ("d", "degree_year")):
        value = trim_end(first(text, code))
        if value:
            found.extra.setdefault(key, value)


def _abstract(found: Found, tag: str, text: str) -> None:
    original, _ = both(found, tag, text)
    value = " ".join(every(original, "ab"))
    if value and len(found.abstract) < 50:
        found.abstract.append(value)


def _contents(found: Found, tag: str, text: str) -> None:
    if len(found.contents) >= LIMIT:
        return
    original, _ = both(found, tag, text)
    value = " ".join(every(original, "agrt"))
    found.contents.extend(piece.strip() for piece in value.split(" -- ") if piece.strip())


def _rights(found: Found, tag: str, text: str) -> None:
    value = trim_end(" ".join(every(both(found, tag, text)[0], "abcd")))
    if value:
        found.rights = f"{found.rights}; {value}" if found.rights else value


def _audience(found: Found, tag: str, text: str) -> None:
    value = trim_end(" ".join(every(both(found, tag, text)[0], "ab")))
    if value:
        found.audience = found.audience or value


_EXTRA = {"255": "scale", "306": "duration", "310": "frequency", "362": "numbering", "046": "coded_dates"}


def _extra(found: Found, tag: str, text: str) -> None:
    original, _ = both(found, tag, text)
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


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    "250": _edition, "260": _publication, "264": _publication, "300": _extent,
    **dict.fromkeys(("336", "337", "338"), _carrier),
    **dict.fromkeys(("440", "490", "800", "810", "811", "830"), _series),
    **dict.fromkeys(
        ("500", "501", "504", "507", "508", "510", "511", "515", "518", "522", "525", "530", "533", "534",
        "535",
         "536", "538", "544", "545", "546", "547", "550", "552", "555", "556", "561", "562", "563", "567",
         "580",
         "581", "585", "586", "590"),
        _note,
    ),
    "502": _thesis, "505": _contents, "520": _abstract, "506": _rights, "540": _rights, "521": _audience,
    **dict.fromkeys(("034", "255", "306", "310", "362"), _extra),
}  # fmt: skip
