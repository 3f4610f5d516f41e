"""Which addresses may be connected (地址检查).

A name is resolved once, every address it has must be allowed, and the connection goes to one of those
addresses: a name that answers differently the second time (DNS rebinding) gains nothing. Kept away are all
addresses that are not of the public internet (IANA special-purpose registries, RFC 6890), also inside forms
of IPv6 that carry an IPv4 address; networks that the installation's settings name are allowed all the same.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Sequence

import msgspec

from ereader.outside.failure import OutsideError

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Place = tuple[socket.AddressFamily, tuple[str, int]]
Lookup = Callable[[str, int], Sequence[tuple[socket.AddressFamily, str]]]

PORTS = "80 210 443 1024-65535"
MOST_LOOKUPS = 16  # names that are looked up at one time; more hang only when the resolver does
# RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4291 2.5.5.1 (compatible): the IPv4 address stands inside.
_EMBEDDED = (
    (ipaddress.IPv6Network("64:ff9b::/96"), 0),
    (ipaddress.IPv6Network("64:ff9b:1::/48"), 0),
    (ipaddress.IPv6Network("2002::/16"), 80),
    (ipaddress.IPv6Network("::/96"), 0),
)


class Policy(msgspec.Struct, frozen=True):
    """Where to one may go, and how far (对外访问规则).

    ``networks`` are allowed although they are private; ``seconds`` is the deadline of a question that names
    none and the longest of any, ``most_bytes`` the largest answer, ``at_once`` how many questions one host
    gets at one time, ``breaks_after`` how many failures in a row until it is left alone.
    """

    networks: tuple[Network, ...] = ()
    ports: tuple[tuple[int, int], ...] = ((80, 80), (210, 210), (443, 443), (1024, 65535))
    seconds: float = 8.0
    most_bytes: int = 5_000_000
    redirects: int = 3
    at_once: int = 4
    breaks_after: int = 5
    broken_for: float = 30.0


def policy_of(networks: str = "", ports: str = PORTS, seconds: float = 8.0, megabytes: float = 5.0) -> Policy:
    """The rules that settings say, in texts separated by blanks or commas; ValueError names what is wrong."""
    return Policy(
        networks=tuple(ipaddress.ip_network(n, strict=False) for n in networks.replace(",", " ").split()),
        ports=tuple(_ports(p) for p in ports.replace(",", " ").split()),
        seconds=seconds,
        most_bytes=int(megabytes * 1_000_000),
    )


def _ports(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    found = int(low), int(high or low)
    if not 0 < found[0] <= found[1] < 65_536:
        raise ValueError(f"{text!r} is no port or range of ports")
    return found


def allowed(address: str, policy: Policy) -> bool:
    """Whether an address (as text, without a name) may be connected."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.scope_id is not None:
            return False
        found = found.ipv4_mapped or found
    if any(found in network for network in policy.networks if network.version == found.version):
        return True
    return _public(found)


def _public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address):
        for network, shift in _EMBEDDED:
            if address in network:
                return _public(ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF))
        if address.teredo is not None:
            return False
    return (
        address.is_global
        and not address.is_multicast
        and not address.is_reserved
        and not address.is_unspecified
    )


class Resolver:
    """Names to checked addresses (域名解析), within a deadline although the system's own has none."""

    def __init__(self, policy: Policy, lookup: Lookup | None = None) -> None:
        self.policy = policy
        self._lookup = lookup or _system
        self._turns = threading.BoundedSemaphore(MOST_LOOKUPS)

    def places(self, host: str, port: int, ends: float) -> list[Place]:
        """Where a host may be connected; ``ends`` is a moment of `time.monotonic`. Raises OutsideError."""
        if not any(low <= port <= high for low, high in self.policy.ports):
            raise OutsideError("refused", f"port {port} is not among those that may be asked")
        literal = host.strip("[]")
        try:
            family = socket.AF_INET6 if ipaddress.ip_address(literal).version == 6 else socket.AF_INET
            found: Sequence[tuple[socket.AddressFamily, str]] = [(family, literal)]
        except ValueError:
            found = self._in_time(host, port, ends)
        if not found:
            raise OutsideError("unreachable", f"{host} has no address")
        # One forbidden address among several is how a name is made to mean two things.
        for _, address in found:
            if not allowed(address, self.policy):
                raise OutsideError("refused", f"{host} is at an address that may not be asked")
        return [(family, (address, port)) for family, address in dict.fromkeys(found)]

    def _in_time(self, host: str, port: int, ends: float) -> Sequence[tuple[socket.AddressFamily, str]]:
        if not self._turns.acquire(timeout=max(0.0, ends - time.monotonic())):
            raise OutsideError("late", f"the address of {host} could not be asked for in time")
        answers: list[Sequence[tuple[socket.AddressFamily, str]] | OSError | UnicodeError] = []
        done = threading.Event()

        def ask() -> None:
            try:
                answers.append(self._lookup(host, port))
            except (OSError, UnicodeError) as error:
                answers.append(error)
            finally:
                self._turns.release()
                done.set()

        # The system's call cannot be broken off; a thread that nobody waits for ends with it.
        threading.Thread(target=ask, name="resolve-name", daemon=True).start()
        if not done.wait(max(0.0, ends - time.monotonic())) or not answers:
            raise OutsideError("late", f"the address of {host} did not come in time")
        if isinstance(answers[0], OSError | UnicodeError):
            raise OutsideError("unreachable", f"{host} has no address: {answers[0]}")
        return answers[0]


def _system(host: str, port: int) -> Sequence[tuple[socket.AddressFamily, str]]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [(family, str(place[0])) for family, _, _, _, place in found]
