"""Jobs: the queue, its order, progress, stopping, and what happens when a process dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from database_servers import DATABASES, Server
from waiting import until

from ereader import job_keeper, job_kinds, job_runner, jobs
from ereader.auth.door import Denied
from ereader.auth.roles import Actor
from ereader.installation import Installation, open_home
from holdings.members import CENTRE, Configuration, Library, Membership, Repository

OPERATOR = Actor("root", operator=True)
BOOKS = [{"id": str(n), "type": "book", "title": f"Harbour {n}"} for n in range(5)]


@pytest.fixture(params=DATABASES)
def home(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Installation]:
    server: Server | None = request.getfixturevalue("postgresql") if request.param == "postgresql" else None
    url = server.take() if server else None
    # Processes that do jobs are told so by the environment.
    monkeypatch.setenv("EREADER_DATABASE", url.render_as_string(hide_password=False) if url else "")
    with open_home(tmp_path / "home") as installation:
        installation.members.save(
            Configuration(
                libraries=(Library("a"), Library("b")),
                memberships=(Membership("a", CENTRE),),
                repositories=(Repository("r", "a", offered_to=(CENTRE,), published_by=(CENTRE,)),),
            )
        )
        yield installation
    if server and url:
        server.give_back(url)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "books.jsonl"
    path.write_text("".join(json.dumps({"record": one}) + "\n" for one in BOOKS))
    return path


def ask(home: Installation, kind: Any, arguments: Mapping[str, Any], **more: Any) -> int:
    return jobs.start(home, kind, arguments, OPERATOR, spawn=False, **more)


def state(home: Installation, id: int) -> str:
    found = jobs.find(home, id)
    assert found is not None
    return found.state


def test_a_load_by_a_job_is_a_load(home: Installation, file: Path) -> None:
    id = ask(home, "load", {"repository": "r", "files": [str(file)], "format": "record"})
    assert state(home, id) == "waiting"
    assert job_runner.run(home.home) == 1
    job = jobs.find(home, id)
    assert job is not None
    assert (job.state, job.result["new"], job.result["run"], job.done) == ("done", 5, 1, 5)
    assert job.asked <= job.started <= job.finished
    assert home.store.statistics()["sources"] == 5
    assert file.exists(), "a file from elsewhere is never removed"


def test_jobs_are_done_in_the_order_in_which_they_were_asked_for(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[int] = []

    def note(_: Installation, arguments: Mapping[str, Any], tell: job_kinds.Tell) -> dict[str, Any]:
        done.append(arguments["n"])
        return {}

    monkeypatch.setitem(job_kinds.DOING, "reindex", note)
    for n in range(4):
        ask(home, "reindex", {"n": n})
    assert job_runner.run(home.home) == 4
    assert done == [0, 1, 2, 3]


def test_what_waits_already_is_not_asked_for_twice_when_once_is_enough(home: Installation) -> None:
    first = ask(home, "rebuild", {}, once=True)
    assert ask(home, "rebuild", {}, once=True) == first
    assert ask(home, "rebuild", {}) != first


def test_a_waiting_job_that_is_stopped_is_never_begun(home: Installation) -> None:
    id = ask(home, "reindex", {})
    assert jobs.stop(home, id)
    assert job_runner.run(home.home) == 0
    assert state(home, id) == "stopped"
    assert not jobs.stop(home, id), "it is over"
    assert not jobs.stop(home, 99)


def test_a_running_job_ends_soon_after_it_is_asked_to(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def long(_: Installation, __: Mapping[str, Any], tell: job_kinds.Tell) -> dict[str, Any]:
        (running,) = jobs.unfinished(home)
        assert running.state == "running"
        assert jobs.stop(home, running.id)
        until(lambda: tell(1, 100, "indexing"))
        return {}

    monkeypatch.setitem(job_kinds.DOING, "reindex", long)
    id = ask(home, "reindex", {})
    job_runner.run(home.home)
    assert state(home, id) == "stopped"


def test_progress_is_written_at_most_twice_a_second(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = ask(home, "reindex", {})
    written: list[str] = []
    engine = home.accounts.engine
    sa.event.listen(engine, "before_cursor_execute", lambda *a: written.append(a[2]))
    report = job_runner.Report(engine, id)
    now = 1000.0
    monkeypatch.setattr(job_runner, "time", SimpleNamespace(monotonic=lambda: now))
    for n in range(1, 121):
        report.at(n, 0, "indexing")
        now += 0.01
    updates = [statement for statement in written if statement.startswith("UPDATE job")]
    assert len(updates) == 3


def test_a_fault_is_the_jobs_own_and_the_next_one_is_done(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: Any) -> dict[str, Any]:
        raise ValueError("no such thing")

    monkeypatch.setitem(job_kinds.DOING, "reindex", fails)
    bad, good = ask(home, "reindex", {}), ask(home, "rebuild", {})
    assert job_runner.run(home.home) == 2
    job = jobs.find(home, bad)
    assert job is not None
    assert (job.state, job.result) == (
        "failed",
        {"error": "ValueError: no such thing", "because": "internal"},
    )
    assert state(home, good) == "done"


def test_a_job_waits_for_whoever_writes_and_then_is_done(home: Installation) -> None:
    id = ask(home, "rebuild", {})
    with home.writing():
        process = run_apart(home)
        found = until(lambda: (job := jobs.find(home, id)) and job.text == "writer" and job)
        assert found.state == "waiting"
    assert process.wait(120) == 0
    assert state(home, id) == "done"


def run_apart(home: Installation) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ereader", "--home", str(home.home), "jobs", "run"]
    return subprocess.Popen(command)


SLOW = """
import sys, time
from pathlib import Path
from ereader import job_kinds, job_runner
def slow(installation, arguments, tell):
    while True:
        tell(1, 2, "indexing")
        time.sleep(0.02)
