"""Works of Crossref's REST interface in JSON; deposits and query results in XML (Crossref 适配器).

JSON: the work format of api.crossref.org, also as content negotiation gives it (one title as text). The
XML is read in ``indexer/crossref_xml.py``.
"""

from __future__ import annotations

import re
from typing import Any

from indexer.formats import crossref_xml
from indexer.formats.draft import Draft, full_name
from indexer.formats.markup import plain, text, texts
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import identifier, resource_type
from indexer.records.record import Identifier, Record
from indexer.records.resource_type import Evidence

_PEOPLE = (("author", "author"), ("editor", "editor"), ("translator", "translator"), ("chair", "editor"))
_IN_JOURNAL = frozenset({"journal-article", "article-journal", "peer-review"})
_CHAPTERS = frozenset(
    {
        "book-chapter",
        "book-section",
        "book-part",
        "reference-entry",
        "proceedings-article",
        "chapter",
        "paper-conference",
        "book-track",
    }
)
_RELATIONS = {
    "is-version-of": "edition_of", "has-version": "edition_of", "is-translation-of": "translation_of",
    "is-part-of": "part_of",
    "has-part": "has_part", "is-supplement-to": "supplement", "is-preprint-of": "edition_of",
    "has-preprint": "edition_of",
    "continues": "continues", "is-continued-by": "continued_by",
}  # fmt: skip


_ABSTRACT_HEAD = re.compile(
    r"<(?:jats:)?title>\s*(?:abstract|summary|résumé|resumen|摘\s*要)\s*</(?:jats:)?title>", re.I
)


class CrossrefAdapter:
    """Adapts Crossref works (Crossref 适配器)."""

    formats = ("crossref", "crossref-xml")

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        draft = Draft(raw, profile)
        if raw.data.lstrip()[:1] == b"<":
            return crossref_xml.adapt(draft)
        work = draft.decode()
        if work is None:
            return None, draft.problems
        _work(draft, work)
        return draft.finish()


def _work(draft: Draft, work: dict[str, Any]) -> None:
    kind = plain(work.get("type") or work.get("subtype"))
    evidence = resource_type.from_crossref(kind) or resource_type.from_csl(kind)
    if plain(work.get("subtype")) == "preprint":
        evidence = Evidence("article", "coded", "Crossref posted content, preprint")
    draft.says(evidence)
    doi = draft.identify("doi", work.get("DOI"))
    draft.id = doi.value if doi else plain(work.get("id") or work.get("_key"))
    for title in texts(work.get("title")):
        draft.title(title)
    draft.title_remainder = text(work.get("subtitle"))
    for title in texts(work.get("original-title")) + texts(work.get("short-title")):
        draft.title(title, "variant")
    hosts = texts(work.get("container-title"))
    if not draft.titles and kind in (
        "journal",
        "journal-issue",
        "journal-volume",
        "book",
        "proceedings",
        "report-series",
    ):
        draft.title(hosts[0] if hosts else "")
    for member, role in _PEOPLE:
        for person in _objects(work.get(member)):
            where = "; ".join(texts([place.get("name") for place in _objects(person.get("affiliation"))]))
            if plain(person.get("family")) or plain(person.get("given")):
                name = full_name(person.get("family"), person.get("given"), person.get("suffix"))
                draft.person(name, role, affiliation=where)
            else:
                draft.person(
                    person.get("name") or person.get("literal"), role, "corporate", affiliation=where
                )
    draft.publisher = plain(work.get("publisher"))
    draft.place = plain(work.get("publisher-location") or work.get("publisher-place"))
    for name in ("published-print", "issued", "published", "published-online", "created"):
        draft.date = draft.date or _date(work.get(name))
    if kind in ("dissertation", "thesis"):
        school = _objects(work.get("institution"))
        draft.publisher = draft.publisher or (plain(school[0].get("name")) if school else "")
        draft.more("school", draft.publisher)
        draft.more("degree", "; ".join(texts(work.get("degree"))))
    for institution in _objects(work.get("institution")):
        draft.publisher = draft.publisher or plain(institution.get("name"))
    issns = _typed(work.get("issn-type"), "issn") or texts(work.get("ISSN"))
    isbns = [
        value.rpartition("/")[2] for value in _typed(work.get("isbn-type"), "isbn") or texts(work.get("ISBN"))
    ]
    _host(draft, work, kind, hosts, issns, isbns)
    draft.language(work.get("language"))
    draft.abstract = plain(_ABSTRACT_HEAD.sub("", str(work.get("abstract") or "")[:200_000]))
    for word in texts(work.get("subject")):
        draft.subject(word)
    draft.edition = plain(work.get("edition-number"))
    for link in _objects(work.get("link")):
        if link.get("intended-application") != "similarity-checking":
            draft.link(
                link.get("URL"),
                "fulltext",
                plain(link.get("content-type")) if link.get("content-type") != "unspecified" else "",
            )
    resource = work.get("resource")
    if isinstance(resource, dict) and isinstance(resource.get("primary"), dict):
        draft.link(resource["primary"].get("URL"), "fulltext")
    draft.link(work.get("URL"), "related")
    licences = [plain(licence.get("URL")) for licence in _objects(work.get("license"))]
    draft.rights = next((licence for licence in licences if licence), "")
    event = work.get("event")
    name = plain(event.get("name")) if isinstance(event, dict) else plain(event)
    if name:
        draft.person(name, "", "meeting")
        draft.more("conference", name)
    for funder in _objects(work.get("funder")):
        draft.more("funding", funder.get("name"))
    relations = work.get("relation")
    for relation, targets in relations.items() if isinstance(relations, dict) else ():
        for target in _objects(targets):
            if target.get("id-type") in ("doi", "issn", "isbn", "uri"):
                draft.relate(
                    _RELATIONS.get(str(relation), "related"),
                    "",
                    [identifier.parse(plain(target["id-type"]), plain(target.get("id")))],
                )
    updates = [u for u in _objects(work.get("update-to")) if u.get("type") in ("retraction", "withdrawal")]
    if updates:
        draft.note("Retraction of " + ", ".join(plain(u.get("DOI")) for u in updates))


