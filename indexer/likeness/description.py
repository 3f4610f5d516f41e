"""What comparing needs of a record (比较特征): one Description for each, made of that record alone."""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from indexer.likeness import citation_text
from indexer.likeness.people import Name, people_of
from indexer.likeness.places import extent_of, publisher_key
from indexer.likeness.titles import Titles, spaced, titles_of
from indexer.match.numbering import edition_number, volume_number
from indexer.records import date
from indexer.records.name import parse_statement
from indexer.records.record import Record, Relation
from indexer.text.fold import fold

# Profiles: which rules a type is judged by.
PROFILES = {
    "article": "article", "conference-paper": "article",
    "journal": "journal",
    "thesis": "thesis",
    "ancient-book": "ancient",
    "rubbing": "rubbing", "manuscript": "object", "image": "object",
    "audio": "recording", "video": "recording",
    "map": "map",
    "foreign-course": "course", "domestic-course": "course", "courseware": "file",
    "teacher": "person",
    "web-resource": "web",
}  # fmt: skip
_STRONG = frozenset({"lccn", "oclc", "pmid", "isrc", "arxiv", "csbn", "ismn", "pmcid"})
_SERIAL = frozenset({"cn", "zdb", "lccn", "oclc"})
# Numbers that a publisher of music or recordings gives: trusted like an ISBN.
_OF_PUBLISHER = frozenset(
    {"musicid", "publisher-number", "issue-number", "plate-number", "matrix-number", "ean"}
)
_OBJECT = frozenset({"uri", "ark", "hdl", "urn", "uuid", "shelfmark", "accession"})
_BY_ADDRESS = frozenset({"rubbing", "object", "web", "file"})
_MEDIA = tuple(
    (name, re.compile(words, re.I))
    for name, words in (
        (
            "online",
            r"online|electronic (?:resource|book)|e-?book|computer file"
            r"|电子资源|電子資源|网络资源|pdf\b|epub",
        ),
        (
            "audio",
            r"audio|sound (?:disc|recording|cass)|\bcds?\b|compact disc"
            r"|schallplatte|tonträger|hörbuch|录音|音频",
        ),
        ("video", r"video|\bdvds?\b|blu-?ray|motion picture|录像|视频"),
        ("micro", r"micro(?:film|fiche|form)|mikro(?:film|fiche|form)|缩微|縮微"),
        ("score", r"\bscores?\b|partitur|partition|klavierauszug|stimmen|\bnoten\b|乐谱|樂譜|总谱"),
        ("braille", r"braille|blindenschrift|盲文"),
    )
)
_BY_TYPE = {"ebook": "online", "audio": "audio", "video": "video", "web-resource": "online"}
_WITNESS = re.compile(
    "(刻本|刊本|抄本|鈔本|钞本|写本|寫本|稿本|活字本|石印本|影印本|排印本|铅印本|鉛印本|拓本|套印本|影抄本|翻刻|重刻|重刊|"
    "四[库庫]全[书書]|四部[丛叢]刊|四部[备備]要|[丛叢][书書]集成|[续續]修四[库庫]|正[统統]道藏|武英殿|百衲本)"
)
_MODERN = 1912  # what was printed before the end of the empire is told by its witness
_HAN = re.compile("[\u3400-\u9fff]")
_OFFERING = ("term", "semester", "year", "session", "number")
_MAX_IDS = 24
_MAX_TITLE = 600  # signs beyond which no volume is looked for within a title


class Description(msgspec.Struct, frozen=True, gc=False):
    """A record as matching sees it (匹配描述). Texts are folded; what is unknown is empty."""

    id: str
    profile: str
    medium: str
    titles: Titles
    people: tuple[Name, ...]
    year: int | None = None
    year_end: int | None = None
    container: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: frozenset[str] = frozenset()
    strong: frozenset[str] = frozenset()
    isbn: frozenset[str] = frozenset()
    issn: frozenset[str] = frozenset()
    part: str = ""
    edition: str = ""
    extent: tuple[int, int] = (0, 0)
    publisher: str = ""
    language: frozenset[str] = frozenset()
    abstract: str = ""
    offering: str = ""
    scale: str = ""
    witness: str = ""
    maker: tuple[Name, ...] = ()
    mark: str = ""  # shelf-mark of a single object
    declared: bool = True  # whether the source says its type
    shown: tuple[str, str, str] = ("", "", "")  # title, names and date as the source has them, for explaining


