"""From a union record to the documents of the index (索引文档).

A document is JSON: what is searched, counted, sorted by and shown of a union record, made only from the
source records that its viewers may see. `fields_of` does the dear part and needs no knowledge of other
records, so workers can do it while they read; `documents` adds who may see it.
"""

from __future__ import annotations

import json
from binascii import b2a_base64
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

import msgspec

from holdings.members.view import PUBLIC, encode
from indexer.document_content import (
    Content,
    add_shelf,
    add_titles,
    add_values,
    add_works,
    gather_titles,
    texts_of,
)
from indexer.document_parts import Display as Display
from indexer.document_parts import Member as Member
from indexer.document_parts import Verdict as Verdict
from indexer.document_parts import joint as joint
from indexer.index.fields import FACETS
from indexer.index.keywords import MAX_VALUE, TITLE_KEY, tie_break
from indexer.index.shown import term_of
from indexer.index.sight import tokens
from indexer.known_forms import KnownForms
from indexer.merge import merge
from indexer.records.record import Record
from indexer.text.sorting import name_sort_key, title_sort_key

SHOWN_ABSTRACT = 300
_HASHED = frozenset(field.name for field in FACETS if field.hashed)
SHOWN_NAMES = 10


_quick = msgspec.json.Encoder().encode


def _encode(value: object) -> bytes:
    """JSON; a lone surrogate, which no adapter should let through, becomes a question mark instead of an
    error.
    """
    try:
        return _quick(value)
    except UnicodeEncodeError:
        return json.dumps(msgspec.to_builtins(value), ensure_ascii=False).encode("utf-8", "replace")


def fields_of(
    record: Record,
    libraries: Sequence[str] = (),
    also: Sequence[Record] = (),
    verdict: Verdict | None = None,
    known: KnownForms | None = None,
) -> bytes:
    """The document of a record as JSON, still without who may see it (检索字段).

    ``record`` is what is shown (the merged record, or the only one); ``also`` are the records it was merged
    from, whose words must find it too. ``libraries`` are the ids of the libraries that hold it. ``verdict``
    is what staff said of its work. ``known`` are the forms by which authority records know its names and
    subjects besides. Costs about 40 µs for a Latin record.
    """
    out = Content()
    gather_titles(out, record)
    text = out.text
    for name, value in texts_of(record):
        text(name, value)
    shown = [record]
    if also:
        seen = {record.title}
        given = set(texts_of(record))
        for other in also:
            if other.title not in seen:
                seen.add(other.title)
                gather_titles(out, other)
                shown.append(other)
            for pair in texts_of(other):
                if pair not in given:
                    given.add(pair)
                    text(*pair)
    if known is not None:
        for one in also or (record,):
            for form in known.names(one):
                text("known_author", form)
            for form in known.subjects(one):
                text("known_subject", form)
    out.finish(record.languages[0] if record.languages else "eng")
    for one in shown:
        add_titles(out, one)
        add_works(out, one)
    works = out.works if verdict is None else verdict.applied(out.works)
    for other in also:
        add_values(out, other)
    add_values(out, record)
    for one in also or (record,):
        add_shelf(out, one)
    if record.type:
        out.facet("type", record.type)
    for library in libraries:
        out.facet("library", library)
    first = record.contributors[0].name if record.contributors else ""
    document: dict[str, object] = out.fields  # type: ignore[assignment]
    document["all"] = out.all
    document["exact"] = out.exact + works
    for name, found in out.keywords.items():
        document[name] = list(found)
    for name, terms in out.facets.items():
        document[f"f_{name}"] = list(terms)
        if name in _HASHED:
            document[f"h_{name}"] = list(terms.values())
    place = out.key(record.title) if record.title.isascii() else title_sort_key(record.title)
    document["s_title"] = term_of(place[:TITLE_KEY], record.title[:MAX_VALUE])
    document["display"] = b2a_base64(_encode(_display(record, libraries, works)), newline=False).decode()
    if first:
        document["s_author"] = name_sort_key(first)[:80]
    if out.suggest:
        document["suggest"] = sorted(out.suggest)
    if record.year is not None:
        document["year"] = max(-9999, min(9999, record.year))
    return _encode(document)


