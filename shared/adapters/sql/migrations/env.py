"""Runs migrations on the connection that `shared.adapters.sql.upgrade` hands over."""

from alembic import context

from shared.adapters.sql.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
