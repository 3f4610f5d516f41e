"""Values as TOML writes them (TOML 文本), on one line each."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

import msgspec


def said(value: Any) -> Any:
    """A value for TOML; of what has a shape, only what differs from its default, however it came about."""
    if isinstance(value, msgspec.Struct):
        held = ((field, getattr(value, field.name)) for field in msgspec.structs.fields(value))
        return {f.encode_name: said(v) for f, v in held if v is not None and v != default_of(f)}
    if isinstance(value, tuple | list):
        return [said(part) for part in value]
    return msgspec.to_builtins(value, builtin_types=(datetime.date,))


def default_of(field: msgspec.structs.FieldInfo) -> Any:
    """What a key is that nobody gives; ``NODEFAULT`` where one must be given."""
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    return field.default


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
