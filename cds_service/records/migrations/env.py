"""Alembic's entry: migrates on the connection that `migrate` hands over, inside its transaction."""

from alembic import context

from cds_service.records.metadata import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()
