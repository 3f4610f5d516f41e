"""What others know of a citation and the link did not say (补全): only gaps are filled."""

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
    return filled(citation, of_record(record))


def of_record(record: Record) -> Citation:
    """What a record says by itself, as a citation."""
    host = next((r for r in record.relations if r.kind == "in"), None)
    numbers: dict[str, str] = {}
    for identifier in (*record.identifiers, *(host.identifiers if host else ())):
        if identifier.valid:
            numbers.setdefault(identifier.scheme, identifier.value)
    pages = (host.pages if host else "").partition("-")
    kind = _KINDS.get(record.type)
    doi = numbers.get("doi")
    return Citation(
        kind=kind,
        container_kind="journal" if kind == "article" else None,
        title=record.title or None,
        container_title=(host.title if host else "") or None,
        author=record.contributors[0].name if record.contributors else None,
        date=str(record.year) if record.year and record.year > 999 else None,
        isbn=numbers.get("isbn"),
        issn=numbers.get("issn"),
        volume=(host.volume if host else "") or None,
        issue=(host.issue if host else "") or None,
        page=pages[0].strip() or None,
        spage=pages[0].strip() or None,
        epage=pages[2].strip() or None,
        publisher=record.publication.publisher or None,
        identifiers=(f"info:doi/{doi}",) if doi else (),
    )


def filled(citation: Citation, known: Citation) -> Citation:
    """The citation with what is known of the very thing, where it was silent itself."""
    if known.kind == "article" and citation.kind == "journal" and known.title:
        # The number led to an article; the link named only the journal it is in.
        inside = known.container_title or citation.container_title or citation.title
        citation = msgspec.structs.replace(
            citation, kind="article", container_kind="journal", title=known.title, container_title=inside
        )
    changes: dict[str, object] = {
        name: value
        for name in Citation.__struct_fields__
        if name != "identifiers" and (value := getattr(known, name)) and not getattr(citation, name)
    }
    schemes = {identifier.partition("/")[0] for identifier in citation.identifiers}
    more = tuple(i for i in known.identifiers if i.partition("/")[0] not in schemes)
    if more:
        changes["identifiers"] = (*citation.identifiers, *more)
    return msgspec.structs.replace(citation, **changes) if changes else citation
