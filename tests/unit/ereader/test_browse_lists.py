"""The browse lists follow the index, whoever looks after them and however large the catalogue is."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import until

from ereader import browse_lists
from ereader.browse_lists import ListKeeper, make
from ereader.commands import load
from ereader.installation import Installation, open_home

RIS = "TY  - BOOK\nAU  - {author}\nTI  - {title}\nPY  - 2000\nER  - \n\n"


def put(home: Path, *books: tuple[str, str]) -> None:
    file = home.parent / "books.ris"
    file.write_text("".join(RIS.format(author=a, title=t) for a, t in books), encoding="utf-8")
    args = argparse.Namespace(
        library="lib", repository="books", create=True, format="", type="", mapping=None, charset="",
        take_older=False, again=False, workers=0, authority=False,
    )  # fmt: skip
    with open_home(home) as installation, installation.writing():
        load.load_files(installation, [file], args)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Installation]:
    """A home open for reading only, as a server has it."""
    put(tmp_path / "home", ("鲁迅", "呐喊"))
    with open_home(tmp_path / "home", read_only=True) as installation:
        yield installation


def authors(installation: Installation) -> list[str]:
    return [h.value for h in installation.store.headings.page("author")]


def test_a_small_catalogue_has_its_lists_when_the_first_reader_asks(served: Installation) -> None:
    assert authors(served) == [] and served.store.headings.stamp() == ""
    keeper = ListKeeper(served)
    keeper.ensure()
    assert authors(served) == ["鲁迅"]
    put(served.home, ("老舍", "茶馆"))
    keeper.ensure()
    assert authors(served) == ["老舍", "鲁迅"]


def test_nothing_is_done_while_nothing_has_changed(served: Installation) -> None:
    keeper = ListKeeper(served)
    keeper.ensure()
    keeper._begin = pytest.fail  # type: ignore[method-assign,assignment]
    keeper.ensure()
    keeper.look()


def test_a_large_catalogue_is_listed_by_a_process_of_its_own_and_nobody_waits(
    served: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse_lists, "SMALL", 0)
    keeper = ListKeeper(served)
    keeper.ensure()
    until(lambda: authors(served))
    assert authors(served) == ["鲁迅"]


def test_a_large_catalogue_waits_until_the_index_is_quiet(
    served: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse_lists, "SMALL", 0)
    keeper = ListKeeper(served)
    begun: list[bool] = []
    keeper._begin = begun.append  # type: ignore[method-assign,assignment]
    keeper.look()
    assert begun == []
    keeper._seen = (keeper._seen[0], time.monotonic() - browse_lists.QUIET - 1)
    keeper.look()
    assert begun == [False]


def test_several_keepers_end_with_one_list(served: Installation) -> None:
    keepers = [ListKeeper(served) for _ in range(4)]
    works = [keeper._begin(True) for keeper in keepers]
    for work in works:
        assert work is not None
        work.join(120)
    assert authors(served) == ["鲁迅"] and not served.store.headings.being_made()


def test_an_index_that_cannot_be_used_leaves_the_lists_alone(
    served: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ListKeeper(served).ensure()
    put(served.home, ("老舍", "茶馆"))
    with open_home(served.home) as installation:
        monkeypatch.setattr(installation.engine, "usable", lambda: False)
        assert make(installation) == 0
    assert authors(served) == ["鲁迅"]
