"""What a simulated system has on its shelves, and how it is started (模拟馆藏)."""

from __future__ import annotations

import contextlib
import datetime
import socketserver
import threading
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec

KINDS = ("daia", "sru", "ils-di", "sip2", "mapped")
STATES = ("available", "on-loan", "available", "reference", "available", "unavailable", "on-loan")


class Piece(msgspec.Struct, frozen=True):
    """One copy (单册): ``state`` as of `holdings.availability`, ``due`` and ``queue`` while it is on loan."""

    barcode: str
    state: str = "available"
    call_number: str = ""
    location: str = ""
    due: str = ""
    queue: int = 0


class Shelf:
    """Copies by the id of their record (书架). Ids that the table does not know have copies made up, the same
    at every time, unless ``strict``; ``asked`` counts the requests.
    """

    def __init__(
        self,
        pieces: Mapping[str, Sequence[Piece]] | None = None,
        *,
        strict: bool = False,
        today: datetime.date | None = None,
    ) -> None:
        self._pieces = dict(pieces or {})
        self._strict = strict
        self._today = today or datetime.datetime.now(datetime.UTC).date()
        self.asked = 0
        self.requests: list[str] = []

    def of(self, id: str) -> Sequence[Piece] | None:
        """The copies of a record; None for one that there is not."""
        if id in self._pieces:
            return self._pieces[id]
        if self._strict or not id:
            return None
        made = zlib.crc32(id.encode())
        return [self._piece(f"{made % 10**8:08d}{n}", made >> (3 * n)) for n in range(1 + made % 3)]

    def by_barcode(self, barcode: str) -> Piece | None:
        """One copy by its bar code."""
        for pieces in self._pieces.values():
            for piece in pieces:
                if piece.barcode == barcode:
                    return piece
        return None if self._strict or not barcode else self._piece(barcode, zlib.crc32(barcode.encode()))

    def note(self, request: str) -> None:
        self.asked += 1
        self.requests.append(request)

    def _piece(self, barcode: str, number: int) -> Piece:
        state = STATES[number % len(STATES)]
        due = ""
        if state == "on-loan":
            due = (self._today + datetime.timedelta(days=1 + number % 40)).isoformat()
        place = ("中文图书借阅区", "外文书库", "Main stacks")[number % 3]
        waiting = number % 3 if due else 0
        return Piece(barcode, state, f"I{number % 900 + 100}/{number % 97}", place, due, waiting)


class Simulated(msgspec.Struct, frozen=True):
    """A simulated system while it runs (运行中的模拟系统)."""

    kind: str
    address: str
    shelf: Shelf


Answering = Callable[[Shelf, Mapping[str, str], str], tuple[int, str, bytes]]


@contextlib.contextmanager
def simulated(kind: str, shelf: Shelf | None = None, port: int = 0) -> Iterator[Simulated]:
    """A system of one kind on a port of this machine, while the context lasts."""
    from ereader.simulators import over_http, sip2

    shelf = shelf or Shelf()
    server: socketserver.BaseServer
    if kind == "sip2":
        server = sip2.server(shelf, port)
        scheme = "sip2"
    else:
        server = _web(over_http.ANSWERS[kind], shelf, port)
        scheme = "http"
    place: Any = server.server_address
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield Simulated(kind, f"{scheme}://127.0.0.1:{place[1]}" + ("/" if scheme == "http" else ""), shelf)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


def _web(answering: Answering, shelf: Shelf, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            params = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            shelf.note(self.path)
            status, media_type, body = answering(shelf, params, parts.path)
            self.send_response(status)
            self.send_header("content-type", media_type)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    return Server(("127.0.0.1", port), Handler)
