"""The tables as they were when revisions began (首个修订).

Homes that are older have most of them already: what is there stays as it is.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes every table that is absent."""
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("time", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=160), nullable=False),
        sa.Column("action", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("ix_audit_target", "audit", ["target"], unique=False, if_not_exists=True)
    op.create_table(
        "auth_failure",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("latest", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
        if_not_exists=True,
    )
    op.create_index("ix_auth_failure_latest", "auth_failure", ["latest"], unique=False, if_not_exists=True)
    op.create_table(
        "auth_session",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=100), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("began", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("ix_auth_session_user", "auth_session", ["user"], unique=False, if_not_exists=True)
    op.create_table(
        "auth_sign_in",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("time", sa.BigInteger(), nullable=False),
        sa.Column("user", sa.String(length=100), nullable=False),
        sa.Column("address", sa.String(length=100), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("device", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("ix_auth_sign_in_time", "auth_sign_in", ["time"], unique=False, if_not_exists=True)
    op.create_table(
        "auth_ticket",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("user", sa.String(length=100), nullable=False),
        sa.Column("stamp", sa.String(length=64), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("ix_auth_ticket_user", "auth_ticket", ["user"], unique=False, if_not_exists=True)
    op.create_table(
        "authority",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("repository", sa.String(length=64), nullable=False),
        sa.Column("local_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(length=16), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("changed", sa.String(length=20), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("uid"),
        if_not_exists=True,
    )
    op.create_index("ix_authority_repository", "authority", ["repository"], unique=False, if_not_exists=True)
    op.create_table(
        "authority_form",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("authority", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "authority"),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.create_index("authority_form_of", "authority_form", ["authority"], unique=False, if_not_exists=True)
    op.create_table(
        "authority_state",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "authority_touched",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("names", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_table(
        "design_draft",
        sa.Column("place", sa.String(length=80), nullable=False),
        sa.Column("user", sa.String(length=100), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("changed", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("place", "user"),
        if_not_exists=True,
    )
    op.create_table(
        "heading",
        sa.Column("kind", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("pinyin", sa.LargeBinary(length=400), nullable=False),
        sa.Column("stroke", sa.LargeBinary(length=200), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("used", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "pinyin"),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.create_index(
        "heading_stroke",
        "heading",
        ["kind", "stroke"],
        unique=False,
        sqlite_where=sa.text("stroke IS NOT NULL"),
        postgresql_where=sa.text("stroke IS NOT NULL"),
        if_not_exists=True,
    )
    op.create_table(
        "heading_state",
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=160), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("stopping", sa.Boolean(), nullable=False),
        sa.Column("done", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("asked", sa.String(length=32), nullable=False),
        sa.Column("started", sa.String(length=32), nullable=False),
        sa.Column("finished", sa.String(length=32), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_index("ix_job_state", "job", ["state"], unique=False, if_not_exists=True)
    op.create_table(
        "kb_coverage",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("title", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("package", sa.Integer(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("free", sa.Boolean(), nullable=False),
        sa.Column("depth", sa.String(length=20), nullable=False),
        sa.Column("extent", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index(
        "kb_coverage_package", "kb_coverage", ["package", "digest"], unique=False, if_not_exists=True
    )
    op.create_index("kb_coverage_title", "kb_coverage", ["title"], unique=False, if_not_exists=True)
    op.create_table(
        "kb_load",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("package", sa.Integer(), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("made", sa.String(length=20), nullable=False),
        sa.Column("undone", sa.String(length=20), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("ix_kb_load_package", "kb_load", ["package"], unique=False, if_not_exists=True)
    op.create_table(
        "kb_number",
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column(
            "title", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.PrimaryKeyConstraint("value", "title"),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.create_index("kb_number_title", "kb_number", ["title"], unique=False, if_not_exists=True)
    op.create_table(
        "kb_package",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "kb_title",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("package", sa.Integer(), nullable=False),
        sa.Column("key", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.Column("folded", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("title_id", sa.Text(), nullable=False),
        sa.Column("publisher", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("kb_title_folded", "kb_title", ["folded"], unique=False, if_not_exists=True)
    op.create_index(
        "kb_title_id", "kb_title", ["title_id"], unique=False, postgresql_using="hash", if_not_exists=True
    )
    op.create_index("kb_title_key", "kb_title", ["package", "key"], unique=False, if_not_exists=True)
    op.create_table(
        "link_probe",
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=200), nullable=False),
        sa.Column("made", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("url"),
        if_not_exists=True,
    )
    op.create_index("ix_link_probe_target", "link_probe", ["target"], unique=False, if_not_exists=True)
    op.create_table(
        "link_referrer",
        sa.Column("referrer", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("links", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("mended", sa.Integer(), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("missing", sa.Text(), nullable=False),
        sa.Column("latest", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("referrer", "kind"),
        if_not_exists=True,
    )
    op.create_table(
        "link_report",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("made", sa.String(length=20), nullable=False),
        sa.Column("library", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("cited", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("settled", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("ix_link_report_library", "link_report", ["library"], unique=False, if_not_exists=True)
    op.create_table(
        "link_secret",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_table(
        "link_target",
        sa.Column("library", sa.String(length=64), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("clicks", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Float(), nullable=False),
        sa.Column("failures", sa.Float(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("library", "target"),
        if_not_exists=True,
    )
    op.create_table(
        "load_problem",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("ix_load_problem_run", "load_problem", ["run"], unique=False, if_not_exists=True)
    op.create_table(
        "load_run",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("repository", sa.String(length=64), nullable=False),
        sa.Column("files", sa.Text(), nullable=False),
        sa.Column("started", sa.String(length=20), nullable=False),
        sa.Column("finished", sa.String(length=20), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_table(
        "load_undo",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("repository", sa.String(length=64), nullable=False),
        sa.Column("last_number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("undone", sa.String(length=20), nullable=False),
        sa.Column("actor", sa.String(length=160), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run"),
        if_not_exists=True,
    )
    op.create_index("ix_load_undo_repository", "load_undo", ["repository"], unique=False, if_not_exists=True)
    op.create_table(
        "match_key",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("key", "number"),
        sqlite_with_rowid=False,
        if_not_exists=True,
    )
    op.create_table(
        "member_entry",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=160), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id"),
        if_not_exists=True,
    )
    op.create_table(
        "member_revision",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_table(
        "pair_act",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("said", sa.String(length=12), nullable=False),
        sa.Column("actor", sa.String(length=160), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made", sa.String(length=32), nullable=False),
        sa.Column("undone", sa.String(length=32), nullable=False),
        sa.Column("undone_by", sa.String(length=160), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("ix_pair_act_actor", "pair_act", ["actor"], unique=False, if_not_exists=True)
    op.create_index("ix_pair_act_pending", "pair_act", ["pending"], unique=False, if_not_exists=True)
    op.create_table(
        "pair_word",
        sa.Column("act", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("one", sa.String(length=16), nullable=False),
        sa.Column("other", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("act", "one", "other"),
        if_not_exists=True,
    )
    op.create_index("pair_word_one", "pair_word", ["one"], unique=False, if_not_exists=True)
    op.create_index("pair_word_other", "pair_word", ["other"], unique=False, if_not_exists=True)
    op.create_table(
        "record_flag",
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("repository", sa.String(length=64), nullable=False),
        sa.Column("local_id", sa.Text(), nullable=False),
        sa.Column("suppressed", sa.Boolean(), nullable=True),
        sa.Column("embargo_until", sa.String(length=10), nullable=True),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("pending", sa.Boolean(), nullable=False),
        sa.Column("actor", sa.String(length=160), nullable=False),
        sa.Column("time", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("uid"),
        if_not_exists=True,
    )
    op.create_index("ix_record_flag_pending", "record_flag", ["pending"], unique=False, if_not_exists=True)
    op.create_index(
        "ix_record_flag_repository", "record_flag", ["repository"], unique=False, if_not_exists=True
    )
    op.create_table(
        "retired_union",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        if_not_exists=True,
    )
    op.create_table(
        "source_before",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("last_run", sa.Integer(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(length=16), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("embargo_until", sa.String(length=10), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=True),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("context", sa.Integer(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("problems", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("run", "number"),
        if_not_exists=True,
    )
    op.create_table(
        "source_content",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("charset", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("context", sa.Integer(), nullable=False),
        sa.Column("original", sa.LargeBinary(), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("problems", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_table(
        "source_context",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("digest", sa.LargeBinary(length=16), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("digest"),
        if_not_exists=True,
    )
    op.create_table(
        "source_record",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("repository", sa.String(length=64), nullable=False),
        sa.Column("local_id", sa.Text(), nullable=False),
        sa.Column("cluster", sa.String(length=16), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.SmallInteger(), nullable=False),
        sa.Column("checksum", sa.LargeBinary(length=16), nullable=False),
        sa.Column("modified", sa.Text(), nullable=False),
        sa.Column("embargo_until", sa.String(length=10), nullable=False),
        sa.Column("features", sa.LargeBinary(), nullable=True),
        sa.Column("first_seen", sa.String(length=20), nullable=False),
        sa.Column("changed", sa.String(length=20), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_index("source_checksum", "source_record", ["checksum"], unique=False, if_not_exists=True)
    op.create_index(
        "source_cluster",
        "source_record",
        ["cluster"],
        unique=False,
        sqlite_where=sa.text("cluster IS NOT NULL"),
        postgresql_where=sa.text("cluster IS NOT NULL"),
        if_not_exists=True,
    )
    op.create_index("source_seq", "source_record", ["seq"], unique=False, if_not_exists=True)
    op.create_index("source_uid", "source_record", ["uid"], unique=True, if_not_exists=True)
    op.create_table(
        "store_state",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        if_not_exists=True,
    )
    op.create_table(
        "work_act",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("named", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made", sa.String(length=20), nullable=False),
        sa.Column("undone", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    op.create_table(
        "work_verdict",
        sa.Column("act", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("uid", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("has", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("act", "uid", "digest"),
        if_not_exists=True,
    )
    op.create_index("work_verdict_uid", "work_verdict", ["uid"], unique=False, if_not_exists=True)
    _keep_audit()


def _keep_audit() -> None:
    """What was noted in the log of changes can only be added to."""
    if op.get_bind().dialect.name == "sqlite":
        for event in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER IF NOT EXISTS audit_no_{event.lower()} BEFORE {event} ON audit "
                "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
            )
        return
    op.execute(
        "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$BEGIN RAISE EXCEPTION 'the audit log is append-only'; END$$"
    )
    op.execute(
        "CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
    )
