"""EndNote's XML export → Record (EndNote XML 适配器): the elements are those of Refer under long names.

EndNote's document type RSXML: ``xml/records/record``, text inside of ``style`` elements that say its face.
"""

from __future__ import annotations

from indexer.adapters import reference
from indexer.formats import xml_tree
from indexer.formats.tagged import guess, local_id
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import resource_type
from indexer.records.record import Record

_MEMBERS = {
    "titles/title": "title",
    "titles/secondary-title": "secondary_title",
    "titles/tertiary-title": "tertiary_title",
    "titles/short-title": "short_title",
    "titles/translated-title": "translated_title",
    "titles/alt-title": "journal_abbreviated",
    "periodical/full-title": "journal",
    "periodical/abbr-1": "journal_abbreviated",
    "periodical/abbr-2": "journal_abbreviated",
    "alt-periodical/full-title": "journal_abbreviated",
    "contributors/authors/author": "author",
    "contributors/secondary-authors/author": "secondary_author",
    "contributors/tertiary-authors/author": "tertiary_author",
    "contributors/subsidiary-authors/author": "other_author",
    "contributors/translated-authors/author": "translator",
    "auth-address": "address",
    "pages": "pages",
    "volume": "volume",
    "number": "issue",
    "num-vols": "volumes",
    "edition": "edition",
    "dates/year": "year",
    "dates/pub-dates/date": "date",
    "pub-location": "place",
    "publisher": "publisher",
    "isbn": "number",
    "electronic-resource-num": "doi",
    "urls/web-urls/url": "url",
    "urls/related-urls/url": "url",
    "urls/text-urls/url": "url",
    "urls/pdf-urls/url": "pdf",
    "keywords/keyword": "keyword",
    "abstract": "abstract",
    "notes": "note",
    "language": "language",
    "call-num": "call_number",
    "accession-num": "accession",
    "remote-database-name": "database",
    "remote-database-provider": "provider",
    "work-type": "type_of_work",
    "orig-pub": "original",
}
# Numbers of EndNote's reference types, for exports that leave out their names.
_TYPES = {
    "5": "Book Section", "6": "Book", "10": "Conference Proceedings", "12": "Web Page",
    "17": "Journal Article",
    "19": "Magazine Article", "20": "Map", "23": "Newspaper Article", "25": "Patent", "27": "Report",
    "28": "Edited Book", "32": "Thesis", "36": "Manuscript", "43": "Electronic Article",
    "44": "Electronic Book", "47": "Conference Paper", "58": "Standard", "59": "Dataset",
}  # fmt: skip


class EndnoteAdapter:
    """References in EndNote's XML (EndNote XML 题录)."""

    formats = ("endnote-xml",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        root, problems = xml_tree.parse(raw)
        if root is None:
            return None, problems
        found: dict[str, list[str]] = {}
        for path, member in _MEMBERS.items():
            texts = [text for text in xml_tree.values(root, path) if text]
            if texts:
                found.setdefault(member, []).extend(texts)
        name = xml_tree.attribute(root.find("ref-type"), "name").strip()
        name = name or _TYPES.get(xml_tree.value(root, "ref-type"), "")
        evidence = resource_type.from_refer(name) if name else None
        if name and evidence is None:
            message = (
                f"the reference type {name[:60]!r} is not known; the type is decided by what the record says"
            )
            problems.append(
                Problem("type-unknown", "info", message, "ref-type", raw.position, value=name[:200])
            )
        coded = [evidence] if evidence else guess(found)
        kind = reference.kind_of(next(iter(coded), None), name)
        record = reference.record_of(found, raw, profile, coded, kind, local_id=_id(root, found))
        if record is None:
            message = "the reference has no title, so it cannot be shown; add one (titles/title)"
            problems.append(Problem("title-missing", "error", message, "titles/title", raw.position))
        return record, problems


def _id(root: xml_tree.Element, found: dict[str, list[str]]) -> str:
    """The accession number, or the record's number with that of the EndNote library it is from."""
    number = xml_tree.value(root, "rec-number")[:100]
    library = xml_tree.attribute(root.find("foreign-keys/key"), "db-id").strip()[:90]
    return local_id(found) or (f"{library}-{number}" if library and number else number)


ADAPTER = EndnoteAdapter()
