"""MODS of the Library of Congress, versions 3.0 to 3.8 (MODS 适配器)."""

from __future__ import annotations

import re
from typing import Any

from indexer.formats import xml_tree
from indexer.formats.draft import Draft
from indexer.formats.markup import plain
from indexer.formats.xml_tree import attribute, flat, value, values
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records import identifier, resource_type
from indexer.records.record import ContributorKind, Holding, Identifier, Record, TitleKind
from indexer.records.resource_type import Evidence

_TITLE_KINDS: dict[str, TitleKind] = {
    "": "main", "alternative": "variant", "translated": "translated", "abbreviated": "abbreviated",
    "uniform": "uniform",
}  # fmt: skip
_NAME_KINDS: dict[str, ContributorKind] = {
    "personal": "person",
    "corporate": "corporate",
    "conference": "meeting",
    "family": "person",
}
# MARC relator codes that MODS records carry as codes only.
_RELATORS = {
    "aut": "author", "cre": "author", "edt": "editor", "trl": "translator", "ill": "illustrator",
    "com": "compiler",
    "ctb": "contributor", "pht": "photographer", "art": "artist", "ctg": "cartographer", "cmp": "composer",
    "prf": "performer",
    "ths": "advisor", "dgg": "degree grantor", "pbl": "publisher", "drt": "director", "nrt": "narrator",
    "spk": "speaker",
    "ive": "interviewee", "ivr": "interviewer", "egr": "engraver", "fmo": "former owner",
    "asn": "associated name",
    "rcp": "addressee", "crp": "correspondent", "scr": "scribe", "spn": "sponsor",
    "cph": "copyright holder", "aui": "author of introduction",
}  # fmt: skip
_RELATIONS = {
    "host": "in", "series": "series", "preceding": "continues", "succeeding": "continued_by",
    "original": "edition_of",
    "otherVersion": "edition_of", "otherFormat": "other_medium", "constituent": "has_part",
    "isReferencedBy": "related",
    "reviewOf": "related",
}  # fmt: skip
_GENRES = {
    "journal article": "article", "article": "article", "academic journal": "article",
    "periodical": "journal", "serial": "journal",
    "conference publication": "book", "conference paper": "conference-paper", "thesis": "thesis",
    "theses": "thesis",
    "dissertation": "thesis", "book": "book", "book chapter": "book", "newspaper": "journal",
    "web site": "web-resource",
    "website": "web-resource", "web page": "web-resource", "archived web site": "web-resource",
    "electronic resource": "",
    "map": "map", "maps": "map", "atlas": "map", "photograph": "image", "photographs": "image",
    "letter": "manuscript",
    "correspondence": "manuscript", "manuscript": "manuscript", "manuscripts": "manuscript",
    "rubbings": "rubbing", "rubbing": "rubbing",
    "genealogy": "genealogy", "ebook": "ebook", "report": "book", "technical report": "book",
}  # fmt: skip
_DATES = ("dateIssued", "copyrightDate", "dateCreated", "dateOther", "dateCaptured", "displayDate")


