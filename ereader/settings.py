"""Settings of one installation (设置): defaults, ``settings.toml`` in the home, environment, in rising
order.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ereader.exit_status import UsageError


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an installation is set to. Every member may be given in ``settings.toml`` or as ``EREADER_NAME``.

    ``database`` is an SQLAlchemy address; empty means SQLite in the home. ``load_workers`` are the processes
    that adapt records while the main process writes; 0 does everything in one process (useful in a debugger).
    """

    database: str = ""
    engine: str = "tantivy"
    host: str = "127.0.0.1"
    port: int = 8000
    serve_workers: int = 1
    load_workers: int = 2
    index_threads: int = 1
    index_heap_mb: int = 160
    default_language: str = "zh-CN"
    title: str = ""  # name of the portal at the centre; empty means the product's own


def default_home(environment: Mapping[str, str] = os.environ) -> Path:
    """Where state lives when nobody says otherwise: ``EREADER_HOME``, or ``ereader`` in the user's data
    folder.
    """
    if environment.get("EREADER_HOME"):
        return Path(environment["EREADER_HOME"])
    data = environment.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(data) / "ereader"


def read_settings(home: Path, environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of a home; a key that is unknown or has the wrong kind of value is a UsageError that names
    it.
    """
    file = home / "settings.toml"
    values: dict[str, object] = {}
    if file.is_file():
        try:
            values = tomllib.loads(file.read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"{file}: {error}") from error
    for name in Settings.__struct_fields__:
        text = environment.get(f"EREADER_{name.upper()}")
        if text is not None:
            values[name] = text
    try:
        return msgspec.convert(values, Settings, strict=False)
    except msgspec.ValidationError as error:
        raise UsageError(f"{file} or EREADER_… in the environment: {error}") from error
