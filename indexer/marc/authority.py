"""Authority records in MARC (规范记录的机读格式): which records are such, and what both dialects share.

MARC 21 codes them ``z`` in leader/06. UNIMARC and CNMARC have ``x`` (authority entry), ``y`` (reference
entry) and ``z`` (general explanatory entry). Sources: MARC 21 Format for Authority Data; UNIMARC Manual,
Authorities Format, 3rd ed.; 中国机读规范格式 (WH/T 15-2002).
"""

from __future__ import annotations

from collections.abc import Sequence

from indexer.marc.record import Marc
from indexer.problem import Problem
from indexer.records import name as names
from indexer.records.authority import MAX_FORMS, Form
from indexer.records.plain_text import tidy
from indexer.records.record import Contributor

UNIMARC_HEADINGS = frozenset(
    ("200", "210", "215", "216", "217", "220", "230", "235", "240", "243", "245", "250", "260", "280")
)
MARC21_HEADINGS = frozenset(
    ("100", "110", "111", "130", "147", "148", "150", "151", "155", "162", "180", "181", "182", "185")
)


def is_authority(leader: str, format: str) -> bool:
    """Whether a record of this dialect, with this leader, is an authority record."""
    kind = leader[6:7]
    return kind == "z" or (kind in ("x", "y") and format != "marc21")


def authority_dialect(marc: Marc) -> str:
    """``marc21`` or ``unimarc``, "" for what is no authority record.

    The dialect that was recognised for bibliographic records is of no use here: the tags mean other things.
    """
    kind = marc.leader[6:7]
    if kind not in ("x", "y", "z"):
        return ""
    tags = {tag for tag, _ in marc.fields}
    coded = next((text for tag, text in marc.fields if tag == "100"), "")
    processing = coded[2:4] == "\x1fa" and coded[4:12].isdecimal()
    of_unimarc = not tags.isdisjoint(UNIMARC_HEADINGS)
    if kind != "z":  # x and y are records of holdings in MARC 21
        return "unimarc" if of_unimarc or processing else ""
    return "unimarc" if processing or (of_unimarc and tags.isdisjoint(MARC21_HEADINGS)) else "marc21"


def person(who: Contributor) -> Contributor:
    """A name as normalisation would leave it in a bibliographic record."""
    tidied = tidy(who.name)
    if not tidied:
        return Contributor("")
    return names.normalise(
        Contributor(
            tidied, "", who.kind, tidy(who.romanised), tidy(who.dates).rstrip(" ,;:/"), tidy(who.note)
        )
    )


def gathered(forms: Sequence[Form], position: int, problems: list[Problem]) -> tuple[Form, ...]:
    """The forms of a record: each once, the heading first, not more than any real record has."""
    kept: dict[tuple[str, bool], Form] = {}
    for form in forms:
        if form.text:
            # A form that is authorised in another script need not be a variant as well.
            kept.setdefault((form.text, form.role == "related"), form)
    found = tuple(kept.values())
    if len(found) > MAX_FORMS:
        message = f"there are {len(found)} forms; the first {MAX_FORMS} were taken"
        problems.append(Problem("authority-too-many-forms", "warning", message, "4XX", position))
    return found[:MAX_FORMS]


def authority_met(position: int) -> Problem:
    """The problem of an authority record among bibliographic ones."""
    message = "this is an authority record; load authority records in a file of their own, with --authority"
    return Problem("authority-record", "error", message, "leader", position)


def missing(position: int, tag: str) -> Problem:
    """The problem of a record without a heading."""
    message = f"the authority record has no heading; add {tag}"
    return Problem("authority-no-heading", "error", message, tag, position)
