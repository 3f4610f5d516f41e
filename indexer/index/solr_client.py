"""SolrCloud over HTTP (检索集群连接): what the engine wants of a cluster, as methods.

What is asked travels in the body of a POST, never in an address, and no message holds text of a reader.
Commands of Solr: Solr Reference Guide 9.10, "JSON Request API", "Indexing with Update Handlers", "Collections
API", "Configsets API".
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode
from zlib import crc32

import msgspec

from indexer.index.engine import SearchRefused
from indexer.index.solr_nodes import PATIENCE, SolrNodes

WRITE_PATIENCE = 120.0  # seconds a write is tried again; a shard may be without leader for some of them
ADMIN_PATIENCE = 180.0  # seconds a collection may take to be made or removed
BATCH = 500  # documents of one request
BATCH_BYTES = 4_000_000

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_JSON = {"Content-type": "application/json; charset=utf-8"}


class CollectionStatus(msgspec.Struct, frozen=True):
    """A collection as the cluster has it (集合状态).

    ``active`` of ``replicas`` copies answer; it is ``whole`` when every shard has one that does.
    """

    name: str
    configset: str
    shards: int
    replicas: int
    active: int
    whole: bool


class SolrClient:
    """One SolrCloud (检索集群客户端), safe to use from several threads.

    ``addresses`` are those of some nodes, as ``http://search1:8983/solr``, where a user and a password may
    stand. Reading raises `SearchUnavailable` when no node answers in ``patience`` seconds, `SearchRefused` if
    Solr does not take the request.
    """

    def __init__(
        self, addresses: Sequence[str], *, patience: float = PATIENCE, write_patience: float = WRITE_PATIENCE
    ) -> None:
        self.nodes = SolrNodes(addresses, patience=patience)
        self.write_patience = write_patience

    def close(self) -> None:
        self.nodes.close()

    # Reading

    def search(self, collection: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request in Solr's JSON Request API."""
        # The pages of one search come from one node: copies may count deleted documents differently.
        turn = crc32(repr((body.get("query"), body.get("params"))).encode("utf-8", "replace"))
        return self.read(f"{_named(collection)}/select", body, turn)

    def read(self, path: str, body: Mapping[str, Any], turn: int | None = None) -> dict[str, Any]:
        """The answer of a handler to a JSON body; asked again elsewhere, so only for what changes nothing."""
        return self.nodes.ask(path, msgspec.json.encode(body), _JSON, turn)

    def terms(
        self, collection: str, column: str, *, after: str = "", prefix: str = "", limit: int = 1000
    ) -> list[tuple[str, int]]:
        """Terms of a column in their order with how many documents have them, deleted ones included (词典).

        From the one after ``after`` on. Says nothing of what a view sees.
        """
        asked: dict[str, Any] = {
            "terms.fl": column, "terms.sort": "index", "terms.limit": limit, "terms.lower": after,
            "terms.lower.incl": "false", "terms.prefix": prefix, "expandMacros": "false", "wt": "json",
        }  # fmt: skip
        form = urlencode({k: v for k, v in asked.items() if v != ""}).encode()
        answer = self.nodes.ask(f"{_named(collection)}/terms", form, {"Content-type": _FORM})
        found = answer["terms"].get(column, [])
        return list(zip(found[::2], found[1::2], strict=True))

    # Writing

    def add(self, collection: str, documents: Iterable[bytes]) -> None:
        """Adds documents (JSON with the unique key); those of the same key are replaced. Safe to repeat, and
        repeated until Solr has them or ``write_patience`` is over.
        """
        for body in batches(documents):
            self._write(collection, body)

    def delete(self, collection: str, column: str, values: Sequence[str]) -> None:
        """Deletes the documents that have one of these terms in a column."""
        for start in range(0, len(values), BATCH):
            part = values[start : start + BATCH]
            if any("\x1e" in value for value in part):
                raise ValueError("a term holds the separator")
            query = f"{{!terms f={_named(column)} separator='\x1e'}}" + "\x1e".join(part)
            self._write(collection, msgspec.json.encode({"delete": {"query": query}}))

    def delete_keys(self, collection: str, keys: Sequence[str]) -> None:
        """Deletes documents by their unique key, which is cheaper than by a column."""
        for start in range(0, len(keys), BATCH):
            self._write(collection, msgspec.json.encode({"delete": list(keys[start : start + BATCH])}))

    def clear(self, collection: str) -> None:
        """Deletes every document."""
        self._write(collection, b'{"delete":{"query":"*:*"}}')

    def commit(self, collection: str) -> None:
        """Makes everything written visible; returns when it is."""
        self._write(collection, b'{"commit":{"waitSearcher":true}}')

    def _write(self, collection: str, body: bytes) -> None:
        self.nodes.persist("post", f"{_named(collection)}/update?wt=json", body, _JSON, self.write_patience)

    # The cluster

    def live_nodes(self) -> list[str]:
        """Addresses of the nodes that ZooKeeper counts as live."""
        return self.nodes.addresses_of(self._cluster().get("live_nodes", []))

    def collections(self) -> dict[str, CollectionStatus]:
        """Every collection by its name."""
        cluster = self._cluster()
        live = set(cluster.get("live_nodes", ()))
        return {name: _status(name, data, live) for name, data in cluster.get("collections", {}).items()}

    def aliases(self) -> dict[str, str]:
        """What each alias points to."""
        found = self.nodes.ask("admin/collections?action=LISTALIASES&wt=json", None, None)
        return dict(found.get("aliases") or {})

    def point(self, alias: str, collection: str) -> None:
        """Makes an alias point to a collection, in one step (别名切换)."""
        self._admin("CREATEALIAS", name=_named(alias), collections=_named(collection))

    def forget(self, alias: str) -> None:
        self._admin("DELETEALIAS", name=_named(alias))

    def configsets(self) -> list[str]:
        return list(self._command("get", "admin/configs?action=LIST&wt=json").get("configSets", []))

    def upload(self, name: str, files: Mapping[str, bytes]) -> None:
        """Stores a configset under a name that is not used yet."""
        if name in self.configsets():
            return
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file, content in files.items():
                archive.writestr(file, content)
        path = f"admin/configs?action=UPLOAD&name={_named(name)}&wt=json"
        try:
            self._command("post", path, packed.getvalue(), {"Content-type": "application/octet-stream"})
        except SearchRefused:  # Another process may have been quicker.
            if name not in self.configsets():
                raise

    def drop_configset(self, name: str) -> None:
        self._command("get", f"admin/configs?action=DELETE&name={_named(name)}&wt=json")

    def create(self, collection: str, configset: str, *, shards: int = 2, replicas: int = 2) -> None:
        """Makes an empty collection; returns when all its copies answer."""
        asked = {"numShards": shards, "replicationFactor": replicas, "waitForFinalState": "true"}
        try:
            self._admin(
                "CREATE", name=_named(collection), **{"collection.configName": _named(configset)}, **asked
            )
        except SearchRefused:
            if collection not in self.collections():
                raise

    def drop(self, collection: str) -> None:
        """Removes a collection and all its documents."""
        try:
            self._admin("DELETE", name=_named(collection))
        except SearchRefused:
            if collection in self.collections():
                raise

    def _cluster(self) -> dict[str, Any]:
        found = self.nodes.ask("admin/collections?action=CLUSTERSTATUS&wt=json", None, None)
        return dict(found.get("cluster", {}))

    def _admin(self, action: str, **asked: object) -> dict[str, Any]:
        form = urlencode({"action": action, "wt": "json", **asked}).encode()
        return self._command("post", "admin/collections", form, {"Content-type": _FORM})

    def _command(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return self.nodes.persist(method, path, body, headers, ADMIN_PATIENCE)


_FORM = "application/x-www-form-urlencoded; charset=utf-8"


def batches(documents: Iterable[bytes]) -> Iterable[bytes]:
    """Documents as JSON arrays of a size that one request carries well."""
    held: list[bytes] = []
    size = 0
    for document in documents:
        held.append(document)
        size += len(document)
        if len(held) >= BATCH or size >= BATCH_BYTES:
            yield b"[" + b",".join(held) + b"]"
            held, size = [], 0
    if held:
        yield b"[" + b",".join(held) + b"]"


def _named(name: str) -> str:
    """A name of a collection, column, alias or configset; anything else never gets into an address."""
    if not _NAME.fullmatch(name):
        raise ValueError("a name in Solr is made of letters, digits, points, hyphens and low lines")
    return name


def _status(name: str, data: Mapping[str, Any], live: set[str]) -> CollectionStatus:
    shards = list(data.get("shards", {}).values())
    active = [
        [
            r
            for r in s.get("replicas", {}).values()
            if r.get("state") == "active" and r.get("node_name") in live
        ]
        for s in shards
    ]
    return CollectionStatus(
        name=name,
        configset=str(data.get("configName", "")),
        shards=len(shards),
        replicas=sum(len(s.get("replicas", {})) for s in shards),
        active=sum(map(len, active)),
        whole=bool(shards) and all(active),
    )
