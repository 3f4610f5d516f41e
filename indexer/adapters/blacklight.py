"""Blacklight documents, and GeoBlacklight in both of its schemas (Blacklight 适配器).

GeoBlacklight: OpenGeoMetadata Aardvark, and GeoBlacklight 1.0. Blacklight has no schema: fields are known
by what is left of their name without the Solr suffix.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

import msgspec

from indexer.formats.code_table import code_table
from indexer.formats.draft import Draft
from indexer.formats.markup import plain, text, texts
from indexer.formats.qualified_dc import Statement, fill
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type
from indexer.records.record import Record
from indexer.records.resource_type import Evidence

_SUFFIX = re.compile(
    r"(?:_(?:ssim|tesim|ssi|ssm|tsim|tesi|tsi|isim|isi|dtsi|dtsim|ssort|bsi|itsi|sim|sm|si|s|t|i|im|facet|display|txt|vern|str|unstem_search|search|html|latn|sort))+$"
)
_NAMES = code_table("indexer.adapters", "blacklight_fields.tsv")
_CALL_NUMBERS = (
    "call_number",
    "callnumber",
    "lc_callnum",
    "shelfmark",
    "lc_call_number",
    "call_number_browse",
)
# Kinds of digital objects of repositories, which are forms and not words of Dublin Core.
_KINDS = code_table("indexer.adapters", "blacklight_kinds.tsv")
_CLASSES = {
    "maps": "map", "datasets": "map", "imagery": "map", "web services": "map", "collections": "map",
    "series": "map", "other": "", "websites": "web-resource",
    "image": "image", "images": "image", "photographs": "image", "books": "book", "audio": "audio",
    "video": "video", "moving images": "video", "manuscripts": "manuscript",
}  # fmt: skip
_REFERENCES = {
    "http://schema.org/downloadUrl": "fulltext", "http://schema.org/url": "related",
    "http://schema.org/thumbnailUrl": "cover", "https://schema.org/thumbnailUrl": "cover",
    "http://iiif.io/api/presentation#manifest": "fulltext", "http://lccn.loc.gov/sh85035852": "related",
    "http://www.isotc211.org/schemas/2005/gmd/": "",
}  # fmt: skip


class BlacklightAdapter:
    """Adapts Blacklight and GeoBlacklight documents (Blacklight 适配器)."""

    formats = ("blacklight", "geoblacklight")

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        draft = Draft(raw, profile)
        document = draft.decode()
        if document is None:
            return None, draft.problems
        attributes = document.get("attributes")
        if isinstance(attributes, dict) and "id" in document:
            # JSON:API of Blacklight 7 and later: values are wrapped with their labels.
            unwrapped = {name: _unwrapped(value) for name, value in attributes.items()}
            document = {
                "id": document["id"],
                "type": document.get("type"),
                "_links": document.get("links"),
                **unwrapped,
            }
        draft.id = plain(document.get("id") or document.get("layer_slug_s") or document.get("_key"))
        if any(
            name in document
            for name in (
                "dct_title_s",
                "gbl_resourceClass_sm",
                "layer_slug_s",
                "layer_geom_type_s",
                "gbl_mdVersion_s",
            )
        ):
            _geographic(draft, document)
        else:
            _general(draft, document)
        return draft.finish()


def _unwrapped(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("attributes"), dict):
        return value["attributes"].get("value")
    return value


_VERNACULAR = re.compile(r"^(.+?)_vern(?:_(?:display|ssim|ssm|tsim|tesim|t|s|sm|search))?$")
_ISBD_PARTS = re.compile(r"^(.+?)(?:\s+:\s+(.+?))?(?:\s+/\s*(.*))?$")


def _general(draft: Draft, document: dict[str, Any]) -> None:
    vernacular: dict[str, list[str]] = {}
    for key in [key for key in document if "_vern" in key]:
        match = _VERNACULAR.match(key)
        if match:
            vernacular[match.group(1)] = texts(document[key])
            document = {name: value for name, value in document.items() if name != key}
    if vernacular.get("title"):
        _vernacular_title(draft, vernacular["title"][0], document)
    _statements(draft, document)
    for people in ("author", "author_addl", "author_person", "creator", "contributor"):
        _vernacular_names(draft, document, people, vernacular.get(people, []))
    if vernacular.get("published"):
        draft.note(vernacular["published"][0])


def _vernacular_title(draft: Draft, value: str, document: dict[str, Any]) -> None:
    """The title in its own script is the title; the field without ``_vern`` is its romanised form."""
    same = next((name for name in document if _SUFFIX.sub("", name) == "title"), "")
    romanised = _ISBD_PARTS.match(text(document.get(same)))
    parts = _ISBD_PARTS.match(value)
    if parts:
        draft.title(parts.group(1), romanised=romanised.group(1) if romanised else "")
        draft.title_remainder = draft.title_remainder or (parts.group(2) or "")
        draft.responsibility = draft.responsibility or (parts.group(3) or "").rstrip(" .")


def _vernacular_names(draft: Draft, document: dict[str, Any], field: str, written: list[str]) -> None:
    """Names in their own script, one for one beside the romanised ones; others are people of their own."""
    latin = next((texts(value) for name, value in document.items() if _SUFFIX.sub("", name) == field), [])
    bare = Draft(draft.raw, draft.profile)
    for name in latin if len(latin) == len(written) else []:
        bare.person(name)
    pairs = zip([who.name for who in bare.contributors.values()], written, strict=False)
    for romanised, name in pairs:
        for key, who in list(draft.contributors.items()):
            if who.name == romanised:
                draft.contributors[key] = msgspec.structs.replace(
                    who, name=name.strip(" ,."), romanised=romanised
                )
    if len(latin) != len(written):
        for name in written:
            draft.person(name, "author" if field.startswith(("author", "creator")) else "contributor")


def _statements(draft: Draft, document: dict[str, Any]) -> None:
    statements: list[Statement] = []
    seen: set[tuple[str, str]] = set()
    for name, value in sorted(document.items(), key=lambda entry: _rank(entry[0])):
        bare = _SUFFIX.sub("", name)
        target = _NAMES.get(bare, "")
        if bare in _CALL_NUMBERS:
            draft.more("call_number", text(value))
        if not target:
            continue
        element, _, qualifier = target.partition(".")
        if element == "type":
            _kind(draft, value)
            continue
        if element == "subtitle":
            draft.title_remainder = draft.title_remainder or text(value)
            continue
        if element == "title" and not qualifier and (draft.titles or any(key[0] == "title" for key in seen)):
            qualifier = "alternative"
            if any(title.romanised for title in draft.titles):
                continue
        for found in texts(value):
            if element == "title" and " / " in found + " ":
                # The whole of MARC 21 245 or 246 with the marks of ISBD.
                parts = _ISBD_PARTS.match(found)
                if parts:
                    found = parts.group(1)
                    if not qualifier:
                        draft.title_remainder = draft.title_remainder or (parts.group(2) or "")
                        draft.responsibility = draft.responsibility or (parts.group(3) or "").rstrip(" .")
            found = re.sub(r"^\[\"(.*)\"\]$", r"\1", found)
            if (target, found) not in seen:
                seen.add((target, found))
                seen.add((element, ""))
                statements.append(Statement(element, qualifier, found))
    titles = {s.value for s in statements if s.element == "title" and not s.qualifier}
    fill(draft, [s for s in statements if not (s.element == "title" and s.qualifier and s.value in titles)])
    links = document.get("_links")
    if isinstance(links, dict):
        draft.link(links.get("self"), "related")
    if not any(e.strength == "coded" for e in draft.evidence):
        marc = document.get("marc_display") or document.get("marc_ss")
        if marc:
            draft.problem(
                "blacklight-marc", "the document carries MARC; load that rather than this", severity="info"
            )


def _rank(name: str) -> tuple[int, str]:
    """Display fields before search fields, the plainest name first."""
    return (
        0
        if name in ("title", "author", "format")
        else 1
        if name.endswith(("_display", "_ssm", "_tsim", "_ssi"))
        else 2,
        name,
    )


def _kind(draft: Draft, value: Any) -> None:
    for word in texts(value):
        code = _KINDS.get(word.casefold())
        if code is None:
            found = resource_type.from_dc(word)
            draft.says(found)
            if found is None:
                draft.genres.append(word)
        elif code:
            draft.says(Evidence(code, "coded", f"Blacklight format {word}"))
        draft.more("genre", word)


def _geographic(draft: Draft, document: dict[str, Any]) -> None:
    get = document.get
    draft.title(get("dct_title_s") or get("dc_title_s"))
    for title in texts(get("dct_alternative_sm")):
        draft.title(title, "variant")
    statements: list[Statement] = []
    for name, element, qualifier in (
        ("dct_creator_sm", "creator", ""), ("dc_creator_sm", "creator", ""),
        ("dc_contributor_sm", "contributor", ""), ("dct_publisher_sm", "publisher", ""),
        ("dc_publisher_s", "publisher", ""), ("dc_publisher_sm", "publisher", ""),
        ("dct_subject_sm", "subject", ""), ("dc_subject_sm", "subject", ""),
        ("dcat_keyword_sm", "subject", ""), ("dct_language_sm", "language", ""),
        ("dc_language_s", "language", ""), ("dc_language_sm", "language", ""),
        ("dct_spatial_sm", "coverage", "spatial"), ("dct_temporal_sm", "coverage", "temporal"),
        ("dct_rights_sm", "rights", ""), ("dc_rights_s", "rights", "access"),
        ("dct_accessRights_s", "rights", "access"), ("dct_license_sm", "rights", ""),
        ("dct_extent_sm", "format", "extent"),
    ):  # fmt: skip
        statements.extend(Statement(element, qualifier, value) for value in texts(get(name)))
    fill(draft, [s for s in statements if s.element != "publisher"])
    draft.date = plain(get("dct_issued_s"))
    _publisher(draft, texts(get("dct_publisher_sm") or get("dc_publisher_s") or get("dc_publisher_sm")))
    draft.abstract = " ".join(texts(get("dct_description_sm") or get("dc_description_s")))
    draft.notes.extend(texts(get("gbl_displayNote_sm")))
    draft.date = (
        draft.date
        or plain(get("dct_issued_s"))
        or text(get("dct_temporal_sm"))
        or text(get("solr_year_i") or get("gbl_indexYear_im"))
    )
    serial = re.fullmatch(r"1905-0[4-7]-(?:0[1-9]|[12]\d|3[01])", draft.date)
    if serial and not any("190" in period for period in texts(get("dct_temporal_sm"))):
        # A year kept as a number and shown as a date: spreadsheets count days from 1899-12-30.
        year, month, day = map(int, draft.date.split("-"))
        days = (datetime.date(year, month, min(day, 30)) - datetime.date(1899, 12, 30)).days
        draft.problem(
            "date-serial", "a spreadsheet's day number is taken for a date", "dct_issued_s", value=draft.date
        )
        draft.date = str(days)
    if not re.search(r"\d{4}", draft.date):
        draft.date = text(get("gbl_indexYear_im") or get("solr_year_i"))
    for number in (
        texts(get("dct_identifier_sm")) + texts(get("dc_identifier_s")) + texts(get("dct_identifier_s"))
    ):
        draft.identify("ark" if number.startswith("ark:") else "", number)
    for name, key in (
        ("locn_geometry", "coordinates"), ("solr_geom", "coordinates"), ("dcat_bbox", "bounding_box"),
        ("dcat_centroid", "centroid"), ("dct_format_s", "format"),
        ("dc_format_s", "format"), ("gbl_fileSize_s", "size"), ("layer_geom_type_s", "geometry"),
        ("dcat_theme_sm", "theme"), ("schema_provider_s", "provider"),
        ("dct_provenance_s", "provider"), ("gbl_resourceType_sm", "resource_type"),
        ("gbl_wxsIdentifier_s", "layer"), ("dct_accessRights_s", "access"),
    ):  # fmt: skip
        values = texts(get(name))
        if values and key not in draft.extra:
            draft.more(key, "; ".join(values))
    draft.suppressed = get("gbl_suppressed_b") is True or get("suppressed_b") is True
    draft.modified = text(get("gbl_mdModified_dt") or get("layer_modified_dt"))
    for name, relation in (
        ("dct_isPartOf_sm", "part_of"), ("pcdm_memberOf_sm", "part_of"), ("dct_source_sm", "edition_of"),
        ("dc_source_sm", "edition_of"), ("dct_isVersionOf_sm", "edition_of"),
        ("dct_replaces_sm", "continues"), ("dct_isReplacedBy_sm", "continued_by"),
        ("dct_relation_sm", "related"),
    ):  # fmt: skip
        for other in texts(get(name)):
            draft.relate(relation, local_id=other)
    _references(draft, get("dct_references_s"))
    _geographic_type(draft, document)


def _publisher(draft: Draft, values: list[str]) -> None:
    """``New York : Sanborn Map Co., 1885.`` as cataloguers write it, or a name alone."""
    for value in values[:1]:
        match = re.match(r"^(\[?[^:]{2,60}?)\s+:\s+(.+?)(?:,\s*(\[?\D{0,3}\d{4}[^,]*))?$", value)
        if match:
            draft.place, draft.publisher = match.group(1), match.group(2).rstrip(" ,.")
            draft.date = draft.date or (match.group(3) or "").strip(" .")
        else:
            draft.publisher = value


def _references(draft: Draft, value: Any) -> None:
    try:
        references = msgspec.json.decode(value) if isinstance(value, str) else value
    except (msgspec.DecodeError, UnicodeError, RecursionError, ValueError):
        draft.problem("references-malformed", "dct_references_s is not JSON", "dct_references_s")
        return
    for name, target in references.items() if isinstance(references, dict) else ():
        kind = _REFERENCES.get(name, "related")
        for entry in target if isinstance(target, list) else [target]:
            address, label = (
                (entry.get("url"), plain(entry.get("label"))) if isinstance(entry, dict) else (entry, "")
            )
            if kind in ("fulltext", "related", "cover"):
                draft.link(address, kind, label)  # type: ignore[arg-type]


def _geographic_type(draft: Draft, document: dict[str, Any]) -> None:
    """A map unless the resource class says otherwise (OGM Aardvark, gbl_resourceClass_sm)."""
    classes = texts(document.get("gbl_resourceClass_sm"))
    said = [(word, _CLASSES[word.casefold()]) for word in classes if _CLASSES.get(word.casefold())]
    for word, code in said:
        draft.says(Evidence(code, "coded", f"GeoBlacklight resource class {word}"))
    if not said:
        what = text(document.get("layer_geom_type_s")) or ", ".join(classes)
        draft.says(Evidence("map", "coded", f"GeoBlacklight {what}".strip()))


ADAPTER = BlacklightAdapter()
