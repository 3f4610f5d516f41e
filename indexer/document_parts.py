"""What documents are made of and show: a member of a union record, the display of a hit (文档组成)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from indexer.records.union import SourceRecord


class Display(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What a result list shows of a hit, stored with the document: made only from members its viewers may
    see.
    """

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
    works: tuple[int, ...] = ()  # digests of the work it is of (``keywords.work_digest``)


class Verdict(msgspec.Struct, frozen=True):
    """What staff said of the work of a source record (归并裁定): digests it has besides, and such as it must
    not have.
    """

    more: tuple[int, ...] = ()
    less: tuple[int, ...] = ()

    def applied(self, works: Sequence[int]) -> list[int]:
        """The digests of a document after the verdict."""
        return list(dict.fromkeys([*(w for w in works if w not in self.less), *self.more]))


def joint(verdicts: Mapping[str, Verdict], uids: Iterable[str]) -> Verdict | None:
    """The verdicts on all of these source records as one, None where there is none."""
    found = [verdicts[uid] for uid in uids if uid in verdicts] if verdicts else []
    if not found:
        return None
    return Verdict(
        tuple(dict.fromkeys(d for v in found for d in v.more)),
        tuple(dict.fromkeys(d for v in found for d in v.less)),
    )


class Member(msgspec.Struct, frozen=True, gc=False):
    """A source record in its union record, with the atoms it is seen through and the places it is shown in
    (成员).
    """

    source: SourceRecord
    atoms: frozenset[str]
    places: tuple[str, ...] = ()
