"""The quality report of a file (质量报告): counts while it is read, a CSV of every problem, an HTML page to
read.

Memory does not grow with the file: the CSV is written as the problems come, the page keeps a limited number
of examples of each check.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec

from indexer import report_page
from indexer.checks import CHECKS
from indexer.problem import Problem
from indexer.records.authority import Authority
from indexer.records.record import Record

EXAMPLES = 200  # rows of one check on the page; the CSV has them all
MAX_CODES = 1_000
COLUMNS = (
    "position", "id", "title", "severity", "code", "field", "value", "what and how to mend",
    "问题", "修改办法", "file",
)  # fmt: skip
CSV_NAME = "problems.csv"
PAGE_NAME = "report.html"


class Example(msgspec.Struct, frozen=True):
    """One problem with the record it was found in (例)."""

    problem: Problem
    id: str
    title: str


class Summary(msgspec.Struct, frozen=True):
    """A file's quality in numbers (质量概况)."""

    file: str
    read: int
    refused: int
    clean: int  # records without an error or a warning
    problems: int
    severities: dict[str, int]
    codes: dict[str, int]
    types: dict[str, int]
    formats: dict[str, int]
    charsets: dict[str, int]


class Report:
    """Collects the problems of one file (报告收集器); a context manager that closes its CSV file.

    ``directory`` is made when absent; None writes no files. ``finish`` writes the page and answers with the
    Summary.
    """

    def __init__(self, file: str, directory: Path | None = None) -> None:
        self.file = file
        self._directory = directory
        self._read = self._refused = self._clean = 0
        self._codes: Counter[str] = Counter()
        self._severities: Counter[str] = Counter()
        self._types: Counter[str] = Counter()
        self._formats: Counter[str] = Counter()
        self._charsets: Counter[str] = Counter()
        self._severity_of: dict[str, str] = {}
        self._examples: dict[str, list[Example]] = {}
        self._stream: Any = None
        self._rows: Any = None
        if directory is not None:
            directory.mkdir(parents=True, exist_ok=True)
            # The byte-order mark makes spreadsheet programs read the file as UTF-8.
            self._stream = (directory / CSV_NAME).open("w", encoding="utf-8-sig", newline="")
            self._rows = csv.writer(self._stream)
            self._rows.writerow(COLUMNS)

    def __enter__(self) -> Report:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._stream is not None:
            self._stream.close()

    def add(self, record: Record | Authority | None, problems: Sequence[Problem]) -> None:
        """Counts one record and its problems (计入一条记录); a refused record is None."""
        self._read += 1
        if record is None:
            self._refused += 1
        elif isinstance(record, Authority):
            self._types[f"authority-{record.kind}"] += 1
            self._formats[record.format or "?"] += 1
            if record.charset:
                self._charsets[record.charset] += 1
        else:
            self._types[record.type] += 1
            self._formats[record.source.format or "?"] += 1
            if record.source.charset:
                self._charsets[record.source.charset] += 1
        grave = False
        for item in problems:
            grave = grave or item.severity != "info"
            code = item.code if item.code in self._codes or len(self._codes) < MAX_CODES else "other"
            self._codes[code] += 1
            self._severities[item.severity] += 1
            self._severity_of.setdefault(code, item.severity)
            if self._rows is not None:
                self._write(item, record, code)
        if record is not None and not grave:
            self._clean += 1

    def _write(self, item: Problem, record: Record | Authority | None, code: str) -> None:
        local_id = record.id if record else ""
        title = record.heading if isinstance(record, Authority) else record.title if record else ""
        title = title[:200]
        known = CHECKS.get(item.code)
        cells = (
            str(item.position), local_id, title, item.severity, item.code, item.field, item.value,
            item.message,
            known.zh if known else "", known.mend_zh if known else "", item.file,
        )  # fmt: skip
        self._rows.writerow([_cell(text) for text in cells])
        kept = self._examples.setdefault(code, [])
        if len(kept) < EXAMPLES:
            kept.append(Example(item, local_id, title))

    def summary(self) -> Summary:
        """The numbers so far."""
        return Summary(
            self.file,
            self._read,
            self._refused,
            self._clean,
            sum(self._codes.values()),
            {name: self._severities[name] for name in ("error", "warning", "info")},
            dict(self._codes.most_common()),
            dict(self._types.most_common()),
            dict(self._formats.most_common()),
            dict(self._charsets.most_common()),
        )

    def finish(self) -> Summary:
        """Writes the page, closes the CSV file and answers with the Summary (完成报告)."""
        summary = self.summary()
        if self._directory is not None:
            self._stream.close()
            page = report_page.render(summary, self._examples, self._severity_of, CSV_NAME)
            (self._directory / PAGE_NAME).write_text(page, encoding="utf-8", errors="replace")
        return summary


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula and that can be written as UTF-8."""
    text = " ".join(text.encode("utf-8", "replace").decode("utf-8").replace("\x00", "").split())
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text
