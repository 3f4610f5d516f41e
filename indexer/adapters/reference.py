"""From the members of a bibliographic reference to a Record (参考文献 → 记录).

RIS, Refer, RefWorks, NoteExpress and BibTeX say the same things under different names: their adapters bring
the names to one list of members, and what a member means for each kind of document (is the secondary title
a journal, a book, or a series?) is decided here, once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from indexer.formats.markup import plain, web_address
from indexer.formats.qualified_dc import looks_corporate
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import date as dates
from indexer.records import resource_type
from indexer.records.evidence import Evidence
from indexer.records.record import (
    Class,
    Contributor,
    Identifier,
    Link,
    Publication,
    Record,
    Relation,
    Source,
    Subject,
    Title,
)

Members = Mapping[str, Sequence[str]]

# Kinds of document, each with its own reading of the secondary members.
_PERIODICAL = frozenset({"article"})
_WITHIN_BOOK = frozenset({"chapter", "conference"})

_HAN = re.compile(r"[\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_ISSN = re.compile(r"(?<![0-9A-Za-z-])\d{4}[-–]?\d{3}[\dXx](?![0-9A-Za-z-])")
_ISBN = re.compile(r"(?<![0-9A-Za-z])(?:97[89][- ]?)?\d(?:[- ]?\d){8}[- ]?[\dXx](?![0-9A-Za-z])")
_CN = re.compile(r"(?:CN\s*)?[1-6]\d-\d{4}(?:/[A-Z0-9.-]+)?")
_DOI = re.compile(r"10\.\d{4,9}/\S+")
_STANDARD = re.compile(
    r"\b(?:GB|GJB|DB\d*|ISO|IEC|IEEE|ANSI|ASTM|DIN|EN|BS|JIS|NISO|[A-Z]{2}/T)\b[ /A-Z-]*\d"
)
_CSBN = re.compile(r"\d{4,6}[·.]\d{1,5}")
_CLC = re.compile(r"[A-Z]{1,2}\d{0,3}(?:[.\-=+/:()\"\d\[\]a]*)?")
_BLANKS = re.compile(r"\s+")
_OTHERS = re.compile(r"^(?:et al\.?|others|等|等人)$", re.I)


def one(members: Members, *names: str) -> str:
    """The first value of the first of these members that has one."""
    for name in names:
        for value in members.get(name, ()):
            text = plain(value)
            if text:
                return text
    return ""


def several(members: Members, *names: str) -> list[str]:
    """All values of these members, without repetitions."""
    found = (plain(value) for name in names for value in members.get(name, ()))
    return list(dict.fromkeys(text for text in found if text))


def split_names(value: str) -> list[str]:
    """The names in one value (责任者拆分): at semicolons, and Chinese ones at commas too.

    ``Smith, John`` is one name; ``颜宏,石德成`` are two; ``王珊、萨师煊`` are two.
    """
    found: list[str] = []
    for part in re.split(r"[;；\n]", value):
        text = plain(part).strip(" ,，、")
        if not text or _OTHERS.match(text):
            continue
        pieces = [piece.strip() for piece in re.split(r"[,，、]", text)]
        if len(pieces) > 1 and all(_HAN.search(piece) and len(piece) <= 24 for piece in pieces):
            found.extend(piece for piece in pieces if not _OTHERS.match(piece))
        else:
            found.append(text)
    return list(dict.fromkeys(found))


def split_keywords(values: Sequence[str]) -> list[str]:
    """Keywords one by one (关键词拆分): at semicolons and line ends; at commas where a single value lists
    many.
    """
    found: list[str] = []
    for value in values:
        for part in re.split(r"[;；\n\r|]+", value):
            text = plain(part).strip(" ,，。.*")
            if _HAN.search(text):
                pieces = re.split(
                    r"[,，、]|\s{1,3}(?=[\u3400-\u9fff])" if "," in text or "，" in text else r"、", text
                )
            elif (
                len(values) == 1
                and text.count(",") >= 2
                and all(len(p.split()) <= 4 for p in text.split(","))
            ):
                pieces = text.split(",")
            else:
                pieces = [text]
            found.extend(piece.strip() for piece in pieces if piece and piece.strip())
    return list(dict.fromkeys(found))


def kind_of(evidence: Evidence | None, name: str) -> str:
    """The kind of document as far as the secondary members need it: article, chapter, conference, thesis,
    other.
    """
    low = name.casefold()
    if any(
        word in low
        for word in ("chap", "section", "inbook", "incollection", "suppbook", "inreference", "bookinbook")
    ):
        return "chapter"
    if any(word in low for word in ("patent", "专利")) or name == "PAT":
        return "patent"
    if any(word in low for word in ("standard", "legal rule", "标准")) or name in ("STAND", "STD"):
        return "standard"
    if evidence is None:
        return "other"
    if evidence.type == "article":
        return "article"
    if evidence.type == "conference-paper":
        return "conference"
    return "thesis" if evidence.type == "thesis" else "other"


def record_of(
    members: Members, raw: Raw, profile: Profile, coded: Sequence[Evidence], kind: str, *, local_id: str = ""
) -> Record | None:
    """The Record of a reference; None when it has no title at all, not even that of what it is in."""
    host_title, series = _host_and_series(members, kind)
    title = one(members, "title")
    if not title and kind not in ("chapter", "article", "conference"):
        title = one(members, "book_title", "translated_title", "short_title")
        host_title = "" if title == host_title else host_title
    title = title or one(members, "translated_title", "short_title", "original")
    if not title:
        title, host_title = host_title, ""
    if not title:
        return None
    numbers, host_numbers = _numbers(members, kind)
    date, year, year_end = _date(members)
    notes = several(members, "note")
    degree = one(members, "type_of_work") if kind == "thesis" else ""
    if degree:
        notes.insert(0, degree)
    elif members.get("type_of_work"):
        notes.extend(text for text in several(members, "type_of_work") if not _DOI.search(text))
    classes = tuple(Class(text, _class_scheme(text)) for text in several(members, "classification"))
    keywords = split_keywords(list(members.get("keyword", ())))
    titles = [
        Title(text, "parallel") for text in several(members, "translated_title", "original") if text != title
    ]
    short = one(members, "short_title")
    if short and short != title and not title.startswith(short):
        titles.append(Title(short, "variant"))
    publisher = one(members, "publisher")
    if kind == "thesis" and not publisher:
        publisher, host_title = host_title or one(members, "journal", "secondary_title"), ""
    place = one(members, "place")
    if kind == "conference" and place and (meeting := one(members, "secondary_title")):
        notes.append(f"{meeting}; {place}")
    relations = _relations(members, kind, host_title, host_numbers)
    languages = tuple(
        text for value in several(members, "language") for text in re.split(r"[;；,/]\s*", value) if text
    )
    type_code, reasons = resource_type.type_of(
        profile.type,
        coded,
        titles=[title],
        notes=notes,
        edition=one(members, "edition"),
        subjects=keywords,
        classes=[(item.scheme, item.value) for item in classes],
        year=year,
        year_end=year if year_end is None else year_end,
        modern_identifier=any(item.scheme in ("isbn", "issn") for item in (*numbers, *host_numbers)),
    )
    return Record(
        id=local_id,
        type=type_code,
        type_evidence=reasons,
        title=title,
        titles=tuple(titles),
        contributors=tuple(_contributors(members, kind)),
        publication=Publication(place=place, publisher=publisher, date=date),
        year=year,
        year_end=year_end,
        languages=languages,
        identifiers=tuple(numbers),
        subjects=tuple(Subject(text) for text in keywords),
        classes=classes,
        edition=one(members, "edition"),
        extent=_extent(members, kind),
        series=tuple(series),
        notes=tuple(dict.fromkeys(notes)),
        abstract="\n".join(several(members, "abstract")),
        links=tuple(_links(members)),
        relations=tuple(relations),
        extra=_extra(members, kind, publisher),
        rights=one(members, "rights"),
        source=Source(format=raw.format, charset=raw.charset, position=raw.position),
    )


def _host_and_series(members: Members, kind: str) -> tuple[str, list[str]]:
    secondary, tertiary = one(members, "secondary_title"), one(members, "tertiary_title")
    journal, abbreviated = one(members, "journal"), one(members, "journal_abbreviated")
    book = one(members, "book_title")
    series = several(members, "series")
    if kind in _PERIODICAL:
        return journal or secondary or book or abbreviated, series + ([tertiary] if tertiary else [])
    if kind in _WITHIN_BOOK:
        host = book or secondary or journal or abbreviated
        rest = [text for text in (tertiary, secondary, journal) if text and text != host]
        return host, series + rest[:1]
    if kind in ("thesis", "patent", "standard"):
        return "", series
    return "", series + [text for text in (secondary, tertiary) if text] + (
        [journal] if journal and not secondary else []
    )


def _contributors(members: Members, kind: str) -> list[Contributor]:
    second = {"thesis": "advisor", "patent": "assignee", "chapter": "editor", "conference": "editor"}.get(
        kind, "editor"
    )
    third = "advisor" if kind == "thesis" else "editor"
    roles = (
        ("author", "inventor" if kind == "patent" else "author"),
        ("secondary_author", second),
        ("editor", "editor"),
        ("tertiary_author", third),
        ("advisor", "advisor"),
        ("translator", "translator"),
        ("other_author", "sponsor" if kind == "conference" else "contributor"),
    )
    found: dict[tuple[str, str], Contributor] = {}
    for member, role in roles:
        for value in members.get(member, ()):
            for name in split_names(value):
                corporate = (member == "other_author" and kind == "conference") or looks_corporate(name)
                found.setdefault(
                    (name, role), Contributor(name, role, "corporate" if corporate else "person")
                )
    return list(found.values())


def _numbers(members: Members, kind: str) -> tuple[list[Identifier], list[Identifier]]:
    """Identifiers of the document itself and of what it is in."""
    own: list[Identifier] = []
    host: list[Identifier] = []
    own.extend(Identifier("doi", text) for text in several(members, "doi"))
    for text in several(members, "isbn"):
        (host if kind in _WITHIN_BOOK else own).append(Identifier("isbn", text))
    for text in several(members, "issn"):
        (host if kind in _PERIODICAL | _WITHIN_BOOK else own).append(Identifier("issn", text))
    for value in members.get("number", ()):
        text = plain(value)
        target = host if kind in _PERIODICAL | _WITHIN_BOOK else own
        books = [match.group() for match in _ISBN.finditer(text)]
        if kind == "patent":
            target.append(Identifier("patent", text))
        elif kind == "standard" and _STANDARD.search(text):
            target.append(Identifier("standard", text))
        elif kind in _PERIODICAL or not books:
            serials = [match.group() for match in _ISSN.finditer(text)]
            target.extend(Identifier("issn", serial) for serial in serials)
            if not serials and text:
                scheme = "csbn" if _CSBN.fullmatch(text) else "issn" if kind in _PERIODICAL else "isbn"
                target.append(Identifier(scheme, text))
        else:
            target.extend(Identifier("isbn", book) for book in books)
            rest = _ISBN.sub(" ", text)
            target.extend(Identifier("issn", match.group()) for match in _ISSN.finditer(rest))
    for text in several(members, "call_number"):
        if _CN.fullmatch(text):
            (host if kind in _PERIODICAL else own).append(Identifier("cn", text))
    for scheme in ("patent", "standard", "arxiv", "pmid", "lccn", "urn", "hdl"):
        own.extend(Identifier(scheme, text) for text in several(members, scheme))
    if kind == "standard":
        own.extend(
            Identifier("standard", text) for text in several(members, "volume") if _STANDARD.search(text)
        )
        own.extend(Identifier("isbn", text) for text in several(members, "volume") if _ISBN.fullmatch(text))
    if kind == "patent":
        own.extend(Identifier("patent", text) for text in several(members, "id"))
    if not any(item.scheme == "doi" for item in own):
        for text in several(members, "type_of_work", "url"):
            match = _DOI.search(text)
            if match is not None and ("doi.org/" in text or text.startswith("10.")):
                own.append(Identifier("doi", match.group()))
                break
    return list(dict.fromkeys(own)), list(dict.fromkeys(host))


def _date(members: Members) -> tuple[str, int | None, int | None]:
    """Date as written, in one form where the tagged formats put slashes (``2005/03/12/Spring``), its
    year, and the last year where it spans several.
    """
    year_text, day = one(members, "year"), one(members, "date")
    text = year_text or day
    if day and year_text and day.startswith(year_text[:4]):
        text = day
    parts = text.split("/")
    if (
        len(parts) > 1
        and not re.fullmatch(r"\s*\d{4}\s*", parts[1])
        and re.fullmatch(r"\d{4}", parts[0].strip())
    ):
        numbers = [part.strip().zfill(2) for part in parts[1:3] if part.strip().isdecimal()]
        season = " ".join(part.strip() for part in parts[3:] if part.strip())
        text = "-".join([parts[0].strip(), *numbers]) + (f" {season}" if season else "")
    span = dates.parse(text)
    if span.start is None:
        span = dates.parse(year_text if text != year_text else day)
    return text, span.start, span.end if span.end != span.start else None


def _pages(members: Members) -> str:
    start, end = one(members, "start_page"), one(members, "end_page")
    if start or end:
        if start and end and start != end and not re.search(r"[-–—+,]", start + end):
            return f"{start}-{end}"
        return start or end
    # CNKI gives the number of pages and then the pages, both under one tag; the range is what is wanted.
    pages = [_BLANKS.sub("", text.replace("--", "-").replace("–", "-")) for text in several(members, "pages")]
    return next((text for text in pages if "-" in text or "+" in text), pages[-1] if pages else "")


def _extent(members: Members, kind: str) -> str:
    parts = []
    if volumes := one(members, "volumes"):
        parts.append(f"{volumes} v." if volumes.isdecimal() else volumes)
    pages = one(members, "total_pages")
    if not pages and kind not in _PERIODICAL | _WITHIN_BOOK:
        pages = _pages(members)
    if pages:
        parts.append(f"{pages} p." if re.fullmatch(r"[\divxlc]+", pages) else pages)
    return ", ".join(parts)


def _relations(members: Members, kind: str, host: str, numbers: list[Identifier]) -> list[Relation]:
    if kind not in _PERIODICAL | _WITHIN_BOOK:
        return []
    volume, issue, pages = one(members, "volume"), one(members, "issue"), _pages(members)
    if not (host or numbers or volume or issue or pages):
        return []
    return [Relation("in", host, tuple(numbers), volume, issue, pages)]


def _links(members: Members) -> list[Link]:
    found: dict[str, Link] = {}
    for member in ("pdf", "url"):
        for value in members.get(member, ()):
            for part in re.split(r"\s*[\n;]\s*(?=https?:)|\s+(?=https?:)", value):
                address = web_address(part.replace("&amp;", "&"))
                if address:
                    found.setdefault(address, Link(address, "fulltext"))
    return list(found.values())


def _extra(members: Members, kind: str, publisher: str) -> dict[str, str]:
    extra: dict[str, str] = {}
    if kind == "thesis" and publisher:
        extra["school"] = publisher
    for member in ("database", "provider", "affiliation", "address"):
        text = "; ".join(several(members, member)).strip("; ；")
        if text:
            extra["affiliation" if member == "address" else member] = text
    if kind not in _PERIODICAL | _WITHIN_BOOK | {"standard"}:
        for member in ("volume", "issue"):
            if text := one(members, member):
                extra[member] = text
    call_number = one(members, "call_number")
    if call_number and not _CN.fullmatch(call_number):
        extra["call_number"] = call_number
    return extra


def _class_scheme(text: str) -> str:
    return "clc" if _CLC.fullmatch(text) else "other"
