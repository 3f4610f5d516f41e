"""What a change would hide and show, counted: compared with a count by hand over random holdings."""

from __future__ import annotations

import datetime
import random

import msgspec
import pytest
import sqlalchemy as sa

from ereader.sharing_effect import Effect, effects, opened_by
from holdings.members import Configuration, Consortium, Library, Membership, Repository
from holdings.members.change import after
from indexer.tables import DELETED, LIVE, METADATA, RECORD_FLAG, SOURCE, SUPPRESSED

TODAY = datetime.date(2026, 11, 21)
LIBRARIES = ("a", "b", "c")
PRESENT = Configuration(
    tuple(Library(i) for i in LIBRARIES),
    (Consortium("x"), Consortium("y")),
    tuple(Membership(i, c) for i in LIBRARIES for c in ("x", "y")),
    tuple(
        Repository(f"{i}{n}", i, audience=("everyone", "consortium-members")[n], offered_to=("x", "y"), published_by=("x",))
        for i in LIBRARIES
        for n in (0, 1)
    ),
)  # fmt: skip
CHANGES = {
    "one withdrawn": Configuration(repositories=(Repository("a0", "a", offered_to=("y",), published_by=("x",)),)),
    "all published elsewhere": Configuration(
        repositories=tuple(msgspec.structs.replace(r, published_by=("x", "y")) for r in PRESENT.repositories)
    ),
    "a member suspended": Configuration(memberships=(Membership("b", "x", "suspended"),)),
    "a member whose days are over": Configuration(memberships=(Membership("b", "x", until=datetime.date(2026, 11, 20)),)),
    "kept for members": Configuration(
        repositories=(Repository("c0", "c", audience="consortium-members", offered_to=("x", "y"), published_by=("x",)),)
    ),
    "a library removed": Configuration(removed=("library/c", "repository/c0", "repository/c1")),
    "a consortium removed": Configuration(removed=("consortium/x",)),
    "published by itself": Configuration(consortia=(Consortium("y", functions=("publish-offers",)),)),
    "an embargo": Configuration(
        repositories=(msgspec.structs.replace(PRESENT.repositories[0], embargo_until=datetime.date(2030, 1, 1)),)
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def held() -> tuple[sa.Engine, list[tuple[str, str, bool]]]:
    """A store, and (union, repository, seen at all) of each record in it."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    METADATA.create_all(engine)
    dice, rows, flags, known = random.Random(5), [], [], []
    for number in range(600):
        repository = dice.choice(PRESENT.repositories).id
        cluster = f"u{dice.randrange(150):03}" if dice.random() < 0.6 else None
        state = dice.choices((LIVE, DELETED, SUPPRESSED), (8, 1, 1))[0]
        embargo = dice.choices(("", "2026-11-21", "2026-11-22"), (8, 1, 1))[0]
        rows.append({
            "number": number, "uid": f"r{number}", "repository": repository, "local_id": str(number), "cluster": cluster,
            "seq": number, "state": state, "checksum": b"", "modified": "", "embargo_until": embargo,
            "features": None, "first_seen": "", "changed": "", "run": 1,
        })  # fmt: skip
        live = state == LIVE and embargo <= "2026-11-21"
        if dice.random() < 0.2:  # Staff say something of it, which goes before what came with it.
            said = {
                "suppressed": dice.choice((None, True, False)), "embargo_until": dice.choice((None, "", "2030-01-01")),
                "deleted": dice.random() < 0.2,
            }  # fmt: skip
            flags.append({
                "uid": f"r{number}", "repository": repository, "local_id": str(number), **said, "pending": False,
                "actor": "", "time": "", "reason": "",
            })  # fmt: skip
            hidden = state == SUPPRESSED if said["suppressed"] is None else said["suppressed"]
            until = embargo if said["embargo_until"] is None else said["embargo_until"]
            live = state != DELETED and not said["deleted"] and not hidden and until <= "2026-11-21"
        known.append((cluster or f"r{number}", repository, live))
    with engine.begin() as connection:
        connection.execute(sa.insert(SOURCE), rows)
        connection.execute(sa.insert(RECORD_FLAG), flags)
    return engine, known


def seen(
    configuration: Configuration, place: str, audience: str, known: list[tuple[str, str, bool]]
) -> set[tuple[str, str]]:
    """(union, repository) that such readers of a place find, written from the table once more."""
    statuses = {(m.library, m.consortium): m.status_on(TODAY) for m in configuration.memberships}
    auto = {c.id for c in configuration.consortia if c.functions}
    kind, _, id = place.partition(":")
    shown = set()
    for r in configuration.repositories:
        if r.embargo_until and r.embargo_until > TODAY:
            continue
        if kind == "L":
            here = r.library == id
        else:
            published = id in r.published_by or id in auto
            here = statuses.get((r.library, id)) == "active" and id in r.offered_to and published
        if here and (r.audience == "everyone" or audience == "members"):
            shown.add(r.id)
    return {(union, repository) for union, repository, live in known if live and repository in shown}


@pytest.mark.parametrize("name", CHANGES)
def test_the_numbers_are_those_of_a_count_by_hand(
    held: tuple[sa.Engine, list[tuple[str, str, bool]]], name: str
) -> None:
    engine, known = held
    changes = CHANGES[name]
    found = effects(engine, PRESENT, changes, TODAY)
    assert found, "every one of these changes something"
    then = after(PRESENT, changes)
    for effect in found:
        before, now = (seen(c, effect.place, effect.audience, known) for c in (PRESENT, then))
        lost, gained = before - now, now - before
        there, left = {u for u, _ in before}, {u for u, _ in now}
        assert (effect.hidden, effect.gone) == (
            len({u for u, _ in lost}),
            len({u for u, _ in lost} - left),
        ), effect
        assert (effect.shown, effect.new) == (
            len({u for u, _ in gained}),
            len({u for u, _ in gained} - there),
        ), effect
        assert {r for _, r in lost} <= set(effect.hides) and {r for _, r in gained} <= set(effect.shows)


def test_what_changes_nothing_for_readers_is_no_effect(
    held: tuple[sa.Engine, list[tuple[str, str, bool]]],
) -> None:
    engine, _ = held
    assert effects(engine, PRESENT, Configuration(), TODAY) == []
    named = Configuration(consortia=(Consortium("x", hosts=("x.example",)),))
    assert effects(engine, PRESENT, named, TODAY) == []


def test_effects_are_told_in_order_of_place(held: tuple[sa.Engine, list[tuple[str, str, bool]]]) -> None:
    found: list[Effect] = effects(held[0], PRESENT, CHANGES["a library removed"], TODAY)
    assert [(e.place, e.audience) for e in found] == [
        ("C:x", "everyone"), ("C:x", "members"), ("L:c", "everyone"), ("L:c", "members"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("atom", "wider"),
    [
        ("C:x/everyone", set()),
        ("C:x/members", {"C:x/everyone"}),
        ("C:x/staff@a", {"C:x/everyone", "C:x/members", "C:x/members@a"}),
        ("C:x/members@a", {"C:x/everyone", "C:x/members"}),
        ("L:a/staff", {"L:a/everyone", "L:a/members"}),
    ],
)
def test_who_holds_an_atom_holds_the_wider_ones(atom: str, wider: set[str]) -> None:
    assert opened_by(atom) == {atom, *wider}
