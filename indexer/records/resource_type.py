"""The 21 resource types (资源类型) and the decision which of them a record has.

One table (``resource_types.toml``) names the types; one (``resource_type_codes.tsv``) says how each exchange
format says each of them. An adapter turns what its format says into Evidence (``from_ris``, ``from_zotero``
…, ``resource_type_marc.from_marc21``) and calls ``type_of``, which adds the evidence that is the same in all
formats (class numbers and words) and decides.

Precedence: declared by the source > coded fields > class number > words. A weaker piece of evidence may only
*refine* a stronger one (an image with the words of a rubbing is a rubbing; a journal with the same words
stays a journal).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files

from indexer.records import resource_type_words
from indexer.records.evidence import Evidence, Strength
from indexer.records.resource_types import BY_CODE, RESOURCE_TYPES, ResourceType

__all__ = ["BY_CODE", "RESOURCE_TYPES", "Evidence", "ResourceType", "Strength", "decide", "type_of"]

_RANK: dict[str, int] = {"declared": 0, "coded": 1, "class": 2, "words": 3}


# A type on the left may be sharpened to one on the right by evidence of the same or a weaker kind.
_REFINED_BY: dict[str, frozenset[str]] = {
    "book": frozenset(
        {
            "ebook",
            "gazetteer",
            "genealogy",
            "ancient-book",
            "thesis",
            "course-reserve",
            "manuscript",
            "conference-paper",
            "rubbing",
            "map",
        }
    ),
    "ebook": frozenset({"gazetteer", "genealogy", "ancient-book", "thesis", "course-reserve"}),
    "ancient-book": frozenset({"gazetteer", "genealogy"}),
    "manuscript": frozenset({"thesis", "genealogy", "gazetteer", "map", "rubbing", "ancient-book"}),
    "image": frozenset({"rubbing", "map"}),
    "article": frozenset({"conference-paper"}),
    "web-resource": frozenset(
        {
            "courseware",
            "domestic-course",
            "foreign-course",
            "ebook",
            "thesis",
            "video",
            "audio",
            "image",
            "map",
        }
    ),
    "courseware": frozenset({"video", "audio"}),
}
# What words alone may do is narrower: a word is not proof against what a cataloguer coded.
_WORDS_REFINE: dict[str, frozenset[str]] = {
    "book": frozenset({"ebook", "gazetteer", "genealogy", "ancient-book", "thesis", "rubbing"}),
    "ebook": frozenset({"gazetteer", "genealogy", "ancient-book", "thesis"}),
    "ancient-book": frozenset({"gazetteer", "genealogy"}),
    "manuscript": frozenset({"thesis", "genealogy", "gazetteer", "rubbing"}),
    "image": frozenset({"rubbing", "map"}),
    "web-resource": frozenset({"courseware"}),
}
_NOTHING: frozenset[str] = frozenset()


def decide(evidence: Iterable[Evidence]) -> tuple[str, tuple[str, ...]]:
    """Choose the type (判定类型): the strongest evidence, sharpened by what refines it; without any, a book.

    Among evidence of equal strength the first counts, unless a later piece refines it. Returns the code and
    the texts of the evidence that carried the decision, the strongest first.
    """
    ranked = sorted(evidence, key=lambda piece: _RANK[piece.strength])
    chosen = ""
    reasons: list[str] = []
    for piece in ranked:
        if piece.type not in BY_CODE:
            continue
        if not chosen:
            chosen = piece.type
            reasons.append(piece.text)
            if piece.strength == "declared":
                break
        elif piece.type == chosen:
            reasons.append(piece.text)
        else:
            table = _WORDS_REFINE if piece.strength == "words" else _REFINED_BY
            if piece.type in table.get(chosen, _NOTHING):
                chosen = piece.type
                reasons.append(piece.text)
    if not chosen:
        return "book", ("nothing says otherwise",)
    return chosen, tuple(dict.fromkeys(reasons))


def type_of(
    declared: str,
    coded: Iterable[Evidence],
    *,
    titles: Sequence[str] = (),
    notes: Sequence[str] = (),
    edition: str = "",
    genres: Sequence[str] = (),
    subjects: Sequence[str] = (),
    classes: Sequence[tuple[str, str]] = (),
    year: int | None = None,
    year_end: int | None = None,
    languages: Sequence[str] = (),
    modern_identifier: bool = False,
) -> tuple[str, tuple[str, ...]]:
    """Decide the type of one record (资源类型判定); what every adapter calls.

    ``declared`` is the type the source declares for all of its records (Profile.type, a mapping's constant):
    it always wins. ``coded`` is what the format's own codes say. The rest are facts for the evidence common
    to all formats: ``titles`` the title proper in each script it came in (the main one first), ``notes`` free
    notes, ``edition`` the edition statement, ``genres`` genre and form terms (655, GMD, 200$b), ``subjects``
    headings, ``classes`` pairs (scheme, number), ``year`` and ``year_end`` the earliest and latest year that
    this publication can have, ``languages`` codes of its text, ``modern_identifier`` whether it has an ISBN,
    ISSN or 统一书号. Returns the code and the texts of the evidence for ``Record.type`` and
    ``Record.type_evidence``.
    """
    if declared in BY_CODE:
        return declared, (f"declared by the source: {declared}",)
    pieces = list(coded)
    pieces.extend(
        resource_type_words.evidence(
            titles=titles,
            notes=notes,
            edition=edition,
            genres=genres,
            subjects=subjects,
            classes=classes,
            year=year,
            year_end=year_end,
            languages=languages,
            modern_identifier=modern_identifier,
        )
    )
    return decide(pieces)


@cache
def _codes() -> dict[tuple[str, str], str]:
    table: dict[tuple[str, str], str] = {}
    for line in (files(__package__) / "resource_type_codes.tsv").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            scheme, code, type_code = line.split("\t")[:3]
            table[scheme, code.casefold()] = type_code
    return table


def from_code(scheme: str, code: str, strength: Strength = "coded") -> Evidence | None:
    """What a format's code says (格式代码 → 类型); None for a code that the table does not know.

    ``scheme`` is one of ris, refer, zotero, csl, bibtex, crossref, jats, openurl, dc, schema, mods, gbt7714,
    rdacontent.
    """
    found = _codes().get((scheme, code.strip().casefold()))
    return Evidence(found, strength, f"{scheme} type {code.strip()[:60]}") if found else None


def from_ris(code: str) -> Evidence | None:
    """Evidence of a RIS ``TY`` value."""
    return from_code("ris", code)


def from_refer(name: str) -> Evidence | None:
    """Evidence of an EndNote/Refer ``%0``, RefWorks ``RT`` or NoteExpress ``{Reference Type}`` value."""
    return from_code("refer", name)


def from_zotero(item_type: str) -> Evidence | None:
    """Evidence of a Zotero ``itemType``."""
    return from_code("zotero", item_type)


def from_csl(item_type: str) -> Evidence | None:
    """Evidence of a CSL item type."""
    return from_code("csl", item_type)


def from_bibtex(entry_type: str) -> Evidence | None:
    """Evidence of a BibTeX or BibLaTeX entry type."""
    return from_code("bibtex", entry_type)


def from_crossref(work_type: str) -> Evidence | None:
    """Evidence of a Crossref work type."""
    return from_code("crossref", work_type)


def from_openurl(genre: str) -> Evidence | None:
    """Evidence of an OpenURL genre (Z39.88-2004 KEV formats)."""
    return from_code("openurl", genre)


def from_schema_org(name: str) -> Evidence | None:
    """Evidence of a schema.org class, with or without its address."""
    return from_code("schema", name.rsplit("/", 1)[-1].rsplit(":", 1)[-1])


def from_gbt7714(mark: str) -> Evidence | None:
    """Evidence of a GB/T 7714 mark: ``[M]``, ``M/OL``, ``[J/OL]`` …"""
    document, _, carrier = mark.strip().strip("[]［］").partition("/")
    evidence = from_code("gbt7714", document)
    if evidence is not None and evidence.type == "book" and carrier.strip().upper() == "OL":
        return Evidence("ebook", "coded", f"GB/T 7714 mark {mark.strip()[:20]}")
    return evidence


def from_dc(value: str) -> Evidence | None:
    """Evidence of one ``dc:type`` value: DCMI terms, info:eu-repo and COAR-like words, Chinese words."""
    text = value.strip()
    if text.startswith(
        ("http://purl.org/dc/dcmitype/", "https://purl.org/dc/dcmitype/", "dctypes:", "dcmitype:")
    ):
        text = text.replace(":", "/").rsplit("/", 1)[-1]
    return from_code("dc", text)


def course(country: str = "", institution: str = "") -> Evidence:
    """Evidence of a course (课程): domestic where the country or the institution is Chinese, else foreign."""
    return resource_type_words.course(country, institution)
