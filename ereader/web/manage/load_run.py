"""A load while it is done, its report, and undoing it (装载进度、报告与撤销)."""

from __future__ import annotations

import datetime
from typing import Any

from starlette.responses import FileResponse, Response

from ereader import jobs, load_report, uploads
from ereader.jobs import Job
from ereader.web import answer, errors
from ereader.web.manage.frame import Scope, frame_of, led, page
from ereader.web.manage.load import is_own, names_of, own_job, own_run, repository_of
from ereader.web.manage.load_check import again_possible
from ereader.web.manage.problem_words import fault
from ereader.web.manage.sheets import moment
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from indexer.checks import CHECKS
from indexer.report import CSV_NAME, PAGE_NAME
from indexer.run_report import Reported
from ui import manage_load_pages
from ui.manage_load_pages import Fault
from ui.pages import Choice

REFRESH = 2  # seconds
MEDIA = {PAGE_NAME: "text/html; charset=utf-8", CSV_NAME: "text/csv; charset=utf-8"}


def progress(visit: Visit, scope: Scope, job: str) -> Response:
    """GET /manage/library/ID/jobs/JOB: how far it is; when it is done, the report of the load."""
    found = own_job(visit, scope, job)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    if found.state == "done":
        run = found.result.get("run")
        if found.kind == "undo-load":
            numbers = {name: int(found.result.get(name, 0)) for name in ("removed", "restored")}
            return led(visit, f"{scope.path}/loads/{run}", "manage_load.undone_now", numbers)
        return led(visit, f"{scope.path}/loads/{run}")
    return page(visit, "manage/job.html", _job_page(visit, scope, found))


def stop(visit: Visit, scope: Scope, fields: Fields, job: str) -> Response:  # noqa: ARG001 - as every form
    """POST /manage/library/ID/jobs/JOB: stops it; what was loaded by then stays and can be undone."""
    found = own_job(visit, scope, job)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    jobs.stop(visit.service.installation, found.id)
    return led(visit, f"{scope.path}/jobs/{found.id}")


def report(visit: Visit, scope: Scope, run: str) -> Response:
    """GET /manage/library/ID/loads/RUN"""
    found = own_run(visit, scope, run)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    return page(visit, "manage/load_run.html", _run_page(visit, scope, found))


