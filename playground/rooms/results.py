"""What the runs of a room do: the wall of the newest ones, and the board of those that have ended."""

import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

from cachetools import LRUCache
from sqlalchemy import select

from playground.network import trace
from playground.parsing import parse_spec
from playground.rooms.challenge import Measured, Ranked, board, challenge_metrics, held_out
from playground.rooms.room import Room
from playground.rooms.rooms import Rooms
from playground.runs import RunNotFound, RunState
from playground.runs.overview import Overview
from playground.runs.tables import RoomRun, Run, utc
from playground.spec import ExperimentSpec, SpecError

_COUNTING = (RunState.FINISHED.value, RunState.STOPPED.value)
"""Runs that have ended with an evaluation on the whole test set."""


class Results:
    """Reads them for all who follow the rooms of a server. Any thread may call any method.

    Raises (every method): StoreError if the database refuses."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._lock = threading.Lock()
        self._measured: LRUCache[str, Measured | None] = LRUCache(20_000)
        self._counted: LRUCache[str, int] = LRUCache(5_000)

    def board(self, room: Room) -> tuple[Ranked, ...]:
        """The board of a room; () without a challenge."""
        if room.challenge is None:
            return ()
        taken = {seat.number for seat in room.seats if seat.is_taken}
        return board(room.challenge, [run for run in self._of_room(room.code) if run.seat in taken])

    def wall(self, room: Room) -> dict[int, Overview]:
        """The newest run of each seat."""
        seats = {seat.run: seat.number for seat in room.seats if seat.is_taken and seat.run is not None}
        return {seats[overview.id]: overview for overview in self._rooms.runs.overviews_of(tuple(seats))}

    def parameters(self, wall: Mapping[int, Overview]) -> dict[int, int]:
        """Of the networks of these runs, by seat."""
        counts = {}
        for number, overview in wall.items():
            with suppress(RunNotFound):
                counts[number] = self._parameters(overview.id)
        return counts

    def _parameters(self, run_id: str) -> int:
        with self._lock:
            known = self._counted.get(run_id)
        if known is None:
            known = parameters(self._rooms.runs.info(run_id).spec)
            with self._lock:
                self._counted[run_id] = known
        return known

    def _of_room(self, code: str) -> list[Measured]:
        """All runs of a room that count. What has ended never changes, so it is read once."""
        with self._rooms.runs.session() as session:
            of_room = select(RoomRun.run_id, RoomRun.seat).join(Run, Run.id == RoomRun.run_id).where(RoomRun.room == code)
            seats = {row.run_id: row.seat for row in session.execute(of_room.where(Run.state.in_(_COUNTING)))}
            with self._lock:
                runs = {run_id: self._measured[run_id] for run_id in seats if run_id in self._measured}
            unknown = select(Run).where(Run.id.in_(seats.keys() - runs.keys()))
            new = {row.id: _measured(row) for row in session.scalars(unknown)} if len(runs) < len(seats) else {}
        with self._lock:
            self._measured.update(new)
        return [replace(run, seat=seats[run_id]) for run_id, run in (runs | new).items() if run is not None]


@lru_cache(maxsize=1024)
def parameters(spec: ExperimentSpec) -> int:
    """How many parameters the network of an experiment has, counted by the server."""
    return trace(spec).parameters


def _measured(row: Run) -> Measured | None:
    """A run that has ended, of whichever seat; None if its spec is one of a later version."""
    try:
        spec = parse_spec(row.spec)
    except SpecError:
        return None
    numbers = {metric.name: row.numbers.get(metric.column("test")) for metric in challenge_metrics(spec)}
    values = {name: float(value) for name, value in numbers.items() if isinstance(value, int | float)}
    return Measured(0, row.id, held_out(spec), values, parameters(spec), utc(row.updated))
