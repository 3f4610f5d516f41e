"""``ereader demo``: the demo consortium, built and served (演示)."""

from __future__ import annotations

import argparse
import sys
import tomllib
from pathlib import Path
from typing import Any

import ereader.demo
from ereader import browse_lists, exit_status
from ereader.commands import apply, load, serve
from ereader.installation import open_home
from ereader.settings import read_settings

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
    return serve.serve(
        args.home, args.host or settings.host, settings.port if args.port is None else args.port, 1
    )


def build(home: Path) -> int:
    """Applies ``consortium.toml`` and loads what ``load.toml`` lists; answers with how many records were
    refused.

    Building again changes nothing.
    """
    refused = 0
    listed = tomllib.loads((FOLDER / "load.toml").read_text("utf-8"))["load"]
    with open_home(home) as installation, installation.writing():
        apply.apply_file(installation, FOLDER / "consortium.toml")
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
    return refused
