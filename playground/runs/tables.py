"""The tables of the database of runs. A change of them is also a file in `migrations/versions`."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, ForeignKey, LargeBinary, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


def utc(time: datetime) -> datetime:
    """A time of a table, in UTC: SQLite drops the time zone."""
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


class Base(DeclarativeBase):
    """All tables."""


class Run(Base):
    """A run as last written. owner: NULL as long as it belongs to nobody, as the runs of versions without owners. delete_after: when it
    will be deleted, NULL as long as that has not been announced. resumes: as in `LiveRun`. name, summary, result,
    sparkline: as in `Overview`, NULL until it is known; of an earlier version, until the run is listed. bytes: of its files when it
    paused or ended. branched_from, branched_at: as in `Branch`, NULL for a run that started at its first step."""

    __tablename__ = "runs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True), index=True)
    updated: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    server: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16), index=True)
    message: Mapped[str] = mapped_column(Text)
    advice: Mapped[list[str]] = mapped_column(JSON)
    spec: Mapped[str] = mapped_column(Text)
    numbers: Mapped[dict[str, Any]] = mapped_column(JSON)
    owner: Mapped[str | None] = mapped_column(String(64), index=True)
    delete_after: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    resumes: Mapped[int] = mapped_column(default=0)
    name: Mapped[str | None] = mapped_column(String(80))
    summary: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    sparkline: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    branched_from: Mapped[str | None] = mapped_column(String(32))
    branched_at: Mapped[int | None]


class Metrics(Base):
    """The rows added to a run's timeline between two writes, as compressed columns instead of one row per step."""

    __tablename__ = "run_metrics"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    series: Mapped[bytes] = mapped_column(LargeBinary)


class StoredView(Base):
    """The newest view of each name when the run paused or ended. values: float32, little-endian, compressed."""

    __tablename__ = "run_views"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(16), primary_key=True)
    step: Mapped[int]
    shape: Mapped[list[int]] = mapped_column(JSON)
    values: Mapped[bytes] = mapped_column(LargeBinary)


class DeletedRun(Base):
    """A run that has been deleted: servers that have its files in a data folder of their own delete these, too."""

    __tablename__ = "deleted_runs"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    deleted: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class UsedLink(Base):
    """A link that works once, and has been used."""

    __tablename__ = "used_links"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    used: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class UploadClaim(Base):
    """Uploaded data belongs to everybody who has uploaded it. link: what a link must carry for others to read the data with this
    owner's permission; NULL if they gave none, or revoked it. bytes: of its files; NULL if an earlier version stored it."""

    __tablename__ = "upload_claims"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), primary_key=True)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    link: Mapped[str | None] = mapped_column(String(32))
    bytes: Mapped[int | None] = mapped_column(BigInteger)


class RoomRow(Base):
    """A room for a class. key: hash of the teacher's key. owner: who opened it. active: its last activity; it closes some hours later.
    experiment: JSON of the spec that was sent last; sent: how many were. access: what a link must carry for the data of that spec.
    asked_seat, asked_run: whose run the class is to see; answer: "no" if they declined. shown_seat, shown_run: what it sees."""

    __tablename__ = "rooms"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    key: Mapped[str] = mapped_column(String(64))
    owner: Mapped[str] = mapped_column(String(64), index=True)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    active: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    door_open: Mapped[bool] = mapped_column(default=True)
    paused: Mapped[bool] = mapped_column(default=False)
    task: Mapped[str] = mapped_column(Text, default="")
    experiment: Mapped[str | None] = mapped_column(Text)
    sent: Mapped[int] = mapped_column(default=0)
    access: Mapped[str | None] = mapped_column(String(32))
    hidden: Mapped[list[str]] = mapped_column(JSON, default=list)
    locked: Mapped[list[str]] = mapped_column(JSON, default=list)
    challenge: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    asked_seat: Mapped[int | None]
    asked_run: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))
    answer: Mapped[str] = mapped_column(String(8), default="")
    shown_seat: Mapped[int | None]
    shown_run: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))


class RoomTeacher(Base):
    """An owner who opened the room, or has shown its teacher's key."""

    __tablename__ = "room_teachers"

    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)
    owner: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    since: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RoomSeat(Base):
    """A student in a room. state: "taken", "left" or "removed". seen: when a page of theirs was last open. opened: number of the teacher's
    experiment that they opened last, 0 for none. run: the newest one that they started in the room."""

    __tablename__ = "room_seats"

    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    color: Mapped[str] = mapped_column(String(16))
    animal: Mapped[str] = mapped_column(String(16))
    owner: Mapped[str] = mapped_column(String(64), index=True)
    state: Mapped[str] = mapped_column(String(8), default="taken")
    seen: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    opened: Mapped[int] = mapped_column(default=0)
    run: Mapped[str | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))


class RoomRun(Base):
    """A run that was started in a room. held: whether the room's teacher has paused it."""

    __tablename__ = "room_runs"

    run_id: Mapped[str] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    room: Mapped[str] = mapped_column(ForeignKey("rooms.code", ondelete="CASCADE"), index=True)
    seat: Mapped[int]
    held: Mapped[bool] = mapped_column(default=False)


class Server(Base):
    """A server that uses this database. beat: counts up while it lives and is not alone."""

    __tablename__ = "servers"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    beat: Mapped[int]


class RelayedCommand(Base):
    """A command to a run, until the server that computes the run has taken it. action: as in `relay.Action`, with its argument."""

    __tablename__ = "relayed_commands"

    id: Mapped[int] = mapped_column(primary_key=True)
    server: Mapped[str] = mapped_column(String(64), index=True)
    run_id: Mapped[str] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(16))
    argument: Mapped[str | None] = mapped_column(Text)
