"""Why a record stands where it stands for a query (排序说明), row by row of the table of weights."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from holdings.members.view import View
from indexer.index.clause import Boost, Clause, Either, Every, Lift, Ranked, Without
from indexer.index.compile import Compiler
from indexer.index.engine import Engine
from indexer.index.fields import WEIGHTS
from indexer.index.query import Node

MAX_CLAUSES = 120  # asked one by one; a long query has more, of which the strongest count


class Reason(msgspec.Struct, frozen=True):
    """One row of the table of weights (得分理由): what the record got, and the most it could have got.

    ``parts`` and ``met`` are into how many parts the row was shared out, and how many the record has.
    """

    step: str
    score: float
    most: float
    parts: int = 1
    met: int = 1


class Standing(msgspec.Struct, frozen=True):
    """What a record gets for a query, the strongest reason first, and what it might have got but does not."""

    found: bool
    total: float
    reasons: tuple[Reason, ...]
    missing: tuple[Reason, ...]


_EXPLAINED = Compiler(scoring=True, apart=True)


def standing(tree: Node, id: str, view: View, engine: Engine) -> Standing:
    """Asks the engine for each clause of the ranking; a record the view does not see gets nothing."""
    clause = _EXPLAINED(tree, view.place)
    wanted = sorted(dict.fromkeys(lifts(clause)), key=_rank)[:MAX_CLAUSES]
    whole, *scores = engine.scores(id, view, [clause, *wanted])
    rows: dict[str, Reason] = {}
    for one, score in zip(wanted, scores, strict=True):
        known = rows.get(one.step, Reason(one.step, 0.0, 0.0, 0, 0))
        most = one.score if isinstance(one, Lift) else 0.0
        rows[one.step] = Reason(
            one.step,
            known.score + (score or 0.0),
            known.most + most,
            known.parts + 1,
            known.met + (score is not None),
        )
    found = whole is not None
    return Standing(
        found=found,
        total=whole or 0.0,
        reasons=tuple(row for row in rows.values() if row.met and found),
        missing=tuple(row for row in rows.values() if not (row.met and found)),
    )


def lifts(clause: Clause) -> Iterable[Lift | Boost]:
    """The clauses that a score is made of, each with the name of its row."""
    match clause:
        case Lift() | Boost():
            if clause.step:
                yield clause
        case Ranked(required, hoped):
            yield from lifts(required)
            for one in hoped:
                yield from lifts(one)
        case Every(clauses) | Either(clauses):
            for one in clauses:
                yield from lifts(one)
        case Without(wanted, _):
            yield from lifts(wanted)


_PLACES = {name: n for n, name in enumerate(WEIGHTS)}


def _rank(clause: Lift | Boost) -> int:
    return _PLACES.get(clause.step, len(_PLACES))