def _display(record: Record, libraries: Sequence[str], works: Sequence[int] = ()) -> Display:
    script = romanised = ""
    for title in record.titles:
        if title.kind == "main" or title.value == record.title:
            script = script or title.script
            romanised = romanised or title.romanised
        elif title.kind == "parallel" and not romanised:
            romanised = title.value
    host = host_detail = ""
    for relation in record.relations:
        if relation.kind == "in" and relation.title:
            issue = f"({relation.issue})" if relation.issue else ""
            pages = f": {relation.pages}" if relation.pages else ""
            host, host_detail = relation.title, f"{relation.volume}{issue}{pages}".removeprefix(": ")
            break
    numbers: dict[str, str] = {}
    for identifier in record.identifiers:
        numbers.setdefault(identifier.scheme, identifier.value)
    call_number = ""
    for holding in record.holdings:
        if holding.call_number:
            call_number = holding.call_number
            break
    return Display(
        type=record.type,
        title=record.title,
        title_script=script,
        title_remainder=record.title_remainder,
        romanised=romanised,
        volume=record.volume,
        contributors=tuple([c.name for c in record.contributors[:SHOWN_NAMES]]),
        contributor_total=len(record.contributors),
        year=record.year,
        year_end=record.year_end,
        publisher=record.publication.publisher,
        place=record.publication.place,
        edition=record.edition,
        host=host,
        host_detail=host_detail,
        languages=record.languages,
        libraries=tuple(libraries),
        fulltext=next((link.url for link in record.links if link.kind == "fulltext"), ""),
        call_number=call_number,
        isbn=numbers.get("isbn", ""),
        issn=numbers.get("issn", ""),
        doi=numbers.get("doi", ""),
        abstract=record.abstract[:SHOWN_ABSTRACT],
        works=tuple(works),
    )


@lru_cache(maxsize=4096)
def _seconds(iso: str) -> int:
    try:
        return max(0, int(datetime.fromisoformat(iso).timestamp()))
    except (ValueError, OverflowError, OSError):
        return 0


@lru_cache(maxsize=65536)
def _sight(
    needs: tuple[str, ...], excepted: tuple[str, ...], places: tuple[str, ...], repositories: tuple[str, ...]
) -> bytes:
    """Who sees a document and where: few distinct values in a collection, so they are encoded once."""
    where = [*(f"r:{r}" for r in repositories), *(f"@{place}" for place in places)]
    return _encode({"sight": tokens(needs, excepted) + where})[1:-1]


NO_VERDICTS: Mapping[str, Verdict] = {}


def assemble(
    union_id: str,
    fields: bytes,
    *,
    year: int | None,
    needs: tuple[str, ...],
    excepted: tuple[str, ...],
    places: tuple[str, ...],
    repositories: tuple[str, ...],
    first_seen: str,
) -> bytes:
    """A complete document from what `fields_of` made and who may see it."""
    tie = tie_break(union_id)
    place_of_year = None if year is None else max(-9999, min(9999, year)) + 16384
    order = {
        "id": union_id,
        "walk": tie,
        "newest": (place_of_year or 0) << 48 | tie,
        "oldest": (32767 if place_of_year is None else place_of_year) << 48 | tie,
        "added": _seconds(first_seen) << 24 | tie >> 24,
    }
    return b"%b,%b,%b" % (fields[:-1], _sight(needs, excepted, places, repositories), _encode(order)[1:])


def documents(
    union_id: str,
    members: Sequence[Member],
    *,
    fields: bytes | None = None,
    merged: Record | None = None,
    verdicts: Mapping[str, Verdict] = NO_VERDICTS,
    known: KnownForms | None = None,
) -> list[bytes]:
    """All documents of a union record, one for each distinct set of its members that some View sees.

    ``fields`` may bring the result of `fields_of` for a union record with a single member. ``merged`` is the
    merged record when all members are seen together; without it, it is made here. ``verdicts`` are what
    staff said of the works of source records, by uid. ``known`` is what authority records say, None when
    there are none.
    """
    if len(members) == 1:
        member = members[0]
        if not member.atoms:
            return []
        source = member.source
        verdict = joint(verdicts, (source.uid,))
        if fields is None or verdict is not None:
            holders: tuple[str, ...] = (source.library,) if source.library else ()
            fields = fields_of(source.record, holders, verdict=verdict, known=known)
        needs = (PUBLIC,) if PUBLIC in member.atoms else tuple(sorted(member.atoms))
        return [
            assemble(
                union_id,
                fields,
                year=source.record.year,
                needs=needs,
                excepted=(),
                places=member.places,
                repositories=(source.repository,),
                first_seen=source.first_seen,
            )
        ]
    result = []
    for visible in encode([m.atoms for m in members]):
        shown = [members[i] for i in visible.members]
        sources = [m.source for m in shown]
        if len(sources) == 1:
            record = sources[0].record
        elif merged is not None and len(sources) == len(members):
            record = merged
        else:
            record = merge([source.record for source in sources])
        libraries = tuple(dict.fromkeys(s.library for s in sources if s.library))
        verdict = joint(verdicts, [s.uid for s in sources])
        result.append(
            assemble(
                union_id,
                fields_of(
                    record, libraries, [s.record for s in sources] if len(sources) > 1 else (), verdict, known
                ),
                year=record.year,
                needs=visible.needs,
                excepted=visible.excepted,
                places=tuple(sorted({p for m in shown for p in m.places})),
                repositories=tuple(sorted({s.repository for s in sources})),
                first_seen=min((s.first_seen for s in sources if s.first_seen), default=""),
            )
        )
    return result
