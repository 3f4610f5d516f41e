"""Whether the addresses of other systems answer (接口健康检查): asked when somebody wants to know it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
import msgspec
import sqlalchemy as sa

from ereader.outside.failure import OutsideError
from holdings.members.endpoint import Endpoint

SECONDS = 5.0
MOST_TOLD = 200  # characters of what is told of a failure

METADATA = sa.MetaData()
HEALTH = sa.Table(
    "endpoint_health",
    METADATA,
    sa.Column("endpoint", sa.String(64), primary_key=True),
    sa.Column("checked", sa.BigInteger, nullable=False),  # seconds since 1970, as the one below
    sa.Column("since", sa.BigInteger, nullable=False),  # when it began to be as it is
    sa.Column("well", sa.Boolean, nullable=False),
    sa.Column("milliseconds", sa.Integer, nullable=False),
    sa.Column("told", sa.String(MOST_TOLD), nullable=False),
)


class EndpointHealth(msgspec.Struct, frozen=True):
    """How an address does (健康状态): ``well`` since ``since``, or not, and what was told of it: the code of
    the failure (``OutsideError``), a colon and details.
    """

    endpoint: str
    checked: int
    since: int
    well: bool
    milliseconds: int
    told: str = ""


class Outside(Protocol):
    """The one way out, as ``ereader.outside`` has it."""

    @property
    def http(self) -> httpx.Client: ...
    def dial(
        self, host: str, port: int, seconds: float, *, tls: bool = False
    ) -> AbstractContextManager[Any]: ...


def check(outside: Outside, endpoint: Endpoint, clock: Callable[[], float] = time.time) -> EndpointHealth:
    """Asks an address whether anybody answers there; what the answer says is its plug-in's business.

    Every status below 500 is an answer: many services refuse a question that asks for nothing.
    """
    begun, well, told = time.monotonic(), True, ""
    try:
        parts = urlsplit(endpoint.address)
        if parts.scheme in ("http", "https"):
            deadline = {"deadline": SECONDS}
            told = f"HTTP {outside.http.get(endpoint.address, extensions=deadline).status_code}"
        else:
            with outside.dial(parts.hostname or "", parts.port or 6001, SECONDS, tls=parts.scheme == "sip2s"):
                pass
    except (httpx.HTTPError, ValueError, OSError) as error:
        kind = error.code if isinstance(error, OutsideError) else type(error).__name__
        well, told = False, f"{kind}: {error}"[:MOST_TOLD]
    spent, now = round((time.monotonic() - begun) * 1000), int(clock())
    return EndpointHealth(endpoint.id, now, now, well, spent, told)


def keep(engine: sa.Engine, found: EndpointHealth) -> bool:
    """Keeps what was found; True when it is another state than before."""
    with engine.begin() as connection:
        old = connection.execute(sa.select(HEALTH).where(HEALTH.c.endpoint == found.endpoint)).first()
        same = old is not None and bool(old.well) == found.well
        row = {name: getattr(found, name) for name in EndpointHealth.__struct_fields__}
        if old is not None and same:
            row["since"] = old.since
        connection.execute(sa.delete(HEALTH).where(HEALTH.c.endpoint == found.endpoint))
        connection.execute(sa.insert(HEALTH).values(row))
    return old is not None and not same


def known(engine: sa.Engine) -> dict[str, EndpointHealth]:
    """What is known of every address that was ever asked."""
    with engine.connect() as connection:
        return {r.endpoint: EndpointHealth(**r._mapping) for r in connection.execute(sa.select(HEALTH))}
