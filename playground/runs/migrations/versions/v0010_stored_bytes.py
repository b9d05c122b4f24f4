"""Servers with data folders of their own know how much disk space a visitor takes on the others."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Adds a column to two tables."""
    for table in ("runs", "upload_claims"):
        op.add_column(table, sa.Column("bytes", sa.BigInteger))
