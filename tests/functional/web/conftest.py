"""A served catalogue for tests that go through HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import portal_catalogue
import pytest


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = portal_catalogue.build(tmp_path_factory.mktemp("portal") / "home")
    with portal_catalogue.serving(home) as url:
        yield url


@pytest.fixture
def web(address: str) -> Iterator[httpx.Client]:
    """A visitor who reads Chinese."""
    with httpx.Client(base_url=address, headers={"accept-language": "zh-CN,zh;q=0.9"}, timeout=120) as client:
        yield client


@pytest.fixture
def find(web: httpx.Client):
    """The id of the record that a search puts first."""

    def first(q: str, **params: str) -> str:
        hits = web.get("/api/v1/search", params={"q": q, **params}).json()["hits"]
        assert hits, q
        return str(hits[0]["id"])

    return first
