"""How good an answer is against labels: pairs within clusters, counted once each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import NamedTuple

import msgspec

from indexer.adapters.record import ADAPTER
from indexer.likeness import Answer, describe, match
from indexer.normalise import normalise
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.record import Record

Pair = tuple[str, str]


class Score(NamedTuple):
    """Precision and recall of pairs; ``asked`` is recall when a person answers the questions rightly, and
    ``questions`` how many there are.
    """

    precision: float
    recall: float
    asked: float
    questions: int
    wrong: list[Pair]
    missed: list[Pair]

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return (
            f"P {self.precision:.4f} R {self.recall:.4f} F1 {self.f1:.4f} R+asked {self.asked:.4f} "
            f"questions {self.questions} wrong {len(self.wrong)} missed {len(self.missed)}"
        )


def pairs_of(clusters: Mapping[str, str]) -> set[Pair]:
    groups: dict[str, list[str]] = defaultdict(list)
    for id, cluster in clusters.items():
        groups[cluster].append(id)
    return {pair for ids in groups.values() for pair in combinations(sorted(ids), 2)}


def record_of(value: dict[str, object]) -> Record:
    """A record from its JSON form, as the command reads it."""
    record, problems = ADAPTER.adapt(Raw("record", msgspec.json.encode(value), 1), Profile())
    assert record is not None, problems
    return normalise(record)[0]


def answer_of(records: Mapping[str, Record]) -> Answer:
    return match(describe(id, record) for id, record in records.items())


def score(answer: Answer, truth: Mapping[str, str], among: Iterable[str] | None = None) -> Score:
    """``truth`` is id → label; ``among`` limits the count to pairs with a member in it."""
    found, wanted = pairs_of(answer.clusters), pairs_of(truth)
    if among is not None:
        some = set(among)
        found = {pair for pair in found if some & set(pair)}
    right = found & wanted
    asked = {tuple(sorted(q.pair)) for q in answer.questions}
    return Score(
        len(right) / len(found) if found else 1.0,
        len(right) / len(wanted) if wanted else 1.0,
        len(right | (wanted & asked)) / len(wanted) if wanted else 1.0,
        len(asked),
        sorted(found - wanted),
        sorted(wanted - found),
    )
