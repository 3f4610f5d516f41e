"""JATS and BITS (JATS 适配器): ANSI/NISO Z39.96 journal articles, and books in its book form; older NLM DTDs
too."""

from __future__ import annotations

from typing import Any

from indexer.formats import xml_tree
from indexer.formats.draft import Draft, full_name
from indexer.formats.markup import plain
from indexer.formats.xml_tree import attribute, flat, value, values
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import identifier, resource_type
from indexer.records.record import Record
from indexer.records.resource_type import Evidence

_ROLES = {
    "author": "author", "editor": "editor", "guest-editor": "editor", "translator": "translator",
    "compiler": "compiler",
    "reviewer": "reviewer", "illustrator": "illustrator",
}  # fmt: skip
_DATE_ORDER = ("epub-ppub", "ppub", "pub", "collection", "epub", "")
_IDS = {"doi": "doi", "pmid": "pmid", "pmc": "pmc", "pmcid": "pmc", "arxiv": "arxiv"}
# Article types of publishers that are no articles in their own right still belong to a journal.
_CONFERENCE_TYPES = frozenset({"proceedings-paper", "conference-paper", "conference"})


class JatsAdapter:
    """Adapts JATS articles and BITS books (JATS 适配器)."""

    formats = ("jats",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        root, problems = xml_tree.parse(raw)
        if root is None:
            return None, problems
        around = xml_tree.envelope(root)
        draft = Draft(raw, profile)
        draft.id, draft.modified, draft.deleted = around.id, around.datestamp, around.deleted
        article = around.content
        if article is not None and article.tag not in ("article", "book", "book-part-wrapper"):
            article = next(article.iter("article"), article)
        if draft.deleted or article is None:
            return draft.finish()
        if article.tag != "article":
            _book(draft, article)
            return draft.finish()
        journal = article.find("front/journal-meta")
        meta = article.find("front/article-meta")
        if meta is None:
            meta = article.find("front-stub")
        if meta is None:
            draft.problem("jats-no-front", "an article without front matter (article-meta)", severity="error")
            return None, draft.problems
        kind = attribute(article, "article-type")
        _type(draft, kind, meta)
        _titles(draft, meta)
        _people(draft, meta)
        _numbers(draft, meta, "article-id")
        _date(draft, meta)
        _host(draft, journal, meta)
        _about(draft, article, meta)
        return draft.finish()


def _type(draft: Draft, kind: str, meta: Any) -> None:
    found = resource_type.from_code("jats", kind) if kind else None
    if meta.find("conference") is not None or kind in _CONFERENCE_TYPES:
        draft.says(
            Evidence(
                "conference-paper",
                "coded",
                f"JATS article with a conference{f', article-type {kind}' if kind else ''}",
            )
        )
    elif found is not None:
        draft.says(found)
    else:
        draft.says(Evidence("article", "coded", f"JATS article{f' of the type {kind}' if kind else ''}"))


def _titles(draft: Draft, meta: Any) -> None:
    group = meta.find("title-group")
    if group is None:
        group = meta
    for note in group.iter("fn", "xref"):
        note.clear(keep_tail=True)
    draft.title(value(group, "article-title"))
    draft.title_remainder = value(group, "subtitle")
    for other in group.iterfind("trans-title-group/trans-title"):
        draft.title(flat(other), "parallel")
    for other in group.iterfind("trans-title"):
        draft.title(flat(other), "parallel")
    for other in group.iterfind("alt-title"):
        if other.get("alt-title-type") not in (
            "running-head",
            "left-running-head",
            "right-running-head",
            "running",
            "short",
        ):
            draft.title(flat(other), "variant")
    if not draft.titles:
        draft.title(value(meta, "product/source") or value(meta, "article-categories//subject"))


def _people(draft: Draft, meta: Any) -> None:
    places = {a.get("id"): _affiliation(a) for a in meta.iter("aff") if a.get("id")}
    for group in meta.iterfind("contrib-group"):
        for person in group.iterfind("contrib"):
            role = _ROLES.get(
                attribute(person, "contrib-type") or attribute(group, "content-type").rstrip("s"), "author"
            )
            affiliations = [
                places.get(x.get("rid", ""), "") for x in person.iterfind("xref[@ref-type='aff']")
            ]
            affiliations += [_affiliation(a) for a in person.iterfind("aff")]
            affiliation = "; ".join(dict.fromkeys(a for a in affiliations if a))
            names = list(person.iterfind("name-alternatives/name")) or list(person.iterfind("name"))
            strings = list(person.iterfind("name-alternatives/string-name")) + list(
                person.iterfind("string-name")
            )
            spelled = [_name(n) for n in names + strings]
            spelled = [s for s in spelled if s]
            if spelled:
                original = next((s for s in spelled if not s.isascii() and not _latin(s)), spelled[0])
                romanised = next((s for s in spelled if s != original and _latin(s)), "")
                draft.person(original, role, romanised=romanised, affiliation=affiliation)
            for body in [*person.iterfind("collab"), *person.iterfind("collab-alternatives/collab")]:
                for inner in list(body.iter("contrib-group")):
                    inner.clear(keep_tail=True)
                draft.person(flat(body), role, "corporate")


def _latin(text: str) -> bool:
    return all(ord(character) < 0x250 or not character.isalpha() for character in text)


def _name(element: Any) -> str:
    family, given = value(element, "surname"), value(element, "given-names")
    prefix = value(element, "prefix")
    if family or given:
        del prefix  # titles of address are no part of a name's heading
        return full_name(family, given, value(element, "suffix"))
    return flat(element)


def _affiliation(element: Any) -> str:
    for label in element.iterfind("label"):
        label.clear(keep_tail=True)
    return flat(element)


def _numbers(draft: Draft, meta: Any, name: str) -> None:
    for number in meta.iterfind(name):
        kind = attribute(number, "pub-id-type") or attribute(number, "book-id-type")
        if kind in _IDS:
            draft.identify(_IDS[kind], flat(number))
        elif kind in ("publisher-id", "manuscript", "other", "publisher-manuscript", "art-access-id"):
            draft.identify("local", flat(number))
    by_scheme = {found.scheme: found.value for found in reversed(draft.identifiers.values())}
    draft.id = (
        draft.id
        or by_scheme.get("doi")
        or by_scheme.get("pmc")
        or by_scheme.get("pmid")
        or by_scheme.get("local", "")
    )


def _date(draft: Draft, meta: Any) -> None:
    dates: dict[str, str] = {}
    for element in meta.iterfind("pub-date"):
        kind = attribute(element, "pub-type") or attribute(element, "date-type")
        year = value(element, "year")
        if year:
            parts = [year]
            for name in ("month", "day"):
                part = value(element, name)
                if not part.isdecimal():
                    break
                parts.append(part.zfill(2))
            dates.setdefault(kind, "-".join(parts))
        elif flat(element):
            dates.setdefault(kind, flat(element))
    chosen = next((dates[name] for name in _DATE_ORDER if name in dates), "")
    draft.date = chosen or next(iter(dates.values()), "")
    if not draft.date:
        draft.date = value(meta, "history/date[@date-type='accepted']/year")


def _host(draft: Draft, journal: Any, meta: Any) -> None:
    title = value(journal, "journal-title-group/journal-title") or value(journal, "journal-title")
    title = title or value(journal, "journal-id[@journal-id-type='nlm-ta']") or value(journal, "journal-id")
    issns = [identifier.parse("issn", text) for text in values(journal, "issn")]
    first, last = value(meta, "fpage"), value(meta, "lpage")
    pages = (
        value(meta, "page-range")
        or (f"{first}-{last}" if last and last != first else first)
        or value(meta, "elocation-id")
    )
    conference = meta.find("conference")
    draft.relate(
        "in",
        title or value(conference, "conf-name"),
        issns,
        volume=value(meta, "volume"),
        issue=value(meta, "issue"),
        pages=pages,
        date=draft.year_text(),
    )
    draft.publisher = value(journal, "publisher/publisher-name")
    draft.place = value(journal, "publisher/publisher-loc")
    if conference is not None:
        name = value(conference, "conf-name")
        if name:
            draft.person(name, "", "meeting")
            draft.more("conference", name)


def _about(draft: Draft, article: Any, meta: Any) -> None:
    for abstract in meta.iterfind("abstract"):
        if abstract.get("abstract-type") in ("graphical", "teaser", "toc", "key-points", "web-summary"):
            continue
        for title in abstract.iterfind("title"):
            title.clear(keep_tail=True)
        text = flat(abstract)
        if not draft.abstract:
            draft.abstract = text
    for other in meta.iterfind("trans-abstract"):
        if not draft.abstract:
            draft.abstract = flat(other)
        else:
            draft.note(flat(other))
    for group in meta.iterfind("kwd-group"):
        if group.get("kwd-group-type") in ("abbreviations",):
            continue
        scheme = attribute(group, "kwd-group-type").casefold()
        for word in group.iter("kwd"):
            draft.subject(flat(word), scheme if scheme in ("mesh", "lcsh", "jel", "pacs") else "")
    for subject in meta.iterfind("article-categories/subj-group[@subj-group-type='discipline']/subject"):
        draft.subject(flat(subject))
    heading = value(meta, "article-categories/subj-group/subject")
    draft.more("section", heading)
    language = article.get("lang", "")
    draft.language(language)
    permissions = meta.find("permissions")
    if permissions is not None:
        licence = permissions.find("license")
        draft.rights = (
            attribute(licence, "href") or flat(licence) or value(permissions, "copyright-statement")
        )
    for link in meta.iterfind("self-uri"):
        draft.link(link.get("href") or flat(link))
    for related in meta.iterfind("related-article"):
        found = identifier.guess(attribute(related, "href")) if attribute(related, "href") else None
        draft.relate("related", "", [found], note=attribute(related, "related-article-type"))
    for fund in meta.iterfind(".//funding-source"):
        draft.more("funding", flat(fund))
    count = meta.find("counts/page-count")
    draft.extent = f"{attribute(count, 'count')} p." if attribute(count, "count").isdecimal() else ""


def _book(draft: Draft, book: Any) -> None:
    """BITS: a book, or a chapter with its book around it."""
    meta = book.find("book-meta")
    part = book.find("book-part/book-part-meta")
    if meta is None and part is None:
        draft.problem("jats-no-front", "a book without book-meta", severity="error")
        return
    chapter = book.tag == "book-part-wrapper" and part is not None
    draft.says(Evidence("book", "coded", "BITS chapter" if chapter else "BITS book"))
    source = part if chapter or meta is None else meta
    draft.title(value(source, "title-group/title") or value(source, "book-title-group/book-title"))
    draft.title_remainder = value(source, "title-group/subtitle") or value(
        source, "book-title-group/subtitle"
    )
    _people(draft, source)
    for isbn in values(meta, "isbn"):
        draft.identify("isbn", isbn)
    _numbers(draft, source, "book-part-id" if source is part else "book-id")
    _date(draft, meta if meta is not None else source)
    draft.publisher = value(meta, "publisher/publisher-name")
    draft.place = value(meta, "publisher/publisher-loc")
    draft.edition = value(meta, "edition")
    draft.abstract = value(source, "abstract")
    draft.language(book.get("lang", ""))
    if chapter:
        isbns = [identifier.parse("isbn", text) for text in values(meta, "isbn")]
        first, last = value(part, "fpage"), value(part, "lpage")
        draft.identifiers = {key: found for key, found in draft.identifiers.items() if key[0] != "isbn"}
        draft.relate(
            "in",
            value(meta, "book-title-group/book-title"),
            isbns,
            pages=plain(f"{first}-{last}" if last else first),
        )


ADAPTER = JatsAdapter()
