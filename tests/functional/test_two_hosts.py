"""Two hosts with a network between them work for one load; ``scripts/two-hosts`` also measures it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from search_engines import unavailable

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_workers_on_two_networks_do_one_load_together() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "two_hosts.py"), "--rounds", "1", "--records", "8000"],
        capture_output=True, text=True, cwd=ROOT, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    first, *more = done.stdout.splitlines()
    if first.startswith("skipped: network"):
        pytest.skip(first)  # Not a component that could be installed, but a right.
    if first.startswith("skipped:"):
        unavailable(first)
    one, two = json.loads(first), json.loads(more[0])
    assert (one["workers"], two["workers"]) == (1, 2)
    for load in (one, two):
        assert (load["read"], load["new"], load["refused"]) == (8000, 8000, 0)
    # How fast they are is not for a test to say, as it depends on what else the machine does.
    assert len(two["batches"]) == 2 and sum(two["batches"]) >= 10
