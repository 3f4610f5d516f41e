"""Taking out any one guard is noticed: the comparison with the decision table fails without it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from guards import GUARDS
from witness import LIVES, beside_nothing, boxes, journal_pages, late, loaded, rebuilt, widened_and_withdrawn

Life = Callable[[], Iterator[str]]
# Who notices; all others are noticed as soon as the world is loaded.
NOTICED: dict[str, Life] = {
    "deny list of withdrawn repositories": late,
    "loads that leave older documents as they are": late,
    "atoms that documents may carry": widened_and_withdrawn,
    "embargo of records when the index is rebuilt": rebuilt,
    "forms of a journal's title": journal_pages,
    "stranger's view of the box on other pages": boxes,
    "place of pinyin in a list": beside_nothing,
    "what staff say, in the index": late,
    "what staff say, when the index is rebuilt": rebuilt,
    "private fields when the index follows": late,
    "private fields when the index is rebuilt": rebuilt,
    "documents that tell what is private now": late,
}


@pytest.mark.parametrize("life", LIVES, ids=lambda life: life.__name__)
def test_with_all_guards_nothing_differs(life: Life) -> None:
    assert list(life()) == []


@pytest.mark.parametrize("name", GUARDS)
def test_without_the_guard_something_differs(name: str) -> None:
    with GUARDS[name]():
        assert next(NOTICED.get(name, loaded)(), ""), f"nobody notices that this is gone: {name}"
