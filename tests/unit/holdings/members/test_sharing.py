"""The decision table of sharing: who sees a repository, row by row."""

from __future__ import annotations

import datetime

import pytest

from holdings.members import sharing
from holdings.members.repository import Repository

TODAY = datetime.date(2026, 5, 1)
ACTIVE = {"x": "active", "y": "active", "centre": "active"}


def repository(**values: object) -> Repository:
    return Repository("r", "a", **{"offered_to": ("x",), "published_by": ("x",), **values})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("status", "offered", "published", "outcome"),
    [
        ("active", True, True, "seen"),
        ("active", True, False, "waiting"),
        ("active", False, True, "withdrawn"),
        ("active", False, False, "not-offered"),
        ("suspended", True, True, "not-a-member"),
        ("left", True, True, "not-a-member"),
        (None, True, True, "not-a-member"),
    ],
)
def test_a_consortium_shows_what_an_active_member_offers_and_it_publishes(
    status: str | None, offered: bool, published: bool, outcome: str
) -> None:
    given = repository(offered_to=("x",) if offered else (), published_by=("x",) if published else ())
    statuses = {} if status is None else {"x": status}
    assert sharing.decide(given, "x", statuses, TODAY).outcome == outcome
    seen = "C:x/everyone" in sharing.atoms_of(given, statuses, TODAY)
    assert seen == (outcome == "seen")
    assert ("C:x" in sharing.places_of(given, statuses, TODAY)) == seen


def test_the_owner_needs_no_key_to_see_its_own() -> None:
    given = repository(offered_to=(), published_by=())
    assert sharing.atoms_of(given, {}, TODAY) == {"L:a/everyone"}
    assert sharing.places_of(given, {}, TODAY) == ("L:a",)


def test_sharing_with_one_consortium_says_nothing_to_another() -> None:
    atoms = sharing.atoms_of(repository(), ACTIVE, TODAY)
    assert atoms == {"L:a/everyone", "C:x/everyone"}


@pytest.mark.parametrize(
    ("audience", "atoms"),
    [
        ("everyone", {"L:a/everyone", "C:x/everyone"}),
        ("consortium-members", {"L:a/members", "C:x/members"}),
        ("own-members", {"L:a/members", "C:x/members@a"}),
        ("staff", {"L:a/staff", "C:x/staff@a"}),
    ],
)
def test_the_audience_is_part_of_the_atom(audience: str, atoms: set[str]) -> None:
    assert sharing.atoms_of(repository(audience=audience), ACTIVE, TODAY) == atoms


@pytest.mark.parametrize(
    ("until", "seen"), [((2026, 5, 2), False), ((2026, 5, 1), True), ((2026, 4, 30), True)]
)
def test_an_embargo_hides_a_repository_from_all_until_its_day(
    until: tuple[int, int, int], seen: bool
) -> None:
    given = repository(embargo_until=datetime.date(*until))
    assert bool(sharing.atoms_of(given, ACTIVE, TODAY)) == seen
    assert bool(sharing.places_of(given, ACTIVE, TODAY)) == seen
    assert sharing.decide(given, "x", ACTIVE, TODAY).seen == seen
