"""A server that runs over the end of an embargo shows what was held back, without a restart and without a load."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import own_loop
import pytest
from waiting import until

import holdings.members.registry
import indexer.store
from ereader import job_keeper, job_runner, jobs
from ereader.app import create_app
from ereader.auth.roles import Actor
from ereader.installation import Installation, open_home
from holdings.members import CENTRE, Configuration, Library, Membership, Repository

TODAY = datetime.datetime.now(datetime.UTC).date()
LATER = TODAY + datetime.timedelta(20)
OPEN, HELD, SHELVED = "Harbour chronicle", "Tidal gazette", "Lighthouse annals"


class Clock:
    """The days that pass for everything that asks for the time in this process."""

    def __init__(self) -> None:
        self.days = 0
        clock = self

        class Moved(datetime.datetime):
            @classmethod
            def now(cls, tz: datetime.tzinfo | None = None) -> Any:
                return datetime.datetime.now(tz) + datetime.timedelta(clock.days)

        self.module = SimpleNamespace(**{**vars(datetime), "datetime": Moved})


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    for module in (holdings.members.registry, indexer.store):
        monkeypatch.setattr(module, "datetime", made.module)
    return made


@pytest.fixture
def served(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Installation]:
    """A home with a keeper that looks all the time, and does the jobs itself."""
    monkeypatch.setattr(jobs, "run_apart", lambda home: job_runner.run(home))
    monkeypatch.setattr(job_keeper, "LOOK_EVERY", 0.1)
    with open_home(tmp_path / "home") as home:
        both = {"offered_to": (CENTRE,), "published_by": (CENTRE,)}
        home.members.save(
            Configuration(
                libraries=(Library("a"),),
                memberships=(Membership("a", CENTRE),),
                repositories=(
                    Repository("r", "a", **both),  # type: ignore[arg-type]
                    Repository("s", "a", embargo_until=LATER, **both),  # type: ignore[arg-type]
                ),
            )
        )
        load(home, "r", {"title": OPEN}, {"title": HELD, "embargo_until": str(LATER)})
        load(home, "s", {"title": SHELVED})
        keeper = job_keeper.JobKeeper(home)
        keeper.start()
        yield home
        keeper.stop()


def load(home: Installation, repository: str, *records: dict[str, str]) -> None:
    file = home.home / f"{repository}.jsonl"
    told = [{"record": {"id": str(n), "type": "book", **record}} for n, record in enumerate(records)]
    file.write_text("".join(json.dumps(one) + "\n" for one in told), "utf-8")
    given = {"repository": repository, "files": [str(file)], "format": "record"}
    jobs.start(home, "load", given, Actor("root", operator=True), spawn=False)
    assert job_runner.run(home.home) == 1


def shown(app: Any) -> set[str]:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://portal.example") as client:
            return await client.get("/api/v1/search?size=50")

    answer = own_loop.run(asked()).json()
    titles = {hit["title"] for hit in answer["hits"]}
    assert answer["total"] == len(titles)
    return titles


def test_embargoes_of_records_and_repositories_end_while_a_server_runs(
    served: Installation, clock: Clock
) -> None:
    app = create_app(served)
    loads = len(jobs.recent(served, kinds=("load",)))
    assert shown(app) == {OPEN}
    clock.days = 19
    assert shown(app) == {OPEN}, "the day before"
    clock.days = 20
    until(lambda: shown(app) == {OPEN, HELD, SHELVED})
    assert len(jobs.recent(served, kinds=("load",))) == loads, "nothing was loaded for it"
    assert {job.kind for job in jobs.recent(served)} == {"load", "rebuild"}
