"""The decision on a pair (判定): the first rule that holds, with the values that decided.

The rules are data (``rules.toml``), each with an id and its reason; ``VERSION`` goes with every decision that
is kept, so that a change of rules shows what must be decided again.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from indexer.likeness.compare import BIT, FEATURES, MASK, Steps, compare, levels_of, steps_of, told
from indexer.likeness.description import Description

Outcome = Literal["same", "ask", "different"]
# Of two profiles the rules of the one that comes first here judge the pair.
_ORDER = ("article", "ancient", "thesis", "book")


class Rule(msgspec.Struct, frozen=True):
    """A rule (规则): what must hold, what follows, and why. ``against`` are the bits that must not be set."""

    id: str
    outcome: Outcome
    when: dict[str, str]
    reason: str
    for_: tuple[str, ...]
    score: float = 0.0
    against: int = 0
    above_keys: bool = False


class Verdict(msgspec.Struct, frozen=True):
    """What was decided on a pair (判定结果): ``rule`` is empty when none spoke of it."""

    outcome: Outcome
    score: float
    rule: str
    levels: int


class RuleError(ValueError):
    """The table of rules names a feature or level that does not exist."""


@cache
def rules() -> tuple[int, tuple[Rule, ...]]:
    """(version, all rules in their order)."""
    table = tomllib.loads((files(__package__) / "rules.toml").read_text(encoding="utf-8"))
    return table["version"], tuple(_rule(entry) for entry in table["rule"])


def _rule(entry: dict[str, object]) -> Rule:
    when = entry["when"]
    outcome = entry["outcome"]
    score = entry.get("score", 0.0)
    if (
        not isinstance(when, dict)
        or outcome not in ("same", "ask", "different")
        or not isinstance(score, float)
    ):
        raise RuleError(f"rule {entry.get('id')}: outcome, score or when is missing")
    against = 0
    for feature, said in when.items():
        levels = said.removeprefix("!").split()
        if feature not in FEATURES or not set(levels) <= set(FEATURES[feature]):
            raise RuleError(f"rule {entry['id']}: no such level: {feature} = {said}")
        bits = sum(BIT[feature, level] for level in levels)
        against |= bits if said.startswith("!") else MASK[feature] & ~bits
    return Rule(
        id=str(entry["id"]),
        outcome=outcome,
        when=when,
        reason=str(entry["reason"]),
        for_=tuple(str(entry["for"]).split()),
        score=score,
        against=against,
        above_keys=bool(entry.get("above_keys", False)),
    )


VERSION = rules()[0]
# Rules that part even what shares an identifier and the title.
ABOVE_KEYS = frozenset(rule.id for rule in rules()[1] if rule.above_keys)


@cache
def rules_of(profile: str) -> tuple[Rule, ...]:
    """The rules that judge pairs of a profile, in their order."""
    return tuple(rule for rule in rules()[1] if profile in rule.for_ or "*" in rule.for_)


@cache
def _judge(profile: str) -> tuple[tuple[Rule, ...], Steps]:
    found = rules_of(profile)
    return found, steps_of(feature for rule in found for feature in rule.when)


def profile_of(a: Description, b: Description) -> str:
    """The profile that judges a pair; of an article and a book, that of the one that says its type."""
    if a.profile == b.profile:
        return a.profile
    if {a.profile, b.profile} == {"article", "book"} and not (a.declared and b.declared):
        return a.profile if a.declared else b.profile if b.declared else "book"
    return next((p for p in _ORDER if p in (a.profile, b.profile)), a.profile)


def decide(a: Description, b: Description) -> Verdict:
    """same, ask or different; the same for (b, a)."""
    judging, steps = _judge(profile_of(a, b))
    bits = compare(a, b, steps)
    for rule in judging:
        if not bits & rule.against:
            return Verdict(rule.outcome, rule.score, rule.id, bits)
    return Verdict("different", 0.0, "", bits)


def why(a: Description, b: Description, verdict: Verdict) -> list[str]:
    """The decision in words: the rule, its reason, and each feature it looked at with both values."""
    rule = next((r for r in rules()[1] if r.id == verdict.rule), None)
    if rule is None:
        return ["no rule speaks of this pair"]
    lines = [f"rule {rule.id} (version {VERSION}): {rule.reason}"]
    for feature, level in levels_of(verdict.levels).items():
        if feature in rule.when or level in ("differ", "far"):
            one, other = told(feature, a), told(feature, b)
            values = f": {one or '–'} | {other or '–'}" if one or other else ""
            lines.append(f"{feature} {level}{values}")
    return lines


def document() -> str:
    """The tables of ``docs/matching.md``: one of rules for each profile, in the order they are tried."""
    lines = [_BEGIN]
    profiles = dict.fromkeys(p for rule in rules()[1] for p in rule.for_)
    for name in profiles:
        lines += [
            "",
            f"### {'All' if name == '*' else name.capitalize()}",
            "",
            "| rule | outcome | score | when | reason |",
            "| --- | --- | --- | --- | --- |",
        ]
        for rule in (r for r in rules()[1] if name in r.for_):
            when = "; ".join(f"{f} {w.replace('!', 'not ')}" for f, w in rule.when.items())
            score = f"{rule.score:.2f}" if rule.score else ""
            outcome = f"{rule.outcome}, above keys" if rule.above_keys else rule.outcome
            lines.append(f"| `{rule.id}` | {outcome} | {score} | {when} | {rule.reason} |")
    return "\n".join([*lines, "", _END])


_BEGIN = "<!-- made by scripts/match-rules-doc -->"
_END = "<!-- end of what is made -->"


def with_tables(text: str) -> str:
    """A text with its tables of rules made anew."""
    before, _, rest = text.partition(_BEGIN)
    return before + document() + rest.partition(_END)[2]
