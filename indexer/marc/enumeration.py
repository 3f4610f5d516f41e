"""Volumes, issues and dates of a serial, from coded pairs to words (卷期与年代): 853 with 863, and their kin.

A pattern (853-855) says what its numbers are called, a field of values (863-865) has the numbers; subfield 8
ties them. What is written is a statement as ANSI/NISO Z39.71 and ISO 10324 display it:
``v.1:no.1(1990:Jan.)-v.5:no.12(1994:Dec.)``, a comma where something is missing, a semicolon where it is not.
Source: MARC 21 Format for Holdings Data, 853-855 and 863-865.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

PATTERNS = {"863": "853", "864": "854", "865": "855"}
_ENUMERATION, _OTHER, _CHRONOLOGY = "abcdef", "gh", "ijkl"
_MONTHS = ("Jan.", "Feb.", "Mar.", "Apr.", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec.")
_SEASONS = {"21": "Spring", "22": "Summer", "23": "Autumn", "24": "Winter"}
_SEASONS_ZH = {"21": "春", "22": "夏", "23": "秋", "24": "冬"}
_HAN = re.compile(r"[㐀-鿿]")
_PART = re.compile(r"\d+")

Pairs = Sequence[tuple[str, str]]


def link_of(pairs: Pairs) -> tuple[str, int]:
    """The number that ties a field to its pattern, and its place in the sequence: ``1.2`` is ("1", 2)."""
    for code, value in pairs:
        if code == "8":
            number, _, rest = value.partition("\\")[0].partition(".")
            place = _PART.match(rest)
            return number.strip(), int(place[0]) if place and len(place[0]) < 7 else 0
    return "", 0


def statement(fields: Sequence[tuple[str, Pairs]], patterns: Mapping[str, Pairs]) -> str:
    """Fields of values (indicators, pairs) of one kind in words; ``patterns`` by the number that ties."""
    said: list[str] = []
    joint = ""
    for indicators, pairs in sorted(fields, key=lambda f: _order(f[1])):
        captions = dict(reversed(list(patterns.get(link_of(pairs)[0], ()))))
        text = _one(indicators, pairs, captions)
        if not text:
            continue
        said += [joint, text] if said else [text]
        broken = next((value for code, value in pairs if code == "w"), "")
        joint = "; " if broken == "n" else ", "
    return "".join(said)


def _order(pairs: Pairs) -> tuple[int, int]:
    number, place = link_of(pairs)
    return int(number) if number.isdecimal() and len(number) < 7 else 0, place


def _one(indicators: str, pairs: Pairs, captions: Mapping[str, str]) -> str:
    values = {code: value for code, value in reversed(list(pairs)) if code in "abcdefghijklm"}
    # The second indicator: 1 and 3 are not compressed, so a hyphen in them is part of a number.
    compressed = indicators[1:2] not in ("1", "3") and any("-" in value for value in values.values())
    if not compressed:
        text = _side(values, captions)
    else:
        first, last = {}, {}
        for code, value in values.items():
            begin, hyphen, end = value.partition("-")
            first[code], last[code] = begin.strip(), end.strip() if hyphen else begin.strip()
        open_ended = not any(last[code] for code in values if "-" in values[code])
        begun = _side(first, captions)
        text = f"{begun}-" if open_ended else _range(begun, _side(last, captions))
    notes = "; ".join(value for code, value in pairs if code == "z")
    return f"{text} {notes}".strip() if text else notes


def _range(first: str, last: str) -> str:
    return first if first == last or not last else f"{first}-{last}"


def _side(values: Mapping[str, str], captions: Mapping[str, str]) -> str:
    numbers = _numbers(values, captions, _ENUMERATION)
    other = _numbers(values, captions, _OTHER)
    if other:
        numbers = f"{numbers}={other}" if numbers else other
    dates = [_date(values[c], captions.get(c, "")) for c in _CHRONOLOGY if values.get(c)]
    chronology = ":".join(dates)
    if values.get("m"):
        chronology = f"{chronology}={values['m']}" if chronology else values["m"]
    return f"{numbers}({chronology})" if numbers and chronology else numbers or chronology


def _numbers(values: Mapping[str, str], captions: Mapping[str, str], codes: str) -> str:
    return ":".join(_number(values[c], captions.get(c, "")) for c in codes if values.get(c))


def _number(value: str, caption: str) -> str:
    """``v.`` and 3 are v.3, 卷 and 3 are 第3卷; a caption in brackets is for the cataloguer alone."""
    if not caption or caption == "*" or caption.startswith("("):
        return value
    if _HAN.search(caption):
        return f"第{value}{caption.removeprefix('第')}"
    return f"{caption}{value}" if caption.endswith((".", "]")) else f"{caption} {value}"


def _date(value: str, caption: str) -> str:
    """A year, month, season or day; months and seasons are coded in two digits."""
    word = caption.strip("()").casefold()
    if word in ("month", "season", "month/season"):
        return "/".join(_month(part) for part in value.split("/"))
    if word in ("月", "月份", "季", "季节", "季度"):
        return "/".join(_SEASONS_ZH.get(p) or f"{p.lstrip('0')}{word[0]}" for p in value.split("/"))
    return value


def _month(part: str) -> str:
    if part.isascii() and part.isdecimal() and 1 <= int(part[:4]) <= 12:
        return _MONTHS[int(part) - 1]
    return _SEASONS.get(part, part)
