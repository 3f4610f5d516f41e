"""The one way out of the house (对外访问): who asks other systems asks through `Outside`.

Names are resolved and their addresses checked before anything is connected, and what was checked is what is
connected. Every question has a deadline for all of it and a limit of size; a host that hangs or fails takes
neither time nor threads from others.
"""

from __future__ import annotations

from ereader.outside.addresses import Policy, policy_of
from ereader.outside.client import Outside
from ereader.outside.failure import OutsideError
from ereader.outside.health import Health

__all__ = ["Health", "Outside", "OutsideError", "Policy", "policy_of"]
