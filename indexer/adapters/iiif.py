"""IIIF Presentation manifests, versions 2 and 3 (IIIF 适配器): digitised things, described by labels and
values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from indexer.formats.code_table import code_table
from indexer.formats.draft import Draft
from indexer.formats.markup import plain, texts
from indexer.formats.qualified_dc import Statement, fill
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type
from indexer.records.record import Holding, Record
from indexer.records.resource_type import Evidence

# Labels of metadata in the languages libraries write them in; matched without case and punctuation.
_LABELS = code_table("indexer.adapters", "iiif_labels.tsv")
_CALL_NUMBERS = frozenset(
    {"call number", "shelfmark", "shelf mark", "signatur", "cote", "索书号", "索書號", "请求記号", "請求記号"}
)
_HOLDERS = frozenset(
    {
        "repository",
        "location",
        "holding institution",
        "institution",
        "library",
        "owner",
        "收藏单位",
        "收藏機構",
        "所蔵者",
    }
)
_SKIPPED_RIGHTS = re.compile(r"^\s*(?:provided by|digitized by)", re.I)


class IiifAdapter:
    """Adapts IIIF manifests (IIIF 适配器)."""

    formats = ("iiif",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        draft = Draft(raw, profile)
        manifest = draft.decode()
        if manifest is None:
            return None, draft.problems
        draft.id = plain(manifest.get("@id") or manifest.get("id") or manifest.get("_key"))
        entries = list(_entries(manifest.get("metadata")))
        labels = _spoken(manifest.get("label"))
        for label in labels:
            draft.title(label)
        holder = call_number = ""
        statements: list[Statement] = []
        for label, value in entries:
            target = _LABELS.get(label, "")
            if label in _CALL_NUMBERS:
                call_number = call_number or value
            elif label in _HOLDERS:
                holder = holder or value
            elif target:
                element, _, qualifier = target.partition(".")
                if element == "title" and labels and not qualifier and value != labels[0]:
                    qualifier = "alternative"
                if element == "type":
                    _kind(draft, value)
                    continue
                if element == "format" and value.isdecimal():
                    value = f"{value} p."
                statements.append(Statement(element, qualifier, value))
        fill(draft, statements)
        for description in _spoken(manifest.get("description") or manifest.get("summary")):
            if not draft.abstract:
                draft.abstract = re.sub(r"^Summary\s+", "", description)
        for provider in manifest.get("provider") or () if isinstance(manifest.get("provider"), list) else ():
            if isinstance(provider, dict):
                holder = holder or next(iter(_spoken(provider.get("label"))), "")
        if holder or call_number:
            draft.holdings.append(Holding(library=holder, call_number=call_number))
        _links(draft, manifest)
        draft.rights = plain(manifest.get("license") or manifest.get("rights")) or draft.rights
        if not draft.rights:
            draft.rights = next(
                (r for r in _spoken(manifest.get("attribution")) if not _SKIPPED_RIGHTS.match(r)), ""
            )
        _decide(draft, manifest)
        return draft.finish()


def _entries(metadata: Any) -> Iterator[tuple[str, str]]:
    """Pairs of label (lower case) and value; a value may be a text, a list, a language map or an object
    with a label."""
    for entry in metadata if isinstance(metadata, list) else ():
        if not isinstance(entry, dict):
            continue
        for label in _spoken(entry.get("label"))[:1]:
            for value in _spoken(entry.get("value")):
                yield label.casefold().strip(" :："), value


def _spoken(value: Any) -> list[str]:
    """Texts of a IIIF value in its forms of version 2 (text, list, @value) and 3 (language map)."""
    if isinstance(value, str):
        return texts(value)
    if isinstance(value, list):
        return list(dict.fromkeys(found for part in value[:200] for found in _spoken(part)))
    if isinstance(value, dict):
        for name in ("@value", "value", "label", "pref_label"):
            if name in value:
                return _spoken(value[name])
        if all(isinstance(part, list) for part in value.values()):
            return list(dict.fromkeys(found for part in value.values() for found in texts(part)))
    return []


def _kind(draft: Draft, value: str) -> None:
    draft.says(resource_type.from_dc(value))
    draft.genres.append(value)
    draft.more("genre", value)


def _links(draft: Draft, manifest: dict[str, Any]) -> None:
    thumbnail = manifest.get("thumbnail")
    for entry in thumbnail if isinstance(thumbnail, list) else [thumbnail]:
        draft.link(entry.get("@id") or entry.get("id") if isinstance(entry, dict) else entry, "cover")
    for name in ("rendering", "homepage", "related"):
        value = manifest.get(name)
        for entry in value if isinstance(value, list) else [value]:
            address = entry.get("@id") or entry.get("id") if isinstance(entry, dict) else entry
            label = next(iter(_spoken(entry.get("label"))), "") if isinstance(entry, dict) else ""
            draft.link(address, "fulltext" if name == "rendering" else "related", label)
    draft.link(draft.id, "fulltext", "IIIF")


def _decide(draft: Draft, manifest: dict[str, Any]) -> None:
    """Without a type of its own a manifest of pictures is an image; of sound or film what its canvases
    hold."""
    if any(piece.strength == "coded" for piece in draft.evidence):
        return
    body = {plain(kind) for kind in _body_types(manifest.get("items"), 0)}
    if "Video" in body:
        draft.says(Evidence("video", "coded", "IIIF canvases with video"))
    elif "Sound" in body or "Audio" in body:
        draft.says(Evidence("audio", "coded", "IIIF canvases with sound"))
    else:
        draft.says(Evidence("image", "coded", "IIIF manifest of images"))


def _body_types(items: Any, depth: int) -> Iterator[str]:
    if depth > 4:
        return
    for item in items[:5] if isinstance(items, list) else ():
        if isinstance(item, dict):
            body = item.get("body")
            if isinstance(body, dict):
                yield plain(body.get("type"))
            yield from _body_types(item.get("items"), depth + 1)


ADAPTER = IiifAdapter()
