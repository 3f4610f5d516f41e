"""Zotero items in JSON (Zotero 适配器): translators' results, exports and the web API, with the fields that
sites put into Extra."""

from __future__ import annotations

import re
from typing import Any

from indexer.formats import zotero_extra
from indexer.formats.draft import Draft, full_name, has_han
from indexer.formats.markup import plain, text, web_address
from indexer.formats.qualified_dc import looks_corporate
from indexer.formats.zotero_extra import Extra
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import identifier, resource_type
from indexer.records.record import ContributorKind, Holding, Identifier, Record
from indexer.records.resource_type import Evidence

_ROLES = {
    "bookAuthor": "", "reviewedAuthor": "", "seriesEditor": "", "castMember": "performer",
    "attorneyAgent": "", "wordsBy": "lyricist",
    "contributor": "contributor", "inventor": "inventor", "podcaster": "host", "presenter": "author",
    "commenter": "commentator",
    "programmer": "author", "artist": "artist", "sponsor": "sponsor", "cosponsor": "sponsor",
    "counsel": "", "recipient": "addressee",
}  # fmt: skip
# Where an item says in which journal, book, site or programme it is.
_HOSTS = (
    "publicationTitle", "proceedingsTitle", "bookTitle", "encyclopediaTitle", "dictionaryTitle",
    "blogTitle", "forumTitle", "programTitle",
    "websiteTitle", "reporter", "code",
)  # fmt: skip
_DATES = ("date", "dateEnacted", "dateDecided", "issueDate", "filingDate", "dateAired")
_PUBLISHERS = (
    "publisher", "university", "institution", "studio", "label", "network", "distributor", "company",
    "organization", "repository",
)  # fmt: skip
_NUMBERS = (
    "number",
    "patentNumber",
    "publicLawNumber",
    "reportNumber",
    "docketNumber",
    "codeNumber",
    "billNumber",
    "identifier",
)
_EBOOK = re.compile(r"e-?books?\b|电子书|電子書|epub|kindle", re.I)


