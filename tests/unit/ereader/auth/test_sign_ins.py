"""The log of sign-ins grows with people, not with attempts, and forgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from ereader.auth import sign_ins
from ereader.auth.tables import METADATA

NOW = 1_700_000_000


@pytest.fixture
def engine() -> Iterator[sa.Engine]:
    found = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    METADATA.create_all(found)
    yield found
    found.dispose()


def test_the_same_within_a_minute_is_one_line(engine: sa.Engine) -> None:
    for second in (0, 10, 65, 300):
        sign_ins.note(engine, "r", "10.0.0.1", "wrong", "Firefox", NOW + second)
    sign_ins.note(engine, "r", "10.0.0.1", "entered", "Firefox", NOW + 301)
    found = sign_ins.recent(engine)
    assert [(s.outcome, s.times, s.time - NOW) for s in found] == [
        ("entered", 1, 301), ("wrong", 1, 300), ("wrong", 3, 65),
    ]  # fmt: skip


def test_a_network_stands_for_its_addresses_and_lines_are_found_by_account_and_outcome(
    engine: sa.Engine,
) -> None:
    sign_ins.note(engine, "r", "2001:db8::1", "entered", "", NOW)
    sign_ins.note(engine, "", "192.0.2.7", "wrong", "", NOW)
    sign_ins.note(engine, "s", "192.0.2.7", "wrong", "", NOW)
    assert sign_ins.recent(engine, users={"r"})[0].address == "2001:db8::/64"
    assert [s.user for s in sign_ins.recent(engine, users={"r", ""})] == ["r"], (
        "nobody's lines are not a library's"
    )
    assert [s.user for s in sign_ins.recent(engine, outcome="wrong")] == ["s", ""]


def test_old_lines_go_and_there_are_never_too_many(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_ins.note(engine, "r", "192.0.2.7", "entered", "", NOW)
    sign_ins.note(engine, "s", "192.0.2.7", "entered", "", NOW + sign_ins.KEEP + 1)
    assert [s.user for s in sign_ins.recent(engine)] == ["s"]
    monkeypatch.setattr(sign_ins, "MOST", 3)
    for n in range(10):
        sign_ins.note(engine, f"u{n}", "192.0.2.7", "entered", "", NOW + sign_ins.KEEP + 100)
    assert len(sign_ins.recent(engine)) == 3
