"""Pairs of records to be reviewed, and the quality of repositories after each load (待审对与质量快照)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Makes the two tables."""
    op.create_table(
        "review_pair",
        sa.Column("number", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("one", sa.String(length=16), nullable=False),
        sa.Column("other", sa.String(length=16), nullable=False),
        sa.Column("one_repository", sa.String(length=64), nullable=False),
        sa.Column("other_repository", sa.String(length=64), nullable=False),
        sa.Column("outcome", sa.String(length=8), nullable=False),
        sa.Column("rule", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("found", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        if_not_exists=True,
    )
    for column in ("one_repository", "other_repository"):
        op.create_index(f"ix_review_pair_{column}", "review_pair", [column], unique=False, if_not_exists=True)
    op.create_index("review_pair_of", "review_pair", ["one", "other"], unique=True, if_not_exists=True)
    op.create_index("review_pair_other", "review_pair", ["other"], unique=False, if_not_exists=True)
    op.create_table(
        "quality_snapshot",
        sa.Column("run", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("repository", sa.String(length=64), nullable=False),
        sa.Column("made", sa.String(length=20), nullable=False),
        sa.Column("numbers", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("run"),
        if_not_exists=True,
    )
    op.create_index(
        "ix_quality_snapshot_repository", "quality_snapshot", ["repository"], unique=False, if_not_exists=True
    )
