"""Dublin Core in XML and JSON-LD: OAI-DC, simple and qualified DC, DIM, ETD-MS (都柏林核心适配器)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.formats import qualified_dc, xml_tree
from indexer.formats.draft import Draft
from indexer.formats.markup import plain, text, texts
from indexer.formats.qualified_dc import Statement
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type
from indexer.records.record import Record
from indexer.records.resource_type import Evidence

_ELEMENTS = frozenset(
    [
        "title",
        "creator",
        "contributor",
        "subject",
        "description",
        "publisher",
        "date",
        "type",
        "format",
        "identifier",
        "source",
        "language",
        "relation",
        "coverage",
        "rights",
        "audience",
        "degree",
    ]
)


class DublinCoreAdapter:
    """Adapts Dublin Core, however it is wrapped (都柏林核心适配器)."""

    formats = ("oai-dc", "dc", "qdc", "dcterms", "jsonld")

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        if raw.data.lstrip()[:1] in (b"{", b"["):
            return _linked_data(raw, profile)
        root, problems = xml_tree.parse(raw)
        if root is None:
            return None, problems
        around = xml_tree.envelope(root)
        draft = Draft(raw, profile)
        draft.id, draft.modified, draft.deleted = around.id, around.datestamp, around.deleted
        if around.deleted:
            return draft.finish()
        if around.sets:
            draft.more("sets", "; ".join(around.sets))
        if around.content is not None:
            qualified_dc.fill(draft, _statements(around.content))
        if not draft.id:
            draft.id = next(
                (i.value for i in draft.identifiers.values() if i.scheme in ("uri", "hdl", "doi", "local")),
                "",
            )
        return draft.finish()


def _statements(content: Any) -> Iterator[Statement]:
    """Statements of any element that has Dublin Core below it, at whatever depth (rdf:RDF, mets)."""
    for element in content.iter():
        if not isinstance(element.tag, str):
            continue
        language, scheme = element.get("lang", ""), element.get("type", "")
        if element.tag in ("dcvalue", "field") and element.get("element"):
            # DSpace: item import format and intermediate format (DIM).
            if element.get("mdschema", "dc") not in ("dc", "dcterms", "thesis", "local"):
                continue
            qualifier = element.get("qualifier") or ""
            yield Statement(
                element.get("element"),
                "" if qualifier == "none" else qualifier,
                xml_tree.flat(element),
                language,
            )
            continue
        name, qualifier = qualified_dc.refine(element.tag)
        if name not in _ELEMENTS and element.tag not in ("bibliographicCitation",):
            continue
        if len(element) and any(isinstance(child.tag, str) for child in element):
            if name == "degree":
                for part in element:
                    yield Statement("degree", str(part.tag), xml_tree.flat(part), language)
                continue
            if name in ("format", "relation") and element is not content:
                continue
        content_text = xml_tree.flat(element) or plain(element.get("resource"))
        if element.get("role"):
            qualifier = element.get("role")
        yield Statement(
            name, qualifier, content_text, language, scheme if ":" in scheme or scheme.isupper() else ""
        )


def _linked_data(raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
    """JSON-LD with terms of Dublin Core or schema.org."""
    draft = Draft(raw, profile)
    value = draft.decode()
    if value is None:
        return None, draft.problems
    draft.id = plain(value.get("@id") or value.get("id") or value.get("_key"))
    for kind in texts(value.get("@type")):
        draft.says(resource_type.from_schema_org(kind) if "pcdm" not in kind else None)
    qualified_dc.fill(draft, _terms(value))
    if any("born digital" in text.casefold() for text in draft.series + [r.title for r in draft.relations]):
        draft.says(Evidence("web-resource", "coded", "part of a born-digital collection"))
    for label in _labels(value.get("format")):
        draft.says(resource_type.from_dc(label))
        draft.genres.append(label)
    draft.link(draft.id, "related")
    for romanised in _labels(value.get("transliterated_title"))[:1]:
        draft.title(romanised, "variant")
    for place in _labels(value.get("origin_place"))[:1]:
        draft.place = draft.place or place
    for text_value in _labels(value.get("page_count"))[:1]:
        draft.extent = draft.extent or text_value
    draft.modified = draft.modified or text(value.get("system_updated_at"))
    return draft.finish()


_TERMS = {
    "title": "title", "name": "title", "headline": "title", "alternative": "alternative",
    "alternateName": "alternative",
    "creator": "creator", "author": "creator", "contributor": "contributor", "editor": "contributor.editor",
    "translator": "contributor.translator", "publisher": "publisher", "date": "date",
    "datePublished": "issued",
    "date_created": "created", "dateCreated": "created", "created": "created", "issued": "issued",
    "description": "description",
    "abstract": "abstract", "subject": "subject", "keywords": "subject", "about": "subject",
    "language": "language",
    "inLanguage": "language", "identifier": "identifier", "isbn": "identifier.isbn",
    "issn": "identifier.issn",
    "doi": "identifier.doi", "sameAs": "identifier", "coverage": "spatial", "spatial": "spatial",
    "spatialCoverage": "spatial",
    "geo_subject": "spatial", "rights": "rights", "license": "license", "edm_rights": "rights",
    "extent": "extent",
    "isPartOf": "isPartOf", "is_part_of": "isPartOf", "genre": "type", "type": "type",
    "series": "relation.ispartofseries",
    "provenance": "provenance", "source_url": "identifier", "numberOfPages": "extent", "width": "",
    "height": "",
}  # fmt: skip


def _terms(value: dict[str, Any]) -> Iterator[Statement]:
    for key, content in value.items():
        local = key.rpartition("/")[2].rpartition(":")[2].rpartition("#")[2]
        term = _TERMS.get(local, "")
        if not term:
            continue
        element, _, qualifier = term.partition(".")
        if not qualifier:
            element, qualifier = qualified_dc.refine(element)
        for label in _labels(content):
            if re.search(r"\d\d:\d\d:\d\d [AP]M", label):
                continue  # a timestamp of the system, not a date of the resource
            yield Statement(element, qualifier, label)


def _labels(content: Any) -> list[str]:
    """Texts of a JSON-LD value: a literal, a node with a label, or a list of either."""
    found: list[str] = []
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, dict):
            for name in (
                "pref_label",
                "prefLabel",
                "name",
                "label",
                "rdfs:label",
                "title",
                "@value",
                "value",
            ):
                labels = (
                    texts(part.get(name)) if not isinstance(part.get(name), dict) else _labels(part[name])
                )
                if labels:
                    found.extend(labels[:1])
                    break
        else:
            found.extend(texts(part))
    return list(dict.fromkeys(found))


ADAPTER = DublinCoreAdapter()
