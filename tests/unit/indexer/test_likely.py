"""Records that share no identifier are joined by the rules of likeness, and parted again, whatever came first."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from test_store import PUBLIC_REPOSITORIES, Home, book

from indexer import follow, likely, pair_verdicts
from indexer.records.record import Contributor, Identifier, Publication, Record, record_uid
from indexer.tables import REVIEW_PAIR

A, B, C = (record_uid(r, "1") for r in PUBLIC_REPOSITORIES)


class Joining(Home):
    """A home whose loads end with the stage of likeness."""

    def join(self) -> int:
        with follow.writing(self.engine, self.store, self.members) as index:
            return follow.join_likely(index, self.store)

    def together(self, *uids: str) -> bool:
        return any(set(uids) <= set(members) for members in self.unions().values())

    def asked(self) -> set[tuple[str, str]]:
        with self.database.connect() as connection:
            return {(row.one, row.other) for row in connection.execute(sa.select(REVIEW_PAIR))}

    def pairs(self) -> list[tuple[Any, ...]]:
        with self.database.connect() as connection:
            return sorted(map(tuple, connection.execute(sa.select(likely.PAIR))))


@pytest.fixture
def home(database: sa.Engine) -> Iterator[Joining]:
    made = Joining(database)
    yield made
    made.engine.close()


def described(id: str, title: str = "数据库系统概论", **values: Any) -> Record:
    """A book that says enough to be known without any number."""
    given = {
        "contributors": (Contributor("王珊", "author"),),
        "publication": Publication("北京", "高等教育出版社"),
        "year": 2006,
        "extent": "461页",
        "languages": ("zho",),
        **values,
    }
    return book(id, title, given.pop("identifiers", ()), **given)


def test_what_shares_no_number_is_joined_and_says_by_which_rule(home: Joining) -> None:
    home.put("a-books", described("1"))
    home.put("b-books", described("1", "數據庫系統概論", extent="461 頁"))
    assert not home.together(A, B)
    assert home.join() == 2
    assert home.together(A, B) and home.hits() == [min(A, B)]
    union = home.store.union(B, home.view())
    assert union is not None and {s.merged_by for s in union.sources} == {("rule book-imprint",)}


def test_only_what_changed_is_looked_at(home: Joining) -> None:
    home.put("a-books", *(described(str(n), f"第{n}种书名很不相同") for n in range(5)))
    assert home.join() == 5
    assert home.join() == 0
    home.put("a-books", described("1", "另一个书名"))
    assert home.join() == 1


def test_a_correction_and_a_deletion_take_the_join_back(home: Joining) -> None:
    home.put("a-books", described("1"))
    home.put("b-books", described("1"))
    home.join()
    home.put("b-books", described("1", edition="第5版", year=2014, extent="401页"))
    home.join()
    assert not home.together(A, B) and home.hits() == sorted((A, B))
    home.put("b-books", described("1"))
    home.join()
    assert home.together(A, B)
    home.put("b-books", described("1", deleted=True))
    assert home.hits() == [A] and home.pairs() == []
    home.join()
    assert home.hits() == [A]


def test_a_veto_stands_against_an_equal_identifier(home: Joining) -> None:
    isbn = (Identifier("isbn", "9787020002207"),)
    home.put("a-books", described("1", identifiers=isbn))
    home.put("b-books", described("1", identifiers=isbn, extent="3册"))
    home.put("c-books", described("1", identifiers=isbn, extent="461页"))
    assert home.together(A, B, C)
    home.join()
    assert home.together(A, C) and not home.together(A, B)


def test_people_stand_above_the_rules_either_way(home: Joining) -> None:
    home.put("a-books", described("1"))
    home.put("b-books", described("1"))
    home.put("c-books", described("1", extent="300页"))
    home.join()
    with home.database.begin() as connection:
        pair_verdicts.say(connection, "different", [(A, B)], "user:anna", "", "2026-05-01T10:00:00Z")
        pair_verdicts.say(connection, "same", [(A, C)], "user:anna", "", "2026-05-01T10:00:00Z")
    home.join()
    assert home.together(A, C) and not home.together(A, B)


def test_what_the_rules_would_ask_is_asked(home: Joining) -> None:
    home.put("a-books", described("1"))
    home.put("b-books", described("1", year=2007))
    home.join()
    assert not home.together(A, B)
    assert home.asked() == {(min(A, B), max(A, B))}
    home.put("b-books", described("1", "完全不同的书", year=2007))
    home.join()
    assert home.asked() == set()


def test_a_stage_with_too_much_to_do_is_left_to_a_job(home: Joining) -> None:
    home.put("a-books", described("1"))
    home.put("b-books", described("1"))
    with follow.writing(home.engine, home.store, home.members) as index:
        assert follow.join_likely(index, home.store, 1) == 0
    assert home.store.likeness_pending() == 2 and not home.together(A, B)


def _history(random_: random.Random, length: int = 20) -> list[tuple[str, Record]]:
    steps = []
    for _ in range(length):
        repository, id = random_.choice(PUBLIC_REPOSITORIES), str(random_.randrange(3))
        title = random_.choice(
            ["数据库系统概论", "數據庫系統概論", "数据库系统概论 上册", "Shu ju ku xi tong gai lun"]
        )
        isbn = random_.choice([(), (), (Identifier("isbn", "9787020002207"),)])
        steps.append(
            (
                repository,
                described(
                    id, title, identifiers=isbn, year=random_.choice([None, 2006, 2006, 2007, 2014]),
                    edition=random_.choice(["", "", "第4版", "第5版"]),
                    extent=random_.choice(["461页", "461 p.", "", "3册"]),
                    deleted=random_.random() < 0.15,
                ),
            )
        )  # fmt: skip
    return steps


@pytest.mark.parametrize("most", [2, 60])
@pytest.mark.parametrize("seed", range(3))
def test_any_history_ends_like_a_fresh_load_of_its_last_state(
    new_database: Callable[[], sa.Engine], monkeypatch: pytest.MonkeyPatch, seed: int, most: int
) -> None:
    """Also where keys are shared by too many, and whether the stage runs after each record or now and then."""
    monkeypatch.setattr(likely, "MAX_BLOCK", most)
    random_ = random.Random(seed)
    history = _history(random_)
    one, two = Joining(new_database()), Joining(new_database())
    try:
        for repository, record in history:
            one.put(repository, record)
            if random_.random() < 0.4:
                one.join()
        one.join()
        last = {(repository, record.id): (repository, record) for repository, record in history}
        fresh = list(last.values())
        random_.shuffle(fresh)
        for repository, record in fresh:
            two.put(repository, record)
        two.join()
        assert one.pairs() == two.pairs()
        assert one.unions() == two.unions()
        assert one.hits() == two.hits() == sorted(one.unions())
        # Taken away and brought again, one record changes nothing.
        there = [(r, record) for r, record in last.values() if not record.deleted]
        if there:
            repository, record = random_.choice(there)
            one.put(repository, book(record.id, deleted=True))
            one.join()
            one.put(repository, record)
            one.join()
            assert one.unions() == two.unions()
    finally:
        for home in (one, two):
            home.engine.close()


@pytest.mark.parametrize("seed", range(2))
def test_a_stage_that_dies_between_store_and_index_is_made_good(
    new_database: Callable[[], sa.Engine], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(likely, "PAGE", 4)
    random_ = random.Random(100 + seed)
    home, whole = Joining(new_database()), Joining(new_database())
    try:
        for repository, record in _history(random_, 20):
            home.put(repository, record)
            whole.put(repository, record)
        # One step is in the database, and nobody told the index.
        assert home.store.join_likely() is not None
        home.join()
        whole.join()
        assert home.unions() == whole.unions()
        assert home.hits() == whole.hits() == sorted(home.unions())
    finally:
        for made in (home, whole):
            made.engine.close()


def test_other_rules_decide_all_again(home: Joining, monkeypatch: pytest.MonkeyPatch) -> None:
    home.put("a-books", described("1"))
    home.put("b-books", described("1"))
    home.join()
    monkeypatch.setattr(likely, "VERSION", likely.VERSION + 1)
    assert home.store.likeness_pending() == 2
    assert home.join() == 2
    assert home.together(A, B)
