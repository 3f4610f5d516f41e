"""What a JSON object is, by the names of its members, and which records it holds (JSON 对象的识别)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from indexer.records import resource_type

# Members under which interfaces put the list that was asked for, or an object on the way to it.
_CONTAINERS = frozenset(
    {
        "items", "docs", "response", "message", "data", "_embedded", "records", "results", "result",
        "hits", "rows",
        "entries", "documents", "document", "objects", "searchResult", "list", "works", "publications",
        "articles",
        "books", "courses", "@graph", "member", "elements", "indexableObject", "value", "resources",
        "references",
        "bibliography",
    }
)  # fmt: skip
_TITLES = frozenset(
    {"title", "name", "label", "题名", "书名", "标题", "名称", "dct_title_s", "dc_title_s", "itemType", "DOI"}
)
_CROSSREF_NAMES = frozenset(
    {
        "indexed",
        "deposited",
        "prefix",
        "member",
        "reference-count",
        "is-referenced-by-count",
        "content-domain",
    }
)
_CSL_NAMES = frozenset(
    {
        "author", "editor", "issued", "container-title", "accessed", "title-short", "citation-key",
        "publisher-place",
        "collection-title", "URL", "DOI", "ISBN", "page",
    }
)  # fmt: skip
_OCW_NAMES = frozenset(
    {
        "course_collections",
        "course_embedded_media",
        "course_files",
        "course_pages",
        "course_foreign_files",
        "master_course_number",
    }
)
_RECORD_NAMES = frozenset(
    {
        "titles",
        "contributors",
        "publication",
        "identifiers",
        "type_evidence",
        "holdings",
        "subjects",
        "source",
    }
)
_SOLR_SUFFIXES = (
    "_ssim",
    "_tesim",
    "_ssi",
    "_ssm",
    "_tsim",
    "_display",
    "_facet",
    "_ssort",
    "_isim",
    "_dtsi",
    "_tsi",
    "_s",
    "_sm",
    "_t",
)


def format_of_names(members: Mapping[str, Any]) -> str:
    """Format by the names of an object's members alone, empty where they do not say (凭成员名识别)."""
    names = members.keys()
    if "leader" in names and "fields" in names:
        return "marcjson"
    if "itemType" in names:
        return "zotero"
    if len(_OCW_NAMES & names) >= 2:
        return "ocw"
    if (
        "gbl_mdVersion_s" in names
        or "gbl_resourceClass_sm" in names
        or "layer_slug_s" in names
        or "dct_title_s" in names
    ):
        return "geoblacklight"
    if "solr_geom" in names and "dc_title_s" in names:
        return "geoblacklight"
    if "DOI" in names and _CROSSREF_NAMES & names:
        return "crossref"
    if "record" in names and len(names) <= 4 and "title" not in names:
        return "record"
    if (
        "metadata" in names
        and ("handle" in names or "uuid" in names)
        and ("entityType" in names or "lastModified" in names)
    ):
        return "dspace"
    return ""


def format_of(value: dict[str, Any], hint: str = "") -> str:
    """Format of one object (识别格式), ``jsonl`` for unknown; ``hint`` is preferred where it is possible."""
    found = format_of_names(value)
    if found == "crossref" and hint == "csl":
        return "csl"
    if found:
        return found
    context = str(value.get("@context", ""))
    if "iiif.io/api/presentation" in context or str(value.get("@type", "")).startswith("sc:"):
        return "iiif"
    kind = value.get("type")
    metadata = value.get("metadata")
    if metadata and _is_dspace(metadata):
        return "dspace"
    if isinstance(kind, str):
        if (
            resource_type.from_csl(kind) is not None
            and (_CSL_NAMES & value.keys() or isinstance(value.get("title"), str))
            and not (kind in resource_type.BY_CODE and _RECORD_NAMES & value.keys())
        ):
            return "csl"
        if kind in resource_type.BY_CODE and isinstance(value.get("title"), str):
            return "record"
        if isinstance(value.get("attributes"), dict) and "id" in value:
            return "blacklight"
        if "DOI" in value and isinstance(value.get("title"), list):
            return "crossref"
    if "DOI" in value and isinstance(value.get("title"), list):
        return "crossref"
    if "@context" in value or "@type" in value:
        return "jsonld"
    suffixed = sum(1 for key in value if key.endswith(_SOLR_SUFFIXES))
    if suffixed >= 2 and suffixed * 3 >= len(value):
        return "blacklight"
    return "jsonl"


