"""What one kind of viewer may see, as tokens of the index (视图).

An **atom** is a place (a library, a consortium, the centre) with an audience: ``L:pku/everyone``,
``L:pku/members``, ``C:jalis/members``, ``L:pku/staff``. A repository carries the atoms through which it can
be seen; a View is the set of atoms open to one portal and viewer. A source record is visible when it shares
an atom with the View. ``PUBLIC`` (everyone at the centre) is open to every View.

In the index a union record is one document for each distinct visible set that some View can have. A document
*needs* an atom of each of its restricted groups of members and is *excepted* from Views that hold an atom of
a hidden group, so for every View exactly one document of a union record, or none, is seen. `encode` and
`View.opens` are the two halves of this encoding; both, and the filter made of them, grow with the number of
atoms, never with that of their combinations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product

import msgspec

PUBLIC = "C:centre/everyone"
MAX_DOCUMENTS = 64  # of one union record that combine restricted audiences; beyond it see encode
DEEPEST = (
    6  # groups of one document at most: with n groups that a View hits together, 2**n documents are made
)


class View(msgspec.Struct, frozen=True):
    """The atoms open to a portal and its viewer (视图). Only ``holdings.members`` makes one.

    ``place`` is the portal asked (``C:centre``, ``C:jalis``, ``L:pku``); ``denied`` are repositories
    withdrawn since the last reindex, ``hushed`` those whose documents may say what has become private since,
    ``withheld`` union records of which the index may show too much. ``staff_of`` are libraries whose private
    fields this viewer may read.
    """

    place: str
    atoms: frozenset[str]
    denied: frozenset[str] = frozenset()
    staff_of: frozenset[str] = frozenset()
    withheld: frozenset[str] = frozenset()
    hushed: frozenset[str] = frozenset()

    def sees(self, atoms: Iterable[str], repository: str) -> bool:
        """Whether a source record with these atoms, in this repository, is visible."""
        return repository not in self.denied and not self.atoms.isdisjoint(atoms)

    def keys(self) -> tuple[str, ...]:
        """The fewest atoms that open the same documents, in order, first the one that everybody holds.

        An index is asked for each of them. One is left out where another one that is held stands on every
        document that carries it: because documents carry the atoms of `narrower`, too, or because what is
        for the members or the staff of one library is theirs in its own portal as well as in a consortium's.
        """
        held = self.atoms - {PUBLIC}
        return (PUBLIC, *sorted(a for a in held if held.isdisjoint(narrower(a)) and _at_home(a) not in held))

    def opens(self, needs: Iterable[str], excepted: Iterable[str]) -> bool:
        """Whether this view sees a document: the rule that the filters of the engines are made of."""
        held = {PUBLIC, *self.atoms}
        given = set(needs)
        deep = (all(held & _at(given, d, n) for n in range(d)) for d in range(2, DEEPEST + 1))
        return bool(held & given or any(deep)) and held.isdisjoint(excepted)


def _at(needs: Iterable[str], depth: int, slot: int) -> set[str]:
    """The atoms that a document of so many groups needs one of in one slot."""
    begin = need(depth, slot, "")
    return {token.removeprefix(begin) for token in needs if token.startswith(begin)}


def need(depth: int, slot: int, atom: str) -> str:
    """What stands in the needs of a document of ``depth`` restricted groups, two or more, for an atom of one
    of them.
    """
    return f"{depth}.{slot}:{atom}"


def depth_of(needs: Iterable[str]) -> int:
    """How many groups a document is made of; 1 where one atom opens it."""
    return max((int(token[0]) for token in needs if token[0].isdecimal()), default=1)


@lru_cache(maxsize=65536)
def narrower(atom: str) -> tuple[str, ...]:
    """Atoms whose every holder holds ``atom`` as well: members are of everyone, staff are of the members.

    Only those that can be told from the atom itself: whose members those of a consortium are is not said.
    Everyone at the centre has no narrower atoms, as nobody is without it.
    """
    place, _, audience = atom.rpartition("/")
    if atom == PUBLIC:
        return ()
    if audience.startswith("members@"):
        return (f"{place}/staff@{audience.removeprefix('members@')}",)
    if place.startswith("C:"):
        return (f"{place}/members",) if audience == "everyone" else ()
    return {"everyone": (f"{place}/members", f"{place}/staff"), "members": (f"{place}/staff",)}.get(
        audience, ()
    )


@lru_cache(maxsize=65536)
def _at_home(atom: str) -> str:
    """What stands, in the portal of a library, for an atom that is for its own people in a consortium's
    (``sharing.atoms_of``); "" of others.
    """
    audience, _, library = atom.rpartition("/")[2].partition("@")
    return f"L:{library}/{audience}" if library else ""


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
    two. A document of one group needs one of its atoms; a document of more needs, for each of them, one of
    its atoms in that group's slot. Where there would be more than `MAX_DOCUMENTS`, the smallest groups are
    not combined with others: who sees several of them finds the merged values of one, never more, and always
    one.
    """
    public = [i for i, atoms in enumerate(members) if PUBLIC in atoms]
    groups: dict[_Group, list[int]] = {}
    for i, atoms in enumerate(members):
        if atoms and PUBLIC not in atoms:
            groups.setdefault(atoms, []).append(i)
    ordered = sorted(groups, key=lambda g: (-len(groups[g]), sorted(g)))
    sets, combined = _hit_together(ordered)
    result = []

    def add(chosen: Sequence[_Group], others: _Beside) -> None:
        slots, standings = _opened_by(chosen, others.atoms)
        if not standings or not (public or chosen):
            return
        shown = sorted(public + [i for g in chosen for i in groups[g]])
        if len(slots) > 1:
            needs = [need(len(slots), n, atom) for n, slot in enumerate(slots) for atom in slot]
        else:
            needs = slots[0] if slots else [PUBLIC]
        excepted = {a for standing in standings for a in others.beside(standing)}
        result.append(VisibleSet(tuple(shown), tuple(sorted(needs)), tuple(sorted(excepted))))

    for chosen in sets:
        rest = ordered if not chosen else ordered[:combined]
        add(chosen, _Beside(g for g in rest if g not in chosen))
    # Of those that are not combined, the first that a viewer sees is his.
    before = _Beside(ordered[:combined])
    for group in ordered[combined:]:
        add((group,), before)
        before.add(group)
    return result


