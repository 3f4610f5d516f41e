"""Records to clusters and questions (聚类): the whole way from descriptions to an answer, storing nothing.

Pairs that are the same are joined from the surest to the least sure, and two groups are joined only when no
veto stands between any two of their members: so no chain of small steps brings together what is known to be
apart. The result hangs on the records alone, not on their order.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from indexer.likeness.block import candidates
from indexer.likeness.decide import Verdict, decide, why
from indexer.likeness.description import Description

MAX_GROUP = 400  # members beyond which a group takes no more; a note says so


class Question(msgspec.Struct, frozen=True):
    """A pair that a person should see (待审): ``why`` in words."""

    pair: tuple[str, str]
    score: float
    why: list[str]


class Answer(msgspec.Struct, frozen=True):
    """The outcome for a set of records (匹配结果): id → cluster, the smallest id in it."""

    clusters: dict[str, str]
    questions: tuple[Question, ...]
    notes: tuple[str, ...]


def match(descriptions: Iterable[Description]) -> Answer:
    """Clusters of a set of records, and what remains to be asked. Ids must be distinct."""
    ordered = sorted(descriptions, key=lambda d: d.id)
    notes: list[str] = []
    verdicts: dict[tuple[int, int], Verdict] = {}
    same: list[tuple[float, int, int]] = []
    ask: list[tuple[int, int]] = []
    for a, b in candidates(ordered, notes):
        verdict = decide(ordered[a], ordered[b])
        if verdict.outcome == "same":
            same.append((-verdict.score, a, b))
            verdicts[a, b] = verdict
        elif verdict.outcome == "ask":
            ask.append((a, b))
            verdicts[a, b] = verdict
    group = list(range(len(ordered)))
    members: dict[int, list[int]] = {}

    def between(a: int, b: int) -> Verdict:
        pair = (a, b) if a < b else (b, a)
        verdict = verdicts.get(pair)
        if verdict is None:
            verdict = verdicts[pair] = decide(ordered[pair[0]], ordered[pair[1]])
        return verdict

    parted: list[tuple[int, int, int, int]] = []
    for _, a, b in sorted(same):
        one, other = group[a], group[b]
        if one == other:
            continue
        left, right = members.get(one, [one]), members.get(other, [other])
        if len(left) + len(right) > MAX_GROUP:
            notes.append(f"the cluster of {ordered[one].id} has {MAX_GROUP} records and takes no more")
            continue
        veto = next(((x, y) for x in left for y in right if _vetoes(between(x, y))), None)
        if veto is not None:
            parted.append((a, b, *veto))
            continue
        small, large = (one, other) if one < other else (other, one)
        members[small] = sorted(left + right)
        members.pop(large, None)
        for at in members[small]:
            group[at] = small
    questions: dict[tuple[int, int], Question] = {}
    for a, b in ask:
        if group[a] != group[b]:
            verdict = verdicts[a, b]
            _keep(questions, ordered, (a, b), verdict.score, why(ordered[a], ordered[b], verdict))
    for a, b, x, y in parted:
        if group[a] != group[b]:
            text = (
                f"{ordered[a].id} and {ordered[b].id} agree ({verdicts[a, b].rule}), but "
                f"{ordered[x].id} and {ordered[y].id} of the same groups are apart ({between(x, y).rule})"
            )
            _keep(questions, ordered, (a, b), 0.5, [text, *why(ordered[a], ordered[b], verdicts[a, b])])
    return Answer(
        {d.id: ordered[group[at]].id for at, d in enumerate(ordered)},
        tuple(sorted(questions.values(), key=lambda q: (-q.score, q.pair))),
        tuple(dict.fromkeys(notes)),
    )


def _vetoes(verdict: Verdict) -> bool:
    return verdict.outcome == "different" and verdict.rule != ""


def _keep(
    questions: dict[tuple[int, int], Question],
    ordered: list[Description],
    pair: tuple[int, int],
    score: float,
    text: list[str],
) -> None:
    if pair not in questions or questions[pair].score < score:
        questions[pair] = Question((ordered[pair[0]].id, ordered[pair[1]].id), score, text)
