"""Reading of the tables of cases in tests/cases/records."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parents[3] / "cases" / "records"


def rows(name: str, width: int) -> list[tuple[str, ...]]:
    """The rows of a table, each padded to ``width`` cells; lines that begin with # are comments."""
    lines = (FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [
        tuple((line.split("\t") + [""] * width)[:width])
        for line in lines
        if line and not line.startswith("# ")
    ]
