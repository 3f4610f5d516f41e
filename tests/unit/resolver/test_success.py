"""Targets rise and fall only by what was measured; nothing of readers is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from resolver.link_log import OTHERS, LinkLog
from resolver.link_tables import METADATA
from resolver.rank import rank_key, worth
from resolver.service import Answer, Policy
from resolver.success import FLOOR, HALF_LIFE, Success

DAY = date(2026, 3, 1)


class Days:
    today = DAY

    def __call__(self) -> date:
        return self.today


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
def log(database: sa.Engine, days: Days) -> Any:
    made = LinkLog(database, days)
    made.create_tables()
    yield made
    made.write()


def of(log: LinkLog, target: str) -> Success:
    log.write()
    return next(s for s in log.success() if s.target == target)


def text(label: str, **more: Any) -> Answer:
    return Answer("s", "fulltext", label, f"https://{label}.example/", "licensed", **more)


def test_below_the_floor_nothing_is_concluded() -> None:
    assert Success("t", tries=FLOOR - 1, failures=FLOOR - 1, day=DAY).level == 0
    assert Success("t", tries=20, failures=20, day=DAY).level == 2
    assert Success("t", tries=20, failures=7, day=DAY).level == 1
    assert Success("t", tries=20, failures=1, day=DAY).level == 0
    assert Success("t", tries=20, failures=90, day=DAY).rate > 0


def test_what_was_bad_fades_and_is_forgotten() -> None:
    bad = Success("t", tries=30, failures=30, day=DAY)
    assert bad.level == 2
    later = bad.on(DAY + timedelta(days=int(HALF_LIFE)))
    assert later.tries == pytest.approx(15) and later.level == 2
    assert bad.on(DAY + timedelta(days=int(HALF_LIFE) * 3)).level == 0
    assert bad.on(DAY - timedelta(days=9)) == bad


def test_clicks_reports_and_taking_another_way_at_once_are_counted(log: LinkLog) -> None:
    for n in range(10):
        log.click("pku", "Good", f"visit{n}")
    log.click("pku", "Bad", "a")
    log.click("pku", "Good", "a")
    log.click("pku", "Good", "a")  # the same way once more
    log.report("pku", "Bad", "https://bad.example/", "rft.title=x", "nothing\x00 there\n")
    assert log.reports()[0].note == "nothing  there "
    assert (of(log, "Good").clicks, of(log, "Good").failures) == (11, 0)
    assert (of(log, "Bad").clicks, of(log, "Bad").reports, of(log, "Bad").failures) == (1, 1, 1.5)


def test_numbers_fade_where_they_are_kept(log: LinkLog, days: Days) -> None:
    for n in range(8):
        log.click("pku", "T", f"v{n}")
    log.write()
    days.today = DAY + timedelta(days=int(HALF_LIFE))
    log.click("pku", "T", "later")
    found = of(log, "T")
    assert found.clicks == 9 and found.tries == pytest.approx(5)


def test_a_target_that_mostly_fails_sinks_below_all_of_its_kind_and_a_doubtful_one_within(
    log: LinkLog,
) -> None:
    for _ in range(12):
        log.failed("pku", "broken")
    log.write()
    assert log.levels("pku") == {"broken": 2} and log.levels("fudan") == {}
    broken, fine = text("broken", free=True, direct=True, own=True), text("fine", licensed=True)
    assert sorted([broken, fine], key=rank_key) == [broken, fine]
    assert sorted([broken, fine], key=worth(health={"broken": 2})) == [fine, broken]
    a, b = text("a", licensed=True), text("b", licensed=True)
    assert sorted([a, b], key=worth(health={"a": 1})) == [b, a]
    assert sorted([text("a", free=True), b], key=worth(health={"a": 1}))[0].label == "a", (
        "doubt does not outweigh cost"
    )


def test_probes_count_for_everybody(log: LinkLog) -> None:
    for _ in range(10):
        log.failed("", "gone")
    log.write()
    assert log.levels("pku") == {"gone": 2}


def test_a_policy_changes_the_order_and_names_come_first_or_last() -> None:
    own, free = text("own", licensed=True, own=True, direct=True), text("free", free=True, direct=True)
    assert sorted([own, free], key=worth())[0] is free
    assert sorted([own, free], key=worth(Policy(order=("own", "nonsense"))))[0] is own
    assert sorted([own, free], key=worth(Policy(first=("OW*",))))[0] is own
    assert sorted([own, free], key=worth(Policy(last=("free",))))[0] is own
    assert (
        sorted([text("p1", platform="Big Deal"), own], key=worth(Policy(first=("big deal",))))[0].label
        == "p1"
    )


def test_shelves_are_ranked_by_own_distance_and_what_is_there_now() -> None:
    def shelf(label: str, **more: Any) -> Answer:
        return Answer("s", "holding", label, f"/record/{label}", "other-holding", **more)

    best_first = [
        shelf("own", own=True, available="no"), shelf("near", distance=1), shelf("far-in", distance=2, available="yes"),
        shelf("far", distance=2), shelf("far-out", distance=2, available="no"),
    ]  # fmt: skip
    shuffled = [best_first[n] for n in (4, 2, 0, 3, 1)]
    assert sorted(shuffled, key=rank_key) == best_first
    by_now = worth(Policy(order=("available",)))
    assert sorted(best_first, key=by_now)[0].label == "far-in"


def test_sources_are_counted_and_hostile_ones_do_not_fill_the_table(
    log: LinkLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("resolver.link_log.MOST_REFERRERS", 3)
    for n in range(10):
        log.referred(f"source{n}" * 90, "article", 0.5, ["issn"], mended=True, answered=False)
    log.referred("good", "article", 1.0, [], mended=False, answered=True)
    log.write()
    found = {r.referrer: r for r in log.referrers()}
    assert len(found) == 4 and found[OTHERS].links == 8 and all(len(name) <= 100 for name in found)
    assert found[OTHERS].missing["issn"] == 7


def test_reports_are_settled_once_and_by_their_own_library(log: LinkLog) -> None:
    log.report("pku", "T", "https://t.example/", "")
    number = log.reports()[0].number
    assert not log.settle(number, "fudan") and log.settle(number, "pku") and not log.settle(number)
    assert log.reports() == []


def test_there_is_no_place_for_anything_of_a_reader() -> None:
    columns = {c.name for table in METADATA.tables.values() for c in table.columns}
    assert columns.isdisjoint({"address", "ip", "user", "session", "agent", "reader", "cookie"})


def test_the_secret_is_made_once_for_all_processes(log: LinkLog) -> None:
    other = LinkLog(log._engine)
    assert len(log.secret()) == 64 and other.secret() == log.secret()
