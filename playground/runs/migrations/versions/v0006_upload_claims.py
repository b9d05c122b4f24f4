"""Uploaded data belongs to those who uploaded it. Data of earlier versions belongs to nobody yet."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Adds the table."""
    op.create_table(
        "upload_claims",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(64), primary_key=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("link", sa.String(32)),
    )
