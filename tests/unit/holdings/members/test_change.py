"""What a change comes to: removals and what follows from them, days of membership, keys turned beforehand, and two
processes that save at once.
"""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from ereader.auth import audit, door
from ereader.auth.roles import Actor
from ereader.auth.tables import METADATA
from holdings.members import (
    Configuration,
    Consortium,
    Endpoint,
    Library,
    Members,
    Membership,
    Portal,
    Repository,
    User,
)
from holdings.members.change import after, complete, hindrances
from holdings.members.registry import Outdated

TODAY = datetime.date(2026, 5, 1)
DAY = datetime.timedelta(days=1)
OPERATOR = Actor("root", operator=True)
PRESENT = Configuration(
    (Library("a", portal=Portal(("x", "y"))), Library("b")),
    (Consortium("x"), Consortium("y")),
    (Membership("a", "x"), Membership("a", "y"), Membership("b", "x")),
    (
        Repository("r", "a", offered_to=("x", "y"), published_by=("x",)),
        Repository("s", "b", offered_to=("x",)),
    ),
    (User("u", "a", ("librarian", "consortium-admin:x")), User("v", "b")),
    (Endpoint("opac", "a", "opac", "https://x.example/"),),
)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[sa.Engine]:
    found = sa.create_engine(f"sqlite:///{tmp_path / 'db.sqlite'}")
    METADATA.create_all(found)
    Members(found).create_tables()
    yield found
    found.dispose()


def test_a_consortium_that_goes_takes_its_name_along() -> None:
    then = after(PRESENT, Configuration(removed=("consortium/x",)))
    assert "x" not in str(msgspec.to_builtins(then)).replace("x.example", "")
    assert then.repositories[0].offered_to == ("y",) and then.users[0].roles == ("librarian",)


def test_a_library_that_goes_takes_memberships_and_systems_but_not_what_others_must_decide() -> None:
    alone = Configuration(removed=("library/a",))
    assert [line.partition(":")[0] for line in hindrances(PRESENT, alone)] == ["library a", "library a"]
    whole = Configuration(removed=("library/a", "repository/r", "user/u"))
    assert hindrances(PRESENT, whole) == []
    then = after(PRESENT, whole)
    assert then.endpoints == () and [m.library for m in then.memberships] == ["b"]


@pytest.mark.parametrize("entry", ["consortium/centre", "library/none", "user/none", "membership/a/none"])
def test_what_cannot_go_is_said(entry: str) -> None:
    assert len(hindrances(PRESENT, Configuration(removed=(entry,)))) == 1


def test_a_change_without_removals_is_left_as_it_is() -> None:
    changes = Configuration(libraries=(Library("c"),))
    assert complete(PRESENT, changes) is changes
    assert [v.id for v in after(PRESENT, changes).libraries] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("since", "until", "seen"),
    [
        (None, None, True), (TODAY, TODAY, True), (TODAY + DAY, None, False), (None, TODAY - DAY, False),
        (TODAY - DAY, TODAY + DAY, True),
    ],
)  # fmt: skip
def test_a_member_takes_part_from_its_first_day_to_its_last(
    engine: sa.Engine, since: datetime.date | None, until: datetime.date | None, seen: bool
) -> None:
    members = Members(engine, lambda: TODAY)
    members.save(
        msgspec.structs.replace(PRESENT, memberships=(Membership("a", "x", "active", since, until),))
    )
    assert ("C:x/everyone" in members.atoms("r")) is seen
    assert members.statuses("a")["x"] == ("active" if seen else "left")


def test_a_consortium_that_has_turned_its_key_shows_what_is_offered_to_it_and_nothing_else(
    engine: sa.Engine,
) -> None:
    members = Members(engine, lambda: TODAY)
    members.save(PRESENT)
    assert members.decision("s", "x").outcome == "waiting"
    members.save(Configuration(consortia=(Consortium("x", functions=("publish-offers",)),)))
    assert members.decision("s", "x").outcome == "seen" and "C:x/everyone" in members.atoms("s")
    assert members.decision("r", "y").outcome == "waiting", "another's key is another's"
    members.save(
        Configuration(repositories=(Repository("s", "b"),), memberships=(Membership("b", "x", "suspended"),))
    )
    assert members.decision("s", "x").outcome == "not-a-member"
    assert members.repositories()["s"].published_by == (), "what is stored stays as it was said"


def test_records_of_a_removed_repository_are_denied_until_the_index_has_followed(engine: sa.Engine) -> None:
    members = Members(engine, lambda: TODAY)
    members.save(PRESENT)
    members.note_indexed({"r": members.atoms("r")})
    members.save(Configuration(removed=("repository/r",)))
    assert members.atoms("r") == frozenset() and members.former_owner("r") == "a"
    assert "r" in members.view("C:x").denied and members.stale() == ["r"]
    members.note_indexed({"r": members.atoms("r")})
    assert members.stale() == [] and "r" not in members.view("C:x").denied
    members.save(Configuration(repositories=(Repository("r", "a"),)))
    assert members.former_owner("r") == ""


def test_what_rests_on_an_older_state_is_not_saved(engine: sa.Engine) -> None:
    members = Members(engine)
    members.save(PRESENT)
    seen = members.revision()
    members.save(Configuration(libraries=(Library("c"),)))
    with pytest.raises(Outdated):
        members.save(Configuration(libraries=(Library("d"),)), seen=seen)
    assert "d" not in members.libraries()


def test_many_who_save_at_once_lose_nothing_and_the_log_tells_each_step(engine: sa.Engine) -> None:
    door.save(Members(engine), PRESENT, OPERATOR)
    failures: list[BaseException] = []

    def publish(number: int) -> None:
        try:
            register = Members(engine)
            door.save(register, Configuration(libraries=(Library(f"n{number}"),)), OPERATOR)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=publish, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert {f"n{n}" for n in range(8)} <= Members(engine).libraries().keys()
    assert len(audit.entries(engine, latest=8)) == 8 and Members(engine).revision() == 9
