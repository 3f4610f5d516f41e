"""Pairs for people: what is looked for, what is listed to whom, how agreement is counted, how quality is measured."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from test_pair_verdicts import Judging
from test_store import book

from indexer import quality, review
from indexer.agreement import agreement, kappa
from indexer.quality import FIELDS, Stored, measure
from indexer.records.record import Contributor, Identifier, Publication, Record, record_uid

A, B, C = (record_uid(f"{x}-books", "1") for x in "abc")
ALL = ["a-books", "b-books", "c-books"]
NOW = "2026-05-01T10:00:00Z"


@pytest.fixture
def home(database: sa.Engine) -> Iterator[Judging]:
    made = Judging(database)
    yield made
    made.engine.close()


def described(id: str = "1", **more: object) -> Record:
    values = {
        "contributors": (Contributor("王一鸣", "author"),), "year": 2001, "languages": ("zho",),
        "publication": Publication("北京", "某某出版社", "2001"), "extent": "210页",
    }  # fmt: skip
    title = str(more.pop("title", "汉字部件研究导论"))
    return book(id, title, **{"identifiers": (), **values, **more})  # type: ignore[arg-type]


def open_pairs(
    home: Judging, own: list[str], visible: list[str], queue: str = "open", actor: str = ""
) -> list[tuple[str, str]]:
    with home.database.connect() as connection:
        return [(p.one, p.other) for p in review.listed(connection, own, visible, queue, actor)]


def test_a_pair_is_found_once_with_the_rule_that_decided_and_shown_to_whom_it_concerns(home: Judging) -> None:
    home.put("a-books", described(), described("2", extent="500页", year=1950))
    home.put("b-books", described(year=2002))
    found = review.find(home.database, "a-books", NOW)
    assert (found.compared, found.pairs, found.large) == (2, 1, 0)
    pair = (min(A, B), max(A, B))
    with home.database.connect() as connection:
        told = review.suspect(connection, pair=pair)
    assert told is not None and told.rule == "book-year-slip" and told.outcome == "ask" and len(told.why) > 3
    assert open_pairs(home, ["a-books"], ALL) == open_pairs(home, ["b-books"], ALL) == [pair]
    assert open_pairs(home, ["c-books"], ALL) == [], "of nobody else's concern"
    assert open_pairs(home, ["a-books"], ["a-books"]) == [], "nothing of what is not visible"
    review.find(home.database, "b-books", NOW)
    assert open_pairs(home, ALL, ALL) == [pair], "found from the other side it is the same pair"


def test_a_pair_of_a_record_that_changed_or_went_is_forgotten_with_what_was_read_in_it(home: Judging) -> None:
    home.put("a-books", described())
    for step in (described(year=2002, notes=("另记",)), described(deleted=True)):
        home.put("b-books", described(year=2002))
        review.find(home.database, "a-books", NOW)
        assert open_pairs(home, ALL, ALL)
        home.put("b-books", step)
        with home.database.connect() as connection:
            assert connection.execute(sa.select(sa.func.count()).select_from(review.PAIR)).scalar() == 0


def test_queues_are_by_who_has_judged(home: Judging) -> None:
    home.put("a-books", described())
    home.put("b-books", described(year=2002))
    review.find(home.database, "a-books", NOW)
    act = home.say("different", (A, B), actor="user:anna")
    pair = [(min(A, B), max(A, B))]
    queues = {q: open_pairs(home, ALL, ALL, q, "user:bert") for q in ("open", "second", "disputed", "judged")}
    assert queues == {"open": [], "second": pair, "disputed": [], "judged": []}
    assert open_pairs(home, ALL, ALL, "judged", "user:anna") == pair
    home.say("same", (A, B), actor="user:bert")
    assert open_pairs(home, ALL, ALL, "disputed", "") == pair
    home.take_back(act.number)
    assert open_pairs(home, ALL, ALL) == [], "what is merged needs no judgement"


def test_agreement_counts_the_latest_word_of_each_and_what_chance_would_give(home: Judging) -> None:
    for n, x in enumerate("abc"):
        home.put(f"{x}-books", described(title=f"题{n}"))
    home.say("different", (A, B), actor="user:anna")
    home.say("same", (A, B), actor="user:anna")
    home.say("same", (A, B), actor="user:bert")
    home.say("different", (A, C), actor="user:anna")
    home.say("different", (A, C), actor="user:bert")
    with home.database.connect() as connection:
        told = agreement(connection, ALL, ALL)
        assert agreement(connection, ["a-books"], ["a-books"]).pairs == 0
    assert (told.pairs, told.same, told.different, told.twice, told.agreed, told.kappa) == (
        2,
        2,
        2,
        2,
        2,
        1.0,
    )
    assert dict(told.people) == {"user:anna": 2, "user:bert": 2}


def test_kappa_is_one_for_agreement_nothing_for_chance_and_below_for_contradiction() -> None:
    s, d = "same", "different"
    assert kappa([]) is None and kappa([(s, s)]) is None
    assert kappa([(s, s), (d, d)]) == 1.0
    assert kappa([(s, s), (d, d), (s, d), (d, s)]) == 0.0
    assert kappa([(s, d), (d, s)]) == -1.0


def test_quality_counts_what_is_there_what_is_wrong_and_what_is_there_twice() -> None:
    isbn = (Identifier("isbn", "9787020002207"),)
    records = [
        described("1", identifiers=isbn),
        described("2", identifiers=isbn),
        Record(type="map", id="3", title="乱\ufffd码", identifiers=(Identifier("issn", "1234-5678", False),)),
    ]
    found = measure(Stored(record_uid("r", r.id), r, ()) for r in records)
    assert (found.records, found.twice, found.damaged, found.faulty) == (3, 2, 1, 0)
    assert found.invalid == {"issn": 1} and found.identifiers == {"isbn": 2, "issn": 1}
    assert found.complete["book"]["identifiers"] == 2 and found.complete["map"] == {
        **dict.fromkeys(FIELDS, 0),
        "title": 1,
    }
    assert 0 < found.completeness < 1 and measure([]).completeness == 0


def test_the_numbers_of_each_load_are_kept_and_replaced_when_measured_again(home: Judging) -> None:
    assert quality.after_load(home.database, "a-books", NOW) is None, "nothing was loaded"
    for n in range(3):
        run = home.store.start_run("a-books", ["file"])
        home.put("a-books", described(str(n)))
        for _ in range(2):
            kept = quality.after_load(home.database, "a-books", NOW)
            assert kept is not None and (kept.run, kept.quality.records) == (run, n + 1)
    assert [s.quality.records for s in quality.snapshots(home.database, ["a-books"])] == [1, 2, 3]
    assert quality.after_load(home.database, "a-books", NOW, most=2) is None, (
        "too many to be measured at once"
    )
    with home.database.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(quality.SNAPSHOT)).scalar() == 3
