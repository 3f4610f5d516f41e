"""What authority records know of the names and subjects of a record (已知异名).

A name in a record is that of an authority record when it is one of its authorised forms and no date
contradicts; records that other agencies made of the same entity are joined by the forms that link them.
Where several records have such a form, dates decide; where they do not, nothing is said:
it is better not to know another name than to know a wrong one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import msgspec
import sqlalchemy as sa

from indexer.authority_tables import AUTHORITY, FORM
from indexer.database import open_database
from indexer.pack import unpack
from indexer.records.authority import NAMES, TOPICS, Authority, AuthorityKind, same_life
from indexer.records.record import Contributor, Record
from indexer.rows import select_in
from indexer.tables import chunks
from indexer.text.analyse import key

MAX_KNOWN = 200_000  # keys that are remembered
MAX_ADDED = 200  # forms of one heading that a document is found by


class Origin(msgspec.Struct, frozen=True, array_like=True):
    """Where authority records are read from (规范来源): a database, and the repositories everyone may see.

    Small enough to be handed to worker processes. Without repositories nothing is read at all.
    """

    address: str = ""
    repositories: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.address and self.repositories)


def heading_key(text: str) -> int:
    """The number that stands for a heading in any script, case and punctuation (63 bits)."""
    digest = hashlib.blake2b(key(text).encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def main_part(subject: str) -> str:
    """A subject heading without its subdivisions."""
    return subject.partition("--")[0].strip()


class KnownForms:
    """Looks authority records up by headings, many at once, and remembers them (异名查找)."""

    def __init__(self, database: sa.Engine, repositories: Iterable[str]) -> None:
        self._database = database
        self._repositories = frozenset(repositories)
        self._known: dict[int, tuple[Authority, ...]] = {}
        self._keys: dict[str, int] = {}

    def prepare(self, records: Iterable[Record]) -> None:
        """Reads what is known of all headings of these records, in a few questions."""
        texts: set[str] = set()
        for record in records:
            texts.update(c.name for c in record.contributors)
            for subject in record.subjects:
                texts.add(subject.value)
                if "--" in subject.value:
                    texts.add(main_part(subject.value))
        self.learn(texts)

    def learn(self, texts: Iterable[str]) -> None:
        """Reads what is known of headings, and of the forms by which other agencies call the same."""
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
            self._keys.clear()
        found = self._learn(texts)
        if found:
            self._learn({text for authority in found for text in authority.texts("authorised", "linked")})

    def _learn(self, texts: Iterable[str]) -> list[Authority]:
        new = {k for text in texts if text and (k := self._key(text)) not in self._known}
        if not new:
            return []
        found: dict[int, list[int]] = {}
        with self._database.connect() as connection:
            for number, authority in select_in(connection, (FORM.c.key, FORM.c.authority), FORM.c.key, new):
                found.setdefault(number, []).append(authority)
            records = self._read(connection, {n for numbers in found.values() for n in numbers})
        for number in new:
            held = [records[n] for n in sorted(found.get(number, ())) if n in records]
            self._known[number] = tuple(held)
        return list(records.values())

    def _read(self, connection: sa.Connection, numbers: set[int]) -> dict[int, Authority]:
        held = {}
        columns = (AUTHORITY.c.number, AUTHORITY.c.repository, AUTHORITY.c.record)
        for some in chunks(sorted(numbers)):
            query = sa.select(*columns).where(AUTHORITY.c.number.in_(some), ~AUTHORITY.c.deleted)
            for number, repository, blob in connection.execute(query):
                if repository in self._repositories:
                    held[number] = decode(unpack(blob))
        return held

    def _key(self, text: str) -> int:
        found = self._keys.get(text)
        if found is None:
            found = self._keys[text] = heading_key(text)
        return found

    def of_name(self, who: Contributor) -> tuple[Authority, ...]:
        """The authority records of a name in a record, of one and the same entity."""
        person = who.kind == "person"
        kinds: tuple[AuthorityKind, ...] = (
            ("person", "family") if person else ("corporate", "meeting", "place")
        )
        return self._one(who.name, kinds, who.dates)

    def of_subject(self, value: str) -> tuple[Authority, ...]:
        """The authority records of a subject heading, or of what stands before its subdivisions."""
        found = self._one(value, (*TOPICS, *NAMES), "")
        return found or (self._one(main_part(value), (*TOPICS, *NAMES), "") if "--" in value else ())

    def of_heading(self, kind: str, value: str) -> tuple[Authority, ...]:
        """The authority records of a heading of a browse list."""
        kinds: tuple[AuthorityKind, ...] = {
            "author": NAMES, "subject": (*TOPICS, *NAMES), "title": ("title",)
        }.get(kind, ())  # fmt: skip
        return self._one(value, kinds, "") if kinds else ()

    def _one(self, text: str, kinds: Sequence[AuthorityKind], dates: str) -> tuple[Authority, ...]:
        if not text:
            return ()
        number = self._key(text)
        if number not in self._known:
            self.learn((text,))
        held = [a for a in self._known.get(number, ()) if a.kind in kinds]
        if not held:
            return ()
        judged = [(a, same_life(a.dates, dates)) for a in held]
        fitting = [a for a, same in judged if same] or [a for a, same in judged if same is None]
        return self._with_linked(fitting, kinds) if _agree(fitting) else ()

    def _with_linked(
        self, fitting: Sequence[Authority], kinds: Sequence[AuthorityKind]
    ) -> tuple[Authority, ...]:
        """Also the records that other agencies made of the same entity: a form and dates in common, or of a
        subject the form alone.
        """
        result = list(fitting)
        for authority in fitting:
            for text in authority.texts("authorised", "linked"):
                for other in self._known.get(self._key(text), ()):
                    if other in result or other.kind not in kinds or other.kind != authority.kind:
                        continue
                    if same_life(authority.dates, other.dates) or other.kind == "topic":
                        result.append(other)
        return tuple(result)

    def names(self, record: Record) -> list[str]:
        """Other forms of the names in a record."""
        found: dict[str, None] = {}
        for who in record.contributors:
            _others(found, who.name, self.of_name(who))
        return list(found)

    def subjects(self, record: Record) -> list[str]:
        """Other forms of the subjects of a record."""
        found: dict[str, None] = {}
        for subject in record.subjects:
            _others(found, main_part(subject.value), self.of_subject(subject.value))
        return list(found)


def _agree(authorities: Sequence[Authority]) -> bool:
    """Whether records stand for one entity: dates or a number in common, no contradiction."""
    if len(authorities) < 2:
        return bool(authorities)
    first = authorities[0]
    numbers = {(i.scheme, i.value) for i in first.identifiers}
    for other in authorities[1:]:
        same = same_life(first.dates, other.dates)
        if same is False or first.kind != other.kind:
            return False
        shared = numbers & {(i.scheme, i.value) for i in other.identifiers}
        if same is None and not shared and first.kind in ("person", "family"):
            return False
    return True


def _others(found: dict[str, None], text: str, authorities: Sequence[Authority]) -> None:
    for authority in authorities:
        for form in authority.texts("authorised", "linked", "variant")[:MAX_ADDED]:
            if form != text:
                found[form] = None


decode = msgspec.msgpack.Decoder(Authority).decode


def opened(origin: Origin) -> KnownForms | None:
    """The forms known at an origin, for a process of its own; None when there is nothing to know."""
    return KnownForms(open_database(origin.address, read_only=True), origin.repositories) if origin else None
