"""Servers that share the database know of each other, and pass on commands to the runs that another one computes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "servers",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("beat", sa.Integer, nullable=False),
    )
    op.create_table(
        "relayed_commands",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("server", sa.String(64), nullable=False, index=True),
        sa.Column("run_id", sa.String(32), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
    )
