"""Simulated library systems, one for each protocol (模拟图书馆系统): for tests, and for trying things out.

They answer from a table of copies, or for any id with copies that follow from the id, and can be told to
behave badly.
"""

from __future__ import annotations

from ereader.simulators.shelf import KINDS, Shelf, Simulated, simulated

__all__ = ["KINDS", "Shelf", "Simulated", "simulated"]
