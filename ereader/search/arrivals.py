"""New arrivals (新到文献): what came into the union within some days, counted from the beginning of a day.

Whole days keep an address the same question all day long, so that counts, feeds and pages agree.
"""

from __future__ import annotations

import time

PERIODS = (7, 30, 90)  # days that the page offers; any number up to MOST_DAYS is answered
MOST_DAYS = 3_660
_DAY = 86_400


def since(days: int, now: float | None = None) -> int:
    """Seconds of the epoch at which the day (UTC) began that is so many days ago; 0 where days are 0.

    >>> since(7, 1_000_000_000) == 999_993_600 - 7 * 86_400
    True
    """
    if days <= 0:
        return 0
    today = int(time.time() if now is None else now) // _DAY * _DAY
    return max(1, today - min(days, MOST_DAYS) * _DAY)
