"""Every way to the tables of today ends with the same ones, and no table is forgotten."""

from __future__ import annotations

import ast
import importlib
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ereader.database import migrate, schema
from indexer.database import open_database

ROOT = Path(__file__).resolve().parents[4]
PACKAGES = ("ereader", "resolver", "indexer", "holdings")
SHAPE_OF_POSTGRESQL = (
    "SELECT table_name, column_name, data_type, character_maximum_length, is_nullable, column_default"
    " FROM information_schema.columns WHERE table_schema = 'public'",
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
)
MakeUrl = Callable[[], sa.URL]


def shape(engine: sa.Engine) -> Any:
    """All that a database says of its tables."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            rows = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master").all()
            return sorted((kind, name, " ".join((sql or "").split())) for kind, name, sql in rows)
        return [sorted(map(str, connection.exec_driver_sql(query))) for query in SHAPE_OF_POSTGRESQL]


def upgraded(engine: sa.Engine) -> sa.Engine:
    with migrate.alone(engine) as connection:
        migrate.upgrade(connection, "")
    return engine


def test_revisions_make_the_tables_that_the_program_uses(empty_database: MakeUrl) -> None:
    engine = upgraded(open_database(empty_database()))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.whole()) == []
        assert migrate.revision(connection) == migrate.HEAD
    engine.dispose()


def test_tables_made_at_once_are_those_of_the_revisions_to_the_letter(empty_database: MakeUrl) -> None:
    once, step_by_step = open_database(empty_database()), upgraded(open_database(empty_database()))
    assert migrate.prepare(once).change == "made"
    assert shape(once) == shape(step_by_step)
    assert migrate.prepare(once).change == migrate.prepare(step_by_step).change == ""
    once.dispose()
    step_by_step.dispose()


def test_the_comparison_can_fail(empty_database: MakeUrl) -> None:
    engine = upgraded(open_database(empty_database()))
    more = schema.whole()
    sa.Table("forgotten", more, sa.Column("id", sa.Integer, primary_key=True))
    more.tables["job"].append_column(sa.Column("forgotten_too", sa.Text))
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), more)
    assert {change[0] for change in found} == {"add_table", "add_column"}
    engine.dispose()


def test_every_module_with_tables_is_named() -> None:
    """Whoever makes a table names its module in ``ereader.database.schema`` and writes a revision."""
    makers = set()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            if "revisions" in path.parts:
                continue
            text = path.read_text(encoding="utf-8")
            if ".Table(" not in text:
                continue
            tree = ast.parse(text)
            top = [n for statement in tree.body for n in ast.walk(statement) if isinstance(n, ast.Call)]
            called = {ast.unparse(n.func) for n in top if n.args}
            if called & {"sa.Table", "sqlalchemy.Table"}:
                makers.add(".".join(path.relative_to(ROOT).with_suffix("").parts))
    # It makes the table of versions, which belongs to Alembic.
    assert makers - {"ereader.database.migrate"} <= set(schema.MODULES)
    assert {"indexer.tables", "indexer.earlier", "ereader.jobs"} <= makers
    for name in schema.MODULES:
        tables = [v for v in vars(importlib.import_module(name)).values() if isinstance(v, sa.Table)]
        assert tables and {t.name for t in tables} <= schema.whole().tables.keys(), name


def test_the_revision_that_the_program_names_is_the_last_one(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    with engine.connect() as connection:
        script = ScriptDirectory.from_config(migrate._config(connection))
    assert script.get_heads() == [migrate.HEAD]
    engine.dispose()


@pytest.mark.parametrize("missing", [(), ("job", "record_flag", "kb_title")])
def test_a_database_without_revisions_is_taken_over_without_loss(
    empty_database: MakeUrl, missing: tuple[str, ...]
) -> None:
    engine, new = open_database(empty_database()), open_database(empty_database())
    for metadata in schema.parts():
        metadata.create_all(engine)
    row = {
        "time": "t",
        "actor": "a",
        "action": "b",
        "target": "c",
        "before": "null",
        "after": "{}",
        "reason": "",
    }
    audit = schema.whole().tables["audit"]
    with engine.begin() as connection:
        connection.execute(sa.insert(audit), [row, row | {"actor": "b"}])
        for name in missing:
            connection.exec_driver_sql(f"DROP TABLE {name}")
    assert migrate.prepare(engine).change == "adopted"
    migrate.prepare(new)
    assert shape(engine) == shape(new)
    with engine.connect() as connection:
        assert connection.execute(sa.select(audit.c.number, audit.c.actor)).all() == [(1, "a"), (2, "b")]
    engine.dispose()
    new.dispose()


def test_a_database_of_a_newer_program_is_left_alone(empty_database: MakeUrl) -> None:
    engine = open_database(empty_database())
    migrate.prepare(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = 'ffff'")
    before = shape(engine)
    with pytest.raises(migrate.TooNew, match="ffff"):
        migrate.prepare(engine)
    assert shape(engine) == before
    engine.dispose()


def test_an_upgrade_that_fails_changes_nothing(
    empty_database: MakeUrl, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_database(empty_database())
    with engine.begin() as connection:  # There is one of our tables, and no revision.
        connection.exec_driver_sql("CREATE TABLE store_state (name VARCHAR(32) PRIMARY KEY, value TEXT)")
    before = shape(engine)

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the power went")

    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr("alembic.runtime.migration.HeadMaintainer.update_to_step", fail)
        migrate.prepare(engine)
    assert shape(engine) == before
    engine.dispose()


def test_many_openings_at_once_make_the_tables_once(empty_database: MakeUrl) -> None:
    url = empty_database()
    seen: list[str] = []

    def open_it() -> None:
        engine = open_database(url)
        seen.append(migrate.prepare(engine).change)
        engine.dispose()

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == ["", "", "", "", "", "made"]


def test_the_log_of_changes_can_only_be_added_to(empty_database: MakeUrl) -> None:
    for make in (migrate.prepare, upgraded):
        engine = open_database(empty_database())
        make(engine)
        audit = schema.whole().tables["audit"]
        row = {
            "time": "t",
            "actor": "a",
            "action": "b",
            "target": "c",
            "before": "null",
            "after": "{}",
            "reason": "",
        }
        with engine.begin() as connection:
            connection.execute(sa.insert(audit), row)
        for change in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
            with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine.begin() as connection:
                connection.exec_driver_sql(change)
        engine.dispose()
