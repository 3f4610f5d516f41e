"""Connections that end when their time is over (限时连接).

The socket's own timeout counts from byte to byte, so a host that sends one byte a second would never be late.
Here every step gets what is left of the whole.
"""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any

import httpcore

from ereader.outside.addresses import Place, Resolver
from ereader.outside.failure import OutsideError

# When the question that this thread asks must be over. A connection is used for one question after another,
# so it does not know by itself.
ENDS: ContextVar[float] = ContextVar("ENDS", default=0.0)
NEXT_ADDRESS = 2.0  # seconds for one of several addresses


def left(ends: float | None = None) -> float:
    """Seconds that are left; raises OutsideError when none are."""
    seconds = (ENDS.get() if ends is None else ends) - time.monotonic()
    if seconds <= 0:
        raise OutsideError("late", "the answer did not come in time")
    return seconds


@contextlib.contextmanager
def until(ends: float) -> Iterator[None]:
    """Within it, this thread's connections end at ``ends``."""
    token = ENDS.set(ends)
    try:
        yield
    finally:
        ENDS.reset(token)


class Wire(httpcore.NetworkStream):
    """One connection to a checked address (限时连接)."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - see ENDS
        with _told():
            self._socket.settimeout(left())
            return self._socket.recv(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002
        with _told():
            self._socket.settimeout(left())
            self._socket.sendall(buffer)

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002
    ) -> Wire:
        with _told():
            try:
                self._socket.settimeout(left())
                return Wire(ssl_context.wrap_socket(self._socket, server_hostname=server_hostname))
            except BaseException:
                self.close()
                raise

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return _readable(self._socket)
        if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket):
            return self._socket
        return self._socket if info == "socket" else None


class Dialler(httpcore.NetworkBackend):
    """How connections are made: to addresses that were checked (建立连接)."""

    def __init__(self, resolver: Resolver) -> None:
        self.resolver = resolver

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> Wire:
        places = self.resolver.places(host, port, ENDS.get())
        for number, place in enumerate(places):
            last = number == len(places) - 1
            try:
                return Wire(_connected(place, left() if last else min(left(), NEXT_ADDRESS)))
            except OSError as error:
                if last:
                    left()
                    raise OutsideError("unreachable", f"{host} cannot be reached: {error}") from error
        raise OutsideError("unreachable", f"{host} has no address")

    def connect_unix_socket(self, *_: Any, **__: Any) -> Wire:
        raise OutsideError("refused", "sockets of this machine may not be asked")

    def sleep(self, seconds: float) -> None:
        time.sleep(min(seconds, left()))


def _connected(place: Place, seconds: float) -> socket.socket:
    family, address = place
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.settimeout(seconds)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.connect(address)
    except BaseException:
        made.close()
        raise
    return made


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """Errors of sockets as ours."""
    try:
        yield
    except TimeoutError as error:
        raise OutsideError("late", "the answer did not come in time") from error
    except ssl.SSLError as error:
        raise OutsideError("protocol", f"no safe connection: {error.reason or error}") from error
    except OSError as error:
        raise OutsideError("unreachable", f"the connection broke: {error}") from error


def _readable(connection: socket.socket) -> bool:
    """Whether something is to be read: of a connection at rest, that the other side has ended it."""
    number = connection.fileno()
    if number < 0:
        return True
    waiting = select.poll()
    waiting.register(number, select.POLLIN)
    return bool(waiting.poll(0))
