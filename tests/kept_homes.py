"""Homes that several modules need: each is made once in a run, by whoever needs it first, and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

FOLDER = "EREADER_TEST_HOMES"  # names the folder of a run, to all of its processes


def copied(home: Path, name: str, make: Callable[[Path], object]) -> Path:
    """A home with what ``make`` puts into it, made elsewhere by the first that asks for this name; where no run
    of tests has a folder for that, made on the spot.
    """
    if FOLDER not in os.environ:
        make(home)
        return home
    kept = Path(os.environ[FOLDER])
    kept.mkdir(parents=True, exist_ok=True)
    with (kept / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if not (kept / name).exists():
            unfinished = kept / f"{name}.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            make(unfinished)
            unfinished.rename(kept / name)
    return Path(shutil.copytree(kept / name, home, symlinks=True, dirs_exist_ok=True))
