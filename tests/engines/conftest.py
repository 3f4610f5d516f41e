"""A cloud whose nodes may be killed, shared by the tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from search_engines import make_cloud

from scripts.solr_cloud import SolrCloud


@pytest.fixture(scope="session")
def mortal_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SolrCloud]:
    """It notices a dead node soon. Every test starts what another one left dead."""
    found = make_cloud(tmp_path_factory.mktemp("mortal") / "cloud", os.getpid(), session_seconds=5)
    yield found
    found.remove()
