"""The command line (命令行): one table of commands, each a module of ``ereader.commands``.

A command module has ``add_parser(subparsers)``, which adds a parser of the command's name, and ``run(args) ->
int``, which answers with an exit status. Only the module of the command asked for is imported. ``--home`` and
``--json`` are given to every command here; ``args.home`` is a Path, not yet created. Results go to standard
output, everything else to standard error.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ereader import exit_status
from ereader.settings import default_home

COMMANDS = {
    "demo": "build the demo consortium in the home and serve it",
    "serve": "serve what the home holds",
    "apply": "libraries, consortia, repositories, sharing and users from a TOML file",
    "load": "load files of records into a repository",
    "undo": "take a load back: its repository is what it was before",
    "convert": "convert a file of records, storing nothing",
    "check": "report on the quality of a file of records",
    "map": "propose a mapping file for a list",
    "search": "search from the command line",
    "export": "a repository, or what a search finds, in another format",
    "match": "which records of a file describe the same thing",
    "kb": "check title lists of packages (KBART) and ask what they cover",
    "works": "which records are editions of one work, and corrections of it",
    "reindex": "build the search index again",
    "stats": "what the home holds, in numbers",
    "records": "what staff say of single records",
    "jobs": "what is being done in the background",
    "why": "why somebody sees a record, or does not",
    "audit": "who changed what, when and why",
    "database": "what keeps the records, and moving to another database",
    "lookup": "what a library's system answers, and how an answer is understood",
    "doctor": "look for what is wrong with the installation",
    "worker": "process queued work",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and answers with its exit status (``ereader.exit_status``)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    parser = _parser(_command_of(words))
    args = parser.parse_args(words)
    if args.command is None:
        parser.print_help(sys.stderr)
        return exit_status.USAGE
    args.home = Path(args.home) if args.home else default_home()
    try:
        return int(importlib.import_module(f"ereader.commands.{args.command}").run(args))
    except exit_status.ServiceUnavailable as error:
        return _fail(args.command, error, exit_status.SERVICE)
    except exit_status.UsageError as error:
        return _fail(args.command, error, exit_status.USAGE)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; Python must not complain again when it flushes at
        # exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_status.DONE
    except KeyboardInterrupt:
        print("stopped; what was reported as loaded is kept", file=sys.stderr)
        return exit_status.INTERRUPTED
    except Exception as error:
        # Imported here, because most commands need no search engine, and some no database.
        from sqlalchemy.exc import OperationalError

        from indexer.index.engine import SearchUnavailable

        if isinstance(error, OperationalError):
            return _fail(args.command, f"the database could not go on: {error.orig}", exit_status.SERVICE)
        if not isinstance(error, SearchUnavailable):
            raise
        return _fail(args.command, f"the search engine does not answer: {error}", exit_status.SERVICE)


def _fail(command: str, error: Exception | str, status: int) -> int:
    print(f"ereader {command}: {error}", file=sys.stderr)
    return status


def _command_of(words: Sequence[str]) -> str:
    """The command's name: the first word that is neither an option nor the value of ``--home``."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word == "--home":
            skip = True
        elif not word.startswith("-"):
            return word
    return ""


def _parser(command: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ereader", description="e-Read 2.0: academic discovery for library consortia"
    )
    parser.add_argument(
        "--home", metavar="DIR", default="", help="folder that holds all state (or EREADER_HOME)"
    )
    parser.add_argument(
        "--json", action="store_true", help="print JSON lines on standard output and nothing else there"
    )
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, purpose in COMMANDS.items():
        if name != command:
            subparsers.add_parser(name, help=purpose, add_help=False)
            continue
        importlib.import_module(f"ereader.commands.{name}").add_parser(subparsers)
        own = subparsers.choices[name]
        # SUPPRESS: an option left out after the command must not undo the same option given before it.
        given = {option for action in own._actions for option in action.option_strings}
        if "--home" not in given:
            own.add_argument(
                "--home", metavar="DIR", default=argparse.SUPPRESS, help="folder that holds all state"
            )
        if "--json" not in given:
            own.add_argument(
                "--json", action="store_true", default=argparse.SUPPRESS, help="print JSON lines"
            )
    return parser
