"""Who sees a document, as clauses on its tokens of sight (可见性子句); the rule is ``View.opens``."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from holdings.members.view import DEEPEST, PUBLIC, depth_of, narrower, need
from indexer.index.clause import Clause, Every, Unseen, Value, Without, either

COLUMN = "sight"
RESTRICTED = "!"  # marks the documents that are not for everyone at the centre
EXCEPTED = "!-"  # those that are not seen by some who see more
Atoms = tuple[str, ...]


class Marks(msgspec.Struct, frozen=True):
    """What the documents of an index carry (索引所载标记).

    ``depth`` is the greatest number of groups that a document is made of; 0 when every View sees every one.
    ``unseen`` says of the atoms of a View, the one that everybody holds first, what it does not see.
    """

    depth: int
    unseen: Callable[[Atoms], Unseen]


def tokens(needs: Iterable[str], excepted: Iterable[str]) -> list[str]:
    """The tokens of a document that needs one of these atoms and none of those (``VisibleSet``)."""
    needs, excepted = tuple(needs), tuple(excepted)
    found = [*(f"+{t}" for t in _with_narrower(needs)), *(f"-{t}" for t in _with_narrower(excepted))]
    if PUBLIC not in needs:
        found.append(RESTRICTED)
    if excepted:
        found.append(EXCEPTED)
    if (depth := depth_of(needs)) > 1:
        found.append(f"{RESTRICTED}{depth}")
    return found


def _with_narrower(needs: Iterable[str]) -> list[str]:
    """The same with all atoms whose holders hold one of these (``View.keys``), each in its slot."""
    found: dict[str, None] = {}
    for token in needs:
        slot, atom = token.split(":", 1) if token[0].isdecimal() else ("", token)
        found.update(dict.fromkeys(f"{slot}:{a}" if slot else a for a in (atom, *narrower(atom))))
    return list(found)


def unseen(atoms: Atoms, depth: int, carried: Callable[[str], bool] = lambda _: True) -> Unseen:
    """What a View with these atoms (``View.keys``) does not see. Tokens that no document has carried are
    left out: a View of many consortia has hundreds, and an engine looks each of them up in every segment.
    """
    held = atoms[1:]
    together = []
    for groups in range(2, depth + 1) if held else ():
        slots = tuple(tuple(t for a in held if carried(t := f"+{need(groups, n, a)}")) for n in range(groups))
        if all(slots):
            together.append(slots)
    return Unseen(
        tuple(t for atom in held if carried(t := f"+{atom}")),
        tuple(together),
        tuple(t for atom in held if carried(t := f"-{atom}")),
    )


def expanded(clause: Unseen) -> tuple[Clause, ...]:
    """The same as clauses of which a document that is seen fulfils none.

    Only the few documents that are not for everyone carry a mark, and only these are looked at. The clauses
    lie side by side: an engine skips through each at little cost, while a choice between clauses inside
    another one is gathered anew in every segment.
    """
    ways: list[Clause] = [Value(COLUMN, token) for token in clause.opening]
    ways += [
        Every(tuple(either([Value(COLUMN, token) for token in slot]) for slot in slots))
        for slots in clause.together
    ]
    barred = (Value(COLUMN, token) for token in clause.barred)
    return Without(Value(COLUMN, RESTRICTED), tuple(ways)), *barred


ANY = Marks(DEEPEST, lambda atoms: unseen(atoms, DEEPEST))  # of an index of which nothing is known
