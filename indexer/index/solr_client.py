"""SolrCloud over HTTP (检索集群连接): pysolr and its session behind one small class.

The client knows several nodes, asks the next one when a node does not answer, and keeps a search within its
time whatever happens. What is asked travels in the body of a POST, never in an address, and no message of
this module holds text of a reader. Commands of Solr: Solr Reference Guide 9.10, "JSON Request API",
"Indexing with Update Handlers", "Collections API", "Configsets API".
"""

from __future__ import annotations

import io
import logging
import re
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit
from zlib import crc32

import msgspec
import pysolr
import requests
from requests.adapters import HTTPAdapter

from indexer.index.engine import SearchRefused, SearchUnavailable

PATIENCE = 1.8  # seconds until a search is given up that no node shows a sign of life for
SLOW = 20.0  # seconds a search may take on a node that is busy but lives
CONNECT = 0.4  # seconds a node has to take a connection of a search
FIRST_SHARE = 0.5  # of what is left: the time of a node while there is another one to ask
SIGN = 0.3  # of the time of a node: how much of it is kept to ask whether it lives
WRITE_PATIENCE = 120.0  # seconds a write is tried again; a shard may be without leader for some of them
ADMIN_PATIENCE = 180.0  # seconds a collection may take to be made or removed
AVOID = 5.0  # seconds a node that failed is asked last
LOOK_EVERY = 15.0  # seconds between looks at which nodes there are
SENDERS = 32  # searches on their way at the same time
BATCH = 500  # documents of one request
BATCH_BYTES = 4_000_000

_SILENT = logging.getLogger("indexer.index.solr")  # pysolr would log what was asked
_SILENT.setLevel(logging.CRITICAL + 1)
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_STATUS = re.compile(r"Solr responded with an error \(HTTP (\d{3})\)")
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


class _Node(pysolr.Solr):  # type: ignore[misc]
    """pysolr's connection to a collection or to the cluster, silent."""

    def _get_log(self) -> logging.Logger:
        return _SILENT

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None) -> str:
        return self._send_request(method, path, body, dict(headers or {}))  # type: ignore[no-any-return]


