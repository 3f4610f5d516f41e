"""From what a link says to what it means (修复): a citation, with a note of everything that was mended.

Rules are applied in the order of `RULES`; each is small, never loses what it does not understand, and says
what it did. Sources: NISO RP-21-2013 on the quality of links, and what resolvers have met in practice.
"""

from __future__ import annotations

import re
from calendar import monthrange
from html import unescape

from indexer.records.date import year as year_in_words
from indexer.records.identifier import isbn13, issn
from resolver.citation import Citation
from resolver.context_object import ContextObject, OpenUrlProblem
from resolver.draft import Draft
from resolver.identifiers import normalise, value_of
from resolver.kind import catch_dissertation, settle_kind
from resolver.sici import read_sici

_ISBN = re.compile(r"(?<![0-9])(?:97[89][-\s]?)?[0-9](?:[-\s]?[0-9]){8}[-\s]?[0-9Xx](?![0-9])")
_ISSN = re.compile(r"(?<![0-9])([0-9]{4})[-\s\u2010-\u2015]?([0-9]{3}[0-9Xx])(?![0-9])")
_PAGE = r"([A-Za-z]{0,3}\d+[A-Za-z]?|[ivxlcdm]{1,9}(?![A-Za-z]))"
_PAGES = re.compile(rf"\s*{_PAGE}\s*(?:[-/\u2010-\u2015~～—至]+|\s(?:to|bis)\s)\s*{_PAGE}", re.I)
# Parts of a date without marks between them have two digits each.
_DATE = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})(?:[-/.月]?(\d{1,2})日?)?|(\d\d)(\d\d)?(?!\d))?")
_BACKWARDS = re.compile(r"(?<![\d./-])(\d{1,2})[-/.]\d{4}(?!\d)")
_MONTH_NAMES = """
jan january feb february mar march apr april may may jun june
jul july aug august sep september oct october nov november dec december
"""
_MONTHS = {name: n // 2 + 1 for n, name in enumerate(_MONTH_NAMES.split())}
_NOISE = re.compile(
    r"^(?:vol(?:ume)?|v|no|number|nr|iss(?:ue)?|bd|band|heft|h|pp?|page|pages|第)\.?\s*(?=[\w])", re.I
)
_BOTH = re.compile(r"(.*\d)\s*\(\s*(\w[\w/ -]{0,20})\s*\)")
_TAIL = re.compile(r"\s*[卷期号页]$")
_DC_TYPES = (
    ("thesis", "dissertation"),
    ("dissertation", "dissertation"),
    ("article", "article"),
    ("book", "book"),
    ("学位论文", "dissertation"),
    ("期刊", "article"),
    ("图书", "book"),
)
_SINGLE_PAGE = re.compile(
    r"([A-Za-z]{0,3}\d+[A-Za-z]?|[ivxlcdm]{1,9})(?:\s*(?:\+|ff?\.?|[-\u2010-\u2015]|[,;]\s*\w.*))?"
)
_ESCAPED = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,6}|#x[0-9a-f]{1,5});", re.I)
_FULL_WIDTH = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
_DOI = re.compile(r"doi:10\.\d{4,9}/\S+", re.I)
# American Journal of Sociology, Volume 112 (2007), P. 953-1007
_SOURCE = re.compile(
    r"(.{2,300}?)[,;.]?\s+(?:vol(?:ume|\.)?\s*)(\d{1,5})\b\s*(?:\(\d{4}\))?"
    r"(?:[,;]?\s*(?:no|issue|iss|nr)\.?\s*(\d{1,4}))?(?:\s*\(\d{4}\))?"
    r"(?:[,;:]?\s*(?:pp?|pages?)\.?\s*([A-Za-z]?\d+(?:\s*[-–]\s*[A-Za-z]?\d+)?))?\W*",
    re.I,
)
_NAMED = re.compile(r"(isbn|issn)(?:-1[03])?\s*[:：]?\s*(\S.*)", re.I)


def repair(context: ContextObject) -> tuple[Citation, list[OpenUrlProblem]]:
    """The citation a context object means, and what had to be mended. Never raises."""
    draft = Draft(context.referent)
    for rule in RULES:
        rule(draft)
    return _citation(draft), draft.told


