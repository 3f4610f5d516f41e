"""Pieces of MARC fields as values (机读目录取值): ISBD marks taken off, names, links and dates put together.

Catalogue records carry the punctuation of ISBD between their subfields; a value must not. Sources: ISBD
(2011) A.3, MARC 21 appendix on punctuation.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeVar

import msgspec

from indexer.formats.markup import web_address
from indexer.records import name as names
from indexer.records.record import Contributor, Link, LinkKind

_Value = TypeVar("_Value")

_MARKS = " /:;,=／：；，＝、،؛\u3000"
_ABBREVIATIONS = frozenset((
    "jr", "sr", "inc", "co", "ltd", "corp", "bros", "st", "mr", "mrs", "dr", "ed", "eds", "etc", "cent",
    "ca", "fl", "b", "d", "dept", "no", "nos", "vol", "vols", "p", "pp", "ill", "bd", "hrsg", "aufl", "ser",
    "pt", "ch", "cm", "mm", "min", "rev", "ph", "assoc", "univ", "intl", "int", "gov", "gmbh", "mt", "ave",
    "blvd",
))  # fmt: skip
_LONE_LETTER = re.compile(r"(?:^|[\s.\-'’(])[^\W\d_]$")


def first(text: str, code: str) -> str:
    """The first subfield with a code, empty where there is none."""
    at = text.find("\x1f" + code)
    if at < 0:
        return ""
    end = text.find("\x1f", at + 2)
    return (text[at + 2 : end] if end >= 0 else text[at + 2 :]).strip()


def every(text: str, codes: str) -> list[str]:
    """The subfields with one of the codes, in their order, empty ones left out."""
    return [value for part in text.split("\x1f")[1:] if part[:1] in codes and (value := part[1:].strip())]


def trim(value: str) -> str:
    """A value without blanks around it and without the mark of ISBD that led to the next element."""
    return value.strip().rstrip(_MARKS)


def trim_end(value: str) -> str:
    """As ``trim``, and without the full stop that ends an area, unless an abbreviation needs it."""
    value = value.strip()
    last = value[-1:]
    if last.isalnum():
        return value
    value = value.rstrip(_MARKS)
    last = value[-1:]
    if last == ".":
        bare = value[:-1]
        if bare[-1:] == "." or _LONE_LETTER.search(bare[-3:]):
            return value
        word = bare[bare.rfind(" ") + 1 :]
        if "." in word or word.lower().strip("([") in _ABBREVIATIONS:
            return value
        return bare.rstrip(_MARKS)
    if last in ("。", "．"):
        return value[:-1].rstrip(_MARKS)
    return value


def name_of(text: str, *, numbers: bool = True) -> tuple[str, str, str, list[str]]:
    """Name, dates, note and words of responsibility of a MARC 21 personal name field ($a $b $c $d $e $4)."""
    name = dates = note = numeration = ""
    words: list[str] = []
    codes: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code == "a":
            name = name or value
        elif code == "d":
            dates = dates or trim_end(value)
        elif code == "e":
            words.append(trim_end(value))
        elif code == "4":
            codes.append(value.rpartition("/")[2])
        elif code == "b" and numbers:
            numeration = value
        elif code == "c":
            note = f"{note} {value}" if note else value
    if numeration:
        name = f"{name.rstrip(', ')} {numeration}"
    return trim_end(name), dates, trim_end(note).strip("()（）[]"), words or codes


def body_of(text: str, *, meeting: bool = False) -> tuple[str, str, str, list[str]]:
    """Name, dates, note and words of responsibility of a corporate name or meeting (110, 111, 710, 711)."""
    parts: list[str] = []
    dates = note = ""
    words: list[str] = []
    codes: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code in ("a", "b") or (code == "e" and meeting):
            if value:
                parts.append(trim_end(value))
        elif code == "d":
            dates = trim_end(value).strip("() :")
        elif code in "cn":
            note = f"{note} {trim_end(value).strip('() :')}".strip()
        elif code == "e":
            words.append(trim_end(value))
        elif code == "4":
            codes.append(value.rpartition("/")[2])
    return ". ".join(parts), dates, note, words or codes


def modified(f005: str) -> str:
    """ISO 8601 date and time of a field 005 (``20180925155431.0``), empty when it is not one."""
    digits = f005[:14]
    if len(digits) == 14 and digits.isdecimal() and digits < "21":
        return (
            f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}T{digits[8:10]}:{digits[10:12]}:{digits[12:14]}"
            if "01" <= digits[4:6] <= "12" and "01" <= digits[6:8] <= "31" and digits[8:10] < "24"
            else ""
        )
    return ""


_CONTENTS = re.compile(
    r"table of contents|contents|inhaltsverzeichnis|sommaire|índice|目次|目录|目錄", re.IGNORECASE
)
_COVER = re.compile(r"cover|封面|book jacket", re.IGNORECASE)
_ASIDE = re.compile(
    r"publisher description|contributor biograph|sample text|book review|excerpt|abstract|reading group"
    r"|finding aid|inhaltstext|rezension|register|author biograph|related|summary|home ?page|restrictions",
    re.IGNORECASE,
)


def link(url: str, label: str, hint: str, second: str) -> Link | None:
    """A link of a field 856 (链接); None for an address that is not http, https or ftp.

    ``hint`` is all that $3, $y, $z and $x say, ``second`` the second indicator: 2 is a related resource.
    """
    url = url.strip()
    if not url.startswith(("http://", "https://", "ftp://")) or not url.isprintable() or " " in url:
        url = web_address(url)
        if not url:
            return None
    kind: LinkKind = _link_kind(hint) if hint else "fulltext"
    if kind == "fulltext" and second == "2":
        kind = "related"
    return Link(url, kind, label)


@lru_cache(maxsize=4096)
def _link_kind(hint: str) -> LinkKind:
    if _COVER.search(hint) and not _CONTENTS.search(hint):
        return "cover"
    if _CONTENTS.search(hint):
        return "contents"
    return "related" if _ASIDE.search(hint) else "fulltext"


def once(values: list[_Value]) -> tuple[_Value, ...]:
    """Values in their order, repeated ones left out; for short lists without the price of hashing."""
    return tuple(values) if len(values) < 2 else tuple(dict.fromkeys(values))


def unique(values: Iterable[str]) -> tuple[str, ...]:
    """Values in their order, without empty and repeated ones."""
    return tuple(dict.fromkeys(value for value in values if value))


_NUMERAL = r"(?:[A-Za-z]?[0-9]+[A-Za-z]?|[ivxlcdm]+)(?![A-Za-z])"
_VOLUME = re.compile(
    rf"\b(?:vols?|bd|band|tome|v|том|t)\.?\s*({_NUMERAL})|第?\s*([0-9]+)\s*卷", re.IGNORECASE
)
_ISSUE = re.compile(
    r"\b(?:no|nr|issue|iss|heft|h|n)\.?\s*([0-9]+(?:[-/][0-9]+)?)|第?\s*([0-9]+)\s*期", re.IGNORECASE
)
_PAGES = re.compile(
    rf"\b(?:pp?|pages?|s|seiten?)\.?\s*({_NUMERAL}(?:\s*[-–—]\s*{_NUMERAL})?)"
    r"|第?\s*([0-9]+(?:\s*[-–—~]\s*[0-9]+)?)\s*页",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?<![0-9])(1[5-9][0-9]{2}|20[0-9]{2})(?![0-9])")
_CODED = re.compile(r"^([^:<]*)(?::([^:<]*))?(?::[^<]*)?(?:<(.+))?$")


def parts_of_host(related: str, enumeration: str = "") -> tuple[str, str, str, str]:
    """Volume, issue, pages, year of a host: 773 $g (``Vol. 24, no. 9 (1993), p. 235-48``), $q
    (``24:9<235``).
    """
    volume = issue = pages = year = ""
    if related:
        for pattern in (_VOLUME, _ISSUE, _PAGES, _YEAR):
            found = pattern.search(related)
            value = next((group for group in found.groups() if group), "") if found else ""
            if pattern is _VOLUME:
                volume = value
            elif pattern is _ISSUE:
                issue = value
            elif pattern is _PAGES:
                pages = re.sub(r"\s*[–—~-]\s*", "-", value)
            else:
                year = value
    if enumeration and not (volume and issue and pages):
        found = _CODED.match(enumeration)
        if found:
            volume = volume or (found.group(1) or "").strip()
            issue = issue or (found.group(2) or "").strip()
            pages = pages or (found.group(3) or "").strip()
    return volume, issue, pages, year


def join(values: Sequence[str], mark: str) -> str:
    """Values that are not empty, with a mark between them."""
    return mark.join(value for value in values if value)


_ROLE_WORDS = (
    r"(?:edit|eds?\.|translat|compil|illustrat|select|annotat|adapt|introduc|foreword|afterword|preface|arrang|hrsg"
    r"|herausg|bearb|übers|trad|retold|photo|drawing|collect|a cura|with|under|as told)"
)
# Chinese, Japanese and Korean statements have the word behind the names.
_TELLS_ROLES = re.compile(rf"\b{_ROLE_WORDS}|[^\x00-\u2e7f]", re.IGNORECASE)
_BEGINS_WITH_ROLE = re.compile(rf"\[?{_ROLE_WORDS}|[^\x00-\u2e7f]", re.IGNORECASE)


def role_of(words: Sequence[str]) -> str:
    """One role of the words or codes of a name field; several are made one list of plain words."""
    if len(words) < 2:
        return words[0] if words else ""
    return ", ".join(dict.fromkeys(names.role(word) for word in words[:4]))


def with_roles(
    people: Sequence[Contributor], assumed: Sequence[str | None], statement: str
) -> list[Contributor]:
    """Contributors with roles read from the statement of responsibility where the source codes none
    (责任方式).

    ``assumed`` holds for each of them None when the source says the role, else the role to take when the
    statement does not name the person either.
    """
    parsed: Sequence[Contributor] = ()
    authors = ""
    if statement:
        if "" in assumed:
            # Who is named in a statement without any such word is an author: no need to take it apart.
            if _TELLS_ROLES.search(statement):
                parsed = names.parse_statement(statement)
            else:
                authors = statement
        elif _BEGINS_WITH_ROLE.match(statement):
            parsed = names.parse_statement(statement)
    result: list[Contributor] = []
    for person, role in zip(people, assumed, strict=True):
        if role is None:
            result.append(person)
            continue
        if parsed:
            role = _role_of(person.name, parsed) or role
        elif authors and not role and person.kind == "person" and person.name.partition(",")[0] in authors:
            role = "author"
        result.append(msgspec.structs.replace(person, role=role) if role else person)
    return result


def _role_of(name: str, parsed: Sequence[Contributor]) -> str:
    family, comma, given = name.partition(",")
    for candidate in parsed:
        if candidate.name == name:
            return candidate.role
        if comma and family:
            words = candidate.name.replace(".", " ").split()
            given_words = given.replace(".", " ").split()
            last = family.rpartition(" ")[2]
            if last in words and (not given_words or any(w[:1] == given_words[0][:1] for w in words)):
                return candidate.role
    return ""
