"""Brings a Record into normal form (规范化): texts, identifiers, names, dates, languages, countries, class
numbers, links.

The values an adapter took over are made comparable here, the same for every format. What could not be kept is
told as a Problem; nothing raises. Normalising twice changes nothing. Most values of most records are in order
already, so each step first asks the cheapest question that proves it, and structures are built again only
where something changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

import msgspec

from indexer import checks
from indexer.problem import Problem
from indexer.records import classification, date, identifier, language, name, place, script
from indexer.records.plain_text import CONTROL, MAX_TEXT, all_tidy, strip_title, tidy, web_address
from indexer.records.record import (
    Class,
    Contributor,
    Holding,
    Identifier,
    Item,
    Link,
    Publication,
    Record,
    Relation,
    Subject,
    Title,
)
from indexer.records.resource_type import BY_CODE

MAX_VALUES = 5_000  # values of one list

_REPLACE = msgspec.structs.replace


def normalise(record: Record) -> tuple[Record, list[Problem]]:
    """(record in normal form, what was wrong with its values) (规范化)."""
    problems: list[Problem] = []
    changes: dict[str, Any] = {}
    _texts(record, changes, problems)
    _titles(record, changes)
    if record.contributors:
        _contributors(record, changes)
    if record.publication is not _NO_PUBLICATION:
        _publication(record, changes)
    _codes(record, changes, problems)
    if record.identifiers:
        found = _identifiers(record.identifiers)
        if found is not record.identifiers:
            changes["identifiers"] = found
    if record.subjects:
        _subjects(record, changes)
    if record.classes:
        _classes(record, changes)
    if record.links:
        _links(record, changes, problems)
    if record.relations:
        relations = tuple(map(_relation, record.relations))
        if relations != record.relations:
            changes["relations"] = relations
    if record.holdings:
        holdings = tuple(map(_holding, record.holdings))
        if any(new is not old for new, old in zip(holdings, record.holdings, strict=True)):
            changes["holdings"] = holdings
    if record.type not in BY_CODE:
        changes["type"] = "book"
        if record.type:
            problems.append(checks.problem("type-unknown", record, record.type))
    if not changes:
        return record, problems
    return _REPLACE(record, **changes), problems


_NO_PUBLICATION = Publication()
_TEXTS = (
    "title", "title_remainder", "responsibility", "edition", "extent", "abstract", "volume", "audience",
    "rights", "price", "id", "embargo_until", "modified",
)  # fmt: skip
_LISTS = ("series", "notes", "contents", "places", "type_evidence")
_get_texts = attrgetter(*_TEXTS)
_get_lists = attrgetter(*_LISTS)


def _texts(record: Record, changes: dict[str, Any], problems: list[Problem]) -> None:
    texts, lists = _get_texts(record), _get_lists(record)
    given = list(filter(None, texts))
    for values in lists:
        given += values
    if len(given) > MAX_VALUES or not all_tidy(given):
        _tidy_texts(record, texts, lists, changes, problems)
    if record.modified and not (len(record.modified) == 19 and record.modified[10] == "T"):
        stamp = date.timestamp(record.modified)
        if stamp and stamp != record.modified:
            changes["modified"] = stamp
    if record.extra:
        pairs = ((tidy(key), tidy(value)) for key, value in record.extra.items())
        extra = {key: value for key, value in pairs if key and value}
        if extra != record.extra:
            changes["extra"] = extra


def _tidy_texts(
    record: Record,
    texts: Sequence[str],
    lists: Sequence[tuple[str, ...]],
    changes: dict[str, Any],
    problems: list[Problem],
) -> None:
    for field, value in zip(_TEXTS, texts, strict=True):
        if value:
            neat = tidy(value)
            if neat is not value and neat != value:
                changes[field] = neat
                _report(field, value, record, problems)
    for field, values in zip(_LISTS, lists, strict=True):
        if values:
            neat_values = tuple([neat for neat in map(tidy, values[:MAX_VALUES]) if neat])
            if neat_values != values:
                changes[field] = neat_values
                for value in values:
                    _report(field, value, record, problems)
                if len(values) > MAX_VALUES:
                    problems.append(
                        checks.problem("value-shortened", record, f"{len(values)} values", member=field)
                    )


def _report(field: str, value: str, record: Record, problems: list[Problem]) -> None:
    if len(value) > MAX_TEXT:
        problems.append(checks.problem("value-shortened", record, f"{len(value)} characters", member=field))
    elif CONTROL.search(value):
        problems.append(checks.problem("control-character", record, repr(value[:80]), member=field))


def _titles(record: Record, changes: dict[str, Any]) -> None:
    title = changes.get("title", record.title)
    neat = strip_title(title)
    titles: list[Title] = []
    changed = False
    for item in record.titles[:MAX_VALUES]:
        value = tidy(item.value)
        if item.kind == "main":
            value = strip_title(value)
        romanised = tidy(item.romanised) if item.romanised else ""
        written = item.script or script.of(value)
        if not value:
            changed = True
            continue
        if value != item.value or written != item.script or romanised != item.romanised:
            item = Title(value, item.kind, written, romanised)
            changed = True
        titles.append(item)
    if not neat and titles:
        neat = next((item.value for item in titles if item.kind == "main"), titles[0].value)
    elif neat and not any(item.kind == "main" for item in titles):
        titles.insert(0, Title(neat, "main", script.of(neat)))
        changed = True
    if neat != record.title:
        changes["title"] = neat
    if changed:
        changes["titles"] = tuple(dict.fromkeys(titles))


def _contributors(record: Record, changes: dict[str, Any]) -> None:
    people = record.contributors
    changed = len(people) > MAX_VALUES
    found: list[Contributor] = []
    for who in people[:MAX_VALUES]:
        neat = _contributor(who)
        if neat is not who:
            changed = True
        if neat.name:
            found.append(neat)
        else:
            changed = True
    # Hashing a structure costs more than all the rest of this step, so it is done only where names recur.
    if len(found) > 1 and len({who.name for who in found}) < len(found):
        found = list(dict.fromkeys(found))
        changed = changed or len(found) < len(people)
    if changed:
        changes["contributors"] = tuple(found)


def _contributor(who: Contributor) -> Contributor:
    neat = tidy(who.name)
    romanised = tidy(who.romanised) if who.romanised else ""
    done = tidy(who.role)
    if neat != who.name or romanised != who.romanised or done != who.role:
        who = _REPLACE(who, name=neat, romanised=romanised, role=done)
    if not who.name:
        return who
    who = name.normalise(who)
    dates = tidy(who.dates).rstrip(" ,;:/") if who.dates else ""
    note = tidy(who.note) if who.note else ""
    affiliation = tidy(who.affiliation) if who.affiliation else ""
    if dates != who.dates or note != who.note or affiliation != who.affiliation:
        who = _REPLACE(who, dates=dates, note=note, affiliation=affiliation)
    return who


_IMPRINT_END = " :;,/"


@lru_cache(maxsize=8192)
def _imprint(text: str) -> str:
    text = tidy(text)
    return text.rstrip(_IMPRINT_END) if text and text[-1] in _IMPRINT_END else text


def _publication(record: Record, changes: dict[str, Any]) -> None:
    old = record.publication
    town, publisher, when = _imprint(old.place), _imprint(old.publisher), tidy(old.date)
    if when.endswith((",", ";", ":")):
        when = when.rstrip(_IMPRINT_END)
    if town != old.place or publisher != old.publisher or when != old.date:
        changes["publication"] = Publication(
            town, publisher, when, tidy(old.place_romanised), tidy(old.publisher_romanised)
        )
    start, end = record.year, record.year_end
    # 9999 stands for "still going on" in MARC 21 and UNIMARC; nothing else out of range is a year either.
    if start is not None and not -5000 < start <= date.NEWEST:
        start = None
    if end is not None and not -5000 < end <= date.NEWEST:
        end = None
    if start is None and when:
        span = date.parse(when)
        start = span.start
        if end is None and span.end != start:
            end = span.end
    if start is not None and end is not None and end < start:
        start, end = end, start
    if start != record.year:
        changes["year"] = start
    if end != record.year_end:
        changes["year_end"] = end


@lru_cache(maxsize=4096)
def _languages(codes: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(ISO 639-3 codes, what was not understood)."""
    known: list[str] = []
    unknown: list[str] = []
    for code in codes:
        found = language.split_codes(code)
        known.extend(found)
        if not found and code.strip() and code.strip(" |.#-").casefold() not in ("", "und", "zxx", "n/a"):
            unknown.append(code)
    return tuple(dict.fromkeys(known)), tuple(unknown)


