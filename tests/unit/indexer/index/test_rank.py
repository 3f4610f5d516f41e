"""What is hoped for of a document, as clauses."""

from __future__ import annotations

import pytest

from indexer.index.clause import Boost, Clause, Lift
from indexer.index.compile import Compiler
from indexer.index.fields import WEIGHTS
from indexer.index.query import Words
from indexer.index.rank import MAX_SPLITS, hoped, read


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("妇女婚姻", ["妇女", "婚姻"]),
        ("婦女 婚姻", ["妇女", "婚姻"]),
        ("干部学校", ["干部学校"]),
        ("幹部零件", ["干部", "〇件"]),
        ("C++程序设计", ["c++", "程序设计"]),
        ("cage silence", ["cage", "silence"]),
        ("サッカー入門", ["さっかー", "入门"]),
    ],
)
def test_units_are_words_of_the_dictionary_in_the_folded_unspaced_text(text: str, units: list[str]) -> None:
    assert ["".join(unit) for unit in read(text).units] == units


def test_spaced_and_unspaced_han_text_are_ranked_by_the_same_clauses() -> None:
    assert hoped("all", "中国 历史") == hoped("all", "中国历史") == hoped("all", "中國·歷史")


def test_a_query_is_not_parted_at_more_places_than_an_engine_can_bear() -> None:
    for text in ("a b c d e f g h", "中国历史地理研究论文集", " ".join("abcdefghijklmnop")):
        parted = [c for c in hoped("all", text, apart=True) if _step(c) == "author and title"]
        assert 0 < len(parted) <= 2 * MAX_SPLITS


@pytest.mark.parametrize("text", ["中国历史", "历史", "飘", "the art of the deal", "家" * 300, "word " * 200])
def test_the_clauses_of_a_query_are_few(text: str) -> None:
    assert len(hoped("all", text)) <= 90


def test_every_fixed_lift_names_its_row_and_keeps_within_it() -> None:
    for text in ("中国历史", "鲁迅 呐喊", "cage silence", "hong lou meng", "9787302224464"):
        most: dict[str, float] = {}
        for clause in hoped("all", text, apart=True):
            if isinstance(clause, Lift):
                share = WEIGHTS[clause.step].shared
                most[clause.step] = max(most.get(clause.step, 0), clause.score) if not share else (
                    most.get(clause.step, 0) + clause.score
                )  # fmt: skip
        assert all(score <= WEIGHTS[step].value * 1.0001 for step, score in most.items())


def test_without_scoring_nothing_is_hoped_for() -> None:
    assert "step='whole'" in repr(Compiler(scoring=True)(Words("all", "红楼梦")))
    assert "step" not in repr(Compiler(scoring=False)(Words("all", "红楼梦")))


def _step(clause: Clause) -> str:
    return clause.step if isinstance(clause, Lift | Boost) else ""
