"""``ereader reindex``: the search index again from the union repository, searching all the time
(重建索引).

With ``--engine`` the index is built for another engine, which then takes the place of the present one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from typing import Any

import msgspec

from ereader import browse_lists, exit_status
from ereader.exit_status import UsageError
from ereader.installation import Installation, engine_of, open_home
from ereader.progress import Progress
from ereader.settings import remember
from indexer import follow

ENGINES = ("tantivy", "solr")
WORTH_WORKERS = 5_000  # union records; for fewer, starting processes takes longer than the work


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("reindex", help="build the search index again")
    parser.add_argument("--engine", default="", choices=["", *ENGINES], help="engine to build for and to use")
    parser.add_argument(
        "--solr", default="", metavar="ADDRESSES", help="nodes of the SolrCloud, separated by commas"
    )
    parser.add_argument("--repository", default="", metavar="R", help="only records of this repository")
    parser.add_argument(
        "--lists", action="store_true", help="only the browse lists; a server that runs does it by itself"
    )


def run(args: argparse.Namespace) -> int:
    if args.lists:
        return _lists(args)
    with open_home(args.home) as installation, installation.writing():
        members, store, engine = installation.members, installation.store, installation.engine
        if args.repository and args.repository not in members.repositories():
            raise UsageError(f"there is no repository {args.repository}")
        chosen = _choice(installation, args.engine, args.solr)
        if chosen:
            settings = msgspec.structs.replace(installation.settings, **chosen)
            engine = engine_of(args.home, settings)
        shown = Progress("indexing", store.statistics()["unions"] if not args.repository else 0)
        if args.repository and not chosen and engine.usable():
            with follow.writing(engine, store, members) as index:
                count = follow.refresh(index, store, members, [args.repository], shown.at)
        else:
            many = store.statistics()["unions"] > WORTH_WORKERS
            workers = installation.settings.load_workers if many else 0
            count = follow.rebuild(engine, store, members, shown.at, workers=workers)
        shown.end(count)
        if chosen:
            remember(args.home, chosen)
            engine.close()
            for name in chosen:
                if f"EREADER_{name.upper()}" in os.environ:
                    print(f"EREADER_{name.upper()} in the environment counts more than this", file=sys.stderr)
    if args.json:
        print(msgspec.json.encode({"indexed": count}).decode())
    return exit_status.DONE


def _lists(args: argparse.Namespace) -> int:
    """The browse lists alone; serving goes on, and so may a load."""
    with contextlib.suppress(OSError):
        os.nice(10)
    with open_home(args.home) as installation:
        changed = browse_lists.make(installation)
        counted = installation.store.headings.statistics()
    if changed < 0:
        print("another process is making the lists just now", file=sys.stderr)
    if args.json:
        print(msgspec.json.encode({"changed": max(0, changed), "headings": counted}).decode())
    else:
        print(", ".join(f"{kind} {count:,}" for kind, count in counted.items()))
    return exit_status.DONE


def _choice(installation: Installation, engine: str, solr: str) -> dict[str, str]:
    """The settings that this command changes: another engine, and where it is."""
    settings = installation.settings
    chosen: dict[str, str] = {}
    if engine and engine != settings.engine:
        chosen["engine"] = engine
    if solr and solr != settings.solr:
        chosen["solr"] = solr
    elif "engine" in chosen and engine == "solr" and os.environ.get("EREADER_SOLR"):
        # The address given for this command is needed by all that follow.
        chosen["solr"] = settings.solr
    if solr and (engine or settings.engine) != "solr":
        raise UsageError("--solr says where the engine solr is: --engine solr")
    return chosen
