"""What Alembic runs to upgrade (升级环境): on the connection, and in the transaction, that it is handed."""

from alembic import context

from ereader.database import schema

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.whole(),
    # SQLite changes a table by making it anew.
    render_as_batch=True,
    compare_type=True,
    transactional_ddl=True,
)
context.run_migrations()
