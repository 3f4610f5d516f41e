"""TEI headers (TEI 适配器): editions, manuscript descriptions (msDesc), EpiDoc inscriptions and rubbings.

TEI P5 Guidelines, chapters 2 (header), 10 (manuscript description) and 13 (names, dates, places); P4
headers are read too.
"""

from __future__ import annotations

import re
from typing import Any

from indexer.formats import xml_tree
from indexer.formats.draft import Draft
from indexer.formats.markup import plain
from indexer.formats.xml_tree import attribute, flat, value
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.record import Holding, Record
from indexer.records.resource_type import Evidence

_ROLES = {
    "aut": "author", "author": "author", "edt": "editor", "editor": "editor", "trl": "translator",
    "translator": "translator",
    "scr": "scribe", "scribe": "scribe", "com": "compiler", "compiler": "compiler",
    "commentator": "commentator",
    "cmm": "commentator", "ill": "illustrator", "art": "artist", "calligrapher": "calligrapher",
    "engraver": "engraver",
}  # fmt: skip
_RUBBING = re.compile(r"rubbing|拓片|拓本|estampage|squeeze", re.I)
_STONE = re.compile(r"inscription|epigraph|碑|墓志|墓誌|石刻|摩崖|stele", re.I)
_PRINT = re.compile(r"\bprint(?:ed)?\b|刻本|刊本", re.I)
_TEMPLATE = re.compile(r"^\s*\[.*\]\s*$")  # square brackets around a whole value: a template nobody filled in
_SCRIPTS = {"zh-Hant": "Hant", "zh-Hans": "Hans", "lzh": "Hant", "ja": "Jpan", "ko": "Kore"}
_DIGITAL = re.compile(
    r"\s*:?\s*(?:an? )?(?:electronic|machine[- ]readable|digital) (?:edition|transcription|version)\.?\s*$",
    re.I,
)
_YEAR = re.compile(r"^\s*(-?\d{1,4})(?:-\d\d(?:-\d\d)?)?\s*$")


