"""What views and documents say of each other stays small, however many places there are."""

from __future__ import annotations

from holdings.members.view import DEEPEST, PUBLIC, View, depth_of, encode

CONSORTIA = [f"C:c{n}" for n in range(40)]


def offered_to_all(library: str, audience: str = "everyone") -> frozenset[str]:
    """The atoms of a repository that all consortia show, but not the centre."""
    return frozenset({f"L:{library}/everyone", *(f"{c}/{audience}" for c in CONSORTIA)})


def test_what_a_document_needs_grows_with_the_atoms_of_its_groups_not_with_their_combinations() -> None:
    groups = [offered_to_all(n) | {f"C:c{n}/members@{n}"} for n in "0123"]
    made = encode(groups)
    assert len(made) == 11, "alone, all together, and any two: by portal of the one and home at the other"
    whole = next(d for d in made if len(d.members) == 4)
    assert depth_of(whole.needs) == 4
    assert len(whole.needs) <= sum(map(len, groups))
    assert sum(len(d.needs) + len(d.excepted) for d in made) < 11 * 4 * 50


def test_who_holds_one_atom_of_each_group_sees_all_of_them_together() -> None:
    groups = [frozenset({"C:x/everyone"}), frozenset({"C:y/everyone", "C:y/members"})]
    made = encode([frozenset({PUBLIC}), *groups])
    both = View("L:a", frozenset({PUBLIC, "C:x/everyone", "C:y/members"}))
    one = View("L:a", frozenset({PUBLIC, "C:y/members"}))
    assert [d.members for d in made if both.opens(d.needs, d.excepted)] == [(0, 1, 2)]
    assert [d.members for d in made if one.opens(d.needs, d.excepted)] == [(0, 2)]
    assert not both.opens(["2.0:C:x/everyone"], ()), "a slot that nothing is said of stays closed"


def test_no_document_is_made_of_more_groups_than_filters_ask_for() -> None:
    made = encode([frozenset({f"C:{c}/everyone"}) for c in "abcdefghij"])
    assert max(depth_of(d.needs) for d in made) <= DEEPEST


def test_one_atom_of_several_groups_opens_all_of_them() -> None:
    made = encode([frozenset({"C:x/everyone", "L:a/everyone"}), frozenset({"C:x/everyone", "L:b/everyone"})])
    view = View("C:x", frozenset({PUBLIC, "C:x/everyone"}))
    assert [d.members for d in made if view.opens(d.needs, d.excepted)] == [(0, 1)]
