"""Which lookups there are (查询插件): those of the entry-point group ``ereader.lookups``."""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points
from typing import cast

from holdings.lookup import Lookup

GROUP = "ereader.lookups"
log = logging.getLogger(__name__)


@cache
def lookups() -> dict[str, Lookup]:
    """The plug-in of each kind of endpoint; one that cannot be imported is logged and left."""
    found: dict[str, Lookup] = {}
    for point in sorted(
        entry_points(group=GROUP), key=lambda p: (not p.value.startswith("holdings."), p.name)
    ):
        try:
            plugin = cast(Lookup, point.load())
            for kind in plugin.kinds:
                found.setdefault(kind, plugin)
        except Exception as error:  # A stranger's module may raise anything at all.
            log.warning("lookup %s (%s) cannot be used: %s", point.name, point.value, error)
    return found
