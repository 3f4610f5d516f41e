"""What people say of pairs of records: it decides above the rules, in whatever order things happen, and is taken back
without a trace in the clusters."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from test_store import PUBLIC_REPOSITORIES, Home, book

from indexer import follow, pair_verdicts
from indexer.pair_verdicts import Act, Said, outcome_of
from indexer.records.record import Identifier, Record, record_uid

NOW = "2026-05-01T10:00:00+00:00"
A, B, C = (record_uid(f"{x}-books", "1") for x in "abc")


class Judging(Home):
    def say(self, said: Said, *pairs: tuple[str, str], actor: str = "user:anna") -> Act:
        with self.database.begin() as connection:
            act = pair_verdicts.say(connection, said, pairs, actor, "why", NOW)
        self.follow()
        return act

    def take_back(self, number: int) -> None:
        with self.database.begin() as connection:
            assert pair_verdicts.take_back(connection, number, "user:anna", NOW)
        self.follow()

    def follow(self) -> None:
        with follow.writing(self.engine, self.store, self.members):
            pass

    def together(self, *uids: str) -> bool:
        return any(set(uids) <= set(members) for members in self.unions().values())


@pytest.fixture
def home(database: sa.Engine) -> Iterator[Judging]:
    made = Judging(database)
    yield made
    made.engine.close()


def test_two_records_without_a_common_key_become_one_and_two_again(home: Judging) -> None:
    home.put("a-books", book("1", "红楼梦", ()))
    home.put("b-books", book("1", "石头记", ()))
    act = home.say("same", (A, B))
    assert home.together(A, B) and home.hits() == [min(A, B)]
    union = home.store.union(B, home.view())
    assert union is not None and {s.merged_by for s in union.sources} == {(f"verdict {act.number}",)}
    home.take_back(act.number)
    assert not home.together(A, B) and home.hits() == sorted((A, B))


def test_what_shares_a_key_is_kept_apart_and_joined_again(home: Judging) -> None:
    for x in "abc":
        home.put(f"{x}-books", book("1"))
    assert home.together(A, B, C)
    first = home.say("different", (A, B), (A, C))
    assert not home.together(A, B) and home.together(B, C) and len(home.hits()) == 2
    home.take_back(first.number)
    assert home.together(A, B, C) and len(home.hits()) == 1


def test_a_person_is_right_against_a_veto_of_the_rules(home: Judging) -> None:
    home.put("a-books", book("1", year=1990))
    home.put("b-books", book("1", year=2000))
    assert not home.together(A, B)
    home.say("same", (A, B))
    assert home.together(A, B)
    home.put("c-books", book("1", year=2000))
    assert home.together(A, B, C)


def test_apart_stands_above_the_same(home: Judging) -> None:
    for x in "abc":
        home.put(f"{x}-books", book("1", f"题{x}", ()))
    home.say("same", (A, B))
    home.say("same", (B, C))
    home.say("different", (A, C))
    assert not home.together(A, C)


def test_the_latest_word_of_a_person_counts_and_a_tie_keeps_apart(home: Judging) -> None:
    assert [outcome_of(s) for s in (["same"], ["same", "different"], ["same", "same", "different"])] == [
        "same", "different", "same",
    ]  # fmt: skip
    home.put("a-books", book("1", "甲", ()))
    home.put("b-books", book("1", "乙", ()))
    home.say("different", (A, B))
    home.say("same", (A, B))
    assert home.together(A, B)
    home.say("different", (A, B), actor="user:bert")
    assert not home.together(A, B)
    home.say("same", (A, B), actor="user:carl")
    assert home.together(A, B)


def test_a_verdict_outlives_deletion_reloading_and_rebuilding(home: Judging) -> None:
    home.put("a-books", book("1", "甲", ()))
    home.put("b-books", book("1", "乙", ()))
    home.say("same", (A, B))
    home.put("a-books", book("1", deleted=True))
    assert home.unions() == {B: (B,)} and home.hits() == [B]
    home.put("a-books", book("1", "甲又来了", ()))
    assert home.together(A, B)
    home.put("b-books", book("1", "乙改", (Identifier("isbn", "9787101003048"),)))
    assert home.together(A, B) and len(home.hits()) == 1
    follow.rebuild(home.engine, home.store, home.members)
    assert len(home.hits()) == 1


def test_a_verdict_on_a_record_that_comes_later_waits_for_it(home: Judging) -> None:
    home.put("a-books", book("1", "甲", ()))
    home.say("same", (A, B))
    assert home.hits() == [A]
    home.put("b-books", book("1", "乙", ()))
    assert home.together(A, B)


def test_no_record_is_judged_against_itself_and_no_verdict_is_empty(home: Judging) -> None:
    with home.database.begin() as connection:
        for pairs in ([], [(A, A)]):
            with pytest.raises(ValueError):
                pair_verdicts.say(connection, "same", pairs, "user:x", "", NOW)
        assert pair_verdicts.take_back(connection, 77, "user:x", NOW) is None


def _history(random_: random.Random) -> list[tuple[str, Record] | tuple[Said, str, str, str]]:
    ids = [(r, str(n)) for r in PUBLIC_REPOSITORIES for n in range(2)]
    steps: list[tuple[str, Record] | tuple[Said, str, str, str]] = []
    for _ in range(14):
        repository, id = random_.choice(ids)
        isbn = Identifier("isbn", random_.choice(["9787020002207", "9787101003048"]))
        record = book(
            id, random_.choice(["红楼梦", "西游记"]), random_.choice([(isbn,), ()]),
            year=random_.choice([None, 1990, 1991, 2000]), deleted=random_.random() < 0.2,
        )  # fmt: skip
        steps.append((repository, record))
    for person in range(7):  # one word of each: the order among people must not matter
        one, other = random_.sample(ids, 2)
        said: Said = random_.choice(["same", "same", "different"])
        steps.append((said, record_uid(*one), record_uid(*other), f"user:{person}"))
    return steps


@pytest.mark.parametrize("seed", range(8))
def test_any_order_of_records_and_verdicts_gives_the_same_clusters(
    new_database: Callable[[], sa.Engine], seed: int
) -> None:
    random_ = random.Random(seed)
    history = _history(random_)
    one, two = Judging(new_database()), Judging(new_database())
    last: dict[tuple[str, str], tuple[str, Record]] = {}
    try:
        shuffled = history.copy()
        random_.shuffle(shuffled)
        numbers = []
        for step in shuffled:
            if len(step) == 2:
                repository, record = step
                one.put(repository, record)
                last[repository, record.id] = (repository, record)
            else:
                said, a, b, actor = step
                numbers.append((one.say(said, (a, b), actor=actor).number, step))
        # Some are taken back, and some records go and come again.
        gone = random_.sample(numbers, 2)
        for number, _ in gone:
            one.take_back(number)
        for repository, record in random_.sample([v for v in last.values() if not v[1].deleted], 1):
            one.put(repository, book(record.id, deleted=True))
            one.put(repository, record)
        left = [step for _, step in numbers if step not in [s for _, s in gone]]
        fresh: list[object] = [*left, *last.values()]
        random_.shuffle(fresh)
        for step in fresh:
            if len(step) == 2:  # type: ignore[arg-type]
                two.put(*step)  # type: ignore[misc]
            else:
                said, a, b, actor = step  # type: ignore[misc]
                two.say(said, (a, b), actor=actor)
        assert one.unions() == two.unions()
        assert one.hits() == two.hits() == sorted(one.unions())
    finally:
        for home in (one, two):
            home.engine.close()
