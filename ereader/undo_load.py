"""Undoing a load as work in the background (撤销装载任务)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from ereader import load_report
from ereader.exit_status import UsageError
from ereader.installation import Installation
from indexer import undo

WHY = {
    "undone": "it was undone already",
    "later-first": "load {later} came after it; undo that one first",
    "given-up": "the versions before it are no longer kept",
    "never-kept": "the versions before it were not kept",
    "nothing": "it changed nothing",
}


def work(
    installation: Installation, arguments: Mapping[str, Any], tell: Callable[[int, int, str], None]
) -> dict[str, Any]:
    """Undoes the load ``run``; the home's right to write is held by the caller."""
    run = int(arguments["run"])
    members, store, engine = installation.members, installation.store, installation.engine
    actor = str(arguments.get("actor", ""))
    try:
        done = undo.undo(run, store, members, engine, actor, lambda n, total: tell(n, total, "undoing"))
    except undo.CannotUndo as error:
        why = WHY.get(error.found.standing, "").replace("{later}", str(error.found.later))
        raise UsageError(f"load {run} cannot be undone: {why}", f"undo-{error.found.standing}") from error
    # Its report quotes what is taken away now.
    load_report.remove(installation.home, run)
    return {"run": run, **msgspec.to_builtins(done)}