def _html_escapes(draft: Draft) -> None:
    """``A &amp; B`` was escaped for a page and sent so; nothing in a citation is written that way."""
    for key, values in draft.values.items():
        if any(_ESCAPED.search(value) for value in values):
            draft.tell("html-escaped", "escapes of HTML were turned back", key, values[0])
            draft.values[key] = [_unescaped(value) for value in values]
    if any(_ESCAPED.search(i) for i in draft.identifiers):
        draft.tell("html-escaped", "escapes of HTML were turned back", "id")
        draft.identifiers = dict.fromkeys(_unescaped(i) for i in draft.identifiers)


def _unescaped(text: str) -> str:
    return " ".join(
        _ESCAPED.sub(lambda found: unescape(found[0]), _ESCAPED.sub(lambda f: unescape(f[0]), text)).split()
    )


def _simple_dublin_core(draft: Draft) -> None:
    """Dublin Core has other names for the same things."""
    if draft.format != "dc":
        return
    for old, new in (("creator", "au"), ("publisher", "pub"), ("source", "jtitle")):
        if draft.get(old) and not draft.get(new):
            draft.values[new] = draft.values[old]
    for text in draft.values.get("identifier", []):
        named = _NAMED.fullmatch(text)
        if named:
            draft.values.setdefault(named[1].lower(), []).append(named[2])
        elif identifier := normalise(doi[0] if (doi := _DOI.search(text)) else text):
            draft.identifiers[identifier] = None
    types = " ".join(draft.values.get("type", [])).lower()
    for word, genre in _DC_TYPES:
        if word in types and not draft.get("genre"):
            draft.set("genre", genre)
    if draft.get("genre") == "article" and not draft.get("atitle"):
        # What Dublin Core calls the title is that of the thing itself.
        draft.values["atitle"] = draft.values.pop("title", [])
        source = _SOURCE.fullmatch(draft.get("jtitle") or "")
        if source:
            draft.set("jtitle", source[1])
            for key, value in zip(("volume", "issue", "pages"), source.groups()[1:], strict=True):
                if value and not draft.get(key):
                    draft.set(key, value)


def _sici(draft: Draft) -> None:
    """A SICI names the journal, the issue and the page; what the link says itself is believed before."""
    written = draft.get("sici") or next(
        (v for i in draft.identifiers if (v := value_of(i, "sici") or i.partition("(SICI)")[2])), ""
    )
    said = read_sici(written)
    gaps = {key: value for key, value in said.items() if not draft.get(key)}
    for key, value in gaps.items():
        draft.set(key, value)
    if gaps:
        draft.tell("sici-read", "what the link does not say was taken from the SICI", "sici", written)


def _numbers_from_identifiers(draft: Draft) -> None:
    """Numbers said only as identifiers are numbers all the same, and the other way round."""
    for key, scheme in (("isbn", "isbn"), ("issn", "issn")):
        if not draft.get(key):
            for identifier in draft.identifiers:
                if value := value_of(identifier, scheme):
                    draft.set(key, value)
                    break
    for key in ("doi", "pmid", "bibcode", "oclcnum", "lccn"):
        for value in draft.values.get(key, []):
            known = {i.lower() for i in draft.identifiers}
            identifier = normalise(value if key == "doi" else f"{key}:{value}")
            if key == "doi" and not identifier.startswith("info:"):
                identifier = normalise(f"doi:{value}")
            if identifier and identifier.lower() not in known:
                draft.identifiers[identifier] = None


def _isbn(draft: Draft) -> None:
    """0-486-27557-4 (pbk.) is 0486275574; what holds no ISBN at all is left out and told."""
    kept = []
    for text in draft.values.get("isbn", []):
        found = [re.sub(r"[^0-9Xx]", "", part[0]).upper() for part in _ISBN.finditer(_narrow(text))]
        if found:
            number = next(filter(isbn13, found), found[0])
            kept.append(number)
            if not isbn13(number):
                draft.tell("isbn-check-digit", "the check digit of this ISBN is wrong", "isbn", text)
            if number != text:
                draft.tell("isbn-cleaned", "the ISBN was freed of hyphens and remarks", "isbn", text)
        elif issn := _ISSN.fullmatch(_narrow(text).strip()):
            draft.values.setdefault("issn", []).append(issn[0])
            draft.tell("issn-as-isbn", "an ISSN stood in the place of the ISBN", "isbn", text)
        else:
            draft.tell("isbn-unreadable", "this is no ISBN", "isbn", text)
    draft.values["isbn"] = kept


