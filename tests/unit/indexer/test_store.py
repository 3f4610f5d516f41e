"""The union repository: idempotence, versions, tombstones, merging and un-merging, and the index that
follows.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import msgspec
import pytest
import sqlalchemy as sa

from holdings.members import CENTRE, Configuration, Library, Members, Membership, Repository, View
from indexer import follow
from indexer.batch import Counts, Written
from indexer.index import open_engine
from indexer.index.engine import Engine, SearchCall
from indexer.index.query import Everything, Phrase
from indexer.index.tantivy_writer import TantivyWriter
from indexer.prepare import Prepared, Preparer, Task, checksum_of
from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.record import Identifier, Record, record_uid
from indexer.store import Store

ISBN = (Identifier("isbn", "9787020002207"),)
PUBLIC_REPOSITORIES = ("a-books", "b-books", "c-books")


class _AsIs:
    """An adapter for records that are written down as JSON."""

    formats = ("asis",)

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        return msgspec.json.decode(raw.data, type=Record), []


class Home:
    """A store, an index in memory and three libraries that share everything."""

    def __init__(self, database: sa.Engine) -> None:
        self.database = database
        self.day = "2026-05-01"
        self.members = Members(self.database)
        self.members.create_tables()
        self.store = Store(self.database, self.members, lambda: f"{self.day}T10:00:00Z")
        self.store.create_tables()
        self.engine: Engine = open_engine("tantivy", None)
        self.run = 0
        libraries = [r[0] for r in PUBLIC_REPOSITORIES]
        self.members.save(
            Configuration(
                libraries=tuple(Library(i) for i in libraries),
                memberships=tuple(Membership(i, CENTRE) for i in libraries),
                repositories=(
                    *(
                        Repository(r, r[0], offered_to=(CENTRE,), published_by=(CENTRE,))
                        for r in PUBLIC_REPOSITORIES
                    ),
                    Repository("a-staff", "a", audience="staff"),
                ),
            )
        )

    def view(self) -> View:
        return self.members.view()

    def prepared(self, repository: str, record: Record) -> Prepared:
        profile = Profile(library=repository[0], repository=repository)
        task = Task(
            profile, tuple(self.members.atoms(repository)), self.members.places(repository), self.store.now()
        )
        preparer = Preparer(task)
        preparer.adapters = {"asis": _AsIs()}
        data = msgspec.json.encode(record)
        return preparer.batch([(Raw("asis", data, 1), 0, checksum_of(profile, {})(data))])[0]

    def put(self, repository: str, *records: Record, take_older: bool = False) -> Counts:
        self.run += 1
        counts = Counts()
        with follow.writing(self.engine, self.store, self.members) as index:
            batch = [self.prepared(repository, r) for r in records]
            index.follow(self.store.write(repository, self.run, batch, counts, take_older=take_older))
        return counts

    def put_without_index(self, repository: str, *records: Record) -> Written:
        self.run += 1
        batch = [self.prepared(repository, r) for r in records]
        return self.store.write(repository, self.run, batch, Counts())

    def hits(self) -> list[str]:
        found = self.engine.search(SearchCall(Everything(), self.view(), limit=100))
        assert found.total == len(found.hits)
        return sorted(hit.id for hit in found.hits)

    def unions(self) -> dict[str, tuple[str, ...]]:
        """union id → uids, as the store has them."""
        ids = [i for chunk in self.store.unions() for i in chunk]
        return {i: tuple(s.uid for s in sources) for i, sources in self.store.members_of(ids)}


@pytest.fixture
def home(database: sa.Engine) -> Iterator[Home]:
    made = Home(database)
    yield made
    made.engine.close()


def book(
    id: str, title: str = "红楼梦", identifiers: Sequence[Identifier] = ISBN, **values: object
) -> Record:
    return Record(**{"type": "book", "id": id, "title": title, "identifiers": tuple(identifiers), **values})  # type: ignore[arg-type]


@pytest.mark.parametrize("field", ["id", "title", "modified", "embargo_until"])
@pytest.mark.parametrize("value", ["x" * 5000, "a\x00b", "\\N\t\n"])
def test_no_field_is_too_long_or_too_strange_to_be_kept(home: Home, field: str, value: str) -> None:
    assert home.put("a-books", msgspec.structs.replace(book("1"), **{field: value})).new == 1
    (sources,) = home.unions().values()
    assert len(sources) == 1 and home.put("a-books", book("2")).new == 1


def test_writing_the_same_again_changes_nothing(home: Home) -> None:
    assert home.put("a-books", book("1"), book("2", "西游记", ())).new == 2
    before = home.store.seq()
    again = home.put("a-books", book("1"), book("2", "西游记", ()))
    assert (again.new, again.changed, again.unchanged) == (0, 0, 2)
    assert home.store.seq() == before


def test_the_original_comes_back_as_received(home: Home) -> None:
    record = book("1", rights="照原样")
    home.put("a-books", record)
    raw = home.store.original(record_uid("a-books", "1"), home.view())
    assert raw is not None
    assert (raw.format, raw.data) == ("asis", msgspec.json.encode(record))


def test_a_changed_record_replaces_its_predecessor_everywhere(home: Home) -> None:
    home.put("a-books", book("1", "旧题名", ()))
    assert home.put("a-books", book("1", "新题名", ())).changed == 1
    union = home.store.union(record_uid("a-books", "1"), home.view())
    assert union is not None
    assert union.record.title == "新题名"
    assert len(home.hits()) == 1


def test_an_older_version_does_not_replace_a_newer_one(home: Home) -> None:
    home.put("a-books", book("1", "新", (), modified="2026-02-01T00:00:00"))
    counts = home.put("a-books", book("1", "旧", (), modified="2025-01-01T00:00:00"))
    assert (counts.unchanged, counts.changed) == (1, 0)
    union = home.store.union(record_uid("a-books", "1"), home.view())
    assert union is not None
    assert union.record.title == "新"
    assert [p.code for p in home.store.run_problems(home.run)] == ["older-version"]


def test_an_older_version_replaces_a_newer_one_when_it_is_told_to(home: Home) -> None:
    home.put("a-books", book("1", "新", (), modified="2026-02-01"))
    assert home.put("a-books", book("1", "旧", (), modified="2025-01-01"), take_older=True).changed == 1


def test_of_two_records_with_one_id_the_last_is_kept_and_told(home: Home) -> None:
    counts = home.put("a-books", book("1", "甲", ()), book("1", "乙", ()))
    assert (counts.read, counts.new, counts.unchanged) == (2, 1, 1)
    union = home.store.union(record_uid("a-books", "1"), home.view())
    assert union is not None
    assert union.record.title == "乙"
    assert [p.code for p in home.store.run_problems(home.run)] == ["id-twice"]


def test_a_deleted_record_leaves_a_tombstone_and_the_index(home: Home) -> None:
    home.put("a-books", book("1"))
    assert home.put("a-books", book("1", deleted=True)).deleted == 1
    assert home.store.union(record_uid("a-books", "1"), home.view()) is None
    assert home.hits() == []
    assert home.store.statistics()["deleted"] == 1
    assert home.put("a-books", book("1", deleted=True)).unchanged == 1


def test_a_deleted_record_may_come_back(home: Home) -> None:
    home.put("a-books", book("1"))
    home.put("a-books", book("1", deleted=True))
    home.put("a-books", book("1"))
    assert home.hits() == [record_uid("a-books", "1")]


def test_a_deletion_of_something_unknown_is_kept_as_a_tombstone(home: Home) -> None:
    assert home.put("a-books", book("1", deleted=True)).deleted == 1
    assert home.store.statistics()["deleted"] == 1


def test_records_of_two_libraries_merge_into_one_hit_and_every_uid_leads_to_it(home: Home) -> None:
    home.put("a-books", book("1", "紅樓夢"))
    home.put("b-books", book("7", "红楼梦"))
    uids = sorted([record_uid("a-books", "1"), record_uid("b-books", "7")])
    assert home.hits() == [uids[0]]
    for uid in uids:
        union = home.store.union(uid, home.view())
        assert union is not None
        assert union.id == uids[0]
        assert [s.uid for s in union.sources] == uids
        assert union.sources[0].merged_by == ("isbn 9787020002207 and title",)


def test_deleting_a_member_takes_the_merge_back(home: Home) -> None:
    home.put("a-books", book("1"))
    home.put("b-books", book("7"))
    home.put("b-books", book("7", deleted=True))
    assert home.hits() == [record_uid("a-books", "1")]
    assert home.unions() == {record_uid("a-books", "1"): (record_uid("a-books", "1"),)}


def test_a_correction_takes_a_record_out_of_its_cluster(home: Home) -> None:
    home.put("a-books", book("1"))
    home.put("b-books", book("7"))
    home.put("c-books", book("3"))
    home.put("b-books", book("7", identifiers=(Identifier("isbn", "9787101003048"),)))
    assert len(home.hits()) == 2
    assert sorted(map(len, home.unions().values())) == [1, 2]


def test_volumes_under_one_isbn_stay_apart(home: Home) -> None:
    home.put("a-books", book("1", "史记", volume="上册"), book("2", "史记", volume="下册"), book("3", "史记"))
    assert len(home.hits()) == 3


def _random_history(random_: random.Random) -> list[tuple[str, Record]]:
    steps = []
    for _ in range(25):
        repository = random_.choice(PUBLIC_REPOSITORIES)
        id = str(random_.randrange(3))
        year = random_.choice([None, 1990, 1991, 2000])
        isbn = Identifier("isbn", random_.choice(["9787020002207", "9787101003048"]))
        title = random_.choice(["红楼梦", "西游记"])
        edition = random_.choice(["", "", "第2版"])
        deleted = random_.random() < 0.2
        steps.append((repository, book(id, title, (isbn,), year=year, edition=edition, deleted=deleted)))
    return steps


@pytest.mark.parametrize("seed", range(12))
def test_any_history_ends_like_a_fresh_load_of_its_last_state(
    new_database: Callable[[], sa.Engine], seed: int
) -> None:
    random_ = random.Random(seed)
    history = _random_history(random_)
    one, two = Home(new_database()), Home(new_database())
    try:
        for repository, record in history:
            one.put(repository, record)
        last = {(repository, record.id): (repository, record) for repository, record in history}
        fresh = list(last.values())
        random_.shuffle(fresh)
        for repository, record in fresh:
            two.put(repository, record)
        assert one.unions() == two.unions()
        assert one.hits() == two.hits() == sorted(one.unions())
    finally:
        for home in (one, two):
            home.engine.close()


def test_what_the_index_missed_is_indexed_when_it_is_opened_again(home: Home) -> None:
    home.put("a-books", book("1"), book("2", "西游记", ()))
    # The process is killed after the store has committed and before the index has.
    home.put_without_index("b-books", book("7"))
    home.put_without_index("a-books", book("2", "西游记", (), deleted=True))
    with follow.writing(home.engine, home.store, home.members):
        pass
    assert home.hits() == sorted(home.unions())
    assert len(home.hits()) == 1


@pytest.mark.parametrize(
    ("taker", "step"),
    [
        *((TantivyWriter, step) for step in ("add", "replace", "delete", "commit")),
        (follow.Follower, "follow"),
    ],
)
def test_what_the_index_does_not_take_is_indexed_by_the_next_load(
    home: Home, monkeypatch: pytest.MonkeyPatch, taker: type, step: str
) -> None:
    home.put("a-books", book("1"), book("2", "西游记", ()), book("3", "水浒传", ()))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as away:
        away.setattr(taker, step, interrupted)
        with pytest.raises(KeyboardInterrupt):
            home.put(
                "a-books",
                book("4", "儒林外史", ()),
                book("2", "西游记校注", ()),
                book("3", "", (), deleted=True),
            )
    with follow.writing(home.engine, home.store, home.members):
        pass
    assert home.hits() == sorted(record_uid("a-books", n) for n in "124")
    found = home.engine.search(SearchCall(Phrase("title", "校注"), home.view()))
    assert [hit.id for hit in found.hits] == [record_uid("a-books", "2")]


@pytest.mark.parametrize("workers", [0, 2])
def test_rebuilding_gives_the_same_index(home: Home, workers: int) -> None:
    home.put("a-books", book("1"), book("2", "西游记", ()))
    home.put("b-books", book("7"))
    home.put("a-staff", book("9", "馆员手册", ()))
    before = home.hits()
    assert follow.rebuild(home.engine, home.store, home.members, workers=workers) == 3
    assert home.hits() == before


def test_hidden_and_unknown_answer_alike(home: Home) -> None:
    home.put("a-staff", book("1"))
    uid = record_uid("a-staff", "1")
    assert home.store.union(uid, home.view()) is None
    assert home.store.original(uid, home.view()) is None
    assert home.store.union("unknown", home.view()) is None
    assert home.hits() == []


def test_a_hidden_member_shows_nowhere_in_the_merged_record(home: Home) -> None:
    home.put("a-staff", book("1", notes=("馆员的秘密",)))
    home.put("b-books", book("7"))
    union = home.store.union(record_uid("b-books", "7"), home.view())
    assert union is not None
    assert [s.repository for s in union.sources] == ["b-books"]
    assert union.record.notes == ()
    assert home.store.union(record_uid("a-staff", "1"), home.view()) is None or union.id == record_uid(
        "a-staff", "1"
    )


@pytest.mark.parametrize("values", [{"suppressed": True}, {"embargo_until": "2030-01-01"}])
def test_suppressed_and_embargoed_records_are_seen_by_nobody(home: Home, values: dict[str, object]) -> None:
    home.put("a-books", book("1", **values))
    assert home.store.union(record_uid("a-books", "1"), home.view()) is None
    assert home.hits() == []


def test_a_record_is_seen_from_the_day_its_embargo_ends(home: Home) -> None:
    home.put("a-books", book("1", embargo_until="2026-05-03"))
    home.day = "2026-05-03"
    assert home.store.union(record_uid("a-books", "1"), home.view()) is not None
    with follow.writing(home.engine, home.store, home.members):
        pass
    assert home.hits() == [record_uid("a-books", "1")]


def test_a_record_without_an_id_gets_one_from_its_content(home: Home) -> None:
    assert home.put("a-books", book("", "无号", ())).new == 1
    assert home.put("a-books", book("", "无号", ())).unchanged == 1


def test_an_adapter_that_fails_refuses_one_record_only(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    original: Callable[..., tuple[Record | None, list[Problem]]] = _AsIs.adapt

    def failing(self: _AsIs, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]:
        if "坏".encode() in raw.data:
            raise RuntimeError("坏")
        return original(self, raw, profile)

    monkeypatch.setattr(_AsIs, "adapt", failing)
    counts = home.put("a-books", book("1"), book("2", "坏"))
    assert (counts.new, counts.refused) == (1, 1)
    assert [p.code for p in home.store.run_problems(home.run)] == ["adapter-failed"]
