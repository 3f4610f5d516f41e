"""Context objects as XML (XML 上下文对象): Z39.88-2004 part 3, the format info:ofi/fmt:xml:xsd:ctx, by value.

Namespace prefixes do not decide anything, as sources mix them up. Document types and entities are refused.
"""

from __future__ import annotations

import re
from typing import Any

import msgspec
from lxml import etree

from resolver.context_object import ELSEWHERE, ContextObject, Entity, OpenUrlProblem, short_format
from resolver.identifiers import normalise
from resolver.marc_referent import is_marc, read_marc

_DECLARES = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_SAFE = {
    "resolve_entities": False,
    "load_dtd": False,
    "no_network": True,
    "huge_tree": False,
    "collect_ids": False,
    "remove_comments": True,
    "remove_pis": True,
}
MOST_VALUES = 500
_ENTITIES = {
    "referent": "rft",
    "referring-entity": "rfe",
    "requester": "req",
    "service-type": "svc",
    "resolver": "res",
    "referrer": "rfr",
}
# Elements of the XML formats that have another name as KEV keys.
_KEYS = {"isPartOf": "title", "part": "part"}


class XmlRefused(ValueError):
    """The XML is not a context object that may be read; the message says why."""


def read_xml(data: bytes) -> tuple[ContextObject, str, list[OpenUrlProblem]]:
    """The first context object, the character set of the document, and what was mended or left out.

    :raises XmlRefused: for a document type, malformed XML, or XML without a context object.
    """
    if _DECLARES.search(data):
        raise XmlRefused("a document type or entity declaration is not accepted")
    problems: list[OpenUrlProblem] = []
    root = _tree(data)
    if root is None:
        root = _tree(data, encoding="gb18030")
        if root is not None:
            problems.append(OpenUrlProblem("not-utf-8", "the document was read as GB18030"))
    if root is None:
        raise XmlRefused("this is not well-formed XML")
    charset = (root.getroottree().docinfo.encoding or "utf-8").lower()
    found = [e for e in root.iter() if _name(e) == "context-object"]
    if not found:
        raise XmlRefused("there is no context-object element")
    if len(found) > 1:
        problems.append(
            OpenUrlProblem(
                "several-context-objects", f"only the first of {len(found)} context objects was read"
            )
        )
    return _context(found[0], problems), charset, problems


def read_metadata(data: bytes) -> dict[str, list[str]]:
    """The metadata of a document in one of the XML formats (``info:ofi/fmt:xml:xsd:journal`` …), by key.

    :raises XmlRefused: for a document type, or malformed XML.
    """
    if _DECLARES.search(data):
        raise XmlRefused("a document type or entity declaration is not accepted")
    root = _tree(data)
    if root is None:
        raise XmlRefused("this is not well-formed XML")
    metadata: dict[str, list[str]] = {}
    _gather(root, metadata)
    return metadata


def _tree(data: bytes, encoding: str | None = None) -> Any:
    try:
        root = etree.fromstring(data, etree.XMLParser(encoding=encoding, **_SAFE))
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return None
    if root.getroottree().docinfo.doctype:  # In UTF-16 it does not look like one before.
        raise XmlRefused("a document type or entity declaration is not accepted")
    return root


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _text(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())


def _context(element: Any, problems: list[OpenUrlProblem]) -> ContextObject:
    made: dict[str, list[Entity]] = {}
    for child in element:
        kind = _ENTITIES.get(_name(child))
        if kind:
            made.setdefault(kind, []).append(_entity(child, problems))
    admin = {"ctx_ver": element.get("version", "")}
    admin |= {"ctx_tim": element.get("timestamp", ""), "ctx_id": element.get("identifier", "")}

    def one(kind: str) -> Entity:
        return made.get(kind, [Entity()])[0]

    return ContextObject(
        referent=one("rft"),
        referring_entity=one("rfe"),
        requester=one("req"),
        service_types=tuple(made.get("svc", ())),
        resolvers=tuple(made.get("res", ())),
        referrers=tuple(i for e in made.get("rfr", ()) for i in e.identifiers),
        referrer=msgspec.structs.replace(one("rfr"), identifiers=()),
        admin={key: value for key, value in admin.items() if value},
    )


