"""Run by Alembic: takes the steps in the transaction of `upgrade`."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
context.run_migrations()
