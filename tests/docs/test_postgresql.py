"""What docs/postgresql.md and compose.yaml say of PostgreSQL holds."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa
import yaml
from database_servers import Server

from ereader.database import copying, migrate, schema, server
from ereader.settings import Settings
from indexer.database import open_database

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^(ereader .*)$", TEXT, re.M) + re.findall(r"`(ereader [^`\n]+)`", TEXT)


@pytest.mark.parametrize("command", dict.fromkeys(COMMANDS))
def test_every_command_exists_with_its_options(command: str) -> None:
    _, *words = shlex.split(command)
    actions = [w for w in words[:2] if words[0] == "database"] or words[:1]
    told = subprocess.run(
        [sys.executable, "-m", "ereader", *actions, "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    assert all(word in told for word in words if word.startswith("--"))


def test_settings_and_defaults_are_those_of_the_program() -> None:
    told = dict(re.findall(r"^\| `(database\w*)` \|\s*`?(\w*)`?\s*\|", TEXT, re.M))
    fields = {
        f.name: str(f.default) for f in msgspec.structs.fields(Settings) if f.name.startswith("database")
    }
    assert told == fields


def test_files_named_are_there_and_so_is_the_oldest_version() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (ROOT / "docs" / target).exists(), target
    for name in re.findall(r"`((?:ereader|indexer)/[\w./]+)`", TEXT):
        assert (ROOT / name).exists(), name
    assert f"version {server.OLDEST // 10000} or later" in TEXT


def test_the_plan_of_partitions_can_be_carried_out_and_holds_everything(
    postgresql: Server, tmp_path: Path
) -> None:
    (plan,) = re.findall(r"```sql\n(.*?)```", TEXT, re.S)
    url = postgresql.make()
    target, source = open_database(url), open_database(f"sqlite:///{tmp_path / 'a.sqlite'}")
    migrate.prepare(target)
    migrate.prepare(source)
    tables = schema.whole().tables
    content, key = tables["source_content"], tables["match_key"]
    row = {"format": "f", "charset": "", "position": 1, "context": 0, "original": b"o", "record": b"r"}
    numbers = [1, 9_999_999, 10_000_000, 25_000_000, 309_999_999, 2**40]
    with source.begin() as connection:
        connection.execute(sa.insert(content), [row | {"number": n} for n in numbers])
        connection.execute(sa.insert(key), [{"key": n * 7919, "number": n} for n in range(500)])
    with target.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.connection.driver_connection.execute(plan.encode())
    copying.copy(source, target)
    with target.connect() as connection:
        assert set(connection.execute(sa.select(content.c.number)).scalars()) == set(numbers)
        assert connection.execute(sa.select(sa.func.count()).select_from(key)).scalar() == 500
        used = connection.exec_driver_sql("SELECT DISTINCT tableoid FROM source_content").all()
        assert len(used) == 5
        assert len(connection.exec_driver_sql("SELECT DISTINCT tableoid FROM match_key").all()) > 20
        assert migrate.prepare(target).change == ""
    with pytest.raises(sa.exc.IntegrityError), target.begin() as connection:
        connection.execute(sa.insert(content), row | {"number": 25_000_000})
    target.dispose()
    source.dispose()
    postgresql.remove(url)


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))["services"]  # type: ignore[no-any-return]


def test_the_server_of_the_full_deployment_is_set_up_as_told(services: dict[str, Any]) -> None:
    postgres = services["postgres"]
    assert int(postgres["image"].partition(":")[2].split(".")[0]) * 10000 >= server.OLDEST
    assert "--encoding=UTF8 --locale=C" in postgres["environment"]["POSTGRES_INITDB_ARGS"]
    most = int(re.findall(r"max_connections=(\d+)", postgres["command"])[0])
    assert most >= 4 * Settings().database_connections + 20


@pytest.mark.parametrize("name", ["postgres", "redis"])
def test_a_store_says_when_it_is_ready_and_keeps_its_data(services: dict[str, Any], name: str) -> None:
    service = services[name]
    assert service["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL") and service["healthcheck"]["interval"]
    assert service["volumes"] and service["restart"] == "unless-stopped"


def test_the_queue_is_on_disk_and_never_dropped(services: dict[str, Any]) -> None:
    command = services["redis"]["command"]
    assert "--appendonly yes" in command and "--maxmemory-policy noeviction" in command
