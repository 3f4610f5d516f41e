"""A citation while it is being repaired (引文草稿): values by their keys, and notes of what was mended."""

from __future__ import annotations

from resolver.context_object import Entity, OpenUrlProblem


class Draft:
    """What the rules of repair work on, one after the other."""

    def __init__(self, referent: Entity) -> None:
        self.format = referent.format or ""
        self.values = {key: [v for v in values if v] for key, values in referent.metadata.items()}
        self.identifiers = dict.fromkeys(referent.identifiers)
        self.kind: str | None = None
        self.month: int | None = None
        self.told: list[OpenUrlProblem] = []

    def get(self, *keys: str) -> str | None:
        """The first value of the first of these keys that has one."""
        for key in keys:
            if values := self.values.get(key):
                return values[0]
        return None

    def set(self, key: str, value: str) -> None:
        self.values[key] = [value] if value else []

    def drop(self, *keys: str) -> None:
        for key in keys:
            self.values.pop(key, None)

    def tell(self, code: str, message: str, field: str = "", value: str = "") -> None:
        self.told.append(OpenUrlProblem(code, message, field, value[:80]))