def _issn(draft: Draft) -> None:
    """1234567x is 1234-567X."""
    for key in ("issn", "eissn"):
        kept: list[str] = []
        for text in draft.values.get(key, []):
            found = [f"{part[1]}-{part[2].upper()}" for part in _ISSN.finditer(_narrow(text))]
            if found:
                kept += found
                if not any(issn(number).valid for number in found):
                    draft.tell("issn-check-digit", "the check digit of this ISSN is wrong", key, text)
                if found != [text]:
                    draft.tell("issn-cleaned", "the ISSN was brought into its usual form", key, text)
            elif _ISBN.fullmatch(_narrow(text).strip()):
                draft.values.setdefault("isbn", []).append(re.sub(r"[^0-9Xx]", "", text).upper())
                draft.tell("isbn-as-issn", "an ISBN stood in the place of the ISSN", key, text)
            else:
                draft.tell("issn-unreadable", "this is no ISSN", key, text)
        draft.values[key] = sorted(dict.fromkeys(kept), key=lambda number: not issn(number).valid)
    # Two numbers in one place are those of the printed and of the online edition.
    others = [number for number in draft.values["issn"][1:] if issn(number).valid]
    if others and not draft.get("eissn"):
        draft.set("eissn", others[0])


def _narrow(text: str) -> str:
    return text if text.isascii() else text.translate(_FULL_WIDTH)


def _parts(draft: Draft) -> None:
    """Words in front of numbers (vol. 3, 第5期) and zeros in front of them say nothing."""
    for key in ("volume", "issue", "part"):
        text = draft.get(key)
        both = _BOTH.fullmatch(_narrow(text or "")) if key == "volume" and not draft.get("issue") else None
        if text and both:
            # 12(3) is issue 3 of volume 12.
            draft.set("issue", both[2])
            text, said = both[1], text
            draft.set(key, text)
            draft.tell("number-cleaned", "an issue stood beside the volume", key, said)
        if text:
            cleaned = _TAIL.sub("", _NOISE.sub("", _narrow(text))).strip(" .,:")
            cleaned = cleaned.lstrip("0") or cleaned[:1] if cleaned.isdecimal() else cleaned
            if cleaned and cleaned != text:
                draft.set(key, cleaned)
                draft.tell("number-cleaned", "words or zeros around a number were left out", key, text)


def _pages(draft: Draft) -> None:
    """pages=20 - 22 gives the first and the last page; spage=20-22 as well."""
    for key in ("pages", "spage"):
        text = draft.get(key)
        if not text:
            continue
        found = _PAGES.match(_narrow(text)) or _PAGES.match(_NOISE.sub("", _narrow(text)))
        if found:
            first, last = found[1], found[2]
            if first.isdecimal() and last.isdecimal() and len(last) < len(first):
                last = first[: len(first) - len(last)] + last  # 123-7 ends on page 127
            if key == "spage" or not draft.get("spage"):
                draft.set("spage", first)
            if not draft.get("epage"):
                draft.set("epage", last)
            if key == "spage":
                draft.tell("pages-divided", "the first page held a range of pages", key, text)
        else:
            alone = _NOISE.sub("", _narrow(text)).strip()
            single = _SINGLE_PAGE.fullmatch(alone)
            if key == "spage" and alone != text:
                draft.set("spage", single[1] if single else alone)
            elif key == "pages" and not draft.get("spage") and single:
                draft.set("spage", single[1])
                if single[1] == alone and not draft.get("epage"):
                    draft.set("epage", alone)  # All pages there are: it ends where it begins.


