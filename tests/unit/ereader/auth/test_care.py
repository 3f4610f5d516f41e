"""A library is run by the consortium that registered it, and a consortium by the centre, until there is an admin; nobody
comes to that by himself.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
import sqlalchemy as sa

from ereader.auth import audit, care, door, tables
from ereader.auth.door import Denied
from ereader.auth.roles import Actor, Target, may
from holdings.members import Configuration, Consortium, Library, Members, Membership, Repository, User, Viewer

X = Actor("xena", "", ("consortium-admin:x",))
Y = Actor("yuri", "", ("consortium-admin:y",))
CENTRE = Actor("cora", "", ("centre-admin",))
NEW = Configuration(libraries=(Library("new", in_care_of="x"),), memberships=(Membership("new", "x"),))
ADMIN = User("nora", "new", ("library-admin",))


@pytest.fixture
def members() -> Iterator[Members]:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    made = Members(engine)
    made.create_tables()
    tables.METADATA.create_all(engine)
    made.save(
        Configuration(
            libraries=(Library("old"),),
            consortia=(Consortium("x"), Consortium("y"), Consortium("orphan")),
            memberships=(Membership("old", "x"),),
            users=tuple(User(a.name, a.library, a.roles) for a in (X, Y, CENTRE)),
        )
    )
    yield made
    engine.dispose()


def loads(members: Members, actor: Actor, library: str) -> bool:
    return may(care.caring(actor, members), "records.load", Target(library=library)).allowed


def denied(members: Members, changes: Configuration, actor: Actor) -> bool:
    before = members.configuration()
    try:
        door.save(members, changes, actor)
    except Denied:
        assert members.configuration() == before
        return True
    return False


def test_whoever_registered_it_does_what_its_admin_would_and_nobody_else(members: Members) -> None:
    door.save(members, NEW, X)
    assert loads(members, X, "new")
    assert not loads(members, Y, "new") and not loads(members, CENTRE, "new")
    assert not loads(members, X, "old"), "a member that was not registered by it is its own affair"
    books = Repository("books", "new", offered_to=("x",), published_by=("x",))
    assert denied(members, Configuration(repositories=(books,)), Y)
    door.save(members, Configuration(repositories=(books,)), X, "loading for them")
    assert members.repositories()["books"] == books


def test_the_log_says_who_did_it(members: Members) -> None:
    door.save(members, NEW, X)
    door.save(members, Configuration(repositories=(Repository("books", "new"),)), X)
    found = {(e.actor, e.action, e.target) for e in audit.entries(members._engine)}
    assert ("user:xena", "library.create library.care", "library/new") in found
    assert ("user:xena", "repository.edit", "repository/books") in found


def test_care_ends_with_the_first_admin(members: Members) -> None:
    door.save(members, NEW, X)
    assert "library/new" in door.save(members, Configuration(users=(ADMIN,)), X)
    assert members.libraries()["new"].in_care_of == ""
    assert not loads(members, X, "new")
    assert denied(members, Configuration(users=(User("second", "new", ("reader",)),)), X)
    members.save(Configuration(removed=("user/nora",)))
    assert not loads(members, X, "new"), "it does not come back when the admin goes"


@pytest.mark.parametrize("actor", [X, CENTRE], ids=lambda a: a.name)
def test_care_can_be_ended_and_not_begun_again(members: Members, actor: Actor) -> None:
    door.save(members, NEW, X)
    held = members.libraries()["new"]
    assert denied(members, Configuration(libraries=(msgspec.structs.replace(held, in_care_of=""),)), Y)
    door.save(members, Configuration(libraries=(msgspec.structs.replace(held, in_care_of=""),)), actor)
    assert not loads(members, X, "new")
    for someone in (X, Y, CENTRE):
        for into in ("x", "y", "centre"):
            again = msgspec.structs.replace(held, in_care_of=into)
            assert denied(members, Configuration(libraries=(again,)), someone)


@pytest.mark.parametrize(("actor", "into"), [(Y, "x"), (X, "y"), (X, "centre"), (CENTRE, "x")])
def test_nobody_registers_a_library_into_the_care_of_others(
    members: Members, actor: Actor, into: str
) -> None:
    assert denied(members, Configuration(libraries=(Library("new", in_care_of=into),)), actor)


def test_nobody_takes_a_library_that_is_there(members: Members) -> None:
    taken = Library("old", in_care_of="x")
    for actor in (X, Y, CENTRE, Actor("olga", "old", ("library-admin",))):
        assert denied(members, Configuration(libraries=(taken,)), actor)


def test_the_centre_runs_a_consortium_without_an_admin_and_no_other(members: Members) -> None:
    run = care.caring(CENTRE, members)
    assert run.stands_in == {"orphan"} | ({"centre"} & set(members.consortia()))
    assert may(run, "repository.publish", Target(library="old", consortium="orphan")).allowed
    assert not may(run, "repository.publish", Target(library="old", consortium="x")).allowed
    door.save(
        members,
        Configuration(
            libraries=(Library("theirs", in_care_of="orphan"),), memberships=(Membership("theirs", "orphan"),)
        ),
        CENTRE,
    )
    assert loads(members, CENTRE, "theirs")
    door.save(members, Configuration(users=(User("ora", "", ("consortium-admin:orphan",)),)), CENTRE)
    assert not loads(members, CENTRE, "theirs")
    assert loads(members, Actor("ora", "", ("consortium-admin:orphan",)), "theirs")


def test_care_shows_no_record_to_anybody(members: Members) -> None:
    before = members.view("C:x", Viewer(X.name, X.library, X.roles))
    door.save(members, NEW, X)
    door.save(members, Configuration(repositories=(Repository("inner", "new", audience="staff"),)), X)
    after = members.view("C:x", Viewer(X.name, X.library, X.roles))
    assert (after.atoms, after.staff_of) == (before.atoms, before.staff_of)


def test_a_consortium_that_is_no_more_cares_for_nobody(members: Members) -> None:
    door.save(members, NEW, X)
    door.save(members, Configuration(removed=("consortium/x",)), CENTRE)
    assert members.libraries()["new"].in_care_of == ""
