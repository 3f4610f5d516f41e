"""Loading files in the console (装载): the form, what is in progress, the loads there were."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from starlette.responses import Response

from ereader import jobs, uploads
from ereader.jobs import Job
from ereader.uploads import Upload
from ereader.web.manage.frame import Scope, frame_of, led, page
from ereader.web.manage.load_form import Wish, may_make, reading_inputs, repositories, target_inputs, wish_of
from ereader.web.manage.sheets import moment
from ereader.web.upload import Received
from ereader.web.visit import Visit
from holdings.natural import natural
from ui import manage_load_pages
from ui.manage_load_pages import JobLine, RunLine
from ui.manage_pages import Input
from ui.pages import Choice

SHOWN_RUNS = 30
SHOWN_FILES = 3
COUNTS = ("read", "new", "changed", "unchanged", "deleted", "refused")
LONGEST_MAPPING = 200_000
KINDS = ("load", "undo-load")


def form(visit: Visit, scope: Scope) -> Response:
    """GET /manage/library/ID/load"""
    wished = visit.parameter("repository", most=64)
    return _page(visit, scope, Wish(repository=wished))


def receive(visit: Visit, scope: Scope, received: Received) -> Response:
    """POST /manage/library/ID/load: the files are kept and looked at."""
    texts = visit.texts
    wish = wish_of(received)
    if received.fault:
        limit = visit.service.installation.settings.upload_megabytes
        return _page(visit, scope, wish, texts(f"manage_load.fault_{received.fault}", n=limit), 413)
    mapping = received.get("mapping_file", "")
    files = tuple(name for name in received.all("files") if name in received.files)
    if not files:
        return _page(visit, scope, wish, texts("manage_load.no_file"), 422)
    text = None
    if mapping and mapping in received.files:
        held = received.folder / mapping
        text = held.read_bytes()[:LONGEST_MAPPING].decode("utf-8-sig", "replace")
        held.unlink()
    upload = Upload(
        received.id,
        scope.id,
        scope.actor.name,
        wish.repository,
        files,
        wish.format,
        wish.type,
        wish.charset,
        text is not None,
    )
    uploads.keep(visit.service.installation.home, upload, text)
    return led(visit, f"{scope.path}/uploads/{upload.id}")


def own_run(visit: Visit, scope: Scope, run: str) -> dict[str, Any] | None:
    """A load into a repository of this library; None for any other, and for what is no number."""
    number = natural(run)
    found = visit.service.store.run(number) if number is not None else None
    known = visit.members.repositories().get(found["repository"]) if found else None
    return found if known and known.library == scope.id else None


def own_job(visit: Visit, scope: Scope, job: str) -> Job | None:
    """A load or its undoing that was asked for in this library; None for any other."""
    number = natural(job)
    found = jobs.find(visit.service.installation, number) if number is not None else None
    return found if found and is_own(found, scope) else None


def is_own(job: Job, scope: Scope) -> bool:
    """Whether a job is about this library."""
    return job.kind in KINDS and job.arguments.get("library") == scope.id


def repository_of(visit: Visit, job: Job) -> str:
    """The id of the repository that a job is about."""
    if job.kind == "load":
        return str(job.arguments.get("repository", ""))
    found = visit.service.store.run(int(job.arguments.get("run", 0)))
    return str(found["repository"]) if found else ""


def _page(visit: Visit, scope: Scope, wish: Wish, problem: str = "", status: int = 200) -> Response:
    texts = visit.texts
    files = Input(
        "files",
        texts("manage_load.files"),
        kind="file",
        hint=texts("manage_load.files_hint"),
        required=True,
        multiple=True,
    )
    mapping = Input(
        "mapping_file", texts("manage_load.mapping_file"), kind="file", hint=texts("manage_load.mapping_hint")
    )
    own = [job for job in jobs.unfinished(visit.service.installation) if is_own(job, scope)]
    held = repositories(visit, scope)
    runs = visit.service.store.runs(SHOWN_RUNS, [r.id for r in held])
    states = visit.service.store.earlier.states(run["number"] for run in runs)
    shown = manage_load_pages.LoadPage(
        visit.site(),
        frame_of(visit, scope, "load"),
        visit.url(f"{scope.path}/load"),
        (files, *target_inputs(visit, scope, wish, {})),
        (*reading_inputs(visit, wish, {}), mapping),
        tuple(_job_line(visit, scope, job) for job in own),
        tuple(_run_line(visit, scope, run, states.get(run["number"], ""), bool(own)) for run in runs),
        problem,
        visit.service.installation.settings.upload_megabytes,
        waiting=tuple(
            Choice(names_of(visit, list(u.files)), visit.url(f"{scope.path}/uploads/{u.id}"))
            for u in uploads.waiting(visit.service.installation.home, scope.id)
        ),
        possible=bool(held) or may_make(scope),
    )
    return page(visit, "manage/load.html", shown, status)


def _job_line(visit: Visit, scope: Scope, job: Job) -> JobLine:
    return JobLine(
        visit.url(f"{scope.path}/jobs/{job.id}"),
        visit.texts(f"manage_load.kind_{job.kind}"),
        visit.names.repository(repository_of(visit, job)),
        visit.texts(f"manage_load.job_{job.state}"),
        round(job.fraction * 100),
        bool(job.total),
    )


def _run_line(visit: Visit, scope: Scope, run: dict[str, Any], found: str, busy: bool) -> RunLine:
    counts: dict[str, int] = run["counts"]
    state = "undone" if found == "undone" else "undoing" if found == "begun" else "finished"
    if not run["finished"]:
        state = "running" if busy else "broken"
    return RunLine(
        run["number"],
        visit.url(f"{scope.path}/loads/{run['number']}"),
        moment(run["started"]),
        visit.names.repository(run["repository"]),
        names_of(visit, run["files"].split("\n")),
        tuple((key, counts.get(key, 0)) for key in COUNTS),
        state,
        counts.get("refused", 0),
    )


def names_of(visit: Visit, files: list[str]) -> str:
    """The first few names of files, and how many more there are."""
    shown = visit.texts("site.comma").join(Path(name).name for name in files[:SHOWN_FILES])
    left = len(files) - SHOWN_FILES
    return shown + (visit.texts("manage_load.more_files", n=left) if left > 0 else "")
