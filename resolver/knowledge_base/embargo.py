"""Moving walls (滚动禁期): ``P1Y``, ``R10Y;P30D``, NISO RP-9-2014 section 6.6.13.

``R`` says that access begins at the wall, ``P`` that it ends there. The unit is also the grain of the wall:
P1Y leaves out the current calendar year and nothing else, R2Y gives the current and the last one, P6M counts
calendar months, R180D gives exactly 180 days.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

import msgspec

_STATEMENT = re.compile(r"([RP])(\d{1,5})([DMY])", re.I)


class Embargo(msgspec.Struct, frozen=True):
    """One statement: kind R or P, how many, and the unit D, M or Y."""

    kind: str
    count: int
    unit: str

    def wall(self, today: date) -> date:
        """R: the first day with access; P: the last day with access."""
        if self.kind == "R":
            return _start(today, self.unit, self.count - 1)
        return _start(today, self.unit, self.count - 1) - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.kind}{self.count}{self.unit}"


def _start(today: date, unit: str, back: int) -> date:
    """The first day of the year, month or day that lies so many of them back."""
    back = max(back, 0)
    try:
        if unit == "Y":
            return date(today.year - back, 1, 1)
        if unit == "M":
            months = today.year * 12 + today.month - 1 - back
            return date(months // 12, months % 12 + 1, 1)
        return today - timedelta(days=back)
    except (ValueError, OverflowError):
        return date(1, 1, 2)


def parse_embargo(text: str) -> tuple[tuple[Embargo, ...], bool]:
    """The statements of an embargo, and whether the whole text was understood, as an empty one is."""
    parts = [part.strip() for part in re.split(r"[;,|]", text) if part.strip()]
    found = []
    for part in parts:
        statement = _STATEMENT.fullmatch(part)
        if statement:
            found.append(Embargo(statement[1].upper(), int(statement[2]), statement[3].upper()))
    return tuple(found), len(found) == len(parts)


def window(embargo: tuple[Embargo, ...], today: date) -> tuple[date | None, date | None]:
    """(first, last) day that the walls leave open today; None is open. The narrowest wall decides."""
    first = [e.wall(today) for e in embargo if e.kind == "R" and e.count > 0]
    last = [e.wall(today) for e in embargo if e.kind == "P" and e.count > 0]
    return max(first, default=None), min(last, default=None)
