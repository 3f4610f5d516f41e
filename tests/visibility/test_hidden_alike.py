"""Hidden and unknown cannot be told apart, nothing crosses from one view to another, and what is denied
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from oracle import Eye, look
from pages import UNKNOWN, Portal, compare_pages, hidden_alike, plain_addresses, record_addresses, told
from surfaces import Asked
from witness import EYES, withdrawn, witness
from worlds import Home

from ereader.search import browse, pipeline, shelf
from ereader.search.refusal import CursorRefused
from ereader.search.request import SearchRequest
from holdings.members import Viewer
from holdings.members.apply import ConfigurationError, apply

PUBLIC_EYE = EYES[0]


@pytest.fixture
def home() -> Iterator[Home]:
    with Home(witness(), 1) as made:
        made.load()
        yield made


@pytest.mark.parametrize("eye", EYES[:4], ids=lambda eye: f"{eye.place} {eye.viewer.user}")
def test_hidden_records_and_words_answer_like_those_that_are_nowhere(home: Home, eye: Eye) -> None:
    assert list(hidden_alike(Asked(home, eye), Portal(home))) == []


def test_withdrawn_records_answer_like_unknown_ones_at_once_on_every_page(home: Home) -> None:
    home.change(withdrawn(home.world))
    assert compare_pages(home, PUBLIC_EYE, exact=False) == []


def test_a_hidden_id_asks_the_database_the_same_questions_as_an_unknown_one(home: Home) -> None:
    asked: list[str] = []

    def note(_: object, __: object, statement: str, *___: object) -> None:
        asked.append(statement)

    seen = look(home.world, PUBLIC_EYE, home.clusters())
    view = home.members.view(PUBLIC_EYE.place)
    sa.event.listen(home.database, "before_cursor_execute", note)
    try:
        for leaf in seen.hidden:
            if home.clusters()[leaf.uid] in seen.unions:
                continue
            for fetch in (home.store.union, home.store.original):
                asked.clear()
                assert fetch(leaf.uid, view) is None
                hidden = [text for text in asked if "source" in text]
                asked.clear()
                assert fetch(UNKNOWN, view) is None
                unknown = [text for text in asked if "source" in text]
                assert len(hidden) == len(unknown)
                assert not any("source_content" in text for text in hidden), "nothing of it was read"
    finally:
        sa.event.remove(home.database, "before_cursor_execute", note)


def test_cursors_of_one_view_are_refused_in_every_other(home: Home) -> None:
    views = [home.members.view(eye.place, eye.viewer) for eye in EYES]
    for view in views:
        cursor = pipeline.search(SearchRequest(size=1, cursor="*"), view, home.engine).next_cursor
        for other in views:
            request = SearchRequest(size=1, cursor=cursor)
            if (other.place, other.atoms) == (view.place, view.atoms):
                pipeline.search(request, other, home.engine)
            else:
                with pytest.raises(CursorRefused):
                    pipeline.search(request, other, home.engine)


def test_answers_do_not_depend_on_who_asked_before(home: Home) -> None:
    addresses = [
        "/api/v1/search?size=50",
        "/api/v1/facets?facet=author&limit=200",
        "/browse/author",
        "/search.atom",
    ]
    portal = Portal(home)

    def answers(eye: Eye) -> list[tuple[int, dict[str, str], str]]:
        return [told(answer) for answer in portal.get(eye, addresses)]

    first = {n: answers(eye) for n, eye in enumerate(EYES)}
    for n in reversed(range(len(EYES))):
        assert answers(EYES[n]) == first[n]


def test_no_page_of_a_view_may_be_kept_by_a_shared_cache(home: Home) -> None:
    portal = Portal(home)
    (id, *_) = look(home.world, PUBLIC_EYE, home.clusters()).unions
    paths = ["/", "/search", "/search.atom", "/browse/author", "/api/v1/search", "/api/v1/suggest?q=a"]
    paths += [path.replace("{id}", id) for path in record_addresses()]
    for path, answer in zip(paths, portal.get(PUBLIC_EYE, paths), strict=True):
        kept = answer.headers.get("cache-control", "")
        assert "private" in kept or "no-store" in kept, path


def dump(home: Home) -> list[str]:
    with home.database.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        return list(driver.iterdump())


def test_looking_at_hidden_records_leaves_the_database_as_it_is(home: Home) -> None:
    portal, seen = Portal(home), look(home.world, PUBLIC_EYE, home.clusters())
    # What signs the addresses of links is made once, whatever is asked first.
    portal.app.state.service.links.secret()
    before = dump(home)
    paths = plain_addresses() + [
        p.replace("{id}", leaf.uid) for p in record_addresses() for leaf in seen.hidden[:3]
    ]
    portal.get(PUBLIC_EYE, paths)
    portal.get(Eye("L:b", Viewer("b2", "b", ("librarian",))), paths)
    assert dump(home) == before


@pytest.mark.parametrize(
    "text",
    [
        '[[repository]]\nid = "own"\nlibrary = "b"\n',
        '[[repository]]\nid = "fresh"\nlibrary = "a"\noffered_to = ["nowhere"]\n',
        '[[repository]]\nid = "fresh"\nlibrary = "a"\naudience = "all"\n',
        '[[membership]]\nlibrary = "b"\nconsortium = "y"\n[[membership]]\nlibrary = "zz"\nconsortium = "x"\n',
        '[[library]]\nid = "centre"\n',
        '[[user]]\nname = "eve"\nroles = ["consortium-admin:nowhere"]\n',
    ],
)
def test_a_refused_change_leaves_the_database_as_it_is(home: Home, text: str) -> None:
    before = dump(home)
    with pytest.raises(ConfigurationError):
        apply(home.members, text, {})
    assert dump(home) == before


@pytest.mark.parametrize("kind", ["author", "shelf"])
def test_where_a_look_through_a_list_stopped_cannot_be_read(
    home: Home, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(browse, "MAX_LOOKED", 3)
    monkeypatch.setattr(browse, "MAX_LOOKED_FEW", 3)
    monkeypatch.setattr(shelf, "MAX_LOOKED", 3)
    monkeypatch.setattr(shelf, "STEP", 3)
    view = home.members.view(PUBLIC_EYE.place)
    hidden = [leaf.word for leaf in look(home.world, PUBLIC_EYE, home.clusters()).hidden]
    place, told, tokens = "", set(), 0
    for _ in range(200):
        headings = home.store.headings
        page: Any = (
            browse.browse("author", home.engine, headings, view, size=9, place=place)
            if kind == "author"
            else shelf.shelf(home.engine, headings, view, size=9, place=place)
        )
        told |= {e.value for e in (page.entries if kind == "author" else page.places)}
        for token in (page.next, page.previous):
            tokens += token.startswith("~")
            assert not any(word.encode().hex() in token for word in hidden)
        place = page.next
        if not place:
            break
    assert not place, "it comes to an end"
    assert tokens, "something was looked through in vain"
    monkeypatch.undo()
    whole: Any = (
        browse.browse("author", home.engine, home.store.headings, view, size=200).entries
        if kind == "author"
        else shelf.shelf(home.engine, home.store.headings, view, size=100).places
    )
    assert told == {e.value for e in whole}
