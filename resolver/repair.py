"""From what a link says to what it means (修复): a citation, with a note of everything that was mended.

Rules are applied in the order of `RULES`; each is small, never loses what it does not understand, and says
what it did. Sources: NISO RP-21-2013 on the quality of links, and what resolvers have met in practice.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files

from resolver.citation import Citation
from resolver.context_object import ContextObject, Entity, OpenUrlProblem
from resolver.identifiers import normalise, value_of

_ISBN = re.compile(r"(?<![0-9])(?:97[89][-\s]?)?[0-9](?:[-\s]?[0-9]){8}[-\s]?[0-9Xx](?![0-9])")
_ISSN = re.compile(r"(?<![0-9])([0-9]{4})[-\s\u2010-\u2015]?([0-9]{3}[0-9Xx])(?![0-9])")
_PAGES = re.compile(r"\s*([A-Za-z]{0,3}\d+[A-Za-z]?)\s*[-\u2010-\u2015~～—至]+\s*([A-Za-z]{0,3}\d+[A-Za-z]?)")
_DATE = re.compile(r"(\d{4})(?:[-/.年]?(\d{1,2})(?:[-/.月]?(\d{1,2})日?)?)?")
_MONTH_NAMES = """
jan january feb february mar march apr april may may jun june
jul july aug august sep september oct october nov november dec december
"""
_MONTHS = {name: n // 2 + 1 for n, name in enumerate(_MONTH_NAMES.split())}
_NOISE = re.compile(
    r"^(?:vol(?:ume)?|v|no|number|nr|iss(?:ue)?|bd|band|heft|h|pp?|page|pages|第)\.?\s*(?=[\w])", re.I
)
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
_SINGLE_PAGE = re.compile(r"[A-Za-z]{0,3}\d+[A-Za-z]?")
_GENRES = frozenset(
    (
        "article", "journal", "issue", "proceeding", "conference", "preprint", "book", "bookitem", "report",
        "document", "dissertation", "patent",
    )
)  # fmt: skip
_PARTS = frozenset(("atitle", "volume", "issue", "spage", "pages", "artnum", "part"))


@cache
def _dissertation_issns() -> frozenset[str]:
    text = files(__package__).joinpath("dissertation_abstracts.txt").read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if line and not line.startswith("#"))


class _Draft:
    """A citation while the rules work on it."""

    def __init__(self, referent: Entity) -> None:
        self.format = referent.format or ""
        self.values = {key: [v for v in values if v] for key, values in referent.metadata.items()}
        self.identifiers = dict.fromkeys(referent.identifiers)
        self.kind: str | None = None
        self.month: int | None = None
        self.told: list[OpenUrlProblem] = []

    def get(self, *keys: str) -> str | None:
        for key in keys:
            if values := self.values.get(key):
                return values[0]
        return None

    def set(self, key: str, value: str) -> None:
        self.values[key] = [value] if value else []

    def tell(self, code: str, message: str, field: str = "", value: str = "") -> None:
        self.told.append(OpenUrlProblem(code, message, field, value[:80]))


def repair(context: ContextObject) -> tuple[Citation, list[OpenUrlProblem]]:
    """The citation a context object means, and what had to be mended. Never raises."""
    draft = _Draft(context.referent)
    for rule in RULES:
        rule(draft)
    return _citation(draft), draft.told


def _simple_dublin_core(draft: _Draft) -> None:
    """Dublin Core has other names for the same things."""
    if draft.format != "dc":
        return
    for old, new in (("creator", "au"), ("publisher", "pub"), ("source", "jtitle")):
        if draft.get(old) and not draft.get(new):
            draft.values[new] = draft.values[old]
    for text in draft.values.get("identifier", []):
        draft.identifiers[normalise(text)] = None
    types = " ".join(draft.values.get("type", [])).lower()
    for word, genre in _DC_TYPES:
        if word in types and not draft.get("genre"):
            draft.set("genre", genre)


def _numbers_from_identifiers(draft: _Draft) -> None:
    """Numbers said only as identifiers are numbers all the same, and the other way round."""
    for key, scheme in (("isbn", "isbn"), ("issn", "issn")):
        if not draft.get(key):
            for identifier in draft.identifiers:
                if value := value_of(identifier, scheme):
                    draft.set(key, value)
                    break
    for key in ("doi", "pmid", "bibcode", "oclcnum", "lccn"):
        for value in draft.values.get(key, []):
            draft.identifiers[normalise(value if key == "doi" else f"{key}:{value}")] = None


def _isbn(draft: _Draft) -> None:
    """0-486-27557-4 (pbk.) is 0486275574; what holds no ISBN at all is left out and told."""
    kept = []
    for text in draft.values.get("isbn", []):
        found = _ISBN.search(_narrow(text))
        if found:
            number = re.sub(r"[^0-9Xx]", "", found[0]).upper()
            kept.append(number)
            if number != text:
                draft.tell("isbn-cleaned", "the ISBN was freed of hyphens and remarks", "isbn", text)
        elif issn := _ISSN.fullmatch(_narrow(text).strip()):
            draft.values.setdefault("issn", []).append(issn[0])
            draft.tell("issn-as-isbn", "an ISSN stood in the place of the ISBN", "isbn", text)
        else:
            draft.tell("isbn-unreadable", "this is no ISBN", "isbn", text)
    draft.values["isbn"] = kept


def _issn(draft: _Draft) -> None:
    """1234567x is 1234-567X."""
    for key in ("issn", "eissn"):
        kept = []
        for text in draft.values.get(key, []):
            found = _ISSN.search(_narrow(text))
            if found:
                kept.append(f"{found[1]}-{found[2].upper()}")
                if kept[-1] != text:
                    draft.tell("issn-cleaned", "the ISSN was brought into its usual form", key, text)
            elif _ISBN.fullmatch(_narrow(text).strip()):
                draft.values.setdefault("isbn", []).append(re.sub(r"[^0-9Xx]", "", text).upper())
                draft.tell("isbn-as-issn", "an ISBN stood in the place of the ISSN", key, text)
            else:
                draft.tell("issn-unreadable", "this is no ISSN", key, text)
        draft.values[key] = list(dict.fromkeys(kept))


def _narrow(text: str) -> str:
    return text.translate({c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)})


def _parts(draft: _Draft) -> None:
    """Words in front of numbers (vol. 3, 第5期) and zeros in front of them say nothing."""
    for key in ("volume", "issue", "part"):
        text = draft.get(key)
        if text:
            cleaned = _TAIL.sub("", _NOISE.sub("", _narrow(text))).strip(" .,:")
            cleaned = cleaned.lstrip("0") or cleaned[:1] if cleaned.isdigit() else cleaned
            if cleaned and cleaned != text:
                draft.set(key, cleaned)
                draft.tell("number-cleaned", "words or zeros around a number were left out", key, text)


def _pages(draft: _Draft) -> None:
    """pages=20 - 22 gives the first and the last page; spage=20-22 as well."""
    for key in ("pages", "spage"):
        text = draft.get(key)
        if not text:
            continue
        found = _PAGES.match(_narrow(text)) or _PAGES.match(_NOISE.sub("", _narrow(text)))
        if found:
            first, last = found[1], found[2]
            if first.isdigit() and last.isdigit() and len(last) < len(first):
                last = first[: len(first) - len(last)] + last  # 123-7 ends on page 127
            if key == "spage" or not draft.get("spage"):
                draft.set("spage", first)
            if not draft.get("epage"):
                draft.set("epage", last)
            if key == "spage":
                draft.tell("pages-divided", "the first page held a range of pages", key, text)
        else:
            alone = _NOISE.sub("", _narrow(text)).strip()
            if (key == "spage" and alone != text) or (
                key == "pages" and not draft.get("spage") and _SINGLE_PAGE.fullmatch(alone)
            ):
                draft.set("spage", alone)


def _date(draft: _Draft) -> None:
    """The year, and the month from the date or from a key of its own, which no standard has."""
    text = draft.get("date")
    month = draft.get("month")
    if text:
        narrow = _narrow(text).strip()
        found = _DATE.match(narrow) or _DATE.search(narrow)
        if found:
            parts = [found[1]]
            for part, limit in ((found[2], 12), (found[3], 31)):
                if part is None or not 1 <= int(part) <= limit:
                    break
                parts.append(f"{int(part):02}")
            if len(parts) > 1:
                draft.month = int(parts[1])
            else:
                draft.month = _named_month(narrow)
            draft.set("date", "-".join(parts))
            if draft.get("date") != text:
                draft.tell("date-cleaned", "the date was brought into its usual form", "date", text)
        else:
            draft.tell("date-unreadable", "there is no year in this date", "date", text)
    if draft.month is None and month:
        number = re.sub(r"\D", "", _narrow(month))
        draft.month = int(number) if number and 1 <= int(number[:3]) <= 12 else _named_month(month)


def _named_month(text: str) -> int | None:
    for word in re.findall(r"[a-z]+", text.lower()):
        if word in _MONTHS:
            return _MONTHS[word]
    return None


def _genre(draft: _Draft) -> None:
    """What kind of thing is meant; a genre that contradicts the rest gives way to it."""
    said = (draft.get("genre") or "").strip().lower().replace(" ", "")
    said = {"chapter": "bookitem", "thesis": "dissertation", "bookchapter": "bookitem"}.get(said, said)
    has = {key for key, values in draft.values.items() if values}
    if said in ("", "unknown"):
        draft.kind = _guess_kind(draft.format, has, explicit=bool(said))
        if draft.kind:
            draft.tell(
                "genre-guessed",
                f"no usable genre was given; {draft.kind} fits what is described",
                "genre",
                said,
            )
    elif said in _GENRES:
        draft.kind = said
        if said == "book" and "atitle" in has:
            draft.kind = "bookitem"
            draft.tell("genre-mended", "a book with a title inside it means a chapter", "genre", said)
        elif said == "journal" and "atitle" in has:
            draft.kind = "article"
            draft.tell("genre-mended", "a journal with a title inside it means an article", "genre", said)
        elif said == "article" and "isbn" in has and not has & {"issn", "eissn", "jtitle", "volume", "issue"}:
            draft.kind = "bookitem" if "atitle" in has else "book"
            draft.tell("genre-mended", "an article with nothing but an ISBN is part of a book", "genre", said)
    else:
        draft.tell("genre-unknown", "this genre is in no format", "genre", said)


def _guess_kind(format: str, has: set[str], *, explicit: bool) -> str | None:
    journal = has & {"issn", "eissn", "jtitle", "coden", "sici"}
    if format == "dissertation":
        return "dissertation"
    if format == "patent":
        return "patent"
    if ("isbn" in has and not journal) or (format == "book" and not journal):
        return "bookitem" if "atitle" in has else "book"
    if journal:
        return "article" if explicit or has & _PARTS else "journal"
    if format == "journal" and "atitle" in has:
        return "article"
    if format == "dc":
        return "book" if "isbn" in has else None
    return None


def _dissertation(draft: _Draft) -> None:
    """A link to Dissertation Abstracts means the thesis; where it is abstracted is of no use to anyone."""
    issn = next((i for i in draft.values.get("issn", []) if i in _dissertation_issns()), None)
    journal = (draft.get("jtitle", "title") or "").lower()
    if issn is None and not journal.startswith("dissertation abstracts"):
        return
    title = draft.get("atitle")
    if not title and draft.kind == "journal":
        return
    draft.tell("dissertation-caught", "the journal named only lists dissertations", "issn", issn or journal)
    draft.kind, draft.format = "dissertation", "dissertation"
    if title:
        draft.set("title", title)
    for key in (
        "issn",
        "eissn",
        "jtitle",
        "stitle",
        "atitle",
        "volume",
        "issue",
        "spage",
        "epage",
        "pages",
        "part",
    ):
        draft.values.pop(key, None)


_OF_THE_ARTICLE = [
    "issn",
    "eissn",
    "jtitle",
    "stitle",
    "atitle",
    "volume",
    "issue",
    "spage",
    "epage",
    "pages",
    "part",
]

RULES = (
    _simple_dublin_core,
    _numbers_from_identifiers,
    _isbn,
    _issn,
    _parts,
    _pages,
    _date,
    _genre,
    _dissertation,
)
_IN = {
    "article": "journal",
    "issue": "journal",
    "proceeding": "journal",
    "preprint": "journal",
    "bookitem": "book",
}


def _citation(draft: _Draft) -> Citation:
    kind = draft.kind
    container_kind = _IN.get(kind or "")
    if kind == "proceeding" and draft.get("isbn") and not draft.get("issn"):
        container_kind = "book"
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
        container_kind=container_kind,
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


def _author(draft: _Draft) -> str | None:
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
    needed = _NEEDED.get(citation.kind or "", "title author date").split()
    given = sum(1 for name in needed if getattr(citation, name))
    return round(given / len(needed), 3)
