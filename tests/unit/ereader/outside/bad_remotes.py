"""Remotes that behave badly, each on a port of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

from waiting import HANGS

Behaviour = Callable[[socket.socket, bytes], None]


class Remote:
    """A server that does to every connection what its behaviour says; ``seen`` are the requests' heads."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.seen: list[bytes] = []
        self.connections = self.closed = 0
        self._behaviour = behaviour
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def _serve(self) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._one, args=(connection,), daemon=True).start()

    def _one(self, connection: socket.socket) -> None:
        self._talk(connection)
        self.closed += 1

    def _talk(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(4096)
                if not piece:
                    return
                head += piece
            self.seen.append(head)
            self._behaviour(connection, head)

    def stop(self) -> None:
        self.stopped.set()
        self._listener.close()


@contextlib.contextmanager
def remote(behaviour: Behaviour) -> Iterator[Remote]:
    made = Remote(behaviour)
    try:
        yield made
    finally:
        made.stop()


def answering(body: bytes = b"well", headers: str = "", status: str = "200 OK") -> Behaviour:
    def behave(connection: socket.socket, _: bytes) -> None:
        head = f"HTTP/1.1 {status}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n{headers}\r\n"
        connection.sendall(head.encode() + body)

    return behave


def redirecting(to: str) -> Behaviour:
    return answering(b"", f"location: {to}\r\n", "302 Found")


def hanging(connection: socket.socket, _: bytes) -> None:
    time.sleep(HANGS)


def dripping_head(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(int(10 * HANGS)):
        connection.sendall(f"x-{number}: drip\r\n".encode())
        time.sleep(0.1)


def dripping_body(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    for _ in range(int(10 * HANGS)):
        connection.sendall(b"x")
        time.sleep(0.1)


def endless(connection: socket.socket, _: bytes) -> None:
    """Ten gigabytes, as fast as they are taken, without saying how many."""
    connection.sendall(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"0" * 0x10000 + b"\r\n"
    for _ in range(10_000_000_000 // 0x10000):
        connection.sendall(chunk)


def huge(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n")
    while True:
        connection.sendall(b"0" * 0x10000)


def lying_short(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort")


def not_http(connection: socket.socket, _: bytes) -> None:
    connection.sendall(b"220 mail.example ESMTP\r\n" * 3)
