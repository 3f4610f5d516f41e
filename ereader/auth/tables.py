"""Tables of accounts in the database of an installation (账户数据表)."""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

SESSION = sa.Table(
    "auth_session",
    METADATA,
    # Only the hash: who reads the database or a backup of it cannot sign in with what is in it.
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("user", sa.String(100), nullable=False, index=True),
    sa.Column("way", sa.String(40), nullable=False),
    sa.Column("stamp", sa.String(64), nullable=False),  # the account as it was, see sessions.stamp_of
    sa.Column("began", sa.BigInteger, nullable=False),  # seconds since 1970, as all times here
    sa.Column("seen", sa.BigInteger, nullable=False),
    sa.Column("device", sa.String(200), nullable=False),  # what the browser called itself, for its owner
)

FAILURE = sa.Table(
    "auth_failure",
    METADATA,
    sa.Column("key", sa.String(64), primary_key=True),  # hash of what is counted, see brake
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("latest", sa.BigInteger, nullable=False, index=True),
)

SIGN_IN = sa.Table(
    "auth_sign_in",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("time", sa.BigInteger, nullable=False, index=True),  # the latest of the attempts
    sa.Column("user", sa.String(100), nullable=False),  # "" where there is no such account
    sa.Column("address", sa.String(100), nullable=False),  # the network that it came from
    sa.Column("outcome", sa.String(16), nullable=False),  # entered, wrong, held
    sa.Column("device", sa.String(200), nullable=False),
    sa.Column("times", sa.Integer, nullable=False),
)

TICKET = sa.Table(
    "auth_ticket",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),  # hash of what is in the link
    sa.Column("user", sa.String(100), nullable=False, index=True),
    sa.Column("stamp", sa.String(64), nullable=False),  # the account as it was, see sessions.stamp_of
    sa.Column("expires", sa.BigInteger, nullable=False),
)

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("time", sa.String(32), nullable=False),  # ISO 8601, UTC
    sa.Column("actor", sa.String(160), nullable=False),
    sa.Column("action", sa.String(200), nullable=False),
    sa.Column("target", sa.String(200), nullable=False, index=True),
    sa.Column("before", sa.Text, nullable=False),  # JSON; null where there was nothing
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
)

# Nobody who merely has the program can change what was noted; databases can hold to that themselves.
_KEPT = [
    (
        "sqlite",
        f"CREATE TRIGGER IF NOT EXISTS audit_no_{event.lower()} BEFORE {event} ON audit "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    )
    for event in ("UPDATE", "DELETE")
] + [
    (
        "postgresql",
        "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'the audit log is append-only'; END$$",
    ),
    (
        "postgresql",
        "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
    ),
]
for _dialect, _statement in _KEPT:
    sa.event.listen(
        AUDIT,
        "after_create",
        sa.DDL(_statement).execute_if(dialect=_dialect),  # type: ignore[no-untyped-call]
    )
