"""Values as TOML writes them (TOML 文本), on one line each."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any


def toml_of(value: Any) -> str:
    """A value as TOML writes it on one line."""
    writers: list[tuple[Any, Callable[[Any], str]]] = [
        (bool, lambda v: "true" if v else "false"),
        (str, _toml_text),
        (datetime.date, lambda v: v.isoformat()),
        (
            dict,
            lambda v: (
                "{ "
                + ", ".join(f"{_toml_key(k)} = {toml_of(x)}" for k, x in v.items() if x is not None)
                + " }"
            ),
        ),
        ((list, tuple), lambda v: "[" + ", ".join(toml_of(x) for x in v) + "]"),
    ]
    for kind, write in writers:
        if isinstance(value, kind):
            return write(value)
    return str(value)


def _toml_key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else _toml_text(key)


def _toml_text(value: str) -> str:
    # TOML 1.0, basic strings: backslash, quotation mark and control characters are escaped.
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda m: f"\\u{ord(m[0]):04x}", escaped) + '"'
