"""What is asked of the rows of a KBART file (KBART 行查询): how many are wrong, and those of one title."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from indexer.records.identifier import isbn13
from resolver.knowledge_base.kbart import KbartProblem, Row


def summary(rows: Sequence[Row], problems: Sequence[KbartProblem]) -> Mapping[str, object]:
    """Numbers of a check: rows, rows with errors, rows with warnings, and columns missing or unknown."""
    bad = {p.row for p in problems if p.severity == "error" and p.row}
    doubtful = {p.row for p in problems if p.severity == "warning" and p.row} - bad
    return {
        "rows": len(rows),
        "errors": sum(1 for p in problems if p.severity == "error"),
        "warnings": sum(1 for p in problems if p.severity == "warning"),
        "rows_with_errors": len(bad),
        "rows_with_warnings": len(doubtful),
        "missing_columns": [p.field for p in problems if p.code == "missing-column"],
        "unknown_columns": [p.field for p in problems if p.code == "unknown-column"],
    }


def rows_of_title(rows: Iterable[Row], title_id: str) -> list[Row]:
    """The rows of a title by its id, ISSN or ISBN; all rows where none is asked for."""
    if not title_id:
        return list(rows)
    names = ("title_id", "print_identifier", "online_identifier")
    numbers = {title_id, _bare_number(title_id)}
    return [
        row
        for row in rows
        if any(row[name] and (row[name] == title_id or _bare_number(row[name]) in numbers) for name in names)
    ]


def _bare_number(text: str) -> str:
    """An ISSN or ISBN without its hyphens, an ISBN with 13 digits, so that all spellings are the same."""
    bare = re.sub(r"[\s-]", "", text).upper()
    if len(bare) in (10, 13) and (book := isbn13(bare)):
        return book
    return bare if re.fullmatch(r"\d{7}[\dX]|\d{9}[\dX]|\d{13}", bare) else text
