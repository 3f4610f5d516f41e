"""``ereader jobs``: what is being done in the background, and stopping it (后台任务)."""

from __future__ import annotations

import argparse
from typing import Any

import msgspec

from ereader import exit_status, jobs
from ereader.exit_status import UsageError
from ereader.installation import open_home


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("jobs", help="what is being done in the background")
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    listed = acts.add_parser("list", help="the latest jobs, newest first")
    listed.add_argument("--latest", type=int, default=20, metavar="N", help="how many")
    for name, purpose in (("show", "one job"), ("stop", "end a job; what it has done by then is kept")):
        act = acts.add_parser(name, help=purpose)
        act.add_argument("id", type=int, metavar="ID", help="number of the job")
    acts.add_parser("run", help="do what waits, in order, and end; servers start this by themselves")
    for act in acts.choices.values():
        act.add_argument(
            "--home", metavar="DIR", default=argparse.SUPPRESS, help="folder that holds all state"
        )
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON lines")


def run(args: argparse.Namespace) -> int:
    if args.act == "run":
        from ereader import job_runner

        job_runner.listen()
        job_runner.run(args.home)
        return exit_status.DONE
    with open_home(args.home) as installation:
        if args.act == "list":
            found = jobs.recent(installation, max(1, args.latest))
        else:
            if args.act == "stop" and not jobs.stop(installation, args.id):
                raise UsageError(f"there is no job {args.id} that waits or runs")
            one = jobs.find(installation, args.id)
            if one is None:
                raise UsageError(f"there is no job {args.id}")
            found = [one]
    for job in found:
        _print(job, as_json=args.json)
    return exit_status.DONE


def _print(job: jobs.Job, *, as_json: bool) -> None:
    if as_json:
        print(msgspec.json.encode(job).decode())
        return
    far = f"{job.done:,}" + (f" of {job.total:,}" if job.total else "")
    about = " ".join(f"{k}={v}" for k, v in job.arguments.items() if k not in ("files", "remove") and v)
    told = " ".join(f"{k}={v}" for k, v in job.result.items())
    print("\t".join((str(job.id), job.state, job.kind, about, far, job.actor, job.asked, told)))
