"""Crossref's XML: deposits, unified XML of answers, short query results (Crossref XML).

Schemas: deposit 4.3 to 5.3, unixref 1.0 and 1.1, query result 2.0 and 3.0. What belongs to an article and
what to its journal is told apart by the element around it; the reader has put the journal's part in front
of each article.
"""

from __future__ import annotations

from typing import Any

from indexer.formats import xml_tree
from indexer.formats.draft import Draft, full_name
from indexer.formats.xml_tree import attribute, flat, value, values
from indexer.problem import Problem
from indexer.records import identifier
from indexer.records.record import Identifier, Record
from indexer.records.resource_type import Evidence

_TYPES = {
    "journal_article": "article", "conference_paper": "conference-paper", "content_item": "book",
    "book_metadata": "book",
    "book_series_metadata": "book", "book_set_metadata": "book", "journal_metadata": "journal",
    "journal_issue": "journal",
    "proceedings_metadata": "book", "proceedings_series_metadata": "book", "event_metadata": "book",
    "dissertation": "thesis",
    "report-paper": "book", "standard": "book", "posted_content": "article", "peer_review": "article",
    "dataset": "web-resource",
    "database_metadata": "web-resource", "sa_component": "image", "pending_publication": "article",
}  # fmt: skip
_QUERY_TYPES = {
    "journal_article": "article", "journal_title": "journal", "journal_issue": "journal",
    "journal_volume": "journal",
    "conference_paper": "conference-paper", "conference_title": "book", "conference_series": "book",
    "book_title": "book",
    "book_series": "book", "book_content": "book", "dissertation": "thesis", "report-paper_title": "book",
    "standard_title": "book",
    "posted_content": "article", "peer_review": "article", "dataset": "web-resource", "component": "image",
}  # fmt: skip
_METADATA = ("journal_article", "conference_paper", "content_item", "dataset")
_WHOLES = (
    "dissertation",
    "report-paper",
    "standard",
    "posted_content",
    "peer_review",
    "sa_component",
    "pending_publication",
)


def adapt(draft: Draft) -> tuple[Record | None, list[Problem]]:
    """The Record of one item of Crossref XML."""
    root, problems = xml_tree.parse(draft.raw)
    if root is None:
        return None, problems
    around = xml_tree.envelope(root)
    draft.id, draft.modified, draft.deleted = around.id, around.datestamp, around.deleted
    content = around.content
    if draft.deleted or content is None:
        return draft.finish()
    query = content if content.tag == "query" else next(content.iter("query"), None)
    whole = next((e for e in content.iter(*_WHOLES)), None)
    item = next((e for e in content.iter(*_METADATA)), None)
    if item is not None:
        _item(draft, item, item.getparent() if item.getparent() is not None else content)
    elif whole is not None:
        _item(draft, whole, whole)
    elif query is not None and query.find("doi_record") is None and query.find("doi") is not None:
        _query(draft, query)
    else:
        _container(draft, content)
    return draft.finish()


