"""``scripts/bench growth``: what a load costs when much is there already (增长测量).

The first load is the file itself. Each further one is as many records put together from fields of its records:
the title of one, the names of another, the subjects of a third, so that words, names and headings are as
frequent as in a real catalogue; numbers are left out but for one record in twenty, which keeps its own and is
a record of another source for the same book. At the end some records come changed.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from indexer.marc.byte_fields import STOP, ByteField, byte_fields, record_bytes
from scripts.timed_load import Timed, timed_load

NUMBERED = 20  # one record in so many keeps its numbers
# By which other record a part comes, counted from the first: primes, so that the same ones rarely meet.
TITLES, NAMES, SUBJECTS = 7_919, 104_729, 15_485_863


def add_parser(commands: Any) -> None:
    parser = commands.add_parser("growth", help="loads into a home that holds more and more")
    parser.add_argument("file", type=Path, help="records in ISO 2709")
    parser.add_argument("--records", type=int, default=0, help="only the first N records")
    parser.add_argument("--steps", type=int, default=4, help="loads of as many records each")
    parser.add_argument("--changed", type=int, default=1000, help="records that come changed at the end")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    data = [record + STOP for record in args.file.read_bytes().split(STOP)[:-1]]
    data = data[: args.records or None]
    work = Path(tempfile.mkdtemp(prefix="ereader-growth-"))
    steps: list[dict[str, Any]] = []
    try:
        file = work / "records.mrc"
        for step in range(args.steps):
            with file.open("wb") as out:
                out.writelines(combined(data, step) if step else data)
            steps.append(told(f"load {step + 1}", timed_load(file, work / "home")))
        with file.open("wb") as out:
            out.writelines(changed(data, args.changed))
        update = told("changed records", timed_load(file, work / "home"))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    result = {
        "bench": "growth",
        "cores": len(os.sched_getaffinity(0)),
        "steps": steps,
        "last_to_first": round(steps[-1]["seconds"] / steps[0]["seconds"], 3),
        "last_to_first_processor": round(steps[-1]["processor"] / steps[0]["processor"], 3),
        "update": update,
    }
    print(json.dumps(result))
    return 0


def told(name: str, loaded: Timed) -> dict[str, Any]:
    counts = loaded.counts
    print(
        f"{name}: {counts['read']:,} read, {counts['new']:,} new, {counts['changed']:,} changed in "
        f"{loaded.seconds:.1f} s ({loaded.processor:.1f} s of processor), {loaded.memory / 2**20:,.0f} MiB",
        file=sys.stderr,
    )
    return {
        "read": counts["read"],
        "new": counts["new"],
        "changed": counts["changed"],
        "seconds": round(loaded.seconds, 2),
        "processor": round(loaded.processor, 2),
        "peak_memory_mib": round(loaded.memory / 2**20),
    }


def combined(data: Sequence[bytes], step: int) -> Iterator[bytes]:
    """As many records again, each of parts of four."""
    count = len(data)
    for n, record in enumerate(data):
        own = byte_fields(record)
        numbers = n % NUMBERED == step % NUMBERED
        made: list[ByteField] = [(b"001", b"g%d-%d" % (step, n))]
        made += [(t, d) for t, d in own if t[:2] == b"00" and t > b"003" and t != b"001"]
        if numbers:
            # The same book, as another catalogue has it.
            made += [(t, d) for t, d in own if t >= b"010"]
        else:
            taken = [
                (TITLES, lambda t: t[:2] == b"24"),
                (NAMES, lambda t: t[:1] in (b"1", b"7")),
                (SUBJECTS, lambda t: t[:1] == b"6"),
                (0, lambda t: t >= b"040" and t[:1] not in (b"1", b"6", b"7") and t[:2] != b"24"),
            ]
            for away, wanted in taken:
                other = own if not away else byte_fields(data[(n + step * away) % count])
                made += [(t, d) for t, d in other if wanted(t)]
        yield record_bytes(record[:24], sorted(made, key=lambda one: one[0]))


def changed(data: Sequence[bytes], count: int) -> Iterator[bytes]:
    """Records of the first load, spread over all of it, each with a note that it did not have."""
    for record in data[:: max(1, len(data) // count)][:count]:
        note = (b"500", b"  \x1faChanged for a measurement.")
        yield record_bytes(record[:24], sorted([*byte_fields(record), note], key=lambda one: one[0]))
