"""Verdicts of staff: what a record gains and loses, the later one before the earlier, undone ones without force."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from indexer.document import Verdict, joint
from indexer.index.keywords import LOOSE, same_work, work_digest
from indexer.tables import METADATA
from indexer.verdicts import acts, join, split, undo, verdicts

A, B, LOOSE_A = work_digest("a", False), work_digest("b", False), work_digest("x", True)
TODAY = "2026-01-01T00:00:00Z"


@pytest.fixture(autouse=True)
def tables(database: sa.Engine) -> None:
    METADATA.create_all(database)


def works(uid: str, own: list[int], database: sa.Engine) -> set[int]:
    verdict = verdicts(database, [uid]).get(uid, Verdict())
    return set(verdict.applied(own))


def test_digests_are_even_when_firm_and_odd_when_loose() -> None:
    assert A & LOOSE == 0 and LOOSE_A & LOOSE == 1 and 0 <= A < 2**63
    assert set(same_work((A, LOOSE_A))) == {A, A | 1, LOOSE_A & ~1}


def test_joined_records_have_the_firm_digests_of_all(database: sa.Engine) -> None:
    act = join(database, {"u1": [A, LOOSE_A], "u2": [B]}, ["u1", "u2"], "why", TODAY)
    assert act.number == 1 and act.records == ("u1", "u2")
    first, second = works("u1", [A, LOOSE_A], database), works("u2", [B], database)
    assert {A, B} <= first & second and LOOSE_A in first and LOOSE_A not in second


def test_split_records_lose_what_they_had_and_stay_together(database: sa.Engine) -> None:
    split(database, {"u1": [A], "u2": [A]}, ["u1", "u2"], "", TODAY)
    first, second = works("u1", [A], database), works("u2", [A], database)
    assert A not in first and first == second and len(first) == 1


def test_the_later_verdict_is_right_and_an_undone_one_has_no_force(database: sa.Engine) -> None:
    split(database, {"u1": [A]}, ["u1"], "", TODAY)
    join(database, {"u1": [A], "u2": [A, B]}, ["u1", "u2"], "", TODAY)
    assert {A, B} <= works("u1", [A], database)
    undone = undo(database, 2, TODAY)
    assert undone is not None and undone.undone == TODAY and undone.records == ("u1", "u2")
    assert A not in works("u1", [A], database) and works("u2", [A, B], database) == {A, B}
    assert undo(database, 2, TODAY) is None and undo(database, 77, TODAY) is None
    assert undo(database, 1, TODAY) is not None
    assert verdicts(database) == {}


def test_every_verdict_is_kept_with_its_reason(database: sa.Engine) -> None:
    split(database, {"u1": [A]}, ["u1"], "namesake", TODAY)
    undo(database, 1, TODAY)
    split(database, {"u9": []}, ["u9"], "", TODAY)
    assert [(a.number, a.kind, a.reason, a.undone) for a in acts(database)] == [
        (1, "split", "namesake", TODAY),
        (2, "split", "", ""),
    ]
    assert [a.number for a in acts(database, ["u9"])] == [2]


def test_the_verdicts_on_the_members_of_a_union_record_count_together() -> None:
    held = {"u1": Verdict((A,), ()), "u2": Verdict((B,), (LOOSE_A,))}
    both = joint(held, ["u1", "u2", "u3"])
    assert both is not None and set(both.more) == {A, B} and both.less == (LOOSE_A,)
    assert joint(held, ["u3"]) is None and joint({}, ["u1"]) is None
