"""What a teacher does in a room. Every command checks that the visitor is one."""

from collections.abc import Collection

from playground.rooms import RoomError, Teaching, new_challenge
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.classroom import Limits
from playground.web.rooms.visit import callback, code_here
from playground.web.server import rooms, runs


@callback
def send(spec: ExperimentSpec) -> None:
    """Sends an experiment to everybody, with the leave to use its uploaded data."""
    key = session.key_of(spec)
    access = runs().access.link(key, session.owner()) if key else None
    if key and access is None:
        raise RoomError("The data of this experiment was uploaded by somebody else, so only they can send it. Choose other data.")
    _teaching().send(spec, access or "")


@callback
def pause() -> None:
    """Pauses all runs of the room; until they are resumed, students can start none."""
    _teaching().pause()


@callback
def resume() -> None:
    """Resumes the runs that were paused."""
    _teaching().resume()


@callback
def limit(hidden: Collection[str], locked: Collection[str]) -> None:
    """Hides and locks parts of the page for students."""
    limits, _ = Limits.read(",".join(hidden), ",".join(locked))
    _teaching().limit(limits.hidden, limits.locked)


@callback
def set_task(text: str) -> None:
    """The text of a task, "" for none."""
    _teaching().set_task(text)


@callback
def set_challenge(spec: ExperimentSpec, metric: str, goal: float, most_parameters: int | None) -> None:
    """A challenge on the data of an experiment. metric: the name of one of `challenge_metrics`."""
    _teaching().set_challenge(new_challenge(spec, metric, goal, most_parameters))


@callback
def clear_challenge() -> None:
    """No challenge, and no board."""
    _teaching().set_challenge(None)


@callback
def show(number: int) -> None:
    """Asks the student of a seat whether the class may see their newest run."""
    _teaching().ask_to_show(number)


@callback
def stop_showing() -> None:
    """The class sees no run, and nobody is asked."""
    _teaching().stop_showing()


@callback
def remove(number: int) -> None:
    """Removes the student of a seat."""
    _teaching().remove(number)


@callback
def readmit(number: int) -> None:
    """Lets a student who was removed come back."""
    _teaching().readmit(number)


@callback
def set_door(is_open: bool) -> None:
    """Whether students may join who have no seat yet."""
    _teaching().set_door(is_open)


@callback
def new_key() -> None:
    """Replaces the teacher's link. Whoever used the earlier one stops being a teacher."""
    code = code_here()
    session.enter_room(code, session.room_socket(), Teaching(rooms(), code, session.owner()).new_key())


@callback
def end() -> None:
    """Closes the room for good."""
    _teaching().end()
    session.leave_room()
    session.set_message(
        "room", "The room has been closed: its seats, task, challenge and board are deleted. The students keep their runs.", "note"
    )


def _teaching() -> Teaching:
    return Teaching(rooms(), code_here(), session.owner())
