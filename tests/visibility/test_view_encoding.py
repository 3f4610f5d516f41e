"""The encoding of views in index documents against a brute-force reading of the rule."""

from __future__ import annotations

import datetime
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from holdings.members import sharing
from holdings.members.repository import Audience, Repository
from holdings.members.view import DEEPEST, MAX_DOCUMENTS, PUBLIC, View, VisibleSet, encode
from indexer.index.sight import RESTRICTED, tokens, unseen

CONSORTIA = ("C:x", "C:y")
ATOMS = [
    PUBLIC,
    *(f"L:{n}/{audience}" for n in "abc" for audience in ("everyone", "members", "staff")),
    *(f"{c}/{audience}" for c in CONSORTIA for audience in ("everyone", "members")),
    *(f"{c}/{audience}@{n}" for c in CONSORTIA for n in "ab" for audience in ("members", "staff")),
]
members = st.lists(st.frozensets(st.sampled_from(ATOMS), max_size=3), max_size=6)


@st.composite
def views(draw: st.DrawFn) -> View:
    """Somebody in the portal of a library, or of a consortium, with a home or without."""
    home = draw(st.sampled_from(["", *"abc"]))
    place = draw(st.sampled_from(["C:centre", *CONSORTIA, "L:a", "L:b", "L:c"]))
    staff = draw(st.booleans())
    shown = [place, *(draw(st.sets(st.sampled_from(CONSORTIA))) if place.startswith("L:") else ())]
    atoms = {PUBLIC}
    for one in shown:
        atoms.add(f"{one}/everyone")
        if one == f"L:{home}":
            atoms |= {f"{one}/members", *([f"{one}/staff"] if staff else [])}
        elif one.startswith("C:") and home:
            atoms |= {f"{one}/members", f"{one}/members@{home}", *([f"{one}/staff@{home}"] if staff else [])}
    return View(place, frozenset(atoms & set(ATOMS)))


def documents_seen(view: View, carried: list[frozenset[str]]) -> list[tuple[int, ...]]:
    return [d.members for d in encode(carried) if view.opens(d.needs, d.excepted)]


def visible(view: View, carried: list[frozenset[str]]) -> tuple[int, ...]:
    return tuple(i for i, member in enumerate(carried) if view.atoms & member)


@given(members, views())
def test_every_view_sees_exactly_the_members_it_may_see(carried: list[frozenset[str]], view: View) -> None:
    expected = visible(view, carried)
    assert documents_seen(view, carried) == ([expected] if expected else [])


def test_a_union_record_without_restrictions_is_one_document_for_everybody() -> None:
    (document,) = encode([frozenset({PUBLIC}), frozenset({PUBLIC, "L:a/members"})])
    assert document.needs == (PUBLIC,)
    assert document.excepted == ()


def test_each_of_many_libraries_finds_what_only_its_own_members_may_see() -> None:
    carried = [frozenset({f"L:{n}/members", f"C:x/members@{n}"}) for n in range(200)]
    carried.append(frozenset({PUBLIC}))
    made = encode(carried)
    assert len(made) == len(carried)
    assert sum(len(d.needs) + len(d.excepted) for d in made) < 8 * len(carried)
    for n in range(200):
        for place in (f"L:{n}", "C:x"):
            view = View(place, frozenset({PUBLIC, f"{place}/members", f"C:x/members@{n}"}))
            assert documents_seen(view, carried) == [(n, 200)]
    assert documents_seen(View("C:centre", frozenset({PUBLIC})), carried) == [(200,)]


@given(
    st.lists(st.frozensets(st.sampled_from(ATOMS[1:]), min_size=1, max_size=3), min_size=8, max_size=16),
    views(),
)
def test_many_audiences_never_show_more_than_allowed_and_always_something(
    carried: list[frozenset[str]], view: View
) -> None:
    assert len(encode(carried)) <= MAX_DOCUMENTS + len(carried)
    expected, seen = visible(view, carried), documents_seen(view, carried)
    assert len(seen) == bool(expected), "one document where anything is seen, else none"
    assert all(set(members) <= set(expected) for members in seen)


OWNERS = "abc"
repositories = st.builds(
    lambda library, audience, shown: sharing.atoms_of(
        Repository("r", library, audience, offered_to=tuple(shown), published_by=tuple(shown)),
        dict.fromkeys("xy", "active"),
        datetime.date(2026, 1, 1),
    ),
    st.sampled_from(OWNERS),
    st.sampled_from(get_args(Audience)),
    st.sets(st.sampled_from("xy")),
)


def passes(view: View, document: VisibleSet) -> bool:
    """What the clauses of an engine say of a document that carries its tokens."""
    carried = set(tokens(document.needs, document.excepted))
    never = unseen(view.keys(), DEEPEST)
    opened = not carried.isdisjoint(never.opening) or any(
        all(not carried.isdisjoint(slot) for slot in slots) for slots in never.together
    )
    return (opened or RESTRICTED not in carried) and carried.isdisjoint(never.barred)


@given(st.lists(repositories, max_size=7), views())
def test_an_index_shows_what_the_rule_opens_though_it_is_asked_for_few_tokens(
    carried: list[frozenset[str]], view: View
) -> None:
    for document in encode(carried):
        assert passes(view, document) == view.opens(document.needs, document.excepted)


def test_an_index_is_not_asked_for_what_goes_with_something_else() -> None:
    atoms = {"L:a/everyone", "L:a/members", "L:a/staff", "C:x/everyone", "C:x/members", "C:x/members@a"}
    assert View("L:a", frozenset(atoms)).keys() == (PUBLIC, "C:x/members", "L:a/staff")
    assert View("C:x", frozenset({"C:x/everyone", "C:x/members@a"})).keys() == (
        PUBLIC,
        "C:x/everyone",
        "C:x/members@a",
    )


def test_a_record_that_nobody_may_see_has_no_document() -> None:
    assert encode([frozenset()]) == []
    assert encode([]) == []