@lru_cache(maxsize=4096)
def _countries(codes: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    known: list[str] = []
    unknown: list[str] = []
    for code in codes:
        found = place.to_country(code)
        if found:
            known.append(found)
        elif code.strip(" |.#-").casefold() not in ("", "xx", "vp", "zz", "und", "uu", "u", "n/a"):
            unknown.append(code)
    return tuple(dict.fromkeys(known)), tuple(unknown)


def _codes(record: Record, changes: dict[str, Any], problems: list[Problem]) -> None:
    if record.languages:
        known, unknown = _languages(record.languages)
        if known != record.languages:
            changes["languages"] = known
        problems.extend(checks.problem("language-unknown", record, value) for value in unknown)
    if record.countries:
        known, unknown = _countries(record.countries)
        if known != record.countries:
            changes["countries"] = known
        problems.extend(checks.problem("country-unknown", record, value) for value in unknown)


def _identifier(given: Identifier) -> Identifier:
    if not (given.value.isprintable() and given.note.isprintable()):
        given = _REPLACE(given, value=tidy(given.value), note=tidy(given.note))
    scheme, value = given.scheme, given.value
    if scheme == "isbn" and len(value) == 13 and value.isascii() and identifier.isbn13_ok(value):
        if not value.startswith("9790"):
            return given
    elif scheme == "local":
        neat = tidy(value)
        return given if neat == value else _REPLACE(given, value=neat)
    found = identifier.parse(scheme, value)
    ok = found.valid and given.valid
    note = given.note or found.note
    if found.scheme == scheme and found.value == value and ok == given.valid and note == given.note:
        return given
    # A value that does not check keeps what the source wrote, in full.
    return Identifier(found.scheme, tidy(found.value), ok, tidy(note))


def _identifiers(given: tuple[Identifier, ...]) -> tuple[Identifier, ...]:
    if len(given) == 1:
        only = _identifier(given[0])
        if only is given[0] and only.value:
            return given
        return (only,) if only.value else ()
    found: dict[tuple[str, str], Identifier] = {}
    for item in given[:MAX_VALUES]:
        neat = _identifier(item)
        key = (neat.scheme, neat.value)
        if neat.value and (key not in found or (neat.valid and not found[key].valid)):
            found[key] = neat
    values = tuple(found.values())
    if len(values) == len(given) and all(new is old for new, old in zip(values, given, strict=True)):
        return given
    return values


def _classes(record: Record, changes: dict[str, Any]) -> None:
    found: list[Class] = []
    changed = False
    for item in record.classes[:MAX_VALUES]:
        neat = classification.normalise(item.scheme, tidy(item.value))
        if neat.value != item.value or neat.scheme != item.scheme:
            changed = True
        if neat.value and neat not in found:
            found.append(neat)
    if changed or len(found) != len(record.classes):
        changes["classes"] = tuple(found)


def _subjects(record: Record, changes: dict[str, Any]) -> None:
    subjects = record.subjects
    for item in subjects:
        value = item.value
        if not value or tidy(value) != value or not item.romanised.isprintable():
            break
    else:
        if len({item.value for item in subjects}) == len(subjects):
            return
    found = (
        item
        if tidy(item.value) == item.value and item.romanised.isprintable()
        else Subject(tidy(item.value), item.scheme, item.kind, tidy(item.romanised))
        for item in subjects[:MAX_VALUES]
    )
    neat = tuple(dict.fromkeys(item for item in found if item.value))
    if neat != subjects:
        changes["subjects"] = neat


def _links(record: Record, changes: dict[str, Any], problems: list[Problem]) -> None:
    found: list[Link] = []
    for item in record.links[:MAX_VALUES]:
        url = web_address(item.url)
        if not url:
            if item.url.strip():
                problems.append(checks.problem("link-refused", record, item.url))
            continue
        label = tidy(item.label) if item.label else ""
        found.append(item if url == item.url and label == item.label else Link(url, item.kind, label))
    links = tuple(dict.fromkeys(found))
    if links != record.links:
        changes["links"] = links


def _holding(given: Holding) -> Holding:
    texts = (given.library, given.location, given.call_number, given.summary)
    neat = tuple(map(tidy, texts))
    url = web_address(given.url) if given.url else ""
    items = tuple(map(_item, given.items))
    same = all(new is old for new, old in zip(items, given.items, strict=True))
    if same and neat == texts and url == given.url:
        return given
    library, location, call_number, summary = neat
    return Holding(library, location, call_number, summary, items, url)


def _item(given: Item) -> Item:
    texts = (given.barcode, given.status, given.location, given.call_number, given.note)
    neat = tuple(map(tidy, texts))
    return given if neat == texts else Item(*neat)


def _relation(item: Relation) -> Relation:
    identifiers = _identifiers(item.identifiers) if item.identifiers else item.identifiers
    title = strip_title(tidy(item.title))
    volume, issue, pages, when, note = map(tidy, (item.volume, item.issue, item.pages, item.date, item.note))
    if (
        identifiers is item.identifiers
        and title == item.title
        and (volume, issue, pages, when, note) == (item.volume, item.issue, item.pages, item.date, item.note)
    ):
        return item
    return Relation(item.kind, title, identifiers, volume, issue, pages, when, item.local_id, note)
