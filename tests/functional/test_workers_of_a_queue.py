"""Loads whose records workers elsewhere prepare: same end, whoever dies, whatever is installed meanwhile."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import redis
from queue_servers import QueueServer, Workers
from test_command_line import Cli, _state, bib
from waiting import until

Start = Callable[..., Workers]
KEY = "a secret of some length"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is: workers take their time to begin."""
    monkeypatch.setenv("EREADER_QUEUE_PATIENCE", "200")


class Queued(Cli):
    """Runs ``ereader`` with variables of its own."""

    def __init__(self, home: Path, **environment: str) -> None:
        super().__init__(home)
        self.environment = {**os.environ, **environment}

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        return super().start(*words, env=self.environment, **options)


def test_a_load_over_a_queue_ends_like_one_on_this_host(
    queue_address: str, start_workers: Start, tmp_path: Path
) -> None:
    file = bib(tmp_path / "a.bib", 1700, title="Title {n}")
    here, elsewhere = Cli(tmp_path / "one"), Cli(tmp_path / "two")
    workers = start_workers("--queue", queue_address, "--processes", "2")
    expected = here.load(file)
    assert elsewhere.load(file, "--queue", queue_address) == expected
    assert _state(elsewhere) == _state(here)
    assert elsewhere.load(file, "--queue", queue_address)["unchanged"] == 1700
    told = [
        json.loads(line) for line in here.run("worker", "--queue", queue_address, "--status").splitlines()
    ]
    assert len(told) == 2 and sum(one["done"] for one in told) == 3
    assert workers.end() == 0
    assert not here.run("worker", "--queue", queue_address, "--status")


def test_nothing_of_a_load_stays_in_the_queue(
    queue_server: QueueServer, start_workers: Start, tmp_path: Path
) -> None:
    address = queue_server.address()
    workers = start_workers("--queue", address, "--processes", "1")
    Cli(tmp_path / "home").load(bib(tmp_path / "a.bib", 1000), "--queue", address)
    assert workers.end() == 0
    assert not queue_server.client().keys(f"{address.partition('prefix=')[2]}:*")


def test_the_setting_queue_serves_every_load(
    queue_address: str, start_workers: Start, tmp_path: Path
) -> None:
    cli = Queued(tmp_path / "home", EREADER_QUEUE=queue_address)
    workers = start_workers(EREADER_QUEUE=queue_address)
    assert cli.load(bib(tmp_path / "a.bib", 20))["new"] == 20
    assert workers.end() == 0


def test_a_load_without_a_worker_is_status_three_and_goes_on_later(
    queue_address: str, start_workers: Start, tmp_path: Path
) -> None:
    file = bib(tmp_path / "a.bib", 30)
    hasty = Queued(tmp_path / "home", EREADER_QUEUE_PATIENCE="1")
    hasty.run(
        "load", str(file), "--library", "lib", "--repository", "books", "--create", "--queue", queue_address,
        status=3,
    )  # fmt: skip
    assert "no worker of version" in hasty.err and "ereader worker" in hasty.err
    start_workers("--queue", queue_address, "--processes", "1")
    assert Cli(hasty.home).load(file, "--queue", queue_address)["new"] == 30


def test_a_queue_that_does_not_answer_is_status_three_and_changes_nothing(tmp_path: Path) -> None:
    cli = Cli(tmp_path / "home")
    address = f"unix://{tmp_path / 'none'}"
    cli.run(
        "load", str(bib(tmp_path / "a.bib", 3)), "--library", "lib", "--repository", "books", "--create",
        "--queue", address, status=3,
    )  # fmt: skip
    assert address in cli.err
    assert cli.stats()["libraries"] == 0
    cli.run("worker", "--queue", address, status=3)


@pytest.mark.parametrize(
    "address", ["http://a/", "redis://", "redis://h:x/0", "redis://127.0.0.1/0?no=1", "x"]
)
def test_what_is_no_queue_is_wrong_usage(address: str, tmp_path: Path) -> None:
    Cli(tmp_path / "home").run("worker", "--queue", address, status=2)


def test_a_queue_that_other_machines_reach_needs_a_key(tmp_path: Path) -> None:
    cli = Queued(tmp_path / "home", EREADER_QUEUE="redis://:secret@queue.example:6379/0")
    cli.run("worker", status=2)
    assert "queue_key" in cli.err and "secret@" not in cli.err
    Queued(tmp_path / "home", EREADER_QUEUE_KEY="short").run(
        "worker", "--queue", "redis://queue.example", status=2
    )


