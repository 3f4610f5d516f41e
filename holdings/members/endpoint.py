"""An address of another system that is asked for a library (接口地址): its availability, first of all."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

SECRET_NAME = re.compile(r"[A-Z0-9]{1,40}")
# What a stranger could use in the library's name; it is never kept in the registry, which is exported.
_SECRET_KEYS = frozenset({"password", "token", "key", "api_key", "apikey", "secret", "authorization"})
MOST_DEPTH = 6  # of tables within options


class Endpoint(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """An address of another system (接口地址).

    ``kind`` names the plug-in that speaks to it (``daia``, ``sru``, ``ils-di``, ``sip2``, ``mapped`` …),
    ``address`` is a web address, or ``sip2://host:port``; ``options`` are what the plug-in asks for.
    ``options.secrets`` maps what the plug-in calls a secret to the end of an environment variable's name,
    see `secret`. An endpoint that is not ``active`` is never asked.
    """

    id: str
    library: str
    kind: str
    address: str = ""
    options: dict[str, Any] = {}
    active: bool = True


def variable(library: str, name: str) -> str:
    """The environment variable that holds a secret of a library: ``EREADER_SECRET_PKU__SIP2``.

    The library's id is part of it, so that no library can send another's secret, or any other variable of
    the server, to an address of its own.
    """
    return f"EREADER_SECRET_{re.sub('[^A-Z0-9]', '_', library.upper())}__{name}"


def secret(endpoint: Endpoint, name: str, environment: Mapping[str, str] = os.environ) -> str:
    """A secret of an endpoint, by what its plug-in calls it; "" when it has none or it is not set."""
    secrets = endpoint.options.get("secrets")
    end = secrets.get(name, "") if isinstance(secrets, dict) else ""
    if not isinstance(end, str) or not SECRET_NAME.fullmatch(end):
        return ""
    return environment.get(variable(endpoint.library, end), "")


def problems(endpoint: Endpoint) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it) of an endpoint, for whoever writes it."""
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,31}", endpoint.kind):
        yield "kind", "1 to 32 small letters, digits or hyphens, beginning with a letter"
    try:
        parts = urlsplit(endpoint.address)
        _ = parts.port
    except ValueError as error:
        yield "address", f"cannot be read: {error}"
        return
    if endpoint.address and (not re.fullmatch(r"[!-~]+", endpoint.address) or len(endpoint.address) > 2_000):
        yield "address", "printable ASCII without blanks, at most 2000 characters"
    elif endpoint.address and (parts.scheme not in ("http", "https", "sip2", "sip2s") or not parts.hostname):
        yield "address", "http, https, sip2 or sip2s, with a host"
    if parts.username is not None or parts.password is not None:
        yield "address", "no user or password in it; say secrets = {…} in options"
    yield from _wrong_options(endpoint.options, "options", 1)
    secrets = endpoint.options.get("secrets", {})
    named = isinstance(secrets, dict) and all(
        isinstance(end, str) and SECRET_NAME.fullmatch(end) for end in secrets.values()
    )
    if not named:
        yield (
            "options.secrets",
            (
                f"names of what is secret with the end of a variable's name, capitals and digits: "
                f'password = "SIP" is {variable(endpoint.library, "SIP")}'
            ),
        )


def _wrong_options(options: Mapping[str, Any], where: str, depth: int) -> Iterator[tuple[str, str]]:
    if depth > MOST_DEPTH:
        yield where, f"more than {MOST_DEPTH} tables within one another"
        return
    for key, value in options.items():
        if key == "secrets" and depth == 1:
            continue
        if key.lower() in _SECRET_KEYS and isinstance(value, str) and depth == 1:
            yield f"{where}.{key}", "secrets are not kept here; say secrets = {…} and set the variable"
        if not isinstance(value, str | int | float | list | dict):
            yield f"{where}.{key}", "texts, numbers, true, false, lists and tables only"
        if isinstance(value, dict):
            yield from _wrong_options(value, f"{where}.{key}", depth + 1)
