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
    named = visit.texts.maybe(f"problem.{code}", "")
    text = (known.zh if zh else known.en) if known else named or (shown[0].message if shown else code)
    # What else a message says is in English; it stands where the page has no words of its own for it.
    detailed = not (known or (named and zh))
    return Fault(
        code,
        severity,
        count,
        text,
        (known.mend_zh if zh else known.mend_en) if known else "",
        tuple((str(p.position or ""), p.field, p.value, p.message if detailed else "") for p in shown),
    )
