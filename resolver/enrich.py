"""What a record knows of a citation and the link did not say (补全): only gaps are filled."""

from __future__ import annotations

import msgspec

from indexer.records.record import Record
from resolver.citation import Citation

_KINDS = {
    "article": "article",
    "journal": "journal",
    "book": "book",
    "ebook": "book",
    "thesis": "dissertation",
    "conference-paper": "proceeding",
}


def enriched(citation: Citation, record: Record) -> Citation:
    """The citation with what this record of the very thing says, where the link was silent."""
    host = next((r for r in record.relations if r.kind == "in"), None)
    numbers: dict[str, str] = {}
    for identifier in (*record.identifiers, *(host.identifiers if host else ())):
        if identifier.valid:
            numbers.setdefault(identifier.scheme, identifier.value)
    pages = (host.pages if host else "").partition("-")
    kind = _KINDS.get(record.type)
    known: dict[str, object] = {
        "kind": kind,
        "container_kind": "journal" if kind == "article" else None,
        "title": record.title,
        "container_title": host.title if host else "",
        "author": record.contributors[0].name if record.contributors else "",
        "date": str(record.year) if record.year and record.year > 999 else "",
        "isbn": numbers.get("isbn", ""),
        "issn": numbers.get("issn", ""),
        "volume": host.volume if host else "",
        "issue": host.issue if host else "",
        "spage": pages[0].strip(),
        "epage": pages[2].strip(),
        "page": pages[0].strip(),
        "publisher": record.publication.publisher,
    }
    if record.type == "article" and citation.kind == "journal" and record.title:
        # The number led to an article; the link named only the journal it is in.
        inside = host.title if host else citation.container_title or citation.title
        citation = msgspec.structs.replace(
            citation, kind="article", container_kind="journal", title=record.title, container_title=inside
        )
    changes = {name: value for name, value in known.items() if value and not getattr(citation, name)}
    doi = numbers.get("doi")
    if doi and not any(i.startswith("info:doi/") for i in citation.identifiers):
        changes["identifiers"] = (*citation.identifiers, f"info:doi/{doi}")
    return msgspec.structs.replace(citation, **changes) if changes else citation
