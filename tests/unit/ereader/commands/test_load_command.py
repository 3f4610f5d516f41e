"""How many processes a load starts: starting them takes as long as reading some thousand records."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ereader.cli import main
from ereader.commands import load
from indexer import pipeline
from indexer.prepare import Prepared, Task
from indexer.workers import Batch, prepare_here


@pytest.mark.parametrize(
    "words, worth, started",
    [
        pytest.param((), 10**6, [], id="few bytes, nothing said"),
        pytest.param((), 10, [2], id="many bytes, nothing said"),
        pytest.param(("--workers", "3"), 10**6, [3], id="few bytes, three said"),
        pytest.param(("--workers", "0"), 10, [], id="many bytes, none said"),
    ],
)
def test_processes_are_started_for_much_or_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], worth: int, started: list[int]
) -> None:
    asked = []

    def prepared(batches: Iterator[Batch], task: Task, workers: int, *_: Any) -> Iterator[list[Prepared]]:
        asked.append(workers)
        return prepare_here(batches, task)

    monkeypatch.setattr(pipeline, "prepare_in_workers", prepared)
    monkeypatch.setattr(load, "WORTH_WORKERS", worth)
    file = tmp_path / "books.ris"
    file.write_text("TY  - BOOK\nID  - 1\nTI  - On soils\nER  - \n", encoding="utf-8")
    home = ("--home", str(tmp_path / "home"), "load", "--create", "--library", "l", "--repository", "r")
    assert main([*home, *words, str(file)]) == 0
    assert asked == started
