"""Reports of loads as files in the home (装载报告文件): a page to read and a table for a spreadsheet."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from indexer import run_report
from indexer.report import CSV_NAME, PAGE_NAME
from indexer.run_report import Reported
from indexer.store import Store

FOLDER = "reports"
SUMMARY = "numbers.json"
NAMES = (PAGE_NAME, CSV_NAME)
MOST_AT_ONCE = 20_000  # records on which a report is made while somebody waits for its page


def folder_of(home: Path, run: int) -> Path:
    """Where the report of a load is."""
    return home / FOLDER / str(run)


def write(
    home: Path, store: Store, run: int, progress: Callable[[int], None] = lambda _: None
) -> Reported | None:
    """Makes the report of a load; None where there is no such load."""
    folder = folder_of(home, run)
    # Two visitors may ask for the same report at the same moment.
    beside = folder.with_name(f"{run}.{secrets.token_hex(4)}")
    made = run_report.write(store, run, beside, progress)
    if made is None:
        shutil.rmtree(beside, ignore_errors=True)
        return None
    (beside / SUMMARY).write_bytes(msgspec.json.encode(made))
    shutil.rmtree(folder, ignore_errors=True)
    try:
        beside.rename(folder)
    except OSError:
        shutil.rmtree(beside, ignore_errors=True)
    return made


def find(home: Path, run: int) -> Reported | None:
    """The numbers of a report; None while there is none."""
    try:
        return msgspec.json.decode((folder_of(home, run) / SUMMARY).read_bytes(), type=Reported)
    except (OSError, msgspec.DecodeError):
        return None


def remove(home: Path, run: int) -> None:
    """Removes a report, which quotes the records of its load."""
    shutil.rmtree(folder_of(home, run), ignore_errors=True)
