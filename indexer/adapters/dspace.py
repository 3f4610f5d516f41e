"""Items of DSpace's REST interfaces, versions 4 to 8 (DSpace 适配器).

Version 7 has ``metadata`` as an object of lists of values, version 4 to 6 as a list of key and value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from indexer.formats import qualified_dc
from indexer.formats.draft import Draft
from indexer.formats.markup import plain, text
from indexer.formats.qualified_dc import Statement
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type
from indexer.records.record import Record

_SCHEMAS = frozenset(
    {"dc", "dcterms", "thesis", "etdms", "oaire", "dspace", "person", "relationship", "organization"}
)
_EXTRA = {
    "department": "department",
    "certificate": "certificate",
    "minor": "minor",
    "classyear": "class_year",
    "degree": "degree",
}


class DspaceAdapter:
    """Adapts DSpace items (DSpace 适配器)."""

    formats = ("dspace",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        draft = Draft(raw, profile)
        item = draft.decode()
        if item is None:
            return None, draft.problems
        draft.id = plain(item.get("handle") or item.get("uuid") or item.get("id") or item.get("_key"))
        draft.modified = plain(item.get("lastModified"))
        if item.get("withdrawn") in (True, "true"):
            draft.deleted = True
            return draft.finish()
        draft.suppressed = item.get("discoverable") is False or item.get("inArchive") is False
        entity = plain(item.get("entityType"))
        if entity in ("Person", "OrgUnit", "Project"):
            message = f"an entity of the kind {entity} is no resource; leave it out of the export"
            draft.problem("not-a-resource", message, "entityType", "error")
            return None, draft.problems
        if entity in ("Journal", "JournalVolume", "JournalIssue"):
            draft.says(resource_type.from_dc("Journal"))
        statements = list(_statements(item.get("metadata")))
        qualified_dc.fill(
            draft,
            [
                s._replace(scheme="")
                for s in statements
                if s.scheme in ("dc", "dcterms", "thesis", "etdms")
                or (s.scheme == "oaire" and s.element == "citation")
            ],
        )
        for statement in statements:
            _other_schema(draft, statement)
        if not any(t.kind == "main" for t in draft.titles):
            draft.title(item.get("name"))
        handle = plain(item.get("handle"))
        if handle:
            draft.identify("hdl", handle)
        if any(e.type == "thesis" for e in draft.evidence):
            draft.more("school", draft.publisher)
        return draft.finish()


def _statements(metadata: Any) -> Iterator[Statement]:
    """All statements, with the metadata schema as scheme."""
    pairs: list[tuple[str, Any]] = []
    if isinstance(metadata, dict):
        pairs = list(metadata.items())
    elif isinstance(metadata, list):
        for entry in metadata:
            if isinstance(entry, dict):
                key = entry.get("key") or ".".join(
                    part
                    for part in (entry.get("schema") or "dc", entry.get("element"), entry.get("qualifier"))
                    if part
                )
                pairs.append((str(key), [entry]))
    for key, values in pairs:
        schema, _, rest = str(key).partition(".")
        element, _, qualifier = rest.partition(".")
        if schema == "dcterms" and not qualifier:
            element, qualifier = qualified_dc.refine(element)
        if schema in ("thesis", "etdms") and element.startswith("degree"):
            element, qualifier = "degree", qualifier or element[6:]
        for value in values if isinstance(values, list) else [values]:
            if isinstance(value, dict):
                content, language = value.get("value"), plain(value.get("language"))
            else:
                content, language = value, ""
            if plain(content):
                if element == "language" and qualifier in ("iso", "rfc3066"):
                    qualifier = ""
                yield Statement(element, qualifier, plain(content), language, schema)


def _other_schema(draft: Draft, statement: Statement) -> None:
    """Local schemas: departments and the like, embargo dates."""
    if statement.scheme in _SCHEMAS:
        return
    name = statement.qualifier or statement.element
    if "embargo" in (statement.element + statement.qualifier).lower() and statement.value[:4].isdecimal():
        if len(statement.value) >= 10:
            draft.embargo_until = statement.value[:10]
    elif name in _EXTRA and statement.value not in ("NA", "N/A"):
        draft.more(_EXTRA[name], text(statement.value))


ADAPTER = DspaceAdapter()
