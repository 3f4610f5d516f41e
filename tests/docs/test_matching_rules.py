"""``docs/matching.md`` holds the rules as they are, and shows an answer as the command gives it."""

from __future__ import annotations

from pathlib import Path

from indexer.likeness.compare import FEATURES
from indexer.likeness.decide import rules, with_tables

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "matching.md").read_text(encoding="utf-8")


def test_the_tables_of_rules_are_made_from_the_rules() -> None:
    assert with_tables(TEXT) == TEXT, "run scripts/match-rules-doc"


def test_every_rule_has_an_id_of_its_own_and_a_reason() -> None:
    ids = [rule.id for rule in rules()[1]]
    assert len(ids) == len(set(ids))
    assert all(rule.reason.endswith(".") and len(rule.reason) > 20 for rule in rules()[1])
    assert all(0 < rule.score < 1 for rule in rules()[1] if rule.outcome != "different")


def test_every_feature_is_used_by_a_rule() -> None:
    used = {feature for rule in rules()[1] for feature in rule.when}
    assert used >= set(FEATURES) - {"issue"}
