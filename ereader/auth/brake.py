"""What slows down whoever tries passwords (登录限速).

Failures are counted for an account at an address, for the account, and for the address. Each count has a
number of free attempts; after them the wait doubles with every failure up to a limit. An attempt during a
wait is refused unread and does not lengthen it, so nobody can be locked out for ever. Where an account has
signed in before, only the count for that account at that address matters: strangers cannot keep its owner
out, and a campus behind one address does not suffer for one of its machines.
"""

from __future__ import annotations

import hashlib
import ipaddress

import sqlalchemy as sa

from ereader.auth.tables import FAILURE
from indexer.rows import add_absent

FORGET = 3600  # seconds after the latest failure when counting begins anew
REMEMBER = 30 * 86400  # seconds for which an address is known to be used by an account
# kind of count → (free attempts, longest wait in seconds)
LIMITS = {"pair": (5, 900), "account": (20, 30), "address": (50, 60)}


def network(address: str) -> str:
    """The network that stands for an address: itself, and for IPv6 the /64 that one customer has at least."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def wait_after(kind: str, count: int, latest: int, now: int) -> int:
    """Seconds still to wait after ``count`` failures, the latest at ``latest``."""
    free, longest = LIMITS[kind]
    if count < free or now - latest >= FORGET:
        return 0
    pause = min(longest, 2 ** min(count - free, 20))
    return max(0, int(latest + pause - now))


def wait(engine: sa.Engine, account: str, address: str, now: int) -> int:
    """Seconds before this account may be tried from this address; 0 means now."""
    keys = _keys(account, address)
    with engine.connect() as connection:
        rows = {
            r.key: r for r in connection.execute(sa.select(FAILURE).where(FAILURE.c.key.in_(keys.values())))
        }
    known = rows.get(keys["known"])
    kinds = ["pair"] if known and now - known.latest < REMEMBER else list(LIMITS)
    held = [(kind, rows[keys[kind]]) for kind in kinds if keys[kind] in rows]
    return max([0, *(wait_after(kind, row.failures, row.latest, now) for kind, row in held)])


def failed(engine: sa.Engine, account: str, address: str, now: int) -> None:
    """Counts a failure."""
    keys = _keys(account, address)
    with engine.begin() as connection:
        connection.execute(sa.delete(FAILURE).where(FAILURE.c.latest < now - REMEMBER))
        connection.execute(sa.delete(FAILURE).where(FAILURE.c.latest < now - FORGET, FAILURE.c.failures > 0))
        for kind in LIMITS:
            _raise(connection, keys[kind], 1, now)


def succeeded(engine: sa.Engine, account: str, address: str, now: int) -> None:
    """Forgets the failures of this account at this address, and remembers that it is used there.

    The count of the address stays: else who has one account could try all others for ever.
    """
    keys = _keys(account, address)
    with engine.begin() as connection:
        connection.execute(sa.delete(FAILURE).where(FAILURE.c.key == keys["pair"]))
        _raise(connection, keys["known"], 0, now)


def _raise(connection: sa.Connection, key: str, by: int, now: int) -> None:
    add_absent(connection, FAILURE, {"key": key, "failures": 0, "latest": now})
    connection.execute(
        sa.update(FAILURE).where(FAILURE.c.key == key).values(failures=FAILURE.c.failures + by, latest=now)
    )


def _keys(account: str, address: str) -> dict[str, str]:
    net = network(address)
    texts = {
        "pair": f"{account}\0{net}",
        "account": account,
        "address": net,
        "known": f"{account}\0{net}",
    }
    return {
        kind: hashlib.sha256(f"{kind}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
        for kind, text in texts.items()
    }
