"""The room that a visit is in, and what its student or teacher does there. All that change something are callbacks: they raise nothing,
and what cannot be done becomes the message "room"."""

from playground.rooms import RoomError, challenge_metrics, spaced
from playground.web.rooms.addresses import ForOthers, for_others, student_link, teacher_link
from playground.web.rooms.doors import arrive, join, leave, open_room, openings, wrong_codes
from playground.web.rooms.student import answer, can_undo_experiment, open_experiment, run_started, undo_experiment
from playground.web.rooms.teacher import (
    clear_challenge,
    end,
    limit,
    new_key,
    pause,
    readmit,
    remove,
    resume,
    send,
    set_challenge,
    set_door,
    set_task,
    show,
    stop_showing,
)
from playground.web.rooms.visit import Visit, expect, here, mine, paused

__all__ = [
    "ForOthers", "RoomError", "Visit", "answer", "arrive", "can_undo_experiment", "challenge_metrics", "clear_challenge", "end", "expect",
    "for_others", "here", "join", "leave", "limit", "mine", "new_key", "open_experiment", "open_room", "openings", "pause", "paused",
    "readmit", "remove", "resume", "run_started", "send", "set_challenge", "set_door", "set_task", "show", "spaced", "stop_showing",
    "student_link", "teacher_link", "undo_experiment", "wrong_codes",
]  # fmt: skip
