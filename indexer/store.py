"""The union repository (联合仓储): every record as received and as understood, who merged with whom, and what
happened.

Many processes may read while one writes. A change is in the store before it is in the index; each has a
``seq``, and `lagging` gives what the index has not seen yet, so a process killed between the two loses
nothing. Records are keyed by (repository, local id); writing the same again changes nothing.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from holdings.members import Members
from holdings.members.view import View
from indexer import flags, likely, pair_verdicts, review
from indexer.authorities import Authorities
from indexer.batch import Batch, Counts, Written
from indexer.document import Verdict
from indexer.earlier import Earlier, Row
from indexer.flags import Said, flagged
from indexer.headings import Headings
from indexer.match import keys_of
from indexer.merge import merge
from indexer.pack import unpack
from indexer.prepare import Prepared
from indexer.problem import Problem
from indexer.reader import Raw
from indexer.records.private import without_private
from indexer.records.record import Record
from indexer.records.union import SourceRecord, UnionRecord
from indexer.regroup import BlockTooLarge
from indexer.rows import in_pages, select_in, set_state
from indexer.store_queries import (
    BESIDE,
    HELD_ALONE,
    HELD_TOGETHER,
    ONE,
    STORED_BY_CLUSTER,
    STORED_BY_UID,
    WHOLE_BY_CLUSTER,
    WHOLE_BY_UID,
    as_said,
    said,
)
from indexer.tables import (
    CONTENT,
    CONTEXT,
    DELETED,
    LIVE,
    METADATA,
    RECORD_FLAG,
    RETIRED,
    RUN,
    RUN_PROBLEM,
    SCHEMA_VERSION,
    SOURCE,
    STATE,
    SUPPRESSED,
    chunks,
)
from indexer.verdicts import verdicts

# Union id, uid, repository, first seen, the packed record, what staff say of it.
StoredRow = tuple[str, str, str, str, bytes, Said | None]


class StoreError(Exception):
    """The store cannot be used as it is: made by another version, or its database does not answer."""


class Store:
    """The union repository of one installation (联合仓储). Reading is safe from several threads; one writer
    at a time.
    """

    def __init__(self, engine: sa.Engine, members: Members, now: Callable[[], str] | None = None) -> None:
        self._engine = engine
        self._members = members
        self.now = now or (lambda: datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
        self._next: dict[str, int] = {}
        self.authorities = Authorities(engine, members)
        self.headings = Headings(engine)
        self.earlier = Earlier(engine)

    # Life

    def create_tables(self) -> None:
        """Makes the tables where they are absent; a store of another version is a StoreError."""
        METADATA.create_all(self._engine)
        self.authorities.create_tables()
        self.headings.create_tables()
        self.prepare()

    def prepare(self) -> None:
        """What must be there before anybody reads, once there are tables; raises as `create_tables`."""
        self.headings.prepare()
        found = self._state("schema")
        if not found:
            self._set_state("schema", str(SCHEMA_VERSION))
        elif found != str(SCHEMA_VERSION):
            raise StoreError(
                f"the union repository has version {found} of its tables, this program needs {SCHEMA_VERSION}"
            )

    def close(self) -> None:
        self._engine.dispose()

    # Reading, always for a View

    def union(self, id: str, view: View) -> UnionRecord | None:
        """The union record with this id, or with a member of this uid, as the View sees it.

        None when there is none and when the View sees no member of it: nobody can tell the two apart. Its
        members are those of the whole cluster that the View sees, whichever member was asked for.
        """
        union_id, visible = self._cluster(id, view)
        if not visible:
            return None
        if len(visible) > 1:
            with self._engine.connect() as connection:
                uids = [s.uid for s in visible]
                said = pair_verdicts.decided(connection, uids).same
                rules = likely.rules(connection, uids)
            visible = _with_reasons(visible, said, rules)
        # A permalink to a member that this View does not see answers like an unknown one.
        if id != union_id and all(s.uid != id for s in visible):
            return None
        told = [
            s if s.library in view.staff_of else without_private(s, self._members.private(s.repository))
            for s in visible
        ]
        return UnionRecord(union_id, merge([s.record for s in told]), tuple(told))

    def original(self, uid: str, view: View) -> Raw | None:
        """A source record as received, when the View sees it, and all of it."""
        _, visible = self._cluster(uid, view)
        found = next((s for s in visible if s.uid == uid), None)
        if found is None:
            return None
        if found.library not in view.staff_of and self._members.private(found.repository):
            return None
        return next(self._originals(SOURCE.c.uid == uid), None)

    def _sees(self, view: View, rules: Members, repository: str, state: int, embargo_until: str) -> bool:
        if state != LIVE or self._later(embargo_until):
            return False
        return view.sees(rules.atoms(repository), repository)

    def embargoed(self, record: Record) -> bool:
        """Whether the record's own embargo still runs today."""
        return self._later(record.embargo_until)

    def _later(self, day: str) -> bool:
        return bool(day) and day > self.now()[:10]

    # Reading for indexing and administration, without a View

    def members_of(self, ids: Iterable[str]) -> Iterator[tuple[str, list[SourceRecord]]]:
        """(union id, all its live source records) of the union ids given; ids that are no unions are left
        out.
        """
        for chunk in chunks(ids):
            grouped: dict[str, dict[str, SourceRecord]] = defaultdict(dict)
            # Two questions, because a database answers an OR of both by reading the whole table.
            for query in (WHOLE_BY_UID, WHOLE_BY_CLUSTER):
                for union_id, source in self._sources(query, chunk):
                    grouped[union_id][source.uid] = source
            for union_id in sorted(grouped.keys() & set(chunk)):
                members = grouped[union_id]
                yield union_id, [members[uid] for uid in sorted(members)]

    def stored(self, ids: Iterable[str]) -> list[StoredRow]:
        """The live source records of union records as they are stored, in order of union id and uid."""
        found: dict[tuple[str, str], StoredRow] = {}
        with self._engine.connect() as connection:
            for chunk in chunks(ids):
                asked = set(chunk)
                for query in (STORED_BY_UID, STORED_BY_CLUSTER):
                    for uid, cluster, repository, seen, blob, *told in connection.execute(
                        query, {"ids": chunk}
                    ):
                        union_id = cluster or uid
                        if union_id in asked:
                            found[union_id, uid] = (union_id, uid, repository, seen, blob, said(*told))
        return [found[place] for place in sorted(found)]

    def unions(
        self, repository: str = "", since: int = -1, merged: bool | None = None
    ) -> Iterator[list[str]]:
        """Ids of all union records in chunks, or of those with a member in a repository or changed after
        ``since``; only of those made of several records, or only of all others.
        """
        query = sa.select(SOURCE.c.number, SOURCE.c.uid, SOURCE.c.cluster).where(SOURCE.c.state != DELETED)
        if repository:
            query = query.where(SOURCE.c.repository == repository)
        if since >= 0:
            query = query.where(SOURCE.c.seq > since)
        if merged is not None:
            query = query.where(SOURCE.c.cluster.is_not(None) if merged else SOURCE.c.cluster.is_(None))
        for rows in in_pages(self._engine, query, SOURCE.c.number, 2000):
            if repository or since >= 0:
                yield list(dict.fromkeys(r.cluster or r.uid for r in rows))
            else:
                # Each union once: where its smallest member stands.
                yield [r.uid for r in rows if r.cluster is None or r.cluster == r.uid]

    def sources(self, uids: Iterable[str]) -> Iterator[SourceRecord]:
        """These source records with what staff say of them, in order of uid in each chunk; no tombstones."""
        for chunk in chunks(uids):
            yield from (source for _, source in self._sources(WHOLE_BY_UID, chunk))

    def union_ids(self, uids: Iterable[str]) -> list[str]:
        """The union records that these source records are in today."""
        found: dict[str, None] = {}
        with self._engine.connect() as connection:
            for chunk in chunks(uids):
                query = sa.select(SOURCE.c.uid, SOURCE.c.cluster).where(
                    SOURCE.c.uid.in_(chunk), SOURCE.c.state != DELETED
                )
                found.update((row.cluster or row.uid, None) for row in connection.execute(query))
        return list(found)

    def verdicts(self, uids: Iterable[str] | None = None) -> dict[str, Verdict]:
        """What staff said of the works of these source records, or of all, by uid."""
        return verdicts(self._engine, uids)

    def originals(self, repository: str) -> Iterator[tuple[str, Raw]]:
        """(uid, original) of every record of a repository."""
        with self._engine.connect() as connection:
            uids = (
                connection.execute(sa.select(SOURCE.c.uid).where(SOURCE.c.repository == repository))
                .scalars()
                .all()
            )
        for uid in uids:
            for raw in self._originals(SOURCE.c.uid == uid):
                yield uid, raw

    def lagging(self) -> tuple[Iterator[list[str]], list[str]]:
        """Union ids to index again, and union ids to take out of the index, because of changes it has not
        committed.
        """
        since = self.indexed_seq()
        with self._engine.connect() as connection:
            retired = list(connection.execute(sa.select(RETIRED.c.id)).scalars())
            pending = connection.execute(sa.select(sa.func.max(SOURCE.c.seq))).scalar() or 0
        return (self.unions(since=since) if pending > since else iter(())), retired

    def indexed_seq(self) -> int:
        return int(self._state("index_seq") or 0)

    def index_stamp(self) -> str:
        """Another text whenever the index, or what authority records say, may have changed."""
        return f"{self._state('index_stamp')}/{self.authorities.stamp()}"

    def seq(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(sa.select(sa.func.max(SOURCE.c.seq))).scalar() or 0)

    def note_indexed(self, seq: int, *, changed: bool = True) -> None:
        """The index has committed everything up to ``seq``; ``changed``: it is not what it was before."""
        with self._engine.begin() as connection:
            set_state(connection, "index_seq", str(seq))
            if changed:
                stamp = sa.select(STATE.c.value).where(STATE.c.name == "index_stamp")
                made = int(connection.execute(stamp).scalar() or 0) + 1
                set_state(connection, "index_stamp", str(made))
            connection.execute(sa.delete(RETIRED).where(RETIRED.c.seq <= seq))

    def pending_flags(self) -> dict[str, str]:
        """What staff said of records and the index has not followed; see ``flags``."""
        return flags.pending(self._engine)

    def flags_followed(self, said: dict[str, str], members: Members, withheld: Iterable[str]) -> None:
        """The index has followed; union records are shown again unless more was said meanwhile."""
        flags.followed(self._engine, said)
        members.release(withheld, flags.unions_pending)

    def embargoes_ended(self) -> list[str]:
        """Union ids with a record whose embargo ended since this was last asked (and noted)."""
        today, asked = self.now()[:10], self._state("embargo_day")
        if asked == today:
            return []
        query = sa.select(SOURCE.c.uid, SOURCE.c.cluster)
        found: set[str] = set()
        with self._engine.connect() as connection:
            for until, asking in (
                (SOURCE.c.embargo_until, query),
                (RECORD_FLAG.c.embargo_until, query.join(RECORD_FLAG, BESIDE)),
            ):
                ended = asking.where(until != "", until > asked, until <= today)
                found |= {row.cluster or row.uid for row in connection.execute(ended)}
        return sorted(found)

    def note_embargoes(self) -> None:
        self._set_state("embargo_day", self.now()[:10])

    def statistics(self) -> dict[str, Any]:
        """Counts of live, deleted and merged records, and of each repository."""
        with self._engine.connect() as connection:
            states = connection.execute(
                sa.select(SOURCE.c.repository, SOURCE.c.state, sa.func.count()).group_by(
                    SOURCE.c.repository, SOURCE.c.state
                )
            ).all()
            merged = connection.execute(
                sa.select(sa.func.count(), sa.func.count(sa.distinct(SOURCE.c.cluster))).where(
                    SOURCE.c.cluster.is_not(None)
                )
            ).one()
            runs = connection.execute(sa.select(sa.func.count()).select_from(RUN)).scalar() or 0
        repositories: dict[str, dict[str, int]] = defaultdict(
            lambda: {"live": 0, "deleted": 0, "suppressed": 0}
        )
        names = {LIVE: "live", DELETED: "deleted", SUPPRESSED: "suppressed"}
        for repository, state, count in states:
            repositories[repository][names[state]] += count
        live = sum(r["live"] + r["suppressed"] for r in repositories.values())
        return {
            "sources": live,
            "deleted": sum(r["deleted"] for r in repositories.values()),
            "unions": live - merged[0] + merged[1],
            "merged_sources": merged[0],
            "runs": runs,
            "repositories": {name: repositories[name] for name in sorted(repositories)},
        }

    def runs(self, limit: int = 20, repositories: Iterable[str] | None = None) -> list[dict[str, Any]]:
        """The latest loads, newest first; of some repositories or of all."""
        query = sa.select(RUN).order_by(RUN.c.number.desc()).limit(limit)
        if repositories is not None:
            query = query.where(RUN.c.repository.in_(list(repositories)))
        with self._engine.connect() as connection:
            return [
                {**row._mapping, "counts": msgspec.json.decode(row.counts or "{}")}
                for row in connection.execute(query)
            ]

    def run(self, run: int) -> dict[str, Any] | None:
        """One load, as in `runs`; None when there is none of this number."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(RUN).where(RUN.c.number == run)).first()
        return {**row._mapping, "counts": msgspec.json.decode(row.counts or "{}")} if row else None

    def run_problems(self, run: int, limit: int = 1000) -> list[Problem]:
        query = (
            sa.select(RUN_PROBLEM.c.problem)
            .where(RUN_PROBLEM.c.run == run)
            .order_by(RUN_PROBLEM.c.number)
            .limit(limit)
        )
        with self._engine.connect() as connection:
            return [msgspec.json.decode(p, type=Problem) for p in connection.execute(query).scalars()]

    # Writing

    def tell(self, run: int, problems: Iterable[Problem]) -> None:
        """Keeps problems of a load."""
        rows = [{"run": run, "uid": "", "problem": msgspec.json.encode(p).decode()} for p in problems]
        if rows:
            with self._engine.begin() as connection:
                connection.execute(sa.insert(RUN_PROBLEM), rows)

    def start_run(self, repository: str, files: Sequence[str]) -> int:
        with self._engine.begin() as connection:
            number = (connection.execute(sa.select(sa.func.max(RUN.c.number))).scalar() or 0) + 1
            connection.execute(
                sa.insert(RUN).values(
                    number=number,
                    repository=repository,
                    files="\n".join(files),
                    started=self.now(),
                    finished="",
                    counts="",
                )
            )
        return number

    def finish_run(self, run: int, counts: Counts) -> None:
        with self._engine.begin() as connection:
            connection.execute(
                sa.update(RUN)
                .where(RUN.c.number == run)
                .values(finished=self.now(), counts=msgspec.json.encode(counts).decode())
            )

    def context(self, value: dict[str, Any]) -> int:
        """The number under which the context of a file is kept; 0 for none."""
        if not value:
            return 0
        encoded = msgspec.json.encode(value, order="deterministic")
        digest = hashlib.blake2b(encoded, digest_size=16).digest()
        with self._engine.begin() as connection:
            found = connection.execute(sa.select(CONTEXT.c.number).where(CONTEXT.c.digest == digest)).scalar()
            if found is not None:
                return int(found)
            number = (connection.execute(sa.select(sa.func.max(CONTEXT.c.number))).scalar() or 0) + 1
            connection.execute(sa.insert(CONTEXT).values(number=number, digest=digest, value=encoded))
        return int(number)

    def is_empty(self, repository: str) -> bool:
        with self._engine.connect() as connection:
            return (
                connection.execute(
                    sa.select(SOURCE.c.number).where(SOURCE.c.repository == repository).limit(1)
                ).first()
                is None
            )

    def known(self, checksums: Sequence[bytes]) -> set[bytes]:
        """Which originals are in the store exactly so, read the same way, for the same repository."""
        with self._engine.connect() as connection:
            return {
                row[0] for row in select_in(connection, (SOURCE.c.checksum,), SOURCE.c.checksum, checksums)
            }

    def write(
        self,
        repository: str,
        run: int,
        batch: Sequence[Prepared],
        counts: Counts,
        *,
        take_older: bool = False,
        now: str = "",
    ) -> Written:
        """Writes a batch in one transaction and counts what it did.

        The last of several records with one id wins, except that an older version (by the source's own date
        of change) never replaces a newer one unless ``take_older``. A deleted record stays as a tombstone.
        ``now`` is the time to be noted, for a whole load the same.
        """
        with self._engine.begin() as connection:
            return Batch(connection, repository, run, now or self.now(), take_older).write(batch, counts)

    def restore(self, repository: str, run: int, rows: Sequence[Row], batch: Sequence[Prepared]) -> Written:
        """Puts back what a load changed or brought, in one transaction (see ``undo``)."""
        with self._engine.begin() as connection:
            return Batch(connection, repository, run, self.now()).restore(rows, batch)

    def follow_verdicts(self) -> list[Written]:
        """Lets the clusters follow what people said of pairs, each verdict in its own transaction."""
        with self._engine.connect() as connection:
            pending = pair_verdicts.acts(connection, pending=True)
        written = []
        for act in pending:
            with self._engine.begin() as connection:
                # What hangs together with too many stays as it is, as when it was loaded.
                with contextlib.suppress(BlockTooLarge):
                    written.append(Batch(connection, "", 0, self.now()).decide_again(act.records))
                pair_verdicts.note_followed(connection, [act.number])
        return written

    def likeness_pending(self) -> int:
        """How many records wait to be compared by all their fields (see ``likely``)."""
        with self._engine.connect() as connection:
            return likely.pending(connection)

    def join_likely(self) -> tuple[Written, int] | None:
        """Compares the next records, in one transaction, and lets clusters follow; with how many they were.
        None when none is left.
        """
        with self._engine.begin() as connection:
            found = likely.step(connection)
            if found is None:
                return None
            written = Written()
            # What hangs together with too many stays as it is, as when it was loaded.
            with contextlib.suppress(BlockTooLarge):
                written = Batch(connection, "", 0, self.now()).decide_again(found.uids)
            review.ask(connection, found.asked, self.now())
            return written, found.done

    # Inside

    def _state(self, name: str) -> str:
        with self._engine.connect() as connection:
            return str(
                connection.execute(sa.select(STATE.c.value).where(STATE.c.name == name)).scalar() or ""
            )

    def _set_state(self, name: str, value: str) -> None:
        with self._engine.begin() as connection:
            set_state(connection, name, value)

    def _cluster(self, id: str, view: View) -> tuple[str, list[SourceRecord]]:
        """The union id of a source record, and the members of its cluster that the View sees.

        What is unknown costs the same questions as what is hidden, and nothing of a hidden member is read but
        whose it is, so no clock tells the two apart.
        """
        with self._engine.connect() as connection:
            row = connection.execute(ONE, {"id": id}).first()
            cluster = row.cluster if row is not None else None
            query = HELD_TOGETHER if cluster else HELD_ALONE
            held = connection.execute(query, {"id": cluster or id}).all()
        rules = self._members.now()
        visible = [
            uid
            for uid, repository, state, until, *told in held
            if self._sees(view, rules, repository, *as_said(state, until, said(*told)))
        ]
        if not visible:
            return "", []
        found = self._sources(WHOLE_BY_UID, visible)
        # A date that is none stands with the record only; what nobody understands keeps it hidden.
        return cluster or id, [source for _, source in found if not self.embargoed(source.record)]

    def _sources(self, query: sa.Select[Any], ids: list[str]) -> Iterator[tuple[str, SourceRecord]]:
        """(union id, source record) in order of uid; tombstones are left out."""
        with self._engine.connect() as connection:
            rows = connection.execute(query, {"ids": ids}).all()
        for uid, union_id, repository, first_seen, changed, format, charset, blob, problems, *told in rows:
            record = flagged(_decode_record(unpack(blob)), said(*told))
            yield (
                union_id or uid,
                SourceRecord(
                    uid,
                    record.library,
                    repository,
                    record.id,
                    record,
                    _decode_problems(problems) if problems else (),
                    (),
                    format,
                    charset,
                    first_seen,
                    changed,
                ),
            )

    def _originals(self, condition: sa.ColumnElement[bool]) -> Iterator[Raw]:
        query = (
            sa.select(CONTENT, CONTEXT.c.value)
            .join(SOURCE, SOURCE.c.number == CONTENT.c.number)
            .join(CONTEXT, CONTEXT.c.number == CONTENT.c.context, isouter=True)
            .where(condition)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        for row in rows:
            context = msgspec.json.decode(row.value) if row.value else {}
            yield Raw(row.format, unpack(row.original), row.position, 0, row.charset, context)


def _with_reasons(
    sources: list[SourceRecord],
    said: Mapping[pair_verdicts.Pair, int],
    rules: Mapping[pair_verdicts.Pair, str],
) -> list[SourceRecord]:
    """Adds to each member the keys it shares with another visible member, and the verdicts of people and the
    rules on the two: why they were merged.
    """
    labels = {s.uid: {key.number: key.label for key in keys_of(s.record)} for s in sources}
    holders: dict[int, int] = defaultdict(int)
    for own in labels.values():
        for number in own:
            holders[number] += 1
    return [
        msgspec.structs.replace(
            s,
            merged_by=(
                *dict.fromkeys(label for n, label in labels[s.uid].items() if holders[n] > 1),
                *(
                    f"verdict {number}"
                    for pair, number in said.items()
                    if s.uid in pair and labels.keys() >= set(pair)
                ),
                *sorted({f"rule {rule}" for pair, rule in rules.items() if s.uid in pair}),
            ),
        )
        for s in sources
    ]


_decode_record = msgspec.msgpack.Decoder(Record).decode
_decode_problems = msgspec.msgpack.Decoder(tuple[Problem, ...]).decode
