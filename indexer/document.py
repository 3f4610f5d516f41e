"""From a union record to the documents of the index (索引文档)."""

from __future__ import annotations

import msgspec


class Display(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a result list shows of a hit, stored with the document: made only from members its viewers may see."""

    type: str
    title: str
    title_script: str = ""
    title_remainder: str = ""
    romanised: str = ""  # romanised or parallel title, where there is one
    volume: str = ""
    contributors: tuple[str, ...] = ()  # names with roles left out, at most 10
    contributor_total: int = 0
    year: int | None = None
    year_end: int | None = None
    publisher: str = ""
    place: str = ""
    edition: str = ""
    host: str = ""  # title of the journal or book it is in
    host_detail: str = ""  # volume, issue, pages as "12(3): 45-50"
    languages: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()  # ids, own order of the index
    fulltext: str = ""  # first full-text address
    call_number: str = ""
    isbn: str = ""
    issn: str = ""
    doi: str = ""
    abstract: str = ""  # at most 300 characters
