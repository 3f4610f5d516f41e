"""The registry of who takes part and the views it makes."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from holdings.members import (
    ANYONE,
    PUBLIC,
    Configuration,
    Consortium,
    Library,
    Members,
    Membership,
    Portal,
    Repository,
    Viewer,
)


@pytest.fixture
def members(database: sa.Engine) -> Iterator[Members]:
    registry = Members(database, lambda: datetime.date(2026, 5, 1))
    registry.create_tables()
    registry.save(
        Configuration(
            libraries=(
                Library("a", portal=Portal(includes=("x", "centre"))),
                Library("b", portal=Portal(includes=("x",))),
                Library("c", portal=Portal(includes=("x",))),
            ),
            consortia=(Consortium("x"), Consortium("y")),
            memberships=(
                Membership("a", "x"),
                Membership("b", "x"),
                Membership("c", "y"),
                Membership("a", "centre"),
            ),
            repositories=(
                Repository("open", "a", offered_to=("centre", "x"), published_by=("centre", "x")),
                Repository("shared", "a", offered_to=("x",), published_by=("x",)),
                Repository(
                    "club", "a", audience="consortium-members", offered_to=("x",), published_by=("x",)
                ),
                Repository("own", "a", audience="own-members", offered_to=("x",), published_by=("x",)),
                Repository("staff", "a", audience="staff"),
                Repository("private", "b"),
            ),
        )
    )
    yield registry


def seen(members: Members, place: str, viewer: Viewer = ANYONE) -> set[str]:
    view = members.view(place, viewer)
    return {r for r in members.repositories() if view.sees(members.atoms(r), r)}


def test_the_centre_shows_what_is_public(members: Members) -> None:
    assert seen(members, "C:centre") == {"open"}


def test_a_consortium_shows_what_is_shared_with_it(members: Members) -> None:
    assert seen(members, "C:x") == {"open", "shared"}
    assert seen(members, "C:y") == {"open"}


def test_members_see_more_in_the_consortium_of_their_library(members: Members) -> None:
    assert seen(members, "C:x", Viewer("u", "b", ("reader",))) == {"open", "shared", "club"}
    assert seen(members, "C:x", Viewer("u", "c", ("reader",))) == {"open", "shared"}
    assert seen(members, "C:x", Viewer("u", "a", ("reader",))) == {"open", "shared", "club", "own"}


def test_staff_collections_are_for_the_staff_of_their_library_only(members: Members) -> None:
    assert "staff" in seen(members, "L:a", Viewer("u", "a", ("cataloguer",)))
    assert "staff" not in seen(members, "L:a", Viewer("u", "a", ("reader",)))
    assert "staff" not in seen(members, "L:a", Viewer("u", "b", ("cataloguer",)))


def test_no_administrative_role_gives_reading_rights(members: Members) -> None:
    roles = ("centre-admin", "consortium-admin:x")
    assert seen(members, "C:x", Viewer("root", "", roles)) == {"open", "shared"}


def test_the_portal_of_a_library_shows_its_own_and_what_it_includes(members: Members) -> None:
    assert seen(members, "L:a") == {"open", "shared"}
    assert seen(members, "L:b") == {"open", "shared", "private"}


def test_including_a_consortium_without_membership_opens_nothing(members: Members) -> None:
    assert seen(members, "L:c") == {"open"}


def test_an_unknown_place_opens_nothing_but_the_public(members: Members) -> None:
    for place in ("L:none", "C:none", "", "L:", "X:a"):
        assert members.view(place).atoms == {PUBLIC}


def test_taking_away_works_on_the_next_request(members: Members) -> None:
    members.note_indexed({r: members.atoms(r) for r in members.repositories()})
    assert members.view("C:x").denied == frozenset()
    members.save(Configuration(memberships=(Membership("a", "x", "suspended"),)))
    assert seen(members, "C:x") == {"open"}
    assert "shared" in members.view("C:x").denied
    assert members.stale() == ["club", "open", "own", "shared"]
    # Its own portal still shows what its documents in the index may show there.
    assert members.view("L:a").denied == frozenset()


def test_another_process_is_heard_at_once(members: Members) -> None:
    other = Members(members._engine, lambda: datetime.date(2026, 5, 1))
    assert "new" not in members.repositories()
    other.save(Configuration(repositories=(Repository("new", "a"),)))
    assert members.repositories()["new"].library == "a"


def test_saving_the_same_again_changes_nothing(members: Members) -> None:
    assert members.save(members.configuration()) == []


def withdraw(members: Members, repository: str) -> None:
    one = members.repositories()[repository]
    members.save(Configuration(repositories=(Repository(one.id, one.library, audience="staff"),)))


def test_what_was_being_written_when_a_repository_was_withdrawn_is_denied(members: Members) -> None:
    members.note_writing({"open": members.atoms("open")})
    withdraw(members, "open")
    assert members.view("C:centre").denied == {"open"}
    assert members.stale() == ["open"]


def test_writing_a_few_documents_anew_does_not_free_the_others(members: Members) -> None:
    members.note_indexed({"open": members.atoms("open")})
    withdraw(members, "open")
    members.note_writing({"open": members.atoms("open")})
    assert members.view("C:centre").denied == {"open"}
    members.note_indexed({"open": members.atoms("open")})
    assert members.view("C:centre").denied == frozenset()
    assert members.stale() == []


def test_a_few_documents_with_less_make_it_stale_also_when_the_rules_are_again_what_they_were(
    members: Members,
) -> None:
    (held,) = (r for r in members.configuration().repositories if r.id == "open")
    before = members.atoms("open")
    members.note_indexed({"open": before})
    withdraw(members, "open")
    members.note_writing({"open": members.atoms("open")})
    members.save(Configuration(repositories=(held,)))
    assert members.atoms("open") == before
    assert members.stale() == ["open"], "some documents are as they were made while it was withdrawn"
    assert members.view("C:centre").denied == frozenset()
    members.note_indexed({"open": before})
    assert members.stale() == []


def test_documents_written_with_more_than_before_make_a_repository_stale_until_all_are(
    members: Members,
) -> None:
    members.note_indexed({"open": frozenset()})
    members.note_writing({"open": members.atoms("open")})
    assert members.indexed("open") is None
    assert members.stale() == ["open"]
    members.note_indexed({"open": members.atoms("open")})
    assert members.stale() == []
