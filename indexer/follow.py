"""The index follows the store (索引跟进): after each batch, after a crash, after a change of sharing.

Everything written to the store has a rising ``seq``; the store remembers up to which of them the index has
committed. What is beyond is indexed first whenever the index is opened for writing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from holdings.members import Members
from indexer.batch import Written
from indexer.document import Member, documents
from indexer.index.clause import Clause, Run, Term, either
from indexer.index.engine import Engine, EngineWriter
from indexer.records.private import without_private
from indexer.records.union import SourceRecord
from indexer.reindex import made_again
from indexer.store import Store
from indexer.tables import chunks
from indexer.text.analyse import analyse

Progress = Callable[[int], None]  # union records indexed so far
SHOWN_AGAIN = 2.0  # seconds between commits while records that lost one of several members are done


def _silent(_: int) -> None: ...


class Follower:
    """Keeps the index in step with the store while one process writes (跟进器).

    ``members`` are the rules of the moment it began: what is changed meanwhile is followed by the next one,
    and what was taken away is hidden by the deny list, which is told beforehand what will be written.
    """

    def __init__(self, writer: EngineWriter, store: Store, members: Members) -> None:
        self.members = members.now()
        # A record takes along those it was merged with, whosever they are.
        members.note_writing({r: self.members.marks(r) for r in self.members.in_index()})
        self._writer, self._store = writer, store
        self._verdicts = store.verdicts()
        self._committed = time.monotonic()
        self._dirty = False

    def begin(self, repository: str, members: Members) -> tuple[frozenset[str], bool]:
        """Before records are loaded into a repository: the marks they get, and whether all others of it have
        the same, so that afterwards its documents are known to carry these and no others.
        """
        marks = self.members.marks(repository)
        whole = repository not in self.members.in_index() or self.members.indexed(repository) == marks
        members.note_writing({repository: marks})
        return marks, whole

    def follow(self, written: Written) -> None:
        """Writes what a batch changed; new records that stand alone bring their documents with them."""
        if written.added:
            self._writer.add([document for one in written.added for document in one.documents])
        for union_id in written.retired:
            self._writer.delete(union_id)
        judged = {one.uid for one in written.added} & self._verdicts.keys() if self._verdicts else set()
        if written.replaced or judged:
            self.replace(written.replaced | judged)
        self._dirty = self._dirty or bool(written.added or written.retired or written.replaced)

    def replace(self, union_ids: Iterable[str]) -> int:
        """Makes the documents of these union records again; answers with how many there were."""
        count = 0
        known = self._store.authorities.known()
        for some in chunks(union_ids):
            held = list(self._store.members_of(some))
            if known is not None:
                known.prepare([source.record for _, sources in held for source in sources])
            for union_id, sources in held:
                seen = shown(sources, self._store, self.members)
                made = documents(union_id, seen, verdicts=self._verdicts, known=known)
                self._writer.replace(union_id, made)
                count += 1
        self._dirty = self._dirty or count > 0
        return count

    def delete(self, union_ids: Iterable[str]) -> None:
        for union_id in union_ids:
            self._writer.delete(union_id)
            self._dirty = True

    def seconds_since_commit(self) -> float:
        return time.monotonic() - self._committed

    def commit(self) -> None:
        """Makes what was written searchable, then tells the store so."""
        seq = self._store.seq()
        changed = self._dirty
        if changed:
            self._writer.commit()
            self._dirty = False
        self._store.note_indexed(seq, changed=changed)
        self._committed = time.monotonic()


def shown(sources: Iterable[SourceRecord], store: Store, members: Members) -> list[Member]:
    """Source records with the atoms and places they have today; hidden ones have none."""
    result = []
    for source in sources:
        record = source.record
        hidden = record.deleted or record.suppressed or store.embargoed(record)
        atoms = frozenset[str]() if hidden else members.atoms(source.repository)
        shared = without_private(source, members.private(source.repository))
        result.append(Member(shared, atoms, () if hidden else members.places(source.repository)))
    return result


@contextmanager
def writing(
    engine: Engine, store: Store, members: Members, progress: Progress = _silent
) -> Iterator[Follower]:
    """Opens the index for writing, first indexing what it has missed; commits at the end.

    After an exception what was written is searchable too. But the store may be ahead by what was not, so it
    is not told that they are in step, and the next one writes all of it again.
    """
    if not engine.usable():
        rebuild(engine, store, members, progress)
    writer = engine.writer()
    follower = Follower(writer, store, members)
    try:
        store.follow_verdicts()
        catch_up(follower, store, progress)
        follow_flags(follower, store, members)
        follow_authorities(follower, engine, store, progress)
        yield follower
        follow_flags(follower, store, members)
        follow_authorities(follower, engine, store, progress)
        follower.commit()
    finally:
        writer.close()


def catch_up(follower: Follower, store: Store, progress: Progress = _silent) -> int:
    """Indexes what the store has and the index has not committed, and records whose embargo has ended."""
    late, retired = store.lagging()
    follower.delete(retired)
    count = 0
    for union_ids in late:
        count += follower.replace(union_ids)
        progress(count)
    count += follower.replace(store.embargoes_ended())
    store.note_embargoes()
    return count


def join_likely(follower: Follower, store: Store, most: int = 0, progress: Progress = _silent) -> int:
    """Joins what the rules of likeness hold to be the same among records that changed (see ``likely``), and
    indexes what follows; answers with how many records were looked at.

    With ``most``, nothing is done where more are waiting: that is left to a job.
    """
    if most and store.likeness_pending() > most:
        return 0
    count = 0
    while (found := store.join_likely()) is not None:
        written, done = found
        follower.follow(written)
        count += done
        progress(count)
    return count


def follow_flags(follower: Follower, store: Store, members: Members) -> int:
    """Indexes records again of which staff said something, and shows again what was withheld (标志跟进)."""
    said, withheld = store.pending_flags(), members.withheld()
    if not said and not withheld:
        return 0
    count = follower.replace(withheld.union(store.union_ids(said)))
    follower.commit()
    store.flags_followed(said, members, withheld)
    return count


def follow_authorities(follower: Follower, engine: Engine, store: Store, progress: Progress = _silent) -> int:
    """Indexes records again of whose names or subjects authority records say something new (规范跟进).

    What is looked for are the words of the heading, so a few more records than those that carry it are done.
    """
    count = last = 0
    while touched := store.authorities.touched(last):
        last = touched[-1][0]
        clause = either([c for _, heading, name in touched for c in _carrying(heading, name)])
        count += follower.replace(dict.fromkeys(engine.union_ids(clause)))
        progress(count)
    if last:
        follower.commit()
        store.authorities.note_followed(last)
    return count


def _carrying(heading: str, name: bool) -> list[Clause]:
    """The documents with the words of a heading next to each other: a name among names and subjects, a
    subject among subjects.
    """
    tokens = tuple(analyse(heading))[:32]
    columns = ["subject", "known_subject"]
    if name:
        # What one authority record says may rest on another that it is linked with.
        columns += ["author", "known_author"]
    return [Run(c, tokens) if len(tokens) > 1 else Term(c, tokens[0]) for c in columns if tokens]


def rebuild(
    engine: Engine, store: Store, members: Members, progress: Progress = _silent, *, workers: int = 0
) -> int:
    """Makes a new index beside the present one from the store and puts it in its place in one step.

    With ``workers`` documents are made in that many worker processes.
    """
    present = members.now()
    # Of those removed from the registry there may still be documents.
    repositories = {r: present.marks(r) for r in {*present.repositories(), *present.in_index()}}
    members.note_writing(repositories)
    writer = engine.writer(rebuild=True)
    count = 0
    done = False
    try:
        seq, touched = store.seq(), store.authorities.last_touched()
        said, withheld = store.pending_flags(), members.withheld()
        for made, documents_made in made_again(store.unions(), store, present, workers):
            writer.add(documents_made)
            count += made
            progress(count)
        writer.commit()
        done = True
    finally:
        writer.close(swap=done)
    store.note_embargoes()
    store.note_indexed(seq)
    store.authorities.note_followed(touched)
    members.note_indexed(repositories)
    store.flags_followed(said, members, withheld)
    return count


def refresh(
    follower: Follower,
    store: Store,
    members: Members,
    repositories: Iterable[str],
    progress: Progress = _silent,
) -> int:
    """Indexes whole repositories again, after who may see them has changed.

    What was taken away is hidden meanwhile with every record that it was merged with, so records made of
    several are done first, of all repositories, and are back at once. A repository whose rules change again
    while it is done is left for the next time.

    Of a repository of authority records, the records of others that it says something of: `writing` does
    those at its end.
    """
    present = {r: follower.members.marks(r) for r in repositories}
    members.note_writing(present)
    count = 0
    left = set[str]()
    for merged in (True, False):
        for repository, marks in present.items():
            for union_ids in store.unions(repository, merged=merged):
                if members.marks(repository) != marks:
                    left.add(repository)
                    break
                count += follower.replace(union_ids)
                progress(count)
                if merged and follower.seconds_since_commit() > SHOWN_AGAIN:
                    follower.commit()
            if not merged and repository not in left:
                store.authorities.touch(repository)
                follower.commit()
                members.note_indexed({repository: marks})
        if merged and count:
            follower.commit()
    return count
