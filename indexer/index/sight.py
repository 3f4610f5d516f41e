"""Who sees a document, as clauses on its tokens of sight (可见性子句); the rule is ``View.opens``."""

from __future__ import annotations

from holdings.members.view import need
from indexer.index.clause import Clause, Every, Unseen, Value, Without, either

COLUMN = "sight"
RESTRICTED = "!"  # marks every document that some View does not see


def expanded(unseen: Unseen) -> Clause:
    """Only the few documents that some View does not see carry a mark, and only these are looked at."""
    held = unseen.atoms[1:]  # the first one is everybody's
    ways: list[Clause] = [Value(COLUMN, f"+{atom}") for atom in unseen.atoms]
    for groups in range(2, unseen.depth + 1) if held else ():
        slots = [either([Value(COLUMN, f"+{need(groups, n, a)}") for a in held]) for n in range(groups)]
        ways.append(Every(tuple(slots)))
    opened = either(ways)
    if held:
        opened = Without(opened, tuple(Value(COLUMN, f"-{atom}") for atom in held))
    return Without(Value(COLUMN, RESTRICTED), (opened,))