def _date(draft: Draft) -> None:
    """The year, and the month from the date or from a key of its own, which no standard has."""
    text = draft.get("date")
    month = draft.get("month")
    if text:
        narrow = _narrow(text).strip()
        found = _DATE.match(narrow) or _DATE.search(narrow)
        if found:
            parts = [found[1]]
            for part, limit in ((found[2] or found[4], 12), (found[3] or found[5], 31)):
                if part is None or not 1 <= int(part) <= limit:
                    break
                parts.append(f"{int(part):02}")
            if len(parts) == 3 and int(parts[2]) > monthrange(int(parts[0]) or 1, int(parts[1]))[1]:
                parts.pop()  # There was no such day.
            backwards = _BACKWARDS.search(narrow)
            if len(parts) == 1 and backwards and 1 <= int(backwards[1]) <= 12:
                parts.append(f"{int(backwards[1]):02}")  # 05/2003
            if len(parts) > 1:
                draft.month = int(parts[1])
            else:
                draft.month = _named_month(narrow)
            draft.set("date", "-".join(parts))
            if draft.get("date") != text:
                draft.tell("date-cleaned", "the date was brought into its usual form", "date", text)
        elif written := year_in_words(narrow):
            draft.set("date", f"{written:04}" if written > 0 else text)
            draft.tell("date-cleaned", "the date was brought into its usual form", "date", text)
        else:
            draft.tell("date-unreadable", "there is no year in this date", "date", text)
    if draft.month is None and month:
        number = re.match(r"\D*(\d{1,2})(?!\d)", _narrow(month))
        draft.month = int(number[1]) if number and 1 <= int(number[1]) <= 12 else _named_month(month)


def _named_month(text: str) -> int | None:
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _MONTHS:
            return _MONTHS[word]
    return None


RULES = (
    _html_escapes,
    _simple_dublin_core,
    _sici,
    _numbers_from_identifiers,
    _isbn,
    _issn,
    _parts,
    _pages,
    _date,
    settle_kind,
    catch_dissertation,
)
_IN = {
    "article": "journal",
    "issue": "journal",
    "proceeding": "journal",
    "preprint": "journal",
    "bookitem": "book",
}


def _citation(draft: Draft) -> Citation:
    kind = draft.kind
    container_kind = _IN.get(kind or "")
    if kind == "proceeding" and draft.get("isbn") and not draft.get("issn"):
        container_kind = "book"
    whole_kind = container_kind or (kind if kind in ("journal", "book", "dissertation") else None)
    journal_like = (
        draft.format == "journal" or container_kind == "journal" or kind in ("journal", "conference")
    )
    whole = (
        ("jtitle", "title", "stitle", "btitle") if journal_like else ("btitle", "title", "jtitle", "stitle")
    )
    title: str | None
    container: str | None = None
    if container_kind or draft.get("atitle"):
        title, container = draft.get("atitle"), draft.get(*whole)
        if title and container == title:
            container = None
    else:
        title = draft.get(*whole)
    spage = draft.get("spage")
    return Citation(
        kind=kind,
        container_kind=whole_kind,
        title=title,
        container_title=container,
        author=_author(draft),
        date=draft.get("date"),
        month=draft.month,
        isbn=draft.get("isbn"),
        issn=draft.get("issn", "eissn"),
        eissn=draft.get("eissn"),
        volume=draft.get("volume"),
        issue=draft.get("issue"),
        page=spage or draft.get("pages"),
        spage=spage,
        epage=draft.get("epage"),
        artnum=draft.get("artnum"),
        edition=draft.get("edition"),
        place=draft.get("place"),
        publisher=draft.get("pub", "inst"),
        identifiers=tuple(draft.identifiers),
    )


def _author(draft: Draft) -> str | None:
    """``Family, Given``; a whole name as it is, as nobody can tell its parts."""
    family = draft.get("aulast")
    if family:
        given = draft.get("aufirst") or draft.get("auinit")
        if not given:
            given = " ".join(filter(None, (draft.get("auinit1"), draft.get("auinitm")))) or None
        return f"{family}, {given}" if given else family
    return draft.get("au", "aucorp", "creator")


_NEEDED = {
    "article": "title container_title issn date volume issue spage author identifiers",
    "journal": "title issn",
    "book": "title isbn author date publisher",
    "bookitem": "title container_title isbn author date spage",
    "dissertation": "title author date publisher",
}


def completeness(citation: Citation) -> float:
    """How much of what a link of this kind needs is there, 0 to 1 (完整度), after NISO RP-21-2013."""
    needed = _needed(citation)
    return round((len(needed) - len(missing(citation))) / len(needed), 3)


def missing(citation: Citation) -> list[str]:
    """What a link of this kind needs and this one does not say (缺失项), as names of members."""
    return [name for name in _needed(citation) if not getattr(citation, name)]


def _needed(citation: Citation) -> list[str]:
    return _NEEDED.get(citation.kind or "", "title author date").split()
