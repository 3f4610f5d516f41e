"""Taking a change of the registry back (撤销变更): as another change, with the same rights and an entry."""

from __future__ import annotations

import msgspec

from ereader.auth.audit import Entry
from holdings.members.registry import KINDS, Configuration

# Accounts are left out: the log holds no secrets, so what they were is not known.
REVERSIBLE = ("library", "consortium", "membership", "repository", "endpoint")


def reversal(entry: Entry, present: Configuration) -> Configuration | None:
    """The change that undoes ``entry``; None where it cannot be, or something has changed since."""
    kind, _, id = entry.target.partition("/")
    if kind not in REVERSIBLE or entry.before == entry.after:
        return None
    struct, attribute, key = KINDS[kind]
    held = next((v for v in getattr(present, attribute) if key(v) == id), None)
    try:
        before, after = (
            None if side is None else msgspec.convert(side, struct) for side in (entry.before, entry.after)
        )
    except msgspec.ValidationError:  # Written by an earlier version, which knew other keys.
        return None
    if held != after:
        return None
    if before is None:
        return Configuration(removed=(entry.target,))
    return Configuration(**{attribute: (before,)})
