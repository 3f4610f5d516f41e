"""Whether addresses of the knowledge base still answer (链接探测): a few of each package at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec
import sqlalchemy as sa

from resolver.knowledge_base.tables import COVERAGE, PACKAGE
from resolver.service import as_address

Verdict = Literal["reached", "failed", "unknown"]
Ask = Callable[[str], tuple[int, str]]
# Who wants to know first who asks has the thing; who has too much to do just now may have it too.
_THERE = frozenset((401, 402, 403, 405, 406, 429))


class Probed(msgspec.Struct, frozen=True):
    """What one address answered (探测结果); ``status`` 0 where nothing did, ``said`` why."""

    package: str
    url: str
    status: int
    said: str
    verdict: Verdict


def probe(
    engine: sa.Engine, ask: Ask, per_package: int, package: str = "", seed: int | None = None
) -> Iterator[Probed]:
    """Asks some addresses of every package, or of one. ``ask(address)`` gives (status, why there is none)."""
    chance = random.Random(seed)
    with engine.connect() as connection:
        packages = connection.execute(
            sa.select(PACKAGE.c.number, PACKAGE.c.name).order_by(PACKAGE.c.name)
        ).all()
        picked = [
            (name, url)
            for number, name in packages
            if not package or name == package
            for url in _sample(connection, number, per_package, chance)
        ]
    for name, url in picked:
        status, said = ask(url)
        yield Probed(name, url, status, said, verdict(status, said))


def verdict(status: int, said: str) -> Verdict:
    """What an answer means for readers; what never left this house means nothing."""
    if 200 <= status < 400 or status in _THERE or said == "too-large":
        return "reached"
    if not status and said in ("refused", "busy", "broken"):
        return "unknown"
    return "failed"


def _sample(connection: sa.Connection, package: int, count: int, chance: random.Random) -> list[str]:
    """Different addresses of rows picked by their numbers, which needs no look at all of them."""
    here = COVERAGE.c.package == package
    low, high = connection.execute(
        sa.select(sa.func.min(COVERAGE.c.number), sa.func.max(COVERAGE.c.number)).where(here)
    ).one()
    if low is None:
        return []
    found: dict[str, None] = {}
    for _ in range(count * 3):
        query = (
            sa.select(COVERAGE.c.url)
            .where(here, COVERAGE.c.number >= chance.randint(low, high))
            .order_by(COVERAGE.c.number)
            .limit(1)
        )
        if url := as_address(connection.execute(query).scalar() or ""):
            found[url] = None
        if len(found) >= count:
            break
    return list(found)
