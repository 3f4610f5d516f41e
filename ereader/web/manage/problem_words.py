"""Kinds of problems in the visitor's language (问题说明)."""

from __future__ import annotations

from collections.abc import Iterable

from ereader.web.visit import Visit
from indexer.checks import CHECKS
from indexer.problem import Problem
from ui.manage_load_pages import Fault


def fault(visit: Visit, code: str, severity: str, count: int, examples: Iterable[Problem] = ()) -> Fault:
    """A kind of problem with some places: what is wrong, how to mend it, which record, field and value."""
    known, zh = CHECKS.get(code), visit.lang.startswith("zh")
    shown = tuple(examples)
    text = (known.zh if zh else known.en) if known else (shown[0].message if shown else code)
    return Fault(
        code,
        severity,
        count,
        text,
        (known.mend_zh if zh else known.mend_en) if known else "",
        tuple((str(p.position or ""), p.field, p.value, "" if known else p.message) for p in shown),
    )
