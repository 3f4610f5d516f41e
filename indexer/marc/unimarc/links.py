"""Links between records in UNIMARC and CNMARC, 4XX (连接款目块), in both techniques.

A link either embeds whole fields, each behind ``$1`` with its tag and indicators (``$12001 $a题名``), or
has plain subfields (``$t题名$x1221-8472``); both occur in one file. Source: UNIMARC Manual, 4-- linking
entry block.
"""

from __future__ import annotations

import re

import msgspec

from indexer.marc.values import join, parts_of_host, trim, trim_end
from indexer.records.record import Identifier, Relation

KINDS = {
    "410": "part_of", "411": "has_part", "421": "supplement", "422": "supplement_to", "423": "issued_with",
    "424": "updated_by", "425": "updates", "430": "continues", "431": "continues", "432": "continues",
    "433": "continues", "434": "absorbed", "435": "absorbed", "436": "continues", "437": "continues",
    "440": "continued_by", "441": "continued_by", "442": "continued_by", "443": "continued_by",
    "444": "merged_into", "445": "merged_into", "446": "continued_by", "447": "merged_into",
    "448": "continued_by",
    "451": "edition_of", "452": "other_medium", "453": "translation", "454": "translation_of",
    "455": "reproduction_of", "456": "reproduction", "461": "part_of", "462": "part_of", "463": "part_of",
    "464": "has_part", "470": "review_of", "481": "issued_with", "482": "issued_with", "488": "related",
}  # fmt: skip
HOSTS = frozenset(("461", "462", "463"))
_FIELD = re.compile(r"001|0[1-9][0-9]|[1-9][0-9]{2}")


class Link(msgspec.Struct):
    """One linking field while it is read."""

    title: str = ""
    parts: list[str] = []
    author: str = ""
    identifiers: list[Identifier] = []
    local_id: str = ""
    volume: str = ""
    date: str = ""
    pages: str = ""
    electronic: bool = False


def read(text: str) -> Link:
    """The link of a field, embedded or plain."""
    pieces = text.split("\x1f")[1:]
    link = Link(parts=[], identifiers=[])
    if any(piece[:1] == "1" and _FIELD.match(piece[1:4]) for piece in pieces):
        _embedded(link, pieces)
    else:
        _plain(link, pieces)
    return link


def _embedded(link: Link, pieces: list[str]) -> None:
    tag = ""
    for piece in pieces:
        code, value = piece[:1], piece[1:].strip()
        if code == "1":
            tag = value[:3]
            if tag == "001":
                link.local_id = link.local_id or value[3:]
            continue
        if not value:
            continue
        if tag in ("200", "500", "510", "530", "225"):
            if code == "a" and not link.title:
                link.title = trim_end(value)
            elif code in "hi":
                link.parts.append(trim(value))
            elif code == "v":
                link.volume = link.volume or value
            elif code == "f":
                link.author = link.author or value
            elif code == "b" and "电子" in value:
                link.electronic = True
        elif tag == "010" and code == "a":
            link.identifiers.append(Identifier("isbn", value))
        elif tag == "011" and code == "a":
            link.identifiers.append(Identifier("issn", value))
        elif tag == "091" and code == "a":
            link.identifiers.append(Identifier("cn", value))
        elif tag in ("210", "214") and code == "d":
            link.date = link.date or trim_end(value)
        elif tag == "215" and code == "a":
            link.pages = link.pages or value
        elif tag[:1] == "7" and code == "a":
            link.author = link.author or trim_end(value)


def _plain(link: Link, pieces: list[str]) -> None:
    for piece in pieces:
        code, value = piece[:1], piece[1:].strip()
        if not value:
            continue
        if code == "t":
            link.title = link.title or trim_end(value)
        elif code == "a":
            link.author = link.author or trim_end(value)
        elif code in "hi":
            link.parts.append(trim(value))
        elif code == "x":
            link.identifiers.append(Identifier("issn", value))
        elif code == "y":
            link.identifiers.append(Identifier("isbn", value))
        elif code == "v":
            link.volume = link.volume or value
        elif code == "d":
            link.date = link.date or trim_end(value)
        elif code == "p":
            link.pages = link.pages or value
        elif code in "013":
            link.local_id = link.local_id or value
    if not link.title and link.author:
        link.title, link.author = link.author, ""


def relation(tag: str, link: Link, *, analytic: bool) -> Relation | None:
    """The relation that a link states; a host (``in``) where the record itself is a part of something
    (分析级).
    """
    if not (link.title or link.identifiers or link.local_id):
        return None
    kind = "in" if analytic and tag in HOSTS else KINDS[tag]
    volume, issue, pages, date = link.volume, "", "", link.date
    if kind == "in":
        found_volume, issue, found_pages, year = parts_of_host(link.volume)
        if found_volume or issue:
            volume = found_volume
        pages = found_pages or link.pages
        date = date or year
    title = join([link.title, *link.parts], ". ")
    return Relation(
        kind, title, tuple(link.identifiers), volume, issue, pages, date, link.local_id, link.author
    )
