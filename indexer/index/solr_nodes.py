"""The nodes of a SolrCloud (集群节点): pysolr's connections, and which node is asked when.

A node that does not answer is followed by the next one, and asked last until it shows a sign of life; a
search keeps its time whatever happens. No message of this module holds what was asked.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from urllib.parse import urlsplit, urlunsplit

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
AVOID = 3.0  # seconds until a node that failed, and is asked last, is looked at again
AGAIN = 0.3  # seconds a search has right after one that no node answered
LOOK_EVERY = 15.0  # seconds between looks at which nodes there are
SENDERS = 32  # searches on their way at the same time

_SILENT = logging.getLogger("indexer.index.solr")  # pysolr would log what was asked
_SILENT.setLevel(logging.CRITICAL + 1)
_STATUS = re.compile(r"Solr responded with an error \(HTTP (\d{3})\)")


class _Node(pysolr.Solr):  # type: ignore[misc]
    """pysolr's connection to a collection or to the cluster, silent."""

    def _get_log(self) -> logging.Logger:
        return _SILENT

    def send(self, method: str, path: str, body: bytes | None, headers: Mapping[str, str] | None) -> str:
        return self._send_request(method, path, body, dict(headers or {}))  # type: ignore[no-any-return]


class SolrNodes:
    """The nodes that are known (节点群), safe to use from several threads.

    ``addresses`` are those of some nodes, as ``http://search1:8983/solr``, where a user and a password may
    stand; others are found out.
    """

    def __init__(self, addresses: Sequence[str], *, patience: float = PATIENCE) -> None:
        self.patience = patience
        self._session = requests.Session()
        self._session.trust_env = False
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(pool_connections=16, pool_maxsize=64))
        self._given = tuple(dict.fromkeys(self._address(a) for a in addresses))
        if not self._given:
            raise ValueError("no address of a Solr node is given")
        self._known = self._given
        self._failed: dict[str, float] = {}  # node: when it is looked at again
        self._turn = count()
        self._senders = ThreadPoolExecutor(SENDERS, "solr-search")
        self._nobody_until = 0.0
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

    def addresses_of(self, live: Sequence[str]) -> list[str]:
        """The addresses of nodes by the names they have in ZooKeeper, as ``search1:8983_solr``."""
        scheme = urlsplit(self._given[0]).scheme
        parts = [name.rpartition("_") for name in sorted(live)]
        return [f"{scheme}://{host}/{context or 'solr'}" for host, _, context in parts]

    def _order(self, turn: int | None = None) -> list[str]:
        """All nodes, those that failed last until they show a sign of life; a turn says which is first, else
        each in turn.
        """
        known = self._known
        turn = next(self._turn) if turn is None else turn
        nodes = [known[(turn + n) % len(known)] for n in range(len(known))]
        return sorted(nodes, key=lambda node: node in self._failed)

    def ask(
        self,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str] | None,
        turn: int | None = None,
    ) -> dict[str, Any]:
        """One node after the other until one answers or shows that it is only busy, within ``patience``."""
        # What a page asks after a search that no node answered must not take its time once more.
        lately = time.monotonic() < self._nobody_until
        until = time.monotonic() + (min(AGAIN, self.patience) if lately else self.patience)
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
            self._nobody_until = 0.0
            self._look_soon()
            return answer
        self._nobody_until = time.monotonic() + 1.0
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

    def persist(
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
        """Finds out which nodes there are and which live again, beside the search that is answered."""
        now = time.monotonic()
        at_once = at_once or any(until < now for until in list(self._failed.values()))
        if now - self._looked < (1.0 if at_once else LOOK_EVERY):
            return
        if self._looking.acquire(blocking=False):
            self._looked = time.monotonic()
            threading.Thread(target=self._look, name="solr-nodes", daemon=True).start()

    def _look(self) -> None:
        try:
            now = time.monotonic()
            for node in [n for n, until in list(self._failed.items()) if until < now]:
                if self._lives(node, 1.0):
                    self._failed.pop(node, None)
                else:
                    self._failed[node] = time.monotonic() + AVOID
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
        known = list(self._given)
        for node in self.addresses_of(live):
            if node in known:
                continue
            try:
                self._send("get", node, "admin/info/system?wt=json&omitHeader=true", None, None, 2.0)
            except (SearchUnavailable, SearchRefused):
                continue
            known.append(node)
        self._known = tuple(known)


def _reason(error: BaseException | None) -> str:
    """Why a node did not answer, without anything that was asked."""
    if isinstance(error, requests.exceptions.ConnectTimeout):
        return "no connection in time"
    if isinstance(error, requests.exceptions.Timeout):
        return "no answer in time"
    if isinstance(error, requests.exceptions.ConnectionError):
        return "no connection"
    return "the connection broke"
