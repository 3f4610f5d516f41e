"""What the pages for loading files show (装载页面)."""

from __future__ import annotations

from dataclasses import dataclass

from ui.manage_pages import Frame, Input
from ui.pages import Choice, Site


@dataclass(frozen=True, slots=True)
class RunLine:
    """A load in the list of loads (装载记录行)."""

    number: int
    href: str
    started: str
    repository: str
    files: str
    counts: tuple[tuple[str, int], ...]  # key of the label, number
    state: str  # key of manage_load.state_…
    refused: int = 0


@dataclass(frozen=True, slots=True)
class JobLine:
    """Work that waits or runs (任务行)."""

    href: str
    what: str
    repository: str
    state: str
    percent: int = 0
    known: bool = False


@dataclass(frozen=True, slots=True)
class LoadPage:
    """The form for files, work in progress, and the loads there were (装载首页)."""

    site: Site
    frame: Frame
    action: str
    inputs: tuple[Input, ...]
    more: tuple[Input, ...]
    jobs: tuple[JobLine, ...]
    runs: tuple[RunLine, ...]
    problem: str = ""
    limit: int = 0  # megabytes
    waiting: tuple[Choice, ...] = ()  # uploads that nobody has loaded yet
    possible: bool = True  # there is a repository, or one may be made


@dataclass(frozen=True, slots=True)
class Sample:
    """One of the first records of a file (样例)."""

    position: int
    type: str
    title: str
    names: str
    publication: str
    identifiers: str
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of problem (问题类别) with what it is, how to mend it, and where it was met."""

    code: str
    severity: str
    count: int
    text: str
    mend: str
    examples: tuple[tuple[str, str, str, str], ...]  # record, field, value, message


@dataclass(frozen=True, slots=True)
class FileLook:
    """What the beginning of a file shows (预检)."""

    name: str
    size: str
    unreadable: str  # in the language of the page, where ``foreign`` is not set
    foreign: bool
    summary: str
    formats: str
    charsets: str
    types: str
    authority: bool
    samples: tuple[Sample, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class CheckPage:
    """Files before they are loaded (装载前检查)."""

    site: Site
    frame: Frame
    action: str
    files: tuple[FileLook, ...]
    inputs: tuple[Input, ...]
    more: tuple[Input, ...]
    problem: str = ""
    loadable: bool = True
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class JobPage:
    """Work while it is done (任务进度)."""

    site: Site
    frame: Frame
    what: str
    state: str  # key of manage_load.job_…
    doing: str
    done: int
    total: int
    percent: int
    rate: str
    left: str
    fault: str  # why it failed, in words
    error: str  # what the program said of it, in English
    stop_action: str
    back_href: str
    asked: str
    ahead: int = 0
    again_href: str = ""


@dataclass(frozen=True, slots=True)
class RunPage:
    """The report of a load, and undoing it (装载报告)."""

    site: Site
    frame: Frame
    counts: tuple[tuple[str, int, bool], ...]  # key of the label, number, whether it is bad news
    facts: tuple[tuple[str, str], ...]
    faults: tuple[Fault, ...]
    downloads: tuple[Choice, ...]
    repository_href: str
    search_href: str
    undo_action: str
    standing: str  # as in indexer.earlier.Undoable
    removed: int = 0
    restored: int = 0
    later_href: str = ""
    later: int = 0
    undone: str = ""
    actor: str = ""
    finished: bool = True
    no_report: bool = False
