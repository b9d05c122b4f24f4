"""Servers with data folders of their own learn which runs have been deleted on another one."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "deleted_runs",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("deleted", sa.DateTime(timezone=True), nullable=False),
    )
