"""Sessions begin new, end by themselves, and follow their account; guessing is slowed, owners are not shut out."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from ereader.auth import brake, sessions
from ereader.auth.accounts import Accounts
from ereader.auth.way import Identity, ways
from holdings.members import Configuration, Library, Members, User
from holdings.members.password import hash_password

SECRET = hash_password("panda")
RIGHT = {"username": "r", "password": "panda"}
HOME, AWAY = "192.0.2.1", "198.51.100.7"


class Instant:
    """A local way that costs nothing."""

    name = "local"
    fields = ("username", "password")

    def identify(self, given: Mapping[str, str], users: Mapping[str, User]) -> Identity | None:
        known = given["username"] in users and given["password"] == "panda"
        return Identity("local", given["username"], given["username"]) if known else None


class Ticket:
    """A stranger's way: a ticket of another system that names its subject."""

    name = "tickets"
    fields = ("ticket",)

    def identify(self, given: Mapping[str, str], users: Mapping[str, User]) -> Identity | None:
        subject = given.get("ticket", "").removeprefix("T-")
        return Identity(self.name, subject, "r") if subject == "0815" else None


class Hall:
    """Accounts with a clock that tests turn."""

    def __init__(self, engine: sa.Engine) -> None:
        self.time = 1_000_000.0
        self.accounts = Accounts(engine, lambda: self.time, {"local": Instant(), "tickets": Ticket()})
        self.accounts.create_tables()
        self.members = Members(engine)
        self.members.create_tables()
        self.change(User("r", "a", ("reader",), SECRET), User("s", "a", ("librarian",), SECRET))

    def change(self, *users: User) -> None:
        self.members.save(Configuration((Library("a"),), users=users))

    def enter(self, address: str = HOME, name: str = "r", password: str = "panda", old: str = ""):
        given = {"username": name, "password": password}
        return self.accounts.enter("local", given, self.members, address, "Firefox", old)

    def stands(self, token: str) -> bool:
        return self.accounts.who(token, self.members) is not None


@pytest.fixture
def hall(database: sa.Engine) -> Hall:
    return Hall(database)


def test_only_the_hash_of_a_token_is_kept(hall: Hall) -> None:
    token = hall.enter().token
    assert len(token) == 43
    with hall.accounts.engine.connect() as connection:
        rows = str(connection.execute(sa.text("SELECT * FROM auth_session")).all())
    assert token not in rows and sessions.token_hash(token) in rows


def test_signing_in_gives_a_new_token_and_ends_the_session_held_before(hall: Hall) -> None:
    first = hall.enter().token
    second = hall.enter(old=first).token
    assert second != first and hall.stands(second) and not hall.stands(first)


def test_a_token_that_the_server_did_not_give_out_is_never_taken_up(hall: Hall) -> None:
    planted = "A" * 43
    hall.enter(old=planted)
    assert not hall.stands(planted)


@pytest.mark.parametrize(("name", "limit"), [("r", sessions.IDLE), ("s", sessions.IDLE_OF_STAFF)])
def test_a_session_ends_when_it_is_not_used(hall: Hall, name: str, limit: int) -> None:
    token = hall.enter(name=name).token
    hall.time += limit - 1
    assert hall.stands(token)
    hall.time += limit - 1
    assert hall.stands(token)  # it was used meanwhile
    hall.time += limit
    assert not hall.stands(token)


