"""``ereader load``: files of records into a repository (装载)."""

from __future__ import annotations

import argparse
import functools
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec

from ereader import exit_status, sources
from ereader.auth import door
from ereader.auth.operator import operator
from ereader.exit_status import UsageError
from ereader.installation import Installation, open_home
from ereader.progress import Progress
from holdings.members import CENTRE, Configuration, Library, Membership, Repository, Viewer
from holdings.members.apply import valid_id
from indexer import authority_load, corrected, pipeline, quality
from indexer.batch import Counts
from indexer.reader import Raw, UnreadableFile
from indexer.workers import WorkerDied

SHOWN_PROBLEMS = 10
WORTH_WORKERS = 4_000_000  # bytes of all files; for fewer, starting processes takes longer than the work
MOST_MEASURED = 5_000  # records of a repository whose quality is measured at once; of larger ones by a job


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("load", help="load files of records into a repository")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="files, or folders of files")
    parser.add_argument(
        "--library", default="", metavar="L", help="id of the library that owns the repository"
    )
    parser.add_argument("--repository", required=True, metavar="R", help="id of the repository")
    parser.add_argument(
        "--create",
        action="store_true",
        help="make an unknown library or repository: public, shown by the centre",
    )
    sources.add_arguments(parser)
    parser.add_argument(
        "--take-older", action="store_true", help="let an older version of a record replace a newer one"
    )
    parser.add_argument("--again", action="store_true", help="read records again that have not changed")
    parser.add_argument(
        "--authority",
        action="store_true",
        help="the files hold authority records; recognised from the first record when not given",
    )
    parser.add_argument(
        "--workers",
        type=int,
        default=None,
        metavar="N",
        help="processes that read (0: none beside this; small files need none)",
    )
    parser.add_argument(
        "--queue",
        default="",
        metavar="URL",
        help="let workers on other hosts prepare the records: redis://host:6379/0 (or the setting queue)",
    )


def run(args: argparse.Namespace) -> int:
    with open_home(args.home) as installation, installation.writing():
        loaded = load_files(
            installation,
            sources.existing(args.files),
            args,
        )
        quality.after_load(installation.database, args.repository, installation.store.now(), MOST_MEASURED)
    if args.json:
        line = {**msgspec.to_builtins(loaded.counts), "run": str(loaded.run)}
        print(msgspec.json.encode(line).decode(), flush=True)
    return exit_status.REFUSED if loaded.counts.refused else exit_status.DONE


def load_files(
    installation: Installation,
    files: list[Path],
    args: argparse.Namespace,
    told: Callable[[int, float], None] | None = None,
) -> pipeline.Loaded:
    """Loads files as ``args`` says; the home's right to write is held by the caller. ``told`` hears how many
    records were read and how much of the files, from 0 to 1 (0: nobody knows).
    """
    library, new = _source(installation, args.library, args.repository, args.create)
    known = installation.members.repositories().get(args.repository)
    profile = sources.profile_of(args, known.profile if known else {}, library, args.repository)
    if not files:
        raise UsageError("there is no file to load", "no-file")
    try:
        lists = [f for f in files if corrected.is_list(f)]
        opened = pipeline.read([f for f in files if f not in lists], profile)
        for file in lists:
            raws = _corrected(installation, file, library, args.repository)
            opened.append((file.name, chain(pipeline.beginning(raws, file.name), raws)))
    except UnreadableFile as error:
        raise UsageError(str(error), "unreadable") from error
    elsewhere = _elsewhere(installation, args)
    door.save(installation.members, new, operator())
    size = sum(f.stat().st_size for f in files)
    workers = args.workers
    if workers is None:
        workers = installation.settings.load_workers if size >= WORTH_WORKERS else 0
    shown = Progress(f"loading into {args.repository}")
    total = 0 if any(f.suffix in (".gz", ".tgz", ".tar") for f in files) else size

    def progress(counts: Counts, consumed: int) -> None:
        fraction = min(0.999, consumed / total) if total else 0.0
        shown.at(counts.read, fraction)
        if told:
            told(counts.read, fraction)

    plan = pipeline.Load(profile, workers, args.take_older, args.again, installation.settings.join_most)
    authority = getattr(args, "authority", False)
    if not authority:
        name, raws = opened[0]
        first = pipeline.beginning(raws, name)
        authority = authority_load.begins_with_authority(first, profile)
        opened[0] = (name, chain(first, raws))
    held = (plan, opened, installation.store, installation.members, installation.engine, progress)
    try:
        loaded = authority_load.load(*held) if authority else pipeline.load(*held, elsewhere)
    except WorkerDied as error:
        raise UsageError(
            f"{error}; what was read so far is loaded, run the command again to continue", "interrupted"
        ) from error
    counts = loaded.counts
    shown.end(
        counts.read,
        f"new {counts.new}, changed {counts.changed}, unchanged {counts.unchanged}, "
        f"deleted {counts.deleted}, refused {counts.refused}, problems {counts.problems}",
    )
    _tell_refused(installation, loaded)
    return loaded


