"""How HTTP goes out (对外传输): the part of an httpx client that keeps all rules, so no caller forgets one.

An answer is read whole before it is given: not larger than the limit, packed or unpacked, and not after the
deadline, which counts for all redirections together. Cookies go neither out nor in. What a caller adds to its
headers (tokens) goes to the host that it asked, never on to the one it is sent to.
"""

from __future__ import annotations

import ssl
import time
import zlib
from contextlib import closing

import httpcore
import httpx

from ereader.outside.addresses import Policy
from ereader.outside.failure import OutsideError
from ereader.outside.health import Hosts
from ereader.outside.wire import Dialler, until

AGENT = "e-Read/2.0"
CODINGS = "gzip, deflate"
DEADLINE = "deadline"  # extension of a request: seconds
_JOURNEY = "ereader.journey"
_HARMLESS = frozenset({b"accept", b"accept-language", b"user-agent", b"host"})
_DROPPED = frozenset({b"set-cookie", b"set-cookie2", b"content-encoding", b"content-length",
                      b"transfer-encoding"})  # fmt: skip
_FAILING = frozenset({500, 502, 503, 504})


class _Journey:
    """One question with all its redirections."""

    def __init__(self, url: httpx.URL, ends: float) -> None:
        self.origin = _origin(url)
        self.ends = ends


class CheckedTransport(httpx.BaseTransport):
    """Carries requests out (对外传输)."""

    def __init__(self, policy: Policy, hosts: Hosts, dialler: Dialler, context: ssl.SSLContext) -> None:
        self.policy, self.hosts = policy, hosts
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            # The turns at a host are the limit; a limit of all together would let one host block others.
            max_connections=None,
            max_keepalive_connections=40,
            keepalive_expiry=20.0,
            network_backend=dialler,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer to a request; raises OutsideError."""
        journey = request.extensions.get(_JOURNEY)
        if not isinstance(journey, _Journey):
            wanted = request.extensions.get(DEADLINE, self.policy.seconds)
            seconds = min(float(wanted), self.policy.seconds)
            journey = _Journey(request.url, time.monotonic() + seconds)
            request.extensions[_JOURNEY] = journey
        url = request.url
        if url.scheme not in ("http", "https") or not url.host:
            raise OutsideError("refused", f"only http and https may be asked, not {url.scheme or 'nothing'}")
        moved = _origin(url) != journey.origin
        if moved and journey.origin[0] == "https" and url.scheme == "http":
            raise OutsideError("refused", "a safe address leads on to one that is not")
        body = request.read()
        sent = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=_headers(request, moved),
            content=body,
        )
        with until(journey.ends), self.hosts.turn(place_of(url), journey.ends):
            response = self._answer(sent)
            if response.status_code in _FAILING:
                # It is an answer, and yet one more failure of the host.
                raise OutsideError("protocol", f"{url.host} answers with status {response.status_code}")
            return response

    def close(self) -> None:
        self._pool.close()

    def _answer(self, sent: httpcore.Request) -> httpx.Response:
        for again in (True, False):
            try:
                return self._exchange(sent)
            except httpcore.RemoteProtocolError as error:
                # A connection at rest may end in the moment of its use; a new one tells.
                if not (again and sent.method in (b"GET", b"HEAD") and "disconnected" in str(error)):
                    raise OutsideError("protocol", f"no proper HTTP: {error}") from error
            except httpcore.TimeoutException as error:
                raise OutsideError("late", "the answer did not come in time") from error
            except httpcore.NetworkError as error:
                raise OutsideError("unreachable", f"the connection broke: {error}") from error
            except (httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
                raise OutsideError("protocol", f"no proper HTTP: {error}") from error
        raise OutsideError("protocol", "no answer")

    def _exchange(self, sent: httpcore.Request) -> httpx.Response:
        most = self.policy.most_bytes
        with closing(self._pool.handle_request(sent)) as got:
            for name, value in got.headers:
                if name.lower() == b"content-length" and value.isdigit() and int(value) > most:
                    raise OutsideError("too-large", f"the answer would be {int(value):,} bytes")
            held = bytearray()
            for chunk in got.iter_stream():
                held += chunk
                if len(held) > most:
                    raise OutsideError("too-large", f"the answer is longer than {most:,} bytes")
            content = _unpacked(bytes(held), got.headers, most)
            kept = [(name, value) for name, value in got.headers if name.lower() not in _DROPPED]
            return httpx.Response(got.status, headers=kept, content=content)


def place_of(url: httpx.URL) -> str:
    """A host with its port, as the list of hosts names it."""
    return f"{url.host}:{_origin(url)[2]}"


def _origin(url: httpx.URL) -> tuple[str, str, int]:
    return url.scheme, url.host, url.port or (443 if url.scheme == "https" else 80)


def _headers(request: httpx.Request, moved: bool) -> list[tuple[bytes, bytes]]:
    kept = [
        (name, value)
        for name, value in request.headers.raw
        if name.lower() not in (b"cookie", b"accept-encoding")
        and (not moved or name.lower() in _HARMLESS or name.lower() == b"content-length")
    ]
    return [*kept, (b"Accept-Encoding", CODINGS.encode())]


def _unpacked(packed: bytes, headers: list[tuple[bytes, bytes]], most: int) -> bytes:
    """The answer without its coding; never more than the limit is unpacked."""
    said = b",".join(value for name, value in headers if name.lower() == b"content-encoding")
    codings = [part.strip().lower() for part in said.split(b",") if part.strip()]
    codings = [coding for coding in codings if coding != b"identity"]
    if not codings or not packed:
        return packed
    if len(codings) > 1 or codings[0] not in (b"gzip", b"x-gzip", b"deflate"):
        raise OutsideError("protocol", f"a coding that was not asked for: {said[:40].decode('latin-1')}")
    # 47 knows gzip and zlib by their heads; some send "deflate" without a head.
    for bits in (47, -15) if codings[0] == b"deflate" else (47,):
        try:
            return _inflated(packed, bits, most)
        except zlib.error:
            continue
    raise OutsideError("protocol", "the packed answer is damaged")


def _inflated(packed: bytes, bits: int, most: int) -> bytes:
    whole = bytearray()
    while packed:
        unpacker = zlib.decompressobj(bits)
        whole += unpacker.decompress(packed, most + 1 - len(whole))
        if len(whole) > most:
            raise OutsideError("too-large", f"the answer is longer than {most:,} bytes unpacked")
        if not unpacker.eof or bits < 0:
            break
        packed = unpacker.unused_data
    return bytes(whole)
