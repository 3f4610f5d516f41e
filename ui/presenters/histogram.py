"""The year histogram (年代分布图): from counts by year to bars of a drawing."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ui.pages import Bar, Histogram

WIDTH = 240.0
HEIGHT = 56.0
MOST_BARS = 30
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)


def domain(counts: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """The years that the drawing spans: the lowest one in a hundred hits share its first bar."""
    ordered = sorted(counts)
    total = sum(n for _, n in ordered)
    low, passed = ordered[0][0], 0
    for year, n in ordered:
        low = year
        passed += n
        if passed * 100 > total:
            break
    return low, max(low, ordered[-1][0])


def histogram(
    counts: Sequence[tuple[int, int]],
    chosen: tuple[int | None, int | None] | None,
    href: Callable[[int | None, int | None], str],
    year_label: Callable[[int], str],
    clear_href: str = "",
) -> Histogram | None:
    """Bars for (year, hits); ``href`` gives the address of the search within a range. None when no
    year is known.

    Bars are of equal width and cover 1, 2, 5, 10 … years, at most 30 of them; the height grows with
    the square root of the
    count, so that a small number beside a large one can still be seen.
    """
    known = [(year, n) for year, n in counts if n > 0]
    if not known:
        return None
    low, high = domain(known)
    step = next((s for s in STEPS if (high - low) / s < MOST_BARS), STEPS[-1])
    start = low // step * step
    if step == STEPS[-1] and (high - start) // step >= MOST_BARS:
        start = (high // step - MOST_BARS + 1) * step
    bins = [0] * ((high - start) // step + 1)
    for year, n in known:
        bins[max(0, (year - start) // step)] += n
    earliest = min(year for year, _ in known)
    highest = max(bins)
    width = WIDTH / len(bins)
    bars = []
    for i, n in enumerate(bins):
        first = start + i * step
        last = min(first + step - 1, high)
        if i == 0:
            first = min(first, earliest) if earliest < start else max(first, earliest)
        tall = max(2.0, HEIGHT * (n / highest) ** 0.5) if n else 0.0
        inside = True
        if chosen is not None:
            inside = (chosen[0] is None or last >= chosen[0]) and (chosen[1] is None or first <= chosen[1])
        label = year_label(first) if first == last else f"{year_label(first)} – {year_label(last)}"
        bars.append(
            Bar(first, last, n, label, href(first, last), round(i * width, 2), round(max(1.0, width - 1), 2),
                round(HEIGHT - tall, 2), round(tall, 2), inside)
        )  # fmt: skip
    return Histogram(
        tuple(bars), bars[0].low, bars[-1].high, year_label(bars[0].low), year_label(bars[-1].high),
        chosen[0] if chosen else None, chosen[1] if chosen else None, clear_href,
    )  # fmt: skip
