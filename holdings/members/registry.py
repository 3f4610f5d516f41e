"""The registry of who takes part (成员登记), kept in the installation's database.

The whole registry is small (thousands of rows), so a process keeps one immutable snapshot of it and asks the
database only for its revision number: a change made by another process is seen by the next call.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from holdings.members import sharing
from holdings.members.consortium import CENTRE, Consortium, Membership
from holdings.members.endpoint import Endpoint
from holdings.members.library import Library
from holdings.members.names import Name
from holdings.members.repository import Repository
from holdings.members.tables import ENTRY, METADATA, REVISION, put
from holdings.members.user import STAFF_ROLES, User
from holdings.members.view import PUBLIC, View


class Viewer(msgspec.Struct, frozen=True):
    """Who is asking (访问者): nobody known, or a user with home library and roles."""

    user: str = ""
    library: str = ""
    roles: tuple[str, ...] = ()


ANYONE = Viewer()


class Configuration(msgspec.Struct, frozen=True):
    """Everything ``ereader apply`` can say, as values (登记内容), each in order of its id. In a change,
    ``removed`` are the entries that shall be no more, as kind/id (see ``change``).
    """

    libraries: tuple[Library, ...] = ()
    consortia: tuple[Consortium, ...] = ()
    memberships: tuple[Membership, ...] = ()
    repositories: tuple[Repository, ...] = ()
    users: tuple[User, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    removed: tuple[str, ...] = ()


KINDS: dict[str, tuple[type[Any], str, Callable[[Any], str]]] = {
    "library": (Library, "libraries", lambda v: v.id),
    "consortium": (Consortium, "consortia", lambda v: v.id),
    "membership": (Membership, "memberships", lambda v: f"{v.library}/{v.consortium}"),
    "repository": (Repository, "repositories", lambda v: v.id),
    "user": (User, "users", lambda v: v.name),
    "endpoint": (Endpoint, "endpoints", lambda v: v.id),
}


class Outdated(Exception):
    """Another process has changed the registry since it was read (登记已变); nothing was written."""


class _Snapshot:
    """One revision of the registry with what follows from it for one day."""

    def __init__(self, revision: int, day: datetime.date, rows: list[tuple[str, str, str]]) -> None:
        self.revision, self.day = revision, day
        kept: dict[str, dict[str, Any]] = {kind: {} for kind in KINDS}
        self.indexed: dict[str, frozenset[str]] = {}  # what all documents of a repository carry
        self.written: dict[str, frozenset[str]] = {}  # what some of them may carry
        self.former: dict[str, str] = {}  # whose a repository was that is no more
        withheld: list[str] = []
        for kind, id, value in rows:
            if kind == "indexed":
                self.indexed[id] = _decode_atoms(value)
            elif kind == "written":
                self.written[id] = _decode_atoms(value)
            elif kind == "former":
                self.former[id] = value
            elif kind == "withheld":
                withheld.append(id)
            else:
                kept[kind][id] = msgspec.json.decode(value, type=KINDS[kind][0])
        kept["consortium"].setdefault(CENTRE, Consortium(CENTRE, Name("中心", "Centre")))
        self.libraries: dict[str, Library] = kept["library"]
        self.consortia: dict[str, Consortium] = kept["consortium"]
        self.memberships: dict[str, Membership] = kept["membership"]
        self.repositories: dict[str, Repository] = kept["repository"]
        self.users: dict[str, User] = kept["user"]
        self.endpoints: dict[str, Endpoint] = kept["endpoint"]
        self.withheld = frozenset(withheld)  # union records of which the index may show too much
        self.statuses: dict[str, dict[str, str]] = {}
        for membership in self.memberships.values():
            self.statuses.setdefault(membership.library, {})[membership.consortium] = membership.status_on(
                day
            )
        self.atoms: dict[str, frozenset[str]] = {}
        self.places: dict[str, tuple[str, ...]] = {}
        standing = sharing.standing(self.consortia.values())
        self.opened = {r.id: sharing.with_standing(r, standing) for r in self.repositories.values()}
        for repository in self.opened.values():
            statuses = self.statuses.get(repository.library, {})
            self.atoms[repository.id] = sharing.atoms_of(repository, statuses, day)
            self.places[repository.id] = sharing.places_of(repository, statuses, day)
        self.marks = {
            r: self.atoms[r] | sharing.marks_of(repository) for r, repository in self.repositories.items()
        }
        self.carried = {
            r: sharing.either(*(kept[r] for kept in (self.indexed, self.written) if r in kept))
            for r in self.indexed.keys() | self.written.keys()
        }
        self.known_atoms = frozenset[str]().union(*self.atoms.values(), *self.carried.values())
        # Repositories whose documents in the index still carry atoms that were taken away since.
        self.narrowed = {
            r: old
            for r, old in self.carried.items()
            if sharing.atoms_in(old) - self.atoms.get(r, frozenset())
        }
        # Repositories whose documents in the index may say what has become private since.
        self.telling = frozenset(r for r, m in self.carried.items() if sharing.tells(m, self.marks.get(r)))


def _decode_atoms(value: str) -> frozenset[str]:
    return frozenset(msgspec.json.decode(value, type=list[str]))


def _row(kind: str, repository: str, atoms: frozenset[str]) -> tuple[str, str, str]:
    return kind, repository, msgspec.json.encode(sorted(atoms)).decode()


class Members:
    """Who takes part, and what each viewer may see (成员登记). Safe to call from several threads."""

    def __init__(
        self,
        engine: sa.Engine,
        today: Callable[[], datetime.date] = lambda: datetime.datetime.now(datetime.UTC).date(),
    ) -> None:
        self._engine = engine
        self._today = today
        self._held: _Snapshot | None = None

    def create_tables(self) -> None:
        METADATA.create_all(self._engine)

    def now(self) -> Members:
        """The registry of this moment, for one request: the database is asked once, and whatever is asked
        of it is answered from one revision.
        """
        return _Moment(self._engine, self._today, self._snapshot())

    def libraries(self) -> dict[str, Library]:
        return self._snapshot().libraries

    def consortia(self) -> dict[str, Consortium]:
        return self._snapshot().consortia

    def memberships(self) -> tuple[Membership, ...]:
        return tuple(self._snapshot().memberships.values())

    def statuses(self, library: str) -> Mapping[str, str]:
        """Consortium → how a library stands to it today."""
        return self._snapshot().statuses.get(library, {})

    def repositories(self) -> dict[str, Repository]:
        return self._snapshot().repositories

    def users(self) -> dict[str, User]:
        return self._snapshot().users

    def endpoints(self) -> dict[str, Endpoint]:
        """The addresses of other systems that are asked for a library, by id."""
        return self._snapshot().endpoints

    def atoms(self, repository: str) -> frozenset[str]:
        """The atoms of a repository; of an unknown one, none: nobody sees it."""
        return self._snapshot().atoms.get(repository, frozenset())

    def places(self, repository: str) -> tuple[str, ...]:
        """The place tokens where a repository is shown; of an unknown one, none."""
        return self._snapshot().places.get(repository, ())

    def former_owner(self, repository: str) -> str:
        """Whose a removed repository was, "" of any other. Its records are still stored, so no other library
        may take its id.
        """
        return self._snapshot().former.get(repository, "")

    def decision(self, repository: str, consortium: str) -> sharing.Decision:
        """Why a consortium shows a repository or does not, for its staff."""
        held = self._snapshot()
        found = held.opened.get(repository)
        if found is None:
            return sharing.Decision("not-offered")
        return sharing.decide(found, consortium, held.statuses.get(found.library, {}), held.day)

    def view(self, place: str = f"C:{CENTRE}", viewer: Viewer = ANYONE) -> View:
        """What ``viewer`` may see in the portal of ``place``; an unknown place opens nothing but what is
        public.

        Atoms that no repository carries are left out, so the View stays small however many places there are.
        """
        held = self._snapshot()
        kind, _, id = place.partition(":")
        places = [place]
        if kind == "L" and id in held.libraries:
            own = held.statuses.get(id, {})
            places += [f"C:{c}" for c in held.libraries[id].portal.includes if own.get(c) == "active"]
        elif kind != "C" or id not in held.consortia:
            places = []
        home = held.statuses.get(viewer.library, {}) if viewer.library in held.libraries else {}
        staff = bool(STAFF_ROLES.intersection(viewer.roles)) and viewer.library in held.libraries
        atoms = set()
        for shown in places:
            atoms.add(f"{shown}/everyone")
            if shown.startswith("C:"):
                # A member of a consortium is a member of a library that takes part in it now.
                if home.get(shown[2:]) == "active":
                    atoms |= {f"{shown}/members", f"{shown}/members@{viewer.library}"}
                    if staff:
                        atoms.add(f"{shown}/staff@{viewer.library}")
            elif viewer.library and shown == f"L:{viewer.library}":
                atoms.add(f"{shown}/members")
                if staff:
                    atoms.add(f"{shown}/staff")
        open_to = frozenset((atoms & held.known_atoms) | {PUBLIC})
        denied = frozenset(
            repository
            for repository, old in held.narrowed.items()
            if open_to & old and not open_to & held.atoms.get(repository, frozenset())
        )
        staff_of = frozenset({viewer.library} if staff else ())
        return View(place, open_to, denied, staff_of, held.withheld, held.telling)

    def stale(self) -> list[str]:
        """Repositories whose documents were not made with their present marks: index them again."""
        held = self._snapshot()
        return sorted(
            r
            for r, carried in held.carried.items()
            if not carried == held.indexed.get(r, carried) == held.marks.get(r, frozenset())
        )

    def private(self, repository: str) -> frozenset[str]:
        """The fields of a repository that only its library's own staff read."""
        found = self._snapshot().repositories.get(repository)
        return frozenset(found.private) if found else frozenset()

    def marks(self, repository: str) -> frozenset[str]:
        """What documents of a repository are made with today: its atoms, and a mark for each private field.
        Of an unknown one, nothing.
        """
        return self._snapshot().marks.get(repository, frozenset())

    def indexed(self, repository: str) -> frozenset[str] | None:
        """The marks that all documents of a repository carry; None where they differ, or there is none."""
        held = self._snapshot()
        atoms = held.indexed.get(repository)
        return atoms if atoms == held.carried.get(repository) else None

    def in_index(self) -> frozenset[str]:
        """The repositories that may have documents in the index."""
        return frozenset(self._snapshot().carried)

    def note_writing(self, repositories: Mapping[str, frozenset[str]]) -> None:
        """Remembers, before any is written, that some documents may carry these marks.

        Documents must never carry more than is remembered: what is taken away from a repository is kept from
        readers by comparing what it has now with what its documents may carry.
        """
        held = self._snapshot()
        both = {r: sharing.mixed(m, held.carried.get(r, m)) for r, m in repositories.items()}
        new = [_row("written", r, marks) for r, marks in both.items() if held.carried.get(r) != marks]
        if new:
            self._write(new)

    def note_indexed(self, repositories: Mapping[str, frozenset[str]]) -> None:
        """Remembers that all documents of these repositories carry exactly these marks."""
        held = self._snapshot()
        rows = []
        for r, atoms in repositories.items():
            if held.indexed.get(r) != atoms:
                rows.append(_row("indexed", r, atoms))
            if held.written.get(r, atoms) != atoms:
                rows.append(_row("written", r, atoms))
        if rows:
            self._write(rows)

    def withheld(self) -> frozenset[str]:
        """Union records that are kept from every list until the index has followed."""
        return self._snapshot().withheld

    def withhold(self, connection: sa.Connection, union_ids: Iterable[str]) -> None:
        """Keeps union records from every list from the next request on, in the transaction of what makes
        that necessary.
        """
        connection.execute(sa.update(REVISION).values(revision=REVISION.c.revision + 1))
        put(connection, [("withheld", id, "") for id in union_ids])

    def release(
        self, union_ids: Iterable[str], but: Callable[[sa.Connection], Iterable[str]] = lambda _: ()
    ) -> None:
        """The index has followed: these are shown as it has them, ``but`` those it has not followed yet."""
        gone = set(union_ids)
        if gone:
            with self._engine.begin() as connection:
                connection.execute(sa.update(REVISION).values(revision=REVISION.c.revision + 1))
                put(connection, [("withheld", id, None) for id in sorted(gone.difference(but(connection)))])

    def configuration(self) -> Configuration:
        held = self._snapshot()
        return Configuration(
            tuple(held.libraries[i] for i in sorted(held.libraries)),
            tuple(held.consortia[i] for i in sorted(held.consortia)),
            tuple(held.memberships[i] for i in sorted(held.memberships)),
            tuple(held.repositories[i] for i in sorted(held.repositories)),
            tuple(held.users[i] for i in sorted(held.users)),
            tuple(held.endpoints[i] for i in sorted(held.endpoints)),
        )

    def revision(self) -> int:
        """A number that rises with every change."""
        return self._snapshot().revision

    def save(
        self,
        changes: Configuration,
        note: Callable[[sa.Connection, list[str]], None] | None = None,
        seen: int | None = None,
    ) -> list[str]:
        """Adds, replaces and removes the entries of ``changes`` in one transaction; answers with those that
        differ, as kind/id. ``note`` is called with them in the same transaction, so there is no change
        without its note. ``seen`` is the revision on which ``changes`` rest: Outdated when there is a newer
        one.
        """
        held = self._snapshot()
        present = {kind: getattr(held, attribute) for kind, (_, attribute, _) in KINDS.items()}
        rows: list[tuple[str, str, str | None]] = [
            (kind, key(value), msgspec.json.encode(value).decode())
            for kind, (_, attribute, key) in KINDS.items()
            for value in getattr(changes, attribute)
            if present[kind].get(key(value)) != value
        ]
        for entry in changes.removed:
            kind, _, id = entry.partition("/")
            if id in present[kind]:
                rows.append((kind, id, None))
        changed = [f"{kind}/{id}" for kind, id, _ in rows]
        if rows:
            for kind, id, value in tuple(rows):
                if kind == "repository":
                    rows.append(("former", id, held.repositories[id].library if value is None else None))
            self._write(rows, (lambda connection: note(connection, changed)) if note else None, seen)
        return changed

    def _write(
        self,
        rows: Sequence[tuple[str, str, str | None]],
        note: Callable[[sa.Connection], None] | None = None,
        seen: int | None = None,
    ) -> None:
        with self._engine.begin() as connection:
            # First of all, for it takes the right to write: what is compared stays so until the end.
            raised = connection.execute(sa.update(REVISION).values(revision=REVISION.c.revision + 1))
            if raised.rowcount == 0:
                connection.execute(sa.insert(REVISION).values(id=1, revision=1))
            if seen is not None and connection.execute(sa.select(REVISION.c.revision)).scalar() != seen + 1:
                raise Outdated
            if note:
                note(connection)
            put(connection, rows)

    def _snapshot(self) -> _Snapshot:
        day = self._today()
        with self._engine.connect() as connection:
            revision = connection.execute(sa.select(REVISION.c.revision)).scalar() or 0
            held = self._held
            if held is not None and held.revision == revision and held.day == day:
                return held
            rows = [
                (r.kind, r.id, r.value)
                for r in connection.execute(sa.select(ENTRY.c.kind, ENTRY.c.id, ENTRY.c.value))
            ]
        self._held = held = _Snapshot(revision, day, rows)
        return held


class _Moment(Members):
    """A registry that stands still."""

    def __init__(self, engine: sa.Engine, today: Callable[[], datetime.date], snapshot: _Snapshot) -> None:
        super().__init__(engine, today)
        self._held = snapshot
        self._still = snapshot

    def _snapshot(self) -> _Snapshot:
        return self._still
