"""Contract of the adapters: a raw record in, a Record and its Problems out (适配器).

Built-in adapters are in ``adapters/``, one file each; a stranger's is declared in the entry-point group
``ereader.adapters``. Adapters are pure functions of (raw, profile): no clock, no store, no network.
"""

from __future__ import annotations

from typing import Protocol

from indexer.problem import Problem
from indexer.profile import Profile
from indexer.reader import Raw
from indexer.records.record import Record


class Adapter(Protocol):
    """Turns raw records of its formats into Records.

    ``adapt`` never raises for bad data. It returns ``(None, problems)`` with at least one error when
    nothing can be saved. Values are taken over as the source has them (trimmed, ISBD marks removed);
    identifiers, names, dates and codes are brought into normal form by ``normalise``, which runs next.
    Where one document of the source holds several resources (a course and its files), the reader has cut it
    already: one Raw, one Record.
    """

    formats: tuple[str, ...]

    def adapt(self, raw: Raw, profile: Profile) -> tuple[Record | None, list[Problem]]: ...
