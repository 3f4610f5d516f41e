"""Documents made again from the store, in worker processes (重建文档).

The main process only reads rows and writes the index; unpacking records and making documents, which is nearly
all of the work, happens in the workers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

import msgspec

from holdings.members import Members
from indexer.document import Member, Verdict, documents
from indexer.flags import flagged
from indexer.known_forms import Origin, opened
from indexer.pack import unpack
from indexer.records.private import without
from indexer.records.record import Record
from indexer.records.union import SourceRecord
from indexer.store import Store, StoredRow
from indexer.workers import Work, in_workers


class Today(msgspec.Struct, frozen=True, array_like=True):
    """What all documents depend on (当前可见性): the day, of each repository its atoms, places and private
    fields, what staff said of works, and where other forms of names are known.
    """

    day: str
    seen: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]
    verdicts: dict[str, Verdict] = {}
    authorities: Origin = Origin()


def made_again(
    ids: Iterable[list[str]], store: Store, members: Members, workers: int
) -> Iterator[tuple[int, list[bytes]]]:
    """(how many union records, their documents) for each chunk of union ids. Raises WorkerDied."""
    seen = {
        r: (tuple(sorted(members.atoms(r))), members.places(r), tuple(members.private(r)))
        for r in members.repositories()
    }
    today = Today(store.now()[:10], seen, store.verdicts(), store.authorities.origin())
    requests = (_encode(store.stored(chunk)) for chunk in ids if chunk)
    if workers < 2:
        answers: Iterable[bytes] = map(_maker(_encode(today)), requests)
    else:
        answers = in_workers(requests, _maker, _encode(today), workers)
    yield from map(_decode_answer, answers)


def _maker(started: bytes) -> Work:
    today = msgspec.msgpack.decode(started, type=Today)
    seen = {r: (frozenset(atoms), places, private) for r, (atoms, places, private) in today.seen.items()}
    nowhere: tuple[frozenset[str], tuple[str, ...], tuple[str, ...]] = (frozenset(), (), ())
    known = opened(today.authorities)

    def make(request: bytes) -> bytes:
        count, made = 0, list[bytes]()
        unions: list[tuple[str, list[Member]]] = []
        for union_id, rows in groupby(_decode_rows(request), key=lambda row: row[0]):
            held = []
            for _, uid, repository, first_seen, blob, flag in rows:
                record = flagged(_decode_record(unpack(blob)), flag)
                hidden = record.deleted or record.suppressed or record.embargo_until > today.day
                atoms, places, private = nowhere if hidden else seen.get(repository, nowhere)
                record = without(record, private)
                source = SourceRecord(
                    uid, record.library, repository, record.id, record, first_seen=first_seen
                )
                held.append(Member(source, atoms, places))
            unions.append((union_id, held))
        if known is not None:
            known.prepare([member.source.record for _, held in unions for member in held])
        for union_id, held in unions:
            made += documents(union_id, held, verdicts=today.verdicts, known=known)
            count += 1
        return _encode((count, made))

    return make


_encode = msgspec.msgpack.Encoder().encode
_decode_rows = msgspec.msgpack.Decoder(list[StoredRow]).decode
_decode_record = msgspec.msgpack.Decoder(Record).decode
_decode_answer = msgspec.msgpack.Decoder(tuple[int, list[bytes]]).decode
