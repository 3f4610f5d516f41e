"""The windows that pages are looked at in, and how what a page tells is waited for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from waiting import until

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 375, "height": 780}


def eventually(page: Any, holds: Callable[[], Any]) -> Any:
    """Waits until something holds that events of a page tell, which come only while the page is waited for."""
    return until(holds, rest=lambda seconds: page.wait_for_timeout(1000 * seconds))
