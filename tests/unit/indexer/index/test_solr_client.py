"""The client against nodes that refuse, hang, break off and come back."""

from __future__ import annotations

import http.server
import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from waiting import HANGS, not_hung, until

from indexer.index.engine import SearchRefused, SearchUnavailable
from indexer.index.solr_client import SolrClient, batches

Answer = Callable[["Node", bytes], tuple[int, Any]]


class Node:
    """A node made of one function; it notes what it was asked."""

    def __init__(self, answer: Answer, away: bool = False) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self.over = threading.Event()
        node = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                if "CLUSTERSTATUS" not in self.path:
                    node.asked.append((self.path, body))
                status, value = answer(node, body)
                if status == 0:
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                data = json.dumps(value).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            do_GET = do_POST

            def log_message(self, *args: object) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.server.daemon_threads = True
        self.server.server_bind()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/solr"
        self.listens = False
        if not away:
            self.listen()

    def listen(self) -> None:
        """Until it does, whoever connects is refused; and nobody else gets its port."""
        self.listens = True
        self.server.server_activate()
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.over.set()
        if self.listens:
            self.server.shutdown()
        self.server.server_close()


@contextmanager
def nodes(*answers: Answer) -> Iterator[list[Node]]:
    made = [Node(answer) for answer in answers]
    try:
        yield made
    finally:
        for node in made:
            node.close()


def good(node: Node, body: bytes) -> tuple[int, Any]:
    return 200, {"response": {"numFound": 1}}


def breaking(node: Node, body: bytes) -> tuple[int, Any]:
    return 0, None


def hanging(node: Node, body: bytes) -> tuple[int, Any]:
    node.over.wait(HANGS)
    return 200, {}


def overloaded(node: Node, body: bytes) -> tuple[int, Any]:
    return 503, {"error": {"msg": "no servers hosting shard: 红楼梦"}}


def refusing(node: Node, body: bytes) -> tuple[int, Any]:
    return 400, {"error": {"msg": "cannot parse 红楼梦"}}


@pytest.fixture
def closed() -> Iterator[str]:
    """An address where nobody listens."""
    node = Node(good, away=True)
    yield node.url
    node.close()


@pytest.mark.parametrize("bad", [breaking, overloaded, hanging], ids=lambda f: str(f.__name__))
def test_a_search_goes_to_the_next_node_in_time(bad: Answer) -> None:
    with nodes(bad, good) as (first, second):
        client = SolrClient([first.url, second.url], patience=5.0)
        for _ in range(4):
            with not_hung():
                assert client.search("c", {"query": "x"})["response"]["numFound"] == 1
        assert len(second.asked) == 4
        searched = [path for path, _ in first.asked if path.endswith("/select")]
        assert len(searched) <= 1  # A node that failed is asked last for some seconds.
        client.close()


def test_when_no_node_answers_it_is_said_within_two_seconds_and_without_what_was_asked(
    caplog: pytest.LogCaptureFixture, closed: str
) -> None:
    caplog.set_level(logging.DEBUG)
    with nodes(hanging, overloaded) as made:
        for addresses in ([closed], [made[0].url], [made[1].url], [closed, made[0].url]):
            client = SolrClient(addresses)
            with not_hung(15), pytest.raises(SearchUnavailable) as told:
                client.search("c", {"query": "红楼梦"})
            assert "127.0.0.1" in told.value.address
            assert "红楼梦" not in str(told.value) + told.value.reason
            client.close()
    assert "红楼梦" not in caplog.text


