"""What is being done in the background (中心管理台：后台任务), and stopping it."""

from __future__ import annotations

from starlette.responses import Response

from ereader import jobs
from ereader.web import answer, errors
from ereader.web.manage.frame import Scope, led
from ereader.web.manage.load_run import job_fault
from ereader.web.manage.sheets import actor_name, sheet
from ereader.web.posted import Fields
from ereader.web.visit import Visit
from holdings.natural import natural
from ui.manage_sheet_pages import Button, Cell, Form, Row, Section, Table

MOST_ROWS = 50


def listed(visit: Visit, scope: Scope) -> Response:
    """GET /manage/centre/jobs"""
    texts = visit.texts
    found = jobs.recent(visit.service.installation, MOST_ROWS)
    rows = tuple(
        Row(
            (
                Cell(f"{job.id}", number=True),
                Cell(
                    texts.maybe(f"manage_centre.job_{job.kind}", job.kind),
                    small=str(job.arguments.get("repository", "")),
                ),
                Cell(
                    texts(f"manage_centre.state_{job.state}"),
                    state=job.state,
                    small=_why(visit, job),
                ),
                Cell(_progress(job), number=True),
                Cell(actor_name(visit, job.actor)),
                Cell(_time(job.asked)),
                Cell(_time(job.finished)),
            ),
            off=job.state == "stopped",
        )
        for job in found
    )
    columns = tuple(
        texts(f"manage_centre.job_{c}")
        for c in ("number", "kind", "state", "progress", "actor", "asked", "finished")
    )
    path = visit.url(f"{scope.path}/jobs")
    stopping = tuple(
        Form(
            path,
            (),
            (Button(texts("manage_centre.job_stop", n=job.id), danger=True),),
            (("job", str(job.id)),),
        )
        for job in found
        if not job.over
    )
    rebuild = Form(path, (), (Button(texts("manage_centre.job_start")),), (("do", "rebuild"),))
    sections = [
        Section(table=Table(columns, rows, texts("manage_centre.no_jobs")), forms=stopping),
        Section(
            texts("manage_centre.job_rebuild"), texts("manage_centre.job_rebuild_lead"), forms=(rebuild,)
        ),
    ]
    return sheet(visit, scope, "jobs", sections)


def changed(visit: Visit, scope: Scope, fields: Fields) -> Response:
    """POST /manage/centre/jobs"""
    installation, back = visit.service.installation, f"{scope.path}/jobs"
    if fields.get("do") == "rebuild":
        jobs.start(installation, "rebuild", {}, scope.actor, once=True)
        return led(visit, back, "manage_centre.job_started")
    id = natural(fields.get("job", ""))
    if id is None or jobs.find(installation, id) is None:
        return answer.unkept(errors.page(visit, 404))
    stopped = jobs.stop(installation, id)
    return led(visit, back, "manage_centre.job_stopped" if stopped else "manage_centre.job_over")


def _why(visit: Visit, job: jobs.Job) -> str:
    said = job_fault(visit, job)
    return f"{said} ({str(job.result['error'])[:300]})" if said else ""


def _progress(job: jobs.Job) -> str:
    if job.total:
        return f"{job.done:,} / {job.total:,}"
    return f"{job.done:,}" if job.done else ""


def _time(iso: str) -> str:
    return iso[:16].replace("T", " ")
