"""``ereader reindex``: the search index again from the union repository, searching all the time
(重建索引).
"""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from ereader import exit_status
from ereader.exit_status import UsageError
from ereader.installation import INDEX_FOLDER, open_home
from ereader.progress import Progress
from indexer import follow
from indexer.index import open_engine

WORTH_WORKERS = 5_000  # union records; for fewer, starting processes takes longer than the work


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("reindex", help="build the search index again")
    parser.add_argument("--engine", default="", choices=["", "tantivy", "solr"], help="engine to build for")
    parser.add_argument("--repository", default="", metavar="R", help="only records of this repository")


def run(args: argparse.Namespace) -> int:
    if args.engine == "solr":
        raise UsageError("--engine solr: this version has no SolrCloud engine yet; tantivy is the only one")
    with open_home(args.home) as installation, installation.writing():
        members, store, engine = installation.members, installation.store, installation.engine
        if args.repository and args.repository not in members.repositories():
            raise UsageError(f"there is no repository {args.repository}")
        if args.engine and args.engine != installation.settings.engine:
            engine = open_engine(args.engine, args.home / INDEX_FOLDER)
        shown = Progress("indexing", store.statistics()["unions"] if not args.repository else 0)
        if args.repository and engine.usable():
            with follow.writing(engine, store, members) as index:
                count = follow.refresh(index, store, members, [args.repository], shown.at)
        else:
            many = store.statistics()["unions"] > WORTH_WORKERS
            workers = installation.settings.load_workers if many else 0
            count = follow.rebuild(engine, store, members, shown.at, workers=workers)
        shown.end(count)
    if args.json:
        print(msgspec.json.encode({"indexed": count}).decode())
    return exit_status.DONE
