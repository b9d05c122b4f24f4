"""A run can go on from a moment of another one."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Adds two columns."""
    op.add_column("runs", sa.Column("branched_from", sa.String(32)))
    op.add_column("runs", sa.Column("branched_at", sa.Integer))
