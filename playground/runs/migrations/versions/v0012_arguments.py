"""A command that one server passes on to another may have an argument, such as which setting of a run is to change."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Adds a column."""
    op.add_column("relayed_commands", sa.Column("argument", sa.Text))
