"""Loads that are killed again and again end where an undisturbed one ends: a few kills here, many by hand.

``scripts/kill-loads --kills 200`` is the same with as many as one likes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from database_servers import Server
from queue_servers import QueueServer

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    ("database", "queued", "seed"),
    [("sqlite", True, 11), ("postgresql", True, 12), ("postgresql", False, 13)],
)
def test_whoever_is_killed_the_end_is_the_same(
    database: str, queued: bool, seed: int, request: pytest.FixtureRequest
) -> None:
    words = ["--kills", "4", "--records", "1000", "--seed", str(seed)]
    if database == "postgresql":
        server: Server = request.getfixturevalue("postgresql")
        words += ["--postgresql", server.address.render_as_string(hide_password=False)]
    if queued:
        redis: QueueServer = request.getfixturevalue("queue_server")
        words += ["--queue", f"unix://{redis.socket}"]
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "kill_loads.py"), *words],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["masters"] + told["workers"] == 4
    assert told["begun"] >= told["masters"]