def _item(draft: Draft, item: Any, host: Any) -> None:
    draft.says(Evidence(_TYPES.get(item.tag, "book"), "coded", f"Crossref {item.tag}"))
    meta = item
    if item.tag == "report-paper":
        meta = next((e for e in item.iter("report-paper_metadata", "report-paper_series_metadata")), item)
    elif item.tag == "standard":
        meta = next(item.iter("standard_metadata"), item)
    _titles(draft, meta)
    if not draft.titles and item.tag == "content_item":
        draft.title(" ".join(values(item, "component_number")) or value(item, ".//title"))
    _people(draft, meta)
    _date(draft, meta)
    _doi(draft, item if item.tag not in ("report-paper", "standard") else meta)
    draft.abstract = value(meta, "abstract")
    draft.language(meta.get("language") or host.get("language"))
    first, last = value(item, "pages/first_page"), value(item, "pages/last_page")
    pages = (f"{first}-{last}" if last and last != first else first) or value(
        item, "publisher_item/item_number"
    )
    if item.tag == "journal_article":
        issue = host.find("journal_issue")
        if not draft.date:
            _date(draft, issue)
        journal = host.find("journal_metadata")
        if journal is not None and not draft.languages:
            draft.language(journal.get("language"))
        draft.relate(
            "in",
            value(journal, "full_title") or value(journal, "abbrev_title"),
            _numbers(journal, "issn"),
            volume=value(issue, "journal_volume/volume"),
            issue=value(issue, "issue"),
            pages=pages,
            date=draft.year_text(),
        )
    elif item.tag == "conference_paper":
        event = host.find("event_metadata")
        book = next((e for e in host.iter("proceedings_metadata", "proceedings_series_metadata")), None)
        if not draft.date:
            _date(draft, book)
        name = value(event, "conference_name")
        if name:
            draft.person(name, "", "meeting")
            draft.more("conference", name)
            draft.more("conference_place", value(event, "conference_location"))
        _publisher(draft, book)
        title = value(book, "proceedings_title") or value(book, ".//titles/title") or name
        draft.relate(
            "in",
            title,
            _numbers(book, "isbn", "issn"),
            pages=pages,
            date=draft.year_text(),
            volume=value(book, ".//volume"),
        )
    elif item.tag == "content_item":
        book = next(
            (e for e in host.iter("book_metadata", "book_series_metadata", "book_set_metadata")), None
        )
        if not draft.date:
            _date(draft, book)
        _publisher(draft, book)
        kind = attribute(item, "component_type")
        draft.more("part", f"{kind} {value(item, 'component_number')}".strip() if kind else "")
        draft.relate(
            "in", value(book, "titles/title"), _numbers(book, "isbn"), pages=pages, date=draft.year_text()
        )
        draft.language(book.get("language") if book is not None else "")
    elif item.tag == "dissertation":
        school = value(item, "institution/institution_name")
        draft.publisher, draft.place = school, value(item, "institution/institution_place")
        draft.more("school", school)
        draft.more("department", value(item, "institution/institution_department"))
        draft.more("degree", value(item, "degree"))
        for isbn in values(item, "isbn"):
            draft.identify("isbn", isbn)
    else:
        _publisher(draft, meta)
        draft.publisher = (
            draft.publisher or value(meta, "institution/institution_name") or value(item, "group_title")
        )
        for name in ("isbn", "issn"):
            for number in values(meta, f".//{name}"):
                draft.identify(name, number)


def _container(draft: Draft, content: Any) -> None:
    """A book, journal or proceedings without any part of it."""
    meta = next((e for e in content.iter() if e.tag in _TYPES), None)
    if meta is not None and meta.tag == "event_metadata":
        meta = next((e for e in content.iter("proceedings_metadata", "proceedings_series_metadata")), meta)
    if meta is None:
        draft.problem(
            "crossref-no-item", f"nothing that is registered was found in <{content.tag}>", severity="error"
        )
        return
    draft.says(Evidence(_TYPES[meta.tag], "coded", f"Crossref {meta.tag}"))
    titles = (
        "full_title",
        "proceedings_title",
        "titles/title",
        "series_metadata/titles/title",
        "set_metadata/titles/title",
        "proceedings_series_metadata//title",
    )
    for path in titles:
        draft.title(value(meta, path))
    draft.title(value(meta, "abbrev_title"), "abbreviated")
    draft.title_remainder = value(meta, "titles/subtitle")
    _people(draft, meta)
    _date(draft, meta)
    _publisher(draft, meta)
    _doi(draft, meta)
    draft.language(meta.get("language"))
    draft.edition = value(meta, "edition_number")
    draft.volume = value(meta, "volume")
    draft.abstract = value(meta, "abstract")
    for name in ("isbn", "issn"):
        for number in meta.iterfind(name):
            draft.identify(name, flat(number))
    series = value(meta, "series_metadata/titles/title")
    if series and draft.titles and draft.titles[0].value != series:
        draft.series.append(series)


def _titles(draft: Draft, meta: Any) -> None:
    groups = list(meta.iterfind("titles"))
    for group in groups:
        draft.title(value(group, "title"))
        draft.title(value(group, "original_language_title"), "parallel")
        draft.title_remainder = draft.title_remainder or value(group, "subtitle")


