"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import database_servers
import pytest
import search_engines
from database_servers import database, empty_database, new_database, postgresql  # noqa: F401
from hypothesis import HealthCheck, settings
from queue_servers import mortal_queue_server, queue_address, queue_server, start_workers  # noqa: F401
from search_engines import (  # noqa: F401
    engine_shops,
    engines,
    killable_cloud,
    mortal_cloud,
    new_engine,
    pytest_configure,
    pytest_configure_node,
    search_engine,
    solr_cloud,
)

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = Path(os.environ.get("EREADER_TEST_DATA", ROOT.parent / "shared" / "data"))

# New examples at every run on a desk; the same ones in continuous integration, where red must mean a change.
SLOW = (HealthCheck.too_slow,)  # says something of the machine only
settings.register_profile("desk", deadline=None, suppress_health_check=SLOW)
settings.register_profile("ci", deadline=None, derandomize=True, suppress_health_check=SLOW)
settings.load_profile("ci" if os.environ.get("CI") else "desk")


# What takes longest, so that no process is left with it when the others are done; units are short and come last.
LONGEST_FIRST = (
    "visibility/test_random_worlds.py",
    "engines/test_lost_node.py",
    "engines/test_same_answers.py",
    "functional/test_solr_portal.py",
    "functional/test_real_records.py",
    "functional/test_command_line.py",
    "unit/ereader/search/test_search_fuzz.py",
    "matching/test_floors.py",
    "relevance/",
    "engines/",
    "matching/",
    "visibility/",
    "browser/",
    "functional/",
    "docs/",
    "architecture/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files in an order that lets several processes end together; within a file nothing changes."""
    ranks: dict[Path, int] = {}
    for path in {item.path for item in items}:
        name = path.relative_to(ROOT / "tests").as_posix() if path.is_relative_to(ROOT / "tests") else ""
        ranks[path] = next(
            (n for n, one in enumerate(LONGEST_FIRST) if name.startswith(one)), len(LONGEST_FIRST)
        )
    items.sort(key=lambda item: ranks[item.path])


def pytest_unconfigure(config: pytest.Config) -> None:
    search_engines.pytest_unconfigure(config)
    database_servers.end(config)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real records of other libraries; a test that needs it is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip(f"real records are not present: {SHARED_DATA} (set EREADER_TEST_DATA)")
    return SHARED_DATA
