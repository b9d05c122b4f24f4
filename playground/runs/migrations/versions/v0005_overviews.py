"""What a list says of a run is stored with it, and links that work once are remembered. Earlier runs are described when first listed."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Adds the columns and the table."""
    op.add_column("runs", sa.Column("name", sa.String(80)))
    op.add_column("runs", sa.Column("summary", sa.Text))
    op.add_column("runs", sa.Column("result", sa.JSON))
    op.add_column("runs", sa.Column("sparkline", sa.JSON))
    op.create_table(
        "used_links",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("used", sa.DateTime(timezone=True), nullable=False),
    )
