"""Dublin Core statements, simple and qualified, as a Record (都柏林核心元数据).

One reading of the elements for every format that carries them: OAI-DC and qualified DC in XML (DCMI
Metadata Terms; ANSI/NISO Z39.85 for the fifteen elements), DSpace's ``dc.contributor.author``, labels of
IIIF manifests, JSON-LD.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from indexer.formats import host_citation
from indexer.formats.code_table import code_table
from indexer.formats.draft import Draft, has_han
from indexer.formats.markup import plain, web_address
from indexer.records import date, identifier, name, resource_type, script
from indexer.records.record import Relation
from indexer.records.resource_type import Evidence


class Statement(NamedTuple):
    """One statement (一条陈述): ``contributor``, ``author``, the value, its language or encoding scheme."""

    element: str
    qualifier: str
    value: str
    language: str = ""
    scheme: str = ""


_ROLES = {
    "author": "author", "editor": "editor", "advisor": "advisor", "supervisor": "advisor",
    "illustrator": "illustrator",
    "translator": "translator", "corporatename": "contributor", "committeemember": "committee member",
    "referee": "committee member", "photographer": "photographer", "sponsor": "sponsor",
    "compiler": "compiler",
    "artist": "artist", "composer": "composer", "cartographer": "cartographer", "speaker": "speaker",
    "department": "",
    "authorid": "", "orcid": "", "cristinid": "", "affiliation": "",
}  # fmt: skip
_REFINES = code_table("indexer.formats", "dcterms.tsv")
_RELATION_KINDS = {
    "ispartof": "in", "haspart": "has_part", "isversionof": "edition_of", "hasversion": "edition_of",
    "isformatof": "other_medium",
    "hasformat": "other_medium", "replaces": "continues", "isreplacedby": "continued_by",
    "isreferencedby": "related",
    "ispartofseries": "series", "requires": "related", "isrequiredby": "related",
}  # fmt: skip
_IDENTIFIER_SCHEMES = {
    "isbn": "isbn", "eisbn": "isbn", "pisbn": "isbn", "issn": "issn", "eissn": "issn", "pissn": "issn",
    "issnl": "issn", "doi": "doi",
    "uri": "", "ismn": "ismn", "pmid": "pmid", "pubmed": "pmid", "urn": "urn", "arxiv": "arxiv",
    "oclc": "oclc", "lccn": "lccn",
    "handle": "hdl", "hdl": "hdl", "govdoc": "local", "other": "local", "slug": "", "cn": "cn",
}  # fmt: skip
_SUBJECT_SCHEMES = {
    "lcsh": "lcsh", "mesh": "mesh", "ddc": "ddc", "lcc": "lcc", "udc": "udc", "clc": "clc", "cct": "cct",
    "fast": "fast", "jel": "jel",
    "classification": "other", "other": "", "keyword": "", "keywords": "",
}  # fmt: skip
# Members of a citation that repositories keep apart, under identifier, citation, source or relation.
_CITATION_PARTS = {
    "volume": "volume", "issue": "issue", "number": "issue", "spage": "start", "stpage": "start",
    "startpage": "start", "firstpage": "start", "epage": "end", "endpage": "end", "lastpage": "end",
    "pages": "pages", "pagination": "pages", "title": "title", "journaltitle": "title", "journal": "title",
}  # fmt: skip
_MIME = {"audio": "audio", "video": "video", "image": "image"}
# OJS and other journal systems put the citation of the article into dc:source.
_JOURNAL_SOURCE = re.compile(
    r"\bvol(?:ume|umen)?\b\.?\s*\d|\bn[oºr]?\.?\s*\d|\bn[úu]m(?:ero)?\.?\s*\d|;\s*\d+[-–]\d+\s*$|\(\d{4}\)"
    r"|[第]\s*\d+\s*[卷期]|\d\s?\(\d+\)\s?:",
    re.I,
)
_THESIS_TEXT = re.compile(
    r"\b(?:this|the present|my)\s+(?:ph\.?\s?d\.?\s+|doctoral\s+|master'?s?\s+|senior\s+)?"
    r"(?:thesis|dissertation)\b"
    r"|\b(?:ph\.?\s?d\.?|master'?s|doctoral|m\.?s\.?)\s+(?:thesis|dissertation)\b",
    re.I,
)
_MEANINGLESS = frozenset({"all records", "nonpeerreviewed", "peerreviewed", "text"})


def refine(term: str) -> tuple[str, str]:
    """Element and qualifier of a DCMI term: ``dateSubmitted`` refines date, ``title`` is itself."""
    element, _, qualifier = _REFINES.get(term, term).partition(".")
    return element, qualifier


def fill(draft: Draft, statements: Iterable[Statement]) -> None:
    """Put statements into a draft, in their order."""
    dates: dict[str, str] = {}
    descriptions: list[str] = []
    parts: dict[str, str] = {}
    for statement in statements:
        element, qualifier = statement.element.casefold(), statement.qualifier.casefold()
        text = plain(statement.value)
        if not text:
            continue
        if element in ("identifier", "citation", "bibliographiccitation", "source", "relation"):
            part = _CITATION_PARTS.get(qualifier.rpartition(".")[2])
            if part:
                parts.setdefault(part, text)
                continue
        if element in ("citation", "bibliographiccitation"):
            element, qualifier = "identifier", qualifier if qualifier in ("issn", "isbn") else "citation"
        if element == "title":
            _title(draft, qualifier, text)
        elif element in ("creator", "contributor"):
            _person(draft, element, qualifier, text)
        elif element == "subject":
            _subject(draft, qualifier or statement.scheme.rpartition(":")[2].casefold(), text)
        elif element == "description":
            _description(draft, qualifier, text, descriptions)
        elif element == "publisher":
            _publisher(draft, qualifier, text)
        elif element == "date":
            dates.setdefault(qualifier, text)
        elif element == "type":
            _type(draft, text)
        elif element == "format":
            _format(draft, qualifier, text)
        elif element == "identifier":
            _identifier(draft, qualifier, text)
        elif element == "source":
            _source(draft, text)
        elif element == "language":
            for part in re.split(r"[;,/]\s*", text):
                draft.language(part)
        elif element == "relation":
            _relation(draft, qualifier, text)
        elif element == "coverage":
            _coverage(draft, qualifier, text)
        elif element == "rights":
            _rights(draft, qualifier, text)
        elif element == "audience":
            draft.audience = draft.audience or text
        elif element == "degree" or (element == "thesis" and qualifier.startswith("degree")):
            draft.says(Evidence("thesis", "coded", f"{element} {qualifier or 'degree'}: {text[:60]}"))
            draft.more(
                {"grantor": "school", "discipline": "major", "degreediscipline": "major"}.get(
                    qualifier, "degree"
                ),
                text,
            )
        elif element == "provenance":
            draft.note(text)
        else:
            draft.more(f"{element}.{qualifier}" if qualifier else element, text)
    _dates(draft, dates)
    _descriptions(draft, descriptions)
    _host(draft, parts)


def _host(draft: Draft, parts: dict[str, str]) -> None:
    """What is said of the host in several places as one relation; numbers of a journal belong to it."""
    pages = parts.get("pages") or "-".join(parts[p] for p in ("start", "end") if parts.get(p))
    kinds = {evidence.type for evidence in draft.evidence}
    hosted = bool(kinds & {"article", "conference-paper"}) and not kinds & {"journal", "thesis"}
    hosts = [relation for relation in draft.relations if relation.kind == "in"]
    if hosted and not any(host.title for host in hosts):
        hosts += [relation for relation in draft.relations if relation.kind == "part_of" and relation.title][
            :1
        ]
    if not hosts and not hosted:
        return
    numbers = {"volume": parts.get("volume", ""), "issue": parts.get("issue", ""), "pages": pages}
    for host in hosts:
        for member in ("volume", "issue", "pages"):
            numbers[member] = numbers[member] or getattr(host, member)
    if hosted and not numbers["volume"] and not numbers["issue"]:
        # DSpace asks for the series and its number; of an article these are volume and issue.
        for series in draft.series:
            found = host_citation.parse(series)
            if not found.title and (found.volume or found.issue):
                numbers["volume"], numbers["issue"] = found.volume, found.issue
                draft.series = [other for other in draft.series if other != series]
                break
    ids = [found for host in hosts for found in host.identifiers]
    if hosted:
        issns = [key for key in draft.identifiers if key[0] == "issn"]
        ids += [draft.identifiers.pop(key) for key in issns]
    title = parts.get("title", "") or next((host.title for host in hosts if host.title), "")
    merged = Relation(
        "in",
        title,
        tuple(dict.fromkeys(ids)),
        date=next((host.date for host in hosts if host.date), ""),
        note=next((host.note for host in hosts if host.note), ""),
        **numbers,
    )
    if merged.title or merged.identifiers or merged.volume or merged.pages:
        draft.relations = [
            merged,
            *(
                relation
                for relation in draft.relations
                if relation not in hosts and (relation.kind, relation.title) != ("part_of", merged.title)
            ),
        ]


def _title(draft: Draft, qualifier: str, text: str) -> None:
    if qualifier in ("", "main", "original"):
        # The parallel title of ISBD, where the scripts prove that it is one and no equation.
        proper, equals, parallel = text.partition(" = ")
        if equals and script.of(proper) != script.of(parallel):
            draft.title(proper)
            draft.title(parallel, "parallel")
        else:
            draft.title(text)
    elif qualifier in ("translated", "parallel"):
        draft.title(text, "parallel")
    else:
        draft.title(text, "variant")


def _person(draft: Draft, element: str, qualifier: str, text: str) -> None:
    role = _ROLES.get(qualifier.replace("_", ""), "")
    if qualifier and not role:
        if qualifier in _ROLES:
            draft.more(f"{element}.{qualifier}", text)
            return
        role = qualifier.replace("_", " ")
    if not role:
        role = "author" if element == "creator" else "contributor"
    if has_han(text) and not re.search(r"[A-Za-z]{3}", text):
        names = [part for part in re.split(r"[;；、]\s*", text) if part]
    else:
        names = [part for part in re.split(r"\s*[;；]\s+", text) if part]
    affiliation = ""
    if len(names) == 2 and element == "creator" and "," in names[0] and looks_corporate(names[1]):
        affiliation = names.pop()  # journal systems write "Family, Given; University"
    for who in names:
        _one_person(draft, who, role, affiliation)


_ROLE_BEHIND = re.compile(
    r"^(.*?\S)\s*(?:[(（\[]\s*([^()（）\[\]]{1,24}?)\s*[)）\]]|,\s*([a-z][a-z ]{2,20}))\.?$"
)


def _one_person(draft: Draft, who: str, role: str, affiliation: str) -> None:
    if has_han(who) and name.is_statement(who):
        parsed = name.parse_statement(who)
        for one in parsed:
            draft.person(one.name, one.role or role, one.kind, note=one.note, dates=one.dates)
        if parsed:
            return
    behind = _ROLE_BEHIND.match(who)
    if behind:
        stated = name.known_role(behind.group(2) or behind.group(3))
        if stated:
            who, role = behind.group(1), stated
    draft.person(who, role, "corporate" if looks_corporate(who) else "person", affiliation=affiliation)


_CORPORATE = re.compile(
    r"\b(?:university|institute|institut|department|ministry|society|association|company|corporation"
    r"|committee|commission|"
    r"library|museum|bureau|office|agency|council|laborator(?:y|ies)|foundation|organi[sz]ation|press"
    r"|college|school of|center|centre|"
    r"inc\.?|ltd\.?|co\.|gmbh|survey|(?:uni|üni)[vw]ersi\w+|academy|board|federation|church|bank|universität"
    r"|facult(?:y|ad|é|ade)|instituto|istituto|école|escuela|hospital|laborat[oó]\w+|minist[eè]r\w+|consortium"
    r"|университет\w*|институт\w*|академия)(?:\b|$)"
    r"|(?:大学|大學|学院|學院|研究院|研究所|研究中心|公司|委员会|委員會|出版社|编辑部|編輯部|图书馆|圖書館|博物馆|博物館|协会|協會|学会|學會|"
    r"政府|办公厅|办公室|辦公室|集团|集團|法院|检察院|局|厅|部|省|市|县|課題組|课题组|编写组|編寫組|工作室|中心|医院|醫院|银行|銀行)$",
    re.I,
)


def looks_corporate(name: str) -> bool:
    """Whether a name is plainly that of a body (团体名称)."""
    if has_han(name) and len(name) < 5 and not name.endswith(("大学", "公司", "学院", "政府", "法院")):
        return False
    head, comma, tail = name.partition(",")
    if comma and " " not in head.strip() and not _CORPORATE.search(tail.strip()):
        return False  # "Church, Alonzo" is a person
    return bool(_CORPORATE.search(name))


def _subject(draft: Draft, qualifier: str, text: str) -> None:
    scheme = _SUBJECT_SCHEMES.get(qualifier, qualifier if qualifier.isascii() and len(qualifier) < 12 else "")
    if scheme in ("ddc", "lcc", "udc", "clc", "other"):
        draft.classify(text, scheme)
        return
    if text.casefold() in _MEANINGLESS:
        return
    parts = re.split(r"\s*[;；]\s*", text) if len(text) < 2000 and re.search(r"[;；]", text) else [text]
    for part in parts:
        draft.subject(part, scheme)


def _description(draft: Draft, qualifier: str, text: str, descriptions: list[str]) -> None:
    if qualifier == "abstract":
        draft.abstract = draft.abstract or text
        if draft.abstract != text:
            draft.note(text)
    elif qualifier in ("tableofcontents", "toc"):
        draft.contents.append(text)
    elif qualifier == "edition":
        draft.edition = draft.edition or text
    elif qualifier in ("provenance", "version", "sponsorship", "uri"):
        draft.more(f"description.{qualifier}", text)
    elif qualifier == "degree":
        draft.says(Evidence("thesis", "coded", f"degree: {text[:60]}"))
        draft.more("degree", text)
    elif qualifier:
        draft.note(text)
    else:
        descriptions.append(text)


def _descriptions(draft: Draft, descriptions: list[str]) -> None:
    """Of plain descriptions the longest one of some length is the abstract, the rest are notes."""
    longest = max(descriptions, key=len, default="")
    for text in descriptions:
        if not draft.abstract and text == longest and len(text) >= 60:
            draft.abstract = text
        elif text != draft.abstract:
            draft.note(text)
    if draft.abstract and _THESIS_TEXT.search(draft.abstract[:4000]):
        found = _THESIS_TEXT.search(draft.abstract[:4000])
        draft.says(Evidence("thesis", "words", f"abstract: {found.group() if found else ''}"))


def _publisher(draft: Draft, qualifier: str, text: str) -> None:
    if qualifier == "place":
        draft.place = draft.place or text
    elif qualifier in ("", "name", "original"):
        # "Beijing: Science Press" with the place in front, as cataloguers write it.
        place, colon, name = text.partition(" : ")
        if colon and place and name and len(place) < 60:
            draft.place, draft.publisher = draft.place or place, draft.publisher or name
        else:
            draft.publisher = draft.publisher or text
    else:
        draft.more(f"publisher.{qualifier}", text)


_DATE_ORDER = ("issued", "", "published", "created", "copyright", "accepted", "submitted", "awarded", "valid")


def _dates(draft: Draft, dates: dict[str, str]) -> None:
    chosen = next((dates[term] for term in _DATE_ORDER if dates.get(term)), "") or dates.get("available", "")
    draft.date = draft.date or re.sub(r"T\d\d:\d\d(?::\d\d.*)?$", "", chosen)
    for term in ("modified", "updated"):
        if dates.get(term) and date.year(dates[term]):
            draft.modified = draft.modified or dates[term]
    for term in ("embargo", "embargoed", "embargoend", "embargo-lift", "embargo_lift"):
        if re.match(r"\d{4}-\d\d-\d\d", dates.get(term, "")):
            draft.embargo_until = dates[term][:10]


def _type(draft: Draft, text: str) -> None:
    found = resource_type.from_dc(text)
    draft.says(found)
    if found is None and text.casefold() not in _MEANINGLESS:
        draft.genres.append(text)
    if text.casefold() not in _MEANINGLESS:
        draft.more("genre", text)


def _format(draft: Draft, qualifier: str, text: str) -> None:
    if qualifier == "mimetype" or re.fullmatch(r"[a-z]+/[\w.+-]+", text):
        main = text.partition("/")[0]
        if main in _MIME:
            draft.says(Evidence(_MIME[main], "words", f"format {text}"))
        draft.more("format", text)
    elif qualifier == "medium":
        draft.genres.append(text)
        draft.more("medium", text)
    elif qualifier == "extent" or re.search(
        r"\d\s*(?:p|pp|pages?|cm|ff?|leaves|vol|v|页|頁|册|冊|cm\b|min)", text
    ):
        draft.extent = draft.extent or text
    else:
        draft.more("format", text)


def _identifier(draft: Draft, qualifier: str, text: str) -> None:
    if qualifier in ("citation", "bibliographiccitation"):
        draft.more("citation", text)
        if _JOURNAL_SOURCE.search(text) or _IN.search(text):
            # A full citation begins with authors and title; the host is behind them.
            titles = [t.value for t in draft.titles if len(t.value) > 7 and t.value in text]
            behind = max((text.find(title) + len(title) for title in titles), default=0)
            cited = host_citation.parse(_IN.sub("", text[behind:].lstrip(' .,;:。，；/"”》')))
            issns = [identifier.parse("issn", issn) for issn in _ISSN_INSIDE.findall(text)]
            draft.relate(
                "in", cited.title, issns, volume=cited.volume, issue=cited.issue, pages=cited.pages, note=text
            )
        return
    if qualifier and qualifier not in _IDENTIFIER_SCHEMES:
        draft.more(f"identifier.{qualifier}", text)
        return
    scheme = _IDENTIFIER_SCHEMES.get(qualifier, "")
    if not qualifier and len(text) > 40 and text.count(" ") > 4 and identifier.guess(text).scheme == "local":
        _identifier(draft, "citation", text)  # EPrints puts a whole citation here
        return
    found = draft.identify(scheme, text)
    if found is not None and web_address(text):
        draft.link(text, "related" if found.scheme == "hdl" and not draft.links else "fulltext")


_IN = re.compile(r"^(?:in|在|见)\s*:\s*|(?<=[.。]) In: ", re.I)
_ISSN_INSIDE = re.compile(r"ISSN:?\s*(\d{4}-?\d{3}[\dXx])(?!\d)")
_ISSN_FORM = re.compile(r"(?:e-?|p-?)?(?:ISSN:?\s*)?\d{4}-\d{3}[\dXx]")


def _source(draft: Draft, text: str) -> None:
    if web_address(text):
        draft.link(text, "related")
    elif _JOURNAL_SOURCE.search(text):
        cited = host_citation.parse(text)
        draft.relate(
            "in", cited.title, [], volume=cited.volume, issue=cited.issue, pages=cited.pages, note=text
        )
        draft.says(Evidence("article", "words", f"source: {text[:60]}"))
    else:
        found = identifier.parse("issn", text) if _ISSN_FORM.fullmatch(text) else identifier.guess(text)
        if found.scheme == "issn" or (found.scheme == "isbn" and found.valid):
            draft.relate("in", "", [found])
        else:
            draft.relate("related", text)


def _relation(draft: Draft, qualifier: str, text: str) -> None:
    if qualifier == "ispartofseries":
        draft.series.append(text)
        return
    if qualifier in ("references", "conformsto", "iscitedby"):
        return
    if web_address(text):
        draft.link(
            text,
            "fulltext"
            if not qualifier and re.search(r"\.(?:pdf|ps|epub|docx?|html?)$", text, re.I)
            else "related",
        )
        if not qualifier:
            return
    found = identifier.guess(text)
    kind = _RELATION_KINDS.get(qualifier, "related")
    if found.scheme in ("hdl", "urn", "uri"):
        # An address says that there is a whole, not that it is a journal or a book.
        draft.relate("part_of" if kind == "in" else kind, "", [found])
    elif found.scheme in ("issn", "isbn", "doi"):
        draft.relate(kind, "", [found])
    else:
        draft.relate("part_of" if kind == "in" else kind, text)


def _coverage(draft: Draft, qualifier: str, text: str) -> None:
    if qualifier in ("temporal", "chronological", "period"):
        draft.subject(text, kind="time")
    elif re.search(r"(?:north|south|east|west)limit|ENVELOPE|^-?\d+\.\d+[, ]", text):
        draft.more("coordinates", text)
    elif qualifier or not re.search(r"\d", text):
        draft.places.append(text)
    else:
        draft.subject(text, kind="time")


def _rights(draft: Draft, qualifier: str, text: str) -> None:
    if qualifier in ("", "uri", "license", "rightsstatement") or not draft.rights:
        draft.rights = draft.rights or text
    if qualifier in ("accessrights", "access"):
        draft.more("access", text)
