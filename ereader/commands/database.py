"""``ereader database``: what keeps the records, and moving all of it to another database (数据库)."""

from __future__ import annotations

import argparse
import os
import sys
from typing import Any

import msgspec
import sqlalchemy as sa

from ereader import exit_status
from ereader.database import copying, migrate, schema, server
from ereader.exit_status import ServiceUnavailable, UsageError
from ereader.installation import open_home
from ereader.settings import remember
from indexer.database import WrongDatabase, address_of, open_database


def add_parser(subparsers: Any) -> None:
    parser = subparsers.add_parser("database", help="what keeps the records, and moving to another database")
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    status = actions.add_parser("status", help="which database it is, and at which revision its tables are")
    copy = actions.add_parser("copy", help="copy everything into an empty database")
    copy.add_argument("to", metavar="ADDRESS", help="postgresql://user@host/name, or sqlite:////path/file")
    copy.add_argument("--switch", action="store_true", help="then use it, by writing it into settings.toml")
    for action in (status, copy):
        # SUPPRESS: left out here, it must not undo what was given before the action.
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON lines")


def run(args: argparse.Namespace) -> int:
    return _status(args) if args.action == "status" else _copy(args)


def _status(args: argparse.Namespace) -> int:
    """Tables are brought to the present revision by opening the home, here as everywhere."""
    with open_home(args.home) as installation:
        engine = installation.accounts.engine
        with engine.connect() as connection:
            revision = migrate.revision(connection)
            rows = {
                table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() or 0
                for table in schema.whole().sorted_tables
            }
        found = {"database": _shown(engine.url), "program": server.describe(engine), "revision": revision}
    if args.json:
        print(msgspec.json.encode({**found, "rows": rows}).decode())
        return exit_status.DONE
    for name, value in found.items():
        print(f"{name:<24} {value}")
    for name, count in rows.items():
        print(f"  {name:<22} {count:>14,}")
    return exit_status.DONE


def _copy(args: argparse.Namespace) -> int:
    try:
        target = open_database(address_of(args.to))
    except WrongDatabase as error:
        raise UsageError(str(error)) from error
    if args.switch and os.environ.get("EREADER_DATABASE"):
        raise UsageError("EREADER_DATABASE goes before settings.toml: change it rather than --switch")
    with open_home(args.home) as installation, installation.writing():
        try:
            counts = copying.copy(installation.accounts.engine, target, _Progress(args.json).tell)
        except (copying.CannotCopy, migrate.TooNew, WrongDatabase) as error:
            raise UsageError(f"{_shown(target.url)}: {error}") from error
        except sa.exc.OperationalError as error:
            raise ServiceUnavailable(f"{_shown(target.url)}: {error.orig}") from error
        finally:
            target.dispose()
        if args.switch:
            remember(args.home, {"database": args.to})
    if args.json:
        print(msgspec.json.encode({"rows": counts, "switched": args.switch}).decode())
        return exit_status.DONE
    print(f"copied {sum(counts.values()):,} rows of {len(counts)} tables into {_shown(target.url)}")
    if not args.switch:
        print(f'to use it: database = "{_shown(target.url)}" in {args.home / "settings.toml"}')
    return exit_status.DONE


def _shown(url: sa.URL) -> str:
    return url.render_as_string(hide_password=True)


class _Progress:
    """Says on standard error how far each table is (复制进度), every so many rows."""

    EVERY = 100_000

    def __init__(self, silent: bool) -> None:
        self._silent, self._said = silent, 0

    def tell(self, table: str, count: int) -> None:
        if not self._silent and count // self.EVERY > self._said:
            print(f"{table}: {count:,}", file=sys.stderr)
        self._said = count // self.EVERY
