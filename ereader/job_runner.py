"""The process that does what waits in the queue (任务执行进程)."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import sqlalchemy as sa

from ereader import jobs
from ereader.database import locks
from ereader.exit_status import ServiceUnavailable, UsageError
from ereader.installation import Installation, open_home
from ereader.job_kinds import DOING
from ereader.jobs import JOB, Job

EVERY = 0.5  # seconds between two notes of progress
LOOK = 0.25  # seconds between two tries to get the right to write
NICE = 10  # readers come first


class Stopped(Exception):
    """Somebody wants the job to end (任务被停止)."""


class Interrupted(Exception):
    """The process is asked to end; the job will be begun again (进程被中断)."""


class Report:
    """Notes how far one job is, at most twice a second, and hears whether it shall end (进度记录)."""

    def __init__(self, engine: sa.Engine, id: int) -> None:
        self._engine, self._id = engine, id
        self._last = 0.0
        self._text = ""

    def at(self, done: int, total: int = 0, text: str = "") -> None:
        """``done`` of ``total`` pieces. Raises Stopped or Interrupted: whoever works lets it pass."""
        if _ENDING:
            raise Interrupted
        moment = time.monotonic()
        if moment - self._last < EVERY and text in ("", self._text):
            return
        self._last, self._text = moment, text or self._text
        own = JOB.c.id == self._id
        with self._engine.begin() as connection:
            noted = sa.update(JOB).where(own).values(done=done, total=total, text=self._text[:200])
            connection.execute(noted)
            if connection.execute(sa.select(JOB.c.stopping).where(own)).scalar():
                raise Stopped


_ENDING: list[int] = []  # the signal that asked the process to end


def run(home: Path) -> int:
    """Does everything that waits in this home, in order; how many jobs that were. Ends at once where another
    process is at it.
    """
    done = 0
    while not _ENDING:
        with jobs.lock(home, "queue") as mine:
            if not mine:
                return done
            while not _ENDING and _next(home):
                done += 1
        # Who asked for a job while this process held the lock and had looked already relied on it.
        with open_home(home) as installation:
            if not jobs.waiting(installation):
                return done
    return done


def _next(home: Path) -> bool:
    """Does the job that waits longest; False when there is none."""
    with open_home(home) as installation:
        waiting = jobs.waiting(installation)
        if not waiting:
            return False
        job = waiting[0]
        engine = installation.accounts.engine
        with (
            contextlib.suppress(Stopped, Interrupted, locks.Superseded),
            _writing(installation, job),
            jobs.lock(home, job.id) as mine,
            locks.job(engine, job.id),
        ):
            begun = {"state": "running", "started": jobs.now(), "text": "", "done": 0, "total": 0}
            if mine and _change(engine, job.id, "waiting", begun):
                _do(installation, job)
        jobs.forget(home, job.id)
        return True


def _do(installation: Installation, job: Job) -> None:
    engine = installation.accounts.engine
    try:
        result = DOING[job.kind](installation, job.arguments, Report(engine, job.id).at)
    except Stopped:
        _end(engine, job.id, "stopped", {})
    except Interrupted:
        _change(engine, job.id, "running", {"state": "waiting", "started": ""})
    except UsageError as error:
        _end(engine, job.id, "failed", {"error": str(error), "because": error.because})
    except ServiceUnavailable as error:
        _end(engine, job.id, "failed", {"error": str(error), "because": "unavailable"})
    except Exception as error:
        traceback.print_exc(file=sys.stderr)
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        told = {"error": f"{type(error).__name__}: {error}"[:500], "because": "full" if full else "internal"}
        _end(engine, job.id, "failed", told)
    else:
        _end(engine, job.id, "done", result)


@contextlib.contextmanager
def _writing(installation: Installation, job: Job) -> Iterator[None]:
    """The home's right to write, waited for as long as it takes."""
    engine = installation.accounts.engine
    told = False

    def again() -> None:
        nonlocal told
        if _ENDING:
            raise Interrupted
        with engine.connect() as connection:
            state = connection.execute(sa.select(JOB.c.state).where(JOB.c.id == job.id)).scalar()
        if state != "waiting":
            raise Stopped
        if not told:
            told = _change(engine, job.id, "waiting", {"text": "writer"})
        time.sleep(LOOK)

    with installation.writing(again):
        yield


def _change(engine: sa.Engine, id: int, state: str, values: dict[str, Any]) -> bool:
    """Changes a job that is in this state; whether it was."""
    own = (JOB.c.id == id) & (JOB.c.state == state)
    with engine.begin() as connection:
        return connection.execute(sa.update(JOB).where(own).values(**values)).rowcount > 0


def _end(engine: sa.Engine, id: int, state: str, result: dict[str, Any]) -> None:
    encoded = msgspec.json.encode(result).decode()
    _change(engine, id, "running", {"state": state, "finished": jobs.now(), "result": encoded})


def listen() -> None:
    """For a process that does nothing else: asked to end, it ends the present job in order, which waits for
    the next process. Readers come first.
    """
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda signalled, _: _ENDING.append(signalled))
    with contextlib.suppress(OSError):
        os.nice(NICE)
