"""What the two databases keep differently is settled behind one door, and reading only is reading only."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from database_servers import Server
from hypothesis import given
from hypothesis import strategies as st

from indexer.database import WrongDatabase, address_of, open_database, storable
from indexer.rows import insert_rows, select_in

ANY = st.text(st.characters(codec=None, categories=None))  # type: ignore[arg-type]
THING = sa.Table(
    "thing",
    sa.MetaData(),
    sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text),
    sa.Column("data", sa.LargeBinary),
)


@pytest.fixture
def things(database: sa.Engine) -> sa.Engine:
    THING.drop(database, checkfirst=True)
    THING.create(database)
    return database


@pytest.mark.parametrize(
    ("given", "kept"),
    [("", ""), ("红楼梦 é", "红楼梦 é"), ("a\x00b", "a␀b"), ("\ud83d\ude00", "😀"), ("x\ud800y", "x\ufffdy")],
)
def test_text_is_made_fit_for_postgresql(given: str, kept: str) -> None:
    assert storable(given).decode() == kept


@given(ANY)
def test_any_text_can_be_stored_and_whole_text_stays_as_it_is(text: str) -> None:
    kept = storable(text).decode()
    assert "\x00" not in kept
    if "\x00" not in text and not any(0xD800 <= ord(c) < 0xE000 for c in text):
        assert kept == text


def test_what_postgresql_cannot_hold_is_found_by_what_was_asked_to_be_stored(postgresql: Server) -> None:
    url = postgresql.take()
    engine = open_database(url)
    THING.create(engine)
    hard = ["a\x00b", "x\udc80y", "\\N", "\t", "", "%s", "'"]
    with engine.begin() as connection:
        insert_rows(connection, THING, [(n, text, bytes([n])) for n, text in enumerate(hard)])
        for n, text in enumerate(hard):
            assert connection.execute(
                sa.select(THING.c.number).where(THING.c.text == text)
            ).scalars().all() == [n]
        found = {row[0] for row in select_in(connection, (THING.c.number,), THING.c.text, hard)}
        assert found == set(range(len(hard)))
    THING.drop(engine)
    engine.dispose()
    postgresql.give_back(url)


def test_many_rows_go_in_and_are_found_as_they_were(things: sa.Engine) -> None:
    rows = [
        (n * 2**40, None if n % 3 else f"{n}\n\\t", bytes(range(256)) if n % 2 else None) for n in range(1200)
    ]
    with things.begin() as connection:
        insert_rows(connection, THING, rows)
        insert_rows(connection, THING, [])
    with things.connect() as connection:
        columns = (THING.c.number, THING.c.text, THING.c.data)
        asked = [number for number, _, _ in rows[:1100]] + [-1]
        assert sorted(map(tuple, select_in(connection, columns, THING.c.number, asked))) == rows[:1100]
        assert list(select_in(connection, columns, THING.c.number, [])) == []
        (found,) = select_in(connection, (THING.c.number,), THING.c.text, ["0\n\\t"])
        assert found[0] == 0
    THING.drop(things)


def test_rows_that_are_refused_are_all_refused(things: sa.Engine) -> None:
    with pytest.raises(sa.exc.IntegrityError), things.begin() as connection:
        insert_rows(connection, THING, [(1, "a", b""), (2, "b", b""), (1, "c", b"")])
    with things.connect() as connection:
        assert connection.execute(sa.select(THING)).all() == []
    THING.drop(things)


def test_a_database_opened_for_reading_refuses_every_change(things: sa.Engine) -> None:
    reader = open_database(things.url, read_only=True)
    for _ in range(2):  # also after a connection was given back
        with pytest.raises(sa.exc.DBAPIError), reader.begin() as connection:
            connection.execute(sa.insert(THING).values(number=1))
    with reader.connect() as connection:
        assert connection.execute(sa.select(THING)).all() == []
    reader.dispose()
    THING.drop(things)


def test_a_server_is_named_as_people_do() -> None:
    for text in ("postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"):
        assert address_of(text).drivername == "postgresql+psycopg"
    assert address_of("sqlite:////a/b").database == "/a/b"
    for text in ("", "nonsense", "mysql://u@h/d", "postgresql+asyncpg://u@h/d", "oracle://u@h/d", "x" * 5000):
        with pytest.raises(WrongDatabase):
            address_of(text)
