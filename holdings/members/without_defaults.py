"""Entries of the registry without what is as it would be anyway (省略默认值).

msgspec leaves out only what *is* the default; a form and a file bring values that equal it, and the same
state would be told in two ways.
"""

from __future__ import annotations

import datetime
from typing import Any

import msgspec


def said(value: Any) -> Any:
    """A value in plain types, days as days; of what has a shape, only what differs from its default, however
    it came about.
    """
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
