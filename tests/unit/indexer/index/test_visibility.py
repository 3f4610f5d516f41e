"""Who sees what: the index against brute force over the source records."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from index_corpus import member
from search_engines import Engines

from holdings.members.view import PUBLIC, View, narrower
from indexer.document import Display, Member, documents
from indexer.index.engine import Engine, FacetCall, SearchCall
from indexer.index.query import Everything, Words
from indexer.index.suggest import suggest
from indexer.records.record import Contributor, Record, Subject

NewEngine = Callable[[], Engine]

ATOMS = [
    PUBLIC,
    "C:jalis/everyone",
    "C:jalis/members",
    "L:pku/everyone",
    "L:pku/members",
    "L:pku/staff",
    "L:thu/everyone",
]
REPOSITORIES = ["r0", "r1", "r2"]

atom_sets = st.frozensets(st.sampled_from(ATOMS), max_size=3)
unions = st.lists(
    st.lists(st.tuples(atom_sets, st.sampled_from(REPOSITORIES)), min_size=1, max_size=4),
    min_size=1,
    max_size=5,
)
views = st.builds(
    lambda atoms, denied: View("C:centre", with_wider(atoms) | {PUBLIC}, denied),
    st.frozensets(st.sampled_from(ATOMS), max_size=4).filter(lambda atoms: can_be_held(atoms)),
    st.frozensets(st.sampled_from(REPOSITORIES), max_size=1),
)


def with_wider(atoms: frozenset[str]) -> frozenset[str]:
    """Members are of everyone, staff are of the members."""
    return atoms | {a for a in ATOMS if not atoms.isdisjoint(narrower(a))}


def can_be_held(atoms: frozenset[str]) -> bool:
    """Whether there can be such a View: nobody stands in two libraries' portals, or is at home in two."""
    libraries = {atom.partition("/")[0] for atom in atoms if atom.startswith("L:")}
    homes = {atom.partition("@")[2] for atom in atoms if "@" in atom}
    homes |= {a[2:].partition("/")[0] for a in atoms if a.startswith("L:") and not a.endswith("/everyone")}
    return len(libraries) < 2 and len(homes) < 2


def secret(u: int, m: int) -> str:
    """A word only the m-th member of the u-th union record has."""
    return f"secret{u}x{m}"


