"""The right to write across hosts: one holder, and a former one that wakes up writes nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from database_servers import Server

from ereader.database import locks
from indexer.database import open_database
from indexer.tables import STATE

Hosts = tuple[sa.Engine, sa.Engine]


@pytest.fixture
def hosts(postgresql: Server) -> Iterator[Hosts]:
    """Two hosts with one database."""
    url = postgresql.take()
    engines = open_database(url), open_database(url)
    yield engines
    for engine in engines:
        engine.dispose()
    postgresql.give_back(url)


def write(engine: sa.Engine, name: str) -> None:
    with engine.begin() as connection:
        connection.execute(sa.insert(STATE).values(name=name, value="x"))


def written(engine: sa.Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.execute(sa.select(STATE.c.name)).scalars()) - {locks.FENCE}


def cut(engine: sa.Engine) -> None:
    """Takes the right to write from its holder, as a network that fails does, and leaves the rest.

    The server is given time to end the connection: only then is the right free.
    """
    query = sa.text(
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    with engine.connect() as connection:
        ended = connection.execute(query).scalars().all()
        assert ended and all(ended)


def test_one_host_writes_at_a_time(hosts: Hosts) -> None:
    one, two = hosts
    with locks.writing(one):
        write(one, "a")
        with pytest.raises(locks.Taken, match="process"), locks.writing(two):
            pass
    with locks.writing(two):
        write(two, "b")
    assert written(one) == {"a", "b"}


def test_a_holder_that_was_taken_over_without_noticing_writes_nothing(hosts: Hosts) -> None:
    one, two = hosts
    with locks.writing(one):
        write(one, "before")
        cut(two)
        write(one, "nobody took over yet")
        with locks.writing(two):
            write(two, "after")
            with pytest.raises(locks.Superseded):
                write(one, "late")
            with pytest.raises(locks.Superseded), one.connect() as connection:
                connection.execute(sa.select(STATE))
            write(two, "still")
    assert written(two) == {"before", "nobody took over yet", "after", "still"}
    write(one, "as anybody")  # Outside of the right to write nothing is looked at.


def test_nobody_takes_over_while_a_transaction_of_the_former_holder_is_open(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = hosts
    monkeypatch.setattr(locks, "HELD_BACK", "200ms")
    with locks.writing(one):
        with one.begin() as connection:
            connection.execute(sa.insert(STATE).values(name="long", value="x"))
            cut(two)
            with pytest.raises(locks.Taken, match="transaction"), locks.writing(two):
                pass
        with locks.writing(two), pytest.raises(locks.Superseded):
            write(one, "late")
    assert written(two) == {"long"}


def test_a_connection_lost_while_taking_over_is_told_as_that(hosts: Hosts) -> None:
    one, two = hosts
    lost = []

    def lose(connection: sa.Connection, cursor: object, statement: str, *_: object) -> None:
        if "FOR UPDATE" in statement and not lost:
            lost.append(connection.exec_driver_sql("SELECT pg_backend_pid()").scalar())
            with one.connect() as other:
                other.execute(sa.select(sa.func.pg_terminate_backend(lost[0], 60_000)))

    sa.event.listen(two, "before_cursor_execute", lose)
    with pytest.raises(sa.exc.OperationalError), locks.writing(two):
        pass
    assert lost
    with locks.writing(two):
        write(two, "afterwards")
    assert written(one) == {"afterwards"}


def test_jobs_that_are_done_are_known_to_all_hosts_until_their_process_ends(hosts: Hosts) -> None:
    one, two = hosts
    with locks.job(one, 7), locks.job(one, 8):
        assert locks.jobs_done(two) == {7, 8}
        cut(two)
        assert locks.jobs_done(two) == set()
    assert locks.jobs_done(two) == set()
