"""Who sees a document, as clauses on its tokens of sight (可见性子句); the rule is ``View.opens``."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from holdings.members.view import DEEPEST, need
from indexer.index.clause import Clause, Every, Unseen, Value, Without, either

COLUMN = "sight"
RESTRICTED = "!"  # marks every document that some View does not see
Atoms = tuple[str, ...]


class Marks(msgspec.Struct, frozen=True):
    """What the documents of an index carry (索引所载标记).

    ``depth`` is the greatest number of groups that a document is made of; 0 when every document is public.
    ``unseen`` says of the atoms of a View, the one that everybody holds first, what it does not see.
    """

    depth: int
    unseen: Callable[[Atoms], Unseen]


def unseen(atoms: Atoms, depth: int, carried: Callable[[str], bool] = lambda _: True) -> Unseen:
    """What a View with these atoms does not see. Tokens that no document has carried are left out: a View of
    many consortia has hundreds, and an engine looks each of them up in every segment.
    """
    held = atoms[1:]
    together = []
    for groups in range(2, depth + 1) if held else ():
        slots = tuple(tuple(t for a in held if carried(t := f"+{need(groups, n, a)}")) for n in range(groups))
        if all(slots):
            together.append(slots)
    return Unseen(
        tuple(t for atom in atoms if carried(t := f"+{atom}")),
        tuple(together),
        tuple(t for atom in held if carried(t := f"-{atom}")),
    )


def expanded(clause: Unseen) -> tuple[Clause, ...]:
    """The same as clauses of which a document that is seen fulfils none.

    Only the few documents that some View does not see carry a mark, and only these are looked at. The clauses
    lie side by side: an engine skips through each at little cost, while a choice between clauses inside
    another one is gathered anew in every segment.
    """
    ways: list[Clause] = [Value(COLUMN, token) for token in clause.opening]
    ways += [
        Every(tuple(either([Value(COLUMN, token) for token in slot]) for slot in slots))
        for slots in clause.together
    ]
    # What bars somebody stands only on documents that carry the mark.
    barred = (Value(COLUMN, token) for token in clause.barred)
    return Without(Value(COLUMN, RESTRICTED), tuple(ways)), *barred


ANY = Marks(DEEPEST, lambda atoms: unseen(atoms, DEEPEST))  # of an index of which nothing is known
