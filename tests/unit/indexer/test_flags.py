"""What staff say of single records stands above them, at once and for good."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from holdings.members import (
    CENTRE,
    Configuration,
    Library,
    Members,
    Membership,
    Repository,
    View,
    Viewer,
)
from indexer import follow, pipeline
from indexer.flags import Change, flags_of, set_flags
from indexer.index import open_engine
from indexer.index.engine import Engine, SearchCall
from indexer.index.query import Everything, Words
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.record import record_uid
from indexer.store import Store

CHANGES = {
    "suppressed": Change(suppressed=True),
    "under embargo": Change(embargo_until="2031-01-01"),
    "deleted": Change(deleted=True),
}


@dataclass
class Home:
    """One library with two repositories whose records are merged by their numbers."""

    database: sa.Engine
    members: Members
    store: Store
    engine: Engine
    day: datetime.date = datetime.date(2030, 6, 1)

    def load(self, repository: str, records: list[dict[str, object]]) -> None:
        raws = (
            Raw("record", json.dumps(one, ensure_ascii=False).encode(), n, charset="utf-8")
            for n, one in enumerate(records, 1)
        )
        plan = pipeline.Load(Profile(library="a", repository=repository, format="record"), workers=0)
        pipeline.load(plan, [("file", raws)], self.store, self.members, self.engine)

    def say(self, id: str, change: Change, repository: str = "r") -> None:
        with self.database.begin() as connection:
            uids = [record_uid(repository, id)]
            time = datetime.datetime.now(datetime.UTC).isoformat()
            set_flags(connection, self.members, uids, change, "user:x", time)

    def follow(self) -> None:
        with follow.writing(self.engine, self.store, self.members):
            pass

    def view(self, viewer: Viewer | None = None) -> View:
        return self.members.view("C:centre", viewer or Viewer())

    def found(self, word: str = "") -> int:
        tree = Words("all", word) if word else Everything()
        return self.engine.search(SearchCall(tree, self.view())).total

    def there(self, id: str, repository: str = "r") -> bool:
        return self.store.union(record_uid(repository, id), self.view()) is not None


@pytest.fixture
def home(database: sa.Engine) -> Iterator[Home]:
    held: list[Home] = []
    members = Members(database, lambda: held[0].day)
    store = Store(database, members, lambda: f"{held[0].day}T10:00:00Z")
    held.append(Home(database, members, store, open_engine("tantivy", None)))
    members.create_tables()
    store.create_tables()
    members.save(
        Configuration(
            libraries=(Library("a"),),
            memberships=(Membership("a", CENTRE),),
            repositories=tuple(
                Repository(r, "a", offered_to=(CENTRE,), published_by=(CENTRE,)) for r in ("r", "s")
            ),
        )
    )
    yield held[0]
    held[0].engine.close()


def book(id: str, title: str, **more: object) -> dict[str, object]:
    return {"id": id, "type": "book", "title": title, **more}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_is_hidden_is_hidden_before_the_index_follows_and_after(home: Home, change: Change) -> None:
    home.load("r", [book("1", "Harbour lights"), book("2", "Tidal mills")])
    home.say("1", change)
    assert (home.found("harbour"), home.found(), home.there("1"), home.there("2")) == (0, 1, False, True)
    home.follow()
    assert (home.found("harbour"), home.found(), home.there("1")) == (0, 1, False)
    assert home.members.withheld() == frozenset()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_flags_survive_loading_the_same_and_a_changed_record(home: Home, change: Change) -> None:
    home.load("r", [book("1", "Harbour lights")])
    home.say("1", change)
    home.follow()
    home.load("r", [book("1", "Harbour lights")])
    home.load("r", [book("1", "Harbour lights at night")])
    assert (home.found(), home.there("1")) == (0, False)
    follow.rebuild(home.engine, home.store, home.members)
    assert (home.found(), home.there("1")) == (0, False)


@pytest.mark.parametrize(
    "back", [Change(suppressed=False), Change(as_received=True)], ids=["shown", "as received"]
)
def test_what_was_taken_back_is_found_again(home: Home, back: Change) -> None:
    home.load("r", [book("1", "Harbour lights")])
    home.say("1", Change(suppressed=True))
    home.follow()
    home.say("1", back)
    home.follow()
    assert (home.found(), home.there("1")) == (1, True)
    with home.database.connect() as connection:
        said = flags_of(connection, repository="r")
    assert len(said) == (0 if back.as_received else 1), "of what is as received nothing is kept"


def test_staff_may_show_what_says_of_itself_not_to_be_shown(home: Home) -> None:
    home.load(
        "r", [book("1", "Harbour lights", suppressed=True), book("2", "Mills", embargo_until="2040-01-01")]
    )
    assert home.found() == 0
    home.say("1", Change(suppressed=False))
    home.say("2", Change(embargo_until=""))
    home.follow()
    assert (home.found(), home.there("1"), home.there("2")) == (2, True, True)


def test_of_a_merged_record_only_the_flagged_member_is_hidden_once_the_index_has_followed(home: Home) -> None:
    isbn = [{"scheme": "isbn", "value": "9780000000019", "valid": True}]
    home.load("r", [book("1", "Harbour lights", identifiers=isbn, notes=["kept by otters"])])
    home.load("s", [book("1", "Harbour lights", identifiers=isbn, notes=["kept by herons"])])
    assert home.found() == 1
    home.say("1", Change(suppressed=True))
    assert home.found("otters") == 0
    assert home.there("1", "s"), "the page of what is left is there all the time"
    home.follow()
    assert (home.found("otters"), home.found("herons"), home.there("1", "s")) == (0, 1, True)


def test_an_embargo_ends_on_its_day_without_anybody_saying_so(home: Home) -> None:
    home.load("r", [book("1", "Harbour lights")])
    home.say("1", Change(embargo_until="2030-06-09"))
    home.follow()
    home.day = datetime.date(2030, 6, 8)
    home.follow()
    assert home.found() == 0
    home.day = datetime.date(2030, 6, 9)
    home.follow()
    assert (home.found(), home.there("1")) == (1, True)


def test_what_is_said_while_the_index_follows_stays_withheld(home: Home) -> None:
    home.load("r", [book("1", "Harbour lights")])
    home.say("1", Change(suppressed=True))
    with follow.writing(home.engine, home.store, home.members):
        home.say("1", Change(suppressed=False))
        home.say("1", Change(deleted=True))
        assert home.found() == 0
    assert home.found() == 0
    assert home.store.pending_flags() == {}


def test_of_an_unknown_record_nothing_is_said(home: Home) -> None:
    home.load("r", [book("1", "Harbour lights")])
    home.say("7", Change(deleted=True))
    assert home.store.pending_flags() == {}
    assert home.found() == 1