job_kinds.DOING["reindex"] = slow
job_runner.listen()
job_runner.run(Path(sys.argv[1]))
"""


def slowly(home: Installation, id: int) -> subprocess.Popen[bytes]:
    """A process in the middle of a job."""
    process = subprocess.Popen([sys.executable, "-c", SLOW, str(home.home)])
    until(lambda: state(home, id) == "running")
    return process


def test_a_job_whose_process_was_killed_is_noted_as_failed_by_whoever_looks_next(home: Installation) -> None:
    id = ask(home, "reindex", {})
    process = slowly(home, id)
    assert state(home, id) == "running", "it lives"
    process.kill()
    process.wait()
    job = jobs.find(home, id)
    assert job is not None
    assert (job.state, list(job.result)) == ("failed", ["error"])
    with home.writing():
        pass  # nobody holds the right to write any more


def test_a_job_whose_process_is_asked_to_end_waits_for_the_next_one(home: Installation) -> None:
    id = ask(home, "reindex", {})
    process = slowly(home, id)
    os.kill(process.pid, signal.SIGTERM)
    assert process.wait(120) == 0
    assert state(home, id) == "waiting"
    job_runner.run(home.home)
    assert state(home, id) == "done"


def test_only_who_may_load_may_have_loaded(home: Installation, file: Path) -> None:
    asked = {"repository": "r", "files": [str(file)]}
    for actor in (Actor("x", "a", ("librarian",)), Actor("y", "b", ("library-admin",)), Actor("z")):
        with pytest.raises(Denied):
            jobs.start(home, "load", asked, actor, spawn=False)
    with pytest.raises(Denied):
        jobs.start(home, "undo-load", {"run": 1}, Actor("y", "b", ("library-admin",)), spawn=False)
    assert jobs.recent(home) == []
    assert jobs.start(home, "load", asked, Actor("v", "a", ("cataloguer",)), spawn=False)


def test_rules_that_changed_while_the_index_follows_are_followed_too(
    home: Installation, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(home, "load", {"repository": "r", "files": [str(file)], "format": "record"})
    job_runner.run(home.home)
    withdrawn = Repository("r", "a", published_by=(CENTRE,))
    home.members.save(Configuration(repositories=(withdrawn,)))
    changes = iter([Repository("r", "a", audience="staff"), Repository("r", "a", audience="own-members")])
    original = job_kinds.follow.refresh

    def refresh(*given: Any) -> int:
        count = original(*given)
        if (change := next(changes, None)) is not None:
            home.members.save(Configuration(repositories=(change,)))
        return count

    monkeypatch.setattr(job_kinds.follow, "refresh", refresh)
    id = ask(home, "rebuild", {})
    job_runner.run(home.home)
    assert state(home, id) == "done"
    assert home.members.stale() == []
    assert home.members.indexed("r") == frozenset({"L:a/members"})


class TestKeeper:
    """What a server notices by itself."""

    @pytest.fixture
    def started(self, home: Installation, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
        """Processes that would have been started."""
        found: list[Path] = []
        monkeypatch.setattr(jobs, "run_apart", found.append)
        return found

    def test_nothing_is_started_when_nothing_is_to_be_done(
        self, home: Installation, started: list[Path]
    ) -> None:
        assert not job_keeper.JobKeeper(home).look()
        assert started == []

    def test_changed_rules_make_one_rebuild(
        self, home: Installation, file: Path, started: list[Path]
    ) -> None:
        ask(home, "load", {"repository": "r", "files": [str(file)], "format": "record"})
        job_runner.run(home.home)
        home.members.save(Configuration(repositories=(Repository("r", "a"),)))
        keeper = job_keeper.JobKeeper(home)
        assert keeper.look()
        assert keeper.look(), "it waits still, and nobody does it"
        assert [job.kind for job in jobs.recent(home)] == ["rebuild", "load"]
        job_runner.run(home.home)
        assert not keeper.look()

    def test_whoever_writes_just_now_is_left_to_end(self, home: Installation, started: list[Path]) -> None:
        home.members.note_indexed({"r": frozenset({"L:a/staff"})})
        keeper = job_keeper.JobKeeper(home)
        with home.writing():
            assert not keeper.look()
        assert keeper.look()

    def test_a_rebuild_that_failed_is_not_tried_again_at_once(
        self, home: Installation, started: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        home.members.note_indexed({"r": frozenset({"L:a/staff"})})
        keeper = job_keeper.JobKeeper(home)
        assert keeper.look()
        (waiting,) = jobs.unfinished(home)
        jobs.stop(home, waiting.id)
        assert not keeper.look()
        monkeypatch.setattr(job_keeper, "AGAIN", 0.0)
        assert keeper.look()


def test_a_home_does_not_do_the_jobs_whose_files_lie_at_another(home: Installation, file: Path) -> None:
    with open_home(home.home.parent / "other") as other:
        if home.database.dialect.name == "sqlite":
            pytest.skip("homes share a database on a server only")
        own = ask(home, "load", {"repository": "r", "files": [str(file)], "format": "record"})
        anybodys = ask(home, "rebuild", {})
        assert [job.id for job in jobs.waiting(other)] == [anybodys]
        assert job_runner.run(other.home) == 1
        assert (state(other, own), state(other, anybodys)) == ("waiting", "done")
        assert not job_keeper.JobKeeper(other).look()
        assert job_runner.run(home.home) == 1
        assert state(other, own) == "done"


def test_a_job_that_runs_at_another_home_is_not_taken_for_dead(
    home: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_home(home.home.parent / "other") as other:
        if home.database.dialect.name == "sqlite":
            pytest.skip("homes share a database on a server only")
        seen: list[str] = []

        def look(_: Installation, __: Mapping[str, Any], tell: job_kinds.Tell) -> dict[str, Any]:
            seen.extend(job.state for job in jobs.recent(other))
            return {}

        monkeypatch.setitem(job_kinds.DOING, "reindex", look)
        id = ask(home, "reindex", {})
        job_runner.run(home.home)
        assert (seen, state(other, id)) == (["running"], "done")


def test_a_home_keeps_its_name(tmp_path: Path) -> None:
    names = {jobs.place_of(tmp_path / "a") for _ in range(3)}
    assert len(names) == 1
    assert names != {jobs.place_of(tmp_path / "b"), ""}
