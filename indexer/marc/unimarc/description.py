"""Edition, publication, extent, series and notes of UNIMARC and CNMARC (著录块、附注块): 20X to 3XX."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.marc.found import LIMIT
from indexer.marc.unimarc.found import Found, unmarked
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


def _edition(found: Found, _tag: str, text: str) -> None:
    found.edition = found.edition or join([trim_end(value) for value in every(text, "ab")], ", ")


def _publication(found: Found, tag: str, text: str) -> None:
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


def read_publication(texts: list[str]) -> Publication:
    text = texts[0]
    place = join([trim(value) for value in every(text, "a")], " ; ")
    publisher = join([trim_end(value) for value in every(text, "c")], " ; ")
    date = join([value.rstrip(" .,;") for value in every(text, "d")], " ")
    return Publication(place, publisher, date, "", first(text, "C"))


def _extent(found: Found, _tag: str, text: str) -> None:
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


def _series(found: Found, _tag: str, text: str) -> None:
    name = join([trim(unmarked(value)) for value in every(text, "ahi")], ". ")
    if not name or len(found.series) >= LIMIT:
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


def _extra(found: Found, tag: str, text: str) -> None:
    if tag == "206":
        for code, key in (("b", "scale"), ("d", "coordinates")):
            if value := trim_end(first(text, code)):
                found.extra.setdefault(key, value)
        if "scale" in found.extra:
            return
    value = trim_end(" ".join(every(text, "abc")))
    if value:
        found.extra.setdefault(_EXTRA[tag], value)


def _material(found: Found, _tag: str, text: str) -> None:
    found.gmd = found.gmd or trim_end(first(text, "a"))


def _note(found: Found, _tag: str, text: str) -> None:
    value = " ".join(
        part[1:].strip() for part in text.split("\x1f")[1:] if part[:1] not in "013567" and part[1:].strip()
    )
    if value and len(found.notes) < LIMIT:
        found.notes.append(unmarked(value))


def _thesis(found: Found, tag: str, text: str) -> None:
    found.thesis = True
    _note(found, tag, text)
    for code, key in (("b", "degree"), ("c", "discipline"), ("d", "degree_year"), ("e", "institution")):
        if value := trim_end(first(text, code)):
            found.extra.setdefault(key, value)


def _abstract(found: Found, _tag: str, text: str) -> None:
    if (value := " ".join(every(text, "a"))) and len(found.abstract) < 50:
        found.abstract.append(value)


def _contents(found: Found, _tag: str, text: str) -> None:
    value = " ".join(every(text, "ab"))
    if len(found.contents) < LIMIT:
        found.contents.extend(piece.strip() for piece in value.split(" -- ") if piece.strip())


def _audience(found: Found, _tag: str, text: str) -> None:
    found.audience = found.audience or first(text, "a")


def _rights(found: Found, _tag: str, text: str) -> None:
    if value := first(text, "a"):
        found.rights = f"{found.rights}; {value}" if found.rights else value


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    "204": _material, "205": _edition, "210": _publication, "214": _publication, "215": _extent,
    "225": _series,
    **dict.fromkeys(_EXTRA, _extra),
    **dict.fromkeys(
        ("300", "301", "302", "303", "304", "305", "306", "307", "308", "309", "311", "312", "313", "314",
        "315",
         "316", "317", "318", "320", "321", "322", "323", "324", "325", "334", "336", "337", "345"),
        _note,
    ),
    "310": _rights, "371": _rights, "327": _contents, "328": _thesis, "330": _abstract, "333": _audience,
}  # fmt: skip
