"""Rights come first, change and log entry come together, and what is denied has not happened."""

from __future__ import annotations

import datetime

import msgspec
import pytest
import sqlalchemy as sa
from database_servers import dumped

from ereader.auth import audit, door
from ereader.auth.roles import Actor
from ereader.auth.tables import METADATA
from holdings.members import Configuration, Consortium, Library, Members, Membership, Repository, User

OPERATOR = Actor("root", operator=True)
NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
LIBRARIAN = Actor("l", "a", ("librarian",))
ADMIN_X = Actor("x", "", ("consortium-admin:x",))


@pytest.fixture
def engine(database: sa.Engine) -> sa.Engine:
    METADATA.create_all(database)
    return database


@pytest.fixture
def members(engine: sa.Engine) -> Members:
    registry = Members(engine)
    registry.create_tables()
    door.save(
        registry,
        Configuration(
            (Library("a"), Library("b")),
            (Consortium("x"),),
            (Membership("a", "x"),),
            (Repository("r", "a", offered_to=("x",)), Repository("other", "b")),
            (User("l", "a", ("librarian",), "hash"), User("boss", "a", ("library-admin",))),
        ),
        OPERATOR,
        time=NOON,
    )
    return registry


def repository(members: Members, **change: object) -> Configuration:
    return Configuration(repositories=(msgspec.structs.replace(members.repositories()["r"], **change),))


ASKED = {
    "audience of another library": (
        LIBRARIAN, Configuration(repositories=(Repository("other", "b", audience="staff"),))
    ),
    "published by the library itself": (
        LIBRARIAN, Configuration(repositories=(Repository("r", "a", offered_to=("x",), published_by=("x",)),))
    ),
    "offered by the consortium": (ADMIN_X, Configuration(repositories=(Repository("other", "b", offered_to=("x",)),))),
    "a role for oneself": (LIBRARIAN, Configuration(users=(User("l", "a", ("librarian", "centre-admin"), "hash"),))),
    "a password for another": (ADMIN_X, Configuration(users=(User("l", "a", ("librarian",), "mine"),))),
    "a library taken over": (LIBRARIAN, Configuration(repositories=(Repository("other", "a"),))),
    "one right of two": (
        ADMIN_X,
        Configuration(repositories=(Repository("r", "a", published_by=("x",)), )),
    ),
    "a new centre admin": (
        Actor("boss", "a", ("library-admin",)), Configuration(users=(User("new", "a", ("centre-admin",)),))
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", ASKED)
def test_what_is_denied_leaves_the_database_as_it_was(members: Members, engine: sa.Engine, case: str) -> None:
    actor, changes = ASKED[case]
    before = dumped(engine)
    with pytest.raises(door.Denied):
        door.save(members, changes, actor)
    assert dumped(engine) == before


def test_one_denied_entry_keeps_back_the_allowed_ones(members: Members, engine: sa.Engine) -> None:
    before = dumped(engine)
    mixed = Configuration(
        repositories=(Repository("r", "a", offered_to=()), Repository("other", "b", offered_to=("x",)))
    )
    with pytest.raises(door.Denied):
        door.save(members, mixed, LIBRARIAN)
    assert dumped(engine) == before


def test_each_key_is_turned_by_its_own_side(members: Members, engine: sa.Engine) -> None:
    door.save(members, repository(members, published_by=("x",)), ADMIN_X, "agreed", NOON)
    door.save(members, repository(members, offered_to=()), LIBRARIAN, "withdrawn", NOON)
    published, withdrawn = audit.entries(engine, target="repository/r")[-2:]
    assert (published.actor, published.action, published.reason) == ("user:x", "repository.publish", "agreed")
    assert published.time == "2026-11-21T12:00:00+00:00"
    assert published.before and published.before.get("published_by", []) == []
    assert published.after and published.after["published_by"] == ["x"]
    assert (withdrawn.actor, withdrawn.action) == ("user:l", "repository.offer")


def test_what_stays_as_it_is_needs_no_right_and_makes_no_entry(members: Members, engine: sa.Engine) -> None:
    before = dumped(engine)
    assert door.save(members, members.configuration(), Actor("nobody")) == []
    assert dumped(engine) == before


def test_no_secret_is_in_the_log(members: Members, engine: sa.Engine) -> None:
    door.save(members, Configuration(users=(User("l", "a", ("librarian",), "new-hash"),)), LIBRARIAN)
    entry = audit.entries(engine, target="user/l")[-1]
    assert entry.action == "user.password"
    assert entry.after and entry.after["password"] is True
    with engine.connect() as connection:
        said = str(connection.execute(sa.text("SELECT * FROM audit")).all())
    assert "hash" not in said


def test_nobody_with_the_name_of_an_operator_is_taken_for_one(members: Members, engine: sa.Engine) -> None:
    door.save(
        members, Configuration(users=(User("operator:root", "a"),)), Actor("boss", "a", ("library-admin",))
    )
    door.save(
        members, Configuration(users=(User("n", "a"),)), Actor("operator:root", "a", ("library-admin",))
    )
    assert [e.actor for e in audit.entries(engine, latest=2)] == ["user:boss", "user:operator:root"]


@pytest.mark.parametrize("statement", ["UPDATE audit SET actor = 'me'", "DELETE FROM audit"])
def test_the_log_can_only_grow(members: Members, engine: sa.Engine, statement: str) -> None:
    with engine.begin() as connection, pytest.raises(sa.exc.DatabaseError, match="append-only"):
        connection.execute(sa.text(statement))


def test_a_change_that_cannot_be_noted_is_not_made(
    members: Members, engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(audit, "note", full)
    before = dumped(engine)
    with pytest.raises(OSError, match="disk full"):
        door.save(members, repository(members, offered_to=()), LIBRARIAN)
    assert dumped(engine) == before


def test_a_reason_of_any_kind_is_kept_in_one_line(members: Members, engine: sa.Engine) -> None:
    door.save(members, repository(members, offered_to=()), LIBRARIAN, "one\ntwo\x00\x1b[31m" + "三" * 900)
    reason = audit.entries(engine, latest=1)[0].reason
    assert reason.startswith("one two") and reason.isprintable() and len(reason) <= audit.MOST_REASON


def test_the_first_admin_of_a_library_comes_from_its_consortium(members: Members) -> None:
    door.save(members, Configuration(libraries=(Library("c"),), memberships=(Membership("c", "x"),)), ADMIN_X)
    first = Configuration(users=(User("head", "c", ("library-admin",)),))
    assert door.save(members, first, ADMIN_X) == ["user/head"]
    with pytest.raises(door.Denied):
        door.save(members, Configuration(users=(User("second", "c", ("library-admin",)),)), ADMIN_X)
    with pytest.raises(door.Denied):  # The account has a head now who is not for the consortium to change.
        door.save(members, Configuration(users=(User("head", "c", ("library-admin",), "taken"),)), ADMIN_X)
