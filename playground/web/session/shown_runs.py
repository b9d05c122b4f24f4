"""The run on the screen, those that were there before, and the network chosen for drawing and explaining."""

from collections.abc import Sequence

from playground.web.session.messages import clear_messages
from playground.web.session.opening import claim, run_exists
from playground.web.session.values import values
from playground.web.session.who import owner

_RUNS_KEPT = 8


def run() -> str | None:
    """The address of the run on the screen, which allows controlling or only watching it; None for no run."""
    address = values()["run"]
    return None if address is None else str(address)


def set_run(address: str | None) -> None:
    """Puts a run on the screen, or none."""
    if address is not None:
        values()["runs"] = [address, *(other for other in runs_of_visit() if other != address)][:_RUNS_KEPT]
    values()["run"] = address
    clear_messages()


def runs_of_visit() -> tuple[str, ...]:
    """Addresses of the runs that were on the screen during this visit, newest first."""
    return tuple(values()["runs"])


def forget_run(address: str) -> None:
    """Removes an earlier run from those of this visit; the run itself stays."""
    values()["runs"] = [other for other in runs_of_visit() if other != address]


def leave_deleted_runs() -> None:
    """Removes runs that no longer exist from this visit and from the screen."""
    values()["runs"] = [address for address in runs_of_visit() if run_exists(address)]
    if run() is not None and not run_exists(run()):
        values()["run"] = None


def recall_runs(addresses: Sequence[str]) -> None:
    """Adds runs that the browser remembers from before a reload, after those of this visit. Runs that no longer exist are ignored."""
    known = runs_of_visit()
    recalled = [address for address in dict.fromkeys(addresses) if address not in known and run_exists(address)]
    for address in recalled:
        claim(address, owner())
    values()["runs"] = [*known, *recalled][:_RUNS_KEPT]


def picked_network() -> str | None:
    """The network chosen for drawing and explaining; None if none was chosen since the run on the screen changed."""
    address, at_run = values().get("picked_network", (None, None))
    return address if address is not None and at_run == run() else None


def pick_network(address: str) -> None:
    """Chooses a network, until the run on the screen changes."""
    values()["picked_network"] = (address, run())
