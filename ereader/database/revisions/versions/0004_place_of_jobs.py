"""Which home a job belongs to, where several share a database (任务所属)."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Adds the column; what was asked for before may be done by anybody."""
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("job")}
    if "place" not in columns:
        op.add_column("job", sa.Column("place", sa.String(length=32), nullable=False, server_default=""))
