"""Alembic's environment for every service: the connection is handed over by `migrate`, one transaction a version."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"], target_metadata=None, transaction_per_migration=True
)
with context.begin_transaction():
    context.run_migrations()
