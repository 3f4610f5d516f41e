"""A home that is served while something is measured (测量用服务): by a process of its own, as readers meet it."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def served(home: Path) -> Iterator[tuple[str, int]]:
    """The address of the server and the number of its process."""
    command = [sys.executable, "-m", "ereader", "--home", str(home), "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        address = next((line.split()[-1] for line in process.stdout if line.startswith("listening on ")), "")
        if not address:
            raise SystemExit(f"the server of {home} ended: {command}")
        # What it says later must not fill the pipe.
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(60)
