"""Runs have an owner; those of earlier versions have none yet."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("runs", sa.Column("owner", sa.String(64)))
    op.create_index("ix_runs_owner", "runs", ["owner"])
