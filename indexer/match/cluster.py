"""Grouping a set of records into clusters (聚类): the same set gives the same clusters in whatever order it
came.

Matching is not transitive: a description without a year fits both the printing of 1990 and that of 2000. So
pairs are joined from the surest to the least sure, in an order that depends on the records only, and two
groups are joined only when no member of one vetoes a member of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

from indexer.match.block import Features
from indexer.match.decide import MAX_YEARS_APART, compatible

_Signature = tuple[int | None, str]  # year and edition: all that can veto inside a block
Pairs = Collection[tuple[str, str]]
Vetoed = Callable[[str, str], bool]
MOST_LIKELY = 400  # members of a group that likeness makes no larger


def cluster(
    records: Iterable[Features],
    same: Pairs = (),
    apart: Pairs = (),
    likely: Mapping[tuple[str, str], float] | None = None,
    unlike: Pairs = (),
    vetoed: Vetoed = lambda _, __: False,
) -> dict[str, str]:
    """uid → id of its cluster, which is the smallest uid in it.

    ``records`` must hold every record that shares a key, directly or through others, with one of them.
    ``same`` and ``apart`` are pairs of which people have decided; they stand above every rule, and what is
    apart above what is the same. A pair of which one record is not there has no force.

    ``likely`` are pairs that the rules of likeness hold to be the same, with how sure they are, and
    ``unlike`` such as they part although they share a key; ``vetoed`` says whether these rules part two
    records. Likely pairs join what keys have not, the surest first, where no two members are parted.
    """
    ordered = sorted(records, key=lambda f: f.uid)
    parent = {f.uid: f.uid for f in ordered}
    barred: dict[str, set[str]] = defaultdict(set)  # root → roots that it may never be joined with
    for a, b in apart:
        if a in parent and b in parent:
            barred[a].add(b)
            barred[b].add(a)

    def root(uid: str) -> str:
        while parent[uid] != uid:
            parent[uid] = uid = parent[parent[uid]]
        return uid

    def join(a: str, b: str) -> str:
        small, large = sorted((root(a), root(b)))
        if small != large:
            parent[large] = small
            for far in barred.pop(large, ()):
                barred[far].discard(large)
                barred[far].add(small)
                barred[small].add(far)
        return small

    def held_apart(a: str, b: str) -> bool:
        return bool(barred) and root(b) in barred.get(root(a), ())

    # What people say is the same comes first; pairs are in the order of their uids, not of their saying.
    for a, b in sorted(same):
        if a in parent and b in parent and not held_apart(a, b):
            join(a, b)
    for a, b in unlike:
        if a in parent and b in parent and (one := root(a)) != (other := root(b)):
            barred[one].add(other)
            barred[other].add(one)
    # Then the pairs that agree in everything. Inside such a group no rule can veto, however large it is.
    first_with: dict[tuple[int, _Signature], list[str]] = {}
    for f in ordered:
        for key in f.keys:
            # More than one only where people hold records apart that agree in everything.
            known = first_with.setdefault((key, (f.year, f.edition)), [])
            beside = next((uid for uid in known if not held_apart(uid, f.uid)), None)
            if beside is None:
                known.append(f.uid)
            else:
                join(beside, f.uid)
    signatures: dict[str, set[_Signature]] = defaultdict(set)
    parts: dict[tuple[str, _Signature], tuple[str, set[int]]] = {}  # the smallest uid of each, and its keys
    for f in ordered:
        signature = (f.year, f.edition)
        signatures[root(f.uid)].add(signature)
        parts.setdefault((root(f.uid), signature), (f.uid, set()))[1].update(f.keys)
    if len(parts) > 1:
        groups = {uid: signature for (_, signature), (uid, _) in parts.items()}
        for a, b in _pairs(groups, dict(parts.values())):
            one, other = root(a), root(b)
            if (
                one != other
                and not held_apart(one, other)
                and not any(compatible(*x, *y) for x in signatures[one] for y in signatures[other])
            ):
                union = signatures[one] | signatures[other]
                signatures[join(one, other)] = union
    if likely:
        members: dict[str, list[str]] = defaultdict(list)
        for f in ordered:
            members[root(f.uid)].append(f.uid)
        for _, a, b in sorted((-score, *pair) for pair, score in likely.items()):
            if a not in parent or b not in parent or (one := root(a)) == (other := root(b)):
                continue
            left, right = members[one], members[other]
            if held_apart(one, other) or len(left) + len(right) > MOST_LIKELY:
                continue
            if any((x, y) != (a, b) and vetoed(x, y) for x in left for y in right):
                continue
            members[join(one, other)] = left + right
    return {uid: root(uid) for uid in parent}


def _pairs(groups: dict[str, _Signature], keys: dict[str, set[int]]) -> Iterator[tuple[str, str]]:
    """Pairs of groups that share a key and do not veto each other, from the surest to the least sure."""
    holders: dict[int, dict[int | None, list[str]]] = defaultdict(lambda: defaultdict(list))
    for group, (year, _) in groups.items():
        for key in keys[group]:
            holders[key][year].append(group)
    shared: set[tuple[str, str]] = set()
    for by_year in holders.values():
        for year, found in by_year.items():
            near: list[str] = []
            if year is None:
                for others in by_year.values():
                    near += others
            else:
                for other in range(year, year + MAX_YEARS_APART + 1):
                    near += by_year.get(other, [])
            for a in found:
                for b in near:
                    if a != b and not compatible(*groups[a], *groups[b]):
                        shared.add((a, b) if a < b else (b, a))

    def doubt(pair: tuple[str, str]) -> tuple[int, float, int, str, str]:
        (a_year, a_edition), (b_year, b_edition) = groups[pair[0]], groups[pair[1]]
        apart = 1.5 if a_year is None or b_year is None else abs(a_year - b_year)
        return (-len(keys[pair[0]] & keys[pair[1]]), apart, int(a_edition != b_edition), *pair)

    yield from sorted(shared, key=doubt)
