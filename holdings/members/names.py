"""Names in the languages of the portal (名称)."""

from __future__ import annotations

import msgspec


class Name(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A name in Chinese and English; one of them is enough (名称)."""

    zh: str = ""
    en: str = ""

    def in_language(self, language: str, otherwise: str = "") -> str:
        """The name for ``zh-CN``, ``en`` …: the other language's where there is none, then ``otherwise``."""
        first, second = (self.zh, self.en) if language.startswith("zh") else (self.en, self.zh)
        return first or second or otherwise