def download(visit: Visit, scope: Scope, run: str, name: str) -> Response:
    """GET /manage/library/ID/loads/RUN/report.html and …/problems.csv"""
    found = own_run(visit, scope, run)
    path = load_report.folder_of(visit.service.installation.home, found["number"]) / name if found else None
    if path is None or name not in MEDIA or not path.is_file():
        return answer.unkept(errors.page(visit, 404))
    headers = {
        "content-disposition": f'attachment; filename="load-{run}-{name}"',
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    return answer.unkept(FileResponse(path, 200, headers, MEDIA[name]))


def undo(visit: Visit, scope: Scope, fields: Fields, run: str) -> Response:
    """POST /manage/library/ID/loads/RUN/undo"""
    found = own_run(visit, scope, run)
    if found is None:
        return answer.unkept(errors.page(visit, 404))
    number = int(found["number"])
    standing = visit.service.store.earlier.standing(number).standing
    if standing not in ("possible", "begun"):
        return led(visit, f"{scope.path}/loads/{number}", f"manage_load.why_{standing.replace('-', '_')}")
    arguments = {"run": number, "library": scope.id, "actor": f"user:{scope.actor.name}"}
    reason = fields.get("reason", "")[:500]
    job = jobs.start(
        visit.service.installation, "undo-load", arguments, scope.actor, reason=reason, once=True
    )
    return led(visit, f"{scope.path}/jobs/{job}")


def _job_page(visit: Visit, scope: Scope, job: Job) -> manage_load_pages.JobPage:
    texts = visit.texts
    rate, left = _pace(visit, job)
    ahead = 0
    if job.state == "waiting":
        unfinished = jobs.unfinished(visit.service.installation)
        ahead = sum(1 for other in unfinished if other.id < job.id)
    name = visit.names.repository(repository_of(visit, job))
    title = texts(f"manage_load.doing_{job.kind}", name=name)
    return manage_load_pages.JobPage(
        visit.site(),
        frame_of(visit, scope, "load", title, refresh=0 if job.over else REFRESH),
        job.kind,
        job.state,
        texts.maybe(f"manage_load.step_{job.text}", "") if not job.over else "",
        job.done,
        job.total,
        round(job.fraction * 100),
        rate,
        left,
        job_fault(visit, job),
        str(job.result.get("error", ""))[:2000],
        visit.url(f"{scope.path}/jobs/{job.id}"),
        visit.url(f"{scope.path}/load"),
        moment(job.asked),
        ahead,
        _again(visit, scope, job),
    )


def job_fault(visit: Visit, job: Job) -> str:
    """Why a job failed, in the language of the page; "" where it did not fail."""
    if "error" not in job.result:
        return ""
    because = str(job.result.get("because", "")).replace("-", "_")
    return visit.texts.maybe(f"job_errors.{because}", "") or visit.texts("job_errors.other")


def _again(visit: Visit, scope: Scope, job: Job) -> str:
    """Where the same files can be loaded again after it failed or was stopped; "" where they are gone."""
    found = uploads.find(visit.service.installation.home, str(job.arguments.get("upload", "")), scope.id)
    if not job.over or found is None or not again_possible(visit, found):
        return ""
    return visit.url(f"{scope.path}/uploads/{found.id}")


def _pace(visit: Visit, job: Job) -> tuple[str, str]:
    """Records a second, and how long it will still take."""
    if job.state != "running" or not job.done or not job.started:
        return "", ""
    try:
        begun = datetime.datetime.fromisoformat(job.started)
    except ValueError:
        return "", ""
    seconds = (datetime.datetime.now(datetime.UTC) - begun).total_seconds()
    if seconds < 1:
        return "", ""
    rate = job.done / seconds
    left = (job.total - job.done) / rate if job.total > job.done and rate else 0.0
    texts = visit.texts
    shown = (
        ""
        if not left
        else texts("manage_load.seconds_left", n=max(1, round(left)))
        if left < 90
        else texts("manage_load.minutes_left", n=round(left / 60))
    )
    return texts("manage_load.rate", n=round(rate)), shown


def _run_page(visit: Visit, scope: Scope, run: dict[str, Any]) -> manage_load_pages.RunPage:
    texts, number = visit.texts, int(run["number"])
    installation = visit.service.installation
    counts: dict[str, int] = run["counts"]
    reported = load_report.find(installation.home, number)
    found = visit.service.store.earlier.standing(number)
    mine = [job for job in jobs.unfinished(installation) if is_own(job, scope)]
    if reported is None and found.standing != "undone" and run["finished"]:
        written = counts.get("new", 0) + counts.get("changed", 0) + counts.get("deleted", 0)
        if written + counts.get("refused", 0) <= load_report.MOST_AT_ONCE:
            reported = load_report.write(installation.home, visit.service.store, number)
    path = f"{scope.path}/loads/{number}"
    bad = {"refused"}
    keys = ("read", "new", "changed", "unchanged", "deleted", "refused", "problems")
    repository = str(run["repository"])
    return manage_load_pages.RunPage(
        visit.site(),
        frame_of(visit, scope, "load", texts("manage_load.run_title", n=str(number))),
        tuple((key, counts.get(key, 0), key in bad and counts.get(key, 0) > 0) for key in keys)
        if counts
        else (),
        (
            (texts("manage_load.repository"), visit.names.repository(repository)),
            (texts("manage_load.file_names"), names_of(visit, run["files"].split("\n"))),
            (texts("manage_load.started"), moment(run["started"])),
            (texts("manage_load.finished"), moment(run["finished"]) or texts("manage_load.not_finished")),
        ),
        _faults(visit, reported) if reported else (),
        tuple(
            Choice(texts(f"manage_load.download_{name.rpartition('.')[2]}"), visit.url(f"{path}/{name}"))
            for name in MEDIA
        )
        if reported
        else (),
        visit.url(f"{scope.path}/repositories/{repository}"),
        f"/at/{scope.id}/search",
        visit.url(f"{path}/undo"),
        "busy" if mine and found.standing in ("possible", "begun") else found.standing,
        found.removed,
        found.restored,
        visit.url(f"{scope.path}/loads/{found.later}") if found.later else "",
        found.later,
        moment(found.undone),
        found.actor.removeprefix("user:"),
        bool(run["finished"]),
        reported is None,
    )


def _faults(visit: Visit, reported: Reported) -> tuple[Fault, ...]:
    """Kinds of problems, errors first, with some places of each."""
    found = []
    for code, count in reported.summary.codes.items():
        examples = reported.examples.get(code, [])
        severity = examples[0].severity if examples else severity_of(code)
        found.append(fault(visit, code, severity, count, examples))
    order = {"error": 0, "warning": 1, "info": 2}
    return tuple(sorted(found, key=lambda f: (order.get(f.severity, 3), -f.count, f.code)))


def severity_of(code: str) -> str:
    """How bad a named check is; of others, a remark."""
    return CHECKS[code].severity if code in CHECKS else "info"