class ZoteroAdapter:
    """Adapts Zotero items (Zotero 适配器)."""

    formats = ("zotero",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        draft = Draft(raw, profile)
        item = draft.decode()
        if item is None:
            return None, draft.problems
        if isinstance(item.get("data"), dict) and "itemType" in item["data"]:
            item = {"key": item.get("key"), **item["data"]}
        kind = plain(item.get("itemType"))
        if kind in ("attachment", "note", "annotation"):
            draft.problem("not-a-resource", f"a Zotero {kind} is no resource of its own", "itemType", "error")
            return None, draft.problems
        if item.get("deleted") in (1, True):
            draft.deleted = True
        draft.id = plain(item.get("key") or item.get("itemID") or item.get("_key"))
        extra = zotero_extra.parse(item.get("extra"))
        _titles(draft, item, extra)
        _people(draft, item, kind, extra)
        _publication(draft, item, kind, extra)
        _identifiers(draft, item, kind, extra)
        _host(draft, item, kind, extra)
        _about(draft, item, kind, extra)
        zotero_extra.rest(draft, extra, kind)
        _type(draft, item, kind, extra)
        return draft.finish()


def _titles(draft: Draft, item: dict[str, Any], extra: Extra) -> None:
    for name in ("title", "nameOfAct", "caseName", "subject"):
        if not draft.titles:
            draft.title(item.get(name))
    short = plain(item.get("shortTitle"))
    if short and draft.titles and not draft.titles[0].value.startswith(short):
        draft.title(short, "abbreviated")
    for name in ("original-title", "original title", "titletranslation"):
        for title in extra.pop(name, []):
            draft.title(title, "parallel")
    for titles in extra.pop("alias", []):
        for title in re.split(r"\s+/\s+", titles):
            draft.title(title, "variant")


def _people(draft: Draft, item: dict[str, Any], kind: str, extra: Extra) -> None:
    known = zotero_extra.countries(extra)
    originals = [
        " ".join(zotero_extra.NAME_SEPARATOR.split(name)).strip(" *")
        for name in extra.pop("original-author", [])
    ]
    creators = item.get("creators")
    creators = [c for c in creators if isinstance(c, dict)] if isinstance(creators, list) else []
    matched = len(originals) == len(creators)
    for index, creator in enumerate(creators):
        given = plain(creator.get("creatorType")) or "author"
        role = _ROLES.get(given, given)
        if not role:
            continue
        if kind == "thesis" and role == "contributor":
            role = "advisor"  # Zotero has no creator type for a thesis's supervisor; sites use this one.
        whole = plain(creator.get("name"))
        family, first = plain(creator.get("lastName")), plain(creator.get("firstName"))
        one_field = (
            creator.get("fieldMode") in (1, "1")
            or creator.get("fildMode") in (1, "1")
            or bool(whole)
            or not first
        )
        name = whole or (
            family or first if one_field and not (family and first) else full_name(family, first)
        )
        country, original = known.get(name, ("", ""))
        name, bracket = _bracket(name)
        romanised = original or (originals[index] if matched and index < len(originals) else "")
        corporate = (
            one_field
            and not (family and first)
            and (looks_corporate(name) if has_han(name) else " " in name and _is_body(name))
        )
        contributor: ContributorKind = "corporate" if corporate else "person"
        names = re.split(r"[;；]\s*", name) if one_field and re.search(r"[;；]", name) else [name]
        for single in names:
            draft.person(
                single,
                role,
                contributor,
                romanised=romanised if romanised != single else "",
                note=country or bracket,
            )
    draft.person(zotero_extra.first(extra, "advisor", "导师"), "advisor")
    if kind == "patent":
        draft.person(
            item.get("assignee"),
            "applicant",
            "corporate" if looks_corporate(plain(item.get("assignee"))) else "person",
        )


def _is_body(name: str) -> bool:
    return looks_corporate(name) or "," not in name


def _bracket(name: str) -> tuple[str, str]:
    """A country or dynasty in brackets in front of a name: (美)费曼, [清]曹雪芹."""
    match = re.match(r"^\s*[\[(（〔【]\s*([^\])）〕】]{1,6})\s*[\])）〕】]\s*(\S.*)$", name)
    return (match.group(2), match.group(1)) if match else (name, "")


def _publication(draft: Draft, item: dict[str, Any], kind: str, extra: Extra) -> None:
    names = ("court", "issuingAuthority", *_PUBLISHERS) if kind in ("case", "statute") else _PUBLISHERS
    draft.publisher = next(
        (plain(item.get(n)) for n in names if plain(item.get(n))), ""
    ) or zotero_extra.first(extra, "publisher", "organizer")
    draft.place = plain(item.get("place") or item.get("country")) or zotero_extra.first(extra, "place")
    raw_date = next((plain(item.get(n)) for n in _DATES if plain(item.get(n))), "") or zotero_extra.first(
        extra, "issued", "date", "original-date"
    )
    draft.date = re.sub(r"[T ]\d\d:\d\d(?::\d\d.*)?$", "", raw_date)
    draft.edition = plain(item.get("edition")) or zotero_extra.first(extra, "edition")
    draft.volume = plain(item.get("volume")) if kind in ("book", "film", "audioRecording") else ""
    series = plain(item.get("series") or item.get("seriesTitle"))
    number = plain(item.get("seriesNumber"))
    if series:
        draft.series.append(f"{series}; {number}" if number else series)
    pages = plain(item.get("numPages"))
    draft.extent = (
        f"{pages} p."
        if pages.isdecimal()
        else pages or plain(item.get("runningTime") or item.get("artworkSize"))
    )
    for key in ("publisher", "organizer", "place", "issued", "date", "edition"):
        extra.pop(key, None)


def _identifiers(draft: Draft, item: dict[str, Any], kind: str, extra: Extra) -> None:
    doi = plain(item.get("DOI")) or zotero_extra.first(extra, "doi")
    if doi and "10." in doi:
        draft.identify("doi", doi)
    elif doi:
        draft.identify("local", doi)
    extra.pop("doi", None)
    if kind in (
        "book",
        "map",
        "audioRecording",
        "videoRecording",
        "film",
        "thesis",
        "report",
        "document",
        "computerProgram",
        "manuscript",
    ):
        draft.identify_all("isbn", item.get("ISBN"))
        draft.identify_all("issn", item.get("ISSN"))
    for key in (
        "isbn",
        "isbn-10",
        "eisbn",
        "issn",
        "pmid",
        "oclc",
        "arxiv",
        "lccn",
        "cn",
        "cstr",
        "imdb",
        "csbn",
    ):
        for value in extra.pop(key, []):
            scheme = {"isbn-10": "isbn", "eisbn": "isbn"}.get(key, key)
            draft.identify_all(scheme, re.sub(r"^CSTR:\s*", "", value))
    for value in extra.pop("pmcid", []):
        draft.identify("pmc", value)
    for name in _NUMBERS:
        number = plain(item.get(name))
        if re.search(r"\d", number):
            scheme = {"patentNumber": "patent", "reportNumber": "report"}.get(name, "local")
            if kind == "standard" and name == "number":
                scheme = "standard"
            draft.identify(scheme, number)
    for name in ("archiveID", "applicationNumber"):
        if re.search(r"\d", plain(item.get(name))):
            draft.identify(
                "arxiv" if plain(item.get(name)).lower().startswith("arxiv:") else "local", item.get(name)
            )
    draft.link(
        item.get("url"),
        "fulltext"
        if kind in ("webpage", "blogPost", "forumPost", "videoRecording", "podcast")
        else "related",
    )
    for attachment in item.get("attachments") or () if isinstance(item.get("attachments"), list) else ():
        if isinstance(attachment, dict) and web_address(attachment.get("url")):
            draft.link(attachment.get("url"), "fulltext", plain(attachment.get("title")))


def _host(draft: Draft, item: dict[str, Any], kind: str, extra: Extra) -> None:
    host = next((plain(item.get(n)) for n in _HOSTS if plain(item.get(n))), "") or zotero_extra.first(
        extra, "container-title"
    )
    extra.pop("container-title", None)
    conference = plain(item.get("conferenceName") or item.get("meetingName"))
    if conference:
        draft.person(conference, "", "meeting")
        draft.more("conference", conference)
        draft.more("conference_place", item.get("eventPlace"))
    if kind in ("webpage", "blogPost", "forumPost") and host:
        draft.publisher = draft.publisher or host
    ids: list[Identifier] = []
    if kind in (
        "journalArticle",
        "magazineArticle",
        "newspaperArticle",
        "bookSection",
        "conferencePaper",
        "encyclopediaArticle",
        "dictionaryEntry",
    ):
        for scheme, name in (("issn", "ISSN"), ("isbn", "ISBN")):
            ids += [
                identifier.parse(scheme, part)
                for part in re.split(r"[,;\s]+(?=[\dX(]{4})|[;|]", plain(item.get(name)))
                if part.strip()
            ]
    if kind == "conferencePaper" and not host:
        host = conference
    numbers = {n: plain(item.get(n)) for n in ("volume", "issue", "pages")}
    if (host or ids) and kind not in ("webpage",):
        draft.relate("in", host, ids, date=draft.year_text(), **numbers)
    for title in extra.pop("original-container-title", []):
        draft.more("host_original_title", title)


def _about(draft: Draft, item: dict[str, Any], kind: str, extra: Extra) -> None:
    draft.language(item.get("language"))
    draft.abstract = plain(item.get("abstractNote"))
    tags = item.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        draft.subject(tag.get("tag") if isinstance(tag, dict) else tag)
    for word in extra.pop("subject", []):
        draft.subject(word)
    notes = item.get("notes")
    for note in notes if isinstance(notes, list) else ():
        content = note.get("note") if isinstance(note, dict) else note
        if isinstance(content, str) and re.match(
            r"\s*<h\d>\s*(?:Table of Contents|目录|目錄)", content, re.I
        ):
            lines = [plain(line) for line in re.split(r"<br\s*/?>|</p>|</h\d>|\n", content)]
            draft.contents.extend(line for line in lines[1:500] if line)
        else:
            draft.note(content)
    draft.rights = plain(item.get("rights")) if len(plain(item.get("rights"))) < 500 else ""
    number = plain(item.get("callNumber"))
    library = plain(item.get("archive"))
    if number or library:
        draft.holdings.append(
            Holding(library=library, call_number=number or plain(item.get("archiveLocation")))
        )
    if kind == "thesis":
        draft.more("school", item.get("university"))
        draft.more("degree", item.get("thesisType"))
    for name in (
        "legalStatus",
        "status",
        "country",
        "scale",
        "websiteType",
        "reportType",
        "manuscriptType",
        "artworkMedium",
        "genre",
    ):
        draft.more(name, item.get(name))
    draft.more("database", item.get("libraryCatalog"))


def _type(draft: Draft, item: dict[str, Any], kind: str, extra: Extra) -> None:
    said = zotero_extra.first(extra, "type")
    catalogue = text(item.get("libraryCatalog"))
    if said == "classic":
        draft.says(Evidence("ancient-book", "coded", "Extra: Type: classic"))
    found = resource_type.from_zotero(kind)
    if found is None:
        draft.problem("zotero-type", "an item type that Zotero does not define", "itemType", "warning", kind)
    draft.says(found)
    if kind in ("document", "manuscript", "report") and said:
        draft.says(resource_type.from_csl(said))
    made_of = (
        zotero_extra.first(extra, "medium"),
        plain(item.get("artworkMedium")),
        plain(item.get("manuscriptType")),
    )
    medium = " ".join(made_of)
    if kind == "book" and (_EBOOK.search(catalogue) or _EBOOK.search(medium)):
        draft.says(Evidence("ebook", "coded", f"database {catalogue}"))
    if kind in ("artwork", "manuscript", "document", "map", "book"):
        draft.genres.extend(
            part for part in (plain(item.get("artworkMedium")), plain(item.get("manuscriptType"))) if part
        )
    if kind == "journalArticle" and re.search(r"^CPFD|^IPFD", zotero_extra.first(extra, "dbname", "dbcode")):
        draft.says(Evidence("conference-paper", "coded", "database of conference papers"))


ADAPTER = ZoteroAdapter()