def _corrected(installation: Installation, file: Path, library: str, repository: str) -> Iterator[Raw]:
    """The records that a filled-in list of faults corrects; who loads into a repository sees all of it."""
    members, store = installation.members, installation.store
    view = members.view(f"L:{library}", Viewer("", library, ("cataloguer",)))
    return corrected.read(file, repository, store.sources, lambda uid: store.original(uid, view))


def _elsewhere(installation: Installation, args: argparse.Namespace) -> pipeline.Elsewhere | None:
    """How other hosts prepare the records, where there is a queue; None for processes of this host."""
    settings = installation.settings
    asked = getattr(args, "queue", "")
    if asked and args.workers is not None:
        raise UsageError("--workers counts processes of this host; with --queue start `ereader worker` there")
    address = asked or (settings.queue if args.workers is None else "")
    if not address:
        return None
    # Imported here, as most loads need it not.
    from ereader.queue.address import connect, queue_of
    from ereader.queue.master import prepare_over_queue

    queue = queue_of(address, settings.queue_key)
    connect(queue).close()  # Nothing is changed where it does not answer.
    return functools.partial(prepare_over_queue, queue=queue, patience=settings.queue_patience)


def _source(
    installation: Installation, library: str, repository: str, create: bool
) -> tuple[str, Configuration]:
    """The owning library, and what has to be made first."""
    members = installation.members
    known = members.repositories().get(repository)
    if known is not None:
        if library and library != known.library:
            raise UsageError(f"repository {repository} belongs to library {known.library}, not to {library}")
        return known.library, Configuration()
    if not library:
        raise UsageError(
            f"there is no repository {repository}; say whose it is with --library, and --create to make it"
        )
    if not create:
        missing = "repository" if library in members.libraries() else "library"
        name = repository if missing == "repository" else library
        raise UsageError(f"there is no {missing} {name}; apply a configuration first, or add --create")
    for kind, id in (("library", library), ("repository", repository)):
        if not valid_id(id) or id == CENTRE:
            raise UsageError(f"--{kind} {id}: not an id (letters, digits, dots, hyphens and underscores)")
    if library in installation.members.consortia():
        raise UsageError(f"--library {library}: a consortium has this id already")
    shared = Repository(repository, library, offered_to=(CENTRE,), published_by=(CENTRE,))
    if library in members.libraries():
        held = [m for m in members.memberships() if (m.library, m.consortium) == (library, CENTRE)]
        return library, Configuration(
            memberships=() if held else (Membership(library, CENTRE),), repositories=(shared,)
        )
    return library, Configuration(
        libraries=(Library(library),), memberships=(Membership(library, CENTRE),), repositories=(shared,)
    )


def _tell_refused(installation: Installation, loaded: pipeline.Loaded) -> None:
    if not loaded.counts.refused:
        return
    told = [p for p in installation.store.run_problems(loaded.run) if p.severity == "error"]
    for problem in told[:SHOWN_PROBLEMS]:
        place = f"{problem.file}: record {problem.position}" + (f", {problem.field}" if problem.field else "")
        print(f"refused: {place}: {problem.message} [{problem.code}]", file=sys.stderr)
    print(f"all problems of this load: ereader stats --run {loaded.run}", file=sys.stderr)
