"""``ereader apply``: libraries, consortia, repositories, sharing and users from a file (应用配置)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status
from ereader.auth import door
from ereader.auth.operator import actor_of, operator
from ereader.auth.roles import Actor
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.progress import Progress
from holdings.members import Configuration
from holdings.members import apply as configuration
from indexer import follow


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "apply", help="libraries, consortia, repositories, sharing and users from a TOML file"
    )
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="TOML files, applied in this order"
    )
    parser.add_argument(
        "--as",
        dest="acting",
        default="",
        metavar="USER",
        help="with the rights of this user; without it, with those of whoever runs the machine",
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit log")
    parser.add_argument(
        "--export", action="store_true", help="print the present state in the same form, without secrets"
    )


def run(args: argparse.Namespace) -> int:
    if args.export == bool(args.files):
        raise UsageError("give one or more files, or --export alone")
    if args.export:
        with open_home(args.home) as installation:
            print(configuration.export(installation.members.configuration()), end="")
        return exit_status.DONE
    with open_home(args.home) as installation, installation.writing():
        actor = actor_of(installation.members, args.acting) if args.acting else operator()
        for file in args.files:
            applied = apply_file(installation, file, actor, args.reason)
            if args.json:
                print(msgspec.json.encode({"file": str(file), "changed": applied.changed}).decode())
    return exit_status.DONE


def apply_file(
    installation: Installation,
    file: Path,
    actor: Actor | None = None,
    reason: str = "",
    environment: Mapping[str, str] = os.environ,
) -> configuration.Applied:
    """Applies one file as ``actor`` (without one, as the operator) and indexes again what is now seen by
    others; the right to write in the home is held by the caller.
    """
    members = installation.members
    save = partial(_save, installation, actor or operator(), reason)
    try:
        text = file.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8: {error}") from error
    try:
        applied = configuration.apply(members, text, environment, save)
    except door.Denied as error:
        raise UsageError(f"{file}: nothing was changed: {error}") from error
    except configuration.ConfigurationError as error:
        lines = "\n".join(f"  {problem}" for problem in error.problems)
        raise UsageError(f"{file}: nothing was changed:\n{lines}") from error
    for remark in applied.remarks:
        print(f"{file.name}: {remark}", file=sys.stderr)
    print(f"{file.name}: {len(applied.changed)} entries added or changed", file=sys.stderr)
    refresh(installation)
    return applied


def _save(installation: Installation, actor: Actor, reason: str, changes: Configuration) -> list[str]:
    return door.save(installation.members, changes, actor, reason)


def refresh(installation: Installation) -> None:
    """Indexes repositories again whose visibility has changed. What was taken away is hidden from this moment
    anyway.
    """
    members, store, engine = installation.members, installation.store, installation.engine
    stale = members.stale()
    if not stale:
        return
    shown = Progress(f"indexing {', '.join(stale[:3])}{' …' if len(stale) > 3 else ''} again")
    with follow.writing(engine, store, members) as index:
        count = follow.refresh(index, store, members, stale, shown.at)
    shown.end(count)
