"""Whether a row of a knowledge base covers what a citation asks for (覆盖判断), and why.

Dates are compared at the coarser grain of the two, so a last date 2005 covers the whole year. Volume and
issue decide only inside the first and the last year, and issues only inside the first and the last volume.
What a citation does not say, or what cannot be read as a number, never excludes. Sources: NISO RP-9-2014
sections 6.6.4 to 6.6.13.
"""

from __future__ import annotations

import re
from datetime import date

import msgspec

from resolver.knowledge_base.embargo import Embargo, parse_embargo, window

_PARTS = re.compile(r"\s*(\d{4})(?:\D?(\d{1,2})(?:\D?(\d{1,2}))?)?")
_YEAR = re.compile(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)")
_MONTH = re.compile(r"(?<![a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*", re.I)
_NARROW = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"\d{1,6}")
_SPAN = re.compile(r"\D*(\d{1,6})\s*[-/\u2010-\u2015~&+,]\s*\D{0,6}(\d{1,6})")
# Supplements and special issues are counted by themselves.
_APART = re.compile(r"\s*(?:s\s*\d|.*(?:sup|spec|index|增|特|副))", re.I)


class Grain(msgspec.Struct, frozen=True, order=True):
    """A date of a year, a month or a day (粒度日期): only what was said is compared."""

    parts: tuple[int, ...]

    def __str__(self) -> str:
        return "-".join(f"{n:02}" if at else f"{n:04}" for at, n in enumerate(self.parts))


def read_date(text: str) -> Grain | None:
    """2005, 2005-03, 2005-03-01, 200503, 20050301 and the like; the year, and the month by its name, of
    anything else (``Mar 2005``, ``1/3/2005``); None for anything without a year.
    """
    text = text.translate(_NARROW)
    found = _PARTS.match(text)
    if not found or not 1000 <= int(found[1]) <= 2999:
        year, named = _YEAR.search(text), _MONTH.search(text)
        if year is None:
            return None
        return Grain((int(year[1]), _MONTHS.index(named[1].lower()) + 1) if named else (int(year[1]),))
    parts = [int(found[1])]
    for part, limit in ((found[2], 12), (found[3], 31)):
        if part is None or not 1 <= int(part) <= limit:
            break
        parts.append(int(part))
    return Grain(tuple(parts))


def compare(one: Grain, other: Grain) -> int:
    """Below 0, 0 or above 0 at the coarser grain of the two."""
    length = min(len(one.parts), len(other.parts))
    a, b = one.parts[:length], other.parts[:length]
    return (a > b) - (a < b)


def read_number(text: str) -> int | None:
    """The first number of a volume or issue: ``12``, ``vol. 12``, ``12-13`` → 12; None when there is none."""
    found = numbers(text)
    return found[0] if found else None


def numbers(text: str) -> tuple[int, int] | tuple[()]:
    """(lowest, highest) number of a volume or issue: ``12-13`` is both, a supplement is none."""
    text = text.translate(_NARROW)
    if _APART.match(text):
        return ()
    span = _SPAN.match(text)
    if span:
        low, high = int(span[1]), int(span[2])
        return (low, high) if low <= high else (low, low)
    found = _NUMBERS.search(text)
    return (int(found[0]), int(found[0])) if found else ()


