"""How a worker follows commands."""

import threading
from queue import SimpleQueue

from playground.runs.messages import Command, Leave
from playground.runs.worker import Commands


def test_a_paused_run_reports_commands_of_its_owner_that_leave_it_paused() -> None:
    """The server believes that a run trains until it reports a later pause, and that one is paused that reports it again."""
    commands = Commands()
    commands.receive(Command("pause", 1))
    reported = SimpleQueue[int]()
    training = threading.Thread(target=lambda: commands.wait(reported.put), daemon=True)
    training.start()
    assert reported.get(timeout=30) == 1
    with commands._changed:  # the training thread notices nothing until both have come
        commands.receive(Command("run", 2))
        commands.receive(Command("pause", 3))
    assert reported.get(timeout=30) == 3
    commands.receive(Command("rest", 4))
    training.join(0.2)  # a report would come at once
    commands.receive(Leave())
    training.join(30)
    assert not training.is_alive()
    assert reported.empty()
