"""``ereader doctor``: what is wrong with the installation, and what to do about it (诊断)."""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from ereader import exit_status
from ereader.database import server
from ereader.installation import Installation, open_home
from indexer import plugins
from indexer.index.engine import SearchUnavailable


class Finding(msgspec.Struct, frozen=True):
    """One thing that was looked at (诊断结果)."""

    what: str
    state: str  # good, warning, bad
    message: str


def add_parser(subparsers: Any) -> None:
    subparsers.add_parser("doctor", help="look for what is wrong with the installation")


def run(args: argparse.Namespace) -> int:
    """Prints findings; exit status 1 when something is bad."""
    with open_home(args.home, read_only=True) as installation:
        findings = list(examine(installation))
    for finding in findings:
        if args.json:
            print(msgspec.json.encode(finding).decode())
        else:
            print(f"{finding.state:<8} {finding.what:<12} {finding.message}")
    return exit_status.REFUSED if any(f.state == "bad" for f in findings) else exit_status.DONE


def examine(installation: Installation) -> Iterator[Finding]:
    """Looks at program, disk, database, index, sharing and plug-ins."""
    yield Finding("python", "good", f"{sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}")
    free = shutil.disk_usage(installation.home).free
    yield Finding(
        "disk", "good" if free > 2**30 else "warning", f"{free / 2**30:.1f} GiB free in {installation.home}"
    )
    yield _database(installation)
    yield _index(installation)
    yield from _members(installation)
    failures = plugins.failures()
    for problem in failures:
        yield Finding("plug-ins", "warning", problem.message)
    if not failures:
        yield Finding(
            "plug-ins", "good", f"{len(plugins.readers())} readers, {len(plugins.adapters())} formats"
        )
    unfinished = [run for run in installation.store.runs(1) if not run["finished"]]
    for run in unfinished:
        message = (
            f"load {run['number']} into {run['repository']}: it is running, or was killed (run it again)"
        )
        yield Finding("loads", "warning", message)


def _database(installation: Installation) -> Finding:
    if installation.database.dialect.name == "sqlite":
        with installation.database.connect() as connection:
            answer = str(connection.execute(sa.text("PRAGMA quick_check(5)")).scalar())
        if answer != "ok":
            return Finding("database", "bad", f"{answer}; restore it from a copy")
    counts = installation.store.statistics()
    held = f"{counts['sources']:,} source records, {counts['unions']:,} union records"
    with installation.database.connect() as connection:
        doubts = server.doubts(connection)
    return Finding("database", "warning" if doubts else "good", "; ".join([held, *doubts]))


def _index(installation: Installation) -> Finding:
    try:
        usable = installation.engine.usable()
    except SearchUnavailable as error:
        return Finding("index", "bad", f"the search engine does not answer: {error}")
    if not usable:
        state = "bad" if installation.store.seq() else "good"
        return Finding("index", state, "absent, or made for other fields: ereader reindex")
    behind = installation.store.seq() - installation.store.indexed_seq()
    if behind > 0:
        return Finding(
            "index", "warning", f"{behind:,} changes behind: the next load or serve brings them in"
        )
    return Finding("index", "good", "in step with the database")


def _members(installation: Installation) -> Iterator[Finding]:
    members = installation.members
    stale = members.stale()
    if stale:
        yield Finding("sharing", "warning", f"to be indexed again: {', '.join(stale)}: ereader reindex")
    for id in sorted(members.repositories()):
        if not members.atoms(id):
            yield Finding("sharing", "warning", f"nobody sees repository {id} (embargo)")
    if not stale:
        yield Finding(
            "sharing",
            "good",
            f"{len(members.libraries())} libraries, {len(members.repositories())} repositories",
        )