def test_a_worker_with_another_key_is_told_so_and_gets_nothing(
    queue_address: str, start_workers: Start, tmp_path: Path
) -> None:
    stranger = start_workers("--queue", queue_address, "--processes", "1", EREADER_QUEUE_KEY=KEY + "!")
    cli = Queued(tmp_path / "home", EREADER_QUEUE_KEY=KEY)
    process = cli.start(
        "load", str(bib(tmp_path / "a.bib", 50)), "--library", "lib", "--repository", "books", "--create",
        "--queue", queue_address, "--json",
    )  # fmt: skip
    until(lambda: "wrong seal" in stranger.told, "the stranger says why")
    start_workers("--queue", queue_address, "--processes", "1", EREADER_QUEUE_KEY=KEY)
    out, _ = process.communicate(timeout=240)
    assert json.loads(out)["new"] == 50


def test_a_worker_killed_in_its_batch_loses_and_doubles_nothing(
    queue_server: QueueServer, start_workers: Start, tmp_path: Path
) -> None:
    address = queue_server.address()
    file = bib(tmp_path / "a.bib", 2400)
    cli, whole = Cli(tmp_path / "home"), Cli(tmp_path / "whole")
    whole.load(file)
    workers = start_workers("--queue", address, "--processes", "1")
    process = cli.start(
        "load", str(file), "--library", "lib", "--repository", "books", "--create",
        "--queue", address, "--json",
    )  # fmt: skip
    killed = set[int]()
    while process.poll() is None and len(killed) < 2:
        for pid in set(workers.children()) - killed:
            if not in_hand(queue_server, address):
                continue
            # What it has in hand when it stands still it has in hand when it is killed.
            os.kill(pid, signal.SIGSTOP)
            if in_hand(queue_server, address):
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)
            else:
                os.kill(pid, signal.SIGCONT)
    out, told = process.communicate(timeout=240)
    assert killed, "it was over before anybody was killed"
    assert process.returncode == 0, told
    counts = json.loads(out)
    assert (counts["read"], counts["new"], counts["refused"]) == (2400, 2400, 0)
    assert "ended by signal 9" in workers.told
    assert _state(cli) == _state(whole)


def in_hand(server: QueueServer, address: str) -> bool:
    """Whether some worker has a batch."""
    client, prefix = server.client(), address.partition("prefix=")[2]
    with contextlib.suppress(redis.ResponseError):
        return any(
            client.xpending(name, "workers")["pending"] for name in client.keys(f"{prefix}:load:*:batches")
        )
    return False


def test_when_the_supervisor_is_killed_its_workers_end_and_others_go_on(
    queue_address: str, start_workers: Start, tmp_path: Path
) -> None:
    file = bib(tmp_path / "a.bib", 2400)
    cli = Cli(tmp_path / "home")
    first = start_workers("--queue", queue_address, "--processes", "1")
    children = until(first.children, "it has a worker")
    process = cli.start(
        "load", str(file), "--library", "lib", "--repository", "books", "--create",
        "--queue", queue_address, "--json",
    )  # fmt: skip
    until(lambda: cli.home.exists(), "the load began")
    first.kill()
    until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in children), "its worker ends")
    start_workers("--queue", queue_address, "--processes", "1")
    out, told = process.communicate(timeout=240)
    assert process.returncode == 0, told
    assert json.loads(out)["new"] == 2400


def test_a_record_that_kills_workers_is_refused_with_its_place_and_no_other_is(
    queue_address: str, start_workers: Start, tmp_path: Path
) -> None:
    plug_in(tmp_path / "installed", "deadly", TINY.replace("# here", DEADLY))
    path = {"PYTHONPATH": str(tmp_path / "installed")}
    workers = start_workers("--queue", queue_address, "--processes", "1", **path)
    file = tmp_path / "a.tiny"
    # Longer than what is told ends the process: so nobody but this test does it.
    file.write_text("".join(f"{n}|{'die' if n == 250 else f'Title {n}'}\n" for n in range(1, 501)))
    cli = Queued(tmp_path / "home", **path)
    counts = cli.load(file, "--format", "tiny", "--queue", queue_address, status=1)
    assert (counts["read"], counts["new"], counts["refused"]) == (500, 499, 1)
    assert "a.tiny: record 250" in cli.err
    assert "with status 9" in workers.told
    assert json.loads(cli.run("search", "title 251", "--json"))["hits"][0]["title"] == "Title 251"


