"""A portal whose database server goes away says so, and goes on when it is back; nobody starts it again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import database_servers
import httpx
import pytest
from test_command_line import bib
from test_on_postgresql import Served
from waiting import PATIENCE, not_hung, until


class MortalServer:
    """A server of PostgreSQL that may be stopped."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.start()
        self.url = database_servers.Server(self.address).make("portal")

    def start(self) -> None:
        self.address = database_servers.start(self.folder, os.getpid())
        until(database_servers.Server(self.address).answers, "PostgreSQL answers")

    def stop(self) -> None:
        pid = self.folder / "data" / "postmaster.pid"
        os.kill(int(pid.read_text().split()[0]), signal.SIGINT)
        ended = self.folder / "ended"
        until(ended.exists, "PostgreSQL ends")
        ended.unlink()


@pytest.fixture
def server() -> Iterator[MortalServer]:
    folder = Path(tempfile.mkdtemp(prefix="ereader-pg-"))
    server = MortalServer(folder)
    yield server
    if (folder / "data" / "postmaster.pid").exists():
        server.stop()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def portal(server: MortalServer, tmp_path: Path) -> Iterator[tuple[httpx.Client, subprocess.Popen[str]]]:
    served = Served(tmp_path / "home", server.url.render_as_string(hide_password=False))
    served.load(bib(tmp_path / "a.bib", 3, title="Quokka {n}"))
    process = served.start("serve", "--port", "0")
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("listening on http://"), line
    with httpx.Client(base_url=line.split()[-1], timeout=120) as client:
        yield client, process
    process.terminate()
    process.communicate(timeout=120)


def test_a_portal_says_that_its_database_is_away_and_goes_on_when_it_is_back(
    server: MortalServer, portal: tuple[httpx.Client, subprocess.Popen[str]]
) -> None:
    client, process = portal

    def found() -> bool:
        answer = client.get("/api/v1/search", params={"q": "quokka"})
        return answer.status_code == 200 and answer.json()["total"] == 3

    assert found()
    for _ in range(2):
        server.stop()
        with not_hung(PATIENCE):
            chinese = client.get("/search", params={"q": "quokka", "lang": "zh-CN"})
            english = client.get("/record/x", headers={"accept-language": "en"})
            program = client.get("/api/v1/search", params={"q": "quokka"})
            unknown = client.get("/at/nobody/search")
            assert client.get("/healthz").status_code == 503
        for answer in (chinese, english, program, unknown):
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
            assert answer.headers["cache-control"] == "no-store"
            # Where our services are is nobody's business.
            assert "socket" not in answer.text and str(server.folder) not in answer.text
        assert "数据库目前没有响应" in chinese.text and 'lang="zh-CN"' in chinese.text
        assert "The database does not answer" in english.text
        assert program.headers["content-type"].startswith("application/problem+json")
        server.start()
        until(found, "the portal goes on")
        assert client.get("/healthz").status_code == 200
    assert process.poll() is None
