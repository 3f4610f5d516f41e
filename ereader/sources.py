"""Profiles of sources from what the command line and the registry say (来源配置的来历)."""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from ereader.exit_status import UsageError
from indexer.formats.mapping import check
from indexer.profile import Profile
from indexer.records.resource_type import BY_CODE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options that say how a file is to be read, the same for every command that reads one."""
    parser.add_argument(
        "--format", default="", help="format of the file; recognised from its content when not given"
    )
    parser.add_argument(
        "--type", default="", metavar="CODE", help="resource type that the source declares for all records"
    )
    parser.add_argument(
        "--mapping", type=Path, metavar="FILE", help="TOML mapping of a list (ereader map proposes one)"
    )
    parser.add_argument(
        "--charset", default="", help="character set, when the records do not say or lie about it"
    )


def profile_of(
    args: argparse.Namespace, stored: dict[str, Any], library: str = "", repository: str = ""
) -> Profile:
    """The repository's stored profile with the options of this call over it."""
    values: dict[str, Any] = {**stored, "library": library, "repository": repository}
    if args.type and args.type not in BY_CODE:
        raise UsageError(f"--type {args.type}: unknown; the types are {', '.join(BY_CODE)}")
    for name in ("type", "format", "charset"):
        if getattr(args, name, ""):
            values[name] = getattr(args, name)
    if getattr(args, "mapping", None):
        values["mapping"] = read_mapping(args.mapping)
    try:
        return msgspec.convert(values, Profile)
    except msgspec.ValidationError as error:
        raise UsageError(f"profile of repository {repository}: {error}", "reading") from error


def read_mapping(path: Path) -> dict[str, Any]:
    """A parsed mapping file; a UsageError says what is wrong with it."""
    try:
        mapping = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not a mapping file: {error}", "mapping") from error
    wrong = [problem.message for problem in check(mapping) if problem.severity == "error"]
    if wrong:
        raise UsageError(f"{path}: {'; '.join(wrong)}", "mapping")
    return mapping


def existing(paths: list[Path]) -> list[Path]:
    """The files themselves, and the files of folders in order of their names."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        elif path.exists():
            files.append(path)
        else:
            raise UsageError(f"{path}: there is no such file", "no-file")
    return files
