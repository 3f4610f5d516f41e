"""What one kind of viewer may see, as tokens of the index (视图).

An **atom** is a place (a library, a consortium, the centre) with an audience: ``L:pku/everyone``,
``L:pku/members``, ``C:jalis/members``, ``L:pku/staff``. A repository carries the atoms through which it can
be seen; a View is the set of atoms open to one portal and viewer. A source record is visible when it shares
an atom with the View. ``PUBLIC`` (everyone at the centre) is open to every View.

In the index a union record is one document for each distinct visible set that some View can have. A document
*needs* one of its combined atoms and is *excepted* from Views that hold an atom of a hidden member, so for
every View exactly one document of a union record, or none, is seen. `encode` and `View` are the two halves
of this encoding.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations, product

import msgspec

PUBLIC = "C:centre/everyone"
MAX_GROUPS = (
    6  # distinct restricted audiences in one union record; beyond it the widest are kept apart, see encode
)


class View(msgspec.Struct, frozen=True):
    """The atoms open to a portal and its viewer (视图). Only ``holdings.members`` makes one.

    ``place`` is the portal asked (``C:centre``, ``C:jalis``, ``L:pku``); ``denied`` are repositories
    withdrawn since the last reindex; ``staff_of`` are libraries whose staff notes this viewer may read.
    """

    place: str
    atoms: frozenset[str]
    denied: frozenset[str] = frozenset()
    staff_of: frozenset[str] = frozenset()

    def sees(self, atoms: Iterable[str], repository: str) -> bool:
        """Whether a source record with these atoms, in this repository, is visible."""
        return repository not in self.denied and not self.atoms.isdisjoint(atoms)

    def tokens(self) -> tuple[str, ...]:
        """Combined atoms that this view satisfies: one of them must be in a document's ``needs``."""
        own = sorted(self.atoms - {PUBLIC})
        combined = ["+".join(c) for n in range(1, len(own) + 1) for c in combinations(own, n)]
        return (PUBLIC, *combined)


class VisibleSet(msgspec.Struct, frozen=True):
    """One document to write: which members it is made of, and who sees it."""

    members: tuple[int, ...]  # indexes into the sequence given to encode
    needs: tuple[str, ...]
    excepted: tuple[str, ...]


def encode(members: Sequence[frozenset[str]]) -> list[VisibleSet]:
    """The documents of a union record whose members carry these atoms.

    A member without atoms is seen by nobody. Members that carry ``PUBLIC`` are in every document. The
    others are grouped by their atoms; for each set of groups a View can hit there is one document. A union
    record with more than ``MAX_GROUPS`` restricted groups would need too many documents: its smallest
    groups share no document with one another then, so a viewer may see fewer merged values, never more.
    """
    public = [i for i, atoms in enumerate(members) if PUBLIC in atoms]
    groups: dict[frozenset[str], list[int]] = {}
    for i, atoms in enumerate(members):
        if atoms and PUBLIC not in atoms:
            groups.setdefault(atoms, []).append(i)
    ordered = sorted(groups, key=lambda g: (-len(groups[g]), sorted(g)))[:MAX_GROUPS]
    result = []
    for n in range(len(ordered) + 1):
        for chosen in combinations(ordered, n):
            shown = sorted(public + [i for g in chosen for i in groups[g]])
            if not shown:
                continue
            # An atom of a group outside the chosen ones means that a richer document exists for that viewer.
            excepted = sorted({a for g in ordered if g not in chosen for a in g})
            forbidden = set(excepted)
            needs = (
                {
                    "+".join(sorted(set(pick)))
                    for pick in product(*(sorted(g) for g in chosen))
                    if forbidden.isdisjoint(pick)
                }
                if chosen
                else {PUBLIC}
            )
            if needs:
                result.append(VisibleSet(tuple(shown), tuple(sorted(needs)), tuple(excepted)))
    return result
