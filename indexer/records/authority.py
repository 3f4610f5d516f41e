"""The authority record (规范记录): one heading, the forms it is also known by, and what it is related to.

It is made from MARC 21 Authority and from UNIMARC/CNMARC Authorities, and is kept apart from the records of
resources: it names no holding, and is never a hit. All texts are in the form in which the same name or
subject would stand in a bibliographic record, so that the two can be compared.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from indexer.records.record import Identifier

AuthorityKind = Literal[
    "person", "family", "corporate", "meeting", "title", "topic", "place", "genre", "time", "subdivision"
]
FormRole = Literal["authorised", "linked", "variant", "related"]

NAMES: tuple[AuthorityKind, ...] = ("person", "family", "corporate", "meeting")
TOPICS: tuple[AuthorityKind, ...] = ("topic", "place", "genre", "time")
MAX_FORMS = 500  # of one record; the largest real ones have about 200

_YEAR = re.compile(r"\d{3,4}")
_OPEN_START = re.compile(r"^\s*(?:-|–|—|~|d\.|卒|\?)")
_FLOURISHED = re.compile(r"\b(?:fl|active|act)\b|活动|世紀|世纪|cent", re.IGNORECASE)


class Form(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """One form of a heading (形式).

    ``authorised`` is the heading itself, also in another script; ``linked`` the heading of another agency or
    language for the same entity; ``variant`` a form not to be used (see); ``related`` the heading of another
    entity (see also). ``dates`` stand with it in bibliographic records. ``hidden`` forms are found by, but
    not shown.
    """

    text: str
    role: FormRole = "variant"
    dates: str = ""
    relation: str = ""  # broader, narrower, earlier, later, pseudonym, real name …
    hidden: bool = False


class Authority(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """An authority record (规范记录). ``forms`` begin with the heading itself.

    A ``reference`` record only leads from a form to others, and an ``undifferentiated`` one stands for
    several persons of one name: neither says anything about a name in a bibliographic record.
    """

    kind: AuthorityKind
    id: str = ""
    repository: str = ""
    library: str = ""
    forms: tuple[Form, ...] = ()
    dates: str = ""
    note: str = ""  # profession, dynasty, country as qualifier
    notes: tuple[str, ...] = ()  # for readers: history, scope
    sources: tuple[str, ...] = ()  # where the cataloguer found it
    identifiers: tuple[Identifier, ...] = ()
    agency: str = ""
    rules: str = ""
    reference: bool = False
    undifferentiated: bool = False
    deleted: bool = False
    modified: str = ""
    format: str = ""
    charset: str = ""

    @property
    def heading(self) -> str:
        """The form to use (规范标目)."""
        return self.forms[0].text if self.forms else ""

    def texts(self, *roles: FormRole, hidden: bool = True) -> tuple[str, ...]:
        """The forms with one of these roles, each once."""
        found = (f.text for f in self.forms if f.role in roles and (hidden or not f.hidden))
        return tuple(dict.fromkeys(found))


def life(dates: str) -> tuple[int | None, int | None]:
    """First and last year of dates as headings have them: ``1881-1936``, ``-1936``, ``b. 1881``; None
    where unknown or only about when somebody was active.
    """
    if not dates or _FLOURISHED.search(dates):
        return None, None
    years = [int(year) for year in _YEAR.findall(dates)]
    if not years:
        return None, None
    if _OPEN_START.match(dates):
        return None, years[0]
    return years[0], years[1] if len(years) > 1 else None


def same_life(one: str, other: str) -> bool | None:
    """Whether dates are those of one person: True when a year is the same, False when they contradict each
    other, None when they cannot be compared.
    """
    pairs = [(a, b) for a, b in zip(life(one), life(other), strict=True) if a is not None and b is not None]
    if not pairs:
        return None
    return all(a == b for a, b in pairs)
