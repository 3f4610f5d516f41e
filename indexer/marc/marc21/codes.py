"""Control fields, numbers, codes and class numbers of MARC 21 (控制字段、号码、代码), 001 to 09X."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.marc.marc21.found import Found
from indexer.marc.values import (
    every,
    first,
    modified,
    trim_end,
)
from indexer.records.record import (
    Class,
    Identifier,
)

_NUMBER = re.compile(r"[0-9][0-9Xx \-–‐]*")


def _control(found: Found, tag: str, text: str) -> None:
    if tag == "001":
        found.local_id = found.local_id or text.strip()
    elif tag == "005":
        found.stamp = modified(text)
    elif tag == "006":
        found.f006.append(text)
    elif tag == "007":
        found.f007.append(text)
    elif tag == "008":
        found.f008 = found.f008 or text


def _lccn(found: Found, _tag: str, text: str) -> None:
    value = first(text, "a")
    if value:
        found.identifiers.append(Identifier("lccn", value))
        found.lccn = found.lccn or value


def _isbn(found: Found, _tag: str, text: str) -> None:
    qualifiers: list[str] = []
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code == "q":
            qualifiers.append(value.strip("() ;:"))
        elif code == "c":
            found.price = found.price or trim_end(value)
    note = "; ".join(qualifiers)
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code not in ("a", "z") or not value:
            continue
        number = _NUMBER.match(value)
        about = value[number.end() :].strip(" :;.,()（）") if number else ""
        own = note or about
        if code == "z":
            own = f"cancelled or of another form; {own}" if own else "cancelled or of another form"
        found.identifiers.append(Identifier("isbn", number.group().strip() if number else value, True, own))


def _issn(found: Found, _tag: str, text: str) -> None:
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if value and code in "almyz":
            note = {"a": "", "l": "ISSN-L"}.get(code, "cancelled or incorrect")
            found.identifiers.append(Identifier("issn", value, True, note))


_024 = {"0": "isrc", "1": "upc", "2": "ismn", "3": "ean"}
_KNOWN_024 = frozenset(
    ("doi", "hdl", "urn", "uri", "isni", "ark", "pmid", "arxiv", "isrc", "issn", "isbn", "orcid")
)


def _standard(found: Found, tag: str, text: str) -> None:
    value = first(text, "a")
    if not value:
        return
    if tag == "024":
        named = first(text, "2").lower()
        scheme = _024.get(text[:1], "")
        if not scheme:
            scheme = named if named in _KNOWN_024 else ""
            if not scheme:
                scheme = "doi" if value.startswith("10.") else "uri" if value.startswith("http") else "local"
        found.identifiers.append(Identifier(scheme, value, True, "" if scheme == named else named))
    elif tag == "028":
        found.identifiers.append(Identifier("publisher-number", value, True, trim_end(first(text, "b"))))
    elif tag == "027":
        found.identifiers.append(Identifier("strn", value))
    elif tag == "030":
        found.identifiers.append(Identifier("coden", value))
    elif tag == "088":
        found.identifiers.append(Identifier("report", value))
    else:
        found.identifiers.append(
            Identifier("nbn" if tag in ("015", "016") else "local", value, True, first(text, "2"))
        )


def _system_number(found: Found, _tag: str, text: str) -> None:
    value = first(text, "a")
    if value.startswith("(OCoLC)"):
        found.identifiers.append(Identifier("oclc", value[7:]))
    elif value:
        found.identifiers.append(Identifier("local", value))


def _languages(found: Found, _tag: str, text: str) -> None:
    for value in every(text, "ad"):
        if len(value) % 3 == 0 and value.isalpha():
            found.languages.extend(value[at : at + 3] for at in range(0, len(value), 3))
        else:
            found.languages.append(value)


def _countries(found: Found, _tag: str, text: str) -> None:
    found.countries.extend(every(text, "ac"))


_CLASS_SCHEMES = {
    "050": "lcc", "055": "lcc", "060": "nlm", "070": "nal", "080": "udc", "082": "ddc", "083": "ddc",
    "086": "sudoc", "090": "lcc", "092": "ddc", "096": "nlm",
}  # fmt: skip
_084 = {
    "clc": "clc",
    "ztf": "clc",
    "cct": "clc",
    "cas": "cas",
    "ccl": "ccl",
    "udc": "udc",
    "lcc": "lcc",
    "ddc": "ddc",
}


def _class(found: Found, tag: str, text: str) -> None:
    for value in every(text, "a"):
        if tag == "084":
            named = first(text, "2").lower()
            scheme = _084.get(named, named or "other")
        else:
            scheme = _CLASS_SCHEMES[tag]
        if tag == "082" or tag == "092":
            value = value.replace("/", "").replace("'", "").strip()
        elif tag == "090" and not value[:1].isalpha():
            scheme = "other"
        found.classes.append(Class(value, scheme))


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    **dict.fromkeys(("001", "005", "006", "007", "008"), _control),
    "010": _lccn, "020": _isbn, "022": _issn, "035": _system_number, "041": _languages, "044": _countries,
    **dict.fromkeys(("015", "016", "024", "027", "028", "030", "088"), _standard),
    **dict.fromkeys((*_CLASS_SCHEMES, "084"), _class),
}  # fmt: skip
