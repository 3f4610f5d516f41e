"""Which readers and adapters there are (插件).

Built-in ones are declared as a stranger's would be: in the entry-point groups ``ereader.readers`` and
``ereader.adapters`` of an installed distribution. A plug-in that cannot be imported is reported by
``failures`` (``ereader doctor`` prints them) and is otherwise as if it were not installed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType
from typing import Any, NamedTuple, cast

from indexer.adapter import Adapter
from indexer.problem import Problem
from indexer.reader import Reader

READERS = "ereader.readers"
ADAPTERS = "ereader.adapters"


class Loaded(NamedTuple):
    """What one group of entry points gave (已装载插件)."""

    plugins: Mapping[str, Any]
    failures: tuple[Problem, ...]


def load(group: str, declared: Iterable[EntryPoint]) -> Loaded:
    """Import the plug-ins of one group; never raises, whatever a plug-in does while it is imported.

    Names are taken in alphabetical order, so that the answer does not depend on the order of installation.
    Of two plug-ins with one name the built-in one stays.
    """
    plugins: dict[str, Any] = {}
    failures: list[Problem] = []
    for point in sorted(declared, key=lambda p: (p.name, not p.value.startswith("indexer."), p.value)):
        if point.name in plugins:
            failures.append(_failure(group, point, "another plug-in has this name"))
            continue
        try:
            plugin = point.load()
            if not isinstance(plugin.formats, tuple):
                raise TypeError("formats is not a tuple of format codes")
        except Exception as error:  # A stranger's module may raise anything at all.
            failures.append(_failure(group, point, f"{type(error).__name__}: {error}"))
            continue
        plugins[point.name] = plugin
    return Loaded(MappingProxyType(plugins), tuple(failures))


def _failure(group: str, point: EntryPoint, reason: str) -> Problem:
    message = f"plug-in {point.name} of {group} ({point.value}) cannot be used: {reason}"
    return Problem("plugin-unusable", "error", message, field=point.name, value=point.value[:200])


@cache
def _loaded(group: str) -> Loaded:
    return load(group, entry_points(group=group))


def readers() -> dict[str, Reader]:
    """Every usable reader by its name."""
    return {name: cast(Reader, plugin) for name, plugin in _loaded(READERS).plugins.items()}


@cache
def _adapters_by_format() -> Mapping[str, Adapter]:
    by_format: dict[str, Adapter] = {}
    for plugin in _loaded(ADAPTERS).plugins.values():
        for code in plugin.formats:
            by_format.setdefault(code, plugin)
    return MappingProxyType(by_format)


def adapters() -> dict[str, Adapter]:
    """Every usable adapter by format code; the first in alphabetical order where two claim one code."""
    return dict(_adapters_by_format())


def adapter_for(format: str) -> Adapter | None:
    """The adapter of a format code, None when there is none."""
    return _adapters_by_format().get(format)


def formats() -> tuple[str, ...]:
    """Format codes that ``--format`` accepts, sorted."""
    codes: set[str] = set()
    for reader in readers().values():
        codes.update(reader.formats)
    return tuple(sorted(codes))


def failures() -> tuple[Problem, ...]:
    """Plug-ins that could not be used, with the reason."""
    return _loaded(READERS).failures + _loaded(ADAPTERS).failures
