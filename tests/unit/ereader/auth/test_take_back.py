"""A change is taken back while nothing has changed since, however its values came into the program."""

from __future__ import annotations

import datetime

import msgspec
import pytest
import sqlalchemy as sa

from ereader.auth import audit, door
from ereader.auth.roles import Actor
from ereader.auth.tables import METADATA
from ereader.auth.take_back import reversal
from holdings.members import Configuration, Consortium, Library, Members, Membership, Repository

OPERATOR = Actor("root", operator=True)
NOON = datetime.datetime(2026, 11, 21, 12, tzinfo=datetime.UTC)
USUAL = "".join(["every", "one"])  # equals the default, as what a form brings does, and is another object
HELD = Repository("r", "a", offered_to=("x",))


@pytest.fixture
def members(database: sa.Engine) -> Members:
    METADATA.create_all(database)
    registry = Members(database)
    registry.create_tables()
    held = Configuration((Library("a"),), (Consortium("x"),), (Membership("a", "x"),), (HELD,))
    door.save(registry, held, OPERATOR, time=NOON)
    return registry


def changed(members: Members, engine: sa.Engine, **change: object) -> audit.Entry:
    """The entry of a change of the repository."""
    new = msgspec.structs.replace(members.repositories()["r"], **change)
    door.save(members, Configuration(repositories=(new,)), OPERATOR, time=NOON)
    return audit.entries(engine, latest=1)[0]


def test_a_form_that_names_what_is_usual_can_be_taken_back(members: Members, database: sa.Engine) -> None:
    entry = changed(members, database, audience=USUAL, offered_to=())
    assert reversal(entry, members.configuration()) == Configuration(repositories=(HELD,))


def test_the_log_names_only_what_has_changed(members: Members, database: sa.Engine) -> None:
    entry = changed(members, database, audience=USUAL, private=("price",))
    assert audit.differences(entry) == [("private", "null", '["price"]')]


def test_entries_that_name_what_is_usual_are_read_as_well(members: Members, database: sa.Engine) -> None:
    entry = changed(members, database, offered_to=())
    older = msgspec.structs.replace(entry, after={**(entry.after or {}), "audience": "everyone"})
    assert reversal(older, members.configuration()) == Configuration(repositories=(HELD,))


def test_what_has_changed_since_or_is_of_unknown_keys_is_not_taken_back(
    members: Members, database: sa.Engine
) -> None:
    entry = changed(members, database, offered_to=())
    strange = msgspec.structs.replace(entry, after={**(entry.after or {}), "colour": "red"})
    assert reversal(strange, members.configuration()) is None
    changed(members, database, audience="staff")
    assert reversal(entry, members.configuration()) is None


def test_what_was_new_is_removed_and_what_was_removed_comes_back(
    members: Members, database: sa.Engine
) -> None:
    door.save(members, Configuration(removed=("repository/r",)), OPERATOR, time=NOON)
    entry = audit.entries(database, latest=1)[0]
    back = reversal(entry, members.configuration())
    assert back == Configuration(repositories=(HELD,))
    door.save(members, back, OPERATOR, time=NOON)
    entry = audit.entries(database, latest=1)[0]
    assert reversal(entry, members.configuration()) == Configuration(removed=("repository/r",))
