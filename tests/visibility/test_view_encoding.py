"""The encoding of views in index documents against a brute-force reading of the rule."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from holdings.members.view import MAX_GROUPS, PUBLIC, View, encode

ATOMS = [PUBLIC, "L:a/members", "L:b/members", "C:x/everyone", "C:y/everyone", "L:c/staff"]
members = st.lists(st.frozensets(st.sampled_from(ATOMS), max_size=3), max_size=6)
opened = st.frozensets(st.sampled_from(ATOMS[1:]), max_size=4)


def documents_seen(view: View, carried: list[frozenset[str]]) -> list[tuple[int, ...]]:
    tokens = set(view.tokens())
    return [d.members for d in encode(carried) if tokens & set(d.needs) and not view.atoms & set(d.excepted)]


@given(members, opened)
def test_every_view_sees_exactly_the_members_it_may_see(
    carried: list[frozenset[str]], atoms: frozenset[str]
) -> None:
    view = View("C:centre", atoms | {PUBLIC})
    visible = tuple(i for i, member in enumerate(carried) if view.atoms & member)
    assert documents_seen(view, carried) == ([visible] if visible else [])


def test_a_union_record_without_restrictions_is_one_document_for_everybody() -> None:
    (document,) = encode([frozenset({PUBLIC}), frozenset({PUBLIC, "L:a/members"})])
    assert document.needs == (PUBLIC,)
    assert document.excepted == ()


def test_many_audiences_never_show_more_than_allowed_and_stay_few_documents() -> None:
    carried = [frozenset({f"L:{n}/members"}) for n in range(MAX_GROUPS + 4)]
    assert len(encode(carried)) <= 2**MAX_GROUPS
    for n in range(MAX_GROUPS + 4):
        seen = documents_seen(View("C:centre", frozenset({PUBLIC, f"L:{n}/members"})), carried)
        assert seen in ([(n,)], [])


def test_a_record_that_nobody_may_see_has_no_document() -> None:
    assert encode([frozenset()]) == []
    assert encode([]) == []
