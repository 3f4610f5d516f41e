"""Why a record is seen or not: the trace never disagrees with the view, and names the clause that decides."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from ereader.trace import Row, find, steps_of, trace
from holdings.members import (
    Configuration,
    Consortium,
    Library,
    Members,
    Membership,
    Portal,
    Repository,
    Viewer,
)  # fmt: skip
from indexer.records.record import record_uid
from indexer.store import Store
from indexer.tables import DELETED, LIVE, METADATA, RECORD_FLAG, SOURCE, SUPPRESSED

TODAY = datetime.date(2026, 11, 21)
LIBRARIES, CONSORTIA = ("a", "b", "c"), ("x", "y", "centre")
PLACES = (*(f"L:{i}" for i in LIBRARIES), *(f"C:{i}" for i in CONSORTIA), "L:none", "C:none")
AUDIENCES = ("everyone", "consortium-members", "own-members", "staff")
some = st.lists(st.sampled_from(CONSORTIA), unique=True).map(tuple)
registries = st.builds(
    lambda includes, statuses, repositories: Configuration(
        tuple(Library(i, portal=Portal(p)) for i, p in zip(LIBRARIES, includes, strict=True)),
        (Consortium("x"), Consortium("y")),
        tuple(Membership(lib, c, s) for (lib, c), s in statuses.items() if s),
        tuple(
            Repository(f"r{n}", lib, audience=audience, offered_to=offered, published_by=published)
            for n, (lib, audience, offered, published) in enumerate(repositories)
        ),
    ),
    st.tuples(some, some, some),
    st.dictionaries(
        st.tuples(st.sampled_from(LIBRARIES), st.sampled_from(CONSORTIA)),
        st.sampled_from(("active", "suspended", "left", "")),
    ),
    st.lists(st.tuples(st.sampled_from(LIBRARIES), st.sampled_from(AUDIENCES), some, some), min_size=1, max_size=3),
)  # fmt: skip
viewers = st.builds(
    Viewer,
    st.just("somebody"),
    st.sampled_from(("", *LIBRARIES, "none")),
    st.sampled_from((("reader",), ("librarian",), ("centre-admin", "consortium-admin:x"))),
)


@pytest.fixture
def members(tmp_path: Path) -> Iterator[Members]:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'db.sqlite'}")
    registry = Members(engine, lambda: TODAY)
    registry.create_tables()
    yield registry
    engine.dispose()


@given(registries, st.sampled_from(PLACES), viewers)
@settings(max_examples=300, deadline=None)
def test_the_trace_and_the_view_never_disagree(held: Configuration, place: str, viewer: Viewer) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    registry = Members(engine, lambda: TODAY)
    registry.create_tables()
    registry.save(held)
    view = registry.view(place, viewer)
    for repository in held.repositories:
        steps = steps_of(registry, repository, place, viewer)
        seen = any(step.shows for step in steps)
        assert seen == view.sees(registry.atoms(repository.id), repository.id), (repository, steps)
    engine.dispose()


HELD = Configuration(
    (Library("a"), Library("b", portal=Portal(("x",)))),
    (Consortium("x"), Consortium("y")),
    (Membership("a", "x"), Membership("b", "x"), Membership("a", "y", "suspended"), Membership("a", "centre")),
    (
        Repository("open", "a", offered_to=("x", "y"), published_by=("x", "y")),
        Repository("waiting", "a", offered_to=("x",)),
        Repository("withdrawn", "a", published_by=("x",)),
        Repository("ours", "a", audience="own-members"),
        Repository("later", "a", embargo_until=datetime.date(2027, 1, 1)),
        Repository("everywhere", "a", offered_to=("centre",), published_by=("centre",)),
    ),
)  # fmt: skip
CASES = [
    ("open", "L:a", LIVE, "", True, "own"),
    ("open", "C:x", LIVE, "", True, "via"),
    ("open", "L:b", LIVE, "", True, "beside"),
    ("open", "C:y", LIVE, "", False, "suspended"),
    ("open", "C:centre", LIVE, "", False, "not-offered"),
    ("open", "L:none", LIVE, "", False, "elsewhere"),
    ("waiting", "C:x", LIVE, "", False, "waiting"),
    ("waiting", "L:b", LIVE, "", False, "waiting"),
    ("withdrawn", "C:x", LIVE, "", False, "withdrawn"),
    ("ours", "L:a", LIVE, "", False, "audience"),
    ("later", "L:a", LIVE, "", False, "embargo"),
    ("everywhere", "L:b", LIVE, "", True, "public"),
    ("everywhere", "C:centre", LIVE, "", True, "via"),
    ("open", "L:a", DELETED, "", False, "deleted"),
    ("open", "L:a", SUPPRESSED, "", False, "suppressed"),
    ("open", "L:a", LIVE, "2026-11-22", False, "embargo"),
    ("open", "L:a", LIVE, "2026-11-21", True, "own"),
    ("gone", "L:a", LIVE, "", False, "removed"),
]


@pytest.mark.parametrize(("repository", "place", "state", "embargo", "seen", "clause"), CASES)
def test_the_deciding_clause_is_named(
    members: Members, repository: str, place: str, state: int, embargo: str, seen: bool, clause: str
) -> None:
    members.save(HELD)
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    store = Store(engine, members)
    store.create_tables()
    row = Row("u", "u", repository, "1", state, embargo)
    [told] = trace(store, members, [row], place, day=TODAY)
    engine.dispose()
    assert (told.seen, told.clause) == (seen, clause), told


def test_what_staff_say_of_a_record_goes_before_what_came_with_it(tmp_path: Path) -> None:
    engine = sa.create_engine(f"sqlite:///{tmp_path / 'flags.sqlite'}")
    METADATA.create_all(engine)
    held = {
        "checksum": b"", "modified": "", "features": None, "first_seen": "", "changed": "", "run": 1, "cluster": None,
    }  # fmt: skip
    records = [
        ("plain", LIVE, "", None),
        ("hidden", LIVE, "", (True, None, False)),
        ("opened", SUPPRESSED, "2030-01-01", (False, "", False)),
        ("gone", LIVE, "", (None, None, True)),
        ("still gone", DELETED, "", (False, "", False)),
    ]
    with engine.begin() as connection:
        for n, (name, state, embargo, said) in enumerate(records):
            uid = record_uid("r", name)
            row = {
                "number": n,
                "uid": uid,
                "repository": "r",
                "local_id": name,
                "seq": n,
                "state": state,
                "embargo_until": embargo,
            }
            connection.execute(sa.insert(SOURCE).values(**held, **row))
            if said:
                suppressed, until, deleted = said
                flag = {
                    "uid": uid,
                    "repository": "r",
                    "local_id": name,
                    "suppressed": suppressed,
                    "embargo_until": until,
                }
                flag |= {"deleted": deleted, "pending": False, "actor": "user:l", "time": "", "reason": ""}
                connection.execute(sa.insert(RECORD_FLAG).values(**flag))
    found = {name: find(engine, f"r/{name}")[0] for name, *_ in records}
    assert {name: (row.state, row.embargo_until) for name, row in found.items()} == {
        "plain": (LIVE, ""), "hidden": (SUPPRESSED, ""), "opened": (LIVE, ""), "gone": (DELETED, ""), "still gone": (DELETED, ""),
    }  # fmt: skip
    assert (found["plain"].said_by, found["hidden"].said_by) == ("", "user:l")
    assert find(engine, "r/none") == find(engine, "none") == []
    engine.dispose()
