"""Rooms for classes: their teachers, their seats, and the runs that were started in them."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Adds the tables."""
    op.create_table(
        "rooms",
        sa.Column("code", sa.String(8), primary_key=True),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False, index=True),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("active", sa.DateTime(timezone=True), nullable=False),
        sa.Column("door_open", sa.Boolean, nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("task", sa.Text, nullable=False),
        sa.Column("experiment", sa.Text),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("access", sa.String(32)),
        sa.Column("hidden", sa.JSON, nullable=False),
        sa.Column("locked", sa.JSON, nullable=False),
        sa.Column("challenge", sa.JSON),
        sa.Column("asked_seat", sa.Integer),
        sa.Column("asked_run", sa.String(32), sa.ForeignKey("runs.id", ondelete="SET NULL")),
        sa.Column("answer", sa.String(8), nullable=False),
        sa.Column("shown_seat", sa.Integer),
        sa.Column("shown_run", sa.String(32), sa.ForeignKey("runs.id", ondelete="SET NULL")),
    )
    op.create_table(
        "room_teachers",
        sa.Column("room", sa.String(8), sa.ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True),
        sa.Column("owner", sa.String(64), primary_key=True, index=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "room_seats",
        sa.Column("room", sa.String(8), sa.ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("color", sa.String(16), nullable=False),
        sa.Column("animal", sa.String(16), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False, index=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened", sa.Integer, nullable=False),
        sa.Column("run", sa.String(32), sa.ForeignKey("runs.id", ondelete="SET NULL")),
    )
    op.create_table(
        "room_runs",
        sa.Column("run_id", sa.String(32), sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("room", sa.String(8), sa.ForeignKey("rooms.code", ondelete="CASCADE"), nullable=False, index=True),
        sa.Column("seat", sa.Integer, nullable=False),
        sa.Column("held", sa.Boolean, nullable=False),
    )
