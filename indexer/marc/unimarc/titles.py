"""Titles and people of UNIMARC and CNMARC (题名、责任者): 200, 5XX, 7XX."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.marc.found import LIMIT
from indexer.marc.unimarc.found import Found, finished, unmarked
from indexer.marc.values import (
    every,
    first,
    join,
    role_of,
    trim,
    trim_end,
)
from indexer.records.record import (
    Contributor,
    ContributorKind,
    Title,
    TitleKind,
)

_BRACKETED = re.compile(r"^[(（\[［【〔](.*)[)）\]］】〕]$")


def title_statement(found: Found, _tag: str, text: str) -> None:
    proper = pinyin = ""
    others: list[str] = []
    more: list[Title] = []
    statements: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], unmarked(part[1:].strip())
        if not value:
            continue
        if code == "a":
            if not proper:
                proper = trim_end(value)
            else:
                more.append(Title(trim_end(value), "part"))
        elif code in "9A":
            pinyin = pinyin or value
        elif code == "b":
            found.gmd = found.gmd or trim_end(value).strip("[] ")
        elif code == "c":
            more.append(Title(trim_end(value), "part"))
        elif code == "d":
            parallel = trim_end(value.lstrip("= "))
            if parallel:
                more.append(Title(parallel, "parallel"))
        elif code == "e":
            others.append(trim_end(value))
        elif code in "hip":
            found.parts.append(trim(value))
        elif code in "fg":
            statements.append(trim_end(value))
    if not proper and found.parts:
        proper = found.parts.pop(0)
    if proper:
        found.titles.insert(0, Title(proper, "main", "", pinyin))
    found.titles.extend(title for title in more if title.value)
    found.remainder = join(others, " : ")
    found.responsibility = join(statements, " ; ")


_TITLE_KINDS: dict[str, TitleKind] = {
    "500": "uniform", "501": "uniform", "503": "uniform", "510": "parallel", "512": "cover", "513": "variant",
    "514": "variant", "515": "variant", "516": "spine", "517": "variant", "518": "variant", "520": "former",
    "530": "variant", "531": "abbreviated", "532": "variant", "540": "variant", "541": "translated",
    "545": "part",
}  # fmt: skip


def _other_title(found: Found, tag: str, text: str) -> None:
    value = join([trim(unmarked(part)) for part in every(text, "ahi")], ". ")
    if value and len(found.titles) < LIMIT:
        found.titles.append(
            Title(trim_end(value), _TITLE_KINDS[tag], "", first(text, "9") or first(text, "A"))
        )


_DYNASTY_CODES = "cs"  # $s is Taiwan's


def _person(found: Found, tag: str, text: str) -> None:
    if len(found.contributors) >= LIMIT:
        return
    name = given = pinyin = original = dates = number = ""
    notes: list[str] = []
    words: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value:
            continue
        if code == "a":
            name = name or trim(value)
        elif code == "b":
            given = given or trim(value)
        elif code in _DYNASTY_CODES:
            bare = _unbracketed(value)
            # In Chinese practice a second $c is the name in its own script: (Rowling, J. K).
            if name and not name.isascii() and bare.isascii() and any(c.isalpha() for c in bare):
                original = original or bare
            else:
                notes.append(bare)
        elif code == "d":
            number = value
        elif code == "f":
            dates = trim_end(value).strip("()（） ")
        elif code == "g" and name and not name.isascii():
            original = original or _unbracketed(value)
        elif code == "4":
            words.append(value)
        elif code in "9A":
            pinyin = pinyin or value
    if given:
        name = f"{name}{given}" if not name.isascii() and not given.isascii() else f"{name}, {given}"
    if number and name:
        name = f"{name} {number}"
    name = finished(name)
    if not name:
        return
    role = role_of(words)
    found.assumed.append(None if role else "author" if tag == "700" else "")
    found.contributors.append(
        Contributor(name, role, "person", original or pinyin, dates, "; ".join(dict.fromkeys(notes)))
    )


def _unbracketed(value: str) -> str:
    found = _BRACKETED.match(value.strip())
    return (found.group(1) if found else value).strip(" ,，")


def _body(found: Found, tag: str, text: str) -> None:
    if len(found.contributors) >= LIMIT:
        return
    parts = [trim_end(value) for value in every(text, "ab")]
    name = join(parts, ". ")
    if not name:
        return
    kind: ContributorKind = "meeting" if text[:1] == "1" else "corporate"
    found.meeting = found.meeting or kind == "meeting"
    words = every(text, "4")
    role = role_of(words)
    found.assumed.append(None if role else "author" if tag == "710" and kind == "corporate" else "")
    note = join([_unbracketed(value) for value in every(text, "cde")], "; ")
    dates = trim_end(first(text, "f"))
    pinyin = first(text, "9") or first(text, "A")
    found.contributors.append(Contributor(name, role, kind, pinyin, dates, note))


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    **dict.fromkeys(_TITLE_KINDS, _other_title),
    **dict.fromkeys(("700", "701", "702", "703", "720", "721", "722"), _person),
    **dict.fromkeys(("710", "711", "712", "713"), _body),
}  # fmt: skip
