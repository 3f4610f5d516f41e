"""Where the queue is (队列地址): a Redis server, named by one address."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from ereader.exit_status import ServiceUnavailable, UsageError

SCHEMES = ("redis", "rediss", "unix")
PREFIX = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
LEAST_KEY = 16  # characters
LEAST_VERSION = (6, 2)  # streams as they are used here
TRIES = 7  # over about ten seconds: a server that is started again is waited for
CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 30.0
OF_NETWORKS: dict[str, Any] = {"socket_connect_timeout": CONNECT_SECONDS, "socket_keepalive": True}


class Queue(msgspec.Struct, frozen=True):
    """One queue (队列): the address of its server, the prefix of its names there, the key of its messages.

    Queues of one server know nothing of each other when their prefixes differ.
    """

    address: str
    prefix: str = "ereader"
    key: bytes = b""

    @property
    def shown(self) -> str:
        """The address as it may be told: without a password."""
        scheme, _, rest = self.address.partition("?")[0].partition("://")
        host, slash, path = rest.partition("/")
        return f"{scheme}://{host.rpartition('@')[2]}{slash}{path}"

    def name(self, *words: str) -> str:
        return ":".join((self.prefix, *words))


def queue_of(address: str, key: str = "") -> Queue:
    """The queue that an address names: ``redis://[user:password@]host[:port][/db][?prefix=P]``, ``rediss://…``
    or ``unix:///socket``.

    A server that other machines reach needs a key, with which messages are authenticated: whoever can write
    to the server could otherwise put records into the repository. Raises UsageError.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise UsageError(f"--queue: {error}") from error
    if parts.scheme not in SCHEMES or not (host or parts.scheme == "unix"):
        raise UsageError("--queue: a queue is named like redis://host:6379/0 or unix:///path/of/socket")
    options = dict(parse_qsl(parts.query))
    prefix = options.pop("prefix", "ereader")
    if not PREFIX.fullmatch(prefix):
        raise UsageError("--queue: a prefix has letters, digits and ._:- only, 64 at most")
    if key and len(key) < LEAST_KEY:
        raise UsageError(
            f"queue_key: {LEAST_KEY} characters at least; `openssl rand -hex 32` makes a good one"
        )
    if not key and parts.scheme != "unix" and not _here(host):
        raise UsageError(
            "the server of the queue is reached by other machines: set queue_key (or EREADER_QUEUE_KEY) to "
            "the same secret here and at all workers"
        )
    plain = address.partition("?")[0] + (f"?{urlencode(options)}" if options else "")
    return Queue(plain, prefix, key.encode())


def _here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def connect(queue: Queue, *, tries: int = TRIES) -> redis.Redis:
    """A client whose server answers. Raises ServiceUnavailable, UsageError for what is no such server."""
    try:
        client = redis.Redis.from_url(
            queue.address,
            retry=Retry(ExponentialBackoff(cap=4, base=0.1), tries),
            socket_timeout=ANSWER_SECONDS,
            **({} if queue.address.startswith("unix:") else OF_NETWORKS),
            client_name=f"ereader-{socket.gethostname()}-{os.getpid()}".replace(" ", "-")[:60],
        )
        version = str(client.info("server").get("redis_version", "0.0"))
    except (ValueError, TypeError) as error:  # An address of another kind of thing, or unknown options in it.
        raise UsageError(f"--queue: {error}") from error
    except (redis.RedisError, OSError) as error:
        raise away(queue, error) from error
    found = tuple(int(n) for n in re.findall(r"\d+", version)[:2])
    if found < LEAST_VERSION:
        raise UsageError(f"{queue.shown} is Redis {version}; at least 6.2 is needed")
    return client


def away(queue: Queue, error: Exception | str) -> ServiceUnavailable:
    """What is told when the server of a queue does not answer."""
    return ServiceUnavailable(f"the queue at {queue.shown} does not answer: {error}")
