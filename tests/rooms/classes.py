"""Students, teachers and runs for the tests of rooms."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from playground.presets import PRESETS
from playground.rooms import Room, Rooms, Seat, Teaching
from playground.runs import RunState
from playground.runs.overview import named, summary
from playground.runs.store import StoredRun
from playground.spec import ExperimentSpec

TEACHER = "owner-of-the-room"
CIRCLE = PRESETS["playground_2d"].spec


def opened(rooms: Rooms, *students: str) -> tuple[Room, Teaching]:
    """A new room with these students, and its teacher."""
    room, _ = rooms.open(TEACHER)
    for student in students:
        rooms.join(room.code, student)
    return rooms.room(room.code), Teaching(rooms, room.code, TEACHER)


def seat_of(rooms: Rooms, code: str, owner: str) -> Seat:
    seat = rooms.room(code).seat_of(owner)
    assert seat is not None
    return seat


def store_run(
    rooms: Rooms,
    run_id: str,
    owner: str,
    spec: ExperimentSpec = CIRCLE,
    state: RunState = RunState.FINISHED,
    numbers: Mapping[str, Any] | None = None,
) -> str:
    """A run as a server has stored it."""
    store = rooms.runs._records.store
    store.add(
        StoredRun(
            run_id, datetime.now(UTC), "another-server", spec.to_json(), state, numbers=numbers or {}, owner=owner, name=named("", spec),
            summary=summary(spec),
        )
    )  # fmt: skip
    return run_id


def trained(rooms: Rooms, code: str, owner: str, run_id: str, spec: ExperimentSpec = CIRCLE, **numbers: float) -> str:
    """A run that a student has started in the room, and that has ended with these numbers."""
    store_run(rooms, run_id, owner, spec, numbers=numbers)
    rooms.started(code, owner, run_id)
    return run_id
