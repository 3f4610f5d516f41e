"""The quality report of a load (装载报告), made from what the store keeps of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import msgspec

from indexer.pack import unpack
from indexer.problem import Problem
from indexer.records.record import Record
from indexer.report import Report, Summary
from indexer.store import Store

PAGE = 500
EXAMPLES = 3  # of each kind of problem


class Reported(msgspec.Struct, frozen=True):
    """The report of a load in numbers (装载报告摘要), with some problems of each kind, errors first."""

    summary: Summary
    examples: dict[str, list[Problem]] = {}


class _Source(msgspec.Struct):
    format: str = ""
    charset: str = ""


class _Brief(msgspec.Struct):
    """What a report says of a record."""

    id: str = ""
    title: str = ""
    type: str = ""
    source: _Source = msgspec.field(default_factory=_Source)


def write(
    store: Store, run: int, directory: Path | None, progress: Callable[[int], None] = lambda _: None
) -> Reported | None:
    """Reports on what a load wrote and refused; None where there is no such load.

    What was unchanged was not read again and is not in it. ``directory`` None writes no files.
    """
    found = store.run(run)
    if found is None:
        return None
    names = str(found["files"]).split("\n")
    shown = names[0] + (f" … ({len(names)})" if len(names) > 1 else "")
    examples: dict[str, list[Problem]] = {}
    with Report(shown, directory) as report:
        for problems in _told(store, run):
            _keep(examples, problems)
            refused = any(p.severity == "error" for p in problems)
            report.add(None if refused else cast(Record, _Brief(type="–")), problems)
        for done, (blob, held) in enumerate(store.earlier.written(run), 1):
            problems = list(_problems(held)) if held else []
            _keep(examples, problems)
            report.add(cast(Record, _brief(unpack(blob))), problems)
            if done % PAGE == 0:
                progress(done)
        return Reported(report.finish(), examples)


def _keep(examples: dict[str, list[Problem]], problems: list[Problem]) -> None:
    for problem in problems:
        held = examples.setdefault(problem.code, [])
        if len(held) < EXAMPLES:
            held.append(problem)


def _told(store: Store, run: int) -> Iterator[list[Problem]]:
    """The problems of each record that was refused, and what was decided while loading."""
    held: list[Problem] = []
    for problem in store.run_problems(run, limit=1_000_000):
        if held and (problem.file, problem.position) != (held[0].file, held[0].position):
            yield held
            held = []
        held.append(problem)
    if held:
        yield held


_brief = msgspec.msgpack.Decoder(_Brief).decode
_problems = msgspec.msgpack.Decoder(tuple[Problem, ...]).decode
