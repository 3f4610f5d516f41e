"""A real SolrCloud for development and tests: ZooKeeper and Solr nodes as processes of their own.

The programs come from Maven Central by way of the machine's own Maven settings, once, into a folder of the
user's cache. For production see docs/solr.md: these processes have neither passwords nor encryption, so they
listen on this machine only.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

NODE = Path(__file__).resolve().parent / "solr_node"
STATE = "cloud.json"
LIVE_WITHIN = 240.0  # seconds until all nodes must be live; usually 5 to 10


class SolrMissing(Exception):
    """What a SolrCloud needs is not on this machine, and what to do about it."""


class SolrCloud:
    """ZooKeeper and Solr nodes whose data are in one folder; the folder also says which processes they are, so
    that another process can attach to them, kill one or stop them.

    ``parent`` is a process all of them end with; without it they stay until they are stopped.
    """

    def __init__(
        self,
        home: Path,
        *,
        nodes: int = 2,
        heap: str = "1g",
        parent: int = 0,
        session_seconds: int = 15,
        flags: Sequence[str] = (),
    ) -> None:
        self.home = home.resolve()
        self.nodes = nodes
        self.heap = heap
        self.parent = parent
        self.session_seconds = session_seconds
        self.flags = list(flags)
        self._state: dict[str, Any] = self._read()
        if self._state:
            self.nodes = len(self._state["solr"])
            for name in ("heap", "parent", "session_seconds", "flags"):
                setattr(self, name, self._state[name])

    # What it is

    @property
    def urls(self) -> list[str]:
        """The addresses of all nodes, whether they live or not."""
        return [f"http://127.0.0.1:{node['port']}/solr" for node in self._state.get("solr", [])]

    @property
    def zookeeper(self) -> str:
        found = self._state.get("zookeeper")
        return f"127.0.0.1:{found['port']}" if found else ""

    def running(self) -> bool:
        """Whether any process of it lives."""
        return any(map(self._alive, self._processes()))

    def alive(self, n: int) -> bool:
        """Whether the process of a node (from 0) lives."""
        return self._alive(self._state["solr"][n])

    def live(self) -> list[str]:
        """The addresses of the nodes that ZooKeeper counts as live, as any node says."""
        for url in self.urls:
            answer = _get(f"{url}/admin/collections?action=CLUSTERSTATUS&wt=json")
            if answer is not None:
                names = answer["cluster"]["live_nodes"]
                return [f"http://{name.rpartition('_')[0]}/solr" for name in sorted(names)]
        return []

    # What is done with it

    def start(self) -> list[str]:
        """Starts everything that does not run yet and waits until all nodes are live: their addresses."""
        library, classes = programs()
        self.home.mkdir(parents=True, exist_ok=True)
        if not self._state:
            ports = free_ports(self.nodes + 1)
            self._state = {
                "zookeeper": {"port": ports[0], "pid": 0, "began": ""},
                "solr": [{"port": port, "pid": 0, "began": ""} for port in ports[1:]],
            }
            for name in ("heap", "parent", "session_seconds", "flags"):
                self._state[name] = getattr(self, name)
        class_path = f"{classes}:{library}/*"
        if not self._alive(self._state["zookeeper"]):
            self._start_zookeeper(class_path)
        for n, node in enumerate(self._state["solr"]):
            if not self._alive(node):
                self._start_node(n, class_path)
        self._wait(range(self.nodes))
        return self.urls

    def kill(self, n: int) -> None:
        """Ends a node (from 0) without warning, as a power cut does."""
        self._end(self._state["solr"][n], signal.SIGKILL)

    def restart(self, n: int) -> None:
        """Starts a node again in its home, and waits until it is live."""
        library, classes = programs()
        if not self.alive(n):
            self._start_node(n, f"{classes}:{library}/*")
        self._wait([n])

    def pause(self, n: int) -> None:
        """Makes a node hang: it keeps its connections and answers nothing."""
        os.kill(self._state["solr"][n]["pid"], signal.SIGSTOP)

    def resume(self, n: int) -> None:
        os.kill(self._state["solr"][n]["pid"], signal.SIGCONT)

    def stop(self) -> None:
        """Ends all processes, nodes first; their data stay."""
        nodes = self._state.get("solr", [])
        for node in nodes:
            self._signal(node, signal.SIGTERM)
        for node in [*nodes, *([self._state["zookeeper"]] if self._state else [])]:
            self._end(node, signal.SIGTERM)

    def remove(self) -> None:
        """Ends all processes at once and removes their data."""
        for entry in self._processes():
            self._end(entry, signal.SIGKILL)
        self._state = {}
        shutil.rmtree(self.home, ignore_errors=True)

    # Processes

    def _start_zookeeper(self, class_path: str) -> None:
        folder = self.home / "zookeeper"
        folder.mkdir(exist_ok=True)
        settings = {
            "dataDir": folder,
            "clientPort": self._state["zookeeper"]["port"],
            "clientPortAddress": "127.0.0.1",
            "tickTime": 1000,
            "maxSessionTimeout": 60000,
            "maxClientCnxns": 0,
            "admin.enableServer": "false",
        }
        file = self.home / "zookeeper.cfg"
        file.write_text("".join(f"{k}={v}\n" for k, v in settings.items()), encoding="utf-8")
        command = ["-Xmx128m", "-XX:+UseSerialGC", "-Dzookeeper.admin.enableServer=false"]
        command += ["-Dzookeeper.jmx.log4j.disable=true", *self._common(class_path), "zookeeper", str(file)]
        self._run(self._state["zookeeper"], command, "zookeeper")
        if not wait_for_port(self._state["zookeeper"]["port"], LIVE_WITHIN):
            raise RuntimeError(f"ZooKeeper does not start: {self._log('zookeeper')}")

    def _start_node(self, n: int, class_path: str) -> None:
        home = self.home / f"node{n + 1}"
        home.mkdir(exist_ok=True)
        shutil.copy(NODE / "solr.xml", home / "solr.xml")
        node = self._state["solr"][n]
        command = [
            f"-Xmx{self.heap}",
            f"-Xms{self.heap}",
            "-Ddisable.configEdit=true",
            f"-Dsolr.log.dir={self.home}",
            f"-DzkClientTimeout={self.session_seconds * 1000}",
            *self.flags,
            *self._common(class_path),
        ]
        command += ["solr", str(home), str(node["port"]), self.zookeeper]
        self._run(node, command, f"node{n + 1}")

    def _common(self, class_path: str) -> list[str]:
        logging = f"-Dlog4j2.configurationFile={NODE / 'log4j2.xml'}"
        return [f"-Dereader.parent={self.parent}", logging, "-cp", class_path, "SolrNode"]

    def _run(self, entry: dict[str, Any], command: list[str], name: str) -> None:
        # No Popen: these processes may well outlive this one, and nobody waits for them.
        java = shutil.which("java") or "java"
        with (self.home / f"{name}.log").open("ab") as log:
            actions = [
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
            ]
            pid = os.posix_spawn(java, [java, *command], os.environ, file_actions=actions, setsid=True)
        entry["pid"], entry["began"] = pid, began(pid)
        self._write()

    def _wait(self, which: Sequence[int]) -> None:
        wanted = {self.urls[n] for n in which}
        until = time.monotonic() + LIVE_WITHIN
        while not wanted <= set(self.live()) or not all(
            _get(f"{url}/admin/info/system?wt=json") for url in wanted
        ):
            for n in which:
                if not self.alive(n):
                    raise RuntimeError(f"node {n + 1} ended: {self._log(f'node{n + 1}')}")
            if time.monotonic() > until:
                raise RuntimeError(f"the nodes are not live after {LIVE_WITHIN:.0f} s: {self._log('node1')}")
            time.sleep(0.2)

    def _processes(self) -> list[dict[str, Any]]:
        return [*self._state.get("solr", []), *([self._state["zookeeper"]] if self._state else [])]

    def _alive(self, entry: dict[str, Any]) -> bool:
        pid = entry["pid"]
        return bool(pid) and bool(entry["began"]) and began(pid) == entry["began"]

    def _signal(self, entry: dict[str, Any], number: int) -> None:
        if self._alive(entry):
            with contextlib.suppress(ProcessLookupError):
                os.kill(entry["pid"], number)

    def _end(self, entry: dict[str, Any], number: int) -> None:
        self._signal(entry, number)
        until = time.monotonic() + 15.0
        while self._alive(entry):
            if time.monotonic() > until:
                self._signal(entry, signal.SIGKILL)
            time.sleep(0.05)
        with contextlib.suppress(ChildProcessError):
            if entry["pid"]:
                os.waitpid(entry["pid"], os.WNOHANG)
        entry["pid"], entry["began"] = 0, ""
        self._write()

    def _log(self, name: str) -> str:
        try:
            lines = (self.home / f"{name}.log").read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return "there is no log"
        return f"see {self.home / name}.log\n" + "\n".join(lines[-15:])

    def _read(self) -> dict[str, Any]:
        try:
            found: dict[str, Any] = json.loads((self.home / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def _write(self) -> None:
        if self.home.is_dir():
            beside = self.home / f"{STATE}.new"
            beside.write_text(json.dumps(self._state, indent=1), encoding="utf-8")
            beside.replace(self.home / STATE)


def began(pid: int) -> str:
    """When a process began, so that a number given to another one is noticed; "" when it is no more."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def missing() -> str:
    """What this machine lacks for a SolrCloud, "" when nothing."""
    lacks = [name for name in ("java", "javac", "mvn") if shutil.which(name) is None]
    if not lacks or (built() is not None and shutil.which("java")):
        return ""
    return (
        f"SolrCloud needs a JDK 17 and Maven, and this machine has no {', '.join(lacks)}"
        " (apt-get install openjdk-17-jdk-headless maven)"
    )


