"""How often an interrupted run was resumed without new progress. Runs of earlier versions, which left no checkpoint, wait for a click."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("runs", sa.Column("resumes", sa.Integer, nullable=False, server_default="2"))
