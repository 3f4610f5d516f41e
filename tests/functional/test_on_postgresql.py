"""A home whose database is PostgreSQL answers as one on SQLite does, also after a kill, a move, and for two
hosts.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from database_servers import Server
from test_command_line import Cli, _state, bib

HOLDER = (
    "import sys, time; from pathlib import Path; from ereader.installation import open_home\n"
    "with open_home(Path(sys.argv[1])) as i, i.writing():\n    print('held', flush=True); time.sleep(600)"
)


class Served(Cli):
    """Runs ``ereader`` on a home whose database is a server's."""

    def __init__(self, home: Path, address: str) -> None:
        super().__init__(home)
        self.environment = {**os.environ, "EREADER_DATABASE": address}

    def start(self, *words: str, **options: Any) -> subprocess.Popen[str]:
        return super().start(*words, env=self.environment, **options)


@pytest.fixture
def address(postgresql: Server) -> Iterator[str]:
    url = postgresql.make()
    yield url.render_as_string(hide_password=False)
    postgresql.remove(url)


def test_a_killed_load_started_again_ends_like_an_undisturbed_one_on_sqlite(
    address: str, tmp_path: Path
) -> None:
    # Every third title comes twice, so that records are merged.
    file = bib(tmp_path / "big.bib", 3000, title="Title {n}")
    embedded, served = Cli(tmp_path / "one"), Served(tmp_path / "two", address)
    embedded.load(file)
    served.run("stats", "--json")  # makes the tables, so that the load is what is killed
    words = ("load", str(file), "--library", "lib", "--repository", "books", "--create", "--json")
    process = served.start(*words, start_new_session=True)
    time.sleep(2)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    served.load(file)
    assert _state(served) == _state(embedded)
    assert served.load(file)["unchanged"] == 3000
    assert json.loads(served.run("search", "title 1234", "--json"))["hits"][0]["title"] == "Title 1234"
    assert json.loads(served.run("reindex", "--json"))["indexed"] == 3000
    assert not (served.home / "ereader.sqlite").exists()


def test_a_home_moves_to_a_server_and_back_with_all_it_has(address: str, tmp_path: Path) -> None:
    cli = Cli(tmp_path / "home")
    cli.load(bib(tmp_path / "a.bib", 30))
    before, registry, log = _state(cli), cli.run("apply", "--export"), cli.run("audit", "--json")
    moved = json.loads(cli.run("database", "copy", address, "--switch", "--json").splitlines()[-1])
    assert moved["switched"] and moved["rows"]["source_record"] == 30
    (cli.home / "ereader.sqlite").unlink()
    assert (_state(cli), cli.run("apply", "--export"), cli.run("audit", "--json")) == (before, registry, log)
    assert json.loads(cli.run("database", "status", "--json"))["program"].startswith("PostgreSQL")
    findings = [json.loads(line) for line in cli.run("doctor", "--json").splitlines()]
    assert {f["state"] for f in findings if f["what"] != "plug-ins"} == {"good"}
    changed = cli.load(bib(tmp_path / "b.bib", 40, title="Other {n}"))
    assert (changed["new"], changed["changed"]) == (10, 30)
    after = _state(cli)
    cli.run("database", "copy", address, status=2)
    assert "empty database" in cli.err
    cli.run("database", "copy", f"sqlite:///{tmp_path / 'back.sqlite'}", "--switch")
    assert _state(cli) == after


def test_two_hosts_do_not_write_at_once(address: str, tmp_path: Path) -> None:
    one, two = Served(tmp_path / "one", address), Served(tmp_path / "two", address)
    file = bib(tmp_path / "a.bib", 2)
    one.load(file)
    command = [sys.executable, "-c", HOLDER, str(one.home)]
    holder = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=one.environment)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        two.run("load", str(file), "--repository", "books", status=2)
        assert f"process {holder.pid}" in two.err
    finally:
        holder.kill()
        holder.communicate()
    # The server gives back what a dead process held.
    assert two.load(file)["unchanged"] == 2


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    away = Served(tmp_path / "home", f"postgresql://nobody@/none?host={tmp_path}")
    away.run("stats", status=3)
    assert "the database does not answer" in away.err
    odd = Served(tmp_path / "home", "mysql://u@h/d")
    odd.run("stats", status=2)
    assert "postgresql" in odd.err


def test_a_load_whose_server_goes_away_says_so_and_can_be_done_again(
    address: str, postgresql: Server, tmp_path: Path
) -> None:
    served = Served(tmp_path / "home", address)
    served.load(bib(tmp_path / "a.bib", 1))
    file = bib(tmp_path / "big.bib", 6000)
    words = ("load", str(file), "--repository", "books", "--json")
    process = served.start(*words)
    deadline = time.monotonic() + 240
    while process.poll() is None and time.monotonic() < deadline:
        postgresql.cut(address)
        time.sleep(0.02)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 3, told
    assert "database" in told and "Traceback" not in told
    assert served.load(file)["refused"] == 0
    assert served.stats()["sources"] == 6000
