"""What is known about a source before its first byte is read (来源配置)."""

from __future__ import annotations

from typing import Any

import msgspec


class Profile(msgspec.Struct, frozen=True):
    """How to read one source (来源配置). Everything has a default that suits an unknown source.

    ``type`` is the resource type the source declares for all of its records (the strongest evidence);
    ``format`` and ``charset`` override recognition; ``holdings`` maps the subfields of a local holdings field
    (CNMARC 905 …) to members of Holding and Item; ``mapping`` is the parsed TOML mapping of a list.
    """

    library: str = ""
    repository: str = ""
    type: str = ""
    format: str = ""
    charset: str = ""
    legacy_charset: str = "gb18030"  # tried when a record is not UTF-8: gb18030 or big5
    holdings: dict[str, dict[str, str]] = {}
    mapping: dict[str, Any] = {}