def cache() -> Path:
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ereader"
    digest = hashlib.sha256()
    for name in ("pom.xml", "SolrNode.java"):
        digest.update((NODE / name).read_bytes())
    return root / f"solr-{digest.hexdigest()[:16]}"


def built() -> tuple[Path, Path] | None:
    """The folders of libraries and of our class, when they are there."""
    folder = cache()
    return (folder / "lib", folder / "classes") if (folder / "complete").exists() else None


def programs() -> tuple[Path, Path]:
    """The folders of libraries and of our class; fetched and built the first time. Raises `SolrMissing`."""
    found = built()
    if found is not None and shutil.which("java"):
        return found
    if reason := missing():
        raise SolrMissing(reason)
    folder = cache()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with locked(folder.with_suffix(".lock")):
        found = built()
        if found is not None:
            return found
        shutil.rmtree(folder, ignore_errors=True)
        library, classes = folder / "lib", folder / "classes"
        _run_tool(
            ["mvn", "-q", "-B", "-f", str(NODE / "pom.xml"), "dependency:copy-dependencies",
             f"-DoutputDirectory={library}"]
        )  # fmt: skip
        _run_tool(["javac", "-cp", f"{library}/*", "-d", str(classes), str(NODE / "SolrNode.java")])
        (folder / "complete").touch()
        return library, classes


def _run_tool(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join((done.stdout + done.stderr).strip().splitlines()[-5:])
        raise SolrMissing(f"the programs of Solr cannot be got: {command[0]} says\n{last}")


@contextlib.contextmanager
def locked(file: Path) -> Iterator[None]:
    """Only one process at a time."""
    with file.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def free_ports(count: int) -> list[int]:
    """Ports that nobody has, below those that a system hands out by itself: they are listened on seconds later,
    and a node that was killed wants its own again.
    """
    found: list[int] = []
    for port in random.sample(range(10_000, 30_000), 1000):
        if len(found) == count:
            break
        with contextlib.suppress(OSError), socket.socket() as one:
            one.bind(("127.0.0.1", port))
            found.append(port)
    return found


def wait_for_port(port: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.05)
    return False


def _get(address: str) -> dict[str, Any] | None:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            found: dict[str, Any] = json.load(answer)
            return found
    except (OSError, ValueError, urllib.error.URLError):
        return None
