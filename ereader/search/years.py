"""Years as a reader writes them: one year, a range, a decade, before our era (年代).

The same reading serves the box (``year:1990-2000``) and the URL (``year=1990-2000``). Years are
astronomical only in their sign: 221 before our era is -221, as in the JSON of a record.
"""

from __future__ import annotations

import re
import unicodedata

Years = tuple[int | None, int | None]

LARGEST = 9999
_DASH = r"(?:-|\.\.\.?|~|至|到|\bto\b)"
_YEAR = r"(?:(?P<before{n}>(?:公元|西元)?前)?(?P<year{n}>-?\d{{1,4}})(?P<era{n}>\s*(?:bce?|b\.c\.))?年?)"
_ONE = re.compile(_YEAR.format(n=1) + r"\Z", re.IGNORECASE)
_TWO = re.compile(
    rf"(?:{_YEAR.format(n=1)})?\s*{_DASH}\s*(?:{_YEAR.format(n=2)})?\Z",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"[\[{(]\s*(?P<low>\S{1,12})\s+TO\s+(?P<high>\S{1,12})\s*[\]})]\Z", re.IGNORECASE)
_COMPARED = re.compile(r"(?P<sign>[<>]=?|=)\s*" + _YEAR.format(n=1) + r"\Z", re.IGNORECASE)
_DECADE = re.compile(r"(?P<year>\d{3}0)(?:s|年代)\Z", re.IGNORECASE)
_OPEN_DIGITS = re.compile(r"(?P<known>\d{2,3})(?P<open>[*?xX]{1,2})\Z")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－", "-") | {"～": "~", "〜": "~", "…": ".."})


def parse_years(text: str) -> Years | None:
    """The years meant by a text, None where it means none; open ends are None, reversed ends are turned
    round.

    Takes ``1990``, ``1990-2000``, ``1990..``, ``-2000`` and ``..2000`` (up to 2000), ``[1990 TO 2000]``,
    ``>=1990``, ``1990s``, ``199*``, ``-221--206``, ``前221``, ``1990年代``, with full-width figures and any
    dash.
    """
    if len(text) > 40:
        return None
    text = unicodedata.normalize("NFKC", text.translate(_DASHES)).strip()
    if (found := _BRACKETS.match(text)) is not None:
        low, high = found["low"], found["high"]
        return _bounded(_end(low), _end(high)) if _is_end(low) and _is_end(high) else None
    if (found := _COMPARED.match(text)) is not None:
        year = _year(found, 1)
        ends: dict[str, Years] = {
            "<": (None, year - 1),
            "<=": (None, year),
            ">": (year + 1, None),
            ">=": (year, None),
            "=": (year, year),
        }
        return _bounded(*ends[found["sign"]])
    if (found := _DECADE.match(text)) is not None:
        return _bounded(int(found["year"]), int(found["year"]) + 9)
    if (found := _OPEN_DIGITS.match(text)) is not None:
        width = 10 ** (4 - len(found["known"]))
        low_year = int(found["known"]) * width
        complete = len(found["known"]) + len(found["open"]) == 4 or found["open"] == "*"
        return (low_year, low_year + width - 1) if complete else None
    # A lone "-2000" is an open range, as in the form of a URL; one year before our era is 前221, 221 BC or
    # -221--221.
    if not text.startswith("-") and (found := _ONE.match(text)) is not None:
        return _bounded(_year(found, 1), _year(found, 1))
    if (found := _TWO.match(text)) is not None and (found["year1"] or found["year2"]):
        return _bounded(
            _year(found, 1) if found["year1"] else None, _year(found, 2) if found["year2"] else None
        )
    return None


def print_years(years: Years) -> str:
    """The form of a URL: ``1990-2000``, ``1990-``, ``-2000``, ``-221--206``; `parse_years` reads it back."""
    low, high = years
    return f"{'' if low is None else low}-{'' if high is None else high}"


def _year(found: re.Match[str], n: int) -> int:
    year = int(found[f"year{n}"])
    return -abs(year) if found[f"before{n}"] or found[f"era{n}"] else year


def _is_end(text: str) -> bool:
    return text == "*" or _ONE.match(text) is not None


def _end(text: str) -> int | None:
    found = _ONE.match(text)
    return None if found is None else _year(found, 1)


def _bounded(low: int | None, high: int | None) -> Years | None:
    if low is None and high is None:
        return None
    if low is not None and high is not None and low > high:
        low, high = high, low
    return (low if low is None else max(-LARGEST, low), high if high is None else min(LARGEST, high))