def test_a_view_sees_of_each_union_record_what_its_visible_members_say_and_nothing_else(
    engines: Engines, new_engine: NewEngine
) -> None:
    taken = new_engine()

    examples = 60 if engines.kind == "tantivy" else 5

    @settings(max_examples=examples, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(unions, st.lists(views, min_size=1, max_size=4))
    def holds(given_unions: list[list[tuple[frozenset[str], str]]], asked: list[View]) -> None:
        sees_what_it_may(engines.empty(taken), given_unions, asked)

    holds()


def sees_what_it_may(
    engine: Engine, given_unions: list[list[tuple[frozenset[str], str]]], asked: list[View]
) -> None:
    writer = engine.writer()
    for u, members in enumerate(given_unions):
        made = []
        for m, (atoms, repository) in enumerate(members):
            word = secret(u, m)
            record = Record(
                type="book",
                title=f"shared {word}",
                contributors=(Contributor(word),),
                subjects=(Subject(word),),
                abstract=word,
            )
            made.append(member(f"m{u}-{m}", record, atoms, repository, library=f"l{m}"))
        writer.add(documents(f"u{u}", made))
    writer.close()

    for view in asked:
        expected: dict[str, set[int]] = {}
        for u, members in enumerate(given_unions):
            # A document with a part from a denied repository is out as a whole until it is made again.
            open_to = {m for m, (atoms, _) in enumerate(members) if not view.atoms.isdisjoint(atoms)}
            if open_to and all(members[m][1] not in view.denied for m in open_to):
                expected[f"u{u}"] = open_to

        call = SearchCall(Words("all", "shared"), view, limit=100, facets=(FacetCall("subject", limit=100),))
        results = engine.search(call)
        assert sorted(hit.id for hit in results.hits) == sorted(expected)
        assert results.total == len(expected)
        told = {secret(int(u[1:]), m) for u, ms in expected.items() for m in ms}
        assert {v.value for v in results.facets[0].values} == told
        for hit in results.hits:
            display = msgspec.json.decode(hit.display, type=Display)
            assert set(display.libraries) == {f"l{m}" for m in expected[hit.id]}
        for u, members in enumerate(given_unions):
            for m in range(len(members)):
                found = engine.search(SearchCall(Words("all", secret(u, m)), view)).total
                assert found == (1 if m in expected.get(f"u{u}", ()) else 0)
                suggested = suggest(engine, secret(u, m), view, (), 10)
                # A typing error away from what is hidden there may be something that is not.
                assert {offer.text.split()[-1] for offer in suggested} <= told
            assert bool(engine.similar(f"u{u}", view, 5)) <= (f"u{u}" in expected)


def test_a_member_without_atoms_is_in_no_document() -> None:
    hidden: list[Member] = [member("a", Record(title="hidden"), ())]
    assert documents("a", hidden) == []
    shown = documents("a", [*hidden, member("b", Record(title="open"))])
    assert len(shown) == 1
    assert b"hidden" not in shown[0]


def test_near_words_come_only_from_what_is_seen(new_engine: NewEngine) -> None:
    engine = new_engine()
    writer = engine.writer()
    writer.add(documents("a", [member("a", Record(title="embargoed"), ["L:pku/staff"])]))
    writer.close()
    outside, inside = View("C:centre", frozenset({PUBLIC})), View("L:pku", frozenset({PUBLIC, "L:pku/staff"}))
    assert engine.near_terms("all", "embargoes", outside) == []
    assert engine.near_terms("all", "embargoes", inside) == [("embargoed", 1)]


def test_a_repository_on_the_deny_list_is_gone_at_once(new_engine: NewEngine) -> None:
    engine = new_engine()
    writer = engine.writer()
    writer.add(documents("a", [member("a", Record(title="first"), repository="r0")]))
    writer.add(documents("b", [member("b", Record(title="second"), repository="r1")]))
    writer.close()
    view = View("C:centre", frozenset({PUBLIC}), frozenset({"r0"}))
    assert [h.id for h in engine.search(SearchCall(Everything(), view)).hits] == ["b"]
    assert suggest(engine, "fir", view, (), 5) == []


def test_a_scope_is_the_place_a_record_is_shown_in(new_engine: NewEngine) -> None:
    engine = new_engine()
    writer = engine.writer()
    writer.add(documents("a", [member("a", Record(title="x"), library="pku")]))
    writer.add(documents("b", [member("b", Record(title="x"), library="thu")]))
    writer.close()
    view = View("C:centre", frozenset({PUBLIC}))
    for scope, found in (("L:pku", ["a"]), ("L:thu", ["b"]), ("L:nju", []), ("C:centre", ["a", "b"])):
        assert sorted(h.id for h in engine.search(SearchCall(Everything(), view, scope=scope)).hits) == found


def test_a_portal_that_shows_forty_consortia_is_searched_as_any_other(
    engines: Engines, new_engine: NewEngine
) -> None:
    """Three repositories, each open to other members of many consortia, merged in some records."""
    many = [f"C:c{n}" for n in range(40)]
    first = frozenset({"L:a/members", *(f"{c}/members@a" for c in many)})
    second = frozenset({"L:b/everyone", *(f"{c}/everyone" for c in many[:20])})
    third = frozenset({"L:c/members", *(f"{c}/members" for c in many[20:])})
    unions = [
        [(frozenset({PUBLIC}), "r0"), (first, "r1"), (second, "r2")],
        [(first, "r0"), (second, "r1"), (third, "r2")],
        [(third, "r1")],
    ]
    everywhere = {f"{c}/{audience}" for c in many for audience in ("everyone", "members", "members@a")}
    asked = [
        View("C:centre", frozenset({PUBLIC})),
        View("L:p", frozenset({PUBLIC, "L:p/everyone", *everywhere})),
        View("L:a", frozenset({PUBLIC, "L:a/everyone", "L:a/members", *everywhere})),
        View("C:c3", frozenset({PUBLIC, "C:c3/everyone"})),
        View("C:c30", frozenset({PUBLIC, "C:c30/everyone", "C:c30/members"})),
        View("C:c3", frozenset({PUBLIC, "C:c3/everyone", "C:c3/members", "C:c3/members@a"})),
    ]
    sees_what_it_may(engines.empty(new_engine()), unions, asked)
