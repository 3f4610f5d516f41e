"""XML of other systems, read without harm (安全读取 XML): no entities, no network, no bottomless trees."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from holdings.lookup import LookupFailed

MOST_BYTES = 5_000_000
MOST_ELEMENTS = 100_000


def parsed(data: bytes) -> Any:
    """The root element; LookupFailed for what is no XML, or XML with a DTD."""
    if len(data) > MOST_BYTES:
        raise LookupFailed("too-large", f"more than {MOST_BYTES:,} bytes of XML")
    if b"<!DOCTYPE" in data[:MOST_BYTES] or b"<!ENTITY" in data:
        raise LookupFailed("protocol", "XML with a document type is not read")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root = etree.fromstring(data.strip(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise LookupFailed("protocol", f"no XML: {error}"[:300]) from error
    if root is None or sum(1 for _ in root.iter()) > MOST_ELEMENTS:
        raise LookupFailed("too-large", f"more than {MOST_ELEMENTS:,} elements")
    return root


def local_name(element: Any) -> str:
    """The name of an element without its namespace; "" for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def below(element: Any, *names: str) -> Iterator[Any]:
    """Children by a path of names, whatever their namespaces."""
    if not names:
        yield element
        return
    for child in element:
        if local_name(child) == names[0]:
            yield from below(child, *names[1:])


def anywhere(element: Any, name: str) -> Iterator[Any]:
    """Elements of a name at any depth."""
    return (e for e in element.iter() if local_name(e) == name)


def text_of(element: Any) -> str:
    """All text of an element, blanks made one."""
    return " ".join("".join(element.itertext()).split())[:2_000]


def text_below(element: Any, *names: str) -> str:
    """The text of the first child by a path; of one name, at any depth."""
    found = anywhere(element, names[0]) if len(names) == 1 else below(element, *names)
    return next((text for e in found if (text := text_of(e))), "")


_DAY = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]?(\d\d):?(\d\d))?")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def day_of(text: str) -> str:
    """A date as ISO 8601 from the forms that systems write; "" for what is none.

    ``20261121``, ``2026-11-21 23:59``, ``2026-11-21T23:59:00Z``; with strokes the day comes first where
    it can be no month, else the month.
    """
    found = _DAY.search(text)
    if found:
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif slashed := _SLASHED.search(text):
        month, day, year = int(slashed[1]), int(slashed[2]), int(slashed[3])
        if month > 12:
            month, day = day, month
    else:
        return ""
    try:
        return datetime.date(year, month, day).isoformat()
    except ValueError:
        return ""
