"""One load by one worker and by two, each on a network of its own (两台主机): see scripts/two-hosts.

Three network namespaces stand for three hosts: the middle one has Redis, PostgreSQL and the master, and a cable
to each of the two others, which have a worker each and reach nothing else. Nothing of this host's own network
is touched, and the namespaces are removed at the end. Prints one JSON line for each load, and a summary.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WAIT = 600.0  # seconds after which something hangs
ENTRY = (
    "@book{{r{n},\n  title = {{Harbours of the northern coast, part {n}}},\n  author = {{Test, Author {k}}},\n"
    "  year = {{{year}}},\n  publisher = {{Quay Press}},\n  keywords = {{harbours; coast; ships}},\n"
    "  abstract = {{{words}}}\n}}\n"
)


class Missing(Exception):
    """What is needed and is not here."""


def programs() -> tuple[str, Path]:
    """Redis, and the folder of PostgreSQL's programs. Raises Missing."""
    if os.getuid() != 0:
        raise Missing("network namespaces need root")
    found = [p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    redis = shutil.which("redis-server")
    if redis is None or not found:
        raise Missing("Redis or PostgreSQL is not installed (Debian: redis-server, postgresql)")
    if shutil.which("ip") is None:
        raise Missing("ip is not installed (Debian: iproute2)")
    name = f"ereader-{os.getpid()}-try"
    tried = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if tried.returncode:
        raise Missing(f"network namespaces are not permitted here: {tried.stderr.strip()}")
    subprocess.run(["ip", "netns", "delete", name], check=True)
    return redis, max(found)


class Hosts:
    """The middle host, and the two others (三台主机)."""

    def __init__(self, stack: ExitStack) -> None:
        self.names = [f"ereader-{os.getpid()}-{n}" for n in ("master", "one", "two")]
        for name in self.names:
            self._do("ip", "netns", "add", name)
            stack.callback(subprocess.run, ["ip", "netns", "delete", name], check=False)
            self._do("ip", "-n", name, "link", "set", "lo", "up")
        for n in (1, 2):
            self._do("ip", "-n", self.names[0], "link", "add", f"cable{n}", "type", "veth",
                     "peer", "name", "eth0", "netns", self.names[n])  # fmt: skip
            for name, device, last in ((self.names[0], f"cable{n}", 1), (self.names[n], "eth0", 2)):
                self._do("ip", "-n", name, "address", "add", f"{self.network(n)}.{last}/24", "dev", device)
                self._do("ip", "-n", name, "link", "set", device, "up")

    def network(self, n: int) -> str:
        return f"10.213.{n}"

    def at(self, n: int, *command: str) -> list[str]:
        """A command on one of the hosts."""
        return ["ip", "netns", "exec", self.names[n], *command]

    def _do(self, *command: str) -> None:
        subprocess.run(command, check=True)


def start(stack: ExitStack, command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """A process that is ended with everything else."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **options)

    def end() -> None:
        if process.poll() is None:
            process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(60)
        if process.poll() is None:
            process.kill()
            process.wait()

    stack.callback(end)
    return process


def until(holds: Any, what: str) -> None:
    end = time.monotonic() + WAIT
    while not holds():
        if time.monotonic() > end:
            raise SystemExit(f"it never came true: {what}")
        time.sleep(0.1)


class Middle:
    """The servers of the middle host (中间主机)."""

    def __init__(self, stack: ExitStack, hosts: Hosts, folder: Path, redis: str, postgresql: Path) -> None:
        self.hosts, self.folder, self._programs = hosts, folder, postgresql
        self.password, self.key = secrets.token_hex(16), secrets.token_hex(16)
        config = folder / "redis.conf"
        config.write_text(f'bind 0.0.0.0\nport 6379\nsave ""\nappendonly no\nrequirepass {self.password}\n')
        start(stack, hosts.at(0, redis, str(config), "--dir", str(folder)), stdout=subprocess.DEVNULL)
        data = folder / "data"
        shutil.chown(folder, "postgres")
        folder.chmod(0o755)
        self._as_postgres(str(postgresql / "initdb"), "-D", str(data), "-U", "ereader", "-A", "trust", "--no-sync",
                          "-E", "UTF8", "--locale=C")  # fmt: skip
        with (data / "pg_hba.conf").open("a") as file:
            file.write("host all all 10.213.0.0/16 trust\n")
        start(
            stack,
            hosts.at(0, "runuser", "-u", "postgres", "--", str(postgresql / "postgres"), "-D", str(data), "-k",
                     str(folder), "-c", "listen_addresses=*", "-c", "fsync=off", "-c", "full_page_writes=off"),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: self._sql("SELECT 1") == 0, "PostgreSQL answers")

    def make_database(self, name: str) -> None:
        if self._sql(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"):
            raise SystemExit("no database could be made")

    def environment(self, n: int, database: str) -> dict[str, str]:
        """What a process on a host is told: by which cable it reaches the middle."""
        address = "127.0.0.1" if n == 0 else f"{self.hosts.network(n)}.1"
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "EREADER_DATABASE": f"postgresql://ereader@{address}:5432/{database}",
            "EREADER_QUEUE": f"redis://:{self.password}@{address}:6379/0?prefix={database}",
            "EREADER_QUEUE_KEY": self.key,
            "EREADER_QUEUE_PATIENCE": "120",
        }

    def _sql(self, statement: str) -> int:
        command = [
            str(self._programs / "psql"),
            "-h",
            str(self.folder),
            "-U",
            "ereader",
            "-d",
            "postgres",
            "-qc",
            statement,
        ]
        return subprocess.run(command, capture_output=True, check=False).returncode

    def _as_postgres(self, *command: str) -> None:
        subprocess.run(["runuser", "-u", "postgres", "--", *command], check=True, stdout=subprocess.DEVNULL)


def load(middle: Middle, file: Path, workers: int, name: str) -> dict[str, Any]:
    """One load with this many workers on as many hosts."""
    hosts = middle.hosts
    middle.make_database(name)
    home = middle.folder / name
    program = [sys.executable, "-m", "ereader", "--home", str(home)]
    with ExitStack() as stack:
        for n in range(1, workers + 1):
            start(stack, hosts.at(n, *program, "worker", "--processes", "1"), env=middle.environment(n, name),
                  cwd=ROOT, stdout=subprocess.DEVNULL)  # fmt: skip
        environment = middle.environment(0, name)

        def told() -> list[dict[str, Any]]:
            out = subprocess.run(hosts.at(0, *program, "worker", "--status"), env=environment, cwd=ROOT,
                                 capture_output=True, text=True, check=True).stdout  # fmt: skip
            return [json.loads(line) for line in out.splitlines()]

        until(lambda: len(told()) == workers, "the workers are there")
        # The tables are made before, as that is not what is measured.
        subprocess.run(
            hosts.at(0, *program, "stats"), env=environment, cwd=ROOT, check=True, capture_output=True
        )
        began = time.monotonic()
        words = ["load", str(file), "--library", "lib", "--repository", "books", "--create", "--json"]
        done = subprocess.run(hosts.at(0, *program, *words), env=environment, cwd=ROOT, capture_output=True,
                              text=True, check=False)  # fmt: skip
        seconds = time.monotonic() - began
        if done.returncode not in (0, 1):
            raise SystemExit(f"the load failed:\n{done.stderr}")
        # Workers say how much they did with their next sign of life.
        counts = json.loads(done.stdout.splitlines()[-1])
        batches = -(-counts["read"] // 800)
        with suppress(SystemExit):
            until(lambda: sum(one["done"] for one in told()) >= batches, "the workers say what they did")
        return {"workers": workers, "seconds": round(seconds, 1), "batches": sorted(one["done"] for one in told()),
                **{name: counts[name] for name in ("read", "new", "refused")}}  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--records", type=int, default=16_000)
    parser.add_argument("--file", type=Path, default=None)
    args = parser.parse_args()
    try:
        redis, postgresql = programs()
    except Missing as error:
        print(f"skipped: {error}")
        return 0
    taken: dict[int, list[float]] = {1: [], 2: []}
    folder = Path(tempfile.mkdtemp(prefix="ereader-hosts-"))
    with ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        middle = Middle(stack, Hosts(stack), folder, redis, postgresql)
        file = args.file or folder / "books.bib"
        if args.file is None:
            words = "harbour light and tide " * 10
            with file.open("w") as out:
                for n in range(args.records):
                    out.write(ENTRY.format(n=n, k=n % 997, year=1900 + n % 120, words=words))
        for turn in range(args.rounds):
            for workers in (1, 2) if turn % 2 == 0 else (2, 1):
                one = load(middle, file.resolve(), workers, f"hosts_{turn}_{workers}")
                taken[workers].append(one["seconds"])
                print(json.dumps(one), flush=True)
    ratio = statistics.median(a / b for a, b in zip(taken[1], taken[2], strict=True))
    print(json.dumps({"one": taken[1], "two": taken[2], "times_as_fast": round(ratio, 2)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
