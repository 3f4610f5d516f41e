"""``ereader apply``: libraries, consortia, repositories, sharing and users from a file (应用配置)."""

from __future__ import annotations

import argparse
import datetime
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status, jobs
from ereader.auth import door
from ereader.auth.operator import actor_of, operator
from ereader.auth.roles import Actor
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.progress import Progress
from ereader.search.facet_list import SHOWN
from ereader.sharing_effect import Effect, effects
from holdings.members import Configuration, change
from holdings.members import apply as configuration
from holdings.members.registry import KINDS
from indexer import follow
from indexer.records.resource_type import BY_CODE

# What designs of portals may name.
KNOWN = {"types": tuple(BY_CODE), "facets": SHOWN}


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
    parser.add_argument(
        "--remove",
        action="append",
        default=[],
        metavar="KIND/ID",
        help="remove an entry: user/NAME, repository/ID, membership/LIBRARY/CONSORTIUM, library/ID …",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="change nothing; say what would change, hide and show"
    )
    parser.add_argument("--reason", default="", metavar="TEXT", help="why, for the audit log")
    parser.add_argument(
        "--export", action="store_true", help="print the present state in the same form, without secrets"
    )


def run(args: argparse.Namespace) -> int:
    given = bool(args.files or args.remove)
    if args.export == given:
        raise UsageError("give one or more files, --remove, or --export alone")
    if args.export:
        with open_home(args.home) as installation:
            print(configuration.export(installation.members.configuration()), end="")
        return exit_status.DONE
    with open_home(args.home) as installation, _writing(installation, args.dry_run) as mine:
        actor = actor_of(installation.members, args.acting) if args.acting else operator()
        sources: list[Path | tuple[str, ...]] = [*args.files]
        if args.remove:
            sources.append(tuple(args.remove))
        if len(args.files) > 1:
            _all_readable(installation, args.files)
        for source in sources:
            if args.dry_run:
                _tell(installation, source, actor, args.json)
                continue
            applied = (
                apply_file(installation, source, actor, args.reason, index=mine)
                if isinstance(source, Path)
                else remove(installation, source, actor, args.reason, index=mine)
            )
            if args.json:
                said = {"file": str(source)} if isinstance(source, Path) else {"removed": source}
                print(msgspec.json.encode({**said, "changed": applied.changed}).decode())
        if not mine and not args.dry_run:
            jobs.start(installation, "rebuild", {}, jobs.AUTOMATIC, once=True)
    return exit_status.DONE


def _all_readable(installation: Installation, files: Sequence[Path]) -> None:
    """Several files are one change: where one of them cannot be read, none is applied."""
    present = installation.members.configuration()
    for file in files:
        try:
            changes, _ = configuration.parse(_text(file), present, os.environ, KNOWN)
        except configuration.ConfigurationError as error:
            raise _refused(file, error) from error
        present = change.after(present, changes)


@contextmanager
def _writing(installation: Installation, dry_run: bool) -> Iterator[bool]:
    """The right to write to the index; False where another process has it. The registry may be changed all
    the same: what was taken away is hidden at once, and the index follows in the background.
    """
    with ExitStack() as held:
        mine = not dry_run
        try:
            if mine:
                held.enter_context(installation.writing())
        except UsageError as error:
            mine = False
            print(f"the index follows in the background: {error}", file=sys.stderr)
        yield mine


def remove(
    installation: Installation, entries: Sequence[str], actor: Actor, reason: str = "", *, index: bool = True
) -> configuration.Applied:
    """Removes entries, given as kind/id; the records of a repository that is no more are seen by nobody."""
    changes, remarks = _removal(installation, entries)
    try:
        changed = door.save(installation.members, changes, actor, reason)
    except (door.Denied, door.Hindered) as error:
        raise UsageError(f"nothing was changed: {error}") from error
    for remark in remarks:
        print(remark, file=sys.stderr)
    print(f"{len(changed)} entries removed or changed", file=sys.stderr)
    if index:
        refresh(installation)
    return configuration.Applied(tuple(changed), tuple(remarks))


def _removal(installation: Installation, entries: Sequence[str]) -> tuple[Configuration, list[str]]:
    strange = [e for e in entries if e.partition("/")[0] not in KINDS or not e.partition("/")[2]]
    if strange:
        raise UsageError(f"--remove {strange[0]}: say KIND/ID, where KIND is one of {', '.join(KINDS)}")
    present = installation.members.configuration()
    return configuration.removing(Configuration(), entries, present)


def _tell(installation: Installation, source: Path | tuple[str, ...], actor: Actor, json: bool) -> None:
    """Says what applying would do, and does nothing."""
    present = installation.members.configuration()
    if isinstance(source, Path):
        try:
            changes, _ = configuration.parse(_text(source), present)
        except configuration.ConfigurationError as error:
            raise _refused(source, error) from error
    else:
        changes, _ = _removal(installation, source)
    try:
        changed = door.rehearse(installation.members, changes, actor)
    except (door.Denied, door.Hindered) as error:
        raise UsageError(f"nothing would be changed: {error}") from error
    day = datetime.datetime.now(datetime.UTC).date()
    found = effects(installation.database, present, changes, day)
    if json:
        print(msgspec.json.encode({"changed": changed, "effects": found}).decode())
        return
    print(f"would change: {', '.join(changed) or 'nothing'}")
    for effect in found:
        print(told(effect))


def told(effect: Effect) -> str:
    """An effect in one sentence."""
    parts = []
    if effect.hides:
        parts.append(f"hides {effect.hidden:,} records, {effect.gone:,} of them held nowhere else there")
    if effect.shows:
        parts.append(f"shows {effect.shown:,} records, {effect.new:,} of them not there before")
    whom = "" if effect.audience == "everyone" else f" ({effect.audience})"
    return f"{effect.place}{whom}: {'; '.join(parts)}"


def apply_file(
    installation: Installation,
    file: Path,
    actor: Actor | None = None,
    reason: str = "",
    environment: Mapping[str, str] = os.environ,
    *,
    index: bool = True,
) -> configuration.Applied:
    """Applies one file as ``actor`` (without one, as the operator); with ``index``, indexes again what is now
    seen by others, and the right to write in the home is held by the caller.
    """
    members = installation.members
    save = partial(_save, installation, actor or operator(), reason)
    text = _text(file)
    try:
        applied = configuration.apply(members, text, environment, save, KNOWN)
    except (door.Denied, door.Hindered) as error:
        raise UsageError(f"{file}: nothing was changed: {error}") from error
    except configuration.ConfigurationError as error:
        raise _refused(file, error) from error
    for remark in applied.remarks:
        print(f"{file.name}: {remark}", file=sys.stderr)
    print(f"{file.name}: {len(applied.changed)} entries added or changed", file=sys.stderr)
    if index:
        refresh(installation)
    return applied


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{file}: not UTF-8: {error}") from error


def _refused(file: Path, error: configuration.ConfigurationError) -> UsageError:
    lines = "\n".join(f"  {problem}" for problem in error.problems)
    return UsageError(f"{file}: nothing was changed:\n{lines}")


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
