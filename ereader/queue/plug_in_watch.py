"""Notices plug-ins that are installed while a worker runs (热安装).

Looked at are the folders that modules are imported from: what is installed there has a folder of its own with
what it declares. The same must be seen twice, as installing takes a while.
"""

from __future__ import annotations

import importlib
import os
import sys
import time
from collections.abc import Callable

from ereader.queue.layout import Layout, layout_of

LOOK_EVERY = 1.0  # seconds
ENDINGS = (".dist-info", ".egg-info", ".pth", ".egg-link")

Installed = tuple[tuple[str, int], ...]


class PlugInWatch:
    """Compares the plug-ins that are installed with those a process began with (插件监视)."""

    def __init__(self, layout: Layout, now: Callable[[], float] = time.monotonic) -> None:
        self.changed = False
        self._layout, self._now = layout, now
        self._known = self._seen = installed()
        self._looked = now()

    def look(self) -> bool:
        """Whether other plug-ins are installed now; asks the disk at most once a second."""
        if self.changed or self._now() - self._looked < LOOK_EVERY:
            return self.changed
        self._looked = self._now()
        found = installed()
        settled, self._seen = found == self._seen, found
        if settled and found != self._known:
            importlib.invalidate_caches()
            self._known = found
            self.changed = layout_of().adapters != self._layout.adapters
        return self.changed


def installed() -> Installed:
    """What is installed in the folders of imports, each with when it was written."""
    found = []
    for folder in dict.fromkeys(sys.path):
        try:
            with os.scandir(folder or ".") as entries:
                for entry in entries:
                    if not entry.name.endswith(ENDINGS):
                        continue
                    declared = os.path.join(entry.path, "entry_points.txt")  # noqa: PTH118 - asked often
                    path = declared if os.path.exists(declared) else entry.path  # noqa: PTH110
                    found.append((entry.path, os.stat(path).st_mtime_ns))  # noqa: PTH116
        except OSError:
            continue
    return tuple(sorted(found))