def _entity(element: Any, problems: list[OpenUrlProblem]) -> Entity:
    format = ""
    metadata: dict[str, list[str]] = {}
    identifiers: dict[str, None] = {}
    reference = reference_format = private = None
    for child in element:
        name = _name(child)
        if name == "identifier":
            if text := normalise(_text(child)):
                identifiers[text] = None
        elif name == "metadata-by-val":
            for part in child:
                if _name(part) == "format":
                    format = short_format(_text(part))
                elif _name(part) == "metadata":
                    _gather(part, metadata)
        elif name == "metadata-by-ref":
            for part in child:
                if _name(part) == "location":
                    reference = _text(part)
                elif _name(part) == "format":
                    reference_format = _text(part)
            problems.append(OpenUrlProblem("by-reference", ELSEWHERE, name))
        elif name == "private-data":
            private = _text(child) or None
    if not format and metadata:
        from resolver.kev import guess_format

        format = guess_format(metadata)
    return Entity(
        format or None,
        {key: tuple(values) for key, values in metadata.items()},
        tuple(identifiers),
        private,
        reference,
        reference_format,
    )


def _gather(element: Any, metadata: dict[str, list[str]]) -> None:
    """Leaves of the metadata by their names; authors nest one level deeper than other keys."""
    count = 0
    record = next((e for e in element.iter() if _name(e) == "record" and is_marc(e)), None)
    if record is not None:
        for key, values in read_marc(record).items():
            metadata.setdefault(key, []).extend(values)
        return
    for leaf in element.iter():
        if not isinstance(leaf.tag, str) or len(leaf):
            continue
        value = _text(leaf)
        if value and count < MOST_VALUES:
            count += 1
            name = _name(leaf)
            metadata.setdefault(_KEYS.get(name, name), []).append(value)


_WRITTEN = {"rft": "referent", "rfe": "referring-entity", "req": "requester"}
_CTX = "info:ofi/fmt:xml:xsd:ctx"


def write_xml(context: ContextObject) -> bytes:
    """A context object as XML, UTF-8."""
    root = etree.Element(f"{{{_CTX}}}context-object", nsmap={"ctx": _CTX})
    root.set("version", context.admin.get("ctx_ver", "Z39.88-2004"))
    for attribute, key in (("timestamp", "ctx_tim"), ("identifier", "ctx_id")):
        if key in context.admin:
            root.set(attribute, context.admin[key])
    named = [
        ("referent", context.referent),
        ("referring-entity", context.referring_entity),
        ("requester", context.requester),
        *(("service-type", e) for e in context.service_types),
        *(("resolver", e) for e in context.resolvers),
        ("referrer", msgspec.structs.replace(context.referrer, identifiers=context.referrers)),
    ]
    for name, entity in named:
        if entity:
            _write_entity(etree.SubElement(root, f"{{{_CTX}}}{name}"), entity)
    written: bytes = etree.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _write_entity(element: Any, entity: Entity) -> None:
    def add(parent: Any, name: str, text: str = "", space: str = _CTX) -> Any:
        child = etree.SubElement(parent, f"{{{space}}}{name}")
        child.text = text or None
        return child

    for identifier in entity.identifiers:
        add(element, "identifier", identifier)
    if entity.metadata:
        format = entity.format or "journal"
        space = format if ":" in format else f"info:ofi/fmt:xml:xsd:{format}"
        by_value = add(element, "metadata-by-val")
        add(by_value, "format", space)
        body = add(add(by_value, "metadata"), format if ":" not in format else "metadata", space=space)
        for key, values in entity.metadata.items():
            for value in values:
                if re.fullmatch(r"[A-Za-z_][\w.-]*", key):
                    add(body, key, value, space)
    if entity.reference:
        by_reference = add(element, "metadata-by-ref")
        add(by_reference, "location", entity.reference)
        add(by_reference, "format", entity.reference_format or "")
    if entity.private_data:
        add(element, "private-data", entity.private_data)
