"""What a student does in a room."""

from playground.rooms import RoomError
from playground.runs.database import StoreError
from playground.web import session
from playground.web.rooms.visit import callback, code_here, here
from playground.web.server import rooms

_OPENED = "the teacher's experiment"
"""As shown in "Undo: …"."""


@callback
def open_experiment() -> None:
    """Opens the teacher's newest experiment, which can be undone."""
    visit = here()
    sent = visit.room.experiment if visit else None
    if visit is None or sent is None:
        return
    if sent.access:
        session.add_link(sent.access)
    session.receive(sent.spec, _OPENED)
    session.set_untouched(session.spec().to_json())
    rooms().opened(visit.room.code, session.owner(), sent.number)


def can_undo_experiment() -> bool:
    """Whether the visit's last edit was opening an experiment of the teacher."""
    return session.history().undoes == _OPENED


@callback
def undo_experiment() -> None:
    """Brings the student's own experiment back."""
    if can_undo_experiment():
        session.undo()


@callback
def answer(yes: bool) -> None:
    """The student's answer to the question whether the class may see their run; no also takes back an earlier yes."""
    rooms().answer(code_here(), session.owner(), yes)


def run_started(run_id: str) -> None:
    """The visitor has started a run: if they are a student of a room, it is in the room."""
    visit = here()
    if visit is not None and visit.seat is not None:
        try:
            rooms().started(visit.room.code, session.owner(), run_id)
        except (RoomError, StoreError) as error:
            session.set_message("room", str(error))