def test_a_request_that_solr_refuses_is_not_sent_again_and_says_nothing_of_what_was_asked(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with nodes(refusing, refusing) as made:
        client = SolrClient([node.url for node in made])
        with pytest.raises(SearchRefused) as told:
            client.search("c", {"query": "红楼梦"})
        assert told.value.status == 400
        assert "红楼梦" not in str(told.value)
        assert sum(len(node.asked) for node in made) == 1
        client.close()
    assert "红楼梦" not in caplog.text


def test_what_is_asked_is_in_the_body_and_never_in_the_address() -> None:
    with nodes(good) as (node,):
        client = SolrClient([node.url])
        client.search("c", {"query": "红楼梦 " * 5})
        ((path, body),) = node.asked
        assert path == "/solr/c/select"
        assert "红楼梦" in body.decode()
        client.close()


def test_it_recovers_when_a_node_comes_back() -> None:
    node = Node(good, away=True)
    client = SolrClient([node.url])
    with pytest.raises(SearchUnavailable):
        client.search("c", {})
    node.listen()
    try:
        assert client.search("c", {})["response"]["numFound"] == 1
    finally:
        node.close()
        client.close()


def test_a_write_is_sent_again_until_a_node_takes_it() -> None:
    left = [503, 0, 503]

    def later(node: Node, body: bytes) -> tuple[int, Any]:
        return (left.pop(), {"error": {"msg": "no leader"}}) if left else (200, {})

    with nodes(later) as (node,):
        client = SolrClient([node.url])
        client.add("c", [b'{"key":"a"}', b'{"key":"b"}'])
        assert [body for path, body in node.asked if "update" in path] == [b'[{"key":"a"},{"key":"b"}]'] * 4
        client.close()


def test_a_write_that_is_wrong_is_not_sent_again_and_one_that_no_node_takes_ends(closed: str) -> None:
    with nodes(refusing) as (node,):
        client = SolrClient([node.url])
        with pytest.raises(SearchRefused):
            client.add("c", [b"{}"])
        assert len(node.asked) == 1
        client.close()
    client = SolrClient([closed], write_patience=0.5)
    with pytest.raises(SearchUnavailable):
        client.add("c", [b"{}"])
    client.close()


def test_other_nodes_of_the_cluster_are_found_out_and_asked_only_when_they_answer() -> None:
    live: list[str] = []

    def first(node: Node, body: bytes) -> tuple[int, Any]:
        return 200, {"cluster": {"live_nodes": live}, "response": {"numFound": 1}}

    with nodes(first, good) as (one, two):
        live += [
            one.url.split("/")[2] + "_solr",
            two.url.split("/")[2] + "_solr",
            "nowhere.invalid:8983_solr",
        ]
        client = SolrClient([one.url])

        def both() -> bool:
            client.search("c", {})
            return any(path.endswith("/select") for path, _ in two.asked)

        until(both)
        one.close()
        assert client.search("c", {})["response"]["numFound"] == 1
        client.close()


@pytest.mark.parametrize("name", ["", "a/b", "a?b", "../x", "红楼梦", "a b", ".x"])
def test_only_plain_names_get_into_an_address(name: str, closed: str) -> None:
    client = SolrClient([closed])
    for call in (client.search, client.terms):
        with pytest.raises(ValueError, match="made of"):
            call(name, {} if call == client.search else "title")  # type: ignore[operator]
    client.close()


@pytest.mark.parametrize("address", ["", "ftp://x", "search1:8983", "http://"])
def test_an_address_that_is_none_is_refused_without_asking(address: str) -> None:
    with pytest.raises(ValueError, match="http"):
        SolrClient([address])


def test_a_password_is_sent_but_never_told() -> None:
    client = SolrClient(["http://reader:secret@127.0.0.1:1/solr"])
    with pytest.raises(SearchUnavailable) as told:
        client.search("c", {})
    assert "secret" not in str(told.value) + told.value.address
    client.close()


def test_documents_travel_in_batches_that_a_request_carries() -> None:
    made = list(batches(b'{"n":%d}' % n for n in range(1200)))
    assert [len(json.loads(body)) for body in made] == [500, 500, 200]
    large = list(batches([b'"' + b"x" * 3_000_000 + b'"'] * 4))
    assert [len(json.loads(body)) for body in large] == [2, 2]
    assert list(batches([])) == []


def test_a_search_that_takes_long_on_a_node_that_lives_is_waited_for() -> None:
    def busy(node: Node, body: bytes) -> tuple[int, Any]:
        if body:
            time.sleep(6)  # longer than its patience, while the node says that it lives
        return 200, {"response": {"numFound": 1}}

    with nodes(busy) as (node,):
        assert SolrClient([node.url], patience=5.0).search("c", {"query": "x"})["response"]["numFound"] == 1
        assert [path for path, _ in node.asked if path.endswith("/select")] == ["/solr/c/select"]
