"""Writing to SolrCloud (写入检索集群), into the present collection or into a new one beside it.

A document has the key ``<union id>!<number>``: what stands before the mark decides the shard, so all
documents of a union record are on one shard, and writing one again replaces it. Everything may be sent twice,
so a request that a dying node may or may not have taken is simply repeated. Rules: Solr Reference Guide 9.10,
"Document Routing", "Aliases".
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from indexer.index import tantivy_folder as folders
from indexer.index.clause import Value, either
from indexer.index.engine import SearchUnavailable
from indexer.index.solr_render import Given, body, query
from indexer.index.solr_schema import KEY, configset, configset_name

if TYPE_CHECKING:
    from indexer.index.solr import SolrEngine

BATCH = 500  # documents, or changed union records, that are sent together
SENDERS = 2  # requests on their way at the same time
PAUSE = 1.0  # seconds until every node knows where an alias points to


class _Named(msgspec.Struct):
    id: str


_id_of = msgspec.json.Decoder(_Named).decode
_quoted = msgspec.json.Encoder().encode


class SolrWriter:
    """The one writer of a collection. Nothing is visible before ``commit``; what is written survives the
    loss of a node.
    """

    def __init__(self, engine: SolrEngine, *, rebuild: bool, patience: float) -> None:
        self._engine, self._client = engine, engine.client
        self._rebuild = rebuild
        self._handle: int | None = None
        self._added: list[bytes] = []
        self._last: tuple[str, int] = ("", 0)
        self._changed: dict[str, list[bytes]] = {}
        self._parts: dict[str, int] = {}  # documents of union records written since the last commit
        self._sent: list[Future[None]] = []
        self._pool: ThreadPoolExecutor | None = None
        if not engine.writing.acquire(timeout=patience):
            raise folders.WriterBusy("this process is already writing to the index")
        try:
            if engine.path is not None:
                self._handle = folders.lock(engine.path, patience)
            self._collection = self._prepare()
            self._pool = ThreadPoolExecutor(SENDERS, "solr-writer")
        except BaseException:
            self._release()
            raise

    def _prepare(self) -> str:
        engine, client = self._engine, self._client
        present = client.aliases().get(engine.place.alias)
        for name in client.collections():
            if engine.is_own(name) and name != present:
                client.drop(name)  # What a killed rebuild left.
        if present is not None and not self._rebuild:
            if not engine.made_for(present):
                raise ValueError("the index was made for another list of fields: rebuild it")
            # What another writer sent before it was killed has to be seen before it can be replaced.
            client.commit(present)
            return present
        client.upload(configset_name(), configset())
        fresh = engine.fresh_name()
        client.create(fresh, configset_name(), shards=engine.place.shards, replicas=engine.place.replicas)
        if not self._rebuild:
            client.point(engine.place.alias, fresh)
            engine.look()
        return fresh

    def add(self, documents: Iterable[bytes]) -> None:
        self._send_changed()
        for document in documents:
            union_id = _id_of(document).id
            number = self._last[1] + 1 if self._last[0] == union_id else 0
            self._last = (union_id, number)
            self._added.append(_keyed(union_id, number, document))
            if number:
                self._parts[union_id] = number + 1
            if len(self._added) >= BATCH:
                self._send_added()

    def replace(self, union_id: str, documents: Iterable[bytes]) -> None:
        self._send_added()
        self._changed[union_id] = list(documents)
        if len(self._changed) >= BATCH:
            self._send_changed()

    def delete(self, union_id: str) -> None:
        self.replace(union_id, ())

    def commit(self) -> None:
        self._send_added()
        self._send_changed()
        self._arrived()
        self._client.commit(self._collection)
        self._parts.clear()
        if not self._rebuild:
            self._engine.look()

    def close(self, *, swap: bool = True) -> None:
        if self._pool is None:
            return
        try:
            if swap or not self._rebuild:
                self.commit()
            if self._rebuild and swap:
                self._swap()
            elif self._rebuild:
                self._client.drop(self._collection)
        finally:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
            self._release()

    def _swap(self) -> None:
        """The alias points to the new collection in one step; the old one goes once nobody asks it."""
        self._client.point(self._engine.place.alias, self._collection)
        self._engine.look()
        old = [n for n in self._client.collections() if self._engine.is_own(n) and n != self._collection]
        if old:
            time.sleep(PAUSE)
        for name in old:
            self._client.drop(name)

    def _send_added(self) -> None:
        if self._added:
            self._send(self._added)
            self._added = []
            self._last = ("", 0)

    def _send(self, documents: list[bytes]) -> None:
        assert self._pool is not None
        while len(self._sent) > SENDERS:
            self._sent.pop(0).result()
        self._sent.append(self._pool.submit(self._client.add, self._collection, documents))

    def _send_changed(self) -> None:
        """Documents of changed union records; those they have no longer are deleted by their keys."""
        if not self._changed:
            return
        self._arrived()
        stale: list[str] = []
        held = self._held(list(self._changed))
        documents = []
        for union_id, made in self._changed.items():
            before = max(held.get(union_id, 0), self._parts.get(union_id, 1))
            stale += [_key(union_id, n) for n in range(len(made), before)]
            documents += [_keyed(union_id, n, document) for n, document in enumerate(made)]
            self._parts[union_id] = max(before, len(made))
        if stale:
            self._client.delete_keys(self._collection, stale)
        if documents:
            self._send(documents)
            self._arrived()
        self._changed = {}

    def _held(self, ids: Sequence[str]) -> dict[str, int]:
        """How many documents union records have in the collection, by their highest number."""
        given = Given()
        main = query(either([Value("id", union_id) for union_id in ids]), given)
        asked = body(main, given, fields=[KEY, "id"], limit=100 * len(ids), sort="newest asc")
        held: dict[str, int] = {}
        for found in self._patiently(asked)["response"]["docs"]:
            number = int(found[KEY].rpartition("!")[2]) + 1
            held[found["id"]] = max(number, held.get(found["id"], 0))
        return held

    def _patiently(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to a search that writing cannot go on without, asked as long as a write is repeated."""
        until = time.monotonic() + self._client.write_patience
        while True:
            try:
                return self._client.search(self._collection, asked)
            except SearchUnavailable:
                if time.monotonic() > until:
                    raise
                time.sleep(PAUSE)

    def _arrived(self) -> None:
        """Waits until Solr has all that was sent; raises what went wrong with any of it."""
        while self._sent:
            self._sent.pop(0).result()

    def _release(self) -> None:
        if self._handle is not None:
            folders.unlock(self._handle)
            self._handle = None
        self._engine.writing.release()


def _key(union_id: str, number: int) -> str:
    # Slashes and exclamation marks mean something in the key of a routed document.
    return f"{quote(union_id, safe=':')}!{number}"


def _keyed(union_id: str, number: int, document: bytes) -> bytes:
    return b'{"%b":%b,%b' % (KEY.encode(), _quoted(_key(union_id, number)), document[1:])