_Group = frozenset[str]
_Standing = tuple[str, str]  # the library in whose portal alone, and at home in which alone; "" for any


def _hit_together(ordered: Sequence[_Group]) -> tuple[list[tuple[_Group, ...]], int]:
    """Sets of groups that a View can hit together, and how many of the groups they are made of."""
    sets: list[tuple[tuple[_Group, ...], set[_Standing]]] = [((), {("", "")})]
    for n, group in enumerate(ordered):
        standings = {_bound(atom) for atom in group}
        more = []
        for chosen, held in sets:
            found = {both for one in held for other in standings if (both := _both(one, other))}
            if found:
                more.append(((*chosen, group), found))
        if len(sets) + len(more) > MAX_DOCUMENTS:
            return [chosen for chosen, _ in sets], n
        sets += more
    return [chosen for chosen, _ in sets], len(ordered)


def _opened_by(chosen: Sequence[_Group], without: set[str]) -> tuple[list[list[str]], set[_Standing]]:
    """Of each group the atoms by which a View can hit all of them together, holding none of ``without``; and
    where such Views stand.
    """
    held: list[dict[_Standing, list[str]]] = []
    for group in chosen:
        by_standing: dict[_Standing, list[str]] = {}
        for atom in sorted(group - without):
            by_standing.setdefault(_bound(atom), []).append(atom)
        held.append(by_standing)
    used: list[set[_Standing]] = [set() for _ in chosen]
    standings: set[_Standing] = set()
    for picked in product(*held):
        standing: _Standing | None = ("", "")
        for one in picked:
            standing = _both(standing, one) if standing else None
        if standing:
            standings.add(standing)
            for place, one in zip(used, picked, strict=True):
                place.add(one)
    slots = [[a for s in by if s in place for a in by[s]] for by, place in zip(held, used, strict=True)]
    return slots, standings


def _both(one: _Standing, other: _Standing) -> _Standing | None:
    """Where somebody stands who holds what is held at both; None when nobody can."""
    for a, b in zip(one, other, strict=True):
        if a and b and a != b:
            return None
    return one[0] or other[0], one[1] or other[1]


@lru_cache(maxsize=65536)
def _bound(atom: str) -> _Standing:
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

    def beside(self, standing: _Standing) -> Iterator[str]:
        """Those that a View of this standing can hold."""
        portal, home = standing
        for h in ("", home) if home else tuple(self._held):
            held = self._held.get(h, {})
            for p in ("", portal) if portal else tuple(held):
                yield from held.get(p, ())
