"""Undoing a load: the repository is again what it was before, for readers, for the index and for the next load."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from test_store import PUBLIC_REPOSITORIES, Home, _random_history, book

from indexer import follow, undo
from indexer.batch import Counts
from indexer.earlier import KEPT
from indexer.index.engine import SearchCall
from indexer.index.query import Everything
from indexer.records.record import Identifier, Record, record_uid
from indexer.tables import KEY, SOURCE


class Loading(Home):
    """A home whose loads are noted as those of the pipeline are."""

    def load(self, repository: str, *records: Record) -> int:
        self.run = self.store.start_run(repository, ["file"])
        self.store.earlier.begin(self.run, repository)
        counts = Counts()
        with follow.writing(self.engine, self.store, self.members) as index:
            for record in records:
                batch = [self.prepared(repository, record)]
                index.follow(self.store.write(repository, self.run, batch, counts, take_older=True))
        self.store.finish_run(self.run, counts)
        return self.run

    def undo(self, run: int) -> undo.Undone:
        return undo.undo(run, self.store, self.members, self.engine, "user:t")

    def state(self) -> dict[str, Any]:
        """What readers and staff can see of it."""
        ids = [i for chunk in self.store.unions() for i in chunk]
        found = {
            id: [(s.uid, s.record, s.format, s.problems) for s in sources]
            for id, sources in self.store.members_of(ids)
        }
        shown = self.engine.search(SearchCall(Everything(), self.view(), limit=100)).hits
        with self.database.connect() as connection:
            keys = sorted(map(tuple, connection.execute(sa.select(KEY))))
        return {"unions": found, "hits": sorted((h.id, h.display) for h in shown), "keys": keys}


@pytest.fixture
def home(database: sa.Engine) -> Iterator[Loading]:
    made = Loading(database)
    yield made
    made.engine.close()


def test_what_the_load_brought_is_taken_away_and_what_it_changed_is_as_before(home: Loading) -> None:
    home.load("a-books", book("1", "甲", ()), book("2", "乙", ()), book("3", "丙", ()))
    before = home.state()
    run = home.load("a-books", book("1", "甲甲", ()), book("2", deleted=True), book("4", "丁", ()))
    assert home.state() != before
    found = home.store.earlier.standing(run)
    assert (found.standing, found.removed, found.restored) == ("possible", 1, 2)
    assert home.undo(run) == undo.Undone(removed=1, restored=2)
    assert home.state() == before
    done = home.store.earlier.standing(run)
    assert (done.standing, done.actor, done.removed, done.restored) == ("undone", "user:t", 1, 2)


def test_a_merge_that_the_load_made_is_taken_back(home: Loading) -> None:
    home.load("b-books", book("7"))
    before = home.state()
    run = home.load("a-books", book("1"))
    assert len(home.hits()) == 1 and home.state() != before
    home.undo(run)
    assert home.state() == before


def test_of_what_was_taken_away_no_content_stays(home: Loading) -> None:
    run = home.load("a-books", book("1", "不该装载的内容", ()))
    home.undo(run)
    tables = sa.inspect(home.database).get_table_names()
    originals = [raw.data for _, raw in home.store.originals("a-books")]
    assert originals == [b""] and "source_before" in tables
    assert home.store.statistics()["deleted"] == 1


def test_the_same_file_may_be_loaded_again_after_it_was_undone(home: Loading) -> None:
    home.undo(home.load("a-books", book("1"), book("2", "乙", ())))
    run = home.load("a-books", book("1"), book("2", "乙", ()))
    assert home.store.run(run)["counts"]["new"] == 2  # type: ignore[index]
    assert len(home.hits()) == 2
    home.undo(run)
    assert home.hits() == []


def test_a_later_load_is_undone_first(home: Loading) -> None:
    first = home.load("a-books", book("1", "甲", ()))
    empty = home.state()
    other = home.load("b-books", book("9", "别馆", ()))
    second = home.load("a-books", book("1", "甲甲", ()))
    home.load("a-books", book("1", "甲甲", ()))  # which changes nothing and stands in nobody's way
    found = home.store.earlier.standing(first)
    assert (found.standing, found.later) == ("later-first", second)
    with pytest.raises(undo.CannotUndo):
        home.undo(first)
    home.undo(second)
    home.undo(other)
    assert home.state() == empty
    home.undo(first)
    assert home.hits() == []


def test_a_load_is_undone_once(home: Loading) -> None:
    run = home.load("a-books", book("1"))
    home.undo(run)
    with pytest.raises(undo.CannotUndo):
        home.undo(run)


def test_a_load_that_changed_nothing_cannot_be_undone(home: Loading) -> None:
    home.load("a-books", book("1"))
    assert home.store.earlier.standing(home.load("a-books", book("1"))).standing == "nothing"
    assert home.store.earlier.standing(99).standing == "never-kept"


def test_earlier_versions_are_given_up_after_some_loads(home: Loading) -> None:
    runs = [home.load("a-books", book("1", f"第{n}版", ())) for n in range(KEPT + 1)]
    standings = [home.store.earlier.standing(run).standing for run in runs]
    assert standings == ["given-up", *["later-first"] * (KEPT - 1), "possible"]


def test_a_record_that_the_load_wrote_twice_is_as_before_the_first(home: Loading) -> None:
    home.load("a-books", book("1", "甲", ()))
    before = home.state()
    home.undo(home.load("a-books", book("1", "乙", ()), book("1", "丙", ()), book("1", deleted=True)))
    assert home.state() == before


def test_undoing_goes_on_where_it_was_killed(home: Loading, monkeypatch: pytest.MonkeyPatch) -> None:
    home.load("a-books", *(book(str(n), f"第{n}种", ()) for n in range(4)))
    before = home.state()
    changed = (book(str(n), f"改{n}种", ()) for n in range(4))
    run = home.load("a-books", *changed, *(book(str(n), f"新{n}种", ()) for n in range(4, 9)))
    monkeypatch.setattr(undo, "BATCH", 2)
    restore, calls = home.store.restore, []

    def killed(*given: Any) -> Any:
        calls.append(given)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return restore(*given)

    monkeypatch.setattr(home.store, "restore", killed)
    with pytest.raises(KeyboardInterrupt):
        home.undo(run)
    assert home.store.earlier.standing(run).standing == "begun"
    home.undo(run)
    assert home.state() == before


@pytest.mark.parametrize("seed", range(20))
def test_any_history_and_its_last_loads_undone_is_the_history_before_them(
    database: sa.Engine, seed: int
) -> None:
    """Random loads into three repositories that merge with one another; then the last ones are undone."""
    random_ = random.Random(seed)
    home = Loading(database)
    try:
        states, runs = [home.state()], []
        for _ in range(6):
            steps = _random_history(random_)[: random_.randrange(1, 8)]
            repository = random_.choice(PUBLIC_REPOSITORIES)
            runs.append(home.load(repository, *(record for _, record in steps)))
            states.append(home.state())
        for run, state in zip(reversed(runs[-3:]), reversed(states[:-1]), strict=False):
            if home.store.earlier.standing(run).standing != "nothing":
                home.undo(run)
            assert home.state() == state
            with home.database.connect() as connection:
                held = connection.execute(sa.select(SOURCE.c.number).where(SOURCE.c.run == run)).all()
            assert held == []
    finally:
        home.engine.close()


def test_a_restored_record_is_unchanged_to_the_next_load_of_the_earlier_file(home: Loading) -> None:
    isbn = (Identifier("isbn", "9787101003048"),)
    home.load("a-books", book("1", "甲", isbn))
    home.undo(home.load("a-books", book("1", "乙", isbn)))
    run = home.load("a-books", book("1", "甲", isbn))
    assert home.store.run(run)["counts"]["unchanged"] == 1  # type: ignore[index]
    assert home.store.union(record_uid("a-books", "1"), home.view()) is not None
