"""How far people agree on pairs, and with the rules (一致性统计)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from itertools import combinations

import msgspec
import sqlalchemy as sa

from indexer.pair_verdicts import ACT, WORD, Pair
from indexer.tables import REVIEW_PAIR as PAIR
from indexer.tables import SOURCE


class Rule(msgspec.Struct, frozen=True):
    """What people said of the pairs that one rule brought to them (规则复核)."""

    rule: str
    same: int
    different: int


class Agreement(msgspec.Struct, frozen=True):
    """What was said of pairs (裁定统计).

    ``twice``: judgements of two people on one pair, ``agreed``: equal ones of them; ``kappa`` is Cohen's,
    agreement beyond chance, over all of them: 1 is full agreement, 0 what chance gives; None where it cannot
    be told.
    """

    pairs: int
    same: int
    different: int
    twice: int
    agreed: int
    kappa: float | None
    people: tuple[tuple[str, int], ...]
    rules: tuple[Rule, ...]


def agreement(connection: sa.Connection, own: Collection[str], visible: Collection[str]) -> Agreement:
    """Of the verdicts on pairs with a record of one's own repositories and none of what is not visible."""
    a, b = SOURCE.alias("a"), SOURCE.alias("b")
    query = (
        sa.select(ACT.c.number, ACT.c.actor, ACT.c.said, WORD.c.one, WORD.c.other)
        .join(WORD, WORD.c.act == ACT.c.number)
        .join(a, a.c.uid == WORD.c.one)
        .join(b, b.c.uid == WORD.c.other)
        .where(ACT.c.undone == "", a.c.repository.in_(visible), b.c.repository.in_(visible))
        .where(a.c.repository.in_(own) | b.c.repository.in_(own))
        .order_by(ACT.c.number)
    )
    words: dict[Pair, dict[str, str]] = defaultdict(dict)
    for _, actor, said, one, other in connection.execute(query):
        words[one, other][actor] = said
    rule_of: dict[Pair, str] = {}
    for one, other, rule in connection.execute(sa.select(PAIR.c.one, PAIR.c.other, PAIR.c.rule)):
        if (one, other) in words:
            rule_of[one, other] = rule
    rules: dict[str, Counter[str]] = defaultdict(Counter)
    people: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    both: list[tuple[str, str]] = []
    for pair, by in words.items():
        people.update(by.keys())
        outcomes.update(by.values())
        if pair in rule_of:
            rules[rule_of[pair]].update(by.values())
        both += combinations([by[actor] for actor in sorted(by)], 2)
    return Agreement(
        len(words),
        outcomes["same"],
        outcomes["different"],
        len(both),
        sum(x == y for x, y in both),
        kappa(both),
        tuple(people.most_common()),
        tuple(
            Rule(rule, found["same"], found["different"])
            for rule, found in sorted(rules.items(), key=lambda r: (-r[1].total(), r[0]))
        ),
    )


def kappa(both: Collection[tuple[str, str]]) -> float | None:
    """Agreement beyond chance of pairs of judgements; who is named first does not matter."""
    if not both:
        return None
    share = sum((x == "same") + (y == "same") for x, y in both) / (2 * len(both))
    by_chance = share * share + (1 - share) * (1 - share)
    if by_chance == 1:
        return None
    return (sum(x == y for x, y in both) / len(both) - by_chance) / (1 - by_chance)
