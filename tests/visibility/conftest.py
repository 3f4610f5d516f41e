"""Small writers for small worlds, and for nobody else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from worlds import small_writers


@pytest.fixture(autouse=True, scope="module")
def _small() -> Iterator[None]:
    yield from small_writers()