def describe(id: str, record: Record) -> Description:
    """The description of a record; never raises."""
    host = _host(record)
    title, remainder = record.title, record.title_remainder
    contributors = record.contributors or parse_statement(record.responsibility or _said_in(title))
    people = people_of(tuple(c for c in contributors if c.role not in ("narrator", "publisher", "printer")))
    year, container, pages = record.year, host.title if host else "", host.pages if host else ""
    declared = not record.type_evidence or not any(
        e.startswith(("nothing says", "zotero type document")) for e in record.type_evidence
    )
    profile = PROFILES.get(record.type, "book")
    if profile == "book" and not declared and (host is not None or _says_little(record)):
        profile = "article"
    if not people or year is None:
        bare = not (record.publication.publisher or record.extent or record.identifiers or host)
        told = citation_text.read(title, record.notes if not people and year is None else (), bare)
        if told is not None:
            title, remainder = told.title, ""
            people = people or told.people
            year = told.year if year is None else year
            container = container or told.container
            pages = pages or told.pages
            if not declared or profile == "book":
                profile = "article"
    if profile == "article" and not container:
        container = record.publication.publisher or (record.series[0] if record.series else "")
    if year is None:
        said_date = record.publication.date or (host.date if host is not None else "")
        year = date.year(said_date[:80]) if said_date else None
    others = tuple(
        text
        for t in record.titles
        if t.kind in ("main", "parallel", "translated")
        for text in (t.value, t.romanised)
        if text and text != title
    )
    ids = _identifiers(record, host, profile)
    medium = _medium(record)
    part = ""
    if profile not in ("article", "person"):
        part, title, remainder = _part(record, title, remainder)
    edition = edition_number(record.edition)
    if edition == "1":
        edition = ""
    han = bool(_HAN.search(title))
    witness = ""
    if profile == "ancient" or (han and profile == "book"):
        said = f"{record.edition} {title} {' '.join(record.series[:4])} {' '.join(record.notes[:4])}"
        witness = "".join(dict.fromkeys(fold(m) for m in _WITNESS.findall(said)))
    if witness and profile == "book" and (year is None or year < _MODERN):
        profile = "ancient"
    return Description(
        id=id,
        profile=profile,
        medium=medium,
        titles=titles_of(title, remainder, others),
        people=people,
        year=year,
        year_end=record.year_end,
        container=container,
        volume=_plain_number(host.volume if host else "") if profile == "article" else "",
        issue=_plain_number(host.issue if host else "") if profile == "article" else "",
        pages=pages or (record.extent if profile == "article" else ""),
        doi=ids["doi"],
        strong=ids["strong"],
        isbn=ids["isbn"],
        issn=ids["issn"],
        part=part,
        edition=edition,
        extent=extent_of(record.extent) if record.extent and profile != "article" else (0, 0),
        publisher=publisher_key(record.publication.publisher) if record.publication.publisher else "",
        language=frozenset(record.languages[:6]),
        abstract=spaced(record.abstract[:700]).replace(" ", "")[:300] if len(record.abstract) > 60 else "",
        offering=_offering(record) if profile == "course" else "",
        scale=_scale(record) if profile == "map" else "",
        witness=witness,
        maker=people_of(
            tuple(c for c in record.contributors if c.role in ("narrator", "performer", "conductor"))
        )
        if profile == "recording"
        else (),
        mark=_mark(record) if profile in ("rubbing", "object") else "",
        declared=declared,
        shown=(record.title, "; ".join(c.name for c in record.contributors[:4]), _date(record)),
    )


def _said_in(title: str) -> str:
    """The statement of responsibility where the whole first area of ISBD stands in the title."""
    return title.partition(" / ")[2][:400]


def _says_little(record: Record) -> bool:
    """Whether a record without a type says nothing that only books have, as in lists of papers."""
    books = any(i.scheme in ("isbn", "lccn", "oclc", "csbn") for i in record.identifiers)
    return not (books or record.extent or record.edition or record.volume or record.series or record.classes)


def _date(record: Record) -> str:
    return record.publication.date or (str(record.year) if record.year is not None else "")


def _host(record: Record) -> Relation | None:
    for relation in record.relations:
        if relation.kind == "in" and (
            relation.title or relation.pages or relation.volume or relation.identifiers
        ):
            return relation
    return None


def _identifiers(record: Record, host: Relation | None, profile: str) -> dict[str, frozenset[str]]:
    """Identifiers by trust: DOI, numbers of one description or text, ISBN, ISSN; invalid ones count for
    nothing.
    """
    found: dict[str, set[str]] = {"doi": set(), "strong": set(), "isbn": set(), "issn": set()}
    strong = (
        _SERIAL if profile == "journal" else _STRONG | (_OBJECT if profile in _BY_ADDRESS else frozenset())
    )
    for i in record.identifiers[:_MAX_IDS]:
        if not i.valid or not i.value:
            continue
        if i.scheme in ("doi", "isbn", "issn"):
            found[i.scheme].add(i.value.lower().rstrip(".") if i.scheme == "doi" else i.value)
        elif i.scheme in _OF_PUBLISHER:
            found["isbn"].add(f"{i.scheme} {i.value.lower()}")
        elif i.scheme in strong:
            found["strong"].add(f"{i.scheme} {i.value}")
    if host is not None:
        for i in host.identifiers[:_MAX_IDS]:
            if i.valid and i.scheme in ("issn", "isbn"):
                found[i.scheme].add(i.value)
    if profile in ("web", "file"):
        found["strong"].update(
            f"uri {link.url.rstrip('/')}" for link in record.links[:4] if link.kind == "fulltext"
        )
    return {name: frozenset(values) for name, values in found.items()}


