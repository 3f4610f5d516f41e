"""A one-time link opens one account once, for a while, and nothing that its maker could not have granted."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from database_servers import dumped

from ereader.auth import audit, door, tickets
from ereader.auth.door import Denied
from ereader.auth.roles import Actor
from ereader.auth.tables import METADATA
from holdings.members import Configuration, Consortium, Library, Members, Membership, User
from holdings.members.password import fault, verify_password

OPERATOR = Actor("root", operator=True)
ADMIN = Actor("boss", "a", ("library-admin",))
NOW = 1_700_000_000
PASSWORD = "long enough 长"


@pytest.fixture
def engine(database: sa.Engine) -> sa.Engine:
    METADATA.create_all(database)
    return database


@pytest.fixture
def members(engine: sa.Engine) -> Members:
    registry = Members(engine)
    registry.create_tables()
    users = (User("r", "a"), User("boss", "a", ("library-admin",)), User("far", "b"))
    door.save(registry, Configuration((Library("a"), Library("b")), users=users), OPERATOR)
    return registry


def test_a_link_sets_a_password_once(engine: sa.Engine, members: Members) -> None:
    token = tickets.make(engine, members, ADMIN, "r", NOW)
    assert tickets.owner(engine, members, token, NOW) == User("r", "a")
    changed = tickets.redeem(engine, members, token, PASSWORD, NOW + 5)
    assert changed and verify_password(PASSWORD, members.users()["r"].secret)
    assert tickets.redeem(engine, members, token, "another password", NOW + 6) is None
    assert verify_password(PASSWORD, members.users()["r"].secret)


def test_who_made_it_and_who_used_it_is_in_the_log_and_the_token_is_nowhere(
    engine: sa.Engine, members: Members
) -> None:
    token = tickets.make(engine, members, ADMIN, "r", NOW)
    tickets.redeem(engine, members, token, PASSWORD, NOW)
    made, used = audit.entries(engine, target="user/r")[-2:]
    assert (made.actor, made.action) == ("user:boss", "user.ticket")
    assert (used.actor, used.action) == ("user:r", "user.password")
    with engine.connect() as connection:
        assert token not in str(
            [connection.execute(sa.text(f"select * from {t}")).all() for t in METADATA.tables]
        )


@pytest.mark.parametrize("later", [tickets.LIFE, tickets.LIFE + 1])
def test_a_link_ends_after_seven_days(engine: sa.Engine, members: Members, later: int) -> None:
    token = tickets.make(engine, members, ADMIN, "r", NOW)
    assert tickets.owner(engine, members, token, NOW + tickets.LIFE - 1)
    assert tickets.redeem(engine, members, token, PASSWORD, NOW + later) is None


def test_only_the_latest_link_is_good(engine: sa.Engine, members: Members) -> None:
    first, second = (tickets.make(engine, members, ADMIN, "r", NOW) for _ in range(2))
    assert tickets.owner(engine, members, first, NOW) is None
    assert tickets.owner(engine, members, second, NOW)


def test_a_link_does_not_outlive_a_change_of_the_account(engine: sa.Engine, members: Members) -> None:
    token = tickets.make(engine, members, ADMIN, "r", NOW)
    door.save(members, Configuration(users=(User("r", "a", ("reader", "centre-admin")),)), OPERATOR)
    assert tickets.redeem(engine, members, token, PASSWORD, NOW) is None


@pytest.mark.parametrize("user", ["far", "boss"])
def test_nobody_makes_a_link_to_what_he_may_not_grant(engine: sa.Engine, members: Members, user: str) -> None:
    before = dumped(engine)
    with pytest.raises(Denied):
        tickets.make(engine, members, ADMIN, user, NOW)
    assert dumped(engine) == before


def test_who_appoints_the_first_admin_of_a_library_hands_him_his_link_until_he_has_a_password(
    engine: sa.Engine, members: Members
) -> None:
    founder = Actor("x", "", ("consortium-admin:x",))
    held = Configuration(
        (Library("c"),),
        (Consortium("x"),),
        (Membership("c", "x"),),
        users=(User("first", "c", ("library-admin",)),),
    )
    door.save(members, held, OPERATOR)
    tickets.make(engine, members, founder, "first", NOW)
    token = tickets.make(engine, members, founder, "first", NOW)
    assert tickets.redeem(engine, members, token, PASSWORD, NOW)
    with pytest.raises(Denied):
        tickets.make(engine, members, founder, "first", NOW)


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "é" * 43, "a" * 10_000])
def test_what_is_no_token_opens_nothing(engine: sa.Engine, members: Members, token: str) -> None:
    assert tickets.owner(engine, members, token, NOW) is None


def test_passwords_are_judged_by_length_and_by_the_name_they_repeat() -> None:
    assert [fault(p, "reader1") for p in ("short", "reader12", "x" * 1025, "correct horse battery")] == [
        "short", "name", "long", "",
    ]  # fmt: skip
