"""Which services there are (服务插件): those of the entry-point group ``ereader.services``."""

from __future__ import annotations

import logging
from functools import cache
from importlib.metadata import entry_points
from typing import cast

from resolver.service import Service

GROUP = "ereader.services"
log = logging.getLogger(__name__)


@cache
def services() -> tuple[Service, ...]:
    """Every service that can be used, by wave and name; one that cannot be imported is logged and left."""
    found: dict[str, Service] = {}
    for point in sorted(
        entry_points(group=GROUP), key=lambda p: (not p.value.startswith("resolver."), p.name)
    ):
        try:
            service = cast(Service, point.load())
            found.setdefault(service.name, service)
        except Exception as error:  # A stranger's module may raise anything at all.
            log.warning("service %s (%s) cannot be used: %s", point.name, point.value, error)
    return tuple(sorted(found.values(), key=lambda s: (s.wave, s.name)))
