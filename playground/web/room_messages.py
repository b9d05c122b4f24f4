"""What the socket of a room says. Owners never leave the server; addresses of runs go to the teacher, and to all with consent."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from playground.rooms import Room, Seat
from playground.rooms.challenge import Ranked
from playground.runs.overview import Overview

_RANKS_SHOWN = 10


def drawn(room: Room, seat: Seat | None) -> str:
    """A fingerprint of everything that a page of the teacher (seat None) or of a student draws; what moves is not part of it."""
    parts: list[Any] = [
        room.code, room.door_open, room.paused, room.task, room.experiment and room.experiment.number, room.hidden, room.locked,
        room.challenge and room.challenge.plain, room.shown and (room.shown.seat, room.shown.run),
    ]  # fmt: skip
    if seat is None:
        parts.append(room.asked and (room.asked.seat, room.asked.run, room.asked.answer))
    else:
        parts.append((seat.number, seat.name, _question(room, seat)))
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def for_student(room: Room, seat: Seat, board: Sequence[Ranked]) -> dict[str, Any]:
    """The state of the room as the student of this seat sees it."""
    own = next((entry for entry in board if entry.seat == seat.number), None)
    return {
        **_common(room, seat, "student"),
        "seat": _named(seat) | {"number": seat.number},
        "asked": _question(room, seat),
        "shown": _shown(room, seat),
        "standing": None if own is None else _numbers(own) | {"of": sum(entry.rank is not None for entry in board)},
        "board": [
            _numbers(entry) | _named(of) | {"mine": of.number == seat.number}
            for entry in board[:_RANKS_SHOWN]
            if (of := room.seat(entry.seat)) is not None
        ],
    }


def for_teacher(room: Room, board: Sequence[Ranked]) -> dict[str, Any]:
    """The state of the room as its teacher sees it."""
    return {
        **_common(room, None, "teacher"),
        "door_open": room.door_open,
        "seats": [
            _named(seat) | {"number": seat.number, "state": seat.state, "run": seat.run} for seat in room.seats if seat.state != "left"
        ],
        "asked": room.asked and asdict(room.asked),
        "shown": room.shown and asdict(room.shown),
        "board": [
            _numbers(entry) | _named(of) | {"seat": of.number, "run": entry.run}
            for entry in board
            if (of := room.seat(entry.seat)) is not None
        ],
    }


def wall(runs: Mapping[int, Overview], parameters: Mapping[int, int]) -> dict[str, Any]:
    """The newest runs of these seats, without the names that their owners have given them. parameters: of their networks."""
    return {
        "type": "wall",
        "runs": {
            str(number): {
                "run": run.id,
                "summary": run.summary,
                "parameters": parameters.get(number),
                **asdict(run.standing),
            }
            for number, run in runs.items()
        },
    }


def over(reason: str, message: str) -> dict[str, Any]:
    """The last message: the visit is no longer in this room. reason: "closed", "removed" or "left"."""
    return {"type": "over", "reason": reason, "message": message}


def _common(room: Room, seat: Seat | None, role: str) -> dict[str, Any]:
    return {
        "type": "room",
        "role": role,
        "drawn": drawn(room, seat),
        "code": room.code,
        "closes": room.closes.isoformat(timespec="minutes"),
        "members": room.members,
        "paused": room.paused,
    }


def _question(room: Room, seat: Seat) -> dict[str, Any] | None:
    asked = room.asked
    return {"run": asked.run} if asked is not None and asked.seat == seat.number and not asked.answer else None


def _shown(room: Room, seat: Seat) -> dict[str, Any] | None:
    of = room.seat(room.shown.seat) if room.shown is not None else None
    if room.shown is None or of is None:
        return None
    return _named(of) | {"run": room.shown.run, "mine": of.number == seat.number}


def _named(seat: Seat) -> dict[str, Any]:
    return {"name": seat.name, "color": seat.color, "animal": seat.animal}


def _numbers(entry: Ranked) -> dict[str, Any]:
    return {"rank": entry.rank, "value": entry.value, "parameters": entry.parameters, "meets": entry.reached}
