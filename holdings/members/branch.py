"""Branches of a library and when they are open (分馆与开放时间).

Hours are written as people write them, ``08:00-12:00, 14:00-22:00``, in the local time of the branch; empty
means closed. ``ranges`` reads them and says None to what nobody could keep.
"""

from __future__ import annotations

import datetime
import itertools
import re

import msgspec

from holdings.members.names import Name

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_RANGE = re.compile(r"(\d{1,2})[:：](\d{2})\s*(?:-|–|—|~|～|至)\s*(\d{1,2})[:：](\d{2})")
_BETWEEN = re.compile(r"\s*[,，、;；]\s*")
_DAY = 24 * 60


class Week(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """The hours of an ordinary week (每周开放时间)."""

    mon: str = ""
    tue: str = ""
    wed: str = ""
    thu: str = ""
    fri: str = ""
    sat: str = ""
    sun: str = ""

    def on(self, weekday: int) -> str:
        """The hours of a day of the week, 0 for Monday."""
        return str(getattr(self, DAYS[weekday]))


class SpecialDays(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Days with hours of their own (特殊日期), from ``day`` to ``until``; without hours it is closed."""

    day: datetime.date
    until: datetime.date | None = None
    hours: str = ""
    reason: Name = Name()

    def covers(self, day: datetime.date) -> bool:
        return self.day <= day <= (self.until or self.day)


class Branch(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A place where a library serves readers (分馆)."""

    id: str
    name: Name = Name()
    address: Name = Name()
    phone: str = ""
    email: str = ""
    week: Week = Week()
    special: tuple[SpecialDays, ...] = ()

    def hours_on(self, day: datetime.date) -> str:
        """The hours of a day; of several special ones, the one that begins last counts."""
        found = [s for s in self.special if s.covers(day)]
        return max(found, key=lambda s: s.day).hours if found else self.week.on(day.weekday())


def ranges(text: str) -> list[tuple[int, int]] | None:
    """Opening and closing in minutes since midnight, in order; [] for closed, None for what is no hours.

    24:00 is the end of a day; a range that ends before it begins goes on after midnight.
    """
    found = []
    for part in _BETWEEN.split(text.strip()):
        if not part and not text.strip():
            return []
        match = _RANGE.fullmatch(part)
        if match is None:
            return None
        h1, m1, h2, m2 = (int(group) for group in match.groups())
        if h1 > 23 or h2 > 24 or m1 > 59 or m2 > 59 or (h2 == 24 and m2):
            return None
        begin, end = h1 * 60 + m1, h2 * 60 + m2
        if begin == end:
            return None
        found.append((begin, end if end > begin else end + _DAY))
    found.sort()
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(found)):
        return None
    if found[-1][1] - _DAY > found[0][0]:
        return None
    return found


def written(text: str) -> str:
    """Hours in one way of writing: ``08:00-12:00, 14:00-22:00``; what is no hours stays as it is."""
    found = ranges(text)
    if found is None:
        return text.strip()
    return ", ".join(f"{_clock(begin)}-{_clock(end if end <= _DAY else end - _DAY)}" for begin, end in found)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
