"""The first section of a stream over HTTP while three systems elsewhere hang (首段测速), for ``scripts/bench resolve --http``.

A home gets one article, held by a library whose own system hangs, and a source of open access and a registry of DOIs that hang too. It is
served as readers meet it, by a process of its own. A hanging service is soon left alone, so only the first few questions to each new
server count: of them the time from the request to the first section is taken, by the clock on the wall.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from scripts.served import served

QUESTIONS = 4  # to each server, before any circuit opens
DOI = "10.5555/first.section"
LIBRARY = """
[[library]]
id = "l"
name = { zh = "馆", en = "Library" }
[[repository]]
id = "l-all"
library = "l"
name = { zh = "全部", en = "All" }
offered_to = ["centre"]
published_by = ["centre"]
[[membership]]
library = "l"
consortium = "centre"
status = "active"
[[endpoint]]
id = "l-daia"
library = "l"
kind = "daia"
address = "http://127.0.0.1:PORT/daia"
"""
RECORD = f"""{{"leader":"00000nab a2200000 a 4500","fields":[{{"001":"1"}},
{{"024":{{"ind1":"7","ind2":" ","subfields":[{{"a":"{DOI}"}},{{"2":"doi"}}]}}}},
{{"245":{{"ind1":"1","ind2":"0","subfields":[{{"a":"On soils"}}]}}}},
{{"773":{{"ind1":"0","ind2":" ","subfields":[{{"t":"Journal of things 7"}},{{"x":"ISSN"}}]}}}},
{{"852":{{"ind1":"0","ind2":" ","subfields":[{{"b":"Main"}},{{"h":"S 1"}}]}}}}]}}
"""


@contextmanager
def hanging() -> Iterator[tuple[int, set[str]]]:
    """A port that takes every question and never answers, and the first part of the paths that were asked."""
    asked: set[str] = set()
    held: list[socket.socket] = []

    def take(server: socket.socket) -> None:
        while True:
            try:
                taken, _ = server.accept()
                taken.settimeout(5)
                asked.add(
                    taken.recv(4096).decode("latin-1").partition("/")[2][:40].split("/")[0].split("?")[0]
                )
            except TimeoutError:
                continue
            except OSError:
                return
            held.append(taken)

    with socket.create_server(("127.0.0.1", 0), backlog=500) as server:
        threading.Thread(target=take, args=(server,), daemon=True).start()
        yield server.getsockname()[1], asked
    for one in held:
        one.close()


def ereader(home: Path, *words: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "ereader", "--home", str(home), *words], check=True, stdout=subprocess.DEVNULL
    )


def processor_seconds(process: int) -> float:
    """What a process has had of the processors, 0 where nobody tells: on a busy machine the clock tells of others."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def first_section(client: httpx.Client, link: str) -> tuple[float, dict[str, Any]]:
    """Milliseconds until the first section is whole, and what the end of the stream says."""
    began, taken, said, buffer = time.perf_counter(), 0.0, {}, ""
    with client.stream("GET", f"/at/l/resolver/api/stream?{link}") as answer:
        for piece in answer.iter_text():
            buffer += piece
            if not taken and re.search(r"event: section\ndata: .+\n\n", buffer):
                taken = (time.perf_counter() - began) * 1000
    found = re.search(r"event: done\ndata: (.+)\n\n", buffer)
    said = json.loads(found[1]) if found else {}
    return taken, said


def measured(home: Path, issn: str, servers: int = 5) -> dict[str, Any]:
    """The times of the first sections, sorted, in milliseconds; ``home`` holds the knowledge base already."""
    with hanging() as (port, asked):
        (home / "bench.toml").write_text(LIBRARY.replace("PORT", str(port)), "utf-8")
        (home / "bench.jsonl").write_text(RECORD.replace("ISSN", issn).replace("\n", "") + "\n", "utf-8")
        (home / "settings.toml").write_text(
            f'open_access = "http://127.0.0.1:{port}/oa/{{doi}}"\ncitations = "http://127.0.0.1:{port}/works/{{doi}}"\n'
            'outside_networks = "127.0.0.0/8"\n',
            "utf-8",
        )
        ereader(home, "apply", str(home / "bench.toml"))
        ereader(home, "load", str(home / "bench.jsonl"), "--library", "l", "--repository", "l-all", "--json")
        taken, busy, pending = [], 0.0, set()
        for _ in range(servers):
            with served(home) as (address, process), httpx.Client(base_url=address, timeout=60) as client:
                client.get("/at/l/resolver?rft.title=warm").raise_for_status()
                first_section(
                    client, f"rft.genre=article&rft.issn={issn}&rft.date=2001"
                )  # nothing elsewhere is asked
                before = processor_seconds(process)
                for _ in range(QUESTIONS):
                    spent, said = first_section(
                        client, f"rft_id=info:doi/{DOI}&rft.genre=article&rft.date=2001"
                    )
                    taken.append(spent)
                    pending |= set(said.get("pending", ()))
                busy += processor_seconds(process) - before
    taken.sort()
    return {
        "http_first_section_median_ms": round(taken[len(taken) // 2], 1),
        "http_first_section_most_ms": round(taken[-1], 1),
        "http_processor_ms": round(busy / len(taken) * 1000, 1),
        "http_questions": len(taken),
        "http_pending": sorted(pending),
        "http_hanging": sorted(asked),
    }
