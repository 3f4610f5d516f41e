"""``ereader demo``: the demo consortium, built and served (演示)."""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import ereader.demo
from ereader import browse_lists, exit_status
from ereader.commands import apply, load, serve
from ereader.installation import open_home
from ereader.settings import read_settings
from ereader.simulators import demo as simulators
from resolver.knowledge_base import load as knowledge_base
from resolver.knowledge_base.load import ListFile
from resolver.knowledge_base.terms import read_terms

FOLDER = Path(ereader.demo.__file__).parent


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("demo", help="build the demo consortium in the home and serve it")
    serve.add_arguments(parser)
    parser.add_argument("--no-serve", action="store_true", help="build only")


def run(args: argparse.Namespace) -> int:
    settings = read_settings(args.home)
    refused = build(args.home)
    if refused:
        print(
            f"{refused} records of the demo were refused: its data or an adapter is damaged", file=sys.stderr
        )
    if args.no_serve:
        print(
            f"the demo consortium is in {args.home}; serve it with: ereader --home {args.home} serve",
            file=sys.stderr,
        )
        return exit_status.REFUSED if refused else exit_status.DONE
    with simulators.systems(args.home):
        return serve.serve(
            args.home, args.host or settings.host, settings.port if args.port is None else args.port, 1
        )


def build(home: Path) -> int:
    """Applies ``consortium.toml`` and loads what ``load.toml`` lists; answers with how many records were
    refused.

    Building again changes nothing.
    """
    refused = 0
    settings = tomllib.loads((FOLDER / "load.toml").read_text("utf-8"))
    listed = settings["load"]
    with open_home(home) as installation, installation.writing():
        file = FOLDER / "consortium.toml"
        known = {user.name for user in installation.members.users().values() if user.secret}
        made = passwords(file, known, os.environ)
        apply.apply_file(installation, file, environment={**os.environ, **dict(made.values())})
        for name, (variable, password) in made.items():
            print(
                f"demo account {name}: password {password} (shown this once; or set {variable})",
                file=sys.stderr,
            )
        for entry in listed:
            args = argparse.Namespace(
                library=entry.get("library", ""),
                repository=entry["repository"],
                create=False,
                format=entry.get("format", ""),
                type=entry.get("type", ""),
                mapping=FOLDER / entry["mapping"] if "mapping" in entry else None,
                charset=entry.get("charset", ""),
                take_older=False,
                again=False,
                workers=0,
            )
            files = [FOLDER / name for name in entry.get("files", [entry.get("file", "")])]
            refused += load.load_files(installation, files, args).counts.refused
        browse_lists.make(installation)
        for package in settings["package"]:
            knowledge_base.load(
                installation.database,
                package["name"],
                [ListFile(Path(name).name, (FOLDER / name).read_bytes()) for name in package["files"]],
                platform=package["platform"],
                terms=read_terms(package["terms"]),
            )
    return refused


def passwords(
    file: Path, known: Collection[str], environment: Mapping[str, str]
) -> dict[str, tuple[str, str]]:
    """Name → (variable, new random password), for users of a file who have none and find none there.

    A password that is the same everywhere would be known to everybody, also where a demo is reachable.
    """
    users = tomllib.loads(file.read_text("utf-8")).get("user", [])
    wanted = {user["name"]: user["password_env"] for user in users if user["name"] not in known}
    return {n: (v, secrets.token_urlsafe(12)) for n, v in wanted.items() if not environment.get(v)}
