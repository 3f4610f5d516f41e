"""One XML record as a small tree without namespaces (XML 记录树).

The reader has cut the record out of its file and has refused document types; here it is parsed once more,
without DTD, network or entities. Namespace prefixes are dropped from names: libraries declare them wrongly
too often for them to decide anything, and within one record no two vocabularies use one name for different
things.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

from indexer.formats.markup import plain
from indexer.problem import Problem
from indexer.reader import Raw

_DOCTYPE = re.compile(rb"<!(?:DOCTYPE|ENTITY)")
Element = Any  # lxml.etree._Element, which has no types of its own


class Envelope(NamedTuple):
    """Header and metadata of a record in an OAI-PMH answer (OAI 信封), OAI-PMH 2.0 section 2.5."""

    content: Element | None  # the record itself
    id: str = ""
    datestamp: str = ""
    sets: tuple[str, ...] = ()
    deleted: bool = False


def parse(raw: Raw) -> tuple[Element | None, list[Problem]]:
    """The tree of a raw record, or None with an error."""
    if _DOCTYPE.search(raw.data):
        return None, [
            Problem(
                "xml-dtd", "error", "a document type is not accepted inside a record", position=raw.position
            )
        ]
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        collect_ids=False,  # a repeated xml:id is no reason to lose a record
        remove_comments=True,
        remove_pis=True,
        recover=True,  # an undeclared prefix; the reader has seen to it that the rest is well-formed
    )
    try:
        root = etree.fromstring(raw.data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        message = f"the XML of this record cannot be read: {str(error)[:200]}"
        return None, [Problem("xml-malformed", "error", message, position=raw.position)]
    if root is None:
        message = "the XML of this record cannot be read: it has no element"
        return None, [Problem("xml-malformed", "error", message, position=raw.position)]
    for element in root.iter():
        if isinstance(element.tag, str):
            try:
                element.tag = element.tag.rpartition("}")[2].rpartition(":")[2]
            except ValueError:
                element.tag = "unnamed"  # damage behind a prefix: <dc:-title>
            for key in element.attrib:
                local = key.rpartition("}")[2].rpartition(":")[2]
                if local and local != key and local not in element.attrib:
                    element.set(local, element.attrib[key])
    return root, []


def envelope(root: Element) -> Envelope:
    """Take the record out of its OAI-PMH envelope; a record without one is its own content."""
    if root.tag == "header":
        header, content = root, None
    elif root.tag == "record" and root.find("header") is not None:
        header = root.find("header")
        metadata = root.find("metadata")
        content = metadata[0] if metadata is not None and len(metadata) else None
    else:
        return Envelope(root)
    return Envelope(
        content,
        value(header, "identifier"),
        value(header, "datestamp"),
        tuple(values(header, "setSpec")),
        header.get("status", "") == "deleted",
    )


def flat(element: Element | None) -> str:
    """All text below an element on one line, mark-up and repeated blanks removed."""
    if element is None:
        return ""
    if len(element):
        return plain(" ".join("".join(_pieces(element)).split()))
    return plain(element.text)


# Elements of TEI, JATS and HTML that begin a line of their own, also where no blank is written between them.
_BLOCKS = frozenset(
    {
        "p", "sec", "title", "head", "list", "list-item", "item", "break", "lb", "lg", "l", "div", "ab",
        "row", "cell", "def-item", "br", "li", "label", "msItem",
    }
)  # fmt: skip


def _pieces(element: Element) -> Iterator[str]:
    if element.text:
        yield element.text
    for child in element:
        if isinstance(child.tag, str):
            apart = child.tag in _BLOCKS and child.get("break") != "no"
            if apart:
                yield " "
            yield from _pieces(child)
            if apart:
                yield " "
        if child.tail:
            yield child.tail


def value(element: Element | None, path: str) -> str:
    """The text of the first element at a path that has any."""
    return next(_texts(element, path), "")


def values(element: Element | None, path: str) -> list[str]:
    """The texts of all elements at a path, without empty ones and repetitions."""
    return list(dict.fromkeys(_texts(element, path)))


def _texts(element: Element | None, path: str) -> Iterator[str]:
    if element is not None:
        for found in element.iterfind(path):
            content = flat(found)
            if content:
                yield content


def attribute(element: Element | None, name: str) -> str:
    """An attribute as plain text, empty where there is none."""
    return "" if element is None else plain(element.get(name))
