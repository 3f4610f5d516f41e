"""What a MARC record in a context object says, by the keys of OpenURL (MARC 描述), format xml:xsd:MARC21.

Only what a citation needs is taken: numbers, titles, names, imprint, and for an article the item it is in
(MARC 21 bibliographic, fields 020, 022, 024, 100, 110, 245, 260, 264, 502, 773).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

_MARKS = " /:;,="
_YEAR = re.compile(r"\d{4}")
_FIELDS = (
    ("020", "a", "isbn"), ("022", "a", "issn"), ("100", "a", "au"), ("110", "a", "aucorp"),
    ("260", "a", "place"), ("260", "b", "pub"), ("260", "c", "date"),
    ("264", "a", "place"), ("264", "b", "pub"), ("264", "c", "date"),
)  # fmt: skip
_IN = (("t", "jtitle"), ("x", "issn"), ("z", "isbn"), ("g", "pages"))
MOST_FIELDS = 500


def is_marc(element: Any) -> bool:
    """Whether an element is a record in MARCXML, whatever its prefix."""
    return any(_name(child) == "leader" for child in element) or any(
        _name(child) in ("datafield", "controlfield") for child in element
    )


def read_marc(record: Any) -> dict[str, list[str]]:
    """The values of a record by the keys of OpenURL, without the marks of ISBD at their ends."""
    found: dict[str, list[str]] = {}
    leader = next(("".join(child.itertext()) for child in record if _name(child) == "leader"), "")
    fields = [(child.get("tag", ""), list(_subfields(child))) for child in list(record)[:MOST_FIELDS]]

    def add(key: str, text: str) -> None:
        value = text.strip().strip(_MARKS).strip()
        if value and value not in found.setdefault(key, []):
            found[key].append(value)

    level = leader[7:8]
    inside = level in ("a", "b") or any(tag == "773" for tag, _ in fields)
    title = "atitle" if inside else ("jtitle" if level == "s" else "btitle")
    for tag, subfields in fields:
        if tag == "245":
            parts = [value.strip().rstrip(_MARKS) for code, value in subfields if code in "abnp"]
            add(title, ": ".join(filter(None, parts)))
        elif tag == "773":
            for code, key in _IN:
                for value in _of(subfields, code):
                    add(key, value)
        elif tag == "024" and "doi" in _of(subfields, "2"):
            for value in _of(subfields, "a"):
                add("doi", value)
        elif tag == "502":
            add("genre", "dissertation")
        for wanted, code, key in _FIELDS:
            if tag == wanted:
                for value in _of(subfields, code):
                    year = _YEAR.search(value)
                    add(key, year[0] if key == "date" and year else value)
    if "genre" not in found:
        journal = inside and "isbn" not in found
        add("genre", ("article" if journal else "bookitem") if inside else _WHOLE.get(level, "unknown"))
    return {key: values for key, values in found.items() if values}


_WHOLE = {"m": "book", "s": "journal"}


def _subfields(field: Any) -> Iterable[tuple[str, str]]:
    for part in field:
        if _name(part) == "subfield":
            yield part.get("code", ""), " ".join("".join(part.itertext()).split())


def _of(subfields: Iterable[tuple[str, str]], code: str) -> list[str]:
    return [value for found, value in subfields if found == code]


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