def _people(draft: Draft, meta: Any) -> None:
    for group in meta.iterfind("contributors"):
        for person in group:
            role = attribute(person, "contributor_role") or "author"
            role = {"chair": "editor", "reader": "contributor", "reviewer-external": "reviewer"}.get(
                role, role
            )
            if person.tag == "person_name":
                name = full_name(
                    value(person, "surname"), value(person, "given_name"), value(person, "suffix")
                )
                place = value(person, "affiliation") or value(
                    person, "affiliations/institution/institution_name"
                )
                alternative = person.find("alt-name/name")
                draft.person(name, role, affiliation=place, romanised=flat(alternative))
            elif person.tag == "organization":
                draft.person(flat(person), role, "corporate")
    for person in meta.iterfind("person_name"):
        draft.person(full_name(value(person, "surname"), value(person, "given_name")), "author")


def _date(draft: Draft, meta: Any) -> None:
    if meta is None:
        return
    found = list(meta.iterfind("publication_date")) + [
        e
        for n in ("posted_date", "approval_date", "review_date", "database_date/publication_date")
        for e in meta.iterfind(n)
    ]
    found.sort(key=lambda element: element.get("media_type") == "online")
    for element in found:
        parts = [value(element, name) for name in ("year", "month", "day")]
        if parts[0]:
            month = parts[1].zfill(2) if parts[1].isdecimal() and int(parts[1]) <= 12 else ""
            day = parts[2].zfill(2) if month and parts[2].isdecimal() else ""
            draft.date = draft.date or "-".join(part for part in (parts[0], month, day) if part)


def _doi(draft: Draft, meta: Any) -> None:
    data = meta.find("doi_data")
    found = draft.identify("doi", value(data, "doi"))
    if found is not None:
        draft.id = draft.id or found.value
    draft.link(value(data, "resource"))
    for number in meta.iterfind("publisher_item/identifier"):
        if number.get("id_type") in ("pmid", "arxiv"):
            draft.identify(number.get("id_type"), flat(number))


def _publisher(draft: Draft, meta: Any) -> None:
    draft.publisher = draft.publisher or value(meta, "publisher/publisher_name")
    draft.place = draft.place or value(meta, "publisher/publisher_place")


def _numbers(meta: Any, *names: str) -> list[Identifier]:
    return [identifier.parse(name, text) for name in names for text in values(meta, f".//{name}")]


def _query(draft: Draft, query: Any) -> None:
    """A short query result: one line of facts about a DOI."""
    doi = query.find("doi")
    kind = attribute(doi, "type")
    if query.get("status") == "unresolved":
        draft.problem("crossref-unresolved", f"Crossref does not know {flat(doi)}", severity="error")
        return
    draft.says(
        Evidence(
            _QUERY_TYPES.get(kind, "article" if query.find("journal_title") is not None else "book"),
            "coded",
            f"Crossref {kind or 'query result'}",
        )
    )
    found = draft.identify("doi", flat(doi))
    draft.id = found.value if found else ""
    host = value(query, "journal_title") or value(query, "volume_title") or value(query, "series_title")
    draft.title(value(query, "article_title") or value(query, "chapter_title") or host)
    for person in query.iterfind("contributors/contributor"):
        draft.person(
            full_name(value(person, "surname"), value(person, "given_name")),
            attribute(person, "contributor_role") or "author",
        )
    if query.find("contributors") is None:
        draft.person(value(query, "author"))
    years = sorted(query.iterfind("year"), key=lambda element: element.get("media_type") == "online")
    draft.date = next((flat(year) for year in years if flat(year)), "")
    isbns, issns = _numbers(query, "isbn"), _numbers(query, "issn")
    if draft.titles and draft.titles[0].value != host:
        first, last = value(query, "first_page"), value(query, "last_page")
        pages = f"{first}-{last}" if last and last != first else first
        draft.relate(
            "in",
            host,
            [*issns, *isbns],
            volume=value(query, "volume"),
            issue=value(query, "issue"),
            pages=pages,
            date=draft.date,
        )
    else:
        for number in (*isbns, *issns):
            draft.identifiers.setdefault((number.scheme, number.value), number)
