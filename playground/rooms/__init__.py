"""Rooms for classes: a teacher's experiments, task and challenge, and the seats of students.

What is shared by all servers is in the database; see `Rooms` (seats, expiry), `Teaching` (what a teacher may do) and `results` (wall and
board)."""

from playground.rooms.challenge import Challenge, challenge_metrics, new_challenge
from playground.rooms.codes import LENGTH, impossible_in, read_code, spaced
from playground.rooms.errors import DoorClosedError, NotTheTeacherError, RoomError, RoomNotFoundError, RunsPausedError, SeatRemovedError
from playground.rooms.room import Asked, Room, Seat, Sent, Showing
from playground.rooms.rooms import Rooms
from playground.rooms.teaching import LONGEST_TASK, Teaching

__all__ = [
    "LENGTH", "LONGEST_TASK", "Asked", "Challenge", "DoorClosedError", "NotTheTeacherError", "Room", "RoomError", "RoomNotFoundError",
    "Rooms", "RunsPausedError", "Seat", "SeatRemovedError", "Sent", "Showing", "Teaching",
    "challenge_metrics", "impossible_in", "new_challenge", "read_code", "spaced",
]  # fmt: skip