def _is_dspace(metadata: Any) -> bool:
    if isinstance(metadata, dict):
        return any(key.startswith(("dc.", "dcterms.", "thesis.", "local.")) for key in metadata)
    return (
        isinstance(metadata, list)
        and bool(metadata)
        and isinstance(metadata[0], dict)
        and "value" in metadata[0]
        and ("key" in metadata[0] or "element" in metadata[0])
    )


def containers(members: dict[str, str], mapped: bool) -> frozenset[str] | None:
    """Which members of an object hold records (容器成员): some names, none for all, None for a record.

    ``members`` tells for each name the first character of its value.
    """
    if not mapped and format_of_names(members):
        return None
    if "@type" in members or ("@context" in members and "@graph" not in members):
        return None
    if {"attributes", "id"} <= members.keys() or (
        _TITLES & members.keys() and not {"_embedded", "response"} & members.keys()
    ):
        return None
    if "metadata" in members and ("handle" in members or "uuid" in members):
        return None
    found = frozenset(name for name, kind in members.items() if name in _CONTAINERS and kind in "[{")
    if found:
        return found
    if (
        members
        and all(kind == "{" for kind in members.values())
        and not {"metadata", "record"} & members.keys()
    ):
        return frozenset()
    return None


def cut(value: Any, hint: str, key: str) -> Iterator[tuple[str, Any]]:
    """Records inside one decoded element as (format, value) (拆分元素); None where the source has nothing."""
    if isinstance(value, list):
        for part in value:
            if isinstance(part, (dict, list)):
                yield from cut(part, hint, "")
        return
    if not isinstance(value, dict):
        yield "jsonl", {"value": value} if not key else {"_key": key, "value": value}
        return
    format = format_of(value, hint if hint in ("csl", "crossref") else "")
    if format == "jsonl":
        inner = _inside(value)
        if inner is not None:
            yield from cut(inner, hint, key)
            return
        format = hint or format
    if (
        format == "record"
        and "record" in value
        and "title" not in value
        and not isinstance(value["record"], dict)
    ):
        yield format, None
    elif format == "ocw":
        yield from _ocw(value)
    elif format == "iiif":
        yield from _iiif(value)
    else:
        if key and "id" not in value and "key" not in value:
            value = {"_key": key, **value}
        yield format, value


def _inside(value: dict[str, Any]) -> Any:
    """The record or list that an element wraps, None where it wraps nothing known."""
    if isinstance(value.get("_source"), dict):
        return {"id": value.get("_id", ""), **value["_source"]}
    if isinstance(value.get("data"), dict) and "itemType" in value["data"]:
        return {"key": value.get("key", ""), **value["data"]}
    if _TITLES & value.keys():
        return None
    for name in value:
        inner = value[name]
        if name in _CONTAINERS and (
            (isinstance(inner, dict) and inner)
            or (isinstance(inner, list) and inner and isinstance(inner[0], dict))
        ):
            return inner
    return None


_COURSE_MEMBERS = (
    "uid", "title", "short_url", "url", "from_semester", "from_year", "language", "instructors",
    "master_course_number",
    "department_number", "sort_as", "course_level",
)  # fmt: skip


def _ocw(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A course document: the course, then each of its files and media with what it needs of the course."""
    parts = ("course_files", "course_embedded_media", "course_foreign_files")
    yield "ocw", {"part": "course", **{name: inner for name, inner in value.items() if name not in parts}}
    course = {name: value[name] for name in _COURSE_MEMBERS if value.get(name) is not None}
    sections = {
        page["uid"]: page.get("title")
        for page in _dicts(value.get("course_pages"))
        if isinstance(page.get("uid"), str)
    }
    media = value.get("course_embedded_media")
    groups = (
        ("file", _dicts(value.get("course_files"))),
        ("media", _dicts(list(media.values()) if isinstance(media, dict) else media)),
        ("foreign", _dicts(value.get("course_foreign_files"))),
    )
    for part, members in groups:
        for member in members:
            parent = member.get("parent_uid")
            section = (sections.get(parent) if isinstance(parent, str) else "") or ""
            yield "ocw", {"part": part, "course": course, "section": section, "item": member}


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _iiif(value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """A manifest, or the manifests of a collection; a collection without any is described itself."""
    kind = str(value.get("type") or value.get("@type") or "").rpartition(":")[2]
    if kind != "Collection":
        yield "iiif", value
        return
    inner = [
        part
        for name in ("manifests", "members", "items")
        for part in _dicts(value.get(name))
        if str(part.get("type") or part.get("@type") or "").endswith("Manifest")
    ]
    if not inner:
        yield "iiif", value
    for part in inner:
        yield "iiif", {"@context": value.get("@context", ""), **part}
