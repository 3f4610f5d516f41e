"""Exit statuses of the command line and the errors that stand for them (退出码); a public face."""

from __future__ import annotations

DONE = 0
REFUSED = 1  # done, but some records were refused; all are in the report
USAGE = 2  # wrong usage or unreadable input; nothing changed
SERVICE = 3  # a service that is needed (Solr, PostgreSQL, Redis) does not answer
INTERRUPTED = 130  # stopped by Ctrl-C, as shells have it


class UsageError(Exception):
    """The command cannot be done as asked; the message says why and what to do instead. Nothing was
    changed. ``because`` is the code of the reason, where pages say it in the reader's language
    (``job_errors``).
    """

    def __init__(self, message: str = "", because: str = "") -> None:
        self.because = because
        super().__init__(message)


class ServiceUnavailable(Exception):
    """A service that is needed does not answer; the message names it and its address."""
