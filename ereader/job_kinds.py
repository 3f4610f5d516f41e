"""What each kind of job does (任务种类): a function of the home, the arguments and how to tell progress.

The home's right to write is held by the caller. What a function answers is the job's result, as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import msgspec

from ereader import exit_status, load_report, undo_load
from ereader.commands import load as load_command
from ereader.installation import Installation
from ereader.sources import existing
from indexer import follow, quality, review

UPLOADS = "uploads"  # in the home: files that came over HTTP
WORTH_WORKERS = 5_000  # union records; for fewer, starting processes takes longer than the work


class Tell(Protocol):
    """Takes how far a job is: pieces done, of how many (0: unknown), and the code of what is being done."""

    def __call__(self, done: int, total: int = 0, text: str = "") -> None: ...


Result = dict[str, Any]
Work = Callable[[Installation, Mapping[str, Any], Tell], Result]


def load(installation: Installation, arguments: Mapping[str, Any], tell: Tell) -> Result:
    """Files into a repository that there is, as ``ereader load`` does."""
    files = existing([Path(name) for name in arguments.get("files", ())])
    size = sum(file.stat().st_size for file in files)
    mapping = arguments.get("mapping")
    given = argparse.Namespace(
        library="",
        repository=str(arguments["repository"]),
        create=False,
        format=str(arguments.get("format", "")),
        type=str(arguments.get("type", "")),
        charset=str(arguments.get("charset", "")),
        mapping=Path(mapping) if mapping else None,
        take_older=bool(arguments.get("take_older")),
        again=bool(arguments.get("again")),
        authority=bool(arguments.get("authority")),
        workers=None,
    )
    tell(0, 0, "reading")

    def told(read: int, fraction: float) -> None:
        # How many there will be is guessed from how much of the files is read.
        tell(read, max(read, round(read / fraction)) if fraction else 0, "loading")

    loaded = load_command.load_files(installation, files, given, told)
    tell(loaded.counts.read, loaded.counts.read, "reporting")
    load_report.write(installation.home, installation.store, loaded.run, lambda n: tell(n, 0, "reporting"))
    quality.after_load(installation.database, given.repository, installation.store.now())
    if arguments.get("remove"):
        _remove(installation, files)
    return {**msgspec.to_builtins(loaded.counts), "run": loaded.run, "bytes": size}


def reindex(installation: Installation, arguments: Mapping[str, Any], tell: Tell) -> Result:
    """The index again from the union repository, of one repository or of all."""
    members, store, engine = installation.members, installation.store, installation.engine
    repository = str(arguments.get("repository", ""))
    if repository and repository not in members.repositories():
        raise exit_status.UsageError(f"there is no repository {repository}", "no-repository")
    counted = store.statistics()
    if repository and engine.usable():
        total = counted["repositories"].get(repository, {}).get("live", 0)
        with follow.writing(engine, store, members) as index:
            found = [repository]
            count = follow.refresh(index, store, members, found, lambda n: tell(n, total, "indexing"))
    else:
        total = counted["unions"]
        workers = installation.settings.load_workers if total > WORTH_WORKERS else 0
        count = follow.rebuild(engine, store, members, lambda n: tell(n, total, "indexing"), workers=workers)
    return {"indexed": count}


def rebuild(installation: Installation, _: Mapping[str, Any], tell: Tell) -> Result:
    """Records of which more or fewer should be seen than the index shows; until nothing is left, for rules
    may change while it works.
    """
    members, store, engine = installation.members, installation.store, installation.engine
    count = 0
    while True:
        stale = members.stale()
        found = store.statistics()["repositories"]
        total = count + sum(found.get(r, {}).get("live", 0) for r in stale)
        before = count

        def told(n: int, before: int = before, total: int = total) -> None:
            tell(before + n, total, "indexing")

        # Opened also where no rule has changed: embargoes that ended and flags are followed at once then.
        with follow.writing(engine, store, members) as index:
            count += follow.refresh(index, store, members, stale, told)
        if not members.stale():
            return {"indexed": count}


def find_pairs(installation: Installation, arguments: Mapping[str, Any], tell: Tell) -> Result:
    """The pairs of a repository that a person should see."""
    repository = str(arguments.get("repository", ""))
    if repository not in installation.members.repositories():
        raise exit_status.UsageError(f"there is no repository {repository}", "no-repository")
    store = installation.store
    found = review.find(
        installation.database, repository, store.now(), lambda n, of: tell(n, of, "comparing")
    )
    return msgspec.structs.asdict(found)


def join(installation: Installation, _: Mapping[str, Any], tell: Tell) -> Result:
    """What the rules of likeness hold to be the same among records that changed is joined."""
    store = installation.store
    total = store.likeness_pending()
    with follow.writing(installation.engine, store, installation.members) as index:
        count = follow.join_likely(index, store, progress=lambda n: tell(n, total, "comparing"))
    return {"compared": count}


def measure(installation: Installation, arguments: Mapping[str, Any], _: Tell) -> Result:
    """How good the records of a repository are now."""
    repository = str(arguments.get("repository", ""))
    found = quality.after_load(installation.database, repository, installation.store.now())
    return {"records": found.quality.records if found else 0}


def _remove(installation: Installation, files: list[Path]) -> None:
    """Only what was put there for a load: a path from elsewhere is somebody's own file."""
    folder = (installation.home / UPLOADS).resolve()
    for file in files:
        if file.resolve().is_relative_to(folder):
            with contextlib.suppress(OSError):
                file.unlink()


DOING: dict[str, Work] = {
    "load": load,
    "undo-load": undo_load.work,
    "reindex": reindex,
    "rebuild": rebuild,
    "join": join,
    "review": find_pairs,
    "quality": measure,
}
