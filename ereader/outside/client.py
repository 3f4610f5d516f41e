"""What whoever asks other systems is given (对外客户端): an httpx client, and bare connections."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterator
from typing import Any

import httpx

from ereader.outside.addresses import Lookup, Policy, Resolver
from ereader.outside.failure import OutsideError
from ereader.outside.health import Health, Hosts
from ereader.outside.transport import AGENT, DEADLINE, CheckedTransport
from ereader.outside.wire import Dialler, Wire, until


class _Client(httpx.Client):
    """An httpx client for which an address that is none is one more that may not be asked."""

    def request(self, method: str, url: httpx.URL | str, **more: Any) -> httpx.Response:
        try:
            return super().request(method, url, **more)
        except (httpx.InvalidURL, httpx.CookieConflict, UnicodeError, ValueError) as error:
            raise OutsideError("refused", f"no address that can be asked: {error}") from error


class Outside:
    """The one way out of the house (对外访问).

    ``http`` is an ordinary httpx client: ``outside.http.get(url, extensions={"deadline": 2.0})`` gives an
    answer that is read already, or raises an httpx.HTTPError, which is an `OutsideError` with a ``code``
    unless there were too many redirections. Status 500, 502, 503 and 504 raise too.
    """

    def __init__(
        self, policy: Policy, lookup: Lookup | None = None, context: ssl.SSLContext | None = None
    ) -> None:
        self.policy = policy
        self._hosts = Hosts(policy)
        self._dialler = Dialler(Resolver(policy, lookup))
        self._context = context or ssl.create_default_context()
        self.http: httpx.Client = _Client(
            transport=CheckedTransport(policy, self._hosts, self._dialler, self._context),
            headers={"user-agent": AGENT, "accept": "*/*"},
            follow_redirects=True,
            max_redirects=policy.redirects,
            trust_env=False,
            timeout=None,  # The transport knows when time is over.
        )

    @contextlib.contextmanager
    def dial(self, host: str, port: int, seconds: float, *, tls: bool = False) -> Iterator[Wire]:
        """A connection for a protocol that is not HTTP, under the same rules; raises OutsideError.

        Everything that is done with it must be over within ``seconds``.
        """
        ends = time.monotonic() + min(seconds, self.policy.seconds)
        with until(ends), self._hosts.turn(f"{host}:{port}", ends):
            wire = self._dialler.connect_tcp(host, port)
            try:
                if tls:
                    wire = wire.start_tls(self._context, host)
                yield wire
            finally:
                wire.close()

    def health(self) -> tuple[Health, ...]:
        """How the hosts do that this process has asked."""
        return self._hosts.health()

    def close(self) -> None:
        self.http.close()


__all__ = ["DEADLINE", "Outside", "OutsideError"]
