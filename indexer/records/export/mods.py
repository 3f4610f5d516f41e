"""MODS 3.8 (元数据对象描述模式)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.records.export.fields import host
from indexer.records.export.xml import element
from indexer.records.record import Record
from indexer.records.resource_type import BY_CODE

MEDIA_TYPE = "application/mods+xml"
EXTENSION = "xml"

_TYPE_OF_RESOURCE = {
    "map": "cartographic",
    "audio": "sound recording",
    "video": "moving image",
    "image": "still image",
    "rubbing": "still image",
    "web-resource": "software, multimedia",
    "courseware": "mixed material",
}
_NAME_TYPE = {"person": "personal", "corporate": "corporate", "meeting": "conference"}
_TITLE_TYPE = {"parallel": "translated", "uniform": "uniform", "abbreviated": "abbreviated"}


def _record(record: Record) -> Iterator[str]:
    remainder = element("subTitle", record.title_remainder) if record.title_remainder else ""
    part = element("partNumber", record.volume) if record.volume else ""
    yield f"<titleInfo>{element('title', record.title)}{remainder}{part}</titleInfo>"
    for title in record.titles:
        if title.kind != "main":
            kind = _TITLE_TYPE.get(title.kind, "alternative")
            yield f'<titleInfo type="{kind}">{element("title", title.value)}</titleInfo>'
        if title.romanised:
            yield (
                '<titleInfo type="translated" transliteration="romanised">'
                f"{element('title', title.romanised)}</titleInfo>"
            )
    for person in record.contributors:
        role = f"<role>{element('roleTerm', person.role, type='text')}</role>" if person.role else ""
        dates = element("namePart", person.dates, type="date") if person.dates else ""
        yield f'<name type="{_NAME_TYPE[person.kind]}">{element("namePart", person.name)}{dates}{role}</name>'
    yield element("typeOfResource", _TYPE_OF_RESOURCE.get(record.type, "text"))
    kind_of = BY_CODE.get(record.type)
    if kind_of:
        yield element("genre", kind_of.en)
    published = record.publication
    origin = "".join(
        [
            f"<place>{element('placeTerm', published.place, type='text')}</place>" if published.place else "",
            element("publisher", published.publisher) if published.publisher else "",
            element("dateIssued", published.date) if published.date else "",
            element("dateIssued", str(record.year), encoding="iso8601") if record.year is not None else "",
            element("edition", record.edition) if record.edition else "",
        ]
    )
    if origin:
        yield f"<originInfo>{origin}</originInfo>"
    for language in record.languages:
        term = element("languageTerm", language, type="code", authority="iso639-3")
        yield f"<language>{term}</language>"
    if record.extent:
        yield f"<physicalDescription>{element('extent', record.extent)}</physicalDescription>"
    if record.abstract:
        yield element("abstract", record.abstract)
    for content in record.contents:
        yield element("tableOfContents", content)
    for note in record.notes:
        yield element("note", note)
    for subject in record.subjects:
        yield f"<subject>{element('topic', subject.value)}</subject>"
    for number in record.classes:
        yield element("classification", number.value, authority=number.scheme)
    for series in record.series:
        yield f'<relatedItem type="series"><titleInfo>{element("title", series)}</titleInfo></relatedItem>'
    within = host(record)
    if within:
        details = "".join(
            f'<detail type="{name}">{element("number", value)}</detail>'
            for name, value in (("volume", within.volume), ("issue", within.issue))
            if value
        )
        if within.pages:
            details += f'<extent unit="pages">{element("list", within.pages)}</extent>'
        ids = "".join(element("identifier", i.value, type=i.scheme) for i in within.identifiers)
        yield (
            f'<relatedItem type="host"><titleInfo>{element("title", within.title)}</titleInfo>{ids}'
            + (f"<part>{details}</part>" if details else "")
            + "</relatedItem>"
        )
    for found in record.identifiers:
        yield element("identifier", found.value, type=found.scheme, invalid="" if found.valid else "yes")
    for link in record.links:
        yield f"<location>{element('url', link.url, displayLabel=link.label)}</location>"
    for holding in record.holdings:
        shelf = element("shelfLocator", holding.call_number) if holding.call_number else ""
        if holding.library or shelf:
            yield f"<location>{element('physicalLocation', holding.library)}{shelf}</location>"
    if record.id:
        yield f"<recordInfo>{element('recordIdentifier', record.id)}</recordInfo>"


def write(records: Iterable[Record]) -> Iterator[bytes]:
    """A ``modsCollection`` with one ``mods`` a record."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<modsCollection xmlns="http://www.loc.gov/mods/v3">\n'
    for record in records:
        yield f'<mods version="3.8">{"".join(_record(record))}</mods>\n'.encode()
    yield b"</modsCollection>\n"
