"""The deletion of a run is announced."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Adds the column."""
    op.add_column("runs", sa.Column("delete_after", sa.DateTime(timezone=True)))