class TeiAdapter:
    """Adapts TEI headers (TEI 适配器)."""

    formats = ("tei",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        root, problems = xml_tree.parse(raw)
        if root is None:
            return None, problems
        around = xml_tree.envelope(root)
        draft = Draft(raw, profile)
        draft.modified, draft.deleted = around.datestamp, around.deleted
        draft.id = around.id
        tei = around.content
        if draft.deleted or tei is None:
            return draft.finish()
        header = tei if tei.tag == "teiHeader" else next(tei.iter("teiHeader"), None)
        if header is None:
            draft.problem("tei-no-header", "a TEI document without a teiHeader", severity="error")
            return None, draft.problems
        file = header.find("fileDesc")
        source = file.find("sourceDesc") if file is not None else None
        description = next(source.iter("msDesc"), None) if source is not None else None
        _identity(draft, tei, file, description)
        if description is not None:
            _manuscript(draft, description, file)
        else:
            _edition(draft, file, source)
        _profile(draft, header, description)
        for graphic in tei.iterfind("facsimile//graphic"):
            if not any(link.kind == "cover" for link in draft.links.values()):
                draft.link(graphic.get("url"), "cover")
        for licence in header.iterfind("fileDesc/publicationStmt/availability/licence"):
            draft.rights = draft.rights or flat(licence) or attribute(licence, "target")
        draft.rights = draft.rights or value(header, "fileDesc/publicationStmt/availability")
        _type(draft, description, header)
        return draft.finish()


def _identity(draft: Draft, tei: Any, file: Any, description: Any) -> None:
    own = re.sub(r"\.xml$", "", value(file, "publicationStmt/idno[@type='filename']"))
    candidates = (
        attribute(tei, "id"),
        own,
        value(file, "publicationStmt/idno[@type='URI']"),
        value(file, "publicationStmt/idno"),
        value(description, "msIdentifier/idno"),
    )
    shared = {"", "Sanskrit"} if description is None else {"", attribute(description, "id")}
    draft.id = draft.id or next((text for text in candidates if text not in shared), "")
    for number in file.iterfind("publicationStmt/idno") if file is not None else ():
        kind = attribute(number, "type").casefold()
        if kind in ("doi", "isbn", "issn", "uri", "urn"):
            draft.identify("" if kind == "uri" else kind, flat(number))


def _manuscript(draft: Draft, description: Any, file: Any) -> None:
    place = description.find("msIdentifier")
    shelfmark = (
        value(place, "idno[@type='shelfmark']") or value(place, "idno") or value(place, "altIdentifier/idno")
    )
    items = [
        item
        for item in description.iter("msItem", "msItemStruct")
        if not list(item.iterancestors("msItem", "msItemStruct"))
    ]
    works: list[tuple[str, str]] = []
    romanised: dict[str, str] = {}
    for item in items:
        titles = [title for title in item.iterfind("title") if flat(title) and title.get("type") != "desc"]
        romanised.update(_romanised(titles))
        for title in titles:
            if flat(title) not in romanised.values():
                works += [(flat(title), _SCRIPTS.get(title.get("lang", ""), ""))]
    stated = [
        (flat(t), t.get("lang", ""))
        for t in (file.iterfind("titleStmt/title") if file is not None else ())
        if flat(t) and t.get("type") not in ("collection", "series", "sub")
    ]
    # A header title that all descriptions of a catalogue share names the catalogue, not the manuscript.
    collective = re.compile(
        r"\b(?:manuscripts|catalogue|collections?|inscriptions)\b.*\b(?:in|at|of|librar)|目录|目錄", re.I
    )
    own = [(text, lang) for text, lang in stated if not collective.search(text) and text != shelfmark]
    summary = value(description, "msContents/summary") or value(description, "head")
    named = [flat(t) for t in description.iterfind("msContents/summary//title") if flat(t)]
    described = [flat(t) for item in items for t in item.iterfind("title[@type='desc']") if flat(t)]
    head = (
        value(description, "head/title")
        or value(description, "msName")
        or value(description, "msIdentifier/msName")
    )
    if own:
        main = next((text for text, lang in own if lang.startswith(("zh", "lzh", "ja", "ko"))), own[0][0])
        latin = next((text for text, lang in own if text != main and text.isascii()), "")
        draft.title(main, "main", next((_SCRIPTS.get(lang, "") for text, lang in own if text == main), ""))
        for text, lang in own:
            draft.title(text, "parallel" if text == latin else "variant", _SCRIPTS.get(lang, ""))
    elif head:
        draft.title(head)
    elif works or named:
        texts = list(dict.fromkeys(text for text, _ in works)) or named[:1]
        draft.title(texts[0], "main", works[0][1] if works else "", romanised.get(texts[0], ""))
        for text in texts[1:]:
            draft.title(text, "part", "", romanised.get(text, ""))
    elif described:
        draft.title(described[0])
    if not draft.titles and shelfmark:
        # A volume without a title is cited by its shelf mark.
        draft.title(shelfmark)
        draft.problem(
            "title-from-shelfmark", "no title; the shelf mark stands for it", "msItem/title", "info"
        )
    for text, script in works:
        draft.title(text, "part", script, romanised.get(text, ""))
    draft.contents.extend(dict.fromkeys(text for text, _ in works if len(works) > 1))
    draft.abstract = summary
    for item in description.iter("msItem", "msItemStruct"):
        for author in item.iterfind("author"):
            _person(draft, author, "author")
        for editor in item.iterfind("editor"):
            _person(draft, editor, "editor")
        for resp in item.iterfind("respStmt"):
            _responsible(draft, resp)
    for name in description.iter("persName", "name"):
        role = _ROLES.get(name.get("role", ""), "")
        if role and role != "author":
            _person(draft, name, role)
    for language in description.iter("textLang"):
        for code in f"{language.get('mainLang', '')} {language.get('otherLangs', '')}".split():
            draft.language(code)
    _origin(draft, description)
    _physical(draft, description)
    _kept(draft, place, shelfmark)
    for number in place.iterfind("idno") if place is not None else ():
        kind = attribute(number, "type").casefold()
        if flat(number) and flat(number).startswith("ark:"):
            draft.identify("ark", flat(number))
        elif flat(number) and kind not in ("shelfmark", ""):
            draft.identify(kind if re.fullmatch(r"[a-z]{2,20}", kind) else "local", flat(number))
    for reference in description.iterfind(".//additional//ref"):
        kind = attribute(reference, "type")
        target = attribute(reference, "target")
        if kind in ("record", "iiif-manifest", "facsimile", "surrogate", "digital") or "iiif" in kind:
            draft.link(target, "related" if kind == "record" else "fulltext", flat(reference))
    for pointer in description.iterfind(".//relatedItem"):
        target = pointer.find(".//ptr")
        draft.relate("related", local_id=attribute(target, "target"), note=attribute(pointer, "type"))
    for surrogate in description.iterfind(".//surrogates//ref"):
        draft.link(surrogate.get("target"), "fulltext", flat(surrogate))
    draft.note(value(description, "history/provenance"), "Provenance")
    draft.note(value(description, "history/acquisition"), "Acquisition")


def _origin(draft: Draft, description: Any) -> None:
    """Date and place of making: origDate or date in origin, of the whole first, then of its parts."""
    dates = [
        d for path in ("history/origin//origDate", "history/origin//date") for d in description.iterfind(path)
    ]
    dates = dates or [
        d
        for part in description.iterfind("msPart")
        for tag in ("origDate", "date")
        for d in part.iterfind(f"history/origin//{tag}")
    ]
    years: list[tuple[int, int]] = []
    for found in dates:
        if flat(found) and not _TEMPLATE.match(flat(found)) and not draft.date:
            draft.date = flat(found).rstrip(".")
        start = _year(found, "when", "notBefore", "from", "when-custom", "notBefore-custom", "from-custom")
        end = _year(found, "when", "notAfter", "to", "when-custom", "notAfter-custom", "to-custom")
        if start is not None or end is not None:
            first = start if start is not None else end
            last = end if end is not None else start
            assert first is not None and last is not None
            years.append((min(first, last), max(first, last)))
            if not draft.date:
                draft.date = str(first) if first == last else f"{first}-{last}"
    if years:
        draft.year = min(first for first, _ in years)
        last_year = max(last for _, last in years)
        draft.year_end = last_year if last_year != draft.year else None
    for path in ("history/origin//origPlace", "msPart/history/origin//origPlace"):
        place = description.find(path)
        if place is not None and flat(place) and not draft.place:
            draft.place = flat(place).rstrip(".")


def _romanised(elements: list[Any]) -> dict[str, str]:
    """Texts with their romanised forms: ``ar`` and ``ar-Latn-x-lc`` (BCP 47) say the same twice."""
    latin = {
        element.get("lang", "").partition("-")[0]: flat(element)
        for element in elements
        if "-latn" in element.get("lang", "").lower()
    }
    return {
        flat(element): latin[element.get("lang", "").partition("-")[0]]
        for element in elements
        if "-latn" not in element.get("lang", "").lower()
        and element.get("lang", "").partition("-")[0] in latin
        and not flat(element).isascii()
    }


def _year(element: Any, *names: str) -> int | None:
    """The year of the first of some attributes that has one: TEI dates are ISO 8601 with four-digit years."""
    for name in names:
        match = _YEAR.match(element.get(name, ""))
        if match:
            return int(match.group(1)) or None
    return None


def _physical(draft: Draft, description: Any) -> None:
    extent = next((e for e in description.iterfind("physDesc//extent") if flat(e)), None)
    if extent is not None:
        for size in extent.iter("dimensions"):
            size.clear(keep_tail=True)
    draft.extent = flat(extent)
    materials = [flat(m) for m in description.iterfind("physDesc//supportDesc//support/material") if flat(m)]
    for kind in description.iterfind("physDesc//objectType"):
        draft.genres.append(flat(kind))
    form = attribute(description.find("physDesc/objectDesc"), "form")
    if form:
        draft.genres.append(form)
        draft.more("form", form)
    support = attribute(description.find("physDesc/objectDesc/supportDesc"), "material") or (
        materials[0] if materials else ""
    )
    draft.more("material", support)
    draft.note(value(description, "physDesc//scriptDesc") or value(description, "physDesc/handDesc"))
    draft.note(value(description, "physDesc/objectDesc/supportDesc/condition"))


def _kept(draft: Draft, place: Any, shelfmark: str) -> None:
    if place is None:
        return
    library = value(place, "repository") or value(place, "institution")
    institution = value(place, "institution")
    if institution and institution not in library:
        library = f"{library}, {institution}" if library else institution
    settlement = value(place, "settlement")
    if library or shelfmark:
        draft.holdings.append(
            Holding(library=library, location=value(place, "collection") or settlement, call_number=shelfmark)
        )
    draft.more("settlement", settlement)


def _person(draft: Draft, element: Any, role: str) -> None:
    names = [n for n in element.iter("persName", "orgName") if n is not element]
    standard = [n for n in names if n.get("type") in ("standard", "preferred")] or names[:1]
    for found in standard[:1] or [element]:
        text = flat(found).strip("\u200f\u200e ,;")
        if text.casefold() in ("unknown", "anonymous", "n/a", ""):
            return
        draft.person(
            text,
            _ROLES.get(element.get("role", ""), role),
            "corporate" if found.tag == "orgName" else "person",
            romanised=_romanised(names).get(flat(found), ""),
        )


def _responsible(draft: Draft, statement: Any) -> None:
    work = value(statement, "resp").casefold()
    role = next((role for word, role in _ROLES.items() if len(word) > 3 and word in work), "")
    if not role:
        return
    for name in statement.iter("persName", "name", "orgName"):
        if not list(name.iterancestors("persName", "name")):
            _person(draft, name, role)


def _edition(draft: Draft, file: Any, source: Any) -> None:
    """A text without a manuscript description: its own title, date and place of its printed source."""
    for title in file.iterfind("titleStmt/title") if file is not None else ():
        text = _DIGITAL.sub("", flat(title))
        kind = title.get("type", "")
        if kind == "sub" and draft.titles:
            draft.title_remainder = draft.title_remainder or text
        elif kind in ("alt", "short", "uniform"):
            draft.title(text, "variant")
        else:
            draft.title(text, "main", _SCRIPTS.get(title.get("lang", ""), ""))
    for author in file.iterfind("titleStmt/author") if file is not None else ():
        _person(draft, author, "author")
    for editor in file.iterfind("titleStmt/editor") if file is not None else ():
        _person(draft, editor, "editor")
    for resp in file.iterfind("titleStmt/respStmt") if file is not None else ():
        _responsible(draft, resp)
    printed = None
    if source is not None:
        printed = next(
            (e for tag in ("monogr", "imprint", "biblFull", "bibl", "biblStruct") for e in source.iter(tag)),
            None,
        )
    published = file.find("publicationStmt") if file is not None else None
    for origin in (printed, published):
        if origin is None:
            continue
        if origin is published and printed is not None and draft.date:
            break
        draft.publisher = draft.publisher or value(origin, ".//publisher") or value(origin, ".//authority")
        draft.place = draft.place or value(origin, ".//pubPlace")
        found = origin.find(".//date")
        if found is not None and not draft.date:
            text = flat(found)
            draft.date = (
                ""
                if _TEMPLATE.match(text) and not re.search(r"\d{4}", text)
                else text or attribute(found, "when")
            )
            draft.year = _year(found, "when", "notBefore", "from")
    draft.extent = value(file, "extent")
    draft.edition = value(file, "editionStmt/edition")
    draft.series.extend(xml_tree.values(file, "seriesStmt/title"))
    for note in xml_tree.values(file, "notesStmt/note"):
        draft.note(note)


def _profile(draft: Draft, header: Any, description: Any) -> None:
    for language in header.iterfind("profileDesc/langUsage/language"):
        if not draft.languages or description is None:
            draft.language(language.get("ident") or flat(language))
    for term in header.iterfind("profileDesc/textClass/keywords//term"):
        draft.subject(flat(term))
    for code in header.iterfind("profileDesc/textClass/classCode"):
        draft.classify(flat(code), "other")
    draft.abstract = draft.abstract or value(header, "profileDesc/abstract")
    if description is None:
        draft.note(value(header, "encodingDesc/projectDesc"))
    created = header.find("profileDesc/creation/date")
    if created is not None and not draft.date:
        draft.date = flat(created) or attribute(created, "when")
    for place in header.iterfind("profileDesc/creation/placeName"):
        draft.place = draft.place or flat(place)
    changes = [attribute(c, "when") for c in header.iterfind("revisionDesc//change") if c.get("when")]
    draft.modified = draft.modified or max(changes, default="")


def _type(draft: Draft, description: Any, header: Any) -> None:
    if description is None:
        kind = attribute(header, "type")
        draft.says(
            Evidence(
                "ebook",
                "coded",
                f"TEI text{f' of the type {kind}' if kind else ''}, without a manuscript description",
            )
        )
        return
    said = f"{attribute(description, 'type')} {' '.join(draft.genres)}"
    if _RUBBING.search(said) or (_RUBBING.search(draft.titles[0].value if draft.titles else "")):
        draft.says(Evidence("rubbing", "coded", f"TEI msDesc {plain(said)[:80]}"))
    elif _STONE.search(said):
        draft.says(Evidence("rubbing", "coded", f"TEI inscription {plain(said)[:80]}"))
    elif _PRINT.search(said):
        draft.says(
            Evidence(
                "ancient-book" if (draft.year or 0) <= 1911 else "book",
                "coded",
                f"TEI msDesc of print {plain(said)[:60]}",
            )
        )
    else:
        draft.says(Evidence("manuscript", "coded", "TEI msDesc"))
    # What an object looks like has been weighed here; as words it would only be counted twice.
    draft.genres.clear()


ADAPTER = TeiAdapter()
