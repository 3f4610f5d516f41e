"""A load as it is run by hand, and what it takes (计时装载)."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent


class Timed(NamedTuple):
    """What a load took (装载耗时): its counts, seconds from start to exit, seconds of processor of all its
    processes, the highest sum of their memory in bytes.
    """

    counts: dict[str, int]
    seconds: float
    processor: float
    memory: int


def timed_load(file: Path, home: Path) -> Timed:
    """Loads a file into the repository ``bench`` of a home."""
    command = [sys.executable, "-m", "ereader", "--home", str(home), "load", str(file)]
    command += ["--library", "bench", "--repository", "bench", "--create", "--json"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.monotonic()
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(memory_of, family(process.pid))))
        time.sleep(0.1)
    seconds = time.monotonic() - started
    assert process.stdout is not None
    out = process.stdout.read()
    if process.returncode not in (0, 1):
        raise SystemExit(f"the load failed with status {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timed(json.loads(out.splitlines()[-1]), seconds, processor, peak)


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    found = [pid]
    for one in found:
        for children in Path(f"/proc/{one}/task").glob("*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


def memory_of(pid: int) -> int:
    """Memory of a process without what it maps from files: the database and the index are the system's
    cache.
    """
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    kept = [line.split() for line in text.splitlines() if line.startswith(("RssAnon:", "RssShmem:"))]
    return sum(int(fields[1]) * 1024 for fields in kept)