class ModsAdapter:
    """Adapts MODS records (MODS 适配器)."""

    formats = ("mods",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        root, problems = xml_tree.parse(raw)
        if root is None:
            return None, problems
        around = xml_tree.envelope(root)
        draft = Draft(raw, profile)
        draft.id, draft.modified, draft.deleted = around.id, around.datestamp, around.deleted
        mods = around.content
        if mods is not None and mods.tag != "mods":
            mods = next(mods.iter("mods"), mods)
        if draft.deleted or mods is None:
            return draft.finish()
        _identity(draft, mods)
        _titles(draft, mods)
        _names(draft, mods)
        _type(draft, mods)
        _origin(draft, mods)
        _content(draft, mods)
        _related(draft, mods)
        _places_kept(draft, mods)
        return draft.finish()


def _identity(draft: Draft, mods: Any) -> None:
    for info in mods.iterfind("recordInfo"):
        draft.id = draft.id or value(info, "recordIdentifier")
        draft.modified = (
            value(info, "recordChangeDate") or value(info, "recordCreationDate") or draft.modified
        )
    for found in mods.iterfind("identifier"):
        _identifier(draft, found)
    draft.id = draft.id or attribute(mods, "ID") or next((i.value for i in draft.identifiers.values()), "")


def _identifier(draft: Draft, element: Any) -> None:
    scheme = attribute(element, "type").casefold().replace("-", " ")
    scheme = {
        "uri": "",
        "hdl": "hdl",
        "issn l": "issn",
        "music publisher": "local",
        "stock number": "local",
    }.get(scheme, scheme)
    found = draft.identify(scheme if scheme.isascii() and " " not in scheme else "local", flat(element))
    if found is not None and attribute(element, "invalid") == "yes":
        draft.identifiers[found.scheme, found.value] = Identifier(
            found.scheme, found.value, False, "cancelled or invalid at the source"
        )
    if found is not None and found.scheme in ("uri", "hdl"):
        draft.link(flat(element), "related")


def _titles(draft: Draft, mods: Any) -> None:
    infos = list(mods.iterfind("titleInfo"))
    # The primary title is the first without a type; one in another script of the same alternative group
    # goes with it.
    infos.sort(key=lambda info: (bool(info.get("type")), info.get("usage") != "primary"))
    by_group = {
        info.get("altRepGroup"): info
        for info in reversed(infos)
        if info.get("altRepGroup") and not _latin(info)
    }
    for info in infos:
        kind = _TITLE_KINDS.get(info.get("type", ""), "variant")
        text = " ".join(part for part in (value(info, "nonSort"), value(info, "title")) if part)
        partner = by_group.get(info.get("altRepGroup")) if info.get("altRepGroup") else None
        if partner is not None and partner is not info and _latin(info) and kind == "main":
            continue  # The romanised form comes with its original.
        romanised = ""
        if info.get("altRepGroup") and not _latin(info):
            for other in infos:
                if (
                    other is not info
                    and other.get("altRepGroup") == info.get("altRepGroup")
                    and _latin(other)
                ):
                    romanised = " ".join(
                        part for part in (value(other, "nonSort"), value(other, "title")) if part
                    )
        first = kind == "main" and not draft.titles
        draft.title(text, kind, plain(info.get("script")), romanised)
        if first:
            draft.title_remainder = value(info, "subTitle")
            draft.volume = ". ".join(values(info, "partNumber") + values(info, "partName"))


def _latin(info: Any) -> bool:
    return value(info, "title").isascii() or info.get("script") == "Latn" or bool(info.get("transliteration"))


def _names(draft: Draft, mods: Any) -> None:
    for name in mods.iterfind("name"):
        kind = _NAME_KINDS.get(name.get("type", ""), "person")
        parts: dict[str, list[str]] = {}
        for part in name.iterfind("namePart"):
            parts.setdefault(part.get("type", ""), []).append(flat(part))
        text = ", ".join(parts.get("family", []) + parts.get("given", [])) or ""
        plain_parts = [part for part in parts.get("", []) if part]
        text = text or (". " if kind != "person" else ", ").join(plain_parts) or value(name, "displayForm")
        if parts.get("termsOfAddress") and kind == "person":
            text = ", ".join([text, *parts["termsOfAddress"]])
        role = ""
        for term in name.iterfind("role/roleTerm"):
            word = flat(term).strip(". ")
            role = role or _RELATORS.get(
                word.casefold(), "" if term.get("type") == "code" else word.casefold()
            )
        if role in ("creator", "author", "creator, author"):
            role = "author"
        if role in ("thesis advisor", "dissertation advisor"):
            role = "advisor"
        if role in ("degree grantor", "degree granting institution"):
            draft.says(Evidence("thesis", "coded", "name with the role of degree grantor"))
            draft.more("school", text)
            draft.publisher = draft.publisher or text
            continue
        if not role:
            role = "author" if name.get("usage") == "primary" or not draft.contributors else "contributor"
        dates = ", ".join(parts.get("date", []))
        draft.person(text, role, kind, dates=dates, affiliation=value(name, "affiliation"))
    draft.responsibility = value(mods, "note[@type='statement of responsibility']")


def _type(draft: Draft, mods: Any) -> None:
    issuance = value(mods, "originInfo/issuance").casefold()
    serial = issuance in ("continuing", "serial", "integrating resource")
    genres = [genre for genre in mods.iterfind("genre") if flat(genre)]
    text = False
    for kind in mods.iterfind("typeOfResource"):
        word = flat(kind).casefold()
        if kind.get("manuscript") == "yes":
            draft.says(Evidence("manuscript", "coded", "MODS typeOfResource manuscript=yes"))
        if word == "text":
            text = True
        elif word:
            draft.says(resource_type.from_code("mods", word))
    for genre in genres:
        word = flat(genre).casefold().strip(". ")
        if _GENRES.get(word):
            draft.says(Evidence(_GENRES[word], "coded", f"MODS genre {word}"))
        draft.genres.append(flat(genre))
        draft.more("genre", flat(genre))
    if text or not draft.evidence:
        host = mods.find("relatedItem[@type='host']")
        if serial:
            kind_code = "web-resource" if issuance == "integrating resource" else "journal"
            draft.says(Evidence(kind_code, "coded", f"MODS issuance {issuance}"))
        elif (
            host is not None
            and host.find("part") is not None
            and (
                host.find("identifier[@type='issn']") is not None
                or host.find("part/detail[@type='issue']") is not None
            )
        ):
            draft.says(Evidence("article", "coded", "MODS host item with numbering"))
        elif text:
            draft.says(Evidence("book", "coded", "MODS typeOfResource text"))
    forms = {flat(form).casefold() for form in mods.iterfind("physicalDescription/form")}
    origin = value(mods, "physicalDescription/digitalOrigin").casefold()
    if (
        forms & {"electronic", "electronic resource", "online resource", "cr", "online"}
        and not forms & {"print", "nc"}
    ) or (origin == "born digital"):
        draft.says(Evidence("ebook", "coded", "MODS form electronic"))


def _origin(draft: Draft, mods: Any) -> None:
    for origin in mods.iterfind("originInfo"):
        for term in origin.iterfind("place/placeTerm"):
            if term.get("type") == "code":
                if flat(term):
                    draft.countries.append(flat(term))
            else:
                draft.place = draft.place or flat(term)
        draft.publisher = draft.publisher or value(origin, "publisher") or value(origin, "agent/namePart")
        draft.edition = draft.edition or value(origin, "edition")
        for name in _DATES:
            if draft.date:
                break
            dates = [date for date in origin.iterfind(name) if flat(date)]
            plain_dates = [d for d in dates if not d.get("encoding") and not d.get("point")] or dates
            starts = [d for d in dates if d.get("point") == "start"]
            ends = [d for d in dates if d.get("point") == "end"]
            if plain_dates and not plain_dates[0].get("point"):
                draft.date = flat(plain_dates[0])
            elif starts:
                draft.date = flat(starts[0])
                if ends and flat(ends[0]) != "9999":
                    draft.date += f"-{flat(ends[0])}"
                elif ends or value(origin, "issuance") == "continuing":
                    draft.date += "-"
        if value(origin, "frequency"):
            draft.more("frequency", value(origin, "frequency"))


def _content(draft: Draft, mods: Any) -> None:
    for term in mods.iterfind("language/languageTerm"):
        if term.get("type") == "code" or not mods.findall("language/languageTerm[@type='code']"):
            draft.language(flat(term))
    draft.extent = "; ".join(values(mods, "physicalDescription/extent"))
    draft.abstract = " ".join(values(mods, "abstract"))
    draft.contents.extend(values(mods, "tableOfContents"))
    draft.audience = value(mods, "targetAudience")
    for note in mods.iterfind("note"):
        if note.get("type") != "statement of responsibility":
            draft.note(flat(note))
            if note.get("type") in ("thesis", "dissertation"):
                draft.says(Evidence("thesis", "coded", "MODS note of the type thesis"))
    for note in values(mods, "physicalDescription/note"):
        draft.note(note)
    for subject in mods.iterfind("subject"):
        _subject(draft, subject)
    for number in mods.iterfind("classification"):
        draft.classify(
            flat(number),
            {"lcc": "lcc", "ddc": "ddc", "udc": "udc", "clc": "clc"}.get(
                number.get("authority", ""), "other"
            ),
        )
    draft.rights = value(mods, "accessCondition[@type='use and reproduction']") or value(
        mods, "accessCondition"
    )


def _subject(draft: Draft, subject: Any) -> None:
    scheme = plain(subject.get("authority"))
    parts: list[str] = []
    kind = ""
    for part in subject:
        if part.tag == "hierarchicalGeographic":
            place = " / ".join(flat(level) for level in part if flat(level))
            if place:
                draft.places.append(place)
        elif part.tag == "cartographics":
            for name in ("scale", "coordinates", "projection"):
                draft.more(name, value(part, name))
        elif part.tag == "geographicCode":
            continue
        elif part.tag == "name":
            parts.append(", ".join(flat(name) for name in part.iterfind("namePart") if flat(name)))
            kind = kind or {"personal": "person", "corporate": "corporate"}.get(
                part.get("type", ""), "person"
            )
        elif part.tag == "titleInfo":
            parts.append(value(part, "title"))
        elif isinstance(part.tag, str):
            text = flat(part)
            parts.append(text)
            if part.tag == "geographic":
                if text:
                    draft.places.append(text.rstrip(" .,;") or text)
                # The first part says what the heading is about; later ones subdivide it.
                kind = kind if len(parts) > 1 else "place"
            elif part.tag == "temporal":
                kind = kind if len(parts) > 1 else "time"
            elif part.tag == "genre":
                kind = kind if len(parts) > 1 else "genre"
                draft.genres.append(text)
    draft.subject(
        "--".join(part for part in parts if part), scheme, "" if len(parts) > 1 and kind == "time" else kind
    )


def _related(draft: Draft, mods: Any) -> None:
    for item in mods.iterfind("relatedItem"):
        kind = _RELATIONS.get(item.get("type", ""), "related")
        title = " ".join(
            part for part in (value(item, "titleInfo/nonSort"), value(item, "titleInfo/title")) if part
        )
        if kind == "series":
            number = value(item, "titleInfo/partNumber")
            if title:
                draft.series.append(f"{title}; {number}" if number else title)
            continue
        ids = [identifier.parse(_scheme(i), flat(i)) for i in item.iterfind("identifier") if flat(i)]
        part = item.find("part") if item.find("part") is not None else mods.find("part")
        numbers = {"volume": "", "issue": "", "pages": "", "date": ""}
        if part is not None and kind == "in":
            for detail in part.iterfind("detail"):
                name = {"volume": "volume", "issue": "issue", "number": "issue"}.get(
                    detail.get("type", ""), ""
                )
                if name:
                    numbers[name] = value(detail, "number") or value(detail, "caption")
            extent = part.find("extent")
            if extent is not None:
                start, end = value(extent, "start"), value(extent, "end")
                numbers["pages"] = (f"{start}-{end}" if start and end and start != end else start) or value(
                    extent, "list"
                )
            numbers["date"] = value(part, "date")
            draft.date = draft.date or numbers["date"]
        url = value(item, "location/url")
        draft.link(url, "related")
        if kind == "in" and not draft.date:
            draft.date = value(item, "originInfo/dateIssued")
        if item.get("displayLabel") and not title:
            title = attribute(item, "displayLabel") if ids else ""
        draft.relate(kind, title, ids, local_id=value(item, "recordInfo/recordIdentifier"), **numbers)


def _scheme(element: Any) -> str:
    kind = attribute(element, "type").casefold()
    return kind if re.fullmatch(r"[a-z]{2,10}", kind) and kind not in ("uri", "local") else ""


def _places_kept(draft: Draft, mods: Any) -> None:
    for location in mods.iterfind("location"):
        for url in location.iterfind("url"):
            access = url.get("access", "")
            draft.link(
                flat(url), "cover" if access == "preview" else "fulltext", attribute(url, "displayLabel")
            )
        holding = Holding(
            library=value(location, "physicalLocation"),
            location=value(location, "holdingSimple/copyInformation/subLocation"),
            call_number=value(location, "shelfLocator")
            or value(location, "holdingSimple/copyInformation/shelfLocator"),
        )
        if holding.library or holding.call_number:
            draft.holdings.append(holding)


ADAPTER = ModsAdapter()
