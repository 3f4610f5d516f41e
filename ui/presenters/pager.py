"""Pages of a result (翻页)."""

from __future__ import annotations

from collections.abc import Callable

from ui.pages import Choice, Pager


def pager(page: int, size: int, total: int, last_page: int, href: Callable[[int], str]) -> Pager:
    """Links to the first page, those around this one and the last that may be asked for.

    Gaps have no address.
    """
    needed = max(1, -(-total // size))
    pages = min(needed, last_page) if last_page else needed
    shown = sorted({1, pages, *(p for p in range(page - 2, page + 3) if 1 <= p <= pages)})
    links: list[Choice] = []
    before = 0
    for number in shown:
        if number - before == 2:
            links.append(Choice(f"{number - 1:,}", href(number - 1)))
        elif number - before > 2:
            links.append(Choice("…", ""))
        links.append(Choice(f"{number:,}", href(number), current=number == page))
        before = number
    return Pager(
        page=page,
        pages=pages,
        links=tuple(links) if pages > 1 else (),
        previous=href(page - 1) if 1 < page <= pages + 1 else "",
        next=href(page + 1) if page < pages else "",
        limited=needed > pages,
    )