def test_a_session_ends_at_last_however_much_it_is_used(hall: Hall) -> None:
    token = hall.enter().token
    for _ in range(sessions.LONGEST // 600 - 1):
        hall.time += 600
        assert hall.stands(token)
    hall.time += 600
    assert not hall.stands(token)


@pytest.mark.parametrize(
    "change",
    [User("r", "a", ("reader", "librarian"), SECRET), User("r", "", ("reader",), SECRET), User("r", "a", ("reader",), "x")],
)  # fmt: skip
def test_a_session_ends_when_its_account_is_changed(hall: Hall, change: User) -> None:
    token = hall.enter().token
    hall.change(change)
    assert not hall.stands(token)


def test_signing_out_ends_one_session_and_signing_out_everywhere_all(hall: Hall) -> None:
    tokens = [hall.enter().token for _ in range(3)]
    other = hall.enter(name="s").token
    found = hall.accounts.who(tokens[0], hall.members)
    assert found and len(hall.accounts.devices(found)) == 3
    hall.accounts.leave(found)
    assert [hall.stands(t) for t in tokens] == [False, True, True]
    again = hall.accounts.who(tokens[1], hall.members)
    assert again
    hall.accounts.leave(again, everywhere=True)
    assert [hall.stands(t) for t in (*tokens, other)] == [False, False, False, True]


def test_a_note_of_use_does_not_wait_for_who_is_writing(hall: Hall) -> None:
    token = hall.enter().token
    hall.time += 120
    with hall.accounts.engine.connect() as writer:
        lite = writer.dialect.name == "sqlite"
        writer.exec_driver_sql("BEGIN IMMEDIATE" if lite else "SELECT * FROM auth_session FOR UPDATE")
        assert hall.stands(token)
        writer.rollback()


def test_no_text_is_a_token_by_chance(hall: Hall) -> None:
    hall.enter()

    @given(st.text(max_size=60) | st.from_regex(r"[A-Za-z0-9_-]{43}", fullmatch=True))
    def believed(text: str) -> None:
        assert not hall.stands(text)

    believed()


def test_guessing_becomes_slow_and_the_wait_ends(hall: Hall) -> None:
    for _ in range(brake.LIMITS["pair"][0]):
        assert hall.enter(password="x").wait == 0
    first = hall.enter()
    assert first.wait > 0 and not first.token  # also the right password is not tried now
    assert hall.enter().wait == first.wait  # asking does not lengthen the wait
    hall.time += first.wait
    assert hall.enter().token


def test_the_wait_grows_and_never_beyond_its_limit(hall: Hall) -> None:
    waits = []
    for _ in range(40):
        entered = hall.enter(password="x")
        waits.append(entered.wait)
        hall.time += entered.wait
    grown = [w for w in waits if w]
    assert grown[:5] == [1, 2, 4, 8, 16] and grown == sorted(grown)
    assert max(waits) == brake.LIMITS["pair"][1]


def test_strangers_cannot_keep_an_owner_out_where_he_is_known(hall: Hall) -> None:
    assert hall.enter(HOME).token
    for n in range(200):
        hall.enter(f"203.0.113.{n}", password="x")
    assert hall.enter(AWAY).wait > 0
    assert hall.enter(HOME).token


def test_elsewhere_an_owner_waits_for_a_bounded_time(hall: Hall) -> None:
    for n in range(200):
        hall.enter(f"203.0.113.{n}", password="x")
    entered = hall.enter(AWAY)
    assert 0 < entered.wait <= brake.LIMITS["account"][1]
    hall.time += entered.wait
    assert hall.enter(AWAY).token


def test_one_address_that_tries_many_accounts_is_slowed_others_are_not(hall: Hall) -> None:
    for n in range(60):
        hall.enter(AWAY, name=f"nobody{n}", password="x")
    assert hall.enter(AWAY).wait > 0
    assert hall.enter(HOME).token


def test_an_unknown_name_is_counted_and_answered_like_a_known_one(hall: Hall) -> None:
    known = [hall.enter(HOME, "r", "x") for _ in range(8)]
    unknown = [hall.enter(AWAY, "nobody", "x") for _ in range(8)]
    assert known == unknown


def test_an_address_of_ipv6_stands_for_its_network() -> None:
    assert brake.network("2001:db8::1") == brake.network("2001:db8::ffff") != brake.network("2001:db8:0:1::1")
    assert brake.network("::ffff:192.0.2.1") == "192.0.2.1"
    assert brake.network("testclient") == "testclient"
    assert brake.network("fe80::1%eth0")


def test_another_way_of_signing_in_needs_nothing_but_the_contract(hall: Hall) -> None:
    entered = hall.accounts.enter("tickets", {"ticket": "T-0815"}, hall.members, HOME)
    found = hall.accounts.who(entered.token, hall.members)
    assert found and (found.user.name, found.session.way) == ("r", "tickets")
    assert not hall.accounts.enter("tickets", {"ticket": "T-1"}, hall.members, HOME).token
    assert not hall.accounts.enter("no-such-way", RIGHT, hall.members, HOME).token


def test_the_way_that_comes_with_the_product_is_declared_like_a_strangers() -> None:
    local = ways()["local"]
    users = {"r": User("r", "a", ("reader",), SECRET), "locked": User("locked", "a")}
    assert local.identify(RIGHT, users) == Identity("local", "r", "r")
    for wrong in (
        {},
        {"username": "r"},
        {"username": "locked", "password": ""},
        {"username": "x", "password": "panda"},
    ):
        assert local.identify(wrong, users) is None


def test_a_way_that_cannot_be_loaded_is_as_if_it_were_not_there() -> None:
    from importlib.metadata import EntryPoint

    broken = EntryPoint("broken", "no.such.module:WAY", "ereader.ways_in")
    assert ways([broken]) == {}
