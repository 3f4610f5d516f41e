"""Settings of one installation (设置): defaults, ``settings.toml`` in the home, environment, in rising
order.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

import msgspec

from ereader.exit_status import UsageError

FILE = "settings.toml"


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an installation is set to. Every member may be given in ``settings.toml`` or as ``EREADER_NAME``.

    ``database`` is an SQLAlchemy address; empty means SQLite in the home; ``database_connections`` is the
    most that one process has with a server at a time. ``load_workers`` are the processes that adapt
    records while the main process writes; 0 does everything in one process (useful in a debugger).
    ``join_most`` is how many changed records a load compares by all their fields at its end; where more
    changed, or with 0, it is left to ``ereader records join``.
    ``solr`` are addresses of nodes of a SolrCloud, separated by blanks or commas; ``solr_alias`` is the
    name its collection stands behind, empty for one made of the home's own path; shards and replicas
    count for new collections; ``solr_patience`` is how many seconds a search may take before it is given
    up. ``outside_…`` are the rules for asking other systems: private networks (CIDR) that may be asked
    all the same, ports, the longest time and the largest answer. ``check_systems_minutes`` is how often
    the systems of libraries are asked whether they answer, 0 for never. ``upload_megabytes`` is the most that
    one form in the console may bring. ``open_access`` is the address of a service that knows free copies
    of articles, with ``{doi}`` in it; ``citations`` that of a registry which knows what a DOI stands for;
    ``reference_hosts`` are hosts from which OpenURLs by reference may be fetched.
    ``queue`` is the Redis server through which workers on other hosts prepare records, empty for none;
    ``queue_key`` is the secret that authenticates what goes through it; ``queue_patience`` is how many
    seconds a load waits for the first worker that fits.
    """

    database: str = ""
    database_connections: int = 20
    engine: str = "tantivy"
    solr: str = "http://127.0.0.1:8983/solr"
    solr_alias: str = ""
    solr_shards: int = 2
    solr_replicas: int = 2
    solr_patience: float = 1.8
    host: str = "127.0.0.1"
    port: int = 8000
    serve_workers: int = 1
    load_workers: int = 2
    join_most: int = 0
    queue: str = ""
    queue_key: str = ""
    queue_patience: float = 60.0
    index_threads: int = 1
    index_heap_mb: int = 160
    default_language: str = "zh-CN"
    outside_networks: str = ""
    outside_ports: str = "80 210 443 1024-65535"
    outside_seconds: float = 8.0
    outside_megabytes: float = 5.0
    check_systems_minutes: float = 60.0
    upload_megabytes: int = 2000
    open_access: str = ""
    citations: str = ""
    reference_hosts: str = ""
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
    file = home / FILE
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


def remember(home: Path, settings: Mapping[str, str]) -> None:
    """Writes settings of text into the file of a home (记住设置); what else stands there stays as it is.

    Raises UsageError when the file cannot be changed.
    """
    file = home / FILE
    try:
        text = file.read_text("utf-8") if file.is_file() else ""
        wanted = tomllib.loads(text) | dict(settings)
        for name, value in settings.items():
            # What JSON writes of a text is a text in TOML too.
            line = f"{name} = {json.dumps(value, ensure_ascii=False)}"
            lines = text.splitlines()
            found = [n for n, old in enumerate(lines) if re.match(rf"[ \t]*{name}[ \t]*=", old)]
            if found:
                lines[found[0]] = line
            else:
                lines.insert(0, line)
            text = "\n".join(lines) + "\n"
        if tomllib.loads(text) != wanted:
            raise UsageError(f"{file}: write {dict(settings)} into it by hand")
        beside = file.with_suffix(".new")
        beside.write_text(text, "utf-8")
        beside.replace(file)
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}") from error
