"""The authority file (规范库): authority records of all repositories, and what they change elsewhere.

Writing notes which headings are touched, in the same transaction; the records that carry them are indexed
again by ``indexer.follow``, also after a crash. Only repositories that everyone may see act on searching
and browsing: variant names of others are kept, counted and shown to nobody.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from holdings.members import Members
from holdings.members.view import PUBLIC
from indexer.authority_tables import AUTHORITY, FORM, METADATA, STATE, TOUCHED
from indexer.batch import Counts
from indexer.headings import AUTHOR, SUBJECT, TITLE, Uses
from indexer.known_forms import KnownForms, Origin, decode, heading_key
from indexer.pack import packer, unpack
from indexer.problem import Problem
from indexer.reader import Raw
from indexer.records.authority import NAMES, TOPICS, Authority
from indexer.records.record import Contributor, record_uid
from indexer.rows import in_pages
from indexer.tables import chunks
from indexer.text.analyse import key

_LISTS = {AUTHOR: NAMES, SUBJECT: (*TOPICS, *NAMES), TITLE: ("title",)}
SHOWN = 40  # variant forms that a page shows of one heading


class Known(msgspec.Struct, frozen=True, gc=False):
    """What authority records say of a heading, ready to be shown (规范说明)."""

    known_as: tuple[str, ...] = ()
    see_also: tuple[str, ...] = ()
    dates: str = ""
    notes: tuple[str, ...] = ()


class Authorities:
    """The authority file of one installation. Reading is safe from several threads; one writer at a time."""

    def __init__(self, database: sa.Engine, members: Members) -> None:
        self._database, self._members = database, members
        self._encode = msgspec.msgpack.Encoder().encode
        self._known: tuple[Any, KnownForms] | None = None
        self._held: tuple[int, tuple[str, ...]] = (0, ())  # repositories, as they were at a stamp

    def create_tables(self) -> None:
        METADATA.create_all(self._database)

    # Reading

    def open(self, repository: str) -> bool:
        """Whether everyone may see the authority records of a repository."""
        return PUBLIC in self._members.atoms(repository)

    def repositories(self) -> tuple[str, ...]:
        """Repositories with authority records."""
        stamp = self.stamp()
        if stamp != self._held[0]:
            query = sa.select(AUTHORITY.c.repository).distinct()
            with self._database.connect() as connection:
                self._held = (stamp, tuple(sorted(connection.execute(query).scalars())))
        return self._held[1]

    def origin(self) -> Origin:
        """Where documents find other forms; nothing while there is no authority record in force."""
        if not self.stamp():
            return Origin()
        address = self._database.url.render_as_string(hide_password=False)
        return Origin(address, tuple(r for r in self.repositories() if self.open(r)))

    def known(self) -> KnownForms | None:
        """The forms known now, None when nothing is: kept until a record or a repository changes."""
        stamp = self.stamp()
        if not stamp:
            return None
        repositories = tuple(r for r in self.repositories() if self.open(r))
        if not repositories:
            return None
        held = self._known
        if held is None or held[0] != (stamp, repositories):
            held = self._known = ((stamp, repositories), KnownForms(self._database, repositories))
        return held[1]

    def stamp(self) -> int:
        """Rises with every change; 0 while there has never been an authority record."""
        with self._database.connect() as connection:
            query = sa.select(STATE.c.value).where(STATE.c.name == "stamp")
            return int(connection.execute(query).scalar() or 0)

    def of(self, kind: str, values: Sequence[str]) -> dict[str, Known]:
        """What is known of the headings of a browse list; those nothing is known of are left out."""
        known = self.known() if kind in _LISTS else None
        if known is None:
            return {}
        known.learn(values)
        found = {value: known.of_heading(kind, value) for value in values}
        return {value: told(value, records) for value, records in found.items() if records}

    def of_names(self, people: Sequence[Contributor]) -> list[Known]:
        """What is known of the names in a record, in their order."""
        known = self.known()
        if known is None:
            return [Known()] * len(people)
        known.learn([who.name for who in people])
        return [told(who.name, known.of_name(who)) for who in people]

    def uses(self, kind: str, values: Iterable[str]) -> Uses:
        """Variant forms of authority records that have one of these values as an authorised form, each with
        (repository, form to use).
        """
        known = self.known() if kind in _LISTS else None
        if known is None:
            return {}
        present = {heading_key(value) for value in values}
        result: dict[str, dict[tuple[str, str], None]] = {}
        for authority in self._all(_LISTS[kind]):
            if not self.open(authority.repository):
                continue
            forms = authority.texts("authorised", "linked")
            used = [text for text in forms if heading_key(text) in present]
            own = {heading_key(text) for text in forms}
            for text in used:
                for variant in authority.texts("variant", hidden=False):
                    if heading_key(variant) not in own:
                        result.setdefault(variant, {})[authority.repository, text] = None
        return {form: tuple(targets) for form, targets in result.items()}

    def _all(self, kinds: Sequence[str]) -> Iterable[Authority]:
        query = sa.select(AUTHORITY.c.number, AUTHORITY.c.record).where(
            ~AUTHORITY.c.deleted, AUTHORITY.c.kind.in_(kinds)
        )
        for rows in in_pages(self._database, query, AUTHORITY.c.number, 2000):
            for row in rows:
                yield decode(unpack(row.record))

    def get(self, repository: str, local_id: str) -> Authority | None:
        """One record, for tests and administration."""
        query = sa.select(AUTHORITY.c.record).where(AUTHORITY.c.uid == record_uid(repository, local_id))
        with self._database.connect() as connection:
            blob = connection.execute(query.where(~AUTHORITY.c.deleted)).scalar()
        return decode(unpack(blob)) if blob else None

    def statistics(self) -> dict[str, Any]:
        """How many live records there are, of each kind and in each repository, and how many deleted."""
        c = AUTHORITY.c
        query = sa.select(c.repository, c.kind, c.deleted, sa.func.count()).group_by(
            c.repository, c.kind, c.deleted
        )
        kinds: Counter[str] = Counter()
        repositories: Counter[str] = Counter()
        deleted = 0
        with self._database.connect() as connection:
            for repository, kind, gone, count in connection.execute(query):
                if gone:
                    deleted += count
                else:
                    kinds[kind] += count
                    repositories[repository] += count
        return {
            "records": sum(kinds.values()),
            "deleted": deleted,
            "kinds": dict(sorted(kinds.items())),
            "repositories": dict(sorted(repositories.items())),
        }

    # Writing

    def write(
        self,
        batch: Sequence[tuple[Authority, Raw, bytes]],
        run: int,
        counts: Counts,
        now: str,
        *,
        take_older: bool = False,
    ) -> None:
        """Writes (record, original, checksum) in one transaction, and notes what it touches.

        Records are keyed by (repository, id); the last of several wins, an older version (by the source's
        own date) never replaces a newer one unless ``take_older``. A deleted record stays as a tombstone.
        """
        compress = packer()
        c = AUTHORITY.c
        last = {record_uid(a.repository, a.id): (a, raw, digest) for a, raw, digest in batch}
        counts.unchanged += len(batch) - len(last)
        with self._database.begin() as connection:
            number = int(connection.execute(sa.select(sa.func.max(c.number))).scalar() or 0)
            held = {}
            for some in chunks(last):
                rows = connection.execute(sa.select(AUTHORITY).where(c.uid.in_(some)))
                held.update({row.uid: row for row in rows})
            touched: set[tuple[str, bool]] = set()
            gone: list[int] = []
            values: list[dict[str, Any]] = []
            forms: list[dict[str, int]] = []
            for uid, (authority, raw, digest) in last.items():
                row = held.get(uid)
                older = row is not None and len(authority.modified) > 0 and authority.modified < row.modified
                if row is not None and (row.checksum == digest or (older and not take_older)):
                    counts.unchanged += 1
                    continue
                if row is not None:
                    if not row.deleted:
                        touched |= _touched(decode(unpack(row.record)))
                    gone.append(row.number)
                was = row is not None and not row.deleted
                if authority.deleted:
                    counts.deleted += 1 if was or row is None else 0
                    counts.unchanged += 0 if was or row is None else 1
                elif was:
                    counts.changed += 1
                else:
                    counts.new += 1
                number += 1
                own = row.number if row is not None else number
                values.append(
                    {
                        "number": own, "uid": uid, "repository": authority.repository,
                        "local_id": authority.id, "kind": authority.kind, "deleted": authority.deleted,
                        "checksum": digest, "modified": authority.modified, "changed": now, "run": run,
                        "format": raw.format, "original": compress(raw.data),
                        "record": compress(self._encode(authority)),
                    }
                )  # fmt: skip
                if not authority.deleted:
                    touched |= _touched(authority)
                    forms += [{"key": k, "authority": own} for k in _keys(authority)]
            for numbers in chunks(gone):
                connection.execute(sa.delete(FORM).where(FORM.c.authority.in_(numbers)))
                connection.execute(sa.delete(AUTHORITY).where(c.number.in_(numbers)))
            if not values:
                return
            connection.execute(sa.insert(AUTHORITY), values)
            if forms:
                connection.execute(sa.insert(FORM), forms)
            _touch(connection, touched)

    def touch(self, repository: str) -> None:
        """Notes all headings of a repository, after who may see it has changed."""
        query = sa.select(AUTHORITY.c.record).where(
            AUTHORITY.c.repository == repository, ~AUTHORITY.c.deleted
        )
        with self._database.begin() as connection:
            touched: set[tuple[str, bool]] = set()
            for blob in connection.execute(query).scalars():
                touched |= _touched(decode(unpack(blob)))
            _touch(connection, touched)

    def touched(self, after: int = 0, limit: int = 200) -> list[tuple[int, str, bool]]:
        """(number, heading, whether a name) of headings whose records must be indexed again."""
        query = sa.select(TOUCHED.c.number, TOUCHED.c.heading, TOUCHED.c.names).where(
            TOUCHED.c.number > after
        )
        with self._database.connect() as connection:
            found = connection.execute(query.order_by(TOUCHED.c.number).limit(limit))
            return [(int(number), heading, bool(names)) for number, heading, names in found]

    def touched_count(self) -> int:
        with self._database.connect() as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(TOUCHED)).scalar() or 0)

    def note_followed(self, up_to: int) -> None:
        """The index has followed everything touched up to this number."""
        with self._database.begin() as connection:
            connection.execute(sa.delete(TOUCHED).where(TOUCHED.c.number <= up_to))

    def last_touched(self) -> int:
        with self._database.connect() as connection:
            return int(connection.execute(sa.select(sa.func.max(TOUCHED.c.number))).scalar() or 0)


def told(value: str, records: Sequence[Authority]) -> Known:
    """What a page says of a heading, from the records of one entity."""
    forms = (f for r in records for f in r.texts("authorised", "linked", "variant", hidden=False))
    also = (f for r in records for f in r.texts("related", hidden=False))
    known_as: dict[str, str] = {}
    for form in forms:
        known_as.setdefault(key(form), form)
    known_as.pop(key(value), None)
    return Known(
        tuple(known_as.values())[:SHOWN],
        tuple(dict.fromkeys(also))[:SHOWN],
        next((r.dates for r in records if r.dates), ""),
        tuple(dict.fromkeys(note for r in records for note in r.notes))[:3],
    )


def checksum(data: bytes, version: int) -> bytes:
    """Names an original, and how it is read."""
    return hashlib.blake2b(data, digest_size=16, person=f"authority{version}".encode()).digest()


def _keys(authority: Authority) -> set[int]:
    """By which forms a record stands for a heading of another record; none for one that stands for nobody."""
    if authority.reference or authority.undifferentiated:
        return set()
    return {heading_key(text) for text in authority.texts("authorised", "linked")}


def _touched(authority: Authority) -> set[tuple[str, bool]]:
    if authority.kind == "title" or authority.reference or authority.undifferentiated:
        return set()
    return {(text, authority.kind in NAMES) for text in authority.texts("authorised", "linked")}


def _touch(connection: sa.Connection, touched: set[tuple[str, bool]]) -> None:
    if touched:
        rows = [{"heading": heading, "names": names} for heading, names in sorted(touched)]
        connection.execute(sa.insert(TOUCHED), rows)
    changed = sa.update(STATE).where(STATE.c.name == "stamp").values(value=STATE.c.value + 1)
    if connection.execute(changed).rowcount == 0:
        connection.execute(sa.insert(STATE).values(name="stamp", value=1))


def refused(code: str, message: str, raw: Raw) -> Problem:
    """The problem of a record that cannot be taken into the authority file."""
    return Problem(code, "error", message, "leader", raw.position)
