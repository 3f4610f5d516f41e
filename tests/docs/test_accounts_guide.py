"""The page on accounts says what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from ereader.auth import brake, sessions
from ereader.auth.roles import ACTIONS, Actor, Target, may

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "accounts.md").read_text(encoding="utf-8")


def test_the_table_of_roles_is_the_programs() -> None:
    head = next(line for line in PAGE.splitlines() if line.startswith("| right |"))
    roles = [cell.strip().replace(":ID", ":x") for cell in head.strip("|").split("|")][1:]
    rows = re.findall(r"^\| `([\w.]+)` \|(.*)\|$", PAGE, re.M)
    assert len(rows) == len(ACTIONS) - 2  # user.grant and user.password are told in words
    target = Target(library="a", consortium="x", user="somebody")
    for action, cells in rows:
        for role, cell in zip(roles, cells.split("|"), strict=True):
            own = may(Actor("me", "a", (role,)), action, target).allowed
            elsewhere = Target(library="b", consortium="y", user="somebody")
            other = may(Actor("me", "a", (role,)), action, elsewhere).allowed
            assert {"": (False, False), "own": (True, False), "yes": (True, True)}[cell.strip()] == (
                own,
                other,
            ), (
                action,
                role,
            )


def test_the_times_and_limits_are_the_programs() -> None:
    words = {30: "30", 15: "15"}
    assert f"{words[sessions.IDLE // 60]} minutes without use ({words[sessions.IDLE_OF_STAFF // 60]} " in PAGE
    assert sessions.LONGEST == 12 * 3600 and "twelve hours" in PAGE
    assert brake.LIMITS == {"pair": (5, 900), "account": (20, 30), "address": (50, 60)}
    assert "After 5, 20 and 50" in PAGE and "up to 15 minutes, 30 seconds and one minute" in PAGE
    assert brake.REMEMBER == 30 * 86400
