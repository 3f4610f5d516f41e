"""How well targets lead where they should (链接成功率), from what was measured and nothing else.

Every click is a try. A failure is a report of a broken link, a probe that got no page, or, counted half, a
reader who took another way to the same thing at once. Tries and failures fade with a half-life of 30 days, so
a target that was mended rises again by itself; below a floor of tries nothing is concluded.
"""

from __future__ import annotations

from datetime import date

import msgspec

HALF_LIFE = 30.0  # days
FLOOR = 8.0  # tries, faded, below which nothing is concluded
ASSUMED = 4.0  # successes that every target is credited with, so that a few bad days do not decide
DOUBTFUL, FAILING = 0.8, 0.5  # below these rates


class Success(msgspec.Struct, frozen=True):
    """What is known of a target (目标成功率); ``tries`` and ``failures`` as of ``day``."""

    target: str
    library: str = ""
    clicks: int = 0
    reports: int = 0
    tries: float = 0.0
    failures: float = 0.0
    day: date = date(1, 1, 1)

    def on(self, day: date) -> Success:
        """The same, faded to a later day."""
        days = (day - self.day).days
        if days <= 0:
            return self
        left = 0.5 ** (days / HALF_LIFE)
        return msgspec.structs.replace(self, tries=self.tries * left, failures=self.failures * left, day=day)

    @property
    def rate(self) -> float:
        """The share of tries that led there, 0 to 1, drawn towards success."""
        failed = min(self.failures, self.tries)
        return (self.tries - failed + ASSUMED) / (self.tries + ASSUMED)

    @property
    def level(self) -> int:
        """0 leads there, or not enough is known; 1 is doubtful; 2 mostly leads nowhere."""
        if self.tries < FLOOR:
            return 0
        return 2 if self.rate < FAILING else int(self.rate < DOUBTFUL)