class Coverage(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a row says of its extent (覆盖范围), as written; "" where nothing is said."""

    first_date: str = ""
    first_volume: str = ""
    first_issue: str = ""
    last_date: str = ""
    last_volume: str = ""
    last_issue: str = ""
    embargo: str = ""


class Asked(msgspec.Struct, frozen=True):
    """What is looked for: a date of any grain, volume and issue as written; "" where nothing is said."""

    date: str = ""
    volume: str = ""
    issue: str = ""


class Verdict(msgspec.Struct, frozen=True):
    """Covered or not, with the reason as a code and the values that decided (判断与理由)."""

    covered: bool
    code: str
    detail: tuple[tuple[str, str], ...] = ()

    @property
    def why(self) -> str:
        """The reason as one English sentence."""
        text = _WHY[self.code]
        for name, value in self.detail:
            text = text.replace(f"{{{name}}}", value)
        return text


_WHY = {
    "covered": "the date is inside {first} to {last}",
    "no-date": "no date was asked for, so nothing speaks against it",
    "unreadable-date": "the date {asked} cannot be read, so nothing speaks against it",
    "before-first": "{asked} is before the first issue, {first}",
    "after-last": "{asked} is after the last issue, {last}",
    "volume-before-first": "volume {asked} is before the first volume, {first}, in the first year",
    "volume-after-last": "volume {asked} is after the last volume, {last}, in the last year",
    "issue-before-first": "issue {asked} is before the first issue there, {first}",
    "issue-after-last": "issue {asked} is after the last issue there, {last}",
    "wall-begins": "{asked} is before {wall}, where access begins under the embargo {embargo}",
    "wall-ends": "{asked} is after {wall}, where access ends under the embargo {embargo}",
}


def _verdict(code: str, covered: bool = False, **detail: object) -> Verdict:
    return Verdict(covered, code, tuple((name, str(value)) for name, value in detail.items()))


def covers(row: Coverage, asked: Asked, today: date) -> Verdict:
    """Whether a row covers what is asked for on this day; several rows of a title are asked one by one."""
    wanted = read_date(asked.date) if asked.date else None
    first, last = read_date(row.first_date), read_date(row.last_date)
    if wanted is None:
        return _verdict("unreadable-date" if asked.date else "no-date", True, asked=asked.date)
    if first is not None and compare(wanted, first) < 0:
        return _verdict("before-first", asked=wanted, first=first)
    if last is not None and compare(wanted, last) > 0:
        return _verdict("after-last", asked=wanted, last=last)
    at_first = first is None or wanted.parts[0] == first.parts[0]
    at_last = last is None or wanted.parts[0] == last.parts[0]
    verdict = _numbers(
        row, asked, at_first=at_first and first is not None, at_last=at_last and last is not None
    )
    if verdict is not None:
        return verdict
    verdict = _walls(parse_embargo(row.embargo)[0], wanted, today)
    if verdict is not None:
        return verdict
    return _verdict("covered", True, first=first or "the beginning", last=last or "now")


def _numbers(row: Coverage, asked: Asked, *, at_first: bool, at_last: bool) -> Verdict | None:
    """Volume and issue at the ends; None where they do not exclude."""
    volume, issue = numbers(asked.volume), numbers(asked.issue)
    if not asked.volume and not row.first_volume and not row.last_volume:
        # A title that counts no volumes counts its issues by years.
        first, last = numbers(row.first_issue), numbers(row.last_issue)
        if at_first and first and issue and issue[1] < first[0]:
            return _verdict("issue-before-first", asked=issue[1], first=first[0])
        if at_last and last and issue and issue[0] > last[1]:
            return _verdict("issue-after-last", asked=issue[0], last=last[1])
    if not volume:
        return None
    limit = numbers(row.first_volume)
    if at_first and limit:
        if volume[1] < limit[0]:
            return _verdict("volume-before-first", asked=volume[1], first=limit[0])
        inner = numbers(row.first_issue)
        if volume == (limit[0], limit[0]) and inner and issue and issue[1] < inner[0]:
            return _verdict("issue-before-first", asked=issue[1], first=inner[0])
    limit = numbers(row.last_volume)
    if at_last and limit:
        if volume[0] > limit[1]:
            return _verdict("volume-after-last", asked=volume[0], last=limit[1])
        inner = numbers(row.last_issue)
        if volume == (limit[1], limit[1]) and inner and issue and issue[0] > inner[1]:
            return _verdict("issue-after-last", asked=issue[0], last=inner[1])
    return None


def _walls(embargo: tuple[Embargo, ...], wanted: Grain, today: date) -> Verdict | None:
    begins, ends = window(embargo, today)
    text = ";".join(map(str, embargo))
    if begins is not None and compare(wanted, _grain(begins)) < 0:
        return _verdict("wall-begins", asked=wanted, wall=begins, embargo=text)
    if ends is not None and compare(wanted, _grain(ends)) > 0:
        return _verdict("wall-ends", asked=wanted, wall=ends, embargo=text)
    return None


def _grain(day: date) -> Grain:
    return Grain((day.year, day.month, day.day))
