"""Contract of the plug-ins that ask a library's system what is available (实时馆藏查询契约).

Plug-ins stand in ``holdings/lookups`` and are declared in the entry-point group ``ereader.lookups``. One is
given an endpoint, what to ask for, and the one way out of the house; it answers for every question that it
can, or raises `LookupFailed`. It keeps nothing and starts no threads: whoever calls it does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

import httpx
import msgspec

from holdings.availability import Availability
from holdings.members.endpoint import Endpoint


class Question(msgspec.Struct, frozen=True):
    """A record that is asked for (查询对象); ``key`` is what its answer is found under.

    ``local`` is the record's id in the library's own system, as it was received.
    """

    key: str
    local: str = ""
    isbns: tuple[str, ...] = ()
    issns: tuple[str, ...] = ()
    barcodes: tuple[str, ...] = ()

    def filled(self, template: str) -> str:
        """``ppn:{local}`` with its places filled; "" where the record has no such value."""
        values = {
            "local": self.local,
            "isbn": next(iter(self.isbns), ""),
            "issn": next(iter(self.issns), ""),
            "barcode": next(iter(self.barcodes), ""),
        }
        for name, value in values.items():
            place = f"{{{name}}}"
            if place in template:
                if not value:
                    return ""
                template = template.replace(place, value)
        return template


class Wire(Protocol):
    """A connection that ends when its time is over."""

    def read(self, max_bytes: int) -> bytes: ...
    def write(self, buffer: bytes) -> None: ...


class Outside(Protocol):
    """The one way out (对外访问): answers of ``http`` are read already, errors are `httpx.HTTPError`."""

    @property
    def http(self) -> httpx.Client: ...
    def dial(
        self, host: str, port: int, seconds: float, *, tls: bool = False
    ) -> AbstractContextManager[Wire]: ...


class LookupFailed(Exception):
    """A system did not answer, or with nothing that can be understood (查询失败); ``code`` says why."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Lookup(Protocol):
    """A plug-in: what kinds of endpoints it speaks to, and how many questions it asks in one call."""

    kinds: tuple[str, ...]

    def most(self, endpoint: Endpoint) -> int: ...
    def ask(
        self,
        endpoint: Endpoint,
        questions: Sequence[Question],
        outside: Outside,
        seconds: float,
        secret: Callable[[str], str],
    ) -> dict[str, Availability]: ...


class TimeLeft:
    """The deadline of one call of a plug-in, which may ask several times (剩余时间)."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def seconds(self) -> float:
        """What is left; raises LookupFailed when nothing is."""
        left = self._ends - time.monotonic()
        if left <= 0:
            raise LookupFailed("late", "the answers did not come in time")
        return left


def fetched(
    outside: Outside,
    address: str,
    seconds: float,
    params: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    """The answer to a GET; LookupFailed says why there is none. Statuses are the caller's affair."""
    try:
        url = httpx.URL(address)
        return outside.http.get(
            url.copy_merge_params(params) if params else url,
            headers=headers,
            extensions={"deadline": seconds},
        )
    except httpx.HTTPError as error:
        raise LookupFailed(getattr(error, "code", "unreachable"), str(error)) from error
    except (httpx.InvalidURL, ValueError) as error:
        raise LookupFailed("refused", f"no address: {error}") from error


def text_option(endpoint: Endpoint, name: str, default: str = "") -> str:
    """An option that is text; the default for whatever else is there."""
    found: Any = endpoint.options.get(name, default)
    return found if isinstance(found, str) else default


def number_option(endpoint: Endpoint, name: str, default: int, least: int = 1, most: int = 1_000) -> int:
    """An option that is a number, within its bounds."""
    found: Any = endpoint.options.get(name, default)
    usable = isinstance(found, int) and not isinstance(found, bool)
    return min(max(found, least), most) if usable else default
