"""A home with nothing in it, served: what somebody finds who has just installed the program."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def serving(home: Path) -> Iterator[tuple[str, str]]:
    """Serves a home; gives its address, and that of the set-up ("" for none)."""
    log = home.parent / "stderr.txt"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "ereader", "--home", str(home), "serve", "--port", "0"],
            stdout=subprocess.PIPE, stderr=errors, text=True,
        )  # fmt: skip
    try:
        assert process.stdout
        line = process.stdout.readline()
        assert line.startswith("listening on "), log.read_text()
        told = re.search(r"http\S+/setup\?key=\S+", log.read_text())
        yield line.split()[-1], told[0] if told else ""
    finally:
        process.terminate()
        process.communicate(timeout=120)
