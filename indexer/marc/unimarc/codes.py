"""Control fields, numbers and coded data of UNIMARC and CNMARC (标识块、编码信息块): 0XX, 1XX."""

from __future__ import annotations

import re
from collections.abc import Callable

from indexer.marc.unimarc.found import Found
from indexer.marc.values import (
    every,
    first,
    modified,
)
from indexer.records.record import (
    Identifier,
)

_SERIAL_NUMBER = re.compile(r"(?:CN\s*)?[0-9]{2}\s*-\s*[0-9]{4}", re.IGNORECASE)


def _control(found: Found, tag: str, text: str) -> None:
    if tag == "001":
        found.local_id = found.local_id or text.strip()
    else:
        found.stamp = modified(text)


def _coded(found: Found, tag: str, text: str) -> None:
    # Blanks count in coded fields, so the subfield is taken as it is.
    at = text.find("\x1fa")
    if at >= 0:
        found.coded.setdefault(tag, text[at + 2 :].partition("\x1f")[0])


def _languages(found: Found, _tag: str, text: str) -> None:
    for value in every(text, "a"):
        if len(value) % 3 == 0 and value.isalpha():
            found.languages.extend(value[at : at + 3].lower() for at in range(0, len(value), 3))
        else:
            found.languages.append(value)
    original = first(text, "c")
    if original:
        found.extra.setdefault("original_language", original)


def _countries(found: Found, _tag: str, text: str) -> None:
    found.countries.extend(every(text, "a"))


def _carrier(found: Found, _tag: str, text: str) -> None:
    found.carriers.extend(value[:2] for value in every(text, "a"))


def _isbn(found: Found, _tag: str, text: str) -> None:
    note = "; ".join(value.strip("()（）") for value in every(text, "b"))
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if not value:
            continue
        if code == "a":
            found.identifiers.append(Identifier("isbn", value, True, note))
        elif code == "z":
            aside = "cancelled or of another form"
            found.identifiers.append(Identifier("isbn", value, True, f"{aside}; {note}" if note else aside))
        elif code == "d":
            found.price = found.price or value


_NUMBERS = {
    "013": "ismn", "014": "local", "015": "isrn", "016": "isrc", "020": "nbn", "022": "govdoc",
    "035": "local",
    "040": "coden", "071": "publisher-number", "072": "upc", "073": "ean",
}  # fmt: skip


def _issn(found: Found, _tag: str, text: str) -> None:
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if value and code in "afyzlm":
            note = "" if code == "a" else "ISSN-L" if code in "fl" else "cancelled or incorrect"
            found.identifiers.append(Identifier("issn", value, True, note))
        elif value and code == "d":
            found.price = found.price or value


def _number(found: Found, tag: str, text: str) -> None:
    value = first(text, "b") if tag in ("020", "022") else first(text, "a")
    if tag == "035" and value.startswith("(OCoLC)"):
        found.identifiers.append(Identifier("oclc", value[7:]))
    elif value:
        found.identifiers.append(Identifier(_NUMBERS[tag], value))


def _other_number(found: Found, _tag: str, text: str) -> None:
    value, named = first(text, "a"), first(text, "2").lower()
    if value:
        scheme = named if named in ("doi", "urn", "hdl", "uri", "ark", "isni") else ""
        if not scheme:
            scheme = "doi" if value.startswith("10.") else "local"
        found.identifiers.append(Identifier(scheme, value))


def _chinese_number(found: Found, _tag: str, text: str) -> None:
    """091: 统一书号 of books before 1987, or the CN number of a serial (统一刊号)."""
    for part in text.split("\x1f")[1:]:
        code, value = part[:1], part[1:].strip()
        if code == "a" and value:
            scheme = "cn" if _SERIAL_NUMBER.match(value) else "csbn"
            found.identifiers.append(Identifier(scheme, value))
        elif code == "d" and value:
            found.price = found.price or value


HANDLERS: dict[str, Callable[[Found, str, str], None]] = {
    "001": _control, "005": _control, "010": _isbn, "011": _issn, "017": _other_number,
    "091": _chinese_number,
    **dict.fromkeys(_NUMBERS, _number),
    **dict.fromkeys(("100", "105", "106", "110", "115", "116", "120", "121", "126", "135", "140"), _coded),
    "101": _languages, "102": _countries, "182": _carrier, "183": _carrier,
}  # fmt: skip