def _host(
    draft: Draft, work: dict[str, Any], kind: str, hosts: list[str], issns: list[str], isbns: list[str]
) -> None:
    numbers = {name: plain(work.get(name)) for name in ("volume", "issue")}
    pages = plain(work.get("page") or work.get("article-number"))
    if kind in _IN_JOURNAL or (hosts and kind in _CHAPTERS):
        ids: list[Identifier] = [identifier.parse("issn", issn) for issn in issns]
        ids += [identifier.parse("isbn", isbn) for isbn in isbns]
        host = hosts[0] if hosts else ""
        if kind in _CHAPTERS and len(hosts) > 1:
            # Crossref names the series first and the volume last, where a book is deposited in a series.
            host = hosts[-1]
            draft.series.extend(hosts[:-1])
        draft.relate("in", host, ids, pages=pages, date=draft.year_text(), **numbers)
        return
    for issn in issns:
        if kind in (
            "journal",
            "journal-issue",
            "journal-volume",
            "proceedings-series",
            "report-series",
            "book-series",
        ):
            draft.identify("issn", issn)
        elif hosts:
            draft.relate("series", hosts[0], [identifier.parse("issn", issn)], volume=numbers["volume"])
    for isbn in isbns:
        draft.identify("isbn", isbn)
    if kind not in ("journal", "journal-issue", "journal-volume"):
        draft.series.extend(host for host in hosts if all(host != title.value for title in draft.titles))
        if kind == "posted-content":
            draft.series = []
            draft.publisher = draft.publisher or (hosts[0] if hosts else "")
    draft.volume = numbers["volume"]


def _date(value: Any) -> str:
    """A date of Crossref or CSL: ``{"date-parts": [[2020, 3, 1]]}``, ``{"raw": …}``, or text."""
    if isinstance(value, dict):
        parts = value.get("date-parts")
        first = parts[0] if isinstance(parts, list) and parts else None
        numbers = [plain(part) for part in first] if isinstance(first, list) else []
        numbers = [part.zfill(2) if index else part for index, part in enumerate(numbers) if part]
        return (
            "-".join(numbers[:3])
            if numbers and numbers[0] not in ("", "0")
            else plain(value.get("raw") or value.get("literal"))
        )
    return plain(value)


def _typed(values: Any, name: str) -> list[str]:
    """Numbers of a list like ``issn-type``: those of print first, so that they lead."""
    entries = sorted(_objects(values), key=lambda entry: entry.get("type") != "print")
    return texts([entry.get("value") for entry in entries]) if name else []


def _objects(value: Any) -> list[dict[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [entry for entry in values if isinstance(entry, dict)]


ADAPTER = CrossrefAdapter()
