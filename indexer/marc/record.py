"""A MARC record in memory, whatever syntax it came in (机读目录记录).

A field is kept as one string the way ISO 2709 writes it: indicators, then 0x1F, code and value for each
subfield (control fields are plain text). Adapters split only the fields they want, which is what makes
reading fast. Sources: ISO 2709:2008; MARC 21 Specifications, Record Structure; UNIMARC Bibliographic
Format.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from indexer.problem import Problem

Dialect = Literal["marc21", "unimarc", "cnmarc"]

MAX_FIELDS = 20_000
RECORD_END, FIELD_END, SUBFIELD = b"\x1d", b"\x1e", b"\x1f"


class Marc(msgspec.Struct):
    """One MARC record (机读目录记录): leader of 24 characters, fields as (tag, text), how its text was
    coded.
    """

    leader: str = ""
    fields: list[tuple[str, str]] = []
    charset: str = ""
    problems: list[Problem] = []

    def by_tag(self) -> dict[str, list[str]]:
        """Texts of the fields of each tag, in their order."""
        grouped: dict[str, list[str]] = {}
        for tag, text in self.fields:
            if tag in grouped:
                grouped[tag].append(text)
            else:
                grouped[tag] = [text]
        return grouped


def subfields(text: str) -> list[tuple[str, str]]:
    """Pairs (code, value) of a data field, values without surrounding blanks, empty ones left out."""
    pairs = []
    for part in text.split("\x1f")[1:]:
        value = part[1:].strip()
        if value:
            pairs.append((part[0], value))
    return pairs


def field(tag: str, indicators: str, pairs: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """A data field from its pieces; delimiters inside values are dropped."""
    body = "".join(f"\x1f{code}{_plain(value)}" for code, value in pairs)
    return tag, f"{indicators[:2]:<2}{body}"


def _plain(value: str) -> str:
    return value.translate(_NO_DELIMITERS)


_NO_DELIMITERS = {0x1D: None, 0x1E: None, 0x1F: None}


def dialect(tags: Iterable[str], first_100a: str = "") -> Dialect:
    """Which family a record belongs to (格式判别), by score, because no single mark is reliable.

    A tie is MARC 21. ``cnmarc`` is UNIMARC with tags that only Chinese practice has (690 CLC, 905, 091, 049).
    """
    present = tags if isinstance(tags, (set, frozenset)) else set(tags)
    score = 0
    if "245" in present:
        score -= 3
    elif "200" in present:
        score += 3
    if "008" in present:
        score -= 2
    if "801" in present:
        score += 1
    for tag in ("010", "101", "102", "210", "215"):
        score += tag in present
    for tag in ("260", "264", "300", "336", "040"):
        score -= tag in present and "200" not in present
    if first_100a[:8].isdecimal() and 28 <= len(first_100a.rstrip("\x1e\x1f")) <= 40:
        score += 3
    if score <= 0:
        return "marc21"
    return "cnmarc" if not present.isdisjoint(("690", "905", "091", "049")) else "unimarc"
