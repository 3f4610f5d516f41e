"""What the resolver asks outside the house (外部解析来源), as the settings of an installation name it."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from ereader.exit_status import UsageError
from ereader.outside import Outside, OutsideError, policy_of
from ereader.settings import Settings
from resolver.doi_source import HOLE, Fetch
from resolver.service import Service
from resolver.services.citations import Citations
from resolver.services.open_access import OpenAccess


def fetcher(outside: Outside) -> Fetch:
    """``fetch(address, seconds)`` gives (status, body) through the one client; it raises what that raises."""

    def fetch(address: str, seconds: float) -> tuple[int, bytes]:
        answer = outside.http.get(address, extensions={"deadline": seconds})
        return answer.status_code, answer.content

    return fetch


def remote_services(settings: Settings, outside: Outside) -> list[Service]:
    """The services that are set: a source of open access, a registry of DOIs; their addresses have a hole."""
    fetch = fetcher(outside)
    made: list[Service] = []
    if HOLE in settings.open_access:
        made.append(OpenAccess(settings.open_access, fetch))
    if HOLE in settings.citations:
        made.append(Citations(settings.citations, fetch))
    return made


def reference_hosts(settings: Settings) -> tuple[str, ...]:
    """The hosts from which OpenURLs by reference may fetch their description."""
    return tuple(settings.reference_hosts.replace(",", " ").split())


def outside_of(settings: Settings) -> Outside:
    """The one client of an installation that is not being served; UsageError for rules that are none."""
    try:
        policy = policy_of(
            settings.outside_networks,
            settings.outside_ports,
            settings.outside_seconds,
            settings.outside_megabytes,
        )
    except ValueError as error:
        raise UsageError(f"outside_networks or outside_ports: {error}") from error
    return Outside(policy)


def prober(outside: Outside) -> Callable[[str], tuple[int, str]]:
    """``ask(address)`` gives (status, "") or (0, why there is none)."""

    def ask(address: str) -> tuple[int, str]:
        try:
            return outside.http.get(address).status_code, ""
        except OutsideError as error:
            return 0, error.code
        except httpx.HTTPStatusError as error:
            return error.response.status_code, ""
        except httpx.HTTPError as error:
            return 0, type(error).__name__

    return ask
