"""The guards that keep hidden records hidden, each with a way to take it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest import mock

import msgspec
from tantivy import Query

from ereader.search import browse as browse_list
from ereader.search import cursor
from ereader.web import browse_serials, widget
from holdings.members import PUBLIC, Members, Viewer, registry, sharing
from holdings.members.repository import Repository
from holdings.members.view import VisibleSet, encode
from indexer import document, follow, prepare, reindex, store
from indexer.authorities import Authorities
from indexer.index import narrow, tantivy, tantivy_facets, tantivy_state, tantivy_suggest
from indexer.index.clause import Narrowing, Value
from indexer.index.sight import ANY, Marks
from indexer.index.tantivy import TantivyEngine
from indexer.known_forms import KnownForms
from indexer.records.union import UnionRecord

Removal = Callable[[], AbstractContextManager[Any]]


def _no_tokens(view: Any, *, marks: Marks = ANY) -> Narrowing:
    return Narrowing((), tuple(c for c in narrow_sight(view, marks=marks).never if isinstance(c, Value)))


def _no_denied(view: Any, *, marks: Marks = ANY) -> Narrowing:
    kept = (c for c in narrow_sight(view, marks=marks).never if not isinstance(c, Value))
    return Narrowing((), tuple(kept))


narrow_sight = narrow.sight


def _encoded(change: Callable[[VisibleSet, int], VisibleSet]) -> Removal:
    def made(members: Any) -> list[VisibleSet]:
        return [change(one, len(members)) for one in encode(members)]

    return lambda: mock.patch.object(document, "encode", made)


def _of(target: Any, name: str, value: Any) -> Removal:
    return lambda: mock.patch.object(target, name, value)


def _decided(**always: bool) -> Removal:
    """Two keys and a membership, of which one is always there."""
    original = sharing.decide

    def decide(repository: Repository, consortium: str, statuses: Mapping[str, str], today: Any) -> Any:
        if always.get("member"):
            statuses = {consortium: "active"}
        if always.get("offered"):
            repository = msgspec.structs.replace(repository, offered_to=(consortium,))
        if always.get("published"):
            repository = msgspec.structs.replace(repository, published_by=(consortium,))
        return original(repository, consortium, statuses, today)

    def every(repository: Repository, statuses: Mapping[str, str], today: Any) -> list[str]:
        return [c for c in ("centre", "x", "y") if decide(repository, c, statuses, today).seen]

    return lambda: mock.patch.object(sharing, "open_consortia", every)


def _audience(of: str, taken_for: str) -> Removal:
    original = sharing.atoms_of

    def atoms_of(repository: Repository, *more: Any) -> Any:
        if repository.audience == of:
            repository = msgspec.structs.replace(repository, audience=taken_for)
        return original(repository, *more)

    return lambda: mock.patch.object(sharing, "atoms_of", atoms_of)


def _active(whose: Callable[[str, Viewer], str]) -> Removal:
    """A library counts as an active member everywhere while its view is made."""
    original = Members.view

    def view(self: Members, place: str = "C:centre", viewer: Viewer = registry.ANYONE) -> Any:
        held, id = self._snapshot(), whose(place, viewer)
        if id not in held.libraries:
            return original(self, place, viewer)
        everywhere = dict.fromkeys(("centre", "x", "y"), "active")
        with mock.patch.dict(held.statuses, {id: everywhere}):
            return original(self, place, viewer)

    return lambda: mock.patch.object(Members, "view", view)


def _shown_although(flag: str) -> Removal:
    """Documents are made of records with a flag."""
    shown, prepared = follow.shown, prepare.Preparer._document
    none: Any = "" if flag == "embargo_until" else False

    def bare(source: Any) -> Any:
        return msgspec.structs.replace(source, record=msgspec.structs.replace(source.record, **{flag: none}))

    def without(sources: Any, *more: Any) -> Any:
        return shown([bare(s) for s in sources], *more)

    def document_of(self: Any, draft: Any) -> Any:
        if draft.record is not None:
            draft.record = msgspec.structs.replace(draft.record, **{flag: none})
        return prepared(self, draft)

    @contextmanager
    def removed() -> Iterator[None]:
        with (
            mock.patch.object(follow, "shown", without),
            mock.patch.object(prepare.Preparer, "_document", document_of),
        ):
            yield

    return removed


def _any_member(self: Any, id: str, view: Any) -> Any:
    union_id, visible = self._cluster(id, view)
    return (
        UnionRecord(union_id, store.merge([s.record for s in visible]), tuple(visible)) if visible else None
    )


class _Later:
    """A store on a day on which no embargo runs any more."""

    def __init__(self, one: store.Store) -> None:
        self._one = one

    def now(self) -> str:
        return "9999-12-31T00:00:00Z"

    def __getattr__(self, name: str) -> Any:
        return getattr(self._one, name)


def _made_later(original: Any = reindex.made_again) -> Any:
    def made(ids: Any, one: store.Store, *more: Any) -> Any:
        return original(ids, _Later(one), *more)

    return made


def _all_beginnings(original: Any = tantivy_facets.FacetCounter._by_beginning) -> Any:
    def counted(self: Any, state: Any, query: Any, field: Any, call: Any) -> Any:
        return original(self, state, Query.all_query(), field, call)

    return counted


class _Everything(frozenset[str]):
    def __contains__(self, _: object) -> bool:
        return True


def _known_of_all() -> Any:
    original = KnownForms.__init__

    def made(self: Any, database: Any, repositories: Any) -> None:
        original(self, database, repositories)
        self._repositories = _Everything(repositories)

    return made


def _without_view(call: Any) -> Any:
    return (call.tree, call.selections, call.year, call.works, call.scope, call.since)


def _all_forms(visit: Any, title: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys([title, *visit.service.headings.same("journal", title)]))


def _begun(self: Any, repository: str, members: Members) -> Any:
    atoms = self.members.atoms(repository)
    members.note_writing({repository: atoms})
    return atoms, True


def _places(repository: Repository, *_: Any) -> tuple[str, ...]:
    return (f"L:{repository.library}", *(f"C:{c}" for c in repository.offered_to))


def _whole_original(self: Any, uid: str, view: Any) -> Any:
    _, visible = self._cluster(uid, view)
    return next(self._originals(store.SOURCE.c.uid == uid), None) if uid in {s.uid for s in visible} else None


# What is guarded: how the guard is taken out.
GUARDS: dict[str, Removal] = {
    "tokens of the sight filter": _of(narrow, "sight", _no_tokens),
    "deny list of withdrawn repositories": _of(narrow, "sight", _no_denied),
    "sight of suggestions, near words and similar items": _of(tantivy_suggest, "sight", _no_tokens),
    "sight of explanations": _of(tantivy, "sight", _no_tokens),
    "mark of restricted documents": _of(tantivy_state, "RESTRICTED", "nothing"),
    "excepted atoms": _encoded(lambda v, _: msgspec.structs.replace(v, excepted=())),
    "needed atoms": _encoded(lambda v, _: msgspec.structs.replace(v, needs=(PUBLIC,))),
    "documents of visible members only": _encoded(
        lambda v, n: msgspec.structs.replace(v, members=tuple(range(n)))
    ),
    "places of documents": _of(sharing, "places_of", _places),
    "filter of fetched records": _of(store.Store, "_sees", lambda *_: True),
    "hidden members answer to no permalink": _of(store.Store, "union", _any_member),
    "originals of visible records only": _of(
        store.Store,
        "original",
        lambda self, uid, _: next(self._originals(store.SOURCE.c.uid == uid), None),
    ),
    "counts of browse lists": _of(TantivyEngine, "counts", lambda _, __, ___, values: [1] * len(values)),
    "values of facets by their beginning": _of(
        tantivy_facets.FacetCounter, "_by_beginning", _all_beginnings()
    ),
    "place of pinyin in a list": _of(browse_list._Look, "begins", lambda *_: True),
    "stranger's view of the box on other pages": _of(widget, "open_view", lambda visit: visit.view),
    "forms of a journal's title": _of(browse_serials, "_forms", _all_forms),
    "openness of authority files": _of(Authorities, "open", lambda *_: True),
    "forms known from open authority files only": _of(KnownForms, "__init__", _known_of_all()),
    "embargo of repositories": _of(sharing, "embargoed", lambda *_: False),
    "embargo of records": _of(store.Store, "_later", lambda *_: False),
    "embargo of records when they are loaded": _shown_although("embargo_until"),
    "embargo of records when the index is rebuilt": _of(follow, "made_again", _made_later()),
    "suppressed records": _shown_although("suppressed"),
    "membership of the owner": _decided(member=True),
    "the library's key": _decided(offered=True),
    "the consortium's key": _decided(published=True),
    "membership of the library whose portal it is": _active(lambda place, _: place.removeprefix("L:")),
    "membership of the viewer's library": _active(lambda _, viewer: viewer.library),
    "audience consortium-members": _audience("consortium-members", "everyone"),
    "audience own-members": _audience("own-members", "consortium-members"),
    "audience staff": _audience("staff", "own-members"),
    "roles of staff": _of(registry, "STAFF_ROLES", frozenset({"reader"})),
    "cursors of a view": _of(cursor, "_fingerprint", lambda *_: "any"),
    "memory of a view": _of(tantivy, "_identity", _without_view),
    "atoms that documents may carry": _of(Members, "note_writing", lambda *_: None),
    "loads that leave older documents as they are": _of(follow.Follower, "begin", _begun),
    "what staff say, on pages": _of(store, "as_said", lambda state, until, _: (state, until)),
    "what staff say, in the index": _of(store, "flagged", lambda record, _: record),
    "what staff say, when the index is rebuilt": _of(reindex, "flagged", lambda record, _: record),
    "records withheld until the index follows": _of(Members, "withhold", lambda *_: None),
    "private fields on pages": _of(store, "without_private", lambda source, _: source),
    "private fields when records are loaded": _of(prepare, "without", lambda record, _: record),
    "private fields when the index follows": _of(follow, "without_private", lambda source, _: source),
    "private fields when the index is rebuilt": _of(reindex, "without", lambda record, _: record),
    "originals with private fields": _of(store.Store, "original", _whole_original),
    "documents that tell what is private now": _of(sharing, "tells", lambda *_: False),
}
