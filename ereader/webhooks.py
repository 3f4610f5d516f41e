"""Telling members' systems that an address has changed (接口变更通知), signed so that they can believe it.

Whoever wants to be told has an endpoint of kind ``webhook``. It is told of its own library's endpoints, and
of those of libraries that are in a consortium with it: which endpoint, of what kind, and what happened, never
its address or options. Signed as Standard Webhooks says (1.0): ``webhook-id``, ``webhook-timestamp`` and
``webhook-signature``, which is ``v1,`` and the HMAC-SHA256 of the three parts joined by dots, in base64.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import httpx
import msgspec
import sqlalchemy as sa

from ereader import endpoint_health
from ereader.endpoint_health import EndpointHealth, Outside
from holdings.members.endpoint import Endpoint, secret
from holdings.members.registry import Members

KIND = "webhook"
KEY = "signature"  # what options.secrets calls the key
WAITS = (0.0, 2.0, 10.0)  # seconds before each attempt
SECONDS = 5.0
Happening = Literal["added", "changed", "removed", "well", "failing"]
log = logging.getLogger(__name__)


class Event(msgspec.Struct, frozen=True):
    """What happened to an endpoint (变更事件)."""

    type: str
    endpoint: str
    library: str
    kind: str
    active: bool
    time: str


def event_of(endpoint: Endpoint, happening: Happening, now: float) -> Event:
    """The event to tell."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now))
    return Event(f"endpoint.{happening}", endpoint.id, endpoint.library, endpoint.kind, endpoint.active, at)


def listeners(members: Members, endpoint: Endpoint) -> list[Endpoint]:
    """The webhooks that are told of an endpoint, in order of their ids."""
    active = {c for c, status in members.statuses(endpoint.library).items() if status == "active"}
    found = []
    for hook in sorted(members.endpoints().values(), key=lambda e: e.id):
        if hook.kind != KIND or not hook.active or hook.id == endpoint.id:
            continue
        theirs = {c for c, status in members.statuses(hook.library).items() if status == "active"}
        if hook.library == endpoint.library or active & theirs:
            found.append(hook)
    return found


def signed(key: str, id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a message."""
    content = b".".join((id.encode(), str(timestamp).encode(), body))
    digest = base64.b64encode(hmac.new(key.encode(), content, hashlib.sha256).digest()).decode()
    return {"webhook-id": id, "webhook-timestamp": str(timestamp), "webhook-signature": f"v1,{digest}"}


def deliver(
    outside: Outside,
    hook: Endpoint,
    event: Event,
    *,
    wait: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.time,
    environment: Mapping[str, str] | None = None,
) -> EndpointHealth:
    """Tells one webhook, several times when it does not answer with a status of 200 to 299. Without a key
    that is set nothing is sent: nobody could tell it from a message of somebody else's.
    """
    key = secret(hook, KEY) if environment is None else secret(hook, KEY, environment)
    begun, told, well = time.monotonic(), "no key: set options.secrets.signature and its variable", False
    body, id = msgspec.json.encode(event), f"msg_{secrets.token_hex(12)}"
    for pause in WAITS if key else ():
        wait(pause)
        headers = {"content-type": "application/json", **signed(key, id, int(clock()), body)}
        deadline = {"deadline": SECONDS}
        try:
            answer = outside.http.post(
                hook.address, content=body, headers=headers, extensions=deadline, follow_redirects=False
            )
        except (httpx.HTTPError, ValueError, OSError) as error:
            told = f"{type(error).__name__}: {error}"[: endpoint_health.MOST_TOLD]
            continue
        well, told = answer.is_success, f"HTTP {answer.status_code}"
        if well:
            break
    now = int(clock())
    return EndpointHealth(hook.id, now, now, well, round((time.monotonic() - begun) * 1000), told)


def tell(
    outside: Outside, engine: sa.Engine, members: Members, events: Iterable[tuple[Endpoint, Happening]]
) -> None:
    """Tells whoever listens, beside whatever else is done; what does not arrive is noted with its webhook."""
    now = time.time()
    work = [(hook, event_of(e, what, now)) for e, what in events for hook in listeners(members, e)]
    if work:
        threading.Thread(target=_told, args=(outside, engine, work), name="webhooks", daemon=True).start()


def _told(outside: Outside, engine: sa.Engine, work: list[tuple[Endpoint, Event]]) -> None:
    for hook, event in work:
        try:
            endpoint_health.keep(engine, deliver(outside, hook, event))
        except sa.exc.DBAPIError as error:  # The database is being closed, or written to for very long.
            log.warning("what became of telling %s cannot be noted: %s", hook.id, error)
