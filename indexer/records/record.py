"""The Record: one description by one source, as received plus normalised fields (记录).

The JSON form of these structures is a public face (``docs/record.schema.json``): keys may be added, none
may go. Every text value is NFC, without control characters, without surrounding blanks. Absent means empty.
"""

from __future__ import annotations

import base64
import hashlib
from typing import Literal

import msgspec


class _Value(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Part of a record; empty members are left out of its JSON form.

    Values whose ``kind`` has a default write all their members, because who reads the JSON looks for the
    kind.
    """


TitleKind = Literal[
    "main",
    "parallel",
    "variant",
    "former",
    "uniform",
    "part",
    "series",
    "spine",
    "cover",
    "abbreviated",
    "translated",
]
ContributorKind = Literal["person", "corporate", "meeting"]
LinkKind = Literal["fulltext", "contents", "cover", "related"]


class Title(_Value, frozen=True, omit_defaults=False):
    """A title (题名) in its own script, with its romanised form beside it where the source gives one.

    ``script`` is an ISO 15924 code (Hans, Hant, Hani where undecided, Jpan, Kore, Latn, Cyrl, Arab, Hebr …).
    """

    value: str
    kind: TitleKind = "main"
    script: str = ""
    romanised: str = ""


class Contributor(_Value, frozen=True, omit_defaults=False):
    """A person, body or meeting (责任者); ``role`` in the field's words: author, editor …"""

    name: str
    role: str = ""
    kind: ContributorKind = "person"
    romanised: str = ""
    dates: str = ""
    note: str = ""  # dynasty or country as given: 清, 美国
    affiliation: str = ""


class Publication(_Value, frozen=True):
    """Place, publisher and date as written by the source (出版项)."""

    place: str = ""
    publisher: str = ""
    date: str = ""
    place_romanised: str = ""
    publisher_romanised: str = ""


class Identifier(msgspec.Struct, frozen=True, gc=False):
    """An identifier (标识符): ``value`` in its normal form, kept and flagged when it does not check.

    Schemes: isbn (13 digits), issn (NNNN-NNNC), doi (lower case, without prefix), cn (统一刊号),
    csbn (统一书号), lccn, oclc, urn, hdl, uri, isrc, ismn, pmid, arxiv, zdb, local …
    """

    scheme: str
    value: str
    valid: bool = True
    note: str = ""


class Subject(_Value, frozen=True):
    """A subject heading (主题), subdivisions joined with ``--``; ``scheme`` as coded (lcsh, cct, mesh …)."""

    value: str
    scheme: str = ""
    kind: str = ""  # topic (default), person, corporate, place, time, genre
    romanised: str = ""


class Class(_Value, frozen=True):
    """A class number (分类号); scheme: clc, lcc, ddc, udc, cas, sibu (四部), other."""

    value: str
    scheme: str = ""


class Link(_Value, frozen=True, omit_defaults=False):
    """An address on the web (链接); only http, https and ftp addresses are ever kept."""

    url: str
    kind: LinkKind = "fulltext"
    label: str = ""


class Relation(_Value, frozen=True):
    """A tie to another resource (关联); ``in`` is the host journal or book of an article or chapter."""

    # in, continues, continued_by, edition_of, translation_of, part_of, has_part, supplement …
    kind: str
    title: str = ""
    identifiers: tuple[Identifier, ...] = ()
    volume: str = ""
    issue: str = ""
    pages: str = ""
    date: str = ""
    local_id: str = ""  # local id of the other record at the same source
    note: str = ""


class Item(_Value, frozen=True):
    """One copy (单册) as the source states it."""

    barcode: str = ""
    status: str = ""
    location: str = ""
    call_number: str = ""
    note: str = ""


class Holding(_Value, frozen=True):
    """What a library says it has (馆藏); ``library`` as the source names it until the loader knows better."""

    library: str = ""
    location: str = ""
    call_number: str = ""
    summary: str = ""
    items: tuple[Item, ...] = ()
    url: str = ""


class Source(_Value, frozen=True):
    """Where the record came from (来源): format code, character set, ordinal in its file.

    ``dialect`` is unimarc or cnmarc where the format is only a syntax (aleph, marcxml, marcjson).
    """

    format: str = ""
    charset: str = ""
    position: int = 0
    file: str = ""
    dialect: str = ""


class Record(_Value, frozen=True):
    """One description by one source (源记录)."""

    type: str = ""
    title: str = ""
    id: str = ""
    repository: str = ""
    library: str = ""
    type_evidence: tuple[str, ...] = ()
    title_remainder: str = ""
    responsibility: str = ""
    titles: tuple[Title, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    publication: Publication = Publication()
    year: int | None = None
    year_end: int | None = None
    languages: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    identifiers: tuple[Identifier, ...] = ()
    subjects: tuple[Subject, ...] = ()
    classes: tuple[Class, ...] = ()
    places: tuple[str, ...] = ()  # places the resource is about, widest first, joined with " / "
    edition: str = ""
    extent: str = ""
    series: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    abstract: str = ""
    contents: tuple[str, ...] = ()
    links: tuple[Link, ...] = ()
    relations: tuple[Relation, ...] = ()
    holdings: tuple[Holding, ...] = ()
    volume: str = ""  # number and name of the part this record describes (CNMARC 200$h $i, MARC 21 245$n $p)
    audience: str = ""
    rights: str = ""
    price: str = ""
    suppressed: bool = False
    deleted: bool = False
    embargo_until: str = ""  # ISO date
    modified: str = ""  # the source's own date of change (MARC 005 …), ISO 8601
    extra: dict[str, str] = {}  # what has no field of its own (school, term, enrolment, scale, coordinates …)
    source: Source = Source()


def record_uid(repository: str, local_id: str) -> str:
    """Permanent id of a source record (源记录号): 16 characters, the same for ever.

    It is a hash of repository and local id, so no counter has to be shared between workers.
    """
    key = f"{repository}\0{local_id}".encode("utf-8", "surrogatepass")
    digest = hashlib.blake2b(key, digest_size=10).digest()
    return base64.b32encode(digest).decode("ascii").lower()