def _medium(record: Record) -> str:
    known = _BY_TYPE.get(record.type)
    if known:
        return known
    said = " ".join(
        (record.extent, record.edition, record.extra.get("medium", ""), record.extra.get("format", ""))
    )
    if "[" in record.title or "［" in record.title:
        said += " " + " ".join(re.findall(r"[\[［]([^\[\]］]{3,40})[\]］]", record.title))
    if said.strip():
        for name, pattern in _MEDIA:
            if pattern.search(said):
                return name
    return ""


def _part(record: Record, title: str, remainder: str) -> tuple[str, str, str]:
    """(the volume of a set as the source says it, else from within or the end of the title; the title of the
    set; what remains: the name of the volume).
    """
    part = volume_number(record.volume, remainder)
    if not part:
        for relation in record.relations:
            if relation.kind in ("in", "part_of") and relation.volume:
                part = volume_number(relation.volume)
                break
    within = _WITHIN.match(title) if len(title) < _MAX_TITLE else None
    if within:
        part = part or volume_number(within["number"] or within["word"])
        return part, within["set"], f"{within['name']} {remainder}".strip()
    tail = _TAIL_PART.search(title, max(0, len(title) - 60))
    if tail and tail.start() > 1:
        part = part or volume_number(tail[0].strip(" ,.:;()[]（）〈〉<>《》·"))
        title = title[: tail.start()]
    return part, title, remainder


# Title of the set, number, title of the volume, as ISBD has common and dependent titles (1.4.5.2):
# . 4, …  / 4, …  . Bd. 4, …  , Bd. 4: …
_WITHIN = re.compile(
    r"^(?P<set>.{3,300}?)(?:(?:\.|\s/)\s+(?P<number>[0-9]{1,3}|[IVXL]{1,7}),"
    r"|[\s,.:;/]{0,3}[.,:;/]\s{1,3}(?:[Vv]ols?|[Vv]olume|[Bb]d|[Bb]and|[Tt]|[Tt]ome|[Tt]omo|[Tt]eil|[Pp]t|[Pp]art|[Pp]arte"
    r"|[Dd]eel|[Dd]íl|[Тт]|[Тт]ом|[Чч]|[Чч]асть|[Кк]н|[Кк]нига)\b\.?\s*(?P<word>[0-9]{1,3}|[IVXL]{1,7})\s?[,.:;])"
    r"\s+(?P<name>\S.{2,})$",
    re.S,
)
_TAIL_PART = re.compile(
    r"(?:[\s,.:;(\[（·]{1,4}(?:vols?|volume|bd|band|t|tome|tomo|teil|pt|part|parte|book|heft|no|nr)\b\.? *"
    r"(?:[0-9]+|[ivxlc]+)\b|第?[一二三四五六七八九十百0-9]+[卷册冊集辑輯编編]"
    r"|[(（][一二三四五六七八九十]{1,3}[)）]|(?<=[぀-ヿ㐀-鿿가-힣])[\s(（〈]?[0-9]{1,2}(?=[)）〉\s]*$)|[\s(（〈<《:：·][上中下][卷册冊集编編部]?|[上中下][卷册冊集编編部])[)\]）〉>》.]?\s*$",
    re.I,
)


@lru_cache(maxsize=8192)
def _plain_number(text: str) -> str:
    """A volume or issue as digits: ``Vol. 12`` → 12, ``12 Suppl 1`` → 12s1, ``Pt 2`` → 2; words fold."""
    low = fold(text)
    digits = re.findall(r"[0-9]+", low)
    if not digits:
        return "".join(c for c in low if c.isalnum())
    number = digits[0].lstrip("0") or "0"
    if "suppl" in low or re.search(r"\bs ?[0-9]", low):
        return (
            f"{number}s{digits[1] if len(digits) > 1 else ''}" if low.lstrip()[:1].isdigit() else f"s{number}"
        )
    return number


def _offering(record: Record) -> str:
    said = " ".join(record.extra.get(name, "") for name in _OFFERING)
    return spaced(said) or (str(record.year) if record.year is not None else "")


def _scale(record: Record) -> str:
    said = f"{record.extra.get('scale', '')} {record.extra.get('coordinates', '')}"
    return " ".join(re.findall(r"[0-9]+", said))


def _mark(record: Record) -> str:
    for holding in record.holdings[:4]:
        if holding.call_number:
            return f"{spaced(holding.library)} {spaced(holding.call_number)}"
    for i in record.identifiers:
        if i.scheme in ("shelfmark", "accession", "local") and i.value:
            return spaced(i.value)
    return ""