class SolrClient:
    """One SolrCloud (检索集群客户端), safe to use from several threads.

    ``addresses`` are those of some nodes, as ``http://search1:8983/solr``, where a user and a password may
    stand; others are found out. Reading raises `SearchUnavailable` when no node answers in ``patience``
    seconds, and `SearchRefused` when Solr does not take the request.
    """

    def __init__(
        self, addresses: Sequence[str], *, patience: float = PATIENCE, write_patience: float = WRITE_PATIENCE
    ) -> None:
        self.patience = patience
        self.write_patience = write_patience
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=16, pool_maxsize=64))
        self._given = tuple(dict.fromkeys(self._address(a) for a in addresses))
        if not self._given:
            raise ValueError("no address of a Solr node is given")
        self._known = self._given
        self._failed: dict[str, float] = {}  # node: until when it is asked last
        self._turn = count()
        self._senders = ThreadPoolExecutor(SENDERS, "solr-search")
        self._looked = 0.0
        self._looking = threading.Lock()

    def _address(self, address: str) -> str:
        parts = urlsplit(address.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("the address of a Solr node begins with http:// or https:// and has a host")
        if parts.username:
            self._session.auth = (parts.username, parts.password or "")
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        place = f"{host}:{parts.port}" if parts.port else host
        return urlunsplit((parts.scheme, place, parts.path.rstrip("/") or "/solr", "", ""))

    def close(self) -> None:
        self._senders.shutdown(wait=False, cancel_futures=True)
        self._session.close()

    # Reading

    def search(self, collection: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to a request in Solr's JSON Request API."""
        # The pages of one search come from one node: copies may count deleted documents differently.
        turn = crc32(repr((body.get("query"), body.get("params"))).encode("utf-8", "replace"))
        return self.read(f"{_named(collection)}/select", body, turn)

    def read(self, path: str, body: Mapping[str, Any], turn: int | None = None) -> dict[str, Any]:
        """The answer of a handler to a JSON body; asked again elsewhere, so only for what changes nothing."""
        return self._ask(path, msgspec.json.encode(body), _JSON, turn)

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
        answer = self._ask(f"{_named(collection)}/terms", form, {"Content-type": _FORM})
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
        self._persist("post", f"{_named(collection)}/update?wt=json", body, _JSON, self.write_patience)

    # The cluster

    def live_nodes(self) -> list[str]:
        """Addresses of the nodes that ZooKeeper counts as live."""
        nodes = self._cluster().get("live_nodes", [])
        scheme = urlsplit(self._given[0]).scheme
        return [
            f"{scheme}://{host}/{context}" for host, _, context in (n.rpartition("_") for n in sorted(nodes))
        ]

    def collections(self) -> dict[str, CollectionStatus]:
        """Every collection by its name."""
        cluster = self._cluster()
        live = set(cluster.get("live_nodes", ()))
        return {name: _status(name, data, live) for name, data in cluster.get("collections", {}).items()}

    def aliases(self) -> dict[str, str]:
        """What each alias points to."""
        found = self._ask("admin/collections?action=LISTALIASES&wt=json", None, None)
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
        found = self._ask("admin/collections?action=CLUSTERSTATUS&wt=json", None, None)
        return dict(found.get("cluster", {}))

    def _admin(self, action: str, **asked: object) -> dict[str, Any]:
        form = urlencode({"action": action, "wt": "json", **asked}).encode()
        return self._command("post", "admin/collections", form, {"Content-type": _FORM})

    def _command(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return self._persist(method, path, body, headers, ADMIN_PATIENCE)

    # Asking one node after the other

    def _order(self, turn: int | None = None) -> list[str]:
        """All nodes, those that failed lately last; a turn says which is first, else each in turn."""
        now, known = time.monotonic(), self._known
        turn = next(self._turn) if turn is None else turn
        nodes = [known[(turn + n) % len(known)] for n in range(len(known))]
        return sorted(nodes, key=lambda node: self._failed.get(node, 0.0) > now)

    def _ask(
        self,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        turn: int | None = None,
    ) -> dict[str, Any]:
        """One node after the other until one answers or shows that it is only busy, within ``patience``."""
        until = time.monotonic() + self.patience
        nodes, reason = self._order(turn), "no time"
        for n, node in enumerate(nodes):
            left = until - time.monotonic()
            if left < 0.05:
                break
            share = left if n == len(nodes) - 1 else max(left * FIRST_SHARE, min(left, 0.3))
            try:
                answer = self._watch(node, path, body, headers, share)
            except SearchUnavailable as error:
                reason = error.reason
                continue
            self._look_soon()
            return answer
        self._look_soon(at_once=True)
        raise SearchUnavailable(", ".join(nodes), reason)

    def _watch(
        self, node: str, path: str, body: bytes | None, headers: Mapping[str, str] | None, share: float
    ) -> dict[str, Any]:
        """A node's answer; after its share of time it is waited for only as long as the node lives."""
        method = "get" if body is None else "post"
        most = max(SLOW, share)
        coming = self._senders.submit(self._send, method, node, path, body, headers, most)
        sign = share * SIGN
        until = time.monotonic() + most
        wait = share - sign
        while True:
            try:
                return coming.result(wait)
            except TimeoutError:
                if time.monotonic() > until or not self._lives(node, sign):
                    self._failed[node] = time.monotonic() + AVOID
                    raise SearchUnavailable(node, "no answer in time") from None
            wait = 1.0

    def _lives(self, node: str, seconds: float) -> bool:
        """Whether a node answers at all, whatever it says."""
        try:
            path = f"{node}/admin/info/health?wt=json"
            with self._session.get(path, timeout=(min(CONNECT, seconds), seconds)):
                return True
        except requests.RequestException:
            return False

    def _persist(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None, patience: float
    ) -> dict[str, Any]:
        """As often as it takes, for what may be repeated: a node that is being replaced comes back."""
        until = time.monotonic() + patience
        pause = 0.1
        while True:
            for node in self._order():
                left = max(1.0, until - time.monotonic())
                try:
                    return self._send(method, node, path, body, headers, left)
                except SearchUnavailable as error:
                    last = error
            if time.monotonic() + pause > until:
                raise last
            time.sleep(pause)
            pause = min(2.0, pause * 2)

    def _send(
        self,
        method: str,
        node: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        seconds: float,
    ) -> dict[str, Any]:
        connection = _Node(node, timeout=(min(CONNECT, seconds), seconds), session=self._session)
        try:
            text = connection.send(method, path, body, headers)
        except pysolr.SolrError as error:
            status = _STATUS.match(str(error))
            if status and int(status[1]) < 500 and int(status[1]) != 429:
                raise SearchRefused(node, int(status[1]), str(error)) from None
            reason = f"HTTP {status[1]}" if status else _reason(error.__context__)
        except requests.RequestException as error:
            reason = _reason(error)
        else:
            self._failed.pop(node, None)
            try:
                return msgspec.json.decode(text)  # type: ignore[no-any-return]
            except msgspec.DecodeError:
                reason = "the answer is not JSON"
        self._failed[node] = time.monotonic() + AVOID
        raise SearchUnavailable(node, reason)

    def _look_soon(self, *, at_once: bool = False) -> None:
        """Finds out which nodes there are, beside the search that is answered."""
        if time.monotonic() - self._looked < (1.0 if at_once else LOOK_EVERY):
            return
        if self._looking.acquire(blocking=False):
            self._looked = time.monotonic()
            threading.Thread(target=self._look, name="solr-nodes", daemon=True).start()

    def _look(self) -> None:
        try:
            for node in self._order():
                try:
                    path = "admin/collections?action=CLUSTERSTATUS&wt=json"
                    found = self._send("get", node, path, None, None, 2.0)
                except (SearchUnavailable, SearchRefused):
                    continue
                self._take_up(found.get("cluster", {}).get("live_nodes", []))
                return
        finally:
            self._looking.release()

    def _take_up(self, live: Sequence[str]) -> None:
        """Notes the nodes there are. Those not given are asked only once they have answered from here:
        in a container they may have names that nobody outside knows.
        """
        scheme = urlsplit(self._given[0]).scheme
        known = list(self._given)
        for name in sorted(live):
            host, _, context = name.rpartition("_")
            node = f"{scheme}://{host}/{context or 'solr'}"
            if node in known:
                continue
            try:
                self._send("get", node, "admin/info/system?wt=json&omitHeader=true", None, None, 2.0)
            except (SearchUnavailable, SearchRefused):
                continue
            known.append(node)
        self._known = tuple(known)


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


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Whether something becomes true in so many seconds."""
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _named(name: str) -> str:
    """A name of a collection, column, alias or configset; anything else never gets into an address."""
    if not _NAME.fullmatch(name):
        raise ValueError("a name in Solr is made of letters, digits, points, hyphens and low lines")
    return name


def _reason(error: BaseException | None) -> str:
    """Why a node did not answer, without anything that was asked."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "no connection"
    return "the connection broke"


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