def test_an_adapter_installed_while_workers_run_is_taken_by_them(
    queue_address: str, start_workers: Start, tmp_path: Path
) -> None:
    installed = tmp_path / "installed"
    installed.mkdir()
    path = {"PYTHONPATH": str(installed)}
    workers = start_workers("--queue", queue_address, "--processes", "2", **path)
    cli = Queued(tmp_path / "home", **path)
    assert cli.load(bib(tmp_path / "a.bib", 50), "--queue", queue_address)["new"] == 50
    file = tmp_path / "a.tiny"
    file.write_text("".join(f"{n}|Tiny {n}\n" for n in range(50)))
    cli.run("load", str(file), "--repository", "books", "--format", "tiny", status=2)
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index",
         "--target", str(installed), str(wheel(tmp_path))],
        check=True, capture_output=True, env={**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )  # fmt: skip
    counts = cli.load(file, "--format", "tiny", "--queue", queue_address)
    assert (counts["new"], counts["refused"]) == (50, 0)
    assert "plug-ins have changed" in workers.told
    assert workers.process.poll() is None
    assert json.loads(cli.run("search", "tiny", "--json"))["total"] == 50


def test_a_worker_without_the_adapter_takes_no_part_and_says_why(
    queue_address: str, start_workers: Start, tmp_path: Path
) -> None:
    plug_in(tmp_path / "installed", "tiny", TINY)
    workers = start_workers("--queue", queue_address, "--processes", "1")
    file = tmp_path / "a.tiny"
    file.write_text("1|Tiny\n")
    until(lambda: "worker" in Cli(tmp_path / "x").run("worker", "--queue", queue_address, "--status"))
    process = Queued(tmp_path / "home", PYTHONPATH=str(tmp_path / "installed")).start(
        "load", str(file), "--library", "lib", "--repository", "books", "--create", "--format", "tiny",
        "--queue", queue_address,
    )  # fmt: skip
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "no worker of version" in line and "has 2." in line and "waiting" in line
        until(lambda: "the same plug-ins" in workers.told, "the worker says why")
    finally:
        process.kill()
        process.communicate()


TINY = '''
"""Records of one line each: id|title."""
from indexer.reader import Raw
from indexer.records.record import Record, Title


class Tiny:
    name = "tiny"
    formats = ("tiny",)

    def sniff(self, head, filename):
        return ("tiny", 0.9) if filename.endswith(".tiny") else ("", 0.0)

    def read(self, stream, format, filename, profile):
        for position, line in enumerate(stream, 1):
            yield Raw("tiny", line.strip(), position)

    def adapt(self, raw, profile):
        id, _, title = raw.data.decode().partition("|")
        # here
        return Record(id=id, type="book", title=title, titles=(Title(title),)), []


PLUG_IN = Tiny()
'''
DEADLY = 'if title == "die":\n            __import__("os")._exit(9)'
ENTRY_POINTS = """\
[ereader.readers]
tiny = ereader_tiny:PLUG_IN
[ereader.adapters]
tiny = ereader_tiny:PLUG_IN
"""


def plug_in(folder: Path, name: str, code: str) -> None:
    """A package as it lies there when it is installed."""
    told = folder / f"ereader_{name}-1.0.dist-info"
    told.mkdir(parents=True)
    (folder / "ereader_tiny.py").write_text(code)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: ereader-{name}\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text(ENTRY_POINTS)


def wheel(folder: Path) -> Path:
    """The same as a package to be installed."""
    path = folder / "ereader_tiny-1.0-py3-none-any.whl"
    told = "ereader_tiny-1.0.dist-info"
    files = {
        "ereader_tiny.py": TINY,
        f"{told}/METADATA": "Metadata-Version: 2.1\nName: ereader-tiny\nVersion: 1.0\n",
        f"{told}/WHEEL": "Wheel-Version: 1.0\nGenerator: by hand\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{told}/entry_points.txt": ENTRY_POINTS,
    }
    with zipfile.ZipFile(path, "w") as packed:
        for name, text in files.items():
            packed.writestr(name, text)
        packed.writestr(f"{told}/RECORD", "".join(f"{name},,\n" for name in (*files, f"{told}/RECORD")))
    return path
