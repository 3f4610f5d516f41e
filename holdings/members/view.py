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

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations

import msgspec

PUBLIC = "C:centre/everyone"
MAX_DOCUMENTS = 64  # of one union record that combine restricted audiences; beyond it see encode
MAX_TOKENS = 256  # that one more group may add to them


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
    others are grouped by their atoms; for each set of groups that a View can hit together there is one
    document. Most cannot be hit together: nobody stands in the portals of two libraries, or is at home in
    two. Where there would be more than `MAX_DOCUMENTS`, the smallest groups are not combined with others:
    who sees several of them finds the merged values of one, never more, and always one.
    """
    public = [i for i, atoms in enumerate(members) if PUBLIC in atoms]
    groups: dict[frozenset[str], list[int]] = {}
    for i, atoms in enumerate(members):
        if atoms and PUBLIC not in atoms:
            groups.setdefault(atoms, []).append(i)
    ordered = sorted(groups, key=lambda g: (-len(groups[g]), sorted(g)))
    sets, combined = _hit_together(ordered)
    result = []

    def add(chosen: _Groups, picks: _Picks, others: _Beside) -> None:
        # Whoever holds one of the others beside has another document.
        needed = [pick for pick in picks if pick.isdisjoint(others.atoms)]
        if needed and (public or chosen):
            shown = sorted(public + [i for g in chosen for i in groups[g]])
            needs = sorted("+".join(sorted(pick)) for pick in needed) if chosen else [PUBLIC]
            excepted = sorted({a for pick in needed for a in others.beside(pick)})
            result.append(VisibleSet(tuple(shown), tuple(needs), tuple(excepted)))

    for chosen, picks in sets:
        rest = ordered if not chosen else ordered[:combined]
        add(chosen, picks, _Beside(g for g in rest if g not in chosen))
    # Of those that are not combined, the first that a viewer sees is his.
    before = _Beside(ordered[:combined])
    for group in ordered[combined:]:
        add((group,), {frozenset({atom}) for atom in group}, before)
        before.add(group)
    return result


_Groups = tuple[frozenset[str], ...]
_Picks = set[frozenset[str]]


def _hit_together(ordered: Sequence[frozenset[str]]) -> tuple[list[tuple[_Groups, _Picks]], int]:
    """Sets of groups that a View can hit together, each with the atoms by which it does, one of each group;
    and how many of the groups they are made of.
    """
    sets: list[tuple[_Groups, _Picks]] = [((), {frozenset()})]
    for n, group in enumerate(ordered):
        more = []
        for chosen, picks in sets:
            found = {pick | {atom} for pick in picks for atom in group if _possible(pick | {atom})}
            if found:
                more.append(((*chosen, group), found))
        if len(sets) + len(more) > MAX_DOCUMENTS or sum(len(picks) for _, picks in more) > MAX_TOKENS:
            return sets, n
        sets += more
    return sets, len(ordered)


@lru_cache(maxsize=65536)
def _possible(atoms: frozenset[str]) -> bool:
    """Whether one View can hold all these atoms: one library's portal at most, and one home."""
    portals, homes = zip(*(_bound(atom) for atom in atoms), strict=True)
    return len({*portals, ""}) < 3 and len({*homes, ""}) < 3


@lru_cache(maxsize=65536)
def _bound(atom: str) -> tuple[str, str]:
    """The library in whose portal alone, and at home in which alone, a View holds an atom; "" for any."""
    place, _, audience = atom.rpartition("/")
    if place.startswith("L:"):
        return place[2:], "" if audience == "everyone" else place[2:]
    return "", audience.partition("@")[2]


class _Beside:
    """Atoms of groups, by where and by whom they can be held."""

    def __init__(self, groups: Iterable[frozenset[str]]) -> None:
        self.atoms: set[str] = set()
        self._held: dict[str, dict[str, list[str]]] = {}  # home, portal
        for group in groups:
            self.add(group)

    def add(self, group: frozenset[str]) -> None:
        for atom in group - self.atoms:
            portal, home = _bound(atom)
            self._held.setdefault(home, {}).setdefault(portal, []).append(atom)
        self.atoms |= group

    def beside(self, pick: frozenset[str]) -> Iterator[str]:
        """Those that a View with all atoms of ``pick`` can hold too."""
        bound = [_bound(atom) for atom in pick]
        portal = next((p for p, _ in bound if p), "")
        home = next((h for _, h in bound if h), "")
        for h in ("", home) if home else tuple(self._held):
            held = self._held.get(h, {})
            for p in ("", portal) if portal else tuple(held):
                yield from held.get(p, ())
