"""Why something cannot be done in a room. The messages are for the person who tried."""


class RoomError(Exception):
    """Something cannot be done in a room."""


class RoomNotFoundError(RoomError):
    """There is no such room, or it has been closed."""

    def __init__(self) -> None:
        super().__init__("No room has this code. It may have been closed; if not, check the code on the board.")


class DoorClosedError(RoomError):
    """The teacher lets nobody else in."""

    def __init__(self) -> None:
        super().__init__("The door of this room is closed. Ask your teacher to open it, then try again.")


class SeatRemovedError(RoomError):
    """The teacher has removed this seat."""

    def __init__(self) -> None:
        super().__init__("Your teacher has removed you from this room.")


class RunsPausedError(RoomError):
    """The teacher has paused all runs of the room."""

    def __init__(self) -> None:
        super().__init__("Your teacher has paused all runs of the room. You can go on when they are resumed.")


class NotTheTeacherError(RoomError):
    """Only a teacher of the room may do this."""

    def __init__(self) -> None:
        super().__init__("Only the teacher of this room can do this. Open the teacher's link again.")


class WrongKeyError(NotTheTeacherError):
    """This is not the current key of the room's teacher."""

    def __init__(self) -> None:
        RoomError.__init__(self, "This teacher's link is incomplete, or has been replaced by a new one. Ask for the new one.")
