"""Comparing two records that share a key, and the decision (比较与判定)."""

from __future__ import annotations

import msgspec

from indexer.match.block import Features

# A year taken from the copyright date and one from the imprint are often one apart; more is another printing.
MAX_YEARS_APART = 1


class Decision(msgspec.Struct, frozen=True):
    """Whether two records describe the same manifestation, and by which rule (判定)."""

    match: bool
    rule: str


def compatible(a_year: int | None, a_edition: str, b_year: int | None, b_edition: str) -> str:
    """The name of the veto between two records, or the empty text. What is unknown on one side vetoes
    nothing.
    """
    if a_year is not None and b_year is not None and abs(a_year - b_year) > MAX_YEARS_APART:
        return "years-differ"
    if a_edition and b_edition and a_edition != b_edition:
        return "editions-differ"
    return ""


def decide(a: Features, b: Features) -> Decision:
    """Vetoes first, then the shared key."""
    if set(a.keys).isdisjoint(b.keys):
        return Decision(False, "no-shared-key")
    veto = compatible(a.year, a.edition, b.year, b.edition)
    return Decision(not veto, veto or "identifier-and-title")
